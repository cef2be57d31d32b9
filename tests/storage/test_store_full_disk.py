"""A disk that fills up while the store is made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.errors import StoreError


@pytest.fixture(params=[160, 240, 300, 340, 400])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A real file system of so many kB, which only root may make."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={request.param}k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a file system can only be mounted by root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_too_small_leaves_no_half_store(small_disk: Path, tmp_path: Path) -> None:
    """The store is whole or not there; with room again the next run makes it."""
    place = small_disk / "history.db"
    try:
        open_store(place, write=True).close()
    except StoreError as error:
        assert str(place) in str(error)
        assert not place.exists()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    store = open_store(place, write=True)
    assert store.verify() == []
    store.close()
    assert sorted(each.name for each in small_disk.iterdir()) == ["history.db", "history.db.lock"]
