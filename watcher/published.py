"""Files that are published: each is there whole or as it was before, and is written only if its content is another."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from storage.errors import ClausewatchError, UsageError

_BASE = re.compile(r"https?://[^\s/?#]+[^\s?#]*")
_FULL = {errno.ENOSPC, errno.EDQUOT}


def put_file(folder: Path, name: str, data: bytes) -> bool:
    """Write a file whole if its content is another; whether it was. Raises ClausewatchError when it cannot be."""
    path = folder / name
    try:
        if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=".clausewatch-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                os.fchmod(handle, 0o644)
                stream.write(data)
            Path(fresh).replace(path)
        except BaseException:
            Path(fresh).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritten(path, error, "name a folder that may be") from error
    return True


def put_new_files(files: Mapping[Path, bytes], otherwise: str) -> None:
    """Write files that are not there yet, all or none; no link is followed.

    Raises ClausewatchError when one is there already or cannot be written: then none of them is left behind.
    """
    made: list[Path] = []
    path = Path()
    try:
        for path, data in files.items():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
            made.append(path)
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
    except BaseException as error:
        for one in made:
            one.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritten(path, error, otherwise) from error
        raise


def unwritten(path: Path, error: OSError, otherwise: str) -> ClausewatchError:
    """What is said of a file that cannot be written; `otherwise` is the remedy where the disk is not full."""
    told = f"{path}: cannot be written: {error.strerror}"
    if error.errno in _FULL:  # nobody asked for anything wrong
        return ClausewatchError(f"{told} (free some space and run again)")
    return UsageError(f"{told} ({otherwise})")


def require_base(base: str | None) -> None:
    """See that published files can be served at an address. Raises UsageError."""
    if base is not None and not _BASE.fullmatch(base):
        raise UsageError(f'"{base}" is no address that files can be served at (write https://intranet.example/feeds)')
