"""Copies of a store: made while it is used, proved before they count, and put back without losing what was there.

A copy is made by SQLite's own backup, which takes one moment of the database, journal included; copying the file alone
would not. It is built beside its place and renamed, so that a half copy never has its name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from storage.connect import judge, open_store, place_of, within
from storage.errors import StoreError, StoreMissing, WrongPlace
from storage.lock import FileLock
from storage.model import DeliveryState
from storage.sqlite import connect, told
from storage.sqlite.copies import copy_database

_BESIDE = ("", "-wal", "-shm")
HELD = "held since the store was restored; `clausewatch deliveries retry` sends it"


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was proved: where it is, its size in bytes, and the head of its chain."""

    path: Path
    size: int
    head: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What `restore` did: the store's place, its head, where the one before went, and how many deliveries it holds."""

    path: Path
    head: str
    aside: Path | None
    held: int


def back_up(location: str | Path, target: Path) -> Copied:
    """Copy the store at `location` into the new file `target` (mode 0600), and verify the copy.

    Readers and the writer go on meanwhile. Raises WrongPlace when `target` is there already, StoreError when it
    cannot be written or the copy does not verify: then it is not kept. Raises StoreMissing when there is no store.
    """
    path = place_of(location)
    target = _new_place(target)
    with closing(open_store(path, write=False)), _beside(target) as fresh:
        _copy(path, fresh)
        head = _proved(fresh)
    return Copied(target, target.stat().st_size, head)


def restore(backup: Path, location: str | Path, now: datetime, *, hold: bool) -> Restored:
    """Put a backup in the place of the store at `location`; what was there is kept beside it, under another name.

    The backup itself is not touched; an older one is brought up to date in its copy, and the copy is verified first.
    With `hold`, deliveries that were waiting when the backup was made are set aside: they may have been sent since.
    Raises Locked while a run holds the store, StoreError for what is no sound backup.
    """
    path, origin = place_of(location), place_of(backup)
    if not origin.is_file():
        raise StoreMissing(f"{backup}: there is no such backup; give the file that `clausewatch backup` made")
    judge(origin)
    if origin == path:
        raise WrongPlace(f"{backup}: is the store itself; give another file, or another --store")
    within(path.parent)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        fresh = path.with_name(f"{path.name}.restored")
        _clear(fresh)
        try:
            _copy(origin, fresh)
            held = _settled(fresh, hold=hold)
            head = _proved(fresh)
            aside = _put_aside(path, now)
            fresh.rename(path)
            _flush(path.parent)
        finally:
            _clear(fresh)
    finally:
        lock.release()
    return Restored(path, head, aside, held)


def _copy(origin: Path, target: Path) -> None:
    alone = not origin.with_name(f"{origin.name}-wal").exists() and not os.access(origin.parent, os.W_OK)
    with told(origin), closing(connect(origin, write=False, immutable=alone)) as source:
        copy_database(source, target)


def _proved(path: Path) -> str:
    """The head of a store that verifies. Raises StoreError with what is broken in it."""
    with closing(open_store(path, write=False)) as store:
        problems = store.verify()
        if problems:
            raise StoreError(f"the copy does not verify, nothing was kept: {_first(problems)}")
        return store.head()


def _settled(path: Path, *, hold: bool) -> int:
    """Bring a copy up to date and set its waiting deliveries aside; how many these are."""
    with closing(open_store(path, write=True)) as store:
        waiting = store.deliveries(DeliveryState.PENDING) if hold else []
        store.record_deliveries(replace(one, state=DeliveryState.DEAD, last_error=HELD) for one in waiting)
    path.with_name(f"{path.name}.lock").unlink(missing_ok=True)
    return len(waiting)


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Give the store that is there another name, its journal with it."""
    if not path.exists():
        return None
    name = f"{path.name}.before-{now:%Y%m%dT%H%M%SZ}"
    names = (name, *(f"{name}-{number}" for number in range(2, 100)))
    aside = next((free for free in map(path.with_name, names) if not free.exists()), None)
    if aside is None:
        raise StoreError(f"{path.with_name(name)}: is there already, and 98 more; move some of them away")
    for part in ("-wal", ""):
        old = path.with_name(f"{path.name}{part}")
        if old.exists() and old.stat().st_size:
            old.rename(aside.with_name(f"{aside.name}{part}"))
    # What is left of them belongs to no database any more; SQLite makes both anew.
    for part in ("-wal", "-shm"):
        path.with_name(f"{path.name}{part}").unlink(missing_ok=True)
    return aside


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A name beside the target to build it under; it gets the target's name when all went well, else it is gone."""
    fresh = target.with_name(f"{target.name}.new")
    _clear(fresh)
    try:
        yield fresh
        os.link(fresh, target)  # unlike a rename, this never takes the place of a file that came meanwhile
        _flush(target.parent)
    except FileExistsError as error:
        raise WrongPlace(f"{target}: is there already; give another name") from error
    finally:
        _clear(fresh)


def _new_place(target: Path) -> Path:
    path = place_of(target)
    if path.exists():
        raise WrongPlace(f"{target}: is there already; give another name")
    if not path.parent.is_dir():  # a disk that is not mounted must not become a folder of this one
        raise WrongPlace(f"{path.parent}: there is no such folder; make it, or give another place")
    return path


def _clear(path: Path) -> None:
    for part in (*_BESIDE, ".lock", "-journal"):
        left = path.with_name(f"{path.name}{part}")
        if left.exists():  # where nothing may be written, the making says so with a remedy
            left.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _first(problems: Sequence[str]) -> str:
    more = len(problems) - 1
    return f"{problems[0]}" + (f" (and {more} more)" if more else "")
