"""Walk a vendor's site to its legal documents, in few requests: the best links first, usual addresses last."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice
from urllib.parse import urljoin

from storage.errors import ClausewatchError, UsageError
from storage.model import DocumentType, ExtractRules, Source
from watcher.discovery.addresses import page_key, without_edition, without_tracking
from watcher.discovery.candidates import WORTH, Candidate, Origin, from_addresses, from_links, usual_places
from watcher.discovery.identity import Organisation, host_of, organisation, same_organisation
from watcher.discovery.judging import Judgement, judge, lists_documents, names_organisation
from watcher.discovery.lexicon import fold, lexicon
from watcher.discovery.naming import read_title
from watcher.discovery.page import PageLook
from watcher.discovery.propose import Proposal, known_as, propose_finding
from watcher.discovery.sitemap import read_sitemap, sitemaps_in
from watcher.discovery.versions import Finding, FoundDocument, bring_together, phrases_of
from watcher.fetcher import FetchFailure, Manner, NotModified
from watcher.fetcher.address import check_url
from watcher.fetcher.failure import FetchError
from watcher.scout.reading import Desk, Page

MOST_REQUESTS = 40
LANGUAGES = ("nl", "en", "de", "fr")
_MOST_SITEMAPS = 5
_MOST_GUESSES = 16
_MOST_ADDRESSES = 200  # of a sitemap, the best
_WANTED = (
    DocumentType.PRIVACY_POLICY,
    DocumentType.TERMS,
    DocumentType.COOKIES,
    DocumentType.DPA,
    DocumentType.SUBPROCESSORS,
    DocumentType.SECURITY,
)
_SAMPLE = 50_000  # characters in which a page and a file are compared
_PLAIN = ExtractRules()

Progress = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found on a vendor's site. `spent` counts the requests; `left` tells that there were not enough.

    `unread` are pages that are documents by all that leads to them, and could not be read.
    """

    vendor: Organisation
    documents: tuple[FoundDocument, ...]
    unread: tuple[Finding, ...]
    spent: int
    left: int
    notes: tuple[str, ...] = ()


def discover(
    desk: Desk,
    url: str,
    *,
    languages: Sequence[str] = LANGUAGES,
    most: int = MOST_REQUESTS,
    progress: Progress = lambda _spent, _url: None,
) -> Discovery:
    """Find the legal documents of the vendor whose site is at `url`.

    Raises UsageError for what is no address, ClausewatchError when the page at it cannot be had. At most `most` pages
    are asked for. `languages` is the order in which versions of one document are wanted.
    """
    try:
        check_url(url)
    except FetchError as error:
        raise UsageError(f"{error.detail} (give an address as a browser shows it: https://host/path)") from error
    walk = _Walk(desk, tuple(languages), most, progress)
    walk.begin(url)
    walk.sitemaps()
    walk.follow()
    walk.guess()
    walk.other_languages()
    walk.follow()
    return walk.result()


def entries(found: Discovery, known: Sequence[Source]) -> list[Proposal]:
    """The sources that the documents would be, without those that are watched already."""
    proposals: list[Proposal] = []
    for document in found.documents:
        one = document.chosen
        if known_as([one.url, *(other.url for other in document.others)], known) is not None:
            continue
        taken = [proposal.id for proposal in proposals]
        proposals.append(propose_finding(one, known, taken=taken, whose=found.vendor))
    return proposals


