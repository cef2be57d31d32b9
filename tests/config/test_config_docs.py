"""The reference of the configuration says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from config_samples import GOOD, faults_of

from watcher.config import load
from watcher.config.schema import TABLES, keys

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/configuration.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEADINGS = {
    None: "## At the top of the file",
    "fetch": "## `[fetch]`",
    "mail": "## `[mail]`",
    "defaults": "## `[defaults]`",
    "source": "## `[[source]]`",
    "source.earlier": "## `[[source.earlier]]`",
    "source.page": "## `[[source.page]]`",
    "subscriber": "## `[[subscriber]]`",
    "operator": "## `[operator]`",
    "timestamps": "## `[timestamps]`",
    "retention": "## `[retention]`",
    "topic": "## `[[topic]]`",
    "watch": "## `[[watch]]`",
}


def section(table: str | None) -> str:
    """The part of the page about one table."""
    return TEXT.split(HEADINGS[table], 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("table", HEADINGS)
def test_every_key_is_told_in_order_and_no_other(table: str | None) -> None:
    """The rows of each table of the page are the keys of the program, and its example uses every one of them."""
    expected = [key for key in keys(table) if table or key not in TABLES]
    assert re.findall(r"^\| `(\w+)` \|", section(table), re.MULTILINE) == expected
    example = section(table).split("```toml")[1].split("```")[0]
    if table and "." in table:  # what stands above it is the table that it belongs to
        example = example.partition(f"[[{table}]]")[2]
    shown = set(re.findall(r"^(\w+) = ", example, re.MULTILINE))
    # Of saying where the document is an example can show but one, and what only a browser does it cannot show at all.
    other_ways = {"url", "page", "wait_for"}
    assert shown | other_ways == set(expected) | other_ways


def test_every_example_is_sound(tmp_path: Path) -> None:
    """Each example loads, with a source that the filters of the subscriber can find."""
    examples = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert len(examples) == 14
    for number, example in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(example if "[[source]]" in example else example + GOOD)
        assert load(path).sources


def test_the_faults_shown_are_the_faults_told(tmp_path: Path) -> None:
    """The two messages of the page come out of a file that deserves them."""
    text = "\n" * 6 + GOOD.replace("tags", 'every = "5 mins"\ntags') + "\n" * 4
    text += '[[subscriber]]\nname = "privacy-team"\nto = ["console:"]\nvendors = ["example"]\n'
    shown = re.findall(r"^sources\.toml:\d+: (.*)$", TEXT, re.MULTILINE)
    assert [line.split(": ", 1)[1] for line in faults_of(tmp_path / "sources.toml", text)] == shown


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        (table, key, default)
        for table, model in TABLES.items()
        for key, field in model.model_fields.items()
        if isinstance(default := field.default, str) and field.default
    ],
)
def test_defaults_are_told(table: str, key: str, value: str) -> None:
    """A default that is a word stands in the row of its key."""
    assert re.search(rf'^\| `{key}` \|.*`"{value}"`', section(table), re.MULTILINE)
