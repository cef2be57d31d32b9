"""Which vendors and documents there are, and where their pages stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.alphabet import in_register
from storage.model import SourceState
from watcher.exchange.naming import slug
from watcher.web.places import source_path
from watcher.web.reading import Reading

# No document is late before that, nor before twice the time in which it was to be looked at again.
_LONG = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor with its documents, by id."""

    name: str
    path: str
    states: tuple[SourceState, ...]

    @property
    def health(self) -> str:
        """The worst of its documents: "failing", "waiting" (never checked), "fine", or "idle" (not watched)."""
        found = {health_of(state) for state in self.states}
        return next(health for health in ("failing", "waiting", "fine", "idle") if health in found)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Vendors by name, and both ways from a page to what it is about."""

    vendors: tuple[Vendor, ...]
    by_path: Mapping[str, Vendor]
    of_source: Mapping[str, Vendor]
    states: Mapping[str, SourceState]
    sources: Mapping[str, str]

    def vendor_path(self, source_id: str) -> str:
        """The page of the vendor of a source; that of all vendors where the source is not known."""
        vendor = self.of_source.get(source_id)
        return vendor.path if vendor else "vendors/"


def catalogue(reading: Reading) -> Catalogue:
    """The catalogue of the store as it is now, at most two seconds old."""
    return reading.soon("catalogue", lambda: build(reading.store.states()))


def build(states: Iterable[SourceState]) -> Catalogue:
    """Vendors in the order of their names, which are the same whatever their case. Pure."""
    groups: dict[str, list[SourceState]] = defaultdict(list)
    for state in states:
        groups[state.vendor.casefold()].append(state)
    vendors: list[Vendor] = []
    taken: set[str] = set()
    for _, members in sorted(groups.items()):
        name = _free(slug(members[0].vendor) or "vendor", taken)
        vendors.append(Vendor(members[0].vendor, f"vendor/{name}/", tuple(members)))
    vendors.sort(key=lambda vendor: in_register(vendor.name))
    every = {state.source_id: state for vendor in vendors for state in vendor.states}
    return Catalogue(
        vendors=tuple(vendors),
        by_path={vendor.path: vendor for vendor in vendors},
        of_source={state.source_id: vendor for vendor in vendors for state in vendor.states},
        states=every,
        sources={source_path(key): key for key in every},
    )


def health_of(state: SourceState) -> str:
    """How the checks of one document fare: "fine", "failing", "waiting" or "idle"."""
    if not state.active:
        return "idle"
    if state.outcome is None:
        return "waiting"
    return "fine" if state.outcome.good else "failing"


def health_at(state: SourceState, now: datetime) -> str:
    """As `health_of`, but "late" where the last good check is so long ago that it says nothing about today."""
    found = health_of(state)
    if found != "fine" or state.last_check is None:
        return found
    return "late" if now - state.last_check > max(_LONG, 2 * (state.next_due - state.last_check)) else found


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number behind it where another vendor has it."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free
