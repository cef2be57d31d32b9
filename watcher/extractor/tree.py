"""Beautiful Soup's tree out of lxml's events, by the shortest way: the same tree as its own builder makes, sooner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.element import NavigableString

_NO_NAMES: dict[str, str] = {}
_MOST_NAMES = 500  # of elements that are remembered; a page may make up any number
_ASCII_SPACES = "\x20\x0a\x09\x0c\x0d"


def make_tree(source: bytes) -> BeautifulSoup:
    """Parse UTF-8 with lxml into Beautiful Soup's tree. Raises whatever the parser raises on hostile input."""
    return BeautifulSoup(source, builder=_BUILDER, from_encoding="utf-8")


class _Builder(LXMLTreeBuilder):
    """Takes what nearly every event is (a plain element, text outside scripts) without asking what else it might be.

    All else goes the way of the class above. An element is a copy of the first of its name, which Beautiful Soup itself
    has made, so that what it keeps with an element need not be known here.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._models: dict[str, dict[str, Any]] = {}
        self._lists: dict[str, frozenset[str]] = {}

    def start(self, tag: Any, attrib: Any, nsmap: dict[str, str] = _NO_NAMES) -> None:
        """Open an element."""
        soup: Any = self.soup
        if nsmap or tag == "meta" or "{" in tag or (attrib and any("{" in name for name in attrib)):
            super().start(tag, attrib, nsmap)
            return
        if soup.current_data:
            self._end_text(soup)
        element = Tag.__new__(Tag)
        own = element.__dict__
        own.update(self._models.get(tag) or self._model(tag))
        if attrib:
            own["attrs"] = self._attributes(tag, attrib)
        else:
            own["attrs"] = self.attribute_dict_class()
        own["contents"] = []
        _append(soup, element)
        soup.tagStack.append(element)
        soup.currentTag = element
        soup.open_tag_counter[tag] += 1
        if tag in self.preserve_whitespace_tags:
            soup.preserve_whitespace_tag_stack.append(element)
        if tag in self.string_containers:
            soup.string_container_stack.append(element)

    def end(self, tag: Any) -> None:
        """Close an element."""
        soup: Any = self.soup
        if soup.current_data:
            self._end_text(soup)
        stack = soup.tagStack
        plain = not (soup.preserve_whitespace_tag_stack or soup.string_container_stack)
        if plain and len(stack) > 1 and stack[-1].name == tag and stack[-1].prefix is None:
            stack.pop()
            soup.open_tag_counter[tag] -= 1
            soup.currentTag = stack[-1]
        else:
            super().end(tag)

    def data(self, data: Any) -> None:
        """Take up text."""
        soup: Any = self.soup
        soup.current_data.append(data)

    def _end_text(self, soup: Any) -> None:
        """Make a node of the text so far."""
        if soup.preserve_whitespace_tag_stack or soup.string_container_stack:
            soup.endData()
            return
        text = "".join(soup.current_data)
        if not text.strip(_ASCII_SPACES):
            text = "\n" if "\n" in text else " "
        soup.current_data = []
        node = str.__new__(NavigableString, text)
        node.__dict__["hidden"] = False
        _append(soup, node)

    def _model(self, name: str) -> dict[str, Any]:
        """What all elements of a name have alike."""
        soup: Any = self.soup
        names = self.active_namespace_prefixes[-1]
        made = Tag(soup, self, name, None, None, self.attribute_dict_class(), None, None, namespaces=names)
        model = dict(made.__dict__)
        if len(self._models) < _MOST_NAMES:
            self._models[name] = model
        return model

    def _attributes(self, name: str, attrib: Mapping[str, str]) -> Any:
        """The attributes of an element; a list of names (`class`) as a list."""
        attributes = self.attribute_dict_class(attrib)
        lists = self._lists.get(name)
        if lists is None:
            known = self.cdata_list_attributes or {}
            lists = frozenset(known.get("*", ())) | frozenset(known.get(name.lower(), ()))
            if len(self._lists) < _MOST_NAMES:
                self._lists[name] = lists
        for listed in lists & attrib.keys():
            dict.__setitem__(attributes, listed, self.attribute_value_list_class(attributes[listed].split()))
        return attributes


def _append(soup: Any, node: Any) -> None:
    """Hang a node behind the last one, below the element that is open."""
    parent, before = soup.currentTag, soup._most_recent_element  # noqa: SLF001 - a builder's business
    siblings = parent.contents
    own = node.__dict__
    own["parent"] = parent
    own["previous_element"] = before
    if before is not None:
        before.next_element = node
    own["next_element"] = own["next_sibling"] = None
    if siblings:
        last = own["previous_sibling"] = siblings[-1]
        last.next_sibling = node
    else:
        own["previous_sibling"] = None
    siblings.append(node)
    soup._most_recent_element = node  # noqa: SLF001 - as above


_SAMPLE = (
    b'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>T</title><style>p {}</style></head><body>'
    b'<!-- c --><p class="a b" id=x>One <b>two</b> three<br>four</p>\n<pre> five\n <i>six</i></pre><ul><li>7<li>8</ul>'
    b"<script>9</script></div><table><tr><td headers='a b'>10</table><ruby>11<rt>12</rt></ruby></body></html> tail"
)


def _shape(soup: BeautifulSoup) -> list[object]:
    """All that a tree says, node by node."""
    nodes = [soup, *soup.descendants]
    places = {id(node): place for place, node in enumerate(nodes)}
    ties = ("parent", "next_element", "previous_element", "next_sibling", "previous_sibling")
    shape: list[object] = []
    for node in nodes:
        shape.append([type(node), *(places.get(id(getattr(node, tie))) for tie in ties)])
        if isinstance(node, Tag):
            known = {name: value for name, value in vars(node).items() if name not in {*ties, "contents"}}
            shape.append((known if node is not soup else node.name, [places.get(id(child)) for child in node.contents]))
        else:
            shape.append((str(node), {name: value for name, value in vars(node).items() if name not in ties}))
    return shape


def _choose() -> type[LXMLTreeBuilder]:
    """This builder, as long as it makes the tree of Beautiful Soup's own: a later release may keep trees otherwise."""
    try:
        trees = [
            _shape(BeautifulSoup(_SAMPLE, builder=kind, from_encoding="utf-8")) for kind in (_Builder, LXMLTreeBuilder)
        ]
    except Exception:  # noqa: BLE001 - whatever a later release changes, pages are read as slowly as before
        return LXMLTreeBuilder
    return _Builder if trees[0] == trees[1] else LXMLTreeBuilder


_BUILDER = _choose()
