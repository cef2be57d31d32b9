"""Where the configuration and the store are looked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_samples import GOOD

from storage.errors import ConfigError
from watcher.config import Settings, find_config, load, store_location


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and empty folders of the platform."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def settings_of(folder: Path, text: str) -> Settings:
    """The settings of a configuration in a folder."""
    path = folder / "sources.toml"
    path.write_text(text + GOOD)
    return load(path)


def test_the_configuration_is_found_in_order(here: Path) -> None:
    """Named, then the environment, then the working directory, then the platform's folder."""
    environ = {"CLAUSEWATCH_CONFIG": "env.toml"}
    assert find_config("mine.toml", environ) == Path("mine.toml")
    assert find_config(None, environ) == Path("env.toml")
    assert find_config(None, {"CLAUSEWATCH_CONFIG": ""}) == here / "config/clausewatch/sources.toml"
    Path("sources.toml").write_text(GOOD)
    assert find_config(None, {}) == Path("sources.toml")


def test_the_process_environment_is_the_default(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a mapping the variables of the process count."""
    monkeypatch.setenv("CLAUSEWATCH_CONFIG", "env.toml")
    monkeypatch.setenv("CLAUSEWATCH_STORE", "env.db")
    assert find_config(None) == Path("env.toml")
    assert store_location(None, settings_of(here, "")) == "env.db"


def test_the_store_is_found_in_order(here: Path) -> None:
    """Named, then the environment, then the configuration, then the platform's folder."""
    environ = {"CLAUSEWATCH_STORE": "env.db"}
    configured = settings_of(here, 'store = "history/x.db"\n')
    assert store_location("mine.db", configured, environ) == "mine.db"
    assert store_location(None, configured, environ) == "env.db"
    assert store_location(None, configured, {}) == str(here / "history/x.db")
    assert store_location(None, settings_of(here, ""), {}) == str(here / "data/clausewatch/clausewatch.db")
    assert store_location(None, None, {}) == str(here / "data/clausewatch/clausewatch.db")


def test_paths_of_the_store_may_be_absolute_or_at_home(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute path stays, ~ is the home folder."""
    monkeypatch.setenv("HOME", str(here / "home"))
    assert store_location(None, settings_of(here, 'store = "/var/lib/x.db"\n'), {}) == "/var/lib/x.db"
    assert store_location(None, settings_of(here, 'store = "~/x.db"\n'), {}) == str(here / "home/x.db")


def test_a_database_comes_with_its_secret_filled_in(here: Path) -> None:
    """The template is expanded only here, with the password made fit for an address; a missing one is named."""
    configured = settings_of(here, 'store = "postgresql://me:${PG}@db.example.org/x"\n')
    assert store_location(None, configured, {"PG": "p@ss/w"}) == "postgresql://me:p%40ss%2Fw@db.example.org/x"
    with pytest.raises(ConfigError, match="variable PG is not set"):
        store_location(None, configured, {})
