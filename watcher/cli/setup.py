"""init: a first configuration."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import click

from storage.errors import UsageError
from watcher.cli.app import App, pass_app
from watcher.published import put_new_files
from watcher.report.terminal import shown


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default="sources.toml")
@pass_app
def init(app: App, path: Path) -> None:
    """Write a first configuration to PATH (./sources.toml), ready for `clausewatch check`. Never overwrites.

    Example: clausewatch init
    """
    if path.exists():
        raise UsageError(f"{path}: it is there already; nothing was written (choose another PATH)")
    put_new_files({path: files("watcher.config").joinpath("starter.toml").read_bytes()}, "choose another PATH")
    # How the program was started where that was not by its name on the path (./clausewatch in a checkout).
    start = os.environ.get("CLAUSEWATCH_COMMAND") or "clausewatch"
    named = "" if path == Path("sources.toml") else f" --config {path}"
    app.err.print(shown(f"wrote {path}; next: edit it, then\n  {start}{named} check"))
