"""The configurations that come with the program are without a fault."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from storage.model import DocumentType
from watcher.config import load

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "sources.toml"
STARTER = ROOT / "watcher/config/starter.toml"


@pytest.mark.parametrize("path", [SHIPPED, STARTER], ids=["sources", "starter"])
def test_a_shipped_file_loads(path: Path, tmp_path: Path) -> None:
    """It has sources, each with its language, and needs no secret."""
    copy = tmp_path / "sources.toml"
    copy.write_bytes(path.read_bytes())
    found = load(copy, secrets=True, environ={})
    assert found.warnings == ()
    assert all(source.rules.language and source.urls[0].startswith("https://") for source in found.sources)
    assert len({source.id for source in found.sources}) == len(found.sources) > 0


@pytest.mark.parametrize("path", [SHIPPED, STARTER], ids=["sources", "starter"])
def test_the_example_in_its_comments_is_sound_too(path: Path, tmp_path: Path) -> None:
    """Taking the # away from the example of a subscriber, as the file says, gives a sound configuration."""
    lines = path.read_text(encoding="utf-8").split("\n")
    start = lines.index("# [mail]")
    end = next(n for n in range(start, len(lines)) if not lines[n].startswith("#"))
    bare = [line.removeprefix("#").removeprefix(" ") for line in lines[start:end]]
    copy = tmp_path / "sources.toml"
    copy.write_text("\n".join([*lines[:start], *bare, *lines[end:]]), encoding="utf-8")
    found = load(copy)
    assert found.mail_url
    assert [subscriber.name for subscriber in found.subscribers] == ["privacy-team"]


def test_every_commented_key_is_one_that_exists(tmp_path: Path) -> None:
    """Taking the # away from the settings at the head gives a sound configuration."""
    text = SHIPPED.read_text(encoding="utf-8")
    keys = [
        line.removeprefix("# ")
        for line in text.split("[defaults]")[0].split("\n")
        if line.startswith("# ") and " = " in line and line[2].islower() and "auto" not in line
    ]
    top = [line for line in keys if line.startswith(("zone", "store"))]
    below = [line for line in keys if line not in top]
    assert (len(top), len(below)) == (2, 4)
    copy = tmp_path / "sources.toml"
    rest = "[[source]]" + text.split("[[source]]", 2)[2]
    copy.write_text("\n".join([*top, "[fetch]", *below, rest]), encoding="utf-8")
    assert load(copy).zone == "Europe/Amsterdam"


def test_the_shipped_list_names_each_kind_of_document() -> None:
    """Policies, agreements and lists of sub-processors of some twenty vendors; five of them in Dutch."""
    found = load(SHIPPED).sources
    kinds = {source.document for source in found}
    assert kinds >= {DocumentType.PRIVACY_POLICY, DocumentType.DPA, DocumentType.SUBPROCESSORS}
    assert len({source.vendor for source in found}) >= 20
    assert len([source for source in found if source.rules.language == "nl"]) == 5


def test_ids_of_the_shipped_list_are_for_ever() -> None:
    """An id never goes and never gets another document: people's histories hang on it."""
    known = {entry["id"]: entry["document"] for entry in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["source"]}
    for name, document in known.items():
        ending = name.partition("/")[2]
        assert ending in {"privacy", "dpa", "subprocessors", "cookies", "enterprise-privacy"}, name
        assert (ending == "privacy") == (document == "privacy-policy"), name
