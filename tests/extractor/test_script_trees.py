"""Texts that stand in a page's data as trees of nodes, in the forms in which content systems hand them out."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from storage.model import BlockKind, Capture, Document
from watcher.extractor import extract
from watcher.extractor.embedded_trees import tree_text
from watcher.extractor.flight import flight_page

SAID = "We keep the personal data in your account for thirty days after you close it, and erase them after that. "
LONG = SAID * 3
HEAD, ITEM = "How long we keep data", "invoices: seven years"


def leaf(text: str, key: str = "text") -> dict[str, object]:
    """A run of text."""
    return {"type": "text", "nodeType": "text", key: text}


def nested(children: str, **kinds: str) -> list[dict[str, object]]:
    """A heading, a paragraph and a list of one item, their nodes below a key."""
    heading: dict[str, object] = {"type": kinds["heading"], "attrs": {"level": 2}, "level": 2, children: [leaf(HEAD)]}
    paragraph: dict[str, object] = {"type": kinds["paragraph"], children: [leaf(LONG)]}
    inner: dict[str, object] = {"type": kinds["item"], children: [{"type": kinds["paragraph"], children: [leaf(ITEM)]}]}
    return [heading, paragraph, {"type": kinds["list"], children: [inner]}]


FORMS: dict[str, object] = {
    "ProseMirror": {
        "type": "doc",
        "content": nested("content", heading="heading", paragraph="paragraph", list="bulletList", item="listItem"),
    },
    "underscores": nested("content", heading="heading", paragraph="paragraph", list="bullet_list", item="list_item"),
    "Slate": nested("children", heading="heading-two", paragraph="paragraph", list="bulleted-list", item="list-item"),
    "tags": nested("children", heading="h2", paragraph="p", list="ul", item="li"),
    "Portable Text": [
        {"_type": "block", "style": "h2", "children": [{"_type": "span", "text": HEAD}]},
        {"_type": "block", "style": "normal", "children": [{"_type": "span", "text": LONG}]},
        {"_type": "block", "style": "normal", "listItem": "bullet", "children": [{"_type": "span", "text": ITEM}]},
    ],
    "Draft.js": {
        "blocks": [
            {"type": "header-two", "text": HEAD},
            {"type": "unstyled", "text": LONG},
            {"type": "unordered-list-item", "text": ITEM},
        ]
    },
    "Editor.js": {
        "blocks": [
            {"type": "header", "data": {"text": HEAD, "level": 2}},
            {"type": "paragraph", "data": {"text": LONG}},
            {"type": "list", "data": {"style": "unordered", "items": [ITEM]}},
        ]
    },
    "Lexical": {
        "root": {
            "children": [
                {"type": "heading", "tag": "h2", "children": [leaf(HEAD)]},
                {"type": "paragraph", "children": [leaf(LONG)]},
                {"type": "list", "listType": "bullet", "children": [{"type": "listitem", "children": [leaf(ITEM)]}]},
            ]
        }
    },
    "elements": {
        "type": "root",
        "children": [
            {"type": "element", "tagName": "h2", "children": [leaf(HEAD, "value")]},
            {"type": "element", "tagName": "p", "children": [leaf(LONG, "value")]},
            {
                "type": "element",
                "tagName": "ul",
                "children": [{"type": "element", "tagName": "li", "children": [leaf(ITEM)]}],
            },
        ],
    },
    "sections of HTML": [
        {"heading": HEAD, "html": f"<p>{LONG}</p><ul><li>{ITEM}</li></ul>"},
    ],
}


def page(data: object, *, assigned: bool = False) -> Document:
    """A shell with the data in a script."""
    script = json.dumps(data)
    script = f"window.__STATE__ = {script};" if assigned else script
    body = f'<html lang=en><body><div id="root"></div><script>{script}</script></body></html>'.encode()
    now = datetime(2026, 3, 1, tzinfo=UTC)
    url = "https://vendor.example/privacy"
    return extract(Capture(url, url, now, 200, (), "text/html", "utf-8", "0" * 64, body)).document


@pytest.mark.parametrize("assigned", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_heading_paragraph_and_item(form: str, *, assigned: bool) -> None:
    """The title beside the tree stands over it, and every node is the kind of block that it says."""
    data = {"props": {"menu": [{"type": "link", "text": "Prices"}], "page": {"title": "Privacy", "body": FORMS[form]}}}
    blocks = page(data, assigned=assigned).blocks
    assert [(block.kind, block.text) for block in blocks if block.text != "Privacy"] == [
        (BlockKind.HEADING, HEAD),
        (BlockKind.PARAGRAPH, LONG.strip()),
        (BlockKind.LIST_ITEM, ITEM),
    ]
    assert blocks[0].text == "Privacy"


def test_what_stands_beside_the_document_is_the_sites() -> None:
    """The text of a banner and of a footer in the same data are left out; a list of sections is never taken apart."""
    sections = [{"title": f"Part {number}", "text": f"<p>{LONG} ({number})</p>"} for number in range(9)]
    banner = {"consent": {"text": f"<p>We use cookies to measure visits and to show you what you like. {SAID}</p>"}}
    found = page({"page": {"sections": sections}, "layout": banner})
    assert [block.text for block in found.blocks if block.kind is BlockKind.HEADING] == [f"Part {n}" for n in range(9)]
    assert not any("cookies" in block.text for block in found.blocks)


@pytest.mark.parametrize(
    "hostile",
    [
        '{"content":[' * 5000 + '"x"' + "]}" * 5000,
        json.dumps(
            [{"type": "heading", "level": "abc", "attrs": "x", "data": [1], "children": [None, 3, True, {}]}] * 9999
        ),
        json.dumps({"data": [[[{"type": {"a": 1}, "text": {"b": 2}, "content": 7}]]] * 999}),
    ],
)
def test_data_of_any_shape_are_read_soon(hostile: str) -> None:
    """Depth, wrong kinds and numbers give no text, no exception, and take no time."""
    begun = time.process_time()
    assert tree_text([hostile]) == ""
    assert time.process_time() - begun < 2


def pushed(*rows: str) -> str:
    """Scripts that push a stream, cut where it falls."""
    stream = "\n".join(rows) + "\n"
    cut = len(stream) // 2
    return "".join(
        f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (stream[:cut], stream[cut:])
    )


def test_rows_of_a_stream_stand_where_they_are_named() -> None:
    """Elements that name other rows, long texts of a stated length, HTML as it is, components, and what is no text."""
    written = f"<h3>{HEAD}</h3><p>{LONG}</p>"
    rows = (
        '1:I["module",["chunk"],"default"]',
        '0:["$","$L1",null,{"children":[["$","h1",null,{"children":"Privacy"}],"$L2",["$","p",null,{"children":"$3"}]]}]',
        '2:["$","div",null,{"className":"x","children":[["$","p",null,{"children":["In ",30," days","$undefined"]}]]}]',
        f"3:T{len(LONG):x},{LONG}" + '4:["$","div",null,{"dangerouslySetInnerHTML":{"__html":"$5"}}]',
        f"5:T{len(written):x},{written}",
    )
    body = f"<html lang=en><body>{pushed(*rows)}</body></html>".encode()
    url = "https://vendor.example/privacy"
    capture = Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), "text/html", "utf-8", "0" * 64, body)
    said = [block.text for block in extract(capture).document.blocks]
    assert said == ["Privacy", "In 30 days", LONG.strip(), HEAD, LONG.strip()]


@pytest.mark.parametrize(
    "rows",
    [
        ['0:["$","div",null,{"children":"$0"}]'],
        ["0:" + '["$","div",null,{"children":' * 3000 + '"x"' + "}]" * 3000],
        ["0:Tffffffff,x", "1:{", "2:[]", '3:["$",4,5,6]'],
        [f'{at:x}:["$","p",null,{{"children":"${at + 1:x}"}}]' for at in range(5000)],
    ],
)
def test_streams_of_any_shape_are_read_soon(rows: list[str]) -> None:
    """Rows that name themselves or each other without end, depth, wrong kinds."""
    begun = time.process_time()
    assert flight_page([pushed(*rows)]).count("x") < 2
    assert time.process_time() - begun < 2
