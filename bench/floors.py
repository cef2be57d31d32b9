"""The floors of quality: each figure of `python -m bench.quality` with the best it has ever been.

`tests/differ/floors.toml` holds them. `--pin` raises every floor to what is measured and never lowers one. Who lowers a
floor does it by hand, below its `best` and with a `reason`; a floor that hangs below its best without one is a fault.
The digests say which corpus and which edits the floors were measured on: other data, other figures.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).resolve().parents[1] / "tests" / "differ" / "floors.toml"
# So much may a figure lie above its floor before the floor must follow.
SLACK = 0.005
_HEAD = """\
# What the differ reaches on the labelled corpus and on our own edits; written by `python -m bench.quality --pin`, which
# only ever raises a floor. To lower one, write its floor below its best, with a reason:
#   "lead" = { floor = 0.80, best = 0.82, reason = "the rule named a vendor" }
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a figure may be, the best it ever was, and why the one lies below the other."""

    floor: float
    best: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Floors:
    """All floors by row and figure, and the digests of the data they were measured on."""

    digests: Mapping[str, str]
    rows: Mapping[str, Mapping[str, Floor]]


def load_floors(path: Path = PLACE) -> Floors:
    """Read the floors. Raises ValueError with every floor that was lowered without a reason."""
    data = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    rows = {row: {name: _floor(value) for name, value in data[row].items()} for row in data if row != "digests"}
    bare = [
        f"{path.name}: [{row}] {name}: {one.floor} lies below its best {one.best} (write a reason)"
        for row, figures in rows.items()
        for name, one in figures.items()
        if one.floor < one.best and not one.reason.strip()
    ]
    if bare:
        raise ValueError("\n".join(bare))
    return Floors(data.get("digests", {}), rows)


def _floor(value: float | Mapping[str, object]) -> Floor:
    if isinstance(value, int | float):
        return Floor(float(value), float(value))
    return Floor(float(str(value["floor"])), float(str(value["best"])), str(value.get("reason", "")))


def broken(floors: Floors, measured: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Every figure below its floor, or without one, in words."""
    found = []
    for row, figures in floors.rows.items():
        for name, one in figures.items():
            value = measured.get(row, {}).get(name)
            if value is None:
                found.append(f"{row}: {name} is no longer measured")
            elif rounded(value) < one.floor:
                found.append(f"{row}: {name} fell to {rounded(value)}, below {one.floor}")
    return found


def lagging(floors: Floors, measured: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Every figure that has risen above its floor, or has none yet: `--pin` makes the floor follow."""
    return [
        f"{row}: {name} is {rounded(value)} now"
        for row, figures in measured.items()
        for name, value in figures.items()
        if name not in floors.rows.get(row, {}) or rounded(value) > floors.rows[row][name].best + SLACK
    ]


def pin(
    floors: Floors, measured: Mapping[str, Mapping[str, float]], digests: Mapping[str, str], path: Path = PLACE
) -> None:
    """Write the floors, each raised to what is measured where that is more."""
    lines = [_HEAD, "[digests]", *(f'{name} = "{digest}"' for name, digest in sorted(digests.items()))]
    for row, figures in sorted(measured.items()):
        lines += ["", f'["{row}"]']
        for name, value in figures.items():
            lines.append(f'"{name}" = {_written(floors.rows.get(row, {}).get(name), rounded(value))}')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _written(known: Floor | None, value: float) -> str:
    if known is None or value >= known.best:
        return f"{max(value, known.best if known else value)}"
    if known.reason:
        return f'{{ floor = {max(known.floor, value)}, best = {known.best}, reason = "{known.reason}" }}'
    return f"{known.best}"


def rounded(value: float) -> float:
    """A figure as it is written: three digits, never rounded up."""
    return int(value * 1000 + 1e-9) / 1000


def digest(paths: Iterable[Path], place: Path) -> str:
    """SHA-256 over the names below `place` and the bytes of all files, in order; 16 hexadecimal digits of it."""
    made = hashlib.sha256()
    for path in sorted(paths):
        made.update(path.relative_to(place).as_posix().encode() + b"\0")
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()[:16]
