"""Durations, periods and sizes as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.config.durations import parse_duration, parse_period, parse_size


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30s", timedelta(seconds=30)),
        ("5m", timedelta(minutes=5)),
        ("12h", timedelta(hours=12)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        ("999999999w", timedelta.max),
        *((text, None) for text in ("", "1", "d", "1 d", "1D", "1.5h", "-1d", "+1d", "1d1h", "١d", "1mo", "1d\n")),
    ],
)
def test_durations(text: str, span: timedelta | None) -> None:
    """A whole number and one letter, nothing else."""
    assert parse_duration(text) == span


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("30d", "P30D"),
        ("2w", "P2W"),
        ("P30D", "P30D"),
        ("P1M", "P1M"),
        ("P1Y6M", "P1Y6M"),
        *((text, None) for text in ("", "30", "1m", "1h", "0d", "P", "P0D", "PT1H", "p30d", "P1D1M", "30 d", "P30D ")),
    ],
)
def test_periods(text: str, iso: str | None) -> None:
    """Days and weeks become ISO 8601, calendar periods of ISO 8601 stay."""
    assert parse_period(text) == iso


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("10MB", 10_000_000),
        ("500kB", 500_000),
        ("8MiB", 8 * 2**20),
        ("1GB", 10**9),
        ("77B", 77),
        *((text, None) for text in ("", "10", "10 MB", "10mb", "1.5MB", "-1MB", "MB")),
    ],
)
def test_sizes(text: str, size: int | None) -> None:
    """A whole number and a unit, nothing else."""
    assert parse_size(text) == size


@settings(deadline=None)
@given(st.text(max_size=12))
def test_no_text_makes_them_fail(text: str) -> None:
    """Any text is a value or none."""
    for parse in (parse_duration, parse_period, parse_size):
        assert parse(text) is None or text
