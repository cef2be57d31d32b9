"""Take out of a Markdown text what is meant for the generator of a site: no reader of the site ever sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

# Nothing of these is seen: comments of HTML, MDX and templates, and tags that only steer, which end on their line.
_UNSEEN = (
    ("<!--", "-->", False),
    ("<script", "</script>", False),
    ("<style", "</style>", False),
    ("{/*", "*/}", False),
    ("{% comment %}", "{% endcomment %}", False),
    ("{%", "%}", True),
    ("{# ", "#}", True),
)
_INDENT = 40
_LINE_END = re.compile(r"[ \t]{0,40}\n")
# Below a line that stands alone these underline it, and make a heading of what stands above.
_UNDERLINE = re.compile(r"\n[ \t]*(?:=+|-+)[ \t]*(?:\n|$)")
_SHORTCODE = re.compile(r"\{\{[<%]([^{}]{0,1000})[%>]\}\}")
_VALUE = re.compile(r"\{\{\{?(?![<%])([^{}]{0,500}?)\}?\}\}|\{((?:page|frontmatter|metadata)\.[\w.]+)\}")
_PATH = re.compile(r"[\s-]*\$?(?:[\w$]*\.)*([\w-]+)\s*(?:\|.*)?-?\s*", re.DOTALL)
_PARAMETER = re.compile(r"\s*param\s+[\"']?(?:[\w-]+\.)*([\w-]+)[\"']?\s*")
_ADDRESS = re.compile(r"[^\s\"'=<>]+@[^\s\"'=<>]+\.[^\s\"'=<>]+")
_ATTRIBUTES = re.compile(r"[ \t]{0,8}(?<![{$])\{:?[ \t]{0,8}(?:[#.:]|[\w-]{1,30}=)[^{}\n]{0,200}\}(?!\})")
# Where the generator writes a list of contents, or puts in another file.
_CONTENTS_ITEM = re.compile(
    r"^[ \t]{0,3}(?:[*+-]|1\.)[ \t][^\n]{0,80}\n[ \t]{0,3}\{:[^{}\n]*\btoc\b[^{}\n]*\}", re.MULTILINE
)
_PICTURE = re.compile(r":(?<![\w:]:)[a-z][a-z0-9_+-]{2,30}:(?![\w:])")  # ":warning:"
_PLACES = ("toc", "-8<-", "!include")
_PLACE = re.compile(
    r"^[ \t]{0,3}(?:\[\[?_?toc_?\]?\]|\$\{toc\}|(?:-+8<-+|;-+8<-+)[^\n]*|\[?!include[^\n]*)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK = re.compile(r"\{\s*(?:\"\s+\"|'\s+'|`\s+`)\s*\}")
# MDX: lines that import and export end at an empty line; what they hold is code.
_MODULE = re.compile(
    r"^(?:import[ \t]+(?:[\"'][^\"'\n]+[\"']|[\w*{][^;\n\"']*(?:\n[^;\n\"']+){0,30}?\bfrom\s+[\"'][^\"'\n]+[\"'])"
    r"[ \t]*;?[ \t]*"
    r"|export[ \t]+(?:(?:const|let|var)[ \t]+\w+[^\n]*=|default[ \t]+(?:function|\(|\{)|(?:async[ \t]+)?function\b)"
    r"[^\n]*(?:\n(?![ \t]*\n)[^\n]+)*)$\n?",
    re.MULTILINE,
)
_COMPONENT = re.compile(r"</?[A-Z][\w.]*(?=[\s/>])|<>|</>")
_COMPONENT_CHARS = 3000
_OPEN_ENDED = 200  # tags without an end are looked at in so many places only: each costs as many steps as one may have
_PROPERTY = re.compile(r"\s([A-Za-z][\w-]*)=(?:\"([^\"]*)\"|'([^']*)'|\{\s*[\"'`]([^\"'`]*)[\"'`]\s*\})")
_SAID = frozenset(
    [
        "title",
        "label",
        "summary",
        "heading",
        "header",
        "question",
        "answer",
        "caption",
        "description",
        "text",
        "content",
        "name",
        "company",
        "vendor",
        "entity",
        "purpose",
        "service",
        "location",
        "country",
        "region",
        "address",
        "email",
        "date",
    ]
)


def without_site_marks(text: str, values: Mapping[str, str]) -> str:
    """Return the text without comments, imports, template tags, components and attributes.

    A tag alone on its line takes the line with it. `values` are those of the front matter, by folded key: a tag that
    asks for one of them becomes it, others become nothing. What components say in a property stays.
    """
    if "{{" in text:
        text = _SHORTCODE.sub(lambda match: _of_shortcode(match[1], values), text)
    for start, end, short in _UNSEEN:
        if start in text:
            text = "".join(_without(text, start, end, short=short))
    if "{" in text:
        text = _CONTENTS_ITEM.sub("", text)
        text = _VALUE.sub(lambda match: _of_path(match[1] or match[2] or "", values), text)
    if ":" in text:
        text = _PICTURE.sub("", text)
    if any(map(text.lower().__contains__, _PLACES)):
        text = _PLACE.sub("", text)
    if "import" in text or "export" in text:
        text = _MODULE.sub("", text)
    if "<" in text and _COMPONENT.search(text):
        text = "".join(_without_components(text))
    if "{" in text:
        text = _ATTRIBUTES.sub("", _BLANK.sub(" ", text))
    return text


def _without(text: str, start: str, end: str, *, short: bool) -> Iterator[str]:
    """Yield the text without what stands between two signs, with its line where nothing else stands on it."""
    place, looked, close = 0, 0, -1
    while (begin := text.find(start, looked)) >= 0:
        if close < begin + len(start):
            close = text.find(end, begin + len(start))
            if close < 0:
                break
        after = close + len(end)
        if short and "\n" in text[begin:after]:
            looked = begin + len(start)
            continue
        yield text[place:begin]
        if (
            _begins_line(text, begin)
            and (line := _LINE_END.match(text, after))
            and not _UNDERLINE.match(text, line.end() - 1)
        ):
            after = line.end()
        place = looked = after
    yield text[place:]


def _begins_line(text: str, place: int) -> bool:
    """Tell whether a place has nothing but a few blanks before it on its line."""
    return not text[max(0, place - _INDENT) : place].rpartition("\n")[2].strip() and (
        place <= _INDENT or "\n" in text[place - _INDENT : place]
    )


def _of_shortcode(inside: str, values: Mapping[str, str]) -> str:
    """Return what a shortcode of Hugo shows as far as the text tells: a value, an address."""
    if match := _PARAMETER.fullmatch(inside):
        return _of_path(match[1], values)
    address = _ADDRESS.search(inside)
    return address[0] if address else ""


def _of_path(stated: str, values: Mapping[str, str]) -> str:
    """Return the value that a path names ("page.title", "$frontmatter.title"); nothing when it is not known."""
    match = _PATH.fullmatch(stated)
    return values.get(re.sub(r"[\W_]+", "", match[1]).lower(), "") if match else ""


def _without_components(text: str) -> Iterator[str]:
    """Yield the text with what the properties of its components say in the place of each."""
    place, open_ended = 0, 0
    while open_ended < _OPEN_ENDED and (match := _COMPONENT.search(text, place)):
        end = _end(text, match.end())
        if end is None:
            yield text[place : match.end()]
            place = match.end()
            open_ended += 1
            continue
        yield text[place : match.start()]
        said = [
            next(filter(None, found.groups()[1:]), "")
            for found in _PROPERTY.finditer(text, match.end(), end)
            if found[1].lower() in _SAID
        ]
        told = " - ".join(filter(None, said))
        alone = told and _begins_line(text, match.start()) and text[end : end + 1] in {"", "\n"}
        yield f"{told}\n\n" if alone else told
        place = end
    yield text[place:]


def _end(text: str, start: int) -> int | None:
    """Return where the tag that began before `start` ends: signs in quotes and braces do not end it."""
    if text[start - 1] == ">":
        return start
    depth, quote = 0, ""
    for place in range(start, min(len(text), start + _COMPONENT_CHARS)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`" and (depth or text[place - 1] == "="):
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == ">" and depth == 0:
            return place + 1
    return None
