"""Who uses whom, since when: the recipients of one vendor as a timeline, and the vendors of one recipient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache

from notifier.alphabet import in_register
from storage.model import FactQuery, FactType, StatedFact, Version
from watcher.exchange.naming import slug
from watcher.questions import Use, find_uses, word_of
from watcher.web.places import diff_path, version_path
from watcher.web.reading import Reading
from watcher.web.rooms.catalogue import catalogue
from watcher.web.rooms.lines import Part, part

A_PAGE = 120
WIDE = 1000
# So many documents at most are looked at for one party.
MOST_SOURCES, MOST_LINES = 60, 80


@dataclass(frozen=True, slots=True)
class UseLine:
    """One party in one document. `x` and `width` are its stretch of time on a line `WIDE` long.

    `came` is the page on which it came: a comparison, or the first version where the history begins with it. `went` is
    the comparison in which it went, None while it stands.
    """

    use: Use
    vendor_path: str
    source_path: str
    recipient_path: str
    came: str
    went: str | None
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Uses on one scale of time, with its years as days and places on the scale."""

    lines: tuple[UseLine, ...]
    begins: date | None
    ends: date
    years: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A recipient that some document names now; `spellings` are other ways in which it is written."""

    path: str
    name: str
    spellings: tuple[str, ...]
    vendors: tuple[str, ...]
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parties:
    """A page of recipients, and the words by which they were chosen."""

    rows: Part[Party]
    query: str


def timeline(reading: Reading, uses: Sequence[Use]) -> Timeline:
    """Uses, those that stand first, on a scale from the first of them to today."""
    known = catalogue(reading)
    begin = min((use.since for use in uses), default=None)
    end = datetime.combine(reading.today, time.max, tzinfo=UTC)
    begin = min(begin, end) if begin else None
    lines = tuple(
        UseLine(
            use=use,
            vendor_path=known.vendor_path(use.source_id),
            source_path=version_path(use.source_id, use.last_version),
            recipient_path=party_path(use.name),
            came=_came(use),
            went=diff_path(use.source_id, use.last_version, use.last_version + 1) if use.gone else None,
            x=_place(use.since, begin, end),
            width=max(_place(use.gone or end, begin, end) - _place(use.since, begin, end), 6),
        )
        for use in uses
    )
    first_year = begin.year + 1 if begin else end.year + 1
    years = tuple(
        (year, _place(datetime(year, 1, 1, tzinfo=UTC), begin, end)) for year in range(first_year, end.year + 1)
    )
    return Timeline(lines, begin.date() if begin else None, end.date(), years)


def uses_of(reading: Reading, source_ids: Sequence[str]) -> list[Use]:
    """All parties that these documents ever named."""
    stated: list[StatedFact] = []
    versions: list[Version] = []
    for source_id in source_ids:
        stated += reading.store.stated(FactQuery(types=(FactType.RECIPIENT,), source_id=source_id, history=True))
        versions += reading.store.versions(source_id)
    return find_uses(stated, versions)


def parties(reading: Reading) -> tuple[Party, ...]:
    """Every recipient that is named now, by name; those that are spelt alike are one."""
    return _now(reading)[0]


def parties_part(reading: Reading, number: int, wanted: str = "") -> Parties | None:
    """A page of them, or of those that are wanted by a piece of their name."""
    word = wanted.strip().casefold()
    chosen = [
        one
        for one in parties(reading)
        if not word or any(word in name.casefold() for name in (one.name, *one.spellings))
    ]
    rows = part(chosen, number, A_PAGE, "recipients/")
    return None if rows is None else Parties(rows, wanted)


def party(reading: Reading, path: str) -> tuple[Party, Timeline] | None:
    """One recipient with everybody who names it or did, None where nobody names it now."""
    found = next((one for one in parties(reading) if one.path == path), None)
    if found is None:
        return None
    return reading.once(
        ("party", path, reading.today), lambda: (found, timeline(reading, named(reading, found.name)[:MOST_LINES]))
    )


def named(reading: Reading, name: str) -> list[Use]:
    """Who names a party now, and who did as far as the search finds its name; in any spelling of it."""
    if not reading.live:
        return reading.once("all uses", lambda: _all_uses(reading)).get(party_path(name), [])
    now = set(_now(reading)[1].get(party_path(name), ()))
    then = {hit.source_id for hit in reading.store.search(name, MOST_SOURCES)}
    uses: list[Use] = []
    word = word_of(name)
    for source_id in [*sorted(now), *sorted(then - now)][:MOST_SOURCES]:
        query = FactQuery(types=(FactType.RECIPIENT,), source_id=source_id, history=True, word=word)
        if stated := reading.store.stated(query):
            uses += find_uses(stated, reading.store.versions(source_id), name)
    return sorted(uses, key=_order)


@lru_cache(maxsize=50_000)
def party_path(name: str) -> str:
    """The page of a recipient: the same for every spelling of its name."""
    from watcher.differ.recipients.names import entity_key  # noqa: PLC0415 - with it comes all of the differ

    return f"recipients/{slug(entity_key(name).loose) or 'other'}/"


def _all_uses(reading: Reading) -> dict[str, list[Use]]:
    """Every use of every document by the page of its party: where all pages are made, once through is cheaper."""
    found: dict[str, list[Use]] = defaultdict(list)
    for source_id in catalogue(reading).states:
        for use in uses_of(reading, [source_id]):
            found[party_path(use.name)].append(use)
    return {path: sorted(members, key=_order) for path, members in found.items()}


def _order(use: Use) -> tuple[bool, tuple[str, str], datetime]:
    return use.gone is not None, in_register(use.vendor), use.since


def _now(reading: Reading) -> tuple[tuple[Party, ...], dict[str, tuple[str, ...]]]:
    """Every party that is named now, and by the page of each the sources that name it."""

    def make() -> tuple[tuple[Party, ...], dict[str, tuple[str, ...]]]:
        stated = reading.store.stated(FactQuery(types=(FactType.RECIPIENT,)))
        naming: dict[str, dict[str, None]] = defaultdict(dict)
        for one in stated:
            naming[party_path(one.fact.get("name") or "")][one.source_id] = None
        return _parties(stated), {path: tuple(found) for path, found in naming.items()}

    return reading.lately("parties", make)


def _parties(stated: Sequence[StatedFact]) -> tuple[Party, ...]:
    groups: dict[str, list[StatedFact]] = defaultdict(list)
    for one in stated:
        groups[party_path(one.fact.get("name") or "")].append(one)
    found = []
    for path, members in groups.items():
        names = _most_used(one.fact.get("name") or "" for one in members)
        found.append(
            Party(
                path=path,
                name=names[0],
                spellings=tuple(names[1:6]),
                vendors=tuple(sorted({one.vendor for one in members}, key=in_register)),
                locations=tuple(sorted({place for one in members if (place := one.fact.get("location"))}))[:6],
            )
        )
    return tuple(sorted(found, key=lambda one: (in_register(one.name), one.path)))


def _most_used(names: Iterable[str]) -> list[str]:
    counts: dict[str, int] = defaultdict(int)
    for name in names:
        counts[name] += 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def _came(use: Use) -> str:
    if use.first_version == 1:
        return version_path(use.source_id, 1)
    return diff_path(use.source_id, use.first_version - 1, use.first_version)


def _place(when: datetime, begin: datetime | None, end: datetime) -> int:
    """Where a moment stands on the line."""
    if begin is None or end <= begin:
        return 0
    return round(min(max((when - begin) / (end - begin), 0), 1) * WIDE)
