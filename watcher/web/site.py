"""The room as a folder of files, for any web host or none: the same pages at the same paths, each an `index.html`.

Only what has changed is written. Pages that say the same for ever (a version, a comparison) are not even rendered
again: a list of what each was made from lies in the folder, in `MANIFEST`. A folder of somebody else is not touched.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from storage.errors import ExtractError, UsageError
from storage.model import Interest
from storage.protocol import Store
from watcher.feeds import write_feeds
from watcher.published import put_file, require_base
from watcher.stages import HERE, Stages
from watcher.web.index import index_files
from watcher.web.pages import page_at
from watcher.web.places import Linker, diff_path, file_of, version_path
from watcher.web.reading import Reading
from watcher.web.render import Setting, program, render
from watcher.web.rooms import document, uses
from watcher.web.rooms.catalogue import catalogue
from watcher.web.rooms.changes import every_path

MANIFEST = ".clausewatch-site.json"
# A folder of files has no headers: what they would forbid stands in each page.
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
STATIC = Path(__file__).parent / "static"
Made = dict[str, tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """Where the pages go and in which words. With `all_pairs` every two versions of a document are compared."""

    folder: Path
    lang: str = "en"
    base_url: str | None = None
    all_pairs: bool = False
    reviews: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """How many files there are, and how many were written and taken away this time."""

    files: int
    written: int
    removed: int


@dataclass(slots=True)
class _Work:
    """What is known of the last time, and what has been done this time."""

    settings: SiteSettings
    before: Made
    made: Made = field(default_factory=dict)
    written: int = 0


def write_site(
    store: Store, settings: SiteSettings, now: datetime, *, interests: tuple[Interest, ...] = (), stages: Stages = HERE
) -> Site:
    """Write all pages; what is there already and would come out the same is left as it is.

    Raises UsageError for a folder that holds what we did not write or that cannot be written, and for a base address
    that is none.
    """
    require_base(settings.base_url)
    state, before = _manifest(settings.folder)
    reading = Reading(store, now, interests=interests, stages=stages, reviews=settings.reviews, live=False)
    current = _state(reading, settings)
    if state == current:
        return Site(sum(len(files) for _, files in before.values()), 0, 0)
    work = _Work(settings, before)
    _write_all(work, reading)
    removed = _remove(work)
    put_file(settings.folder, MANIFEST, json.dumps({"state": current, "made": work.made}).encode())
    return Site(sum(len(files) for _, files in work.made.values()), work.written, removed)


def _write_all(work: _Work, reading: Reading) -> None:
    for file in sorted(STATIC.iterdir()):
        _plain(work, f"static/{file.name}", file.read_bytes())
    _plain(work, ".nojekyll", b"")
    for path in _lists(reading):
        _page(work, reading, path, "")
    for path, key in _histories(work.settings, reading):
        _page(work, reading, path, key)
    for name, data in index_files(reading):
        _plain(work, name, data)
    folder = work.settings.folder / "feeds"
    base = f"{work.settings.base_url.rstrip('/')}/feeds" if work.settings.base_url else None
    _, changed = write_feeds(reading.store, folder, reading.now, base)
    work.written += changed
    feeds = sorted(path.relative_to(work.settings.folder).as_posix() for path in folder.rglob("*") if path.is_file())
    work.made["feeds/"] = ("", feeds)


def _lists(reading: Reading) -> Iterator[str]:
    """The first pages of all that says how things stand now; they are rendered each time."""
    yield from ("", "vendors/", "recipients/", "matrix/", "deadlines/", "status/", "search/", "about/")
    yield from every_path(reading)
    for vendor in catalogue(reading).vendors:
        yield from (vendor.path, f"{vendor.path}recipients/")
    yield from dict.fromkeys(party.path for party in uses.parties(reading))


def _histories(settings: SiteSettings, reading: Reading) -> Iterator[tuple[str, str]]:
    """The pages of documents, versions and comparisons, each with what it is made from."""
    known = catalogue(reading)
    for path, source_id in known.sources.items():
        state, versions = known.states[source_id], document.versions_of(reading, source_id)
        told = repr(reading.store.reviews(source_id)) if settings.reviews else ""
        about = (program(), settings.lang, state.vendor, state.document, state.url, source_id, told)
        yield path, ""
        for version in versions:
            more = version.number < len(versions)
            yield version_path(source_id, version.number), _key(about, version, len(versions) if more else 0)
        pairs = combinations(versions, 2) if settings.all_pairs else pairwise(versions)
        for old, new in pairs:
            shown = replace(new, last_seen=new.first_seen)
            more = new.number < len(versions)
            yield diff_path(source_id, old.number, new.number), _key(about, old, shown, more)


def _key(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _page(work: _Work, reading: Reading, path: str, key: str) -> None:
    """One page with those that follow it; nothing is done where it was made from the same before."""
    before = work.before.get(path)
    if (
        key
        and before is not None
        and before[0] == key
        and all((work.settings.folder / one).is_file() for one in before[1])
    ):
        work.made[path] = before
        return
    files: list[str] = []
    number, pages = 1, 1
    while number <= pages:
        own, pages = _rendered(work, reading, path, number, pages)
        if own is None:
            break
        name, data = own
        work.written += put_file(work.settings.folder, name, data)
        files.append(name)
        number += 1
    if files:
        work.made[path] = (key, files)


def _rendered(
    work: _Work, reading: Reading, path: str, number: int, pages: int
) -> tuple[tuple[str, bytes] | None, int]:
    """One page of a list or text, as a file and its bytes, and how many pages there are."""
    own = path if number == 1 else f"{path}{_following(path)}{number}/"
    try:
        page = page_at(reading, own)
    except ExtractError:  # too much to compare: there is no such page, as the server says
        return None, pages
    if page is None:
        return None, pages
    setting = Setting(
        lang=work.settings.lang,
        live=False,
        reviews=work.settings.reviews,
        today=reading.today,
        linker=Linker(own, files=True),
        policy=POLICY,
    )
    return (file_of(own), render(page, setting).encode()), max(pages, _pages_of(page.room))


def _following(path: str) -> str:
    """What stands before the number of a further page."""
    if not path.startswith("source/"):
        return ""
    depth = 2 if path.startswith("source/~") else 3
    return "page/" if path.count("/") == depth else "part/"


def _pages_of(room: object) -> int:
    """How many pages a room has."""
    for name in ("pager", "lines", "versions", "rows", "vendors"):
        pages = getattr(getattr(room, name, None), "pages", None)
        if isinstance(pages, int):
            return pages
    pages = getattr(room, "pages", 1)
    return pages if isinstance(pages, int) else 1


def _plain(work: _Work, name: str, data: bytes) -> None:
    work.written += put_file(work.settings.folder, name, data)
    work.made[name] = ("", [name])


def _state(reading: Reading, settings: SiteSettings) -> str:
    """What the whole is made from: nothing has changed while this has not."""
    states = reading.store.states()
    return _key(program(), reading.store.head(), reading.today, states, settings)


def _manifest(folder: Path) -> tuple[str, Made]:
    """What the last run left. Raises UsageError for a folder of somebody else."""
    path = folder / MANIFEST
    try:
        if path.is_file() and not path.is_symlink():
            told: dict[str, Any] = json.loads(path.read_bytes())
            made = {str(name): (str(key), [str(one) for one in files]) for name, (key, files) in told["made"].items()}
            return str(told["state"]), made
        if folder.is_dir() and any(folder.iterdir()):
            raise UsageError(
                f"{folder}: holds files that `clausewatch site` did not write; give an empty or new folder"
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", {}
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read: {error.strerror} (name a folder that may be)") from error
    return "", {}


def _remove(work: _Work) -> int:
    """Take away files of the last run that this one did not make."""
    kept = {name for _, files in work.made.values() for name in files}
    gone = {name for _, files in work.before.values() for name in files} - kept
    removed = 0
    for name in sorted(gone):
        path = work.settings.folder / name
        if ".." in Path(name).parts or Path(name).is_absolute() or not path.is_file():
            continue
        path.unlink()
        removed += 1
        for parent in path.relative_to(work.settings.folder).parents:
            if parent.parts and not any((work.settings.folder / parent).iterdir()):
                (work.settings.folder / parent).rmdir()
    return removed
