"""More ways to write a text: panels that open, exports of word processors, pages of long ago, text in scripts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

from structure_styles import Style
from structure_text import Section, runs, sections

from bench.policy_text import Line


class Termly(Style):
    """Every run in three spans with inline styles, blocks parted by empty ones, made-up elements around them."""

    def text(self, line: Line) -> str:
        return (
            '<span style="color: rgb(89, 89, 89); font-size: 15px;"><span data-custom-class="body_text">'
            f'<bdt class="block-component"></bdt>{self.inline(line.text)}</span></span>'
        )

    def heading(self, line: Line) -> str:
        kind = "heading_1" if line.level == 2 else "heading_2"
        inner = f'<span data-custom-class="{kind}"><h{line.level}>{self.inline(line.text)}</h{line.level}></span>'
        return f'<div id="s{len(line.text)}" style="line-height: 1.5;"><strong>{inner}</strong></div><div><br></div>'

    def para(self, line: Line) -> str:
        return f'<div style="line-height: 1.5;">{self.text(line)}</div><div style="line-height: 1.5;"><br></div>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        item = '<li data-custom-class="body_text" style="line-height: 1.5;">{}</li>'
        return "".join(f"<{name}>{item.format(self.text(line))}</{name}>" for line in group)

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "td") for line in (*head, *rows))
        table = f'<table style="width: 100%;"><tbody>{inner}</tbody></table>'
        return f'<bdt class="block-component"></bdt>{table}<div><br></div>'

    def row(self, line: Line, cell: str) -> str:
        strong = ("<strong>", "</strong>") if line.kind == "head" else ("", "")
        cells = (f"<td><div>{strong[0]}<span>{self.inline(x)}</span>{strong[1]}</div></td>" for x in line.cells)
        return f"<tr>{''.join(cells)}</tr>"


class Iubenda(Style):
    """Boxes of one line and columns, headings of services that open."""

    def section(self, section: Section) -> str:
        if section.heading is None:
            return f'<div class="iub_header">{self.inside(section.lines)}</div>'
        return (
            '<div class="one_line_col"><div class="box_primary box_10 expand">'
            f'<h3 class="expand-click w_icon_24">{self.text(section.heading)}</h3>'
            f'<div class="expand-content">{self.inside(section.lines)}</div></div></div>'
        )

    def heading(self, line: Line) -> str:
        return f"<h4>{self.text(line)}</h4>" if line.level > 2 else super().heading(line)


class Tabs(Style):
    """Every section a panel of its own, all but the first hidden; the row of tabs stands above them."""

    def write(self, lines: Sequence[Line]) -> str:
        found = list(sections(lines))
        named = [section for section in found if section.heading]
        tabs = "".join(self.tab(place, section) for place, section in enumerate(named))
        panels = "".join(self.panel(place, section) for place, section in enumerate(named))
        intro = "".join(self.inside(section.lines) for section in found if not section.heading)
        return f'{intro}<ul class="nav nav-tabs" role="tablist">{tabs}</ul><div class="tab-content">{panels}</div>'

    def tab(self, place: int, section: Section) -> str:
        assert section.heading
        active = "active" if not place else ""
        return (
            f'<li class="nav-item" role="presentation"><button class="nav-link {active}" id="t{place}" role="tab" '
            f'data-bs-toggle="tab" data-bs-target="#p{place}" type="button" aria-controls="p{place}" '
            f'aria-selected="{"false" if place else "true"}">{self.text(section.heading)}</button></li>'
        )

    def panel(self, place: int, section: Section) -> str:
        hidden = ' hidden=""' if place else ""
        assert section.heading
        return (
            f'<div class="tab-pane fade" id="p{place}" role="tabpanel" aria-labelledby="t{place}"{hidden}>'
            f"{self.heading(section.heading)}{self.inside(section.lines)}</div>"
        )


class Accordion(Style):
    """Every section behind a button in a heading, closed."""

    def section(self, section: Section) -> str:
        if section.heading is None:
            return self.inside(section.lines)
        place = len(section.heading.text) * 31 + len(section.lines)
        return (
            f'<div class="accordion-item"><h2 class="accordion-header" id="h{place}"><button class="accordion-button '
            f'collapsed" type="button" data-bs-toggle="collapse" data-bs-target="#c{place}" aria-expanded="false" '
            f'aria-controls="c{place}">{self.text(section.heading)}<span class="accordion-icon" aria-hidden="true">+'
            f'</span></button></h2><div id="c{place}" class="accordion-collapse collapse" style="display: none" '
            f'aria-labelledby="h{place}"><div class="accordion-body">{self.inside(section.lines)}</div></div></div>'
        )


class Details(Style):
    """Every section in `<details>`, its heading the summary."""

    def section(self, section: Section) -> str:
        if section.heading is None:
            return self.inside(section.lines)
        return f"<details><summary>{self.text(section.heading)}</summary>{self.inside(section.lines)}</details>"


class AmpAccordion(Style):
    """Sections of an AMP accordion."""

    def write(self, lines: Sequence[Line]) -> str:
        parts = list(sections(lines))
        intro = "".join(self.inside(part.lines) for part in parts if not part.heading)
        rest = "".join(self.section(part) for part in parts if part.heading)
        return f'{intro}<amp-accordion animate class="i-amphtml-layout-container">{rest}</amp-accordion>'

    def section(self, section: Section) -> str:
        assert section.heading
        inner = f'<div class="panel">{self.inside(section.lines)}</div>'
        return f"<section>{self.heading(section.heading)}{inner}</section>"


class Word(Style):
    """What a word processor saves as HTML: styles on everything, lists as paragraphs with a sign from a symbol font."""

    def text(self, line: Line) -> str:
        return (
            f"<span lang=NL style='font-size:11.0pt;font-family:\"Calibri\",sans-serif'>{self.inline(line.text)}</span>"
        )

    def heading(self, line: Line) -> str:
        anchor = f"<a name=_Toc{len(line.text)}4411></a>"
        inner = f"{anchor}<span style='mso-fareast-font-family:Calibri'>{self.text(line)}</span>"
        return f"<h{line.level} style='mso-list:none'>{inner}<o:p></o:p></h{line.level}>\n"

    def para(self, line: Line) -> str:
        return (
            f"<p class=MsoNormal style='margin-bottom:8.0pt'>{self.text(line)}<o:p></o:p></p>\n"
            "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\n"
        )

    def items(self, name: str, group: Sequence[Line]) -> str:
        return "".join(self.item("·" if name == "ul" else f"{n}.", line) for n, line in enumerate(group, 1))

    def item(self, sign: str, line: Line) -> str:
        gap = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span>"
        family = "Symbol" if sign == "·" else "Calibri"
        mark = f"<span style='font-family:{family}'><span style='mso-list:Ignore'>{sign}{gap}</span></span>"
        return (
            "<p class=MsoListParagraphCxSpMiddle style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>"
            f"<![if !supportLists]>{mark}<![endif]>{self.text(line)}<o:p></o:p></p>\n"
        )

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "td") for line in (*head, *rows))
        return f"<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse'>{inner}</table>\n"

    def row(self, line: Line, cell: str) -> str:
        bold = ("<b>", "</b>") if line.kind == "head" else ("", "")
        cells = (
            f"<td width=151 valign=top style='width:113.3pt'><p class=MsoNormal style='margin:0cm'>{bold[0]}"
            f"{self.inline(x)}<o:p></o:p>{bold[1]}</p></td>"
            for x in line.cells
        )
        return f"<tr style='mso-yfti-irow:0'>{''.join(cells)}</tr>"


class Fonts(Style):
    """2003: `FONT` and `BR`, capital letters, tables with borders in tables without."""

    def heading(self, line: Line) -> str:
        return f'<FONT FACE="Verdana" SIZE="{5 - line.level}" COLOR="#336699"><B>{self.text(line)}</B></FONT><BR><BR>\n'

    def para(self, line: Line) -> str:
        return f'<FONT FACE="Verdana" SIZE="2">{self.text(line)}</FONT><BR><BR>\n'

    def items(self, name: str, group: Sequence[Line]) -> str:
        inner = "\n".join(f'<LI><FONT FACE="Verdana" SIZE="2">{self.text(line)}</FONT>' for line in group)
        return f"<{name.upper()}>\n{inner}\n</{name.upper()}>\n"

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "\n".join(self.row(line, "TD") for line in (*head, *rows))
        return f'<TABLE BORDER="1" CELLPADDING="4" WIDTH="100%">\n{inner}\n</TABLE><BR>\n'

    def row(self, line: Line, cell: str) -> str:
        face, bold = '<FONT FACE="Verdana" SIZE="2">', ("<B>", "</B>") if line.kind == "head" else ("", "")
        cells = (f"<TD VALIGN=top>{face}{bold[0]}{self.inline(x)}{bold[1]}</FONT></TD>" for x in line.cells)
        return f"<TR>{''.join(cells)}</TR>"


def script_html(lines: Sequence[Line]) -> str:
    """The text as HTML in a string of JSON, as a page's data."""
    inner = Style().write(lines[1:])
    data = {
        "props": {"pageProps": {"page": {"slug": "privacy", "title": lines[0].text, "body": inner, "locale": "en"}}},
        "page": "/legal/[slug]",
        "buildId": "kX3v_9",
    }
    return json.dumps(data).replace("</", "<\\/")


