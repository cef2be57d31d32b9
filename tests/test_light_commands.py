"""A command that only reads the history loads nothing that only checks, alerts or upgrades need."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store

KEY = "acme/privacy"
HEAVY = (
    "apprise",
    "bs4",
    "holidays",
    "icalendar",
    "lxml",
    "sqlite_utils",
    "urllib3",
    "warcio",
    "watcher.differ.compare",
    "watcher.differ.facts",
    "watcher.extractor.html",
)
RUN = """
import sys
from watcher.cli import main
try:
    main(sys.argv[2:])
except SystemExit as end:
    print(end.code, *sorted(set(sys.argv[1].split()) & set(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two versions."""
    path = tmp_path_factory.mktemp("light") / "store.db"
    with closing(open_store(path, write=True)) as store:
        store.sync_sources([source(KEY)], START)
        for number in (1, 2):
            when = START + number * DAY
            checked(store, KEY, when, new_version(KEY, number, when, [f"Text {number}."]))
    return path


@pytest.mark.parametrize(
    "command",
    [("history", KEY), ("log",), ("show", KEY), ("search", "text"), ("recipients", "Acme"), ("facts", "--all")],
    ids=lambda command: command[0],
)
def test_reading_loads_little(place: Path, command: tuple[str, ...]) -> None:
    """Half of the time of such a command is loading; what it does not use is not loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, " ".join(HEAVY), "--store", str(place), *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=place.parent,
    )
    assert done.stderr.splitlines()[-1:] == ["0"], done.stderr
