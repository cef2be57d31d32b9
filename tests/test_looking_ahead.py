"""What a day that lies ahead means, and what is told of stores and stamps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.model import Stamp
from watcher.doctor import examine
from watcher.history import ahead
from watcher.report.contract import stamped_json
from watcher.timestamps.standing import Standing

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("wanted", ["a/b", "a/b@3", "a/b@2026-03-01", "a/b@2020-01-01", "a/b@soon"])
def test_what_is_not_ahead_is_not_told(wanted: str) -> None:
    """Numbers, today and what was."""
    assert ahead(wanted, NOW) is None


def test_a_day_ahead_is_told() -> None:
    """It means the newest version, and whoever mistyped the year sees it."""
    assert ahead("a/b@2062-01-01", NOW) == "a/b: 2062-01-01 lies ahead; this is the newest version that is known today"


def test_a_database_is_not_warned_of_sqlite() -> None:
    """What SQLite is like matters for a store in a file alone."""
    assert "sqlite" not in {one.name for one in examine(None, "postgresql://127.0.0.1:1/none", NOW)}
    assert "sqlite" in {one.name for one in examine(None, "/nonexistent/store.db", NOW)}


def test_stamps_are_told_in_json() -> None:
    """The last good one, and an attempt that failed since."""
    good = Stamp(3, "h", "https://tsa.example/", NOW, NOW, b"token", None)
    bad = Stamp(5, "i", "https://tsa.example/", NOW, None, None, "no answer")
    told = stamped_json(Standing(good, bad, 2))
    assert told["last"]["record"] == 3
    assert told["failed"]["error"] == "no answer"
    assert stamped_json(Standing(None, None, 0)) == {"last": None, "failed": None, "unstamped": 0}
