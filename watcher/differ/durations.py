"""ISO 8601 durations in English words."""

from __future__ import annotations

import re

_UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_CLOCK = {"H": "hour", "M": "minute"}
_DURATION = re.compile(r"P(?:(T?)(\d+)([YMWDH]))")


def spelled(duration: str | None) -> str | None:
    """An ISO 8601 duration of one unit in English words; None for anything else."""
    match = _DURATION.fullmatch(duration or "")
    if match is None:
        return None
    unit = (_CLOCK if match[1] else _UNITS).get(match[3])
    if unit is None:
        return None
    return f"{match[2]} {unit}{'' if match[2] == '1' else 's'}"
