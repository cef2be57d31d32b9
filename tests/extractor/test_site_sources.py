"""Files for the generator of a site: what only the generator reads is no text of the document."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from storage.model import BlockKind, Document
from watcher.extractor import extract, read_file

_CLAUSES = """## Storage

We keep invoices for seven years.

- Tickets: 90 days
- Logs: 30 days

| Company | Country |
| ------- | ------- |
| Bellwood Hosting | Ireland |
"""
_TOLD = [
    "Storage",
    "We keep invoices for seven years.",
    "Tickets: 90 days",
    "Logs: 30 days",
    "Company | Country",
    "Bellwood Hosting | Ireland",
]


def document(text: str, tmp_path: Path, name: str = "page.md") -> Document:
    """Read a text as a file."""
    place = tmp_path / name
    place.write_text(text)
    return extract(read_file(place)).document


def told(text: str, tmp_path: Path) -> list[str]:
    """The texts of the blocks."""
    return [block.text for block in document(text, tmp_path).blocks]


@pytest.mark.parametrize(
    "around",
    [
        "---\ntitle: Storage of data\nsidebar_position: 7\ntags:\n  - legal\n  - trust\n---\n\n{}",
        "+++\ntitle = 'Storage of data'\nweight = 40\n+++\n{}",
        "import Box from '@site/src/Box';\nimport {{\n  One,\n  Two,\n}} from './parts';\n\n{}",
        "export const meta = {{\n  plan: 'team',\n}};\n\n{}",
        "<!-- prettier-ignore-start -->\n\n{}\n<!-- several\n\nlines -->",
        "{{/* kept by the legal team */}}\n{}",
        "{{% if site.region == 'eu' %}}\n{}\n{{% endif %}}",
        "{{{{< notice info >}}}}\n{}\n{{{{< /notice >}}}}",
        '{{{{% alert color="primary" %}}}}\n{}\n{{{{% /alert %}}}}',
        "<Layout wide={{true}} icon={{<Lock size={{12}} />}}>\n\n{}\n\n</Layout>",
        '<div class="legal" markdown="1">\n\n{}\n\n</div>',
        ":::note\n\n{}\n\n:::",
        "::: {{.callout-note}}\n{}\n:::",
        "{{: .no_toc }}\n{}",
        '[//]: # (checked in May)\n{}\n[home]: https://vendor.example/ "Home"\n',
    ],
)
def test_what_the_generator_reads_is_no_text(around: str, tmp_path: Path) -> None:
    """Front matter, imports, tags, components, boxes and definitions around clauses leave these as they are."""
    assert told(around.format(_CLAUSES), tmp_path) == _TOLD


def test_front_matter_states_title_language_and_day(tmp_path: Path) -> None:
    """What the text does not say of itself is taken from above it."""
    found = document(
        '---\ntitle: "Data: where it goes"\nlastmod: 2025-03-04T10:00:00Z\nlang: en\n---\nWe sell nothing.\n', tmp_path
    )
    assert found.title == "Data: where it goes"
    assert found.language == "en"
    assert found.updated is not None
    assert found.updated.day == date(2025, 3, 4)
    assert [block.text for block in found.blocks] == ["We sell nothing."]


def test_a_rule_above_a_text_is_no_front_matter(tmp_path: Path) -> None:
    """Between two rules may stand a clause."""
    assert told("---\n\nWe keep this: nothing, and that for ever.\nReally.\n\n---\n\nEnd.", tmp_path)[0].startswith(
        "We keep"
    )


def test_tables_in_html_have_rows(tmp_path: Path) -> None:
    """A table in HTML within Markdown is read as on a page."""
    head = "<table>\n<tr><th>Company</th><th>Country</th></tr>"
    text = f"## Who\n\n{head}\n<tr><td>Acme</td><td>**NL**</td></tr>\n</table>\n\nEnd."
    rows = [block for block in document(text, tmp_path).blocks if block.kind is BlockKind.TABLE_ROW]
    assert [(cell.column, cell.text) for cell in rows[-1].cells] == [("Company", "Acme"), ("Country", "NL")]
