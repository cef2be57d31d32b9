"""Look at pages that may become sources: what each says, what would be watched, and the table that is proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.model import BlockKind, Document, ExtractRules, Source
from watcher.discovery.identity import Organisation, organisation, registrable
from watcher.discovery.page import PageLook
from watcher.discovery.propose import NO_WISHES, Proposal, Wishes, known_as, propose
from watcher.fetcher import Manner
from watcher.fetcher.address import check_url
from watcher.fetcher.failure import FetchError
from watcher.scout.reading import Desk, Page, Problem, failed

# Containers that hold the text on many pages, tried only where a page is read poorly without any.
_CONTAINERS = ("main", "article", "[role=main]", "#content", ".entry-content", ".content", "#main")
_POOR = 80  # words
_MENU = 5  # blocks at the beginning that are looked at for a menu
_NO_SCHEME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?(?:[/?#].*)?")
_PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Trial:
    """One address, tried. Either `problem`, or `known` (a source that watches it), or a `proposal`.

    `notes` are for a person: where it was redirected, that selectors were needed.
    """

    url: str
    page: Page | None = None
    proposal: Proposal | None = None
    known: Source | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()

    @property
    def document(self) -> Document | None:
        """What would be watched."""
        return self.page.extraction.document if self.page and self.page.extraction else None


def try_address(
    desk: Desk, url: str, known: Sequence[Source], wishes: Wishes = NO_WISHES, *, before: Sequence[Trial] = ()
) -> Trial:
    """Fetch and read an address, and propose a source for it. Never raises for what a page or the network does.

    `known` are the sources that are watched already, `before` the trials made so far: no id and no page is proposed
    twice.
    """
    trial = _try(desk, url, known, before, wishes)
    final = trial.proposal.url if trial.proposal else None
    same = next((one for one in before if final and one.proposal and one.proposal.url == final), None)
    if same is not None:
        return replace(trial, proposal=None, notes=(*trial.notes, f"the same page as {same.url}"))
    return trial


def _try(desk: Desk, url: str, known: Sequence[Source], before: Sequence[Trial], wishes: Wishes) -> Trial:
    try:
        check_url(url)
    except FetchError as error:
        refusal = failed(error.failure(url))
        return Trial(url, problem=replace(refusal, remedy="give an address as a browser shows it: https://host/path"))
    if (source := known_as([url], known)) is not None:
        return Trial(url, known=source)
    manner = Manner(language=wishes.language, fetcher=wishes.fetcher or "http")
    page = desk.take_rendered(url, manner, ExtractRules(select=wishes.select, language=wishes.language))
    address, notes = _address(page)
    if page.rendered and not wishes.fetcher:
        wishes, notes = replace(wishes, fetcher="auto"), (*notes, "scripts fill this page: read with the browser")
    if (source := known_as([url, address, page.final_url], known)) is not None:
        return Trial(url, page, known=source)
    select: tuple[str, ...] = wishes.select
    if not select and page.capture is not None and _is_poor(page):
        page, select = _with_container(desk, page, wishes)
        notes += tuple(f'read with select = ["{one}"]: without it the text was poor' for one in select)
    problem = page.problem
    if problem is not None and wishes.document and page.verdict is not None and not page.verdict.certain:
        notes = (*notes, f"{problem.detail}: taken because you named the document")
        problem = None
    if problem is not None or page.look is None or page.extraction is None:
        return Trial(url, page, problem=problem, notes=notes)
    proposal = propose(
        page.look,
        page.extraction.document,
        address,
        known,
        taken=[one.proposal.id for one in before if one.proposal],
        wishes=replace(wishes, select=select),
        whose=_organisation(page.look, address, before),
    )
    return Trial(url, page, proposal, notes=notes)


def _organisation(look: PageLook, url: str, before: Sequence[Trial]) -> Organisation:
    """Whose page it is; a page that names nobody, such as a PDF, is of those whose other pages do."""
    looks = [one.page.look for one in before if one.page and one.page.look]
    return organisation([look, *(one for one in looks if registrable(one.url) == registrable(url))], url)


def with_scheme(url: str) -> str:
    """An address as people say it ("www.example.org/privacy") as one that can be asked for."""
    return f"https://{url}" if _NO_SCHEME.fullmatch(url) else url


def _address(page: Page) -> tuple[str, tuple[str, ...]]:
    """The address to watch: the one that was given, or where it leads for good."""
    if page.capture is None or not page.capture.hops:
        return page.url, ()
    final = page.capture.final_url
    if all(hop.status in _PERMANENT for hop in page.capture.hops):
        return final, (f"moved for good to {final}",)
    return page.url, (f"leads to {final} for now",)


def _is_poor(page: Page) -> bool:
    """True for a page that is read, and not as a document: refused, short, or beginning with a menu."""
    if page.extraction is None or page.verdict is None:
        return False
    document = page.extraction.document
    head = document.blocks[:_MENU]
    menu = sum(bool(block.links) and block.kind is BlockKind.LIST_ITEM for block in head) >= _MENU - 1
    return not page.verdict.passed or document.words < _POOR or menu


def _with_container(desk: Desk, page: Page, wishes: Wishes) -> tuple[Page, tuple[str, ...]]:
    """The same page read from the container that makes it a document; as it was where none does."""
    assert page.capture is not None
    for selector in _CONTAINERS:
        rules = ExtractRules(select=(selector,), language=wishes.language)
        again = desk.read(page.capture, page.url, rules, look=page.look)
        better = again.extraction is not None and again.problem is None and not _is_poor(again)
        if better and again.extraction and page.extraction and again.extraction != page.extraction:
            return again, (selector,)
    return page, ()
