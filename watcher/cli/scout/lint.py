"""sources lint: what is wrong with the sources of the configuration."""

from __future__ import annotations

import sys

import click
from rich.text import Text

from storage.model import Source
from watcher.access import manners
from watcher.cli.app import App, as_json, pass_app, print_json
from watcher.cli.scout.desk import SOME_FAILED, THREADS, chosen, counting, desk
from watcher.report.terminal import counted, shown
from watcher.scout.lint import Grade, lint
from watcher.scout.telling import linted_json

_STYLES = {Grade.ERROR: "red", Grade.WARNING: "yellow", Grade.NOTE: ""}


@click.command("lint")
@click.argument("source", nargs=-1)
@THREADS
@as_json
@pass_app
def lint_(app: App, source: tuple[str, ...], *, threads: int, json_: bool) -> None:
    """Fetch and read every source (or each SOURCE), and say what is wrong with it; records nothing.

    Tells of pages that cannot be had, redirects, walls, selectors that match nothing, short texts, another language or
    another kind of document than configured, pages that scripts fill, and the same text under two ids. Exits 3 if a
    document could not be had, else 1 if there is an error; warnings and notes exit 0.

    Example: clausewatch sources lint
    """
    settings = app.settings()
    asked = chosen(settings, source)
    manner_of = manners(settings, asked)
    with desk(settings) as at, counting(app.err, "Looking", len(asked)) as advance:

        def done(_: Source) -> None:
            advance()

        found = lint(at, asked, manner_of, threads=threads, done=done)
    if json_:
        print_json([linted_json(one) for one in found])
    else:
        for one in found:
            for remark in one.remarks:
                head = Text.assemble(
                    one.source.id, ": ", (remark.grade.value, _STYLES[remark.grade]), f" {remark.kind}: "
                )
                app.out.print(head.append_text(shown(remark.text)), soft_wrap=True)
        clean = sum(not one.remarks for one in found)
        app.err.print(f"{counted(len(found), 'source')} looked at, {clean} without a remark")
    if not all(one.had for one in found):
        sys.exit(SOME_FAILED)
    if any(one.worst is Grade.ERROR for one in found):
        sys.exit(1)
