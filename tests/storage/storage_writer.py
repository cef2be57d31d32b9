"""A run that commits versions, so many or until it is killed; it prints each number once it is acknowledged."""

from __future__ import annotations

import sys
from itertools import count, islice

from storage_samples import START, checked, new_version, source, with_alert

from storage.connect import open_store
from storage.errors import StoreError
from storage.sqlite import SqliteStore

KEY = "acme/privacy"
TARGETS = ("mailto:a@example.org", "json://hook.example")


def main(place: str, commits: int | None, checkpoint: int | None) -> None:
    """Go on from the latest version; the journal is written into the database after so many pages."""
    store = open_store(place, write=True)
    if checkpoint is not None:
        assert isinstance(store, SqliteStore)
        store._connection.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
    store.sync_sources([source(KEY)], START)
    latest = store.latest(KEY)
    for number in islice(count(latest.number + 1 if latest else 1), commits):
        made = new_version(KEY, number, START, [f"Text number {number}.", f"{number % 7} stays a while."])
        checked(store, KEY, START, with_alert(made, TARGETS))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    store.close()


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]] + [None, None]
    try:
        main(sys.argv[1], numbers[0], numbers[1])
    except StoreError as error:
        sys.exit(str(error))
