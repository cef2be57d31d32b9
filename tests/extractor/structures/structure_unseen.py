"""Pages that no rule of the extractor was written for: made first, read afterwards, and kept as they are."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

from structure_panels import Accordion
from structure_styles import Style
from structure_text import Section, runs

from bench.policy_text import Line


class Wiki(Style):
    """Headings with a link to edit the section."""

    def heading(self, line: Line) -> str:
        edit = (
            '<span class="mw-editsection"><span class="mw-editsection-bracket">[</span><a href="/index.php?action=e" '
            'title="Abschnitt bearbeiten"><span>Bearbeiten</span></a><span class="mw-editsection-divider"> | </span>'
            '<a href="/index.php?action=edit&amp;s=1"><span>Quelltext bearbeiten</span></a>'
            '<span class="mw-editsection-bracket">]</span></span>'
        )
        tag = f"h{line.level}"
        return f'<{tag}><span class="mw-headline" id="x">{self.text(line)}</span>{edit}</{tag}>'

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        inner = "".join(self.row(line, "th") for line in head) + "".join(self.row(line, "td") for line in rows)
        return f'<table class="wikitable"><tbody>{inner}</tbody></table>'


class Notice(Style):
    """Every section in a box of its own with the heading and the content in boxes."""

    def section(self, section: Section) -> str:
        if section.heading is None:
            return f'<div class="otnotice-section">{self.inside(section.lines)}</div>'
        content = f'<div class="otnotice-section-content">{self.inside(section.lines)}</div>'
        heading = f'<h2 class="otnotice-section-header">{self.text(section.heading)}</h2>'
        return (
            f'<section class="otnotice-section" id="otnotice-section-{len(section.lines)}">{heading}{content}</section>'
        )


class Material(Accordion):
    """Panels of a library of components, with the names of their icons as text."""

    def section(self, section: Section) -> str:
        if section.heading is None:
            return self.inside(section.lines)
        number = len(section.heading.text)
        return (
            '<mat-expansion-panel class="mat-expansion-panel"><mat-expansion-panel-header role="button" tabindex="0" '
            f'class="mat-expansion-panel-header" id="h{number}" aria-controls="b{number}" aria-expanded="false" '
            'aria-disabled="false"><span class="mat-content"><mat-panel-title class="mat-expansion-panel-header-title">'
            f'{self.text(section.heading)}</mat-panel-title></span><mat-icon role="img" class="mat-icon notranslate '
            'material-icons mat-ligature-font" aria-hidden="true">expand_more</mat-icon></mat-expansion-panel-header>'
            f'<div role="region" class="mat-expansion-panel-content" style="height:0;visibility:hidden" id="b{number}">'
            f'<div class="mat-expansion-panel-body">{self.inside(section.lines)}</div></div></mat-expansion-panel>'
        )


class Utility(Style):
    """Class names that say how a thing looks and never what it is."""

    def heading(self, line: Line) -> str:
        tag = f"h{line.level}"
        return f'<{tag} class="mt-16 text-2xl font-bold tracking-tight text-gray-900">{self.text(line)}</{tag}>'

    def para(self, line: Line) -> str:
        return f'<p class="mt-6">{self.text(line)}</p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        inner = "".join(
            '<li class="flex gap-x-3"><svg class="mt-1 h-5 w-5 flex-none"></svg><span>'
            + self.text(line)
            + "</span></li>"
            for line in group
        )
        return f'<{name} role="list" class="mt-8 space-y-8 text-gray-600">{inner}</{name}>'


def flight(lines: Sequence[Line]) -> str:
    """The text as a tree of elements in the rows of a stream, pushed by several scripts."""
    nodes = ["$", "main", None, {"children": [["$", "div", None, {"children": _elements(lines)}]]}]
    row = "1:" + json.dumps(nodes) + "\n"
    parts = [row[start : start + 4000] for start in range(0, len(row), 4000)]
    pushes = (f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in parts)
    return "".join(pushes).replace("</h", "<\\/h")


def _elements(lines: Sequence[Line]) -> list[object]:
    kinds = {"item": "li", "number": "li", "term": "dt", "definition": "dd"}
    found: list[object] = []
    for place, (name, group) in enumerate(runs(lines)):
        if name == "table":
            rows = [["$", "tr", None, {"children": [_cell(cell) for cell in line.cells]}] for line in group]
            found.append(["$", "table", f"t{place}", {"children": ["$", "tbody", None, {"children": rows}]}])
            continue
        for line in group:
            tag = f"h{line.level}" if line.kind == "heading" else kinds.get(line.kind, "p")
            found.append(["$", tag, f"k{place}", {"children": _linked(line.text)}])
    return found


def _cell(text: str) -> list[object]:
    return ["$", "td", None, {"children": html.unescape(text)}]


def _linked(text: str) -> object:
    if not text.startswith("["):
        return text
    name, _, rest = text[1:].partition("](")
    target, _, after = rest.partition(")")
    return [["$", "a", None, {"href": target, "children": name}], after]
