"""A quick fingerprint of a page's source, which may only ever say "the same": the walk would read the same document.

Tokens per request, scripts, styles, comments and addresses of pictures change from fetch to fetch on many pages. Here
they are cut out of the source and the rest is hashed: every character of text, and all markup that the careful walk or
a selector may look at. Two pages with one fingerprint differ in nothing that the walk reads, so it would make the same
document of both (docs/decisions/0011-quick-lane.md). A page that cannot be divided beyond doubt has no fingerprint.

Known without loading the extractor, like `watcher.extraction`: a run in which no text is new needs no parser.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from functools import lru_cache

from storage.model import Capture, ExtractRules

# Raise this whenever the same source may give another fingerprint: one of an older program is then equal to none.
QUICK_VERSION = "2"
# Larger pages are read with care, where time and memory are bounded.
MOST_BYTES = 4_000_000

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UTF8 = frozenset({"utf-8", "utf8", "unicode-1-1-utf-8"})
_LABEL = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]+)", re.IGNORECASE)
_PRESCAN = 8192
_XML = re.compile(r"<\?xml", re.IGNORECASE)

# Attributes that nobody but a browser looks at, wherever they stand. tests/test_quick.py holds the names against the
# source of the extractor.
UNREAD = (
    r"nonce|integrity|src|srcset|imagesrcset|sizes|on[a-z]+|formaction|"
    r"data-(?!(?:(?:bs-)?(?:toggle|target)|cfemail)[ \t\n\r\f=/>])[^ \t\n\r\f\"'<>/=]*"
)
# Attributes that are cut from some elements only: a selector that asks for one of them is answered with care.
SOMETIMES = frozenset({"href", "value", "content"})
# Meta elements that carry a token of this one answer. None of these is read.
FLEETING = re.compile(r"csrf|xsrf|nonce|sentry-trace|baggage|request-?id|trace-?(?:id|parent)", re.IGNORECASE)
_KINDS = frozenset({"name", "property", "itemprop", "http-equiv"})
# Pseudo-classes that ask for an element's place alone.
_PLACES = frozenset(
    {"root", "not", "is", "where", "has", "first-child", "last-child", "only-child", "nth-child", "nth-last-child"}
    | {"first-of-type", "last-of-type", "only-of-type", "nth-of-type", "nth-last-of-type"}
)

# The tokens of WHATWG HTML 13.2.5 as far as they are beyond doubt; possessive, so that no page makes them slow.
_WS = r"[ \t\n\r\f]"
_NAME = r"""[^ \t\n\r\f"'<>/=]++"""
_VALUE = rf"""(?:{_WS}*+={_WS}*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\r\f"'<>=`][^ \t\n\r\f"'<>`]*+))?+"""
_ATTRIBUTE = rf"{_WS}++{_NAME}{_VALUE}"
_READ = rf"{_WS}++(?!(?:{UNREAD})(?:[ \t\n\r\f=>]|/>)){_NAME}{_VALUE}"
_CODE = r"script|style"
_RAW = r"title|textarea|iframe|noembed|noframes|xmp"  # their content is text, whatever it looks like
_ALONE = rf"(?:{_CODE}|{_RAW}|plaintext|link|meta|input){_WS}|(?:{_CODE}|{_RAW}|plaintext)[/>]"
_TAG = r"[a-z][^ \t\n\r\f\"'<>/=]*+"
_TOKEN = re.compile(
    rf"""
    (?P<kept>(?>
        [^<]++
      | <(?![a-z!/?])
      | </{_TAG}{_WS}*+>
      | <(?!{_ALONE}){_TAG}(?:{_READ})*+{_WS}*+/?+>
    )*+)
    (?: \Z
      | <!--(?!-?>)(?P<comment>(?>[^-]++|-(?!-!?>))*+)--!?>
      | <(?P<code>{_CODE})(?P<codeattrs>(?:{_ATTRIBUTE})*+){_WS}*+>
        (?P<source>(?>[^<]++|<(?!/(?P=code)[ \t\n\r\f/>]))*+)</(?P=code){_WS}*+>
      | <(?P<raw>{_RAW})(?P<rawattrs>(?:{_ATTRIBUTE})*+){_WS}*+>(?=[^<]*+</(?P=raw){_WS}*+>)
      | <(?!(?:{_CODE}|{_RAW}|plaintext)[ \t\n\r\f/>])(?P<tag>{_TAG})(?P<attrs>(?:{_ATTRIBUTE})*+){_WS}*+/?+>
      | (?P<declared><!(?:[^-\[<>]|\[(?:if|endif))[^<>]*+>|<\?[^<>]*+>)
      | (?P<doubt><)
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_READ_ONLY = re.compile(rf"({_READ})|{_ATTRIBUTE}", re.IGNORECASE)
# What a head holds; of that, what is not read: the walk enters no head, but for what it notes of these elements.
_CHAFF = rf"[ \t\n\r\f]++|<!--x?-->|<script(?:{_ATTRIBUTE})*+></script>|<style(?:{_ATTRIBUTE})*+></style>|<link>"
_HEAD = re.compile(
    rf"(<head(?:{_ATTRIBUTE})*+{_WS}*+>)((?>{_CHAFF}|<script(?:{_ATTRIBUTE})*+>(?>[^<]++|<(?!/script))*+</script>"
    rf"|<(?:meta|base|link)(?:{_ATTRIBUTE})*+{_WS}*+/?+>|<title(?:{_ATTRIBUTE})*+>[^<]*+</title{_WS}*+>)*+)(?=</head{_WS}*+>)",
    re.IGNORECASE,
)
_CHAFF_ONLY = re.compile(_CHAFF, re.IGNORECASE)
_NAMED = re.compile(rf"{_WS}++({_NAME})({_VALUE})")


def quick_fingerprint(capture: Capture, rules: ExtractRules) -> str:
    """Name all of a page that the walk may read; "" where that cannot be told cheaply, and "" equals nothing.

    Holds for pages read by equal rules. What the walk takes from a page's scripts when the page shows next to no text
    is left out: the caller keeps fingerprints of pages with a text to show (`pipeline`).
    """
    text = _text(capture)
    if text is None or not _answerable(rules):
        return ""
    kept = _kept(text)
    if kept is None:
        return ""
    digest = hashlib.sha256(capture.final_url.encode("utf-8", "replace") + b"\0")
    digest.update(kept.encode("utf-8", "replace"))
    return f"{QUICK_VERSION}-{digest.hexdigest()}"


def _text(capture: Capture) -> str | None:
    """The source of an HTML page that is UTF-8 by every sign, None for any other."""
    body = capture.body
    media = capture.media_type.partition(";")[0].strip().lower()
    if media not in _HTML_TYPES or len(body) > MOST_BYTES or body.startswith(b"%PDF-"):
        return None
    found = _LABEL.search(body, 0, _PRESCAN)
    labels = {capture.charset or "utf-8", found[1].decode("ascii", "replace") if found else "utf-8"}
    if any(label.strip().lower() not in _UTF8 for label in labels):
        return None
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeError:
        return None
    # The walk takes XML declarations out of the source before it is parsed, also where they only look like one.
    return None if "<?" in text and _XML.search(text, 1) else text


@lru_cache(maxsize=256)
def _answerable(rules: ExtractRules) -> bool:
    """Whether the selectors ask for nothing that is cut: elements, classes, ids, places, attributes that are kept."""
    ranges = [(one.start, one.end or "") for one in (*rules.select_ranges, *rules.remove_ranges)]
    selectors = " ".join((*rules.select, *rules.remove, *itertools.chain.from_iterable(ranges)))
    asked = re.findall(r"\[\s*(?:[^\s\]=~|^$*]*\|)?([^\s\]=~|^$*]+)", selectors)
    unread = re.compile(rf"(?:{UNREAD})[ =]", re.IGNORECASE)
    if any(name.lower() in SOMETIMES or unread.match(f"{name}=") for name in asked) or selectors.count("[") > len(
        asked
    ):
        return False
    return "\\" not in selectors and {name.lower() for name in re.findall(r":+([\w-]+)", selectors)} <= _PLACES


def _kept(text: str) -> str | None:
    """The source without what is cut; None when a token is in doubt."""
    parts: list[str] = []
    for token in _TOKEN.finditer(text):
        parts.append(token["kept"])
        kind = token.lastgroup
        if kind == "attrs":
            parts.append(_element(token["tag"], token["attrs"]))
        elif kind == "comment":
            parts.append("<!--x-->" if token["comment"].strip() else "<!---->")
        elif kind == "source":
            source = _source(token["code"], token["codeattrs"], token["source"])
            if source is None:
                return None
            parts.append(source)
        elif kind == "rawattrs":
            parts.append(f"<{token['raw']}{_read(token['rawattrs'])}>")
        elif kind == "declared":
            parts.append(token["declared"])
        elif kind == "doubt":
            return None
    return _HEAD.sub(lambda head: head[1] + _CHAFF_ONLY.sub("", head[2]), "".join(parts), count=1)


def _read(attributes: str) -> str:
    """The attributes that somebody may read."""
    return "".join(_READ_ONLY.findall(attributes))


def _element(name: str, attributes: str) -> str:
    """A start tag without what is unread on it."""
    kept = _read(attributes)
    lower = name.lower()
    if lower == "link" and "canonical" not in kept.lower():
        kept = ""
    elif lower in {"input", "meta"}:
        kept = _fleeting_cut(lower, kept)
    return f"<{name}{kept}>"


def _fleeting_cut(name: str, attributes: str) -> str:
    """The attributes of a field or a meta element without the token that it may carry."""
    found = _NAMED.findall(attributes)
    cut = "value"
    if name == "meta":
        kinds = [value for key, value in found if key.lower() in _KINDS]
        if len(kinds) != 1 or not FLEETING.search(kinds[0]):
            return attributes
        cut = "content"
    return "".join(f" {key}{value}" for key, value in found if key.lower() != cut)


def _source(name: str, attributes: str, source: str) -> str | None:
    """A script or style without its content; JSON-LD, which states dates, with it. None when its end is in doubt."""
    if name.lower() == "script":
        # "<!-- <script>" in a script lets it go on beyond the next end tag (WHATWG HTML 13.2.5.20).
        if "<!--" in source and "<script" in source.lower():
            return None
        if "ld+json" in attributes.lower():
            return f"<script{_read(attributes)}>{source}</script>"
        return f"<script{_read(attributes)}></script>"
    return f"<style{_read(attributes)}></style>"
