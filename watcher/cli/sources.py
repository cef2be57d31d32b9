"""sources: what is watched, and whether it can be."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from storage.errors import UsageError
from storage.model import Source
from watcher.access import manners
from watcher.cli.app import App, as_json, pass_app, print_json
from watcher.cli.exchange import export, import_
from watcher.cli.scout import COMMANDS
from watcher.cli.scout.desk import SOME_FAILED, chosen, desk
from watcher.fetcher import Manner
from watcher.report import contract
from watcher.report.listing import Listing
from watcher.report.terminal import shown
from watcher.scout.document import look_at
from watcher.scout.telling import look_json, look_lines


@click.group()
def sources() -> None:
    """Find, add, test and correct the sources of the configuration."""


@sources.command("list")
@as_json
@pass_app
def list_(app: App, *, json_: bool) -> None:
    """List every source of the configuration.

    Example: clausewatch sources list
    """
    settings = app.settings()
    if json_:
        print_json([contract.source_json(source) for source in settings.sources])
        return
    table = Listing("source", "vendor", "document", "address")
    for source in settings.sources:
        table.add_row(source.id, shown(source.vendor), source.document.value, " ".join(source.urls))
    app.out.print(table)


@sources.command()
@click.argument("source", nargs=-1, required=True)
@click.option(
    "--screenshot",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Render the page of one SOURCE, and keep a picture of it as FILE (PNG).",
)
@as_json
@pass_app
def test(app: App, source: tuple[str, ...], screenshot: Path | None, *, json_: bool) -> None:
    """Fetch and read each SOURCE, show what would be watched, and record nothing. Exits 3 if one cannot be had.

    Example: clausewatch sources test topdesk/privacy
    """
    settings = app.settings()
    asked = chosen(settings, source)
    if screenshot is not None:
        _one_picture(screenshot, source, asked)
    manner_of = manners(settings, asked)
    with desk(settings) as at:
        looks = [look_at(at, one, _seen(manner_of(one), screenshot)) for one in asked]
    if screenshot is not None and not screenshot.is_file():
        app.err.print(f"there is no {screenshot}: what came was no page")
    if json_:
        print_json([look_json(look) for look in looks])
    else:
        for look in looks:
            app.out.print(shown("\n".join(look_lines(look))))
    if any(look.problem for look in looks):
        sys.exit(SOME_FAILED)


for _command in (*COMMANDS, import_, export):
    sources.add_command(_command)


def _one_picture(file: Path, named: Sequence[str], asked: Sequence[Source]) -> None:
    """A file has room for one page, and must have a folder to be in. Raises UsageError."""
    if len(named) > 1 or sum(len(source.urls) for source in asked) > 1:
        raise UsageError("--screenshot keeps one picture: name one SOURCE that has one page")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"--screenshot {file}: there is no folder {file.parent}")


def _seen(manner: Manner, screenshot: Path | None) -> Manner:
    """The manner in which a page is had of which a picture is wanted."""
    return manner if screenshot is None else replace(manner, fetcher="browser", screenshot=screenshot)
