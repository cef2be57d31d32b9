"""Origins in the PostgreSQL store: their robots.txt, and until when they are left alone."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import timedelta

from storage.codec import clean, from_row, instant, row
from storage.model import HostState
from storage.postgres.session import Session

KEPT = timedelta(days=60)
COLUMNS = "origin, robots, rules, robots_at, unreachable_since, reason, detail, lasting, hold_until, refusals"
RULES = 2  # the place of `rules` among them
_NAMES = [name.strip() for name in COLUMNS.split(",")]
_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])


def states(session: Session, origins: Sequence[str] | None) -> list[HostState]:
    """What is known of these origins, or of all, by origin."""
    where, asked = ("", ()) if origins is None else ("WHERE origin = ANY(?)", ([clean(one) for one in origins],))
    found = []
    for values in session.execute(f"SELECT {COLUMNS} FROM hosts {where} ORDER BY origin", asked):  # noqa: S608 - constants
        packed = values[RULES]
        rules = None if packed is None else zlib.decompress(packed).decode()
        found.append(from_row(HostState, (*values[:RULES], rules, *values[RULES + 1 :])))
    return found


def keep(session: Session, known: Sequence[HostState]) -> None:
    """Write what is known of these origins; what another worker has learnt of one in between gives way."""
    rows = []
    for state in sorted({state.origin: state for state in known}.values(), key=lambda one: one.origin):
        values = row(state)
        packed = None if state.rules is None else zlib.compress(clean(state.rules).encode(), 6)
        rows.append((*values[:RULES], packed, *values[RULES + 1 :]))
    newest = max((state.robots_at for state in known if state.robots_at), default=None)
    with session.writing():
        session.insert("hosts", COLUMNS, rows, f"ON CONFLICT (origin) DO UPDATE SET {_REPLACED}")
        if newest is not None:
            session.execute("DELETE FROM hosts WHERE robots_at < ?", (instant(newest - KEPT),))
