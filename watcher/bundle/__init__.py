"""The evidence about one source in one file, for somebody who has neither our store nor our program."""

from __future__ import annotations

from watcher.bundle.check import Checked, check_bundle
from watcher.bundle.make import Stretch, make_bundle

__all__ = ["Checked", "Stretch", "check_bundle", "make_bundle"]
