"""Read a file as if it had been fetched."""

from __future__ import annotations

import errno
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from storage.model import Capture

_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".mdx": "text/markdown",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
}

# No file of one page is larger; a device that never ends is not read to its end.
PAGE_BYTES = 50_000_000

# A header of captures that were not fetched: where each comes from.
RECORDED = "Clausewatch-Recorded"


def read_file(path: Path) -> Capture:
    """Return a file as a capture: media type by its name (else found out later), time by its last change.

    Raises: OSError when the file cannot be read or is larger than a page may be.
    """
    with path.open("rb") as file:
        body = file.read(PAGE_BYTES + 1)
    if len(body) > PAGE_BYTES:
        raise OSError(errno.EFBIG, f"larger than {PAGE_BYTES} bytes; give a file that holds the document alone")
    address = path.resolve().as_uri()
    return Capture(
        url=address,
        final_url=address,
        fetched_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        status=200,
        headers=(),
        media_type=media_type_of(path.name),
        charset=None,
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
    )


def media_type_of(name: str) -> str:
    """The media type that a file's name promises; "" when it promises none, then the bytes decide."""
    return _TYPES.get(Path(name).suffix.lower(), "")
