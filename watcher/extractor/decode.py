"""Turn the bytes of a page into text, in the order of the WHATWG encoding standard; never an exception."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import webencodings

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The standard looks at the first 1,024 bytes; real pages put long scripts before their meta element.
_PRESCAN = 8192
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]+)", re.IGNORECASE)
# The encodings of the standard with one byte a letter, by their codecs' names in Python.
_SINGLE = re.compile(r"(?:cp(?:125\d|866|874)|iso8859-\d+|koi8-.|mac-\w+)$")


def decode(body: bytes, charset: str | None = None, *, html: bool = True) -> str:
    """Return the text of `body`: byte order mark, header's charset, meta element, UTF-8, windows-1252.

    A label counts only when it is one of the WHATWG labels (so `utf-7`, `idna` and nonsense are passed over) and when
    the whole body decodes with it. A page that calls itself UTF-8 and has a few broken bytes stays UTF-8, with U+FFFD
    for these. A label of an encoding with one byte a letter gives way to UTF-8 when the body is that and has letters
    beyond ASCII: no text looks like UTF-8 by chance, and servers change such labels from one answer to the next. The
    result holds no byte order mark.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    labels = [label for label in _labels(body, charset, html=html) if label]
    first = ["utf-8"] if labels and _SINGLE.match(labels[0]) and not body.isascii() else []
    for name in [*first, *labels, "utf-8"]:
        text = _strictly(body, name)
        if text is not None:
            return text.lstrip("\ufeff")
    if "utf-8" in labels:
        text = body.decode("utf-8", "replace")
        if text.count("\ufffd") * 100 <= sum(1 for char in text if char > "\x7f"):
            return text
    return str(webencodings.decode(body, "windows-1252", "replace")[0])


def _labels(body: bytes, charset: str | None, *, html: bool) -> Iterator[str | None]:
    """Yield the codec names that the header and the page claim, most trusted first."""
    if charset:
        yield _codec(charset)
    match = _META.search(body, 0, _PRESCAN) if html else None
    if match:
        name = _codec(match.group(1).decode("ascii", "replace"))
        # A meta element that can be read as ASCII cannot be right about UTF-16 (WHATWG, prescan, step 14).
        yield "utf-8" if name and name.startswith("utf-16") else name


def _codec(label: str) -> str | None:
    """Return the Python codec of a WHATWG label, None for any other."""
    try:
        encoding = webencodings.lookup(label.strip())
    except (ValueError, UnicodeError):
        return None
    if encoding is None or encoding.name == "x-user-defined":
        return None
    return str(encoding.codec_info.name)


def _strictly(body: bytes, name: str) -> str | None:
    """Decode the whole body, but let a last character be cut (a page cut in the middle stays readable)."""
    try:
        return codecs.getincrementaldecoder(name)("strict").decode(body)
    except (UnicodeError, LookupError):
        return None
