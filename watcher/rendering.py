"""Which pages are rendered: those of sources that say so, and with `fetcher = "auto"` those that HTTP gives no text of.

Pure. What was found out once is remembered with the page's state: a page that had to be rendered is rendered the next
time at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage.model import Capture, Claim, Reason, Source

# What a page may look like whose text has yet to be brought by scripts. A wall is none of these: no page is rendered to
# get around one.
_UNFILLED = frozenset(
    {Reason.EMPTY, Reason.ERROR_PAGE, Reason.OTHER_DOCUMENT, Reason.TRUNCATED, Reason.SELECTOR_MISSING}
)
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})


def by_browser(source: Source, claim: Claim, url: str) -> bool:
    """Whether a page of a source is to be rendered at the first try."""
    if source.fetcher == "auto":
        return any(page.url == url and page.rendered for page in claim.state.pages)
    return source.fetcher == "browser"


def escalates(source: Source, reason: Reason | None, captures: Sequence[Capture]) -> bool:
    """Whether a source whose pages were judged so, for that reason, is to be looked at again with the browser.

    Only with `fetcher = "auto"`, only where scripts could change anything, and never twice in one check.
    """
    if source.fetcher != "auto" or reason not in _UNFILLED or any(capture.rendered for capture in captures):
        return False
    return any(capture.media_type in _HTML and b"<script" in capture.body.lower() for capture in captures)
