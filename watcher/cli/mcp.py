"""mcp: the history as tools for assistants."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import click

from storage.errors import UsageError
from watcher.cli.app import App, clock, pass_app
from watcher.sandbox import Sandbox
from watcher.web.reading import Reading, Shelf


@click.command()
@pass_app
def mcp(app: App) -> None:
    """Answer an assistant's questions about the history (Model Context Protocol, on standard input and output).

    Read-only: sources, changes, versions, diffs, facts, recipients, deadlines. An assistant starts it by itself, given
    the command line; it ends when the assistant closes it.

    Example: clausewatch --store /var/lib/clausewatch/clausewatch.db mcp
    """
    if find_spec("mcp") is None:
        raise UsageError("mcp needs a part that is not installed (pip install 'clausewatch[mcp]')")
    from watcher.programs.tools import serve_tools  # noqa: PLC0415 - an optional part

    if sys.stdin.isatty():
        app.err.print("waiting for an assistant on standard input (Ctrl-C ends it)")
    shelf, interests = Shelf(), app.interests(named=False)
    with app.reading() as store, Sandbox(size=1) as stages:
        serve_tools(lambda: Reading(store, clock(), shelf, interests, stages=stages))
