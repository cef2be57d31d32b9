"""Take the marks out of a run of Markdown: emphasis, code, links, images, escapes, HTML tags."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from storage.model import Link

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TARGET = r"[^()\s<>]*(?:\([^()]*\)[^()\s<>]*)*"
_TITLE = r"(?:\s+(?:\"[^\"]*\"|'[^']*'))?"
_IMAGE = re.compile(rf"!\[([^\]\[]*)\]\(\s*<?{_TARGET}>?{_TITLE}\s*\)")
_LINK = re.compile(rf"\[((?:[^\]\[\\]|\\.|\[[^\]\[]*\])*)\]\(\s*(?:<?({_TARGET})>?{_TITLE}|(\#[^()\n]*))\s*\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>")
_CODE = re.compile(r"(`+)(.+?)\1")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# Converters leave blanks inside the marks ("**Term **text"): two stars are never meant as stars.
_STRONG = re.compile(r"(\*{2,3})(.+?)\1|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)", re.DOTALL)
_STAR = re.compile(r"(?<![\\*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?!\*)", re.DOTALL)
_UNDERLINE = re.compile(r"(?<![\w\\])_(?=[^\s_])([^_]+?)(?<=\S)_(?!\w)", re.DOTALL)
_STRIKE = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~", re.DOTALL)
_EMPHASIS = (("*", _STAR), ("_", _UNDERLINE))
# Stands for two underlines that open a run which nothing closes.
_UNCLOSED = "\ue0ff\ue0ff"
_WORD_NEXT = re.compile(r"\w")
# What is left of marks that were opened in one paragraph and closed in another.
_LOOSE = re.compile(r"\*\*+|\]\((?:https?:|mailto:|[#/])[^()\s]*(?:\s+\"[^\"]*\")?\)\[?")
_BOLD_LINE = re.compile(r"\s*(?:\*\*[^*]+\*\*|(?<!\w)__[^_]+__)[:.]?\s*", re.DOTALL)
# Signs that were escaped are parked in the private use area while marks are taken out.
_PARKED = 0xE000
_PARKED_SIGN = re.compile(f"[{chr(_PARKED + 1)}-{chr(_PARKED + 0x7F)}]")
# A text without any of these has no mark; most have none.
_MARK = re.compile(rf"[\\`\[\]<*_~&{chr(_PARKED + 1)}-{chr(_PARKED + 0x7F)}]")
_CHUNK = 8000
# "[terms]: https://..." names a target that "[our terms][terms]", "[terms][]" and "[terms]" lead to.
_DEFINED = re.compile(
    r"^ {0,3}\[([^\]\[\n^][^\]\[\n]{0,200})\]:[ \t]{1,20}<?((?:#|\.{0,2}/|[a-z]{2,9}:)[^\s<>]*)>?"
    r"(?:[ \t]+[\"'(][^\n]*)?[ \t]*$\n?",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"(?<!\\)\[([^\[\]]{1,500})\](?:\[([^\[\]\n]{0,200})\])?(?![(:])")
_NOTE = re.compile(r"^ {0,3}\[\^[^\]\s]{1,60}\]:[ \t]*", re.MULTILINE)
_NOTE_MARK = re.compile(r"(?<=\S)\[\^[^\]\s]{1,60}\]")


def is_bold_line(marked: str) -> bool:
    """Tell whether a run of Markdown is wholly bold."""
    return _BOLD_LINE.fullmatch(marked) is not None


def with_references(text: str) -> str:
    """Return a text in which links by name are links like others, and footnotes paragraphs without their numbers."""
    if "]: " in text:
        targets = {_label(match[1]): match[2] for match in _DEFINED.finditer(text)}
        if targets:
            text = _REFERENCE.sub(lambda match: _resolved(match, targets), _DEFINED.sub("", text))
    if "[^" in text:
        text = _NOTE_MARK.sub("", _NOTE.sub("\n", text))
    return text


def _label(name: str) -> str:
    """Return a name of a target as it is compared: letters in one case, runs of blanks folded."""
    return " ".join(name.casefold().split())


def _resolved(match: re.Match[str], targets: Mapping[str, str]) -> str:
    """Return a link by name with its target, other brackets as they are."""
    target = targets.get(_label(match[2] or match[1]))
    return f"[{match[1]}]({target})" if target is not None else match[0]


def plain_text(marked: str) -> tuple[str, tuple[Link, ...]]:
    """Take the marks out of a run of Markdown; return the text and the links in it."""
    if len(marked) > _CHUNK:
        read = [plain_text(chunk) for chunk in _chunks(marked)]
        return "".join(text for text, _ in read), tuple(link for _, found in read for link in found)
    if not _MARK.search(marked):
        return marked, ()
    links: list[Link] = []
    text = _ESCAPE.sub(lambda match: chr(_PARKED + ord(match.group(1))), marked) if "\\" in marked else marked
    if "`" in text:
        text = _CODE.sub(lambda match: _park(match.group(2)), text)
    if "](" in text:
        text = _without_links(text, links)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        text = _TAG.sub("", _BREAK.sub("\n", text))
    return html.unescape(_unpark(_unmarked(text))), tuple(links)


def _without_links(text: str, links: list[Link]) -> str:
    """Take out images, and links but for their texts; the links are added to a list."""
    text = _IMAGE.sub(" ", text)

    def keep(match: re.Match[str]) -> str:
        inner, target = match.group(1), match.group(2)
        if inner.strip() and target and not target.startswith("#"):
            links.append(Link(_unpark(_unmarked(inner)).strip(), _unpark(target)))
        return inner

    for _ in range(2):
        text = _LINK.sub(keep, text)
    return text


def _chunks(marked: str) -> Iterator[str]:
    """Cut a very long run at blanks, so that unclosed marks cannot make the patterns slow."""
    start = 0
    while start < len(marked):
        end = start + _CHUNK
        blank = marked.rfind(" ", start, end) if end < len(marked) else -1
        end = blank + 1 if blank > start else end
        yield marked[start:end]
        start = end


def _unmarked(text: str) -> str:
    """Take out the marks of emphasis."""
    if "__" in text:
        end = _last_close(text, "__")  # what opens behind it would be sought to the end, each time anew
        text = text[:end] + text[end:].replace("__", _UNCLOSED)
    if "**" in text or "__" in text:
        text = _STRONG.sub(lambda match: match.group(2) or match.group(3) or "", text)
    text = text.replace(_UNCLOSED, "__")
    for sign, pattern in _EMPHASIS:
        if sign in text:
            text = pattern.sub(r"\1", text)
    if "~~" in text:
        end = _last_close(text, "~~")
        text = _STRIKE.sub(r"\1", text[:end]) + text[end:]
    return _LOOSE.sub("", text) if "**" in text or "](" in text else text


def _last_close(text: str, sign: str) -> int:
    """Return where the last sign ends that may close a run: it stands behind no blank; 0 where there is none."""
    place = text.rfind(sign)
    while place > 0 and (text[place - 1].isspace() or (sign == "__" and _WORD_NEXT.match(text, place + 2))):
        place = text.rfind(sign, 0, place + 1)
    return place + 2 if place > 0 else 0


def _park(text: str) -> str:
    """Hide the punctuation of a run from the patterns."""
    return "".join(chr(_PARKED + ord(char)) if "!" <= char <= "~" and not char.isalnum() else char for char in text)


def _unpark(text: str) -> str:
    """Bring parked signs back."""
    if text.isascii():
        return text
    return _PARKED_SIGN.sub(lambda sign: chr(ord(sign[0]) - _PARKED), text)
