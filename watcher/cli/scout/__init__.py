"""sources add, discover, lint and fix: looking at vendors' pages, and writing what was agreed to."""

from __future__ import annotations

import click

from watcher.cli.scout.add import add
from watcher.cli.scout.discover import discover_
from watcher.cli.scout.fix import fix
from watcher.cli.scout.lint import lint_

# In the order in which they are used; `watcher.cli.sources` takes them all.
COMMANDS: tuple[click.Command, ...] = (add, discover_, lint_, fix)
