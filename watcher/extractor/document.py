"""Turn a capture into a document, and several documents into one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from storage.errors import ExtractError
from storage.model import Block, BlockKind, Capture, Document, Extraction, ExtractRules, PageSignals, Reason
from watcher.collector import collector_paused
from watcher.extraction import extraction_key
from watcher.extractor.dates import find_dates
from watcher.extractor.decode import decode
from watcher.extractor.front_matter import split_front_matter
from watcher.extractor.html import read_html
from watcher.extractor.language import detect
from watcher.extractor.markdown import read_markdown
from watcher.extractor.page import PageText, text_signals
from watcher.extractor.pdf import is_pdf, read_pdf
from watcher.extractor.pieces import build_blocks, fingerprint
from watcher.extractor.plain import read_plain
from watcher.extractor.selection import choose_blocks
from watcher.extractor.sift import without_contents
from watcher.extractor.site_marks import without_site_marks
from watcher.files import RECORDED

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
# Servers of repositories send their files as plain text.
_MARKDOWN_NAMES = (".md", ".mdx", ".markdown")
_UNKNOWN_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/xml", "text/xml"})
_LOOKS_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|div|p|h1|table|main|title|span)\b", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    rb"^\s*<(?:!doctype|html|head|body|div|p|h[1-6]|ul|ol|li|table|tr|td|section)\b", re.IGNORECASE | re.MULTILINE
)
_SNIFF = 2048
# Headings of Markdown, links at the start of an item, and what stands above a text for the generator of a site.
_MARKED_LINE = re.compile(rb"^(?:#{1,6}[ \t]+\w|[^<>\n]{0,300}\w\]\((?:https?:|mailto:|\.{0,2}/|#))", re.MULTILINE)
_MARKED_LINES = 3
_FRONT = (b"---\n", b"---\r\n", b"+++\n")
_PARTS = re.compile(r"\s+[|•·»-]\s+")
_DATE_LINE = re.compile(r"\b(?:19|20)\d\d\b")
_TITLE_CHARS = 120
_SAMPLE_CHARS = 2000
# What no text holds but by accident: the space characters of ASCII and the escape of terminals and of Japanese aside.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROL_SHARE = 30  # one in so many is too many for an accident
_ACCIDENTS = 8
_LOOKED_AT = 20_000


def extract(capture: Capture, rules: ExtractRules = ExtractRules()) -> Extraction:  # noqa: B008 - frozen value
    """Take the document out of a capture: title, language, dates and blocks, with the signals of its page.

    Pure: the same capture and rules give the same extraction. A document may be empty; the gate judges that.

    Raises: ExtractError, `selector-missing` when a selector matches nothing, `extract-failed` when the body is no text
    that can be read (a broken or scanned PDF, an image, a parser's refusal).
    """
    kind = _kind(capture)
    if kind == "pdf":
        return _extraction(read_pdf(capture.body, capture.final_url), rules, chosen=False)
    text = decode(capture.body, capture.charset, html=kind == "html")
    if _is_no_text(text):
        message = f"{capture.final_url}: these bytes are no text, whatever they are called; give the address of a page"
        raise ExtractError(Reason.EXTRACT_FAILED, message)
    with collector_paused(cycles=kind == "html"):
        if kind == "html":
            page = read_html(text, rules, capture.final_url)
        else:
            page = _source_text(text) if kind == "markdown" else PageText(read_plain(text), text_signals(text))
        return _extraction(page, rules, chosen=kind == "html" or _was_extracted(capture))


def combine(parts: Sequence[Extraction]) -> Extraction:
    """Join the pages of one document, in order: blocks one after the other, the first title, language and dates.

    Raises: ExtractError, `extract-failed`, when there are no parts.
    """
    if not parts:
        raise ExtractError(Reason.EXTRACT_FAILED, "a document needs at least one page; there was none to combine")
    if len(parts) == 1:
        return parts[0]
    documents = [part.document for part in parts]
    blocks = tuple(block for document in documents for block in document.blocks)
    joined = Document(
        title=next((d.title for d in documents if d.title), None),
        language=next((d.language for d in documents if d.language), None),
        effective=next((d.effective for d in documents if d.effective), None),
        updated=next((d.updated for d in documents if d.updated), None),
        blocks=blocks,
        fingerprint=fingerprint(blocks),
        extraction=documents[0].extraction,
    )
    return Extraction(joined, _combined_signals([part.page for part in parts]))


def _source_text(text: str) -> PageText:
    """Read Markdown, perhaps for the generator of a site: what only that reads is no text of the document."""
    front, below = split_front_matter(text)
    pieces = without_contents(read_markdown(without_site_marks(below, front.values)))
    if not any(piece.text.strip() for piece in pieces):
        return PageText(read_markdown(text), text_signals(text))
    return PageText(
        pieces,
        text_signals(text),
        title=front.title,
        language=front.language,
        effective=front.effective,
        updated=front.updated,
    )


def _kind(capture: Capture) -> str:
    """Return how the body is read: "pdf", "html", "markdown" or "plain". Raises: ExtractError for anything else."""
    media = capture.media_type.partition(";")[0].strip().lower()
    head = capture.body[:_SNIFF]
    if is_pdf(head):
        return "pdf"
    if media == "application/pdf":
        if not _LOOKS_HTML.search(head):
            message = f"{capture.final_url}: this is called a PDF but is none; open it in a browser to see what it is"
            raise ExtractError(Reason.EXTRACT_FAILED, message)
        return "html"
    if media in _HTML_TYPES:
        return "html"
    if media in _TEXT_TYPES:
        named = "markdown" in media or urlsplit(capture.final_url).path.lower().endswith(_MARKDOWN_NAMES)
        return ("html" if _is_mostly_html(head) else "markdown") if named else _sniffed(head)
    if media in _UNKNOWN_TYPES and not _is_binary(head):
        return _sniffed(head)
    message = f"{capture.final_url}: no text can be taken out of {media or 'a binary file'}; give the address of a page"
    raise ExtractError(Reason.EXTRACT_FAILED, message)


def _sniffed(head: bytes) -> str:
    """Tell HTML, Markdown and plain text by their first bytes."""
    if head.startswith(_FRONT) or len(_MARKED_LINE.findall(head)) >= _MARKED_LINES:
        return "html" if _is_mostly_html(head) else "markdown"
    return "html" if _LOOKS_HTML.search(head) else "plain"


def _is_mostly_html(head: bytes) -> bool:
    """Tell Markdown with some HTML in it from HTML that was stored as Markdown."""
    return len(_BLOCK_TAG.findall(head)) > max(3, len(head.splitlines()) // 3)


def _is_binary(head: bytes) -> bool:
    """Tell bytes that are no text in any encoding that pages use."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _is_no_text(text: str) -> bool:
    """Tell bytes that only a label calls a page: one in nine random bytes is a control character, none of a text is."""
    sample = text[:_LOOKED_AT]
    found = len(_CONTROL.findall(sample))
    return found > _ACCIDENTS and found * _CONTROL_SHARE > len(sample)


def _was_extracted(capture: Capture) -> bool:
    """Tell a recorded text that others took out of a page: the rules for the page have nothing more to choose there."""
    return (capture.header(RECORDED) or "").startswith("git ")


def _extraction(page: PageText, rules: ExtractRules, *, chosen: bool) -> Extraction:
    """Build the document from what was read; `chosen` says that the rules have been followed in reading."""
    blocks = build_blocks(page.pieces)
    if not chosen:
        blocks = choose_blocks(blocks, rules)
    # A block's start tells its language; a megabyte without a blank must not make the detection slow.
    text = "\n".join(block.text[:_SAMPLE_CHARS] for block in blocks)
    language = detect(text, rules.language or page.language)
    effective, updated = find_dates(blocks, page.meta, language)
    effective, updated = effective or page.effective, updated or page.updated
    document = Document(
        title=_title(blocks, page.title),
        language=language,
        effective=effective,
        updated=updated,
        blocks=blocks,
        fingerprint=fingerprint(blocks),
        extraction=extraction_key(rules),
    )
    return Extraction(document, page.signals)


def _title(blocks: Sequence[Block], stated: str | None) -> str | None:
    """Return the first heading of the first level, else the title in the head, in the document's own wording."""
    headings = [block for block in blocks if block.kind is BlockKind.HEADING]
    first = next((block.text for block in headings if block.level == 1), None)
    if first or not stated:
        return first or (headings[0].text if headings else None)
    names = [part for part in _PARTS.split(stated.casefold()) if part]
    for block in blocks[:3]:
        if len(block.text) <= _TITLE_CHARS and any(name in block.text.casefold() for name in names):
            return block.text
    if len(blocks) > 1 and len(blocks[0].text) <= _TITLE_CHARS and _DATE_LINE.search(blocks[1].text[:_TITLE_CHARS]):
        return blocks[0].text
    return stated


def _combined_signals(pages: Sequence[PageSignals]) -> PageSignals:
    """Add up the signals of several pages."""
    return replace(
        pages[0],
        visible=hashlib.sha256("".join(page.visible for page in pages).encode()).hexdigest(),
        visible_words=sum(page.visible_words for page in pages),
        script_words=sum(page.script_words for page in pages),
        links=sum(page.links for page in pages),
        password_fields=sum(page.password_fields for page in pages),
        closed=all(page.closed for page in pages),
    )
