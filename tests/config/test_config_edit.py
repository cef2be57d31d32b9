"""`sources.toml` is changed in place: nothing else moves, and what does not load is never written."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import ConfigError, UsageError
from watcher.config import load
from watcher.config.edit import NewAddress, add_sources, change_addresses, settings_before, table_text

FIRST = """\
# What we watch
[defaults]
every = "1d"   # often enough

[[source]]   # the first
id = "acme/privacy"
vendor = 'Acme'
document = "privacy-policy"
url = 'https://acme.example/privacy'  # moved in 2024
# select = ["main"]

# Whom we tell ----
[[subscriber]]
name = "team"
to = ["console:"]

[[source]]
id = "bolt/dpa"
vendor = "Bolt"
document = "dpa"
urls = [
  "https://bolt.example/dpa",   # the body
  "https://bolt.example/annex",
]
"""
ENTRY = {"id": "cato/privacy", "vendor": "Cato", "document": "privacy-policy", "url": "https://cato.example/privacy"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration with comments, and with tables between those of a list."""
    place = tmp_path / "sources.toml"
    place.write_text(FIRST, encoding="utf-8")
    return place


def test_a_new_source_stands_behind_the_last_one(path: Path) -> None:
    """The rest of the file stays byte for byte; one blank line stands before the new table."""
    add_sources(path, [ENTRY]).write()
    after = path.read_text()
    assert after == FIRST + "\n" + table_text(ENTRY)
    assert [source.id for source in load(path).sources] == ["acme/privacy", "bolt/dpa", "cato/privacy"]


def test_a_source_of_a_known_vendor_stands_with_its_others(path: Path) -> None:
    """Behind the vendor's last table and the comment that belongs to it, before the comment of the next table."""
    entry = {**ENTRY, "id": "acme/cookies", "vendor": "Acme", "document": "cookies"}
    add_sources(path, [entry]).write()
    head, tail = FIRST.split("\n# Whom we tell")
    assert path.read_text() == f"{head}\n{table_text(entry)}\n# Whom we tell{tail}"


def test_a_comment_right_above_a_table_stays_with_it(path: Path) -> None:
    """A comment that stands without a blank line above the next table introduces that table."""
    path.write_text(FIRST.replace('# select = ["main"]\n\n# Whom we tell ----', "# Whom we tell ----"))
    entry = {**ENTRY, "id": "acme/cookies"}
    add_sources(path, [entry]).write()
    assert f"{table_text(entry)}\n# Whom we tell ----\n[[subscriber]]" in path.read_text()


@pytest.mark.parametrize("data", [b"", None, b'[defaults]\nevery = "2d"', b"# nothing yet\n\n"])
def test_a_file_without_sources_gets_its_first(tmp_path: Path, data: bytes | None) -> None:
    """Missing, empty, without an end of line: each becomes a file that loads."""
    path = tmp_path / "deep" / "sources.toml"
    if data is not None:
        path.parent.mkdir()
        path.write_bytes(data)
    assert settings_before(path).sources == ()
    add_sources(path, [ENTRY]).write()
    assert [source.id for source in load(path).sources] == ["cato/privacy"]
    assert path.read_bytes().startswith(data or b"")


def test_line_ends_and_byte_order_mark_stay(path: Path) -> None:
    """A file of Windows keeps its line ends and its mark, in new lines too."""
    path.write_bytes(b"\xef\xbb\xbf" + FIRST.replace("\n", "\r\n").encode())
    add_sources(path, [ENTRY]).write()
    change = NewAddress("bolt/dpa", "https://bolt.example/annex", "https://bolt.example/annex-2")
    change_addresses(path, [change]).write()
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# What")
    assert data.count(b"\n") == data.count(b"\r\n")
    expected = FIRST.replace("example/annex", "example/annex-2") + "\n" + table_text(ENTRY)
    assert data[3:].decode().replace("\r\n", "\n") == expected


def test_an_address_is_replaced_where_it_stands(path: Path) -> None:
    """In `url`, in an entry of `urls`; comments beside it stay, and another source with the same address stays too."""
    changes = [
        NewAddress("acme/privacy", "https://acme.example/privacy", 'https://www.acme.example/privacy?a="b"'),
        NewAddress("bolt/dpa", "https://bolt.example/dpa", "https://bolt.example/legal/dpa"),
    ]
    change_addresses(path, changes).write()
    expected = FIRST.replace("'https://acme.example/privacy'", "'https://www.acme.example/privacy?a=\"b\"'").replace(
        "https://bolt.example/dpa", "https://bolt.example/legal/dpa"
    )
    assert path.read_text() == expected


