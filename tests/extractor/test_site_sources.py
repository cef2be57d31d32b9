"""Files for the generator of a site: what only the generator reads is no text of the document."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

import pytest

from storage.model import BlockKind, Capture, Document
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
        "> [!WARNING]\n\n{}",
        "* TOC\n{{:toc}}\n\n[[_TOC_]]\n\n{}",
        "{}\n\n<script>\nshow(30);\n</script>\n<style>\n.a {{ top: 0 }}\n</style>",
        '{{% comment %}}\nAsk them: 60 days?\n{{% endcomment %}}\n{}--8<-- "shared/end.md"\n',
        ":warning:\n\n{}\n\n![Map](./map.png){{ width=300 }}\n",
        "{}\n{{{{ page.edited | date: '%Y' }}}}\n",
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


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("We keep it {{ page.term }}.", "We keep it two years."),
        ("Since {frontmatter.term}.", "Since two years."),
        ('We keep it {{< param "legal.term" >}}.', "We keep it two years."),
        ('Write to {{< email "privacy@vendor.example" >}}.', "Write to privacy@vendor.example."),
        ('<Term tip={<b>a > b</b>}>Backups</Term> stay{" "}here.', "Backups stay here."),
        ('<Company name="Acme" country="Ireland" icon="./acme.svg" />', "Acme - Ireland"),
        ("See [our terms][t] and [t].\n\n[T]: https://vendor.example/terms 'Terms'", "See our terms and t."),
        ("Notice by [Company][Date].", "Notice by [Company][Date]."),
        ("Copies go[^1] soon.", "Copies go soon."),
        ("[^1]: After 30 days.", "After 30 days."),
        ("## Storage {#storage}", "Storage"),
        ('## <a id="s"></a>Storage { .wide #s }', "Storage"),
        ('<h2 id="s">Storage</h2>', "Storage"),
        ("One\\\nline.", "One line."),
        ("```inline``` code", "inline code"),
        (":::tip[Your **plan**]{icon=no}\n:::", "Your plan"),
        ('!!! note "Your plan"', "Your plan"),
        ("??? question", None),
        ("!!! Call us at once !!!", "!!! Call us at once !!!"),
        ("> [!NOTE] Your plan", "Your plan"),
        ('=== "Your plan"', "Your plan"),
        ("export to other countries happens.", "export to other countries happens."),
        ("import duties are yours.", "import duties are yours."),
        ("<details><summary>How **long**?</summary>", "How long?"),
    ],
)
def test_what_a_reader_sees_of_a_mark(written: str, read: str | None, tmp_path: Path) -> None:
    """Values, addresses, titles and links by name are text; identifiers and properties are none."""
    found = told(f"---\nterm: two years # counted from the end\n---\n{written}\n", tmp_path)
    assert found == ([read] if read else ["term: two years # counted from the end"])


def test_a_list_of_links_to_the_headings_below_is_no_text(tmp_path: Path) -> None:
    """Three links to headings lead around the page; one that leads elsewhere is an item."""
    links = "".join(f"- [{name}](#{name.lower()})\n" for name in ("Scope", "Storage", "Rights"))
    text = "".join(f"## {name}\n\nAbout it.\n\n" for name in ("Scope", "Storage", "Rights"))
    assert told(links + text, tmp_path) == told(text, tmp_path)
    assert told(f"- [Annex](#annex)\n{text}", tmp_path)[0] == "Annex"


@pytest.mark.parametrize(
    ("address", "text", "read"),
    [
        ("https://raw.vendor.example/legal/privacy.md?token=1", "# Storage", "Storage"),
        ("https://raw.vendor.example/files/77/raw", "---\ntitle: Storage\n---\nKept.", "Kept."),
        ("https://raw.vendor.example/files/77/raw", "# Storage\n\n## One\n\n## Two", "Storage"),
        ("https://vendor.example/policy.txt", "# 1 is our goal.\n\nWe keep it.", "# 1 is our goal."),
    ],
)
def test_repositories_send_markdown_as_plain_text(address: str, text: str, read: str) -> None:
    """The address or the marks tell Markdown from plain text."""
    body = text.encode()
    digest = hashlib.sha256(body).hexdigest()
    now = datetime(2026, 3, 1, tzinfo=UTC)
    page = Capture(address, address, now, 200, (), "text/plain", "utf-8", digest, body)
    assert extract(page).document.blocks[0].text == read


@pytest.mark.parametrize(
    "unit",
    [
        "<!-- a ",
        "{% a\n",
        "{{< a ",
        '<Box a="x ',
        "<Box a={\n",
        "import {\n",
        "[a][b] ",
        "<table><tr><td>a\n",
        "<ul>\n<li>a\n",
        "> " * 50,
        "{" + " " * 300,
    ],
)
def test_marks_of_a_generator_that_never_end_are_read_in_time(unit: str, tmp_path: Path) -> None:
    """What opens and never closes costs no more than its length: here 40 kB in a tenth of a second."""
    start = process_time()
    document((unit * 40_000)[:40_000], tmp_path)
    assert process_time() - start < 1
