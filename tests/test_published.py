"""Files that are published are there whole, and one that cannot be written is told with what helps."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import ClausewatchError, UsageError
from watcher.published import put_file, require_base, unwritten


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow beyond a few kilobytes, as where a quota is used up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_only_another_content_is_written(tmp_path: Path) -> None:
    """The folder is made; the same bytes leave the file as it is; others may read it."""
    assert put_file(tmp_path, "a/b.txt", b"one")
    assert not put_file(tmp_path, "a/b.txt", b"one")
    assert put_file(tmp_path, "a/b.txt", b"two")
    path = tmp_path / "a/b.txt"
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o644)


@pytest.mark.usefixtures("small_files")
def test_a_file_that_does_not_fit_leaves_the_one_before(tmp_path: Path) -> None:
    """It is named, and nothing half written is left beside it."""
    put_file(tmp_path, "page.html", b"before")
    with pytest.raises(ClausewatchError, match=r"page\.html: cannot be written"):
        put_file(tmp_path, "page.html", b"x" * 10_000)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("page.html", b"before")]


@pytest.mark.parametrize(
    ("code", "exit_code", "remedy"),
    [(errno.ENOSPC, 1, "free some space"), (errno.EDQUOT, 1, "free some space"), (errno.EACCES, 2, "another name")],
)
def test_a_full_disk_is_no_wrong_usage(code: int, exit_code: int, remedy: str) -> None:
    """Who is told to choose another name for a full disk tries in vain."""
    error = unwritten(Path("x.zip"), OSError(code, os.strerror(code)), "give another name")
    assert (error.exit_code, remedy in str(error)) == (exit_code, True)


def test_an_address_to_serve_at() -> None:
    """None is fine; what no reader can follow is refused."""
    require_base(None)
    require_base("https://intranet.example/feeds")
    for wrong in ("ftp://host/", "https://host/?q", "host"):
        with pytest.raises(UsageError, match="no address"):
            require_base(wrong)
