"""A disk without room, or one that may only be read: the cause is said, and what was begun is not left behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = '[[source]]\nid = "{0}/privacy"\nvendor = "{0}"\ndocument = "privacy-policy"\nurl = "{1}/{0}"\n'
PAGE = "<html lang=en><main><h1>Privacy policy</h1><p>" + "We keep account data for twelve months. " * 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB, which only root may make."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a file system can only be mounted by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Take all room that is left."""
    path = disk / "filling"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return path


@pytest.fixture
def watched(site: Any, configure: Callable[..., Path]) -> None:
    """A configuration of two vendors whose pages are there."""
    for name in ("acme", "initech"):
        site.put(f"/{name}", PAGE)
    configure("".join(SOURCE.format(name, site.url) for name in ("acme", "initech")))


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("words", ["init disk/new.toml", "sources export --format declarations --to disk/declared"])
def test_a_new_file_is_whole_or_not_there(run: Callable[..., Any], disk: Path, words: str) -> None:
    """With room again the same command works: no empty file of the first try is in its way."""
    filling = fill(disk)
    told = run(*words.split())
    assert (told.code, "free some space" in told.err) == (1, True)
    filling.unlink()
    assert run(*words.split()).code == 0


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("command", ["status", "check --force", "verify", "backup copy.db"])
def test_the_store_says_that_the_disk_is_full(run: Callable[..., Any], disk: Path, command: str) -> None:
    """Also to a reader, who needs some room beside the database: no disk has failed. Nothing is lost by it."""
    assert run("--store", "disk/h.db", "check").code == 0
    filling = fill(disk)
    told = run("--store", "disk/h.db", *command.split())
    assert told.code == 1
    assert "h.db: " in told.err
    assert "the disk is full; free some space" in told.err
    filling.unlink()
    assert run("--store", "disk/h.db", "verify").code == 0


@pytest.mark.usefixtures("watched")
def test_a_new_store_on_a_full_disk(run: Callable[..., Any], disk: Path) -> None:
    """Told by the store, with its place."""
    fill(disk)
    told = run("--store", "disk/h.db", "check")
    assert told.code == 1
    assert "h.db: " in told.err
    assert "the disk is full" in told.err


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("command", ["backup disk/b.db", "store copy h.db disk/b.db"])
def test_a_copy_on_a_disk_that_may_only_be_read(run: Callable[..., Any], disk: Path, command: str) -> None:
    """One line with the remedy."""
    assert run("--store", "h.db", "check").code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    told = run("--store", "h.db", *command.split())
    assert told.code == 1
    assert "cannot be made (Read-only file system); give another" in told.err
