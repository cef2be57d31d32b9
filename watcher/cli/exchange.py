"""sources import and sources export: lists of sources from other programs, and for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from storage.errors import UsageError
from watcher.cli.app import App, as_json, format_option, pass_app, print_json
from watcher.config import find_config
from watcher.config.edit import add_sources, settings_before, table_text
from watcher.exchange import FORMS, WRITTEN, Taken, read_sources, without_known, write_declarations, write_sources
from watcher.report.terminal import counted, shown

SOME_FAILED = 3


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@format_option(*FORMS, about="What PATH is; told from its content if not given.")
@click.option("--form", "of_before", type=click.Choice(FORMS), hidden=True)
@click.option("--add", is_flag=True, help="Add the sources to the configuration instead of printing them.")
@as_json
@pass_app
def import_(app: App, path: Path, *, form: str | None, of_before: str | None, add: bool, json_: bool) -> None:
    """Take over the sources of another program: prints them as TOML, and what could not be kept as notes.

    PATH is a declaration of Open Terms Archive or a folder of them, a job list of urlwatch or webchanges (YAML), a
    backup of changedetection.io (zip), a CSV with a column "url", or a list of addresses. Exits 3 if a source had to
    be left out.

    Example: clausewatch sources import declarations/ --add
    """
    taken = read_sources(path, form or of_before)
    added: list[str] = []
    where = find_config(app.config, os.environ)
    if add:
        taken = without_known(taken, settings_before(where).sources)
        added = [str(entry["id"]) for entry in taken.entries]
        if added:
            add_sources(where, taken.entries).write()
    if json_:
        print_json(
            {
                "sources": [dict(entry) for entry in taken.entries],
                "added": added,
                "notes": [{"place": note.place, "text": note.text, "lost": note.lost} for note in taken.notes],
            }
        )
    elif not add:
        click.echo("\n".join(table_text(entry) for entry in taken.entries), nl=False)
    for note in () if json_ else taken.notes:
        app.err.print(shown(f"{note.place}: {note.text}"), soft_wrap=True)
    _tell(app, taken, where if add else None)
    if any(note.lost for note in taken.notes):
        sys.exit(SOME_FAILED)


@click.command()
@format_option(*WRITTEN, default="csv", about="What to write.")
@click.option("--form", "of_before", type=click.Choice(WRITTEN), hidden=True)
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Where declarations go, one per vendor.")
@pass_app
def export(app: App, form: str, of_before: str | None, to: Path | None) -> None:
    """Print the sources of the configuration as a table or as plain addresses, or write them as declarations.

    The table is read back by `sources import`; `sources list --json` prints everything.

    Example: clausewatch sources export --format csv
    """
    settings, form = app.settings(), of_before or form
    if (form == "declarations") != (to is not None):
        raise UsageError(
            "--format declarations and --to FOLDER go together: declarations are files, one for each vendor"
        )
    if to is None:
        click.echo(write_sources(settings.sources, form), nl=False)
        return
    for file in write_declarations(settings.sources, to):
        app.err.print(shown(f"wrote {file}"))


def _tell(app: App, taken: Taken, where: Path | None) -> None:
    left = sum(note.lost for note in taken.notes)
    count = counted(len(taken.entries), "source")
    done = f"added {count} to {where}" if where else count
    app.err.print(shown(done + (f"; {counted(left, 'source')} left out" if left else "")))
