"""From the bytes of a file to `Settings`."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from config_samples import GOOD

from storage.errors import ConfigError
from storage.model import (
    Cadence,
    Direction,
    DocumentType,
    ExtractRules,
    Interest,
    Severity,
    Source,
    Subscriber,
    Target,
    Topic,
)
from watcher.config import load
from watcher.fetcher import FetchSettings

WHOLE = """\
store = "history.db"
zone = "Europe/Amsterdam"

[fetch]
contact = "privacy@example.org"
allow_networks = ["127.0.0.0/8", "fc00::/7", "192.168.1.7"]
deadline = "45s"
max_bytes = "5MB"

[mail]
url = "smtp://me:${SMTP}@mail.example.org:587"
from = "clausewatch <alerts@example.org>"

[defaults]
every = "12h"
fetcher = "auto"
tags = ["all"]
confirm = false
language = "nl"

[[source]]
id = "example/dpa"
vendor = "Example"
document = "dpa"
urls = ["https://example.org/a", "https://example.org/b"]
select = ["main", "#content > p"]
remove = [".share"]
objection = "30d"

[[source]]
id = "example/cookies"
vendor = "Example"
document = "cookies"
url = "https://example.org/c"
every = "5m"
fetcher = "http"
tags = []
confirm = true
language = "en"
objection = "P1M"

[[subscriber]]
name = "team"
to = ["mailto:privacy@example.org", "slack://${SLACK}"]
vendors = ["Example"]
documents = ["dpa"]
tags = ["all"]
topics = ["ai", "retention"]
min_severity = "medium"
direction = "worse"
cadence = "weekly"

[[subscriber]]
name = "all"
to = ["console:"]
direction = ["worse", "neutral"]
"""


def fault(path: Path) -> str:
    """The one fault of a file, without its folder."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    (line,) = caught.value.faults
    return line.replace(str(path), "sources.toml")


