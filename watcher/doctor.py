"""What may go wrong on this machine before it does: one finding for each thing that was looked at.

Nothing is fetched, nothing is sent, nothing is changed; the mail server is only greeted when that is asked for.
"""

from __future__ import annotations

import math
import os
import shutil
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from storage.connect import open_store
from storage.errors import ClausewatchError, StoreMissing
from storage.model import RawPage, SourceState
from storage.protocol import Store
from watcher.age import find_stale
from watcher.config import Settings, expand
from watcher.fetcher.browser.installed import find_browser, what_is_missing
from watcher.retention import foresee
from watcher.timestamps.standing import standing
from watcher.timestamps.token import MISSING, installed

# Fixed in 3.51.3 and in these older lines: two connections that write and checkpoint at once could damage a WAL
# database (sqlite.org/wal.html#walresetbug). One process writes here, under a lock, so it has not been met.
_SOUND = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
# Below these a package has a published hole that pages could use (docs/explanation/dependencies.md).
_FLOORS = {"urllib3": (2, 8, 0), "requests": (2, 33), "lxml": (6, 1), "soupsieve": (4, 0, 1), "jinja2": (3, 1, 6)}
_LEAST_ROOM = 500_000_000
# File systems whose locks or shared memory SQLite's WAL cannot rely on (sqlite.org/wal.html, "same host").
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"})
_PATIENCE = 10.0
_LONG = timedelta(days=2)
_MONTH = timedelta(days=30)
_OFF = timedelta(minutes=5)  # between our clock and that of an authority, more than an answer may take
_SOON = 90  # days until a full disk that are worth a warning


