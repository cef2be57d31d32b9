"""Kills a migration at its statements: `migration_killer.py OLD FOLDER FIRST STEP`, one copy of OLD after another.

Each round a child opens a copy to write and dies at a statement (FIRST, FIRST + STEP, …), without a word and without
closing anything. Ends with the number of rounds once a child gets to the end.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from itertools import count
from pathlib import Path
from typing import Any

from storage import connect as opening
from storage.connect import open_store
from storage.sqlite import connect


def main(old: Path, folder: Path, first: int, step: int) -> int:
    """How many were killed; copies lie in the folder, named by the statement at which it happened."""
    for rounds, deadly in enumerate(count(first, step)):
        place = folder / f"{deadly}.db"
        shutil.copyfile(old, place)
        child = os.fork()
        if child == 0:
            _open_and_die(place, deadly)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
            place.unlink()
            return rounds
    raise AssertionError


def _open_and_die(place: Path, deadly: int) -> None:
    statements = count(1)

    def traced(*arguments: Any, **keywords: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **keywords)
        connection.set_trace_callback(lambda _: os._exit(9) if next(statements) == deadly else None)
        return connection

    vars(opening)["connect"] = traced
    open_store(place, write=True).close()
    os._exit(0)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))  # noqa: T201 - the result
