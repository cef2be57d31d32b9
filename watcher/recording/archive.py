"""A web archive on the network: the captures that it lists of one address, each fetched when its turn comes.

Two ways in: the index of the Wayback Machine and of its likes (CDX), and the TimeMap of any archive that speaks Memento
(RFC 7089). Pages are asked for as they were recorded (`…id_/…`), without the bar that archives put on top.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from storage.errors import ClausewatchError, UsageError
from storage.model import Capture
from watcher.fetcher import FetchFailure
from watcher.recording.tape import MAX_BYTES, YEARS, Missing, Recording, Taken, spread

# A list of all captures of one page; ten thousand lines of an index take a megabyte.
LIST_BYTES = 50_000_000
# How long one request is waited for at most when the archive asks for patience, and how often that is done.
LONGEST_WAIT = 300.0
TRIES = 4
_PAUSE = 5.0  # seconds before a request that failed by itself is sent again; doubled each time
_KINDS = ("text/html", "application/xhtml+xml", "application/pdf", "text/plain", "text/markdown")
_STAMP = re.compile(r"[0-9]{14}")
_IN_PATH = re.compile(r"/([0-9]{14})(?:[a-z]{2}_)?/")
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[a-z]+=(?:\"[^\"]*\"|[^\s,;]*))*)", re.IGNORECASE)
_MOST = 100_000
# What an archive says of the answer that it recorded stands behind this.
_ORIGINAL = "x-archive-orig-"
_HEADERS = ("etag", "last-modified", "date")


@dataclass(frozen=True, slots=True)
class Network:
    """How an archive is asked: `fetch` gets one address, `pause` waits so many seconds."""

    fetch: Callable[[str], Capture | FetchFailure]
    pause: Callable[[float], object]


@dataclass(frozen=True, slots=True)
class _Memento:
    """One capture that the archive lists: its own address there, and the hash of its bytes where that is told."""

    at: datetime
    place: str
    digest: str = ""


def open_archive(
    service: str, page: str, network: Network, *, since: date | None = None, until: date | None = None
) -> Recording:
    """The captures of a page between two days, both included, as an archive lists them. Asks for the list only.

    `service` is the root of a Wayback Machine (`https://web.archive.org`), or the address of a TimeMap without the page
    (`https://archive.example/timemap/link/`). Raises UsageError when the list is empty, or none, ClausewatchError
    when it cannot be had now.
    """
    root = service.rstrip("/")
    if "timemap" in urlsplit(service).path.lower():
        place = f"{service}{page}" if service.endswith(("/", "=")) else f"{service}/{page}"
        listed = _timemap(_list(place, network), place)
    else:
        asked = {"url": page, "output": "json", "fl": "timestamp,original,mimetype,statuscode,digest"}
        days = {"from": since and f"{since:%Y%m%d}", "to": until and f"{until:%Y%m%d}"}
        also = {"filter": "statuscode:200", "collapse": "digest", **{key: day for key, day in days.items() if day}}
        listed = _index(_list(f"{root}/cdx/search/cdx?{urlencode(asked | also)}", network), f"{root}/web")
    found: dict[str, _Memento] = {}
    for one in listed:
        if (since is None or one.at.date() >= since) and (until is None or one.at.date() <= until):
            found.setdefault(one.place, one)
        if len(found) > _MOST:
            raise UsageError(f"{root}: lists more than {_MOST} captures of {page}; name days (--since, --until)")
    if not found:
        raise UsageError(f"{root}: has no capture of {page}" + (" between these days" if since or until else ""))
    order = sorted(found.values(), key=lambda one: (one.at, one.place))
    return Recording(
        page=page,
        vendor=urlsplit(page).hostname or page,
        url=page,
        captures=spread((one.place, one.at) for one in order),
        bodies=partial(_bodies, found, network),
    )


def _list(place: str, network: Network) -> bytes:
    answer = _patiently(place, network)
    if isinstance(answer, FetchFailure):
        bare = place.partition("?")[0]
        if answer.transient:
            raise ClausewatchError(f"{bare}: {answer.detail}; run again later")
        hint = "; name the root of a Wayback Machine, or a TimeMap" if answer.status in {400, 404} else ""
        raise UsageError(f"{bare}: {answer.detail}{hint}")
    return answer.body


def _index(data: bytes, snapshots: str) -> Iterator[_Memento]:
    """The lines of an index, as one JSON array or as one JSON object a line. Raises UsageError for anything else."""
    try:
        rows = list(_rows(data.decode("utf-8", "replace")))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{snapshots}: what came is no index of captures in JSON") from error
    for row in rows:
        kind = str(row.get("mimetype") or row.get("mime") or "")
        at = _moment(str(row.get("timestamp")))
        status, original = str(row.get("statuscode") or row.get("status")), row.get("original") or row.get("url")
        if at is None or status != "200" or kind not in _KINDS or not isinstance(original, str):
            continue
        if re.match(r"https?://", original):
            place = f"{snapshots}/{at:%Y%m%d%H%M%S}id_/{_spelt(original)}"
            yield _Memento(at, place, str(row.get("digest") or ""))


def _rows(text: str) -> Iterator[dict[str, Any]]:
    """Raises ValueError."""
    if not text.strip():
        return
    if not text.lstrip().startswith("["):
        yield from (one for line in text.splitlines() if line.strip() and isinstance(one := json.loads(line), dict))
        return
    table = json.loads(text)
    if not table:
        return
    if not all(isinstance(row, list) for row in table):
        raise ValueError("not a table")
    names = [str(name) for name in table[0]]
    yield from (dict(zip(names, row, strict=False)) for row in table[1:])


def _timemap(data: bytes, base: str) -> Iterator[_Memento]:
    """The mementos of a TimeMap in link format (RFC 7089, 5); further TimeMaps that it names are not followed."""
    for found in _LINK.finditer(data.decode("utf-8", "replace")):
        fields = {
            name.lower(): value.strip('"')
            for name, value in re.findall(r"([a-z]+)=(\"[^\"]*\"|[^\s,;]*)", found[2], re.IGNORECASE)
        }
        if "memento" not in fields.get("rel", "").lower().split():
            continue
        at = _http_date(fields.get("datetime"))
        place = urljoin(base, found[1])
        if at is not None and re.match(r"https?://", place):
            yield _Memento(at, _IN_PATH.sub(r"/\1id_/", place, count=1))


def _bodies(known: dict[str, _Memento], network: Network, names: Sequence[str]) -> Iterator[Taken | Missing]:
    """Each capture as it was recorded, or why it cannot be had.

    Raises ClausewatchError when the archive does not answer any more: what was had until then is recorded, and the
    same call again goes on there.
    """
    for name in names:
        answer = _patiently(name, network)
        if isinstance(answer, FetchFailure):
            if answer.transient:
                raise ClausewatchError(f"{name}: {answer.detail}; run again later, it goes on from here")
            yield Missing(answer.detail)
            continue
        yield _taken(known[name], answer)


def _taken(asked: _Memento, answer: Capture) -> Taken | Missing:
    """An answer of the archive, unless it is of another moment: archives lead to the nearest where one is lost."""
    stated = _http_date(answer.header("Memento-Datetime"))
    path = _IN_PATH.search(urlsplit(answer.final_url).path)
    at = stated or (_moment(path[1]) if path else None)
    if at is not None and at != asked.at:
        return Missing(f"the archive answered with the capture of {at:%Y-%m-%d %H:%M:%S}")
    if answer.media_type not in _KINDS:
        return Missing(f"it came as {answer.media_type or 'nothing known'}, which is no page")
    if len(answer.body) > MAX_BYTES:
        return Missing(f"larger than {MAX_BYTES} bytes")
    kept = [(name, answer.header(f"{_ORIGINAL}{name}")) for name in _HEADERS]
    digest = f" digest {asked.digest[:100]}" if asked.digest else ""
    return Taken(
        answer.body,
        f"archive {answer.final_url} fetched {answer.fetched_at:%Y-%m-%dT%H:%M:%SZ}{digest}",
        answer.media_type,
        tuple((name, value) for name, value in kept if value),
        answer.charset,
    )


def _patiently(place: str, network: Network) -> Capture | FetchFailure:
    """One answer, asked for again where that may help, and not before the archive wants to be asked."""
    pause = _PAUSE
    for _ in range(TRIES - 1):
        answer = network.fetch(place)
        if isinstance(answer, Capture) or not answer.transient or (answer.retry_after or 0.0) > LONGEST_WAIT:
            return answer
        network.pause(max(answer.retry_after or 0.0, pause))
        pause *= 2
    return network.fetch(place)


def _moment(text: str) -> datetime | None:
    """A time of fourteen digits; None for what is none."""
    if not _STAMP.fullmatch(text):
        return None
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if at.year in YEARS else None


def _http_date(text: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at if at.year in YEARS else None


def _spelt(original: str) -> str:
    """An address as it may stand behind another one: what no address may hold is escaped."""
    return quote(original, safe="%:/?#[]@!$&'()*+,;=~-._")