class Grade(StrEnum):
    """How grave a finding is."""

    FINE = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do about it where that is not well."""

    name: str
    grade: Grade
    text: str
    remedy: str = ""


def examine(settings: Settings | None, location: str | None, now: datetime, *, online: bool = False) -> list[Finding]:
    """Look at everything. `settings` and `location` are None where the configuration cannot be read.

    With `online` the mail server is connected to, which tells it nothing but that we are there.
    """
    database = location is not None and "://" in location
    found = [
        *_configuration(settings),
        _python(),
        *([] if database else [_sqlite()]),
        *_packages(),
        _chromium(settings),
    ]
    if location is not None:
        found += _database(location, now, settings) if database else _store(Path(location), now, settings)
    if settings is not None:
        found += [_contact(settings), *_told(settings), *_mail(settings, online=online)]
    return found


def _configuration(settings: Settings | None) -> Iterator[Finding]:
    if settings is None:
        return
    yield Finding("configuration", Grade.FINE, f"{settings.path}: {_sources(len(settings.sources))}")
    yield from (Finding("configuration", Grade.WARNING, warning) for warning in settings.warnings)


def _python() -> Finding:
    return Finding("python", Grade.FINE, ".".join(map(str, sys.version_info[:3])))


def _sqlite(number: tuple[int, ...] = sqlite3.sqlite_version_info) -> Finding:
    text = ".".join(map(str, number))
    if number >= _SOUND[0] or any(number[:2] == fixed[:2] and number >= fixed for fixed in _SOUND[1:]):
        return Finding("sqlite", Grade.FINE, text)
    return Finding(
        "sqlite",
        Grade.WARNING,
        f"{text} has a known fault in WAL databases that several connections write to at once",
        "nothing to do while only clausewatch writes to the store; 3.51.3 or newer is free of it",
    )


def _packages() -> Iterator[Finding]:
    """The packages that read what strangers send."""
    for name, floor in _FLOORS.items():
        try:
            have = version(name)
        except PackageNotFoundError:
            yield Finding(name, Grade.FAULT, "is not installed", "install clausewatch again")
            continue
        if _numbers(have) >= floor:
            yield Finding(name, Grade.FINE, have)
        else:
            needed = ".".join(map(str, floor))
            yield Finding(name, Grade.FAULT, f"{have} has published holes", f"install {name} {needed} or newer")


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _chromium(settings: Settings | None) -> Finding:
    """A browser is needed by sources that ask for one, and perhaps by those that leave it open."""
    sources = settings.sources if settings else ()
    named = settings.fetch.browser if settings else None
    missing = what_is_missing(named)
    if missing is None:
        bare = " (as root: without its sandbox)" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        return Finding("browser", Grade.FINE, f"{find_browser(named)}{bare}")
    wanted = [source.id for source in sources if source.fetcher != "http"]
    if not wanted:
        return Finding("browser", Grade.FINE, f"{missing}; no source needs it")
    text = f"{missing}; asked for by {', '.join(wanted[:3])}{' …' * (len(wanted) > 3)}"
    sure = any(source.fetcher == "browser" for source in sources)
    return Finding(
        "browser",
        Grade.FAULT if sure else Grade.WARNING,
        text,
        "pip install 'clausewatch[render]', apt-get install chromium",
    )


def _store(path: Path, now: datetime, settings: Settings | None) -> Iterator[Finding]:
    """The store itself, its place and what it remembers of the clock."""
    folder = next(above for above in (path.parent, *path.parent.parents) if above.exists())
    yield _room(folder)
    yield _file_system(folder)
    try:
        with closing(open_store(path, write=False)) as store:
            states = [state for state in store.states() if state.active]
            pages, dropped = store.raw_pages(), len(store.dropped())
            kept = [*_growth(pages, path, now), *_raw(pages, dropped, settings, now), *_stamps(store, settings)]
    except StoreMissing:
        yield Finding("store", Grade.FINE, f"{path}: not there yet; the first check makes it")
        return
    except ClausewatchError as error:
        yield Finding("store", Grade.FAULT, str(error), "restore a backup (clausewatch restore FILE)")
        return
    yield Finding("store", Grade.FINE, f"{path}: {_sources(len(states))}, {path.stat().st_size / 1e6:.1f} MB")
    yield from kept
    yield from _rights(path)
    yield _clock(states, now)
    yield from _work(states, settings, now)


def _database(address: str, now: datetime, settings: Settings | None) -> Iterator[Finding]:
    """A store in a database: whether it answers, and what it remembers of the clock."""
    try:
        with closing(open_store(address, write=False)) as store:
            states = [state for state in store.states() if state.active]
            kept = [*_raw(store.raw_pages(), len(store.dropped()), settings, now), *_stamps(store, settings)]
    except ClausewatchError as error:
        yield Finding("store", Grade.FAULT, str(error), "look at the address, and at the server")
        return
    parts = urlsplit(address)
    yield Finding("store", Grade.FINE, f"postgresql://{parts.hostname or 'local'}{parts.path}: {_sources(len(states))}")
    yield from kept
    yield _clock(states, now)
    yield from _work(states, settings, now)


def _clock(states: Sequence[SourceState], now: datetime) -> Finding:
    latest = max((state.last_check for state in states if state.last_check), default=None)
    if latest is not None and latest > now + timedelta(minutes=5):
        text = f"the last check is of {latest:%Y-%m-%d %H:%M} UTC, which is still to come"
        return Finding(
            "clock", Grade.WARNING, text, "set the clock (timedatectl); the history keeps its order all the same"
        )
    return Finding("clock", Grade.FINE, f"{now:%Y-%m-%d %H:%M} UTC")


def _work(states: Sequence[SourceState], settings: Settings | None, now: datetime) -> Iterator[Finding]:
    """Whether anybody runs the program: where no source was looked at for days, all else may look well."""
    every = {source.id: source.longest for source in settings.sources} if settings else {}
    stale = find_stale(states, every, now, _LONG)
    if stale.watched and stale.nobody:
        last = f"since {stale.last_check:%Y-%m-%d %H:%M} UTC" if stale.last_check else "at any time"
        yield Finding(
            "work", Grade.WARNING, f"no source was checked {last}", "let `clausewatch run` or a timer check them"
        )


def _growth(pages: Sequence[RawPage], path: Path, now: datetime) -> Iterator[Finding]:
    """How fast the store grows, by what its raw pages of the last month take, and when the disk will be full."""
    room = sum(page.size for page in pages)
    recent = sum(page.size for page in pages if page.last_at >= now - _MONTH)
    if not room or pages[0].last_at > now - _MONTH:
        return  # too young to tell
    month = path.stat().st_size * recent / room
    text = f"about {month / 1e6:.1f} MB in the last 30 days; raw pages take {room / 1e6:.1f} MB"
    days = shutil.disk_usage(path.parent).free / month * 30 if month else math.inf
    if days < _SOON:
        yield Finding(
            "growth", Grade.WARNING, f"{text}; at this pace the disk is full in {days:.0f} days", "free some space"
        )
    else:
        yield Finding("growth", Grade.FINE, text)


def _raw(pages: Sequence[RawPage], dropped: int, settings: Settings | None, now: datetime) -> Iterator[Finding]:
    """Whether raw pages are kept within their bounds."""
    bounds = settings.retention if settings else None
    if bounds is None or (bounds.age is None and bounds.size is None and not dropped):
        return
    beyond = foresee(pages, bounds, now)
    if beyond.pages:
        count = f"{beyond.pages} raw page{'s are' if beyond.pages != 1 else ' is'}"
        text = f"{count} beyond the bounds, about {beyond.freed / 1e6:.1f} MB"
        yield Finding("retention", Grade.WARNING, text, "clausewatch prune (or `clausewatch run`, which does it daily)")
    elif beyond.over:
        text = f"the pages of the latest versions take {beyond.over / 1e6:.1f} MB more than raw_size"
        yield Finding("retention", Grade.WARNING, text, "raise raw_size in [retention]")
    else:
        text = f"{beyond.left / 1e6:.1f} MB of raw pages, within the bounds; {dropped} let go of so far"
        yield Finding("retention", Grade.FINE, text)


def _stamps(store: Store, settings: Settings | None) -> Iterator[Finding]:
    """Whether the chain is stamped as the configuration wants it."""
    authority = settings.timestamps if settings else None
    if authority is None:
        return
    where = standing(store)
    last = f"the last is of {where.last.at:%Y-%m-%d %H:%M} UTC" if where.last and where.last.at else "none yet"
    if not installed():
        yield Finding("time stamps", Grade.FAULT, MISSING)
    elif where.failed is not None:
        text = f"the last attempt failed: {where.failed.error}; {last}"
        yield Finding("time stamps", Grade.WARNING, text, "look at [timestamps]; clausewatch stamp asks again")
    else:
        since = f", {where.unstamped} records since" if where.unstamped else ""
        unchecked = "" if authority.ca is not None else "; signatures are not checked, for there is no `ca`"
        yield Finding("time stamps", Grade.FINE, f"{last}{since}{unchecked}")
    if where.last is not None and where.last.at is not None:
        off = where.last.asked_at - where.last.at
        if abs(off) > _OFF:
            text = (
                f"it was {abs(off) // timedelta(minutes=1)} minutes {'ahead of' if off > timedelta(0) else 'behind'} "
            )
            remedy = "set the clock (timedatectl): the moments in the history are those of this machine"
            yield Finding("clock", Grade.WARNING, f"{text}the time-stamping authority at the last stamp", remedy)


def _rights(path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("rights", Grade.WARNING, f"{path} may be read by others", f"chmod 600 {path}")
    folder = path.parent.stat().st_mode
    if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
        yield Finding("rights", Grade.FAULT, f"everybody may write to {path.parent}", f"chmod o-w {path.parent}")
    if not os.access(path, os.W_OK):
        yield Finding("rights", Grade.WARNING, f"{path} may not be written to", "checks need that; reading works")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    if free < _LEAST_ROOM:
        return Finding("disk", Grade.WARNING, f"{free / 1e6:.0f} MB free in {folder}", "free some space")
    return Finding("disk", Grade.FINE, f"{free / 1e9:.1f} GB free in {folder}")


def _file_system(folder: Path) -> Finding:
    kind = _kind_of(folder)
    if kind in _NETWORK:
        text = f"{folder} is on {kind}, where SQLite cannot rely on locks and shared memory"
        return Finding("file system", Grade.FAULT, text, "put the store on a local disk, or use PostgreSQL")
    return Finding("file system", Grade.FINE, kind or "unknown")


def _kind_of(folder: Path) -> str:
    """The type of the file system that a folder is on, as the kernel names it; "" where that cannot be told."""
    try:
        mounts = [line.split(" ") for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return ""
    around = {str(one) for one in (folder.resolve(), *folder.resolve().parents)}
    found = [(len(fields[1]), fields[2]) for fields in mounts if len(fields) > 2 and fields[1] in around]
    return max(found, default=(0, ""))[1]


def _contact(settings: Settings) -> Finding:
    if settings.fetch.contact:
        return Finding("contact", Grade.FINE, settings.fetch.contact)
    text = "the owner of a site cannot reach you: the User-Agent names nobody"
    return Finding("contact", Grade.WARNING, text, 'write contact = "privacy@example.org" under [fetch]')


def _told(settings: Settings) -> Iterator[Finding]:
    if not settings.subscribers:
        yield Finding("subscribers", Grade.WARNING, "nobody is told of changes", "add a [[subscriber]]")


def _mail(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Whether the mail server is there. Its address is shown without user name and password."""
    if settings.mail_url is None:
        return
    try:
        parts = urlsplit(expand(settings.mail_url, settings.path.parent))
        host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)
    except (ClausewatchError, ValueError) as error:
        yield Finding("mail", Grade.FAULT, str(error) if isinstance(error, ClausewatchError) else "not a valid address")
        return
    if not online:
        yield Finding("mail", Grade.FINE, f"{host}:{port}, not connected to (--online does)")
        return
    yield _greeted(host, port)


def _greeted(host: str, port: int, connect: Callable[..., socket.socket] = socket.create_connection) -> Finding:
    try:
        connect((host, port), timeout=_PATIENCE).close()
    except OSError as error:
        why = error.strerror or type(error).__name__
        return Finding("mail", Grade.FAULT, f"{host}:{port} cannot be reached: {why}", "look at url under [mail]")
    return Finding("mail", Grade.FINE, f"{host}:{port} answers")


def _sources(count: int) -> str:
    return f"{count} source{'s' * (count != 1)}"
