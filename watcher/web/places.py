"""Where each page stands: one set of paths for the server and for the folder of files, and links between them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# What the configuration lets through as an id; anything else in a store gets a name that no file system minds.
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}/[a-z0-9][a-z0-9_-]{0,99}")


def source_path(source_id: str) -> str:
    """The folder of a source's pages."""
    name = source_id if _ID.fullmatch(source_id) else f"~{hashlib.sha256(source_id.encode()).hexdigest()[:16]}"
    return f"source/{name}/"


def version_path(source_id: str, number: int) -> str:
    """The page of one version."""
    return f"{source_path(source_id)}{number}/"


def diff_path(source_id: str, old: int, new: int) -> str:
    """The page on which two versions are compared."""
    return f"{source_path(source_id)}{old}-{new}/"


def change_path(source_id: str, version: int, position: int) -> str:
    """A recorded change on the page of its comparison; `position` counts from 0."""
    return f"{diff_path(source_id, version - 1, version)}#change-{position + 1}"


@dataclass(frozen=True, slots=True)
class Linker:
    """Writes links relative to one page, so that the whole works under any path, and as files without a server.

    `path` is that page ("" for the first one, "vendor/acme/" …). With `files` a folder's `index.html` is written out.
    `query` goes behind links to pages: what a reader chose for this visit ("?lang=nl").
    """

    path: str
    files: bool = False
    query: str = ""

    def __call__(self, target: str) -> str:
        """A link to a page ("vendor/acme/", with "#part" if wanted) or to a file ("static/room.css")."""
        page, hash_, part = target.partition("#")
        up = "../" * self.path.count("/")
        if page and not page.endswith("/"):
            return f"{up}{page}{hash_}{part}"
        folder = f"{up}{page}{'index.html' if self.files else ''}" or "./"
        return f"{folder}{self.query}{hash_}{part}"


def file_of(path: str) -> str:
    """The file in which a page lies in a folder of files."""
    return f"{path}index.html" if not path or path.endswith("/") else path
