"""What a subscriber may say of times, languages and the shape of messages."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from config_samples import faults_of, subscriber

from storage.model import QuietHours
from watcher.config import load


def test_times_and_languages_arrive(tmp_path: Path) -> None:
    """Each of the keys has its field, a time as a text or as TOML has it."""
    path = tmp_path / "sources.toml"
    path.write_text(subscriber('languages = ["nl"]\nat = 02:30:00\nquiet_hours = "22:00-07:00"\nproof = true'))
    (found,) = load(path).subscribers
    assert (found.languages, found.at, found.proof) == (("nl",), time(2, 30), True)
    assert found.quiet == QuietHours(time(22), time(7))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('at = "8:00"', 'at: "8:00" is not a time of day (write "08:00")'),
        ('at = "24:00"', 'at: "24:00" is not a time of day (write "08:00")'),
        ("at = 8", 'at: 8 is not a time of day (write "08:00")'),
        ('quiet_hours = "22-7"', 'quiet_hours: "22-7" is not a span of the day (write "22:00-07:00")'),
        ('quiet_hours = "07:00-07:00"', 'quiet_hours: "07:00-07:00" has no length (write "22:00-07:00")'),
        ('languages = ["dutch"]', 'languages: "dutch" is not a language of two letters (write "nl")'),
        ('attach = ["pdf"]', 'attach: "pdf" is unknown (one of diff or calendar)'),
        ("proof = 1", "proof: 1 is neither yes nor no (write true or false, without quotes)"),
    ],
)
def test_what_is_no_time(tmp_path: Path, line: str, fault: str) -> None:
    """A wrong value is quoted, with the remedy."""
    (found,) = faults_of(tmp_path / "sources.toml", subscriber(line))
    assert found.endswith(fault)
