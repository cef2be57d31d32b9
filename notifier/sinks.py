"""What every text passes on its way out: fetched words stay words, whatever they try to be.

Extracted text is plain text by contract, yet nothing in it may be trusted: control characters move a terminal's cursor,
bidirectional marks turn a sentence round, a line end starts a mail header, `@everyone` wakes a whole company. Markup is
not treated here: HTML is escaped by the template, JSON by its encoder.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_JOINERS = frozenset("\u200c\u200d")  # needed to write Persian, Indic scripts and emoji; they reorder nothing
_ZWJ = "\u200d"
_BREAKER = "\u200b"  # zero width space: cuts a chat command in two and shows nothing

# A mention needs an @ that does not stand inside an address; `<` starts Slack's and Discord's commands and links.
_CHAT_COMMANDS = (
    (re.compile(r"(?<![\w.+-])@(?=\w)"), f"@{_BREAKER}"),
    (re.compile(r"@(?=(?:everyone|here|channel|all)\b)", re.IGNORECASE), f"@{_BREAKER}"),
    (re.compile(r"<(?=[!@#&:/A-Za-z])"), f"<{_BREAKER}"),
    (re.compile(r"\](?=\()"), f"]{_BREAKER}"),
    (re.compile(r"([*_~|])(?=\1)"), rf"\1{_BREAKER}"),  # bold, underlined, struck out, hidden
    # A bare address would be fetched and shown with a picture of its own choice.
    (re.compile(r"\b(https?:)(?=//)|\b(www)(?=\.)", re.IGNORECASE), rf"\1\2{_BREAKER}"),
    (re.compile(r"`"), "'"),
)
# Where two signs would make the words between them slanted and vanish, nothing but another sign stays visible.
_EMPHASIS = re.compile(r"(?<!\w)([*_~])(?=[^\s*_~])([^*_~\n]{1,400})(?<=\S)\1(?!\w)")
_LOOKS_LIKE = {"*": "\u2217", "_": "\u02cd", "~": "\u223c"}
_SENTENCE_END = re.compile(r"[.!?。！？]['\")\]»”’]*(?=\s)")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(text: str | None, limit: int | None = None) -> str:
    """One line of harmless text: white space folded, control, bidirectional and invisible characters gone.

    Lone surrogates become U+FFFD. With `limit` the result has at most so many characters and ends in "…" if it was
    cut. None gives "". Idempotent.
    """
    cleaned = "".join(_harmless(char) for char in text or "")
    folded = " ".join(cleaned.split())
    return folded if limit is None else cut(folded, limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, cut between words where possible, with "…" if anything was left out."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end and _joined(text[end - 1], text[end]):  # half a grapheme would be another letter
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    head = text[: space if space > limit // 2 else end]
    return f"{head.rstrip(' ,;:-')}…"


def cut_at_sentence(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, cut after a sentence where one ends in the second half, else by a word."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, max(limit - 2, 0))]
    if ends and ends[-1] > limit // 2:
        return f"{text[: ends[-1]]} …"
    return cut(text, limit)


def visible(text: str) -> str:
    r"""Text for a terminal: every control, bidirectional or invisible character is written out as `\x1b`, `\u202e`.

    Line ends stay.
    """
    return "".join(char if char == "\n" else _written_out(char) for char in text)


def defused(text: str) -> str:
    """Text for a chat service: mentions, addresses, links in markup, code fences and hidden text are cut in two by a
    zero width space, so that they are shown and do nothing. Addresses such as `dpo@example.org` are left alone.
    """  # noqa: D205 - the first sentence needs two lines
    for pattern, instead in _CHAT_COMMANDS:
        text = pattern.sub(instead, text)
    return _EMPHASIS.sub(lambda pair: f"{_LOOKS_LIKE[pair[1]]}{pair[2]}{_LOOKS_LIKE[pair[1]]}", text)


def web_link(url: str | None) -> str | None:
    """The address if a click on it can only open a web page, else None.

    Only absolute http and https addresses without spaces, quotes, control characters or a user part pass.
    """
    if not url or plain(url) != url or re.search(r"[\s\"'<>\\`]", url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return url


def _joined(left: str, right: str) -> bool:
    """Whether two characters belong to one that a reader sees."""
    return _ZWJ in {left, right} or unicodedata.category(right).startswith("M")


def _harmless(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf" and char not in _JOINERS:
        return ""
    return char


def _written_out(char: str) -> str:
    if unicodedata.category(char) not in _UNPRINTABLE or char in _JOINERS:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