def test_an_edit_tells_its_diff_and_writes_nothing_by_itself(path: Path) -> None:
    """The diff shows the new lines alone; planning leaves the file as it was."""
    edit = add_sources(path, [ENTRY])
    added = [line for line in edit.diff().splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert added == ["+", *(f"+{line}" for line in table_text(ENTRY).splitlines())]
    assert not [line for line in edit.diff().splitlines()[2:] if line.startswith("-")]
    assert path.read_text() == FIRST


def test_what_would_not_load_is_told_with_all_faults_and_not_written(path: Path) -> None:
    """Every fault of the new tables is told at once, and that nothing was written."""
    entries = [{**ENTRY, "document": "policy", "every": "often"}, {**ENTRY, "id": "acme/privacy"}]
    with pytest.raises(ConfigError) as caught:
        add_sources(path, entries)
    told = "\n".join(caught.value.faults)
    for part in ('"policy" is unknown', '"often" is not a duration', "acme/privacy", "nothing was written"):
        assert part in told
    assert path.read_text() == FIRST


def test_a_file_with_faults_is_not_touched(path: Path) -> None:
    """The faults that the file has already are told first."""
    path.write_text(FIRST.replace('"1d"', '"soon"'))
    with pytest.raises(ConfigError, match='"soon" is not a duration'):
        add_sources(path, [ENTRY])
    path.write_text("[[source]\n")
    with pytest.raises(ConfigError, match=r"sources\.toml:1:"):
        add_sources(path, [ENTRY])


def test_sources_in_an_inline_list_are_refused(path: Path) -> None:
    """TOML allows no further table behind a list in one place."""
    path.write_text('source = [{id = "a/b", vendor = "A", document = "dpa", url = "https://a.example/"}]\n')
    with pytest.raises(ConfigError, match=r"\[\[source\]\] table"):
        add_sources(path, [ENTRY])


def test_mode_and_link_stay(path: Path) -> None:
    """The file behind a symbolic link is replaced, not the link, and nobody gains a right."""
    path.chmod(0o640)
    link = path.with_name("link.toml")
    link.symlink_to(path.name)
    add_sources(link, [ENTRY]).write()
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert "cato/privacy" in path.read_text()
    assert sorted(place.name for place in path.parent.iterdir()) == ["link.toml", "sources.toml"]


def test_a_file_changed_meanwhile_is_not_overwritten(path: Path) -> None:
    """Somebody else's edit between reading and writing is kept."""
    edit = add_sources(path, [ENTRY])
    path.write_text(FIRST + "# mine\n")
    with pytest.raises(UsageError, match="changed meanwhile"):
        edit.write()
    assert path.read_text() == FIRST + "# mine\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(path: Path) -> None:
    """No traceback, no half file."""
    edit = add_sources(path, [ENTRY])
    path.parent.chmod(0o555)
    try:
        with pytest.raises(UsageError, match="cannot be written"):
            edit.write()
    finally:
        path.parent.chmod(0o755)
    assert path.read_text() == FIRST


def test_unknown_sources_and_addresses_are_told(path: Path) -> None:
    """Nothing is replaced by guess."""
    with pytest.raises(UsageError, match="no source 'acme/x'"):
        change_addresses(path, [NewAddress("acme/x", "https://acme.example/privacy", "https://b.example/")])
    with pytest.raises(UsageError, match="no address"):
        change_addresses(path, [NewAddress("acme/privacy", "https://b.example/", "https://c.example/")])


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(vendor=text, select=st.lists(text, max_size=4), tags=st.lists(text, max_size=30))
def test_whatever_is_written_reads_back_the_same(vendor: str, select: list[str], tags: list[str]) -> None:
    """Any text survives its way into TOML and out of it."""
    entry = {"id": "a/b", "vendor": vendor, "select": select, "tags": tags}
    assert tomllib.loads(table_text(entry)) == {"source": [entry]}


def test_ranges_and_earlier_rules_are_written_as_toml_has_them() -> None:
    """A range is an inline table, earlier rules are tables of their own below the source."""
    entry = {**ENTRY, "select": ["main", {"from": "#a", "to": "#b"}], "earlier": [{"select": ['a[b="c"]']}]}
    written = table_text(entry)
    assert tomllib.loads(written) == {"source": [entry]}
    assert 'select = ["main", {from = "#a", to = "#b"}]' in written
    assert "[[source.earlier]]\nselect = ['a[b=\"c\"]']" in written
