"""Which source and which version a person means: what the reading commands ask of a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from difflib import get_close_matches

from storage.errors import UsageError
from storage.model import ChangeQuery, Version
from storage.protocol import Store
from watcher.fetcher.origin import origin_of

# Where to look for a name when none is near.
SOURCES_LISTED = "clausewatch sources list shows them"
_STATUS = "clausewatch status lists them"


def require_source(store: Store, source_id: str) -> str:
    """The id itself. Raises UsageError with the nearest known id when the store has never seen it."""
    known = [source.id for source in store.sources()]
    if source_id not in known:
        raise UsageError(f"no source {source_id!r} in the store{did_you_mean(source_id, known, _STATUS)}")
    return source_id


def holds(store: Store, source_id: str, now: datetime) -> list[str]:
    """Which hosts of a source want to be left alone, a line for each."""
    urls = next((source.urls for source in store.sources() if source.id == source_id), ())
    known = store.hosts(sorted({origin_of(url) for url in urls}))
    return [
        f"{host.origin} asked to be left alone until {host.hold_until:%Y-%m-%d %H:%M} UTC"
        for host in known
        if host.hold_until is not None and host.hold_until > now
    ]


def require_vendor(vendor: str, known: list[str]) -> None:
    """Raises UsageError with the nearest known name when no source of the store is of this vendor, in any case."""
    if vendor.casefold() not in {name.casefold() for name in known}:
        raise UsageError(f"no vendor {vendor!r} in the store{did_you_mean(vendor, known, SOURCES_LISTED)}")


def vendors_named(store: Store, vendor: str | None) -> list[str]:
    """The vendors of that name in any case, or all, by name. Raises UsageError for one that the store does not know."""
    known = sorted({source.vendor for source in store.sources()})
    if vendor is None:
        return known
    require_vendor(vendor, known)
    return [name for name in known if name.casefold() == vendor.casefold()]


def did_you_mean(word: str, known: list[str], otherwise: str = "") -> str:
    """A hint with the nearest known word, else where to look, else nothing."""
    folded = {one.casefold(): one for one in reversed(known)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    hint = f'did you mean "{folded[near[0]]}"?' if near else otherwise
    return f" ({hint})" if hint else ""


def pick(store: Store, wanted: str) -> Version:
    """The version that `SOURCE`, `SOURCE@N` or `SOURCE@YYYY-MM-DD` names; without a part behind @ the newest.

    A day means the version that stood at its end (UTC). Raises UsageError when there is none.
    """
    source_id, _, when = wanted.partition("@")
    versions = versions_of(store, source_id)
    return named(versions, when) if when else versions[-1]


def ahead(wanted: str, now: datetime) -> str | None:
    """What to say of a `SOURCE@YYYY-MM-DD` whose day lies ahead: as with Memento it means the newest version."""
    source_id, _, when = wanted.partition("@")
    try:
        day = date.fromisoformat(when)
    except ValueError:
        return None
    if day <= now.astimezone(UTC).date():
        return None
    return f"{source_id}: {day.isoformat()} lies ahead; this is the newest version that is known today"


def pick_change(store: Store, wanted: str) -> tuple[str, int, int | None]:
    """Source, version and position of the change that `SOURCE@VERSION#POSITION` names.

    The position is None for `SOURCE@VERSION`: all changes of that version. Raises UsageError when there is none.
    """
    name, hash_, position = wanted.partition("#")
    source_id, _, when = name.partition("@")
    versions = versions_of(store, source_id)
    if not when:
        raise UsageError(f"{wanted}: name the version too, as in {source_id}@{versions[-1].number} (clausewatch log)")
    number = named(versions, when).number
    changes = store.changes(ChangeQuery(source_id=source_id, version=number))
    if not changes:
        raise UsageError(f"{source_id}@{number}: this version has no recorded change (clausewatch log)")
    if not hash_:
        return source_id, number, None
    known = {str(one.position) for one in changes}
    if position not in known:
        count = len(known)
        raise UsageError(
            f'{source_id}@{number}: no change "{position}"; its changes are #0' + f" to #{count - 1}" * (count > 1)
        )
    return source_id, number, int(position)


def versions_of(store: Store, source_id: str) -> list[Version]:
    """Every version of a source, oldest first. Raises UsageError when there is none yet."""
    versions = store.versions(require_source(store, source_id))
    if not versions:
        raise UsageError(f"{source_id}: no version yet (see: clausewatch status)")
    return versions


def named(versions: list[Version], name: str) -> Version:
    """The version with this number, or the one that stood at the end of this day. Raises UsageError."""
    source_id = versions[0].source_id
    if name.isascii() and name.isdigit():
        found = next((version for version in versions if version.number == int(name)), None)
        if found is None:
            raise UsageError(f"{source_id}: no version {name}; there are 1 to {versions[-1].number}")
        return found
    try:
        end = datetime.combine(date.fromisoformat(name), time.max, tzinfo=UTC)
    except ValueError as error:
        raise UsageError(
            f'{source_id}: "{name}" is neither a version number nor a day (write 3 or 2026-05-01)'
        ) from error
    stood = [version for version in versions if version.first_seen <= end]
    if not stood:
        first = versions[0].first_seen.date().isoformat()
        raise UsageError(f"{source_id}: nothing was seen by {name} yet; the first version is of {first}")
    return stood[-1]
