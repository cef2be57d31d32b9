"""The configuration: `sources.toml` into `Settings`, or every fault at once as `sources.toml:13: …`."""

from __future__ import annotations

from watcher.config.load import load
from watcher.config.places import find_config, store_location
from watcher.config.secrets import expand, filled_in
from watcher.config.settings import Retention, Settings

__all__ = ["Retention", "Settings", "expand", "filled_in", "find_config", "load", "store_location"]
