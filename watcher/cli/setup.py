"""init: a first configuration."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

import click

from storage.errors import UsageError
from watcher.cli.app import App, pass_app
from watcher.report.terminal import shown


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default="sources.toml")
@pass_app
def init(app: App, path: Path) -> None:
    """Write a first configuration to PATH (./sources.toml), ready for `clausewatch check`. Never overwrites.

    Example: clausewatch init
    """
    text = files("watcher.config").joinpath("starter.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: it is there already; nothing was written (choose another PATH)") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror} (choose another PATH)") from error
    # How the program was started where that was not by its name on the path (./clausewatch in a checkout).
    start = os.environ.get("CLAUSEWATCH_COMMAND") or "clausewatch"
    named = "" if path == Path("sources.toml") else f" --config {path}"
    app.err.print(shown(f"wrote {path}; next: edit it, then\n  {start}{named} check"))
