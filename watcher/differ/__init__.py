"""Two documents into a comparison, and one document into facts. Pure: no network, no clock, no database."""

from __future__ import annotations

from watcher.differ.compare import compare
from watcher.differ.facts import find_facts

__all__ = ["compare", "find_facts"]
