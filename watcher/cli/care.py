"""backup, restore, forget, prune, doctor: care for the store and the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich.text import Text

from storage.backup import back_up, restore
from storage.errors import ConfigError, UsageError
from watcher import doctor
from watcher import history as past
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.config import find_config, load
from watcher.report.listing import Listing
from watcher.report.terminal import counted, shown
from watcher.retention import foresee, prune

_STYLES = {doctor.Grade.FINE: "green", doctor.Grade.WARNING: "yellow", doctor.Grade.FAULT: "bold red"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@pass_app
def backup(app: App, file: Path, *, json_: bool) -> None:
    """Copy the store into the new FILE, while checks go on, and verify the copy. Never overwrites.

    Note the head that is printed somewhere else: with it, `verify --head` proves that nothing was cut off.

    Example: clausewatch backup history-2026-11-22.db
    """
    copied = back_up(app.location(), file)
    if json_:
        print_json({"file": str(copied.path), "bytes": copied.size, "head": copied.head})
    else:
        app.out.print(shown(f"{copied.path}: {copied.size / 1e6:.1f} MB, sound; head {copied.head or 'none yet'}"))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--hold", is_flag=True, help="Set alerts aside that were waiting then; they can be sent later.")
@click.option("--send", is_flag=True, help="Send alerts that were waiting then.")
@as_json
@pass_app
def restore_command(app: App, file: Path, *, hold: bool, send: bool, json_: bool) -> None:
    """Put the backup FILE in the place of the store; the store that is there is kept beside it.

    Alerts that were waiting when the backup was made may have been sent since: choose --hold or --send.

    Example: clausewatch restore history-2026-11-22.db --hold
    """
    if hold and send:
        raise UsageError("--hold and --send contradict each other: choose one")
    if not (hold or send):
        raise UsageError(
            "alerts that waited when the backup was made may have been sent since: choose --hold (they can be sent "
            "later by `clausewatch deliveries retry`) or --send"
        )
    done = restore(file, app.location(), clock(), hold=hold)
    if json_:
        aside = str(done.aside) if done.aside else None
        print_json({"store": str(done.path), "head": done.head, "aside": aside, "held": done.held})
        return
    app.out.print(shown(f"{done.path}: restored, sound; head {done.head or 'none yet'}"))
    if done.aside:
        app.err.print(shown(f"what was there is now {done.aside}"))
    if done.held:
        app.err.print(f"{counted(done.held, 'alert')} set aside (clausewatch deliveries retry --all sends them)")


@click.command()
@click.argument("source")
@click.option("--reason", default="", help="Why, for the record that stays.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_app
def forget(app: App, source: str, *, reason: str, yes: bool, json_: bool) -> None:
    """Take a SOURCE out of the store with all its history, for good; the chain of evidence holds without it.

    Take it out of the configuration first. Its digests stay, and a record that says when it was forgotten, and why.
    Backups still hold it.

    Example: clausewatch forget topdesk/privacy --reason "contract ended"
    """
    settings = app.settings()
    if any(one.id == source for one in settings.sources):
        raise UsageError(f"{source}: is still watched; take it out of {settings.path} first")
    # Read first: a store that is not there must not be made, and nobody waits for the lock while a person thinks.
    with app.reading() as store:
        past.require_source(store, source)
        count = len(store.versions(source))
    if not yes:
        _ask(f"forget {source} with {counted(count, 'version')}, for good?")
    with app.writing(settings) as store:
        gone = store.forget(source, clock(), reason)
    if json_:
        print_json({"source": source, "versions": count, "records": gone})
    else:
        app.out.print(
            f"{source}: forgotten, {counted(count, 'version')}; {counted(gone, 'record')} without content now"
        )


@click.command("prune")
@click.option("--dry-run", is_flag=True, help="Say what would be let go of, about; change nothing.")
@as_json
@pass_app
def prune_command(app: App, *, dry_run: bool, json_: bool) -> None:
    """Let go of raw pages beyond the bounds of [retention]; the chain of evidence holds, and all texts stay.

    Never of those that the latest version of a source was read from. `clausewatch run` does this once a day.

    Example: clausewatch prune --dry-run
    """
    settings = app.settings()
    bounds = settings.retention
    if bounds.age is None and bounds.size is None:
        raise UsageError(f"{settings.path}: nothing says what to let go of: write raw_age or raw_size in [retention]")
    with app.reading() as store:  # a store that is not there must not be made
        done = foresee(store.raw_pages(), bounds, clock())
    if not dry_run and done.pages:
        with app.writing(settings) as store:
            done = prune(store, bounds, clock())
    if json_:
        print_json({"pages": done.pages, "freed": done.freed, "left": done.left, "over": done.over, "dry_run": dry_run})
        return
    would = "would be " * dry_run
    app.out.print(
        f"{counted(done.pages, 'raw page')} {would}let go of, {'about ' * dry_run}{done.freed / 1e6:.1f} MB; "
        f"{done.left / 1e6:.1f} MB of raw pages stay"
    )
    if done.over:
        app.err.print(f"{done.over / 1e6:.1f} MB over raw_size: the pages of the latest versions always stay")


def _ask(question: str) -> None:
    """Raises UsageError for a no, and where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: say --yes")
    if not click.confirm(question, err=True):
        raise UsageError("nothing was changed")


@click.command("doctor")
@click.option("--online", is_flag=True, help="Also connect to the mail server.")
@as_json
@pass_app
def doctor_command(app: App, *, online: bool, json_: bool) -> None:
    """Look at what may go wrong: versions, disk, rights, clock, browser, mail, configuration. Exits 1 on a fault.

    Example: clausewatch doctor
    """
    named = app.store_location or os.environ.get("CLAUSEWATCH_STORE")
    try:
        settings = load(find_config(app.config, os.environ), secrets=True)
        found = doctor.examine(settings, app.location(settings), clock(), online=online)
    except ConfigError as error:
        found = [doctor.Finding("configuration", doctor.Grade.FAULT, fault) for fault in error.faults]
        found += doctor.examine(None, named, clock(), online=online)
    if json_:
        print_json([{"name": one.name, "grade": one.grade, "text": one.text, "remedy": one.remedy} for one in found])
    else:
        table = Listing("what", "grade", "found")
        for one in found:
            told = f"{one.text} ({one.remedy})" if one.remedy else one.text
            table.add_row(one.name, Text(one.grade.value, _STYLES[one.grade]), shown(told))
        app.out.print(table)
    if any(one.grade is doctor.Grade.FAULT for one in found):
        sys.exit(1)
