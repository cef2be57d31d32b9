"""Lengths of time and of pages as a person writes them: "30s", "5m", "12h", "1d", "2w"; "10MB"."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"([0-9]{1,9})([smhdw])")
_SIZE = re.compile(r"([0-9]{1,12})(B|kB|KB|MB|GB|KiB|MiB|GiB)")
_SIZES = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
_DAYS_OR_WEEKS = re.compile(r"([1-9][0-9]{0,3})([dw])")
# A calendar period of ISO 8601 without a time of day; at least one part, none of them zero.
_ISO_PERIOD = re.compile(
    r"P(?=[0-9])(?:[1-9][0-9]{0,2}Y)?(?:[1-9][0-9]{0,2}M)?(?:[1-9][0-9]{0,2}W)?(?:[1-9][0-9]{0,3}D)?"
)


def parse_duration(text: str) -> timedelta | None:
    """The time that "30s", "5m", "12h", "1d" or "2w" means; None for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        return timedelta.max


def parse_size(text: str) -> int | None:
    """The bytes that "500kB", "10MB" or "8MiB" means; None for anything else."""
    match = _SIZE.fullmatch(text)
    return int(match[1]) * _SIZES[match[2]] if match else None


def parse_period(text: str) -> str | None:
    """A calendar period as ISO 8601: "30d" is "P30D", "2w" is "P2W", "P1M" stays; None for anything else."""
    if match := _DAYS_OR_WEEKS.fullmatch(text):
        return f"P{match[1]}{match[2].upper()}"
    return text if _ISO_PERIOD.fullmatch(text) else None
