"""What the elements of HTML are to a reader: tables of names that the walk and the search for chrome share."""

from __future__ import annotations

import re
from typing import TypeGuard

from bs4 import Tag
from bs4.element import NavigableString, PageElement, PreformattedString


def names(text: str) -> frozenset[str]:
    """Return the names in a text, which are easier to read in lines than as a set of strings."""
    return frozenset(text.split())


# Never text of the document. A button is looked at more closely: headings of accordions are buttons.
SILENT = names(
    "script style noscript template svg head iframe object embed applet canvas video audio map area select option "
    "optgroup datalist textarea input progress meter source track param link meta base title frameset frame"
)
# Everything else is a block; names with a colon (Word's o:p) are inline too.
INLINE = names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr output picture q rb rp "
    "rt rtc ruby s samp slot small span strike strong sub sup time tt u var wbr button blink math"
)
BOLD = frozenset({"b", "strong", "u"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TOGGLES = frozenset({"aria-expanded", "aria-controls", "aria-selected", "data-toggle", "data-bs-toggle"})
_CONTROL_WORDS = 4
_FEW = 60  # nodes below a button or a mark
_MANY = 1500  # nodes below a label: a field may list the countries of the world
_FIELDS = frozenset({"select", "input", "textarea"})
_CODE_CHARS = 1000
_BRACKETS = 5  # characters of "[", " | " and "]"
_TICKED = names("checkbox radio hidden")
_LIST_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_READER_ONLY = re.compile(
    r"(?:^|[\s_-])(?:sr-only|visually-?hidden|screen-?reader(?:-(?:text|only))?|a11y-?(?:hidden|only)|assistive-text|"
    r"element-invisible|hidden-visually)(?:$|[\s_-])",
    re.IGNORECASE,
)


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute as one string; "" where it is not there."""
    value = tag.attrs.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str) else " ".join(value)


def is_text(node: object) -> TypeGuard[NavigableString]:
    """Tell whether a node is text to read: no comment, declaration, script or style."""
    return type(node) is NavigableString or (
        isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and node.output_ready() != ""
    )


def is_silent(tag: Tag) -> bool:
    """Tell whether an element never holds text to read; a template that is a shadow root does."""
    return tag.name in SILENT and "shadowrootmode" not in tag.attrs


def is_inline(name: str) -> bool:
    """Tell whether an element of that name stays inside the line."""
    return name in INLINE or ":" in name


def is_bold(tag: Tag) -> bool:
    """Tell whether an element sets its text in bold; what opens a part of the page counts as bold."""
    if tag.name in BOLD or ((tag.name in {"button", "a"} or tag.attrs.get("role") == "button") and is_toggle(tag)):
        return True
    style = tag.attrs.get("style") if tag.attrs else None
    return style is not None and bool(_BOLD_STYLE.search(str(style)))


def heading_level(tag: Tag) -> int:
    """Return 1-6 for a heading, by its name or its role; 0 for any other element."""
    level = HEADINGS.get(tag.name)
    if level:
        return level
    if not tag.attrs or attribute(tag, "role") != "heading":
        return 0
    stated = attribute(tag, "aria-level")
    return min(6, max(1, int(stated))) if stated.isascii() and stated.isdigit() and len(stated) < 4 else 2


def is_toggle(tag: Tag) -> bool:
    """Tell whether an element opens and closes a part of the text: its own text is that part's heading."""
    return bool(tag.attrs) and not _TOGGLES.isdisjoint(tag.attrs)


def is_edit_link(tag: Tag) -> bool:
    """Tell whether an element in a heading is what wikis hang there: links in brackets, "[edit | edit source]"."""
    inside = within(tag, _FEW) if tag.name == "span" else None
    if inside is None or not any(isinstance(node, Tag) and node.name == "a" for node in inside):
        return False
    text = tag.get_text().strip()
    linked = sum(len(link.get_text()) for link in tag.find_all("a"))
    return text.startswith("[") and text.endswith("]") and len(text) - linked <= _BRACKETS


def is_list_mark(tag: Tag) -> bool:
    """Tell whether an element holds the sign or the number of an item, as word processors write them out."""
    return bool(_LIST_MARK.search(attribute(tag, "style")))


def is_control(tag: Tag) -> bool:
    """Tell whether an element is a button to press and nothing to read; long texts and toggles are read."""
    if tag.name == "label":
        return _names_field(tag)
    if tag.name != "button" and (not tag.attrs or tag.attrs.get("role") != "button"):
        return False
    inside = None if is_toggle(tag) else within(tag, _FEW)
    return inside is not None and sum(len(node.split()) for node in inside if is_text(node)) <= _CONTROL_WORDS


def _names_field(label: Tag) -> bool:
    """Tell whether a label holds the field that it names, and few words; what boxes to tick say is read."""
    inside = within(label, _MANY, without="label")
    if inside is None:
        return False
    fields = [node for node in inside if isinstance(node, Tag) and node.name in _FIELDS][:3]
    if not any(field.name != "input" or attribute(field, "type") not in _TICKED for field in fields):
        return False
    said = (node for node in inside if not isinstance(node, Tag) and _parent_name(node) != "option")
    return sum(len(str(text).split()) for text in said) <= _CONTROL_WORDS


def _parent_name(node: PageElement) -> str:
    """Return the name of the element that a node stands in."""
    return node.parent.name if node.parent is not None else ""


def within(tag: Tag, most: int, without: str = "") -> list[PageElement] | None:
    """Return what stands below an element, in reading order.

    None when that is more than so many nodes, or when an element of the name it must do without is among them.
    Of elements in elements each is asked what is below it: with a bound that costs no more than the page is long.
    """
    found: list[PageElement] = []
    waiting = [iter(tag.contents)]
    while waiting:
        for node in waiting[-1]:
            found.append(node)
            if len(found) > most:
                return None
            if isinstance(node, Tag):
                if node.name == without:
                    return None
                waiting.append(iter(node.contents))
                break
        else:
            waiting.pop()
    return found


def hidden_address(tag: Tag) -> str:
    """Return the mail address that a page shows only where scripts run; "" where there is none.

    Cloudflare's form, which many sites put in place of each address: the first byte is the key of the others.
    """
    code = attribute(tag, "data-cfemail") if tag.attrs else ""
    if not code or len(code) > _CODE_CHARS:
        return ""
    try:
        key, *signs = bytes.fromhex(code)
        address = bytes(sign ^ key for sign in signs).decode()
    except ValueError:
        return ""
    return address if _ADDRESS.fullmatch(address) else ""


def shows_address(tag: Tag) -> bool:
    """Tell whether a mail address stands in an element, as it is or in the form that scripts make readable."""
    return "@" in tag.get_text() or any(map(hidden_address, [tag, *tag.select("[data-cfemail]")]))


def is_hidden(tag: Tag) -> bool:
    """Tell whether an element says that it is not shown (it may open later, as an accordion does)."""
    attrs = tag.attrs
    if not attrs:
        return False
    if "hidden" in attrs:
        return True
    style = attrs.get("style")
    if style is not None and _HIDDEN_STYLE.search(str(style)):
        return True
    return attrs.get("aria-hidden") == "true"


def is_reader_only(tag: Tag) -> bool:
    """Tell whether an element is shown to screen readers alone."""
    names = attribute(tag, "class") if tag.attrs else ""
    return bool(names) and bool(_READER_ONLY.search(names))
