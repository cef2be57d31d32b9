"""Sources go out in forms that others read, come back the same, and are no formulas and no paths."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from storage.errors import UsageError
from storage.model import DocumentType, ExtractRules, Range, Source
from watcher.config import load
from watcher.config.edit import table_text
from watcher.exchange import read_sources, write_declarations, write_sources

PLAIN = Source("acme/dpa", "Acme", DocumentType.DPA, ("https://acme.example/dpa",), tags=("eu", "hr"))
RICH = Source(
    "acme/privacy",
    "Acme",
    DocumentType.PRIVACY_POLICY,
    ("https://acme.example/a", "https://acme.example/b"),
    rules=ExtractRules(("main, article", "[id]"), (".x",), "nl", (Range("h2", "main", through=True),)),
    fetcher="browser",
)


def again(path: Path) -> list[Source]:
    """What an exported list is read back as."""
    path.with_name("sources.toml").write_text(
        "\n".join(table_text(entry) for entry in read_sources(path).entries), encoding="utf-8"
    )
    return list(load(path.with_name("sources.toml")).sources)


def test_a_table_comes_back_as_it_went(tmp_path: Path) -> None:
    """All that its columns hold."""
    path = tmp_path / "out.csv"
    path.write_text(write_sources([PLAIN, RICH], "csv"), encoding="utf-8")
    assert again(path) == [PLAIN, RICH]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """A cell that begins like one gets an apostrophe, and loses it when it is read back."""
    hostile = Source(
        "a/b", '=HYPERLINK("http://evil.example")', DocumentType.OTHER, ("https://a.example/x",), tags=("+1", "@x")
    )
    text = write_sources([hostile], "csv")
    assert [cell[:1] for cell in next(iter(list(csv.reader(io.StringIO(text)))[1:]))[1:8:6]] == ["'", "'"]
    path = tmp_path / "out.csv"
    path.write_text(text, encoding="utf-8")
    assert again(path) == [hostile]


def test_declarations_come_back_as_they_went(tmp_path: Path) -> None:
    """One file for each vendor; the texts that are read stay the same."""
    (file,) = write_declarations([PLAIN, RICH], tmp_path / "out")
    terms = json.loads(file.read_text(encoding="utf-8"))["terms"]
    assert terms["Privacy Policy"]["select"][-1] == {"startBefore": "h2", "endAfter": "main"}
    dpa, privacy = again(tmp_path / "out")
    assert (dpa.urls, dpa.rules.select) == (PLAIN.urls, ("body",))
    assert (privacy.urls, privacy.fetcher) == (RICH.urls, "browser")
    assert privacy.rules.of_page(0).select == RICH.rules.select


def test_declarations_stay_in_their_folder_and_overwrite_nothing(tmp_path: Path) -> None:
    """A vendor that is a path, a link in the way, a file in the way."""
    folder = tmp_path / "out"
    evil = Source("a/b", "../../etc/passwd", DocumentType.DPA, ("https://a.example/x",))
    (file,) = write_declarations([evil], folder)
    assert file.parent == folder
    assert [one.name for one in folder.iterdir()] == [file.name]
    with pytest.raises(UsageError, match="cannot be written"):
        write_declarations([evil], folder)
    (folder / "Acme.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be written"):
        write_declarations([PLAIN], folder)
    assert not (tmp_path / "elsewhere").exists()
