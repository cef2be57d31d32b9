"""The bench of the store: the same history in git and in a store, and a large store that is one of ours."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from bench.store_histories import as_git, as_store, made_up
from bench.store_large import large_store, words_by_rarity
from storage.connect import open_store


def test_a_made_up_history_is_the_same_everywhere_and_each_time(tmp_path: Path) -> None:
    """Every edition is a capture of the store, to the byte, and two runs make the same."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    editions = list(made_up(6))
    assert editions == list(made_up(6))
    assert as_git(tmp_path / "git", editions) > 0
    as_store(tmp_path / "store.db", tmp_path / "git", [edition.path for edition in editions])
    with closing(open_store(tmp_path / "store.db", write=False)) as store:
        bodies = {store.body(page) for version in store.versions() for page in version.captures}
        assert bodies == {edition.body for edition in editions}
        assert store.verify() == []


def test_a_large_store_answers(tmp_path: Path) -> None:
    """Written straight into the tables, it opens and is searched like any other."""
    place = large_store(tmp_path / "large.db", 200)
    assert large_store(place, 200) == place
    with closing(open_store(place, write=False)) as store:
        assert len(store.versions("vendor-2/privacy")) == 50
        assert {state.version for state in store.states()} == {50}
        assert len(store.search(next(words_by_rarity()), 20)) == 20