def written(tmp_path: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path = tmp_path / "sources.toml"
    path.write_bytes(data)
    return path


def test_every_key_arrives_in_the_settings(tmp_path: Path) -> None:
    """Each key of each table has its field, what a source leaves out is taken from the defaults."""
    path = written(tmp_path, WHOLE.encode())
    found = load(path)
    assert (found.path, found.store, found.zone) == (path, "history.db", "Europe/Amsterdam")
    networks = ("127.0.0.0/8", "fc00::/7", "192.168.1.7/32")
    assert found.fetch == FetchSettings("privacy@example.org", networks, timedelta(seconds=45), 5_000_000)
    assert found.mail_url == "smtp://me:${SMTP}@mail.example.org:587"
    assert found.mail_from == "clausewatch <alerts@example.org>"
    assert found.sources == (
        Source(
            "example/dpa",
            "Example",
            DocumentType.DPA,
            ("https://example.org/a", "https://example.org/b"),
            timedelta(hours=12),
            ExtractRules(("main", "#content > p"), (".share",), "nl"),
            "auto",
            ("all",),
            confirm=False,
            objection="P30D",
        ),
        Source(
            "example/cookies",
            "Example",
            DocumentType.COOKIES,
            ("https://example.org/c",),
            timedelta(minutes=5),
            ExtractRules(language="en"),
            "http",
            (),
            confirm=True,
            objection="P1M",
        ),
    )
    assert found.subscribers == (
        Subscriber(
            "team",
            (Target("mailto:privacy@example.org"), Target("slack://${SLACK}")),
            ("Example",),
            (DocumentType.DPA,),
            ("all",),
            (Topic.AI, Topic.RETENTION),
            Severity.MEDIUM,
            (Direction.WORSE,),
            Cadence.WEEKLY,
        ),
        Subscriber("all", (Target("console:"),), directions=(Direction.WORSE, Direction.NEUTRAL)),
    )


def test_own_topics_and_watches_arrive_as_interests(tmp_path: Path) -> None:
    """A topic has no severity, a watch is medium unless it says otherwise; subscribers may name both."""
    own = '[[topic]]\nid = "costs"\nterms = ["fee", "kosten$"]\n[[watch]]\nid = "region"\nterms = ["Frankfurt"]\n'
    who = '[[subscriber]]\nname = "all"\nto = ["console:"]\ntopics = ["ai", "costs", "region"]\n'
    found = load(written(tmp_path, (GOOD + own + who).encode()))
    assert found.interests == (
        Interest("costs", ("fee", "kosten$")),
        Interest("region", ("Frankfurt",), Severity.MEDIUM),
    )
    assert found.subscribers[0].topics == ("ai", "costs", "region")


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    """A file of one source is a whole configuration."""
    found = load(written(tmp_path, GOOD.encode()))
    assert (found.store, found.zone, found.mail_url, found.mail_from) == (None, "UTC", None, None)
    assert (found.fetch, found.subscribers, found.warnings) == (FetchSettings(), (), ())
    expected = Source(
        "example/privacy",
        "Example",
        DocumentType.PRIVACY_POLICY,
        ("https://example.org/privacy",),
        tags=("hr",),
    )
    assert found.sources == (expected,)


def test_one_page_may_hold_several_documents(tmp_path: Path) -> None:
    """The same address twice is no fault where each source selects its own part."""
    text = GOOD + 'select = ["#privacy"]\n' + GOOD.replace("example/privacy", "example/cookies", 1)
    assert len(load(written(tmp_path, text.encode())).sources) == 2


@pytest.mark.parametrize(
    ("old", "new"), [("\n", "\r\n"), ("[[source]]\nid", "\ufeff[[source]]\nid"), ("[[source]]\nid", "[[source]]\n\nid")]
)
def test_windows_files_read_the_same(tmp_path: Path, old: str, new: str) -> None:
    """CRLF line ends and a byte order mark change nothing."""
    text = GOOD.replace(old, new)
    assert text != GOOD
    assert load(written(tmp_path, text.encode())).sources == load(written(tmp_path, GOOD.encode())).sources


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'a = "x', "sources.toml:1:7: unterminated string (close the quote)"),
        (b"[fetch]\ndeadline = 30s\n", "sources.toml:2:14: expected newline or end of document after a statement"),
        (b"[fetch]\r\ndeadline = x\r\n", 'sources.toml:2:12: invalid value (a text stands in quotes: key = "text")'),
        (b"a = 1\na = 2\n", "sources.toml:2:6: cannot overwrite a value (the key is there twice; take one out)"),
        (b"[fetch]\n[fetch]\n", "sources.toml:2:7: cannot declare ('fetch',) twice (the table is there twice"),
        (b"every\n", "sources.toml:1:6: expected '=' after a key in a key/value pair (a line is"),
        (b"a = [1,\n2", "sources.toml:2:2: unclosed array (close the bracket)"),
        (b'a = "\\d"', "sources.toml:1:8: unescaped"),
        ("# ë\nvendor = ".encode() + b'"\xeb"', "sources.toml:2:11: byte 0xEB is not UTF-8 (save the file as UTF-8)"),
        (b"\xef\xbb\xbfa\xff", "sources.toml:1:2: byte 0xFF is not UTF-8 (save the file as UTF-8)"),
        (GOOD.encode("utf-16"), "sources.toml:1:1: byte 0xFF is not UTF-8 (save the file as UTF-8)"),
        (b"a = 1\0", "sources.toml:1:6: "),
        (b"a = " + b"9" * 5000, "sources.toml: a number has too many digits (shorten it)"),
        (b"a = " + b"[" * 50_000, "sources.toml: brackets are nested too deeply (close them)"),
        (b"#" * 20_000_001, "sources.toml: is larger than 20 MB (is it the right file?)"),
    ],
)
def test_what_is_not_toml_is_one_fault_with_its_place(tmp_path: Path, data: bytes, message: str) -> None:
    """Syntax and encoding give line and column and a remedy, a file beyond all measure its size."""
    found = fault(written(tmp_path, data))
    assert found.startswith(message)
    assert found.endswith(")")


def test_the_largest_file_is_still_read(tmp_path: Path) -> None:
    """Twenty million bytes are fine: a file of 10,000 sources has two."""
    text = GOOD + "#" * (20_000_000 - len(GOOD))
    assert load(written(tmp_path, text.encode())).sources


def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    """Missing, a folder, a loop of links, a pipe, no path at all: one line each, and none of them hangs."""
    missing, folder, loop, pipe = (tmp_path / name for name in ("no.toml", "folder", "loop", "pipe"))
    folder.mkdir()
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    assert (
        fault(missing)
        == "sources.toml: no such file (`clausewatch init` writes a first one; or name another with --config)"
    )
    assert fault(folder) == "sources.toml: is a directory (name the file: sources.toml/sources.toml)"
    assert fault(loop).startswith("sources.toml: cannot be read: Too many levels of symbolic links (")
    assert fault(pipe) == "sources.toml: is no regular file (name a file)"
    assert "cannot be read: not a path" in fault(Path("a\0b")) or "no such file" in fault(Path("a\0b"))


