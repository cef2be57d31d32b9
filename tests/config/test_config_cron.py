"""`every` as a cron expression, from the file to the source."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from config_samples import GOOD, faults_of

from storage.codec import dump
from storage.codec import load as stored
from storage.model import Cron, Source
from watcher.config import load


def test_an_expression_is_meant_in_the_zone_of_the_file(tmp_path: Path) -> None:
    """The source has the expression with the zone, and the longest gap as its interval; the store keeps both."""
    path = tmp_path / "sources.toml"
    path.write_text('zone = "Europe/Amsterdam"\n[defaults]\nevery = "0 7 * *  1-5"\n' + GOOD)
    source = load(path).sources[0]
    assert (source.cron, source.every) == (Cron("0 7 * * 1-5", "Europe/Amsterdam"), timedelta(days=3))
    assert stored(Source, dump(source)) == source


def test_a_duration_of_a_source_goes_before_an_expression_of_all(tmp_path: Path) -> None:
    """And the other way round."""
    path = tmp_path / "sources.toml"
    path.write_text('[defaults]\nevery = "0 7 * * *"\n' + GOOD.replace("tags", 'every = "2d"\ntags'))
    source = load(path).sources[0]
    assert (source.cron, source.every) == (None, timedelta(days=2))


@pytest.mark.parametrize(
    ("every", "fault"),
    [
        ("0 25 * * *", '"0 25 * * *" is not a cron expression: bad hour (write "0 7 * * 1-5")'),
        ("0 7 * *", '"0 7 * *" is not a cron expression of five fields (write "0 7 * * 1-5")'),
        ("0 7 29 2 *", '"0 7 29 2 *" comes less often than each year (write "0 7 * * 1-5")'),
        ("@daily", '"@daily" is not a duration (write "5m" or "1d")'),
    ],
)
def test_faults_of_an_expression_name_the_field_and_the_remedy(tmp_path: Path, every: str, fault: str) -> None:
    """Line, source, key, what is wrong, what to write."""
    (told,) = faults_of(tmp_path / "sources.toml", GOOD.replace("tags", f'every = "{every}"\ntags'))
    assert told.endswith(f"every: {fault}")
