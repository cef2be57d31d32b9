"""How far the chain is stamped, and how that is told. Nothing here asks anybody."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from storage.model import Stamp
from storage.protocol import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the chain is stamped: the last good stamp, the attempt that failed since, the records since the stamp."""

    last: Stamp | None
    failed: Stamp | None
    unstamped: int


def told(made: Stamp) -> str:
    """What came of an attempt, in one line."""
    if made.at is None:
        return f"no time stamp: {made.error} ({made.authority}); the next run asks again"
    return f"time stamp of record {made.seq}: {made.at:%Y-%m-%d %H:%M:%S} UTC by {made.authority}"


def standing(store: Store) -> Standing:
    """How far the chain is stamped."""
    tip, stamps = store.tip(), store.stamps(limit=1)
    good = [one for one in stamps if one.token is not None]
    failed = next((one for one in stamps if one.token is None), None)
    last = good[-1] if good else None
    return Standing(last, failed, (tip.seq if tip else 0) - (last.seq if last else 0))


def certificates(path: Path | None) -> bytes | None:
    """The certificates in a file, in PEM; None for no file. Raises ValueError."""
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from error
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise ValueError(f"{path}: holds no certificate in PEM")
    return data