def test_a_file_that_others_may_write_is_a_warning(tmp_path: Path) -> None:
    """Neither the file nor its folder stops anything, both are told with the remedy."""
    path = written(tmp_path, GOOD.encode())
    assert load(path).warnings == ()
    path.chmod(0o664)
    assert load(path).warnings == (f"{path}: others may write this file (chmod go-w {path})",)
    path.chmod(0o644)
    tmp_path.chmod(0o777)
    try:
        assert load(path).warnings == (f"{path}: everybody may write its folder (chmod o-w {tmp_path})",)
        tmp_path.chmod(0o1777)
        assert load(path).warnings == ()
    finally:
        tmp_path.chmod(0o700)


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the configuration stays known when the working directory changes."""
    written(tmp_path, GOOD.encode())
    monkeypatch.chdir(tmp_path)
    assert load(Path("sources.toml")).path == tmp_path / "sources.toml"


def test_a_thousand_sources_load_at_once(tmp_path: Path) -> None:
    """A thousand sources take far less than a second; 150 ms is the aim, the bound leaves room for a busy machine."""
    one = GOOD + 'language = "nl"\nselect = ["main .content"]\nevery = "1d"\n'
    text = "\n".join(one.replace("example", f"example{number}") for number in range(1000))
    path = written(tmp_path, text.encode())
    load(path)
    begun = time.process_time()
    assert len(load(path).sources) == 1000
    assert time.process_time() - begun < 0.6


def test_many_faults_are_told_at_once_and_soon(tmp_path: Path) -> None:
    """A file in which every source is wrong is judged in a moment too."""
    text = "\n".join(GOOD.replace("https:", "ftp:").replace("example", f"e{number}") for number in range(1000))
    path = written(tmp_path, text.encode())
    begun = time.process_time()
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert len(caught.value.faults) == 1000
    assert time.process_time() - begun < 3


def test_a_browser_that_is_not_there_is_warned_of(tmp_path: Path) -> None:
    """Whoever asks for a browser hears in one line what is missing for it; "auto" may do without."""
    path = tmp_path / "sources.toml"
    source = (
        '[[source]]\nid = "{0}/p"\nvendor = "V"\ndocument = "other"\nurl = "https://{0}.example/"\nfetcher = "{1}"\n'
    )
    tables = source.format("a", "browser") + source.format("b", "auto") + source.format("c", "browser")
    path.write_text('[fetch]\nbrowser = "/no/such/chromium"\n' + tables, encoding="utf-8")
    path.chmod(0o600)
    settings = load(path)
    assert settings.fetch.browser == "/no/such/chromium"
    (warning,) = settings.warnings
    assert "there is no browser at /no/such/chromium (apt-get install chromium" in warning
    assert warning.endswith(": a/p, c/p")
    path.write_text('[fetch]\nbrowser = "/no/such/chromium"\n' + source.format("b", "auto"), encoding="utf-8")
    assert load(path).warnings == ()


def test_what_a_browser_waits_for_belongs_to_the_source(tmp_path: Path) -> None:
    """The selector is kept as written; where HTTP asks for the page nobody would wait, and that is a fault."""
    source = '[[source]]\nid = "a/p"\nvendor = "V"\ndocument = "other"\nurl = "https://a.example/"\n'
    path = written(tmp_path, (source + 'fetcher = "auto"\nwait_for = "main > .policy"\n').encode())
    assert load(path).sources[0].wait_for == "main > .policy"
    with pytest.raises(ConfigError, match='wait_for: only a browser waits \\(write fetcher = "auto"'):
        load(written(tmp_path, (source + 'wait_for = "main"\n').encode()))
    with pytest.raises(ConfigError, match="is not a CSS selector"):
        load(written(tmp_path, (source + 'fetcher = "browser"\nwait_for = "main >"\n').encode()))


@pytest.mark.parametrize("value", ["chromium", "google-chrome-stable", "/opt/a b/chrome"])
def test_a_browser_is_a_path_or_a_name(tmp_path: Path, value: str) -> None:
    """Both forms are taken; a relative path or an option is a fault."""
    source = '[[source]]\nid = "a/p"\nvendor = "V"\ndocument = "other"\nurl = "https://a.example/"\n'
    assert load(written(tmp_path, f'[fetch]\nbrowser = "{value}"\n{source}'.encode())).fetch.browser == value
    for wrong in ("./chromium", "bin/chromium", "--help", ""):
        with pytest.raises(ConfigError, match="is neither a path from the root nor a name"):
            load(written(tmp_path, f'[fetch]\nbrowser = "{wrong}"\n{source}'.encode()))