@dataclass(slots=True)
class _Walk:
    """One walk: what is known of the site, what is still to be asked, what was found."""

    desk: Desk
    languages: tuple[str, ...]
    most: int
    progress: Progress
    spent: int = 0
    home: str = ""
    whose: Organisation = field(init=False)
    looks: list[PageLook] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)
    alternates: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    nothing: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    _queued: dict[str, bool] = field(default_factory=dict)
    _queue: list[tuple[int, int, Candidate]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def begin(self, url: str) -> None:
        """Ask for the page that was named, learn whose it is, and take up its links."""
        page = self._take(url)
        if page.capture is None or page.look is None:
            raise ClausewatchError(f"{page.problem or url}")
        self.home, look = page.final_url, page.look
        if look.refresh and not look.anchors:
            page = self._take(look.refresh)
            look = page.look or look
            self.home = page.final_url
        self.looks.append(look)
        self.whose = organisation(self.looks, self.home)
        self.nothing |= _marks(page)
        if page.extraction is None or not look.anchors:
            self.notes.append("the first page has no links that can be read: scripts may fill it")
        self._add(from_links(look, self.whose, Origin.HOME))
        self._judge(page, Candidate(self.home, 0, Origin.GUESS))
        self._in_wanted_language(look)

    def _in_wanted_language(self, look: PageLook) -> None:
        """Take up the links of the first page in the language that is wanted most, where the site has it."""
        offered = {language: url for language, url in look.alternates if same_organisation(url, self.whose)}
        for anchor in look.anchors:
            language = anchor.language or lexicon().languages.get(fold(anchor.text).strip())
            if language and same_organisation(anchor.url, self.whose):
                offered.setdefault(language, anchor.url)
        for language in self.languages:
            if language == look.language:
                return
            if language in offered and page_key(offered[language]) not in self.asked:
                page = self._take(offered[language], Manner(language=language))
                if page.look is not None:
                    self._add(from_links(page.look, self.whose, Origin.HOME))
                return

    def sitemaps(self) -> None:
        """Take up the addresses of the site's sitemaps: those that robots.txt names, else the usual one."""
        robots = self._bytes(urljoin(self.home, "/robots.txt"))
        named = sitemaps_in(robots[1].decode("utf-8", "replace"), robots[0]) if robots else []
        waiting = [url for url in named if same_organisation(url, self.whose)] or [urljoin(self.home, "/sitemap.xml")]
        pages: list[str] = []
        for _ in range(_MOST_SITEMAPS):
            if not waiting:
                break
            answer = self._bytes(waiting.pop(0))
            if answer is not None:
                sitemap = read_sitemap(answer[1], answer[0])
                pages += sitemap.pages
                waiting += [url for url in sitemap.parts if same_organisation(url, self.whose)]
        self._add(from_addresses(pages, self.whose)[:_MOST_ADDRESSES])

    def follow(self, reserve: int = 0) -> None:
        """Ask for the best candidate, and again, until none is left or the requests are spent."""
        while self._queue and self.spent + reserve < self.most:
            _, _, candidate = heapq.heappop(self._queue)
            if candidate.key not in self.asked:
                self._visit(candidate)

    def guess(self) -> None:
        """Look at the usual addresses for what was not found; a site that answers there with anything is left alone."""
        missing = [kind for kind in _WANTED if kind not in {one.type for one in [*self.found, *self.unread]}]
        for candidate in islice(usual_places(self.home, missing, self.looks[0].language), _MOST_GUESSES):
            if self.spent >= self.most:
                return
            if candidate.key in self.asked or candidate.type in {one.type for one in self.found}:
                continue
            page = self._take(candidate.url)
            if _marks(page) & self.nothing:
                self.notes.append("unknown addresses are answered with another page: usual addresses were not tried")
                return
            self.nothing |= _marks(page)
            self._judge(page, candidate)
            self.follow()

    def other_languages(self) -> None:
        """Ask for the version of each document in the language that is wanted most, where its page names one."""
        for document in bring_together(self.found, self.alternates, self.languages):
            known = {one.language for one in (document.chosen, *document.others)}
            offered = {
                language: url
                for one in (document.chosen, *document.others)
                for language, url in self.alternates.get(page_key(one.url), ())
            }
            for language in self.languages:
                if language in known:
                    break
                if language in offered and page_key(offered[language]) not in self.asked and self.spent < self.most:
                    chosen = document.chosen
                    candidate = Candidate(
                        offered[language],
                        chosen.score,
                        Origin.VERSION,
                        chosen.type,
                        via=chosen.url,
                        name=replace(read_title(chosen.title), type=chosen.type),
                        text=f"{language} version",
                    )
                    self._visit(candidate, Manner(language=language))
                    break

    def result(self) -> Discovery:
        """What was found, brought together."""
        documents = bring_together(self.found, self.alternates, self.languages)
        read = {(one.type) for one in self.found}
        unread = [one for one in self.unread if one.type not in read]
        left = sum(candidate.key not in self.asked for _, _, candidate in self._queue)
        return Discovery(
            self.whose, tuple(documents), tuple(unread), self.spent, left, tuple(dict.fromkeys(self.notes))
        )

    def _visit(self, candidate: Candidate, manner: Manner | None = None) -> None:
        plain = without_edition(candidate.url)
        page = self._take(plain, manner)
        if page.extraction is None and plain != candidate.url and self.spent < self.most:
            page = self._take(candidate.url, manner)
        self._judge(page, candidate)

    def _judge(self, page: Page, candidate: Candidate) -> None:
        """Take in what a page is, and its links where it is a document or leads to some."""
        look, extraction, verdict = page.look, page.extraction, page.verdict
        if look is None or extraction is None or verdict is None:
            self._could_not(page, candidate)
            return
        final = page_key(look.url)
        if (
            page_key(candidate.url) != final
            and final in self.asked
            and any(page_key(one.url) == final for one in self.found)
        ):
            return
        self.asked.add(final)
        if look.refresh and (page_key(look.refresh) not in self.asked) and extraction.document.words < 50:
            self._add([replace(candidate, url=look.refresh, score=max(candidate.score, WORTH))])
            return
        judged = judge(look, extraction, verdict, candidate, self.whose)
        self.alternates[final] = tuple(pair for pair in look.alternates if same_organisation(pair[1], self.whose))
        if candidate.foreign and (judged.type or judged.hub):
            if not names_organisation(extraction.document, look, self.whose):
                return
            self.whose = replace(self.whose, hosts=self.whose.hosts | {host_of(look.url)})
        if judged.type is not None:
            self._keep(page, candidate, judged)
            self._add(from_links(look, self.whose, Origin.DOCUMENT))
        elif (
            (judged.hub or lists_documents(look, self.whose))
            and same_organisation(look.url, self.whose)
            and look.url != self.home
        ):
            self._add(from_links(look, self.whose, Origin.HUB))

    def _keep(self, page: Page, candidate: Candidate, judged: Judgement) -> None:
        look, extraction, capture = page.look, page.extraction, page.capture
        assert look is not None
        assert extraction is not None
        assert capture is not None
        assert judged.type is not None
        document = extraction.document
        canonical = (
            look.canonical
            if look.canonical and page_key(look.canonical) in {page_key(look.url), page_key(candidate.url)}
            else None
        )
        title = look.heading or document.title or look.title
        finding = Finding(
            url=without_tracking(canonical or look.url),
            type=judged.type,
            title=title,
            language=document.language,
            words=document.words,
            score=candidate.score + judged.hits,
            evidence=judged.why,
            verdict="passed" if judged.certain else judged.why,
            fingerprint=document.fingerprint if judged.certain else "",
            certain=judged.certain,
            rest=max(read_title(title, self.whose.words).rest, read_title(candidate.text, self.whose.words).rest),
            rendered=page.rendered,
            file=capture.body[:5] == b"%PDF-",
            phrases=phrases_of(" ".join(block.text for block in document.blocks)[:_SAMPLE]),
        )
        (self.found if judged.certain else self.unread).append(finding)

    def _could_not(self, page: Page, candidate: Candidate) -> None:
        """Tell of a document that is linked to and cannot be read: a wall, robots.txt, a PDF without text."""
        if page.problem is None or candidate.origin in {Origin.GUESS, Origin.SITEMAP} or candidate.foreign:
            return
        if candidate.type is None or not (candidate.name.strong or candidate.place == "footer"):
            return
        why = str(page.problem)
        self.unread.append(
            Finding(
                candidate.url, candidate.type, candidate.text or None, None, 0, candidate.score, why, why, certain=False
            )
        )

    def _take(self, url: str, manner: Manner | None = None) -> Page:
        self._count(url)
        page = self.desk.take_rendered(url, manner or Manner(language=self.languages[0]), _PLAIN, links=True)
        self.spent += page.rendered  # asked for twice
        self.asked.add(page_key(page.final_url))
        return page

    def _bytes(self, url: str) -> tuple[str, bytes] | None:
        """The body of a file that is no page, and its address."""
        if self.spent >= self.most:
            return None
        self._count(url)
        answer = self.desk.fetcher.fetch(url, manner=Manner(), now=self.desk.now)
        if isinstance(answer, FetchFailure | NotModified):
            return None
        return answer.final_url, answer.body

    def _count(self, url: str) -> None:
        self.spent += 1
        self.asked.add(page_key(url))
        self.progress(self.spent, url)

    def _add(self, candidates: Sequence[Candidate]) -> None:
        for candidate in candidates:
            better = candidate.name.strong and not self._queued.get(candidate.key, False)
            if candidate.key not in self.asked and (better or candidate.key not in self._queued):
                self._queued[candidate.key] = candidate.name.strong
                heapq.heappush(self._queue, (-candidate.score, next(self._order), candidate))


def _marks(page: Page) -> set[str]:
    """By what a page is known again that stands at many addresses: its text, its bytes where it has none."""
    if page.capture is None or page.extraction is None:
        return set()
    return {page.extraction.document.fingerprint if page.extraction.document.words else page.capture.sha256}
