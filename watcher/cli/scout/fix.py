"""sources fix: new addresses for sources that have moved."""

from __future__ import annotations

import os
import sys

import click

from watcher.access import manners
from watcher.cli.app import App, as_json, pass_app, print_json
from watcher.cli.scout.desk import SOME_FAILED, THREADS, chosen, counting, desk, write
from watcher.config import find_config
from watcher.config.edit import change_addresses
from watcher.report.terminal import shown
from watcher.scout.moves import find_moves
from watcher.scout.telling import fix_json


@click.command()
@click.argument("source", nargs=-1)
@click.option("--write", "--yes", "write_", is_flag=True, help="Write the new addresses; only shown otherwise.")
@THREADS
@as_json
@pass_app
def fix(app: App, source: tuple[str, ...], *, write_: bool, threads: int, json_: bool) -> None:
    """Find sources (or each SOURCE) whose pages have moved for good, and correct their addresses.

    Every page is asked for now. An address is corrected when all redirects say that they are permanent (301, 308) and
    lead to a page that is the document; its id and history stay. Exits 3 if a page could not be had.

    Example: clausewatch sources fix --write
    """
    settings, path = app.settings(), find_config(app.config, os.environ)
    asked = chosen(settings, source)
    manner_of = manners(settings, asked)
    with desk(settings) as at, counting(app.err, "Asking", len(asked)) as advance:
        fixes = find_moves(at, asked, settings.sources, manner_of, threads=threads, done=lambda _: advance())
    moves = [move for one in fixes for move in one.moves]
    written = False
    if moves:
        written = write(app, change_addresses(path, moves), ask=False, dry_run=not write_, tell=not json_)
    if json_:
        print_json({"path": str(path), "written": written, "sources": [fix_json(one) for one in fixes]})
    else:
        for one in fixes:
            if one.problem:
                app.err.print(shown(f"{one.source.id}: {one.problem}"), soft_wrap=True)
        done = "corrected" if written else "moved for good; say --write to correct" if moves else "moved"
        app.err.print(f"{len(moves)} {'address' if len(moves) == 1 else 'addresses'} {done}")
    if any(one.problem for one in fixes):
        sys.exit(SOME_FAILED)
