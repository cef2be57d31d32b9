"""How systems write the elements of a text: headings, paragraphs, lists, tables, definitions, sections."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import count

from structure_text import Section, runs, sections

from bench.policy_text import Line

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


class Style:
    """Plain semantic HTML, which the styles below alter where their systems do."""

    def text(self, line: Line) -> str:
        """The inside of a line."""
        return self.inline(line.text)

    def inline(self, text: str) -> str:
        """A text with its links and bold words."""
        escaped = html.escape(text, quote=False)
        return _BOLD.sub(r"<strong>\1</strong>", _LINK.sub(self.link, escaped))

    def link(self, match: re.Match[str]) -> str:
        """A link."""
        return f'<a href="{match[2]}">{match[1]}</a>'

    def write(self, lines: Sequence[Line]) -> str:
        """All lines."""
        return "\n".join(self.section(section) for section in sections(lines))

    def section(self, section: Section) -> str:
        """A section with its heading."""
        heading = "" if section.heading is None else self.heading(section.heading)
        return heading + "\n" + self.inside(section.lines)

    def inside(self, lines: Sequence[Line]) -> str:
        """Lines without a section around them."""
        return "\n".join(self.run(name, group) for name, group in runs(lines))

    def run(self, name: str, group: Sequence[Line]) -> str:
        """A list, a table, or one line."""
        if name == "table":
            return self.table([line for line in group if line.kind == "head"], [x for x in group if x.kind == "row"])
        if name == "dl":
            return self.definitions(group)
        if name:
            return self.items(name, group)
        return self.heading(group[0]) if group[0].kind == "heading" else self.para(group[0])

    def heading(self, line: Line) -> str:
        """A heading."""
        return f"<h{line.level}>{self.text(line)}</h{line.level}>"

    def para(self, line: Line) -> str:
        """A paragraph."""
        return f"<p>{self.text(line)}</p>"

    def items(self, name: str, group: Sequence[Line]) -> str:
        """A list, `ul` or `ol`."""
        return f"<{name}>" + "".join(f"<li>{self.text(line)}</li>" for line in group) + f"</{name}>"

    def definitions(self, group: Sequence[Line]) -> str:
        """A list of definitions."""
        names = {"term": "dt", "definition": "dd"}
        return "<dl>" + "".join(f"<{names[x.kind]}>{self.text(x)}</{names[x.kind]}>" for x in group) + "</dl>"

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        """A table."""
        top = "".join(self.row(line, "th") for line in head)
        return f"<table><thead>{top}</thead><tbody>{''.join(self.row(line, 'td') for line in rows)}</tbody></table>"

    def row(self, line: Line, cell: str) -> str:
        """A row of a table."""
        return "<tr>" + "".join(f"<{cell}>{self.inline(text)}</{cell}>" for text in line.cells) + "</tr>"


class Elementor(Style):
    """One widget for each heading, each run of text and each table; sections in containers."""

    def section(self, section: Section) -> str:
        heading = "" if section.heading is None else self.widget("heading", self.heading(section.heading))
        inner = heading + self.widget("text-editor", self.inside(section.lines))
        return (
            '<div class="elementor-element elementor-element-6f2a1c e-flex e-con-boxed e-con e-parent" '
            f'data-element_type="container"><div class="e-con-inner">{inner}</div></div>'
        )

    def widget(self, kind: str, inner: str) -> str:
        return (
            f'<div class="elementor-element elementor-widget elementor-widget-{kind}" data-element_type="widget" '
            f'data-widget_type="{kind}.default"><div class="elementor-widget-container">{inner}</div></div>'
        )

    def heading(self, line: Line) -> str:
        tag = f"h{line.level}"
        return f'<{tag} class="elementor-heading-title elementor-size-default">{self.text(line)}</{tag}>'


class Gutenberg(Style):
    """Blocks with their class names."""

    def heading(self, line: Line) -> str:
        anchor = re.sub(r"\W+", "-", line.text.lower()).strip("-")
        return f'<h{line.level} class="wp-block-heading" id="{anchor}">{self.text(line)}</h{line.level}>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        return super().items(name, group).replace(f"<{name}>", f'<{name} class="wp-block-list">', 1)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        return f'<figure class="wp-block-table is-style-stripes">{super().table(head, rows)}</figure>'


class Confluence(Style):
    """Tables in a wrapper, every cell in a paragraph; definitions as paragraphs with a bold start."""

    def heading(self, line: Line) -> str:
        anchor = "PrivacyNotice-" + re.sub(r"\W+", "", line.text)
        return f'<h{line.level} id="{anchor}">{self.text(line)}</h{line.level}>'

    def definitions(self, group: Sequence[Line]) -> str:
        pairs = zip(group[::2], group[1::2], strict=True)
        return "".join(f"<p><strong>{self.text(term)}</strong>: {self.text(said)}</p>" for term, said in pairs)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "th") for line in head) + "".join(self.row(line, "td") for line in rows)
        return (
            '<div class="table-wrap"><table class="wrapped confluenceTable"><colgroup><col/><col/></colgroup>'
            f"<tbody>{inner}</tbody></table></div>"
        )

    def row(self, line: Line, cell: str) -> str:
        cells = (f'<{cell} class="confluence{cell.title()}"><p>{self.inline(x)}</p></{cell}>' for x in line.cells)
        return f"<tr>{''.join(cells)}</tr>"


class NotionPage(Style):
    """Boxes in boxes, each with the id of its block; lists are boxes with a sign in a box of its own."""

    def __init__(self) -> None:
        self.ids = (f"9c1e{number:04d}-77aa-4c1d-8f00-0c9de1f0aa10" for number in count(1))

    def block(self, kind: str, inner: str) -> str:
        return (
            f'<div data-block-id="{next(self.ids)}" class="notion-selectable notion-{kind}-block" '
            f'style="width: 100%; max-width: 708px; margin-top: 1px;">{inner}</div>'
        )

    def leaf(self, inner: str) -> str:
        return (
            '<div spellcheck="true" placeholder=" " class="notranslate" contenteditable="false" '
            f'data-content-editable-leaf="true" style="max-width: 100%; white-space: pre-wrap;">{inner}</div>'
        )

    def heading(self, line: Line) -> str:
        kind = {1: "header", 2: "header", 3: "sub_header"}[line.level]
        inner = f'<h{line.level} spellcheck="true" class="notranslate" style="margin: 0px;">{self.text(line)}</h2>'
        return self.block(kind, f'<div style="display: flex; width: 100%;">{inner}</div>')

    def para(self, line: Line) -> str:
        return self.block("text", f'<div style="color: inherit;"><div>{self.leaf(self.text(line))}</div></div>')

    def items(self, name: str, group: Sequence[Line]) -> str:
        return "".join(self.item(line, "" if name == "ul" else f"{place}.") for place, line in enumerate(group, 1))

    def item(self, line: Line, number: str) -> str:
        sign = number or "•"
        kind = "bulleted_list" if not number else "numbered_list"
        mark = f'<div class="pseudoBefore" style="--pseudoBefore--content: &quot;{sign}&quot;;"></div>'
        box = f'<div class="notion-list-item-box-left" style="user-select: none; width: 24px;">{mark}</div>'
        rest = f'<div style="flex: 1 1 0px; min-width: 1px;">{self.leaf(self.text(line))}</div>'
        return self.block(kind, f'<div style="display: flex; align-items: flex-start;">{box}{rest}</div>')

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "td") for line in (*head, *rows))
        return self.block(
            "table", f'<div class="notion-scroller horizontal"><table><tbody>{inner}</tbody></table></div>'
        )

    def row(self, line: Line, cell: str) -> str:
        cells = (
            '<td style="border: 1px solid;"><div class="notion-table-cell"><div class="notion-table-cell-text '
            f'notranslate">{self.inline(x)}</div></div></td>'
            for x in line.cells
        )
        return f'<tr class="notion-table-row">{"".join(cells)}</tr>'


class NotionExport(Style):
    """What the export writes: ids on everything, one list for each item."""

    def heading(self, line: Line) -> str:
        return f'<h{line.level} id="0f1e-{line.level}" class="">{self.text(line)}</h{line.level}>'

    def para(self, line: Line) -> str:
        return f'<p id="4aa0-11" class="">{self.text(line)}</p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        if name == "ul":
            item = '<ul id="11bd" class="bulleted-list"><li style="list-style-type:disc">{}</li></ul>'
            return "".join(item.format(self.text(line)) for line in group)
        item = '<ol type="1" id="22ce" class="numbered-list" start="{}"><li>{}</li></ol>'
        return "".join(item.format(place, self.text(line)) for place, line in enumerate(group, 1))

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        top = f'<thead class="simple-table-header">{"".join(self.row(line, "th") for line in head)}</thead>'
        inner = "".join(self.row(line, "td") for line in rows)
        return f'<table id="8d" class="simple-table">{top}<tbody>{inner}</tbody></table>'


class GoogleDocs(Style):
    """Every run in a span, every paragraph with counted classes; every cell holds paragraphs."""

    def text(self, line: Line) -> str:
        return f'<span class="c1">{self.inline(line.text)}</span>'

    def link(self, match: re.Match[str]) -> str:
        target = f"https://www.google.com/url?q={match[2]}&amp;sa=D&amp;source=editors&amp;ust=17300000&amp;usg=AOvVaw"
        return f'</span><span class="c9"><a class="c4" href="{target}">{match[1]}</a></span><span class="c1">'

    def heading(self, line: Line) -> str:
        tag = f"h{line.level}"
        return f'<{tag} class="c3" id="h.k3x{line.level}"><span class="c8">{self.inline(line.text)}</span></{tag}>'

    def para(self, line: Line) -> str:
        return f'<p class="c0">{self.text(line)}</p><p class="c0 c5"><span class="c1"></span></p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        inner = "".join(f'<li class="c0 c6 li-bullet-0">{self.text(line)}</li>' for line in group)
        start = ' start="1"' if name == "ol" else ""
        return f'<{name} class="c7 lst-kix_ab1-0 start"{start}>{inner}</{name}>'

    def definitions(self, group: Sequence[Line]) -> str:
        return "".join(self.para(line) for line in group)

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "td") for line in (*head, *rows))
        return f'<a id="t.1f"></a><a id="t.0"></a><table class="c12"><tbody>{inner}</tbody></table>'

    def row(self, line: Line, cell: str) -> str:
        weight = "c13" if line.kind == "head" else "c1"
        bold = ' style="font-weight:700"' if line.kind == "head" else ""
        cells = (
            f'<td class="c2" colspan="1" rowspan="1"><p class="c0"><span class="{weight}"{bold}>{self.inline(x)}</span>'
            "</p></td>"
            for x in line.cells
        )
        return f'<tr class="c11">{"".join(cells)}</tr>'
