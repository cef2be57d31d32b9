"""Whole pages of many kinds of site around a policy; what is not the policy can be had in two states."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from structure_builders import Framer, GoogleSites, Mintlify, SharePoint, Wix
from structure_panels import (
    Accordion,
    AmpAccordion,
    Details,
    Fonts,
    Iubenda,
    Tabs,
    Termly,
    Word,
    script_html,
    script_tree,
    srcdoc,
)
from structure_styles import Confluence, Elementor, GoogleDocs, Gutenberg, NotionExport, NotionPage, Style
from structure_text import plain
from structure_unseen import Material, Notice, Utility, Wiki, flight

from bench.policy_text import Line
from storage.model import Capture

_PAGES = Path(__file__).parent / "pages"
_NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
_AROUND = (
    {
        "item": "Plans",
        "item_ar": "الأسعار",
        "related": "The new calendar in five steps",
        "count": "128",
        "promo": "On Thursday we show the new calendar in a webinar of half an hour, free of charge for everyone.",
        "year": "2025",
        "person": "Maud Ellery",
        "ago": "3 days ago",
        "token": "a1b2c3",
    },
    {
        "item": "Plans and prices",
        "item_ar": "الخطط والأسعار",
        "related": "Seven questions to ask a new colleague",
        "count": "131",
        "promo": "Our office is closed between Christmas and New Year; urgent calls are answered by the duty desk.",
        "year": "2026",
        "person": "Ib Sorensen",
        "ago": "5 weeks ago",
        "token": "f9e8d7",
    },
)

Write = Callable[[Sequence[Line]], str]


@dataclass(frozen=True, slots=True)
class Structure:
    """One kind of page: its file in `pages`, the language of its policy, and how the text is written into it.

    `titled` says that the page has a place of its own for the title; `shown` turns the lines into what a reader sees.
    """

    name: str
    language: str
    write: Write
    titled: bool = False
    encoding: str = "utf-8"
    shown: Callable[[Sequence[Line]], Sequence[Line]] = tuple

    def page(self, lines: Sequence[Line], around: int = 0) -> Capture:
        """The page of the lines, with what stands around them in one of two states."""
        title = html.escape(lines[0].text, quote=False)
        slots = {
            **_AROUND[around],
            "title": title,
            "h1": title,
            "policy": self.write(lines[1:] if self.titled else lines),
            "contents": _contents(lines, "<li><a href='#{}'>{}</a></li>"),
            "contents_divs": _contents(
                lines,
                '<div class="table_of_contents-item"><a class="table_of_contents-link" href="#{}">{}</a></div>',
            ),
            "contents_links": _contents(lines, '<a href="#{}" class="fs-toc_link w-inline-block"><div>{}</div></a>'),
        }
        text = Template((_PAGES / f"{self.name}.html").read_text(encoding="utf-8")).substitute(slots)
        return capture(text.encode(self.encoding, "xmlcharrefreplace"))


def capture(body: bytes, media_type: str = "text/html") -> Capture:
    """A capture of a page."""
    url = "https://vendor.example/legal/privacy"
    return Capture(url, url, _NOW, 200, (), media_type, None, hashlib.sha256(body).hexdigest(), body)


def _contents(lines: Sequence[Line], item: str) -> str:
    """A list of contents."""
    headings = [plain(line.text) for line in lines if line.kind == "heading" and line.level == 2]
    return "".join(item.format(re.sub(r"\W+", "-", text.lower()).strip("-"), html.escape(text)) for text in headings)


class Handbook(Style):
    """Headings with a link to themselves, as generators of handbooks write them."""

    def heading(self, line: Line) -> str:
        """A heading with its mark."""
        anchor = re.sub(r"\W+", "-", line.text.lower()).strip("-")
        link = f'<a href="#{anchor}" class="hash-link" aria-label="Direct link to {html.escape(line.text)}">\u200b</a>'
        tag = f"h{line.level}"
        return f'<{tag} class="anchor anchorWithStickyNavbar_LWe7" id="{anchor}">{self.text(line)}{link}</{tag}>'


class PagedTable(Style):
    """Tables of which a script shows ten rows at a time."""

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        """A table with its tools where it has more than ten rows."""
        if len(rows) <= 10:
            return super().table(head, rows)
        shown = super().table(head, rows[:10]).replace("<table>", '<table class="display dataTable" role="grid">', 1)
        return (
            '<div id="t1_wrapper" class="dataTables_wrapper no-footer"><div class="dataTables_length"><label>Zeige '
            '<select name="t1_length"><option>10</option><option>25</option></select> Einträge</label></div>'
            '<div class="dataTables_filter"><label>Suche:<input type="search" placeholder=""></label></div>'
            f'{shown}<div class="dataTables_info" role="status" aria-live="polite">{ten_of(rows)}</div>'
            '<div class="dataTables_paginate paging_simple_numbers"><a class="paginate_button previous disabled" '
            'aria-disabled="true" role="link">Zurück</a><span><a class="paginate_button current" role="link" '
            'aria-current="page">1</a><a class="paginate_button" role="link">2</a></span>'
            '<a class="paginate_button next" role="link">Nächste</a></div></div>'
        )


def ten_of(rows: Sequence[Line]) -> str:
    """What is told of a table of which ten rows are shown."""
    return f"1 bis 10 von {len(rows)} Einträgen"


def ten_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines with ten rows of the long table, and what is told of the others."""
    rows = [place for place, line in enumerate(lines) if line.kind == "row"][-14:]
    told = Line("para", ten_of([lines[place] for place in rows]))
    return [*lines[: rows[10]], told, *lines[rows[13] + 1 :]]


