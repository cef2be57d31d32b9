"""Recordings: the captures of one page, kept by somebody, with the time of each.

An `index.json` (form: docs/reference/contracts.md) with archives beside it, a folder of dated files, a git repository
as Open Terms Archive keeps it, or a WARC. A recording comes from anywhere: nothing outside it is read, nothing is
unpacked onto the disk, nothing in it is run, and every size is bounded.
"""

from __future__ import annotations

from pathlib import Path

from storage.errors import UsageError
from watcher.recording.folder import open_folder
from watcher.recording.git import is_repository, open_repository
from watcher.recording.index import open_index
from watcher.recording.tape import Missing, Recording
from watcher.recording.warc import is_warc, open_warc

__all__ = ["Missing", "Recording", "open_recording"]


def open_recording(path: Path, *, page: str | None = None, url: str | None = None) -> Recording:
    """The recording at `path`. Raises UsageError that says what is wrong and what there is to choose from."""
    if path.is_dir():
        return open_repository(path, page, url) if is_repository(path) else open_folder(path, url)
    if path.is_file() and path.name.endswith(".json"):
        return open_index(path, page, url)
    if path.is_file() and is_warc(path):
        return open_warc(path, page, url)
    what = "neither an index.json, nor a folder of dated files, nor a git repository, nor a WARC"
    raise UsageError(f"{path}: {f'is {what}' if path.exists() else 'does not exist'}")
