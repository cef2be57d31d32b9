"""Questions over all vendors: who uses whom and since when, and what each vendor states, side by side. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from notifier.alphabet import in_register
from notifier.language import Words
from notifier.phrases import ENGLISH, fact_value
from storage.model import Cause, DocumentType, Fact, FactChange, FactType, StatedFact, Version


@dataclass(frozen=True, slots=True)
class Use:
    """A vendor's document names a party, from one version to another.

    It was first named between `not_before` (the last moment at which it was known not to be; None where the history
    begins with it, or where only our way of reading has changed) and `since`. It was last named at `until`, and known
    to be gone at `gone` (None while it stands).
    """

    source_id: str
    vendor: str
    document: DocumentType
    name: str
    role: str | None
    location: str | None
    purpose: str | None
    quote: str
    first_version: int
    last_version: int
    not_before: datetime | None
    since: datetime
    until: datetime
    gone: datetime | None


def find_uses(stated: Iterable[StatedFact], versions: Sequence[Version], name: str | None = None) -> list[Use]:
    """Which parties are named where and when, those that stand first, then by vendor and name.

    `stated` are recipients over the whole history, `versions` those of the same sources, in order. `name` limits it
    to one party, in any spelling of it (legal form, place and case aside).
    """
    from watcher.differ.recipients.names import entity_key, similar  # noqa: PLC0415 - with it comes all of the differ

    wanted = entity_key(name) if name else None
    named: dict[tuple[str, str], dict[int, StatedFact]] = defaultdict(dict)
    for one in stated:
        key = entity_key(one.fact.get("name") or "")
        if (
            one.fact.type is FactType.RECIPIENT
            and key.loose
            and (wanted is None or key.loose == wanted.loose or similar(key, wanted))
        ):
            named[one.source_id, key.loose].setdefault(one.version, one)
    of_source: dict[str, list[Version]] = defaultdict(list)
    for version in versions:
        of_source[version.source_id].append(version)
    uses = [use for (source, _), seen in named.items() for use in _runs(of_source[source], seen)]
    return sorted(uses, key=_place)


def _place(use: Use) -> tuple[bool, tuple[str, str], tuple[str, str], datetime]:
    return use.gone is not None, in_register(use.vendor), in_register(use.name), use.since


def standing(uses: Iterable[Use], at: datetime | None, *, everything: bool) -> list[Use]:
    """Those that stood at a moment, by default the last one that is known; or, with `everything`, all up to it."""
    begun = [use for use in uses if at is None or use.since <= at]
    return [use for use in begun if everything or use.gone is None or (at is not None and use.gone > at)]


def word_of(name: str) -> str | None:
    """A word that stands in every spelling of a name, for a first choice; None if none can be relied on."""
    from watcher.differ.recipients.names import entity_key  # noqa: PLC0415 - with it comes all of the differ

    words = [word for word in entity_key(name).loose.split() if word.isascii() and word.isalnum()]
    return max(words, key=len, default=None)


def _runs(versions: Sequence[Version], seen: Mapping[int, StatedFact]) -> list[Use]:
    """Versions in a row that name the party, each row as one use."""
    found: list[Use] = []
    run: list[Version] = []
    before: Version | None = None
    for version, after in pairwise([*versions, None]):
        assert version is not None
        if version.number not in seen:
            before, run = version, []
            continue
        run.append(version)
        if after is None or after.number not in seen:
            found.append(_use(run, seen, before, after))
    return found


def _use(run: Sequence[Version], seen: Mapping[int, StatedFact], before: Version | None, after: Version | None) -> Use:
    """The newest wording of a row stands for it."""
    last = seen[run[-1].number]
    return Use(
        source_id=last.source_id,
        vendor=last.vendor,
        document=last.document,
        name=last.fact.get("name") or "",
        role=last.fact.get("role"),
        location=last.fact.get("location"),
        purpose=last.fact.get("purpose"),
        quote=last.fact.quote,
        first_version=run[0].number,
        last_version=run[-1].number,
        not_before=before.last_seen if before and run[0].cause is not Cause.RE_EXTRACTED else None,
        since=run[0].first_seen,
        until=run[-1].last_seen,
        gone=after.first_seen if after else None,
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """What a vendor states of one kind: the values in words, each once, and the facts behind them."""

    values: tuple[str, ...]
    facts: tuple[StatedFact, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What one vendor states, a cell for every column. Not `read`: none of its documents had a version yet."""

    vendor: str
    read: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Vendors by kinds of fact. `rows` has every vendor asked for, also one that states nothing."""

    columns: tuple[FactType, ...]
    rows: tuple[Row, ...]


# What a person compares vendors by; the other kinds on request.
COLUMNS = (
    FactType.RECIPIENT,
    FactType.TRANSFER,
    FactType.AI,
    FactType.RETENTION,
    FactType.NOTICE_PERIOD,
    FactType.SECURITY,
    FactType.CONTACT,
    FactType.AUTHORITY,
)


def build_matrix(
    stated: Iterable[StatedFact], vendors: Iterable[str], columns: Sequence[FactType], read: Iterable[str]
) -> Matrix:
    """Vendors in the order of their names, each with a cell for every column; `read` are those with a version."""
    seen = frozenset(read)
    cells: dict[tuple[str, FactType], list[StatedFact]] = defaultdict(list)
    for one in stated:
        cells[one.vendor, one.fact.type].append(one)
    names = sorted(set(vendors), key=in_register)
    return Matrix(
        tuple(columns),
        tuple(Row(name, name in seen, tuple(_cell(cells[name, column]) for column in columns)) for name in names),
    )


def _cell(stated: Sequence[StatedFact]) -> Cell:
    return Cell(values_of(stated), tuple(stated))


def values_of(stated: Sequence[StatedFact], words: Words = ENGLISH) -> tuple[str, ...]:
    """What facts of one kind say in words, each once. Where some say how long, those that do not add no value."""
    exact = [one.fact for one in stated if "period" not in dict(one.fact.fields) or one.fact.get("period")]
    facts = exact or [one.fact for one in stated]
    return tuple(dict.fromkeys(value for fact in facts if (value := in_words(fact, words))))


def in_words(fact: Fact, words: Words = ENGLISH) -> str:
    """What one fact says in a few words, without the sentence it was read from; "" if nothing of it is typed."""
    said = dict(fact.fields)
    if fact.type is FactType.RETENTION:
        parts = [_value(fact, said["period"], words) or "no period", said["subject"]]
    elif fact.type is FactType.NOTICE_PERIOD:
        # Business or calendar is a question for days; an hour is an hour.
        days = f"{said['days']} days" if said["days"] and not (said["period"] or "").startswith("PT") else None
        parts = [_value(fact, said["period"], words), days, (said["of"] or "").replace("-", " ")]
    elif fact.type is FactType.CONTACT:
        parts = [said["email"] or said["phone"] or said["name"], said["role"]]
    elif fact.type is FactType.RECIPIENT:
        parts = [said["name"], said["location"]]
    else:
        parts = [_value(fact, value, words) for value in said.values() if value]
    first, *rest = [part for part in parts if part] or [""]
    return f"{first} ({', '.join(rest)})" if rest else first


def _value(fact: Fact, value: str | None, words: Words) -> str | None:
    return fact_value(FactChange(fact.type, None, None, value), value, words) if value else None
