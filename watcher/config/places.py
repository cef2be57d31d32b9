"""Where the configuration and the store lie when nobody says so (docs/reference/contracts.md, "Where things lie")."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from watcher.config.secrets import expand
from watcher.config.settings import Settings

_APP = "clausewatch"


def find_config(explicit: str | None, environ: Mapping[str, str] | None = None) -> Path:
    """The configuration: as given, else `$CLAUSEWATCH_CONFIG`, else `./sources.toml`, else the platform's folder.

    The file need not be there: `load` says so better.
    """
    environ = os.environ if environ is None else environ
    if named := explicit or environ.get("CLAUSEWATCH_CONFIG"):
        return Path(named)
    here = Path("sources.toml")
    return here if here.exists() else Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "sources.toml"


def store_location(explicit: str | None, settings: Settings | None, environ: Mapping[str, str] | None = None) -> str:
    """The store: as given, else `$CLAUSEWATCH_STORE`, else `store` of the configuration, else the platform's folder.

    Without `settings` there is no configuration to ask. A path in the configuration starts at the configuration's
    folder; the others at the working directory. An address of a database comes filled in, with its secrets. Raises
    ConfigError when a secret of it is missing.
    """
    environ = os.environ if environ is None else environ
    if named := explicit or environ.get("CLAUSEWATCH_STORE"):
        return named
    if settings is None or settings.store is None:
        return str(Path(platformdirs.user_data_dir(_APP, appauthor=False)) / "clausewatch.db")
    location = expand(settings.store, settings.path.parent, environ)
    if "://" in location:
        return location
    return str(settings.path.parent / Path(location).expanduser())
