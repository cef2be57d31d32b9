"""Lists of other programs become sources that load; what cannot be kept is named, and nothing hostile is done."""

from __future__ import annotations

import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import UsageError
from watcher.config import load
from watcher.config.edit import table_text
from watcher.exchange import Taken, read_sources
from watcher.exchange.joblists import xpath_as_css

SERVICE = {
    "name": "Northwind Café",
    "terms": {
        "Privacy Policy": {
            "fetch": "https://northwind.example/privacy",
            "select": ["main", {"startBefore": "h2", "endAfter": "article"}],
            "remove": ".share",
            "filter": ["dropMenus", {"dropParams": ["a"]}],
        },
        "Data Processor Agreement": {
            "executeClientScripts": True,
            "remove": [".toc"],
            "combine": [
                {"fetch": "https://northwind.example/dpa", "select": "main"},
                {
                    "fetch": "https://help.northwind.example/annex",
                    "select": [{"startAfter": "h1", "endBefore": "footer"}],
                },
            ],
        },
        "Terms of Service": {
            "select": "article",
            "combine": [{"fetch": "https://northwind.example/terms"}, {"fetch": "https://northwind.example/terms-2"}],
        },
        "Brand Guidelines": {"fetch": "ftp://northwind.example/brand"},
        "Imprint": "https://northwind.example/imprint",
    },
}
HISTORY = {
    "Privacy Policy": [
        {"fetch": "https://northwind.example/p", "select": "#old", "validUntil": "2021-05-04T10:00:00.000Z"},
        {
            "fetch": "https://northwind.example/p",
            "select": "#newer",
            "validUntil": "2023-01-31T00:00:00Z",
            "filter": "x",
        },
        {"fetch": "https://northwind.example/p", "select": "#lost", "validUntil": "long ago"},
    ]
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one declaration, its history, and a file that is no declaration."""
    path = tmp_path / "declarations"
    path.mkdir()
    (path / "Northwind.json").write_text(json.dumps(SERVICE), encoding="utf-8")
    (path / "Northwind.history.json").write_text(json.dumps(HISTORY), encoding="utf-8")
    (path / "package.json").write_text("{}", encoding="utf-8")
    return path


def loaded(taken: Taken, path: Path) -> dict[str, Any]:
    """The sources as the configuration reads them, by id."""
    path.write_text("\n".join(table_text(entry) for entry in taken.entries), encoding="utf-8")
    return {source.id: source for source in load(path).sources}


def notes(taken: Taken) -> list[str]:
    """The notes as lines."""
    return [f"{note.place}: {note.text}" for note in taken.notes]


def test_declarations_become_sources(folder: Path, tmp_path: Path) -> None:
    """Addresses, selectors, ranges with bounds, pages of their own, browser, and the selectors of earlier times."""
    taken = read_sources(folder)
    sources = loaded(taken, tmp_path / "sources.toml")
    assert list(sources) == [
        "northwind-cafe/privacy-policy",
        "northwind-cafe/data-processor-agreement",
        "northwind-cafe/terms-of-service",
    ]
    privacy, dpa, terms = sources.values()
    assert (privacy.vendor, privacy.document.value, dpa.document.value) == ("Northwind Café", "privacy-policy", "dpa")
    assert (privacy.rules.select, privacy.rules.remove) == (("main",), (".share",))
    assert [(one.start, one.end, one.after, one.through) for one in privacy.rules.select_ranges] == [
        ("h2", "article", False, True)
    ]
    assert [str(one.valid_until) for one in privacy.earlier] == ["2021-05-04", "2023-01-31"]
    assert dpa.fetcher == "browser"
    assert dpa.rules.of_page(0).select == ("main",)
    assert dpa.rules.of_page(1).select_ranges[0].after
    assert dpa.rules.of_page(1).remove == (".toc",)
    assert (terms.urls[1], terms.rules.select, terms.rules.pages) == (
        "https://northwind.example/terms-2",
        ("article",),
        (),
    )


def test_what_a_declaration_says_and_cannot_be_kept_is_named(folder: Path) -> None:
    """Each filter, in the present and the past; a history without a day; what is no page; what is no declaration."""
    told = "\n".join(notes(read_sources(folder)))
    for part in (
        "Northwind.json: Privacy Policy: filter dropMenus is not kept",
        "filter dropParams is not kept",
        "Privacy Policy, until 2023-01-31: filter x is not kept",
        "history: selectors without a day (long ago) are not kept",
        "Brand Guidelines: is left out: url: ",
        "Imprint: is no declaration of a document",
        "package.json: no declaration of Open Terms Archive",
    ):
        assert part in told


def test_every_declaration_of_the_corpus_is_read(corpus: Path, tmp_path: Path) -> None:
    """All files; what is left out is the same page under another service; the whole is one sound configuration."""
    taken = read_sources(corpus / "declarations")
    services = [file for file in (corpus / "declarations").glob("*.json") if not file.name.endswith(".history.json")]
    declared = [json.loads(file.read_text(encoding="utf-8")) for file in services]
    assert len(services) == 57
    lost = [note for note in taken.notes if note.lost]
    assert len(taken.entries) + len(lost) == sum(len(one["terms"]) for one in declared)
    assert all("is the same page as" in note.text for note in lost)
    assert len(lost) <= 2
    assert len(loaded(taken, tmp_path / "sources.toml")) == len(taken.entries)
    filters = sum(len(part.get("filter", [])) for one in declared for part in one["terms"].values())
    assert sum("filter" in note.text and "until" not in note.place for note in taken.notes) >= filters


JOBS = """
name: Acme privacy policy
url: https://acme.example/privacy
filter:
  - css:
      selector: main
      exclude: .ads
  - html2text
  - re.sub: {pattern: x}
---
name: Acme-Auftragsverarbeitung
url: https://acme.example/avv
use_browser: true
filter:
  - xpath: '//div[@id="content"]//p'
  - xpath: '//p[position()=1]'
  - element-by-class: text
headers: {Cookie: secret-value}
---
navigate: https://acme.example/cookies
filter: css:#cookies,html2text,strip
---
name: a command
command: rm -rf /
---
just a word
"""


def test_job_lists_become_sources(tmp_path: Path) -> None:
    """CSS, plain XPath and element filters are kept; shell commands are never run; no header's value is repeated."""
    path = tmp_path / "urls.yaml"
    path.write_text(JOBS, encoding="utf-8")
    taken = read_sources(path)
    policy, dpa, cookies = loaded(taken, tmp_path / "sources.toml").values()
    assert (policy.id, policy.vendor, policy.rules.select, policy.rules.remove) == (
        "acme/privacy-policy",
        "Acme",
        ("main",),
        (".ads",),
    )
    assert (dpa.document.value, dpa.fetcher, dpa.rules.select) == ("dpa", "browser", ('div[id="content"] p', ".text"))
    assert (cookies.document.value, cookies.fetcher, cookies.rules.select) == ("cookies", "browser", ("#cookies",))
    told = "\n".join(notes(taken))
    assert "secret-value" not in told
    for part in (
        "re.sub is not kept",
        "position()",
        'headers is not kept (write headers = { Name = "${SECRET}" })',
        "runs a shell command",
        "is no job",
    ):
        assert part in told


def test_yaml_that_is_made_to_grow_is_refused(tmp_path: Path) -> None:
    """Aliases of aliases; a tag that would make an object; half a document."""
    path = tmp_path / "bomb.yaml"
    many = ", ".join(["*a"] * 300)
    path.write_text(f"url: &a https://acme.example\nmore: [{many}]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds 300 aliases"):
        read_sources(path)
    path.write_text("url: !!python/object/apply:os.system ['true']\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read as YAML"):
        read_sources(path)
    path.write_text("url: [\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"bomb\.yaml:\d+:\d+: cannot be read as YAML"):
        read_sources(path)


WATCHES: dict[str, Any] = {
    "watching": {
        "a": {
            "url": "https://globex.example/privacy",
            "title": "Globex privacy",
            "include_filters": ["main", "xpath://div[@id='p']", "json:$.x"],
            "subtractive_selectors": [".nav"],
            "time_between_check": {"weeks": None, "days": 1, "hours": 12},
            "fetch_backend": "html_webdriver",
            "tags": ["t1"],
            "ignore_text": ["x"],
            "paused": True,
        },
        "b": {"url": "file:///etc/passwd"},
    },
    "settings": {"application": {"tags": {"t1": {"title": "legal"}}}},
}


@pytest.mark.parametrize("packed", [False, True])
def test_backups_of_changedetection_become_sources(tmp_path: Path, *, packed: bool) -> None:
    """The list alone or in a zip; a file address is left out as any page that is none."""
    path = tmp_path / ("backup.zip" if packed else "url-watches.json")
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("url-watches.json", json.dumps(WATCHES))
            archive.writestr("../../etc/evil.json", "no JSON at all")
    else:
        path.write_text(json.dumps(WATCHES), encoding="utf-8")
    taken = read_sources(path)
    (source,) = loaded(taken, tmp_path / "sources.toml").values()
    assert (source.rules.select, source.rules.remove) == (("main", 'div[id="p"]'), (".nav",))
    assert (source.every.total_seconds(), source.tags, source.fetcher) == (36 * 3600, ("legal",), "browser")
    told = "\n".join(notes(taken))
    for part in ("json:$.x is not kept", "was paused there", "text to ignore not kept", "watch 2: is left out"):
        assert part in told


def test_a_backup_of_the_newer_form_is_read(tmp_path: Path) -> None:
    """One file for each watch, in a folder named by its id."""
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("changedetection.json", "{}")
        archive.writestr(f"{'0a' * 4}-0000-0000-0000-{'0b' * 6}/watch.json", json.dumps(WATCHES["watching"]["a"]))
    assert [entry["url"] for entry in read_sources(path).entries] == ["https://globex.example/privacy"]


def test_archives_that_are_none_or_made_to_grow_are_refused(tmp_path: Path) -> None:
    """A zip of something else, a broken one, and one that unpacks to more than it may."""
    path = tmp_path / "backup.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UsageError, match="no backup of changedetection"):
        read_sources(path)
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(UsageError, match="cannot be read as a backup"):
        read_sources(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("url-watches.json", b" " * 60_000_000)
    with pytest.raises(UsageError, match="unpacks to more than 50 MB"):
        read_sources(path)


def test_tables_and_plain_lists_become_sources(tmp_path: Path) -> None:
    """Commas, semicolons or tabs; unknown columns are named; lines of a list may have a title and comments."""
    table = tmp_path / "suppliers.csv"
    table.write_text(
        "\ufeffVendor;URL;Type;Tags;Owner\nInitech;https://initech.example/dpa;dpa;hr, eu;Kim\n"
        "Hooli;https://hooli.example/a https://hooli.example/b;terms;;\nNobody;not an address;terms;;\n",
        encoding="utf-8",
    )
    taken = read_sources(table)
    first, second = loaded(taken, tmp_path / "sources.toml").values()
    assert (first.id, first.vendor, first.tags) == ("initech/dpa", "Initech", ("hr", "eu"))
    assert second.urls == ("https://hooli.example/a", "https://hooli.example/b")
    assert "suppliers.csv:2: column 'owner' is not kept" in notes(taken)
    assert any(note.lost and note.place == "suppliers.csv:4" for note in taken.notes)
    plain = tmp_path / "list.txt"
    plain.write_text(
        "# ours\nhttps://www.initech.co.uk/datenschutz Initech Datenschutz\n\nhttps://10.0.0.1/x\n", encoding="utf-8"
    )
    assert [(one["id"], one["vendor"]) for one in read_sources(plain).entries] == [
        ("initech/privacy-policy", "Initech"),
        ("10-0-0-1/other", "10-0-0-1"),
    ]


def test_the_same_page_twice_is_one_source_and_ids_never_clash(tmp_path: Path) -> None:
    """Another part of it is another source."""
    path = tmp_path / "list.csv"
    path.write_text(
        "url,select\nhttps://a.example/terms,\nhttps://a.example/terms,\nhttps://a.example/terms,#annex\n",
        encoding="utf-8",
    )
    taken = read_sources(path)
    assert [entry["id"] for entry in taken.entries] == ["a/terms", "a/terms-2"]
    assert notes(taken) == ["list.csv:3: is left out: is the same page as a/terms, read in the same way"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.txt", None, "no such file"),
        ("x.json", b"[1]", "is neither a declaration nor a backup"),
        ("x.json", b"{", "cannot be read as JSON"),
        ("x.yaml", b"a: 1\n", "is no job list"),
        ("x.csv", b"a,b\n1,2\n", 'no column is called "url"'),
        ("x.txt", b"\xff\xfe", "is not UTF-8"),
        ("x.json", b"[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_what_is_no_list_is_told(tmp_path: Path, name: str, content: bytes | None, message: str) -> None:
    """Place, what is wrong, remedy."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_sources(path)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Nothing breaks, and whatever comes out is TOML."""
    path = tmp_path_factory.mktemp("any") / "list.txt"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        taken = read_sources(path)
    except UsageError:
        return
    for entry in taken.entries:
        assert tomllib.loads(table_text(entry))["source"][0]["url"]


@pytest.mark.parametrize(
    ("path", "css"),
    [
        ("//main", "main"),
        ("//div[@id='a']/p", 'div[id="a"] > p'),
        ('//*[@class="x y"]//li', '*[class="x y"] li'),
        ("/html/body", None),
        ("//p[1]", None),
        ("//a/@href", None),
        ("//div[contains(@class,'x')]", None),
    ],
)
def test_plain_xpath_is_css_in_other_words(path: str, css: str | None) -> None:
    """And what is not plain is not guessed."""
    assert xpath_as_css(path) == css
