"""What is watched, what was fetched, and the text that was taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from storage.model.ids import BlockKind, DocumentType, Reason, RobotsAnswer


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a page by two CSS selectors: from the first match of `start` to the next of `end`.

    `end` None means to the end of the page. The start is part of it unless `after`, the end is not unless `through`;
    an end that is part of it may also lie around the start: then the range ends where that element ends.
    """

    start: str
    end: str | None = None
    after: bool = False
    through: bool = False


@dataclass(frozen=True, slots=True)
class PageRules:
    """How the text is taken out of one page: what to keep and to leave out, and the language if it is known.

    `select` and `remove` are CSS selectors; the ranges go beside them, their order means nothing.
    """

    select: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    language: str | None = None
    select_ranges: tuple[Range, ...] = ()
    remove_ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractRules(PageRules):
    """How the text is taken out of the pages of a document.

    `pages` are the rules of each of several, in the order of their addresses, where they differ; else it is empty.
    """

    pages: tuple[PageRules, ...] = ()

    def of_page(self, position: int) -> ExtractRules:
        """The rules of one page of the document, counted from 0."""
        if position >= len(self.pages):
            return self
        one = self.pages[position]
        return ExtractRules(one.select, one.remove, one.language, one.select_ranges, one.remove_ranges)


@dataclass(frozen=True, slots=True)
class EarlierRules:
    """The rules for pages that were had on `valid_until` (in UTC) or before."""

    valid_until: date
    rules: ExtractRules


@dataclass(frozen=True, slots=True)
class Access:
    """How a source lets us in. All but the files are templates as written: what they stand for is never stored.

    `headers` and `cookies` are pairs of name and template, `auth` is name and password with a colon between. `proxy` is
    the address of one, or "none" for none whatever the environment says. `client_cert` and `client_key` are files.
    """

    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    auth: str | None = None
    proxy: str | None = None
    client_cert: str | None = None
    client_key: str | None = None


# A page that never changes is asked this many times less often than its source says, with `adaptive`.
CALMEST = 4


