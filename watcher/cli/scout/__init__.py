"""sources add, discover, lint and fix: looking at vendors' pages, and writing what was agreed to."""

from __future__ import annotations

import click

from watcher.cli.scout.add import add

# In the order in which they are used; `watcher.cli.sources` takes them all.
COMMANDS: tuple[click.Command, ...] = (add,)
