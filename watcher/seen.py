"""What was last seen at the addresses of a source, in a good check: how a page shows that it is as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.model import WIRE, Capture, Claim, Extraction, PageState, Source
from watcher.extraction import extraction_key
from watcher.fetcher import SameBody
from watcher.quick import quick_fingerprint

# With fewer words than this to see, a page's text may be looked for in its scripts, and the gate counts these.
SPOKEN_WORDS = 100


def same_bytes(source: Source, claim: Claim, captures: Sequence[Capture]) -> bool:
    """Whether every page is byte for byte the one that was judged last, under the same rules."""
    known = _known(source, claim)
    return all(capture.url in known and known[capture.url].sha256 == capture.sha256 for capture in captures)


def same_source(source: Source, claim: Claim, captures: Sequence[Capture]) -> bool:
    """Whether the one page of a source would be read as the same document as the one that was judged last."""
    known = _known(source, claim)
    if len(captures) != 1 or captures[0].url not in known:
        return False
    last = known[captures[0].url].quick
    return last != "" and last == quick_fingerprint(captures[0], source.rules)


def must_be_read(source: Source, claim: Claim, capture: Capture) -> bool:
    """Whether a page can be settled in no other way than by reading it, as far as that is known at once."""
    last = _known(source, claim).get(capture.url)
    return last is None or (last.sha256 != capture.sha256 and not last.quick)


def page_states(
    source: Source, claim: Claim, captures: Sequence[Capture], extraction: Extraction | None = None
) -> tuple[PageState, ...]:
    """What the next check may ask with and compare with, of pages that were judged good.

    `extraction` is what was read from them; None when they were settled unread, as good as the last ones.
    """
    key, known = extraction_key(source.rules), _known(source, claim)
    return tuple(
        PageState(
            url=capture.url,
            sha256=capture.sha256,
            # The validators of a rendered page are those of a shell, whose text comes from elsewhere.
            etag=None if capture.rendered else _validator("ETag", capture, known, read=extraction is not None),
            last_modified=(
                None if capture.rendered else _validator("Last-Modified", capture, known, read=extraction is not None)
            ),
            extraction=key,
            quick=_quick(source, capture, extraction) if extraction else known[capture.url].quick,
            rendered=capture.rendered,
            wire="" if capture.rendered else capture.header(WIRE) or "",
        )
        for capture in captures
    )


def same_pages(source: Source, claim: Claim, answers: Sequence[SameBody]) -> tuple[PageState, ...]:
    """What the next check may ask with, of pages whose encoded bytes were those of the last good check."""
    known = _known(source, claim)
    return tuple(
        replace(
            last,
            etag="" if last.etag == "" else answer.etag,
            last_modified="" if last.last_modified == "" else answer.last_modified,
        )
        for answer in answers
        if (last := known.get(answer.url)) is not None
    )


def _validator(name: str, capture: Capture, known: dict[str, PageState], *, read: bool) -> str | None:
    """A validator to ask with the next time; "" for one that is never believed again.

    That is one which stayed the same while the page became another that had to be read: the next "not modified" by it
    could be as untrue. A weak ETag (RFC 9110, 8.8.1) may stay while machinery changes, which is settled unread.
    """
    value, last = capture.header(name), known.get(capture.url)
    if last is None:
        return value
    before = last.etag if name == "ETag" else last.last_modified
    lied = read and before is not None and before == value and last.sha256 != capture.sha256
    return "" if before == "" or lied else value


def _known(source: Source, claim: Claim) -> dict[str, PageState]:
    """The last good pages by address, as far as they were judged under the rules of today."""
    key = extraction_key(source.rules)
    return {page.url: page for page in claim.state.pages if page.extraction == key}


def _quick(source: Source, capture: Capture, extraction: Extraction) -> str:
    """The quick fingerprint of a page with a text to show; "" for one of several and where scripts count."""
    enough = min(extraction.page.visible_words, extraction.document.words) >= SPOKEN_WORDS
    return quick_fingerprint(capture, source.rules) if enough and len(source.urls) == 1 else ""
