"""Judges pages in processes of their own, within bounds: a page that breaks one breaks nothing else."""

from __future__ import annotations

from watcher.sandbox.limits import Limits
from watcher.sandbox.pool import Sandbox

__all__ = ["Limits", "Sandbox"]