def _write(style: type[Style]) -> Write:
    return lambda lines: style().write(lines)


STRUCTURES = (
    Structure("next_html", "en", script_html),
    Structure("next_tree", "de", script_tree),
    Structure("elementor", "nl", _write(Elementor)),
    Structure("gutenberg", "de", _write(Gutenberg), titled=True),
    Structure("confluence", "en", _write(Confluence), titled=True),
    Structure("notion_page", "nl", _write(NotionPage), titled=True),
    Structure("notion_export", "en", _write(NotionExport), titled=True),
    Structure("google_docs", "fr", _write(GoogleDocs)),
    Structure("webflow", "en", _write(Style), titled=True),
    Structure("iubenda", "fr", _write(Iubenda)),
    Structure("termly", "en", _write(Termly)),
    Structure("tabs", "de", _write(Tabs)),
    Structure("accordion", "nl", _write(Accordion)),
    Structure("details", "fr", _write(Details)),
    Structure("word", "nl", _write(Word), encoding="windows-1252"),
    Structure("amp", "fr", _write(AmpAccordion), titled=True),
    Structure("srcdoc", "en", srcdoc),
    Structure("layout_2003", "de", _write(Fonts), encoding="iso-8859-1"),
    Structure("rtl", "en", _write(Style)),
    Structure("shopify", "de", _write(Style), titled=True),
    Structure("zendesk", "en", _write(Style), titled=True),
    Structure("docusaurus", "en", _write(Handbook), titled=True),
    Structure("gitbook", "nl", _write(Handbook), titled=True),
    Structure("cookie_wall", "nl", _write(Style)),
    Structure("data_tables", "de", _write(PagedTable), shown=ten_rows),
    Structure("two_copies", "fr", _write(Style)),
    Structure("print_version", "en", _write(Style)),
    # From here on: written when the rules for those above were made, and read for the first time after that.
    Structure("typo3", "de", _write(Style)),
    Structure("drupal", "fr", _write(Style), titled=True),
    Structure("hubspot", "nl", _write(Style)),
    Structure("squarespace", "en", _write(Style)),
    Structure("mediawiki", "de", _write(Wiki), titled=True),
    Structure("onetrust", "en", _write(Notice)),
    Structure("material", "nl", _write(Material)),
    Structure("flight", "fr", flight),
    # The same, a second time: systems of which none had been tried.
    Structure("wix", "en", _write(Wix)),
    Structure("joomla", "de", _write(Style), titled=True),
    Structure("framer", "fr", _write(Framer), titled=True),
    Structure("sharepoint", "nl", _write(SharePoint), titled=True),
    Structure("complianz", "nl", _write(Style), titled=True),
    Structure("cookiebot", "fr", _write(Style)),
    Structure("usercentrics", "de", _write(Style)),
    Structure("google_sites", "en", _write(GoogleSites), titled=True),
    Structure("ghost", "fr", _write(Style), titled=True),
    Structure("mintlify", "en", _write(Mintlify), titled=True),
    Structure("contao", "de", _write(Style)),
)
# Pages of which not all is told as it should be.
HARD = (
    Structure("intercom", "en", _write(Style), titled=True),  # the title is a header of a site and no heading
    Structure("freshdesk", "nl", _write(Style), titled=True),  # the day of the last change of the article is told
    Structure("tailwind", "en", _write(Utility), titled=True),  # a call to act that no name tells from a clause
)