@dataclass(frozen=True, slots=True)
class Cron:
    """Moments of the clock in a time zone: an expression of five fields as crontab(5) has them."""

    expression: str
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Source:
    """One document to watch. Its id is chosen by a person and does not depend on its address.

    It is checked after `every`, or at the moments of `cron`: then `every` is the longest time between two of them. With
    `robots` False it is fetched even where the robots.txt of its host disallows it. With `adaptive` a source without
    `cron` is checked less often while its page stays as it is, and more often around a day that it announced.
    """

    id: str
    vendor: str
    document: DocumentType
    urls: tuple[str, ...]
    every: timedelta = timedelta(days=1)
    rules: ExtractRules = ExtractRules()
    fetcher: str = "http"
    tags: tuple[str, ...] = ()
    confirm: bool = True
    robots: bool = True
    objection: str | None = None
    earlier: tuple[EarlierRules, ...] = ()
    flapping: timedelta = timedelta(days=3)
    wait_for: str | None = None
    access: Access = Access()
    cron: Cron | None = None
    adaptive: bool = False

    def rules_at(self, when: datetime) -> ExtractRules:
        """The rules for a page that was had at that moment: the oldest of `earlier` that held then, else today's."""
        day = when.astimezone(UTC).date()
        held = [one for one in self.earlier if day <= one.valid_until]
        return min(held, key=lambda one: one.valid_until).rules if held else self.rules

    def as_of(self, when: datetime) -> Source:
        """The source with the rules of that moment as its own. Right for pages of that moment and before."""
        rules = self.rules_at(when)
        return self if rules == self.rules else replace(self, rules=rules)

    @property
    def longest(self) -> timedelta:
        """The longest time between two checks that come to what they should."""
        return self.every * CALMEST if self.adaptive and self.cron is None else self.every

    @property
    def host(self) -> str:
        """The host of the first address, lower case: the unit of politeness."""
        return (urlsplit(self.urls[0]).hostname or "").lower()


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed."""

    url: str
    status: int
    location: str


# Our own header beside those of the answer: the page was written down after its scripts had run, by that browser.
RENDERED = "X-Clausewatch-Rendered"
# A header of ours with the encoded body as it came: its Content-Encoding and the SHA-256 of its bytes.
WIRE = "X-Clausewatch-Wire"


@dataclass(frozen=True, slots=True)
class Capture:
    """One page as it came over the wire: the evidence. `sha256` is of the decoded body.

    Of a rendered page the body is what its scripts made of it.
    """

    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    media_type: str
    charset: str | None
    sha256: str
    body: bytes = field(repr=False)
    hops: tuple[Hop, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case; None when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def rendered(self) -> bool:
        """True for a page that a browser rendered."""
        return self.header(RENDERED) is not None


@dataclass(frozen=True, slots=True)
class PageState:
    """What was last seen at one address of a source in a good check: lets the next check say "not modified".

    `extraction` is the extraction key under which the page was judged: under another key nothing may be taken as seen.
    `quick` is the quick fingerprint of the page's source (watcher/quick.py), "" for none: it equals no other.
    `rendered` is True where a browser had to render the page; such a page has no validators. `wire` names the encoded
    body as it came, "" for one that came as it is: an equal one need not be decoded to be known.
    """

    url: str
    sha256: str
    etag: str | None = None
    last_modified: str | None = None
    extraction: str = ""
    quick: str = ""
    rendered: bool = False
    wire: str = ""


@dataclass(frozen=True, slots=True)
class HostState:
    """What an origin (scheme, host and port) wants of those who ask: its robots.txt, and to be left alone for a while.

    `rules` is the last robots.txt that could be read, kept while it cannot be had again. `robots_at` is when it was
    asked for last, `unreachable_since` when that began to fail, `reason` and `detail` say why, and `lasting` that it
    will hardly pass by itself. Nothing is asked before `hold_until`; `refusals` counts the answers 429 and 503 since
    the last other one.
    """

    origin: str
    robots: RobotsAnswer | None = None
    rules: str | None = field(default=None, repr=False)
    robots_at: datetime | None = None
    unreachable_since: datetime | None = None
    reason: Reason | None = None
    detail: str | None = None
    lasting: bool = False
    hold_until: datetime | None = None
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link beside the text: its target never is part of the text."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table row with the name of its column ("" where the table names none)."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, table row or definition, in reading order.

    `text` is normalised (extractor/text.py), never empty. `path` holds the headings above the block, outermost first
    (for a heading: without itself). `level` is the heading's level (1-6) or the depth of a list item (1 = outermost),
    else 0. `cells` are filled for table rows. `key` is a short hash of the text alone: equal text, equal key. `ordered`
    is True for an item that belongs behind the one before it: the list is numbered, or it is a further part of an item.
    """

    kind: BlockKind
    text: str
    path: tuple[str, ...]
    key: str
    level: int = 0
    cells: tuple[Cell, ...] = ()
    links: tuple[Link, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class DatedPhrase:
    """A day that a document states for itself, with the phrase that it was read from."""

    day: date
    phrase: str


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a source at one moment, in blocks.

    `fingerprint` is a SHA-256 over the kinds and texts of the blocks, link targets left out: equal fingerprints mean
    that a reader would see the same document. `extraction` names the extractor version and the rules that made it.
    """

    title: str | None
    language: str | None
    effective: DatedPhrase | None
    updated: DatedPhrase | None
    blocks: tuple[Block, ...]
    fingerprint: str
    extraction: str

    @property
    def words(self) -> int:
        """The number of words in all blocks."""
        return sum(len(block.text.split()) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What the raw page looked like, for the gate. Counts are of the whole page, chrome included.

    `visible` is a SHA-256 of all visible text and link targets: equal means that not even the page's machinery differs.
    `closed` is False when an HTML page has no end tag. `script_words` counts words in scripts (an app shell has many).
    """

    visible: str
    visible_words: int
    script_words: int
    links: int
    password_fields: int
    closed: bool
    title: str | None
    visible_head: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """A document together with what its page looked like."""

    document: Document
    page: PageSignals