def script_tree(lines: Sequence[Line]) -> str:
    """The text as a tree of nodes in JSON, as content systems without pages of their own hand it out."""
    content = [node for name, group in runs(lines[1:]) for node in _nodes(name, group)]
    entry = {
        "fields": {
            "slug": "datenschutz",
            "heading": lines[0].text,
            "content": {"nodeType": "document", "content": content},
        }
    }
    return json.dumps({"props": {"pageProps": {"entry": entry}}, "page": "/[...slug]", "isFallback": False})


def _nodes(name: str, group: Sequence[Line]) -> list[dict[str, object]]:
    if name == "table":
        return [{"nodeType": "table", "content": [_row(line) for line in group]}]
    if name in {"ul", "ol"}:
        kind = "unordered-list" if name == "ul" else "ordered-list"
        return [
            {
                "nodeType": kind,
                "content": [{"nodeType": "list-item", "content": [_node("paragraph", x.text)]} for x in group],
            }
        ]
    kinds = [f"heading-{line.level}" if line.kind == "heading" else "paragraph" for line in group]
    return [_node(kind, line.text) for kind, line in zip(kinds, group, strict=True)]


def _row(line: Line) -> dict[str, object]:
    kind = "table-header-cell" if line.kind == "head" else "table-cell"
    return {
        "nodeType": "table-row",
        "content": [{"nodeType": kind, "content": [_node("paragraph", x)]} for x in line.cells],
    }


def _node(kind: str, text: str) -> dict[str, object]:
    parts: list[dict[str, object]] = []
    for part in re.split(r"(\[[^\]]+\]\([^)]+\))", text):
        match = re.fullmatch(r"\[([^\]]+)\]\(([^)]+)\)", part)
        leaf: dict[str, object] = {
            "nodeType": "text",
            "value": (match[1] if match else part).replace("**", ""),
            "marks": [],
            "data": {},
        }
        parts.append({"nodeType": "hyperlink", "data": {"uri": match[2]}, "content": [leaf]} if match else leaf)
    return {"nodeType": kind, "data": {}, "content": [part for part in parts if part.get("value") != ""]}


def srcdoc(lines: Sequence[Line]) -> str:
    """The text as a whole page in the attribute of a frame."""
    inner = f"<!DOCTYPE html><html><body>{Style().write(lines)}</body></html>"
    return html.escape(inner, quote=True)
