"""What the commands that look at pages share: the desk, the question before writing, the writing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from storage.errors import UsageError
from storage.model import Source
from watcher.cli.app import App, clock
from watcher.config import Settings, find_config
from watcher.config.edit import Edit, settings_before
from watcher.fetcher.polite import PatientFetcher, polite_fetcher
from watcher.history import SOURCES_LISTED, did_you_mean
from watcher.report.terminal import shown
from watcher.sandbox import Sandbox
from watcher.scout.reading import Desk

SOME_FAILED = 3
THREADS = click.option("--threads", type=click.IntRange(1, 256), default=16, show_default=True, help="Hosts at a time.")


def configuration(app: App) -> tuple[Path, Settings]:
    """The configuration that is to be added to, which need not exist yet."""
    path = find_config(app.config, os.environ)
    settings = settings_before(path)
    for warning in settings.warnings:
        app.err.print(f"warning: {warning}")
    return path, settings


def chosen(settings: Settings, names: Sequence[str]) -> list[Source]:
    """The sources that were named, all where none was. Raises UsageError for one that is not there."""
    known = {source.id: source for source in settings.sources}
    for name in names:
        if name not in known:
            hint = did_you_mean(name, list(known), SOURCES_LISTED)
            raise UsageError(f"no source {name!r} in {settings.path}{hint}")
    return [known[name] for name in dict.fromkeys(names)] if names else list(settings.sources)


@contextmanager
def counting(err: Console, what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error where that is a terminal; the function in return moves it on."""
    if not err.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """A fetcher with all guards and manners, and a sandbox to read in."""
    remedy = "look at the page, and give the address of the document alone"
    with PatientFetcher(polite_fetcher(settings.fetch)) as fetcher, Sandbox(remedy=remedy) as sandbox:
        yield Desk(fetcher, sandbox, clock, fetcher.politeness.ignored)


def must_ask(*, yes: bool, dry_run: bool, json_: bool) -> bool:
    """Whether to ask before writing. Raises UsageError where nobody is there to be asked."""
    if yes or dry_run:
        return False
    if json_ or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nobody can be asked here: say --yes to write, or --dry-run to look only")
    return True


def write(app: App, edit: Edit, *, ask: bool, dry_run: bool, tell: bool = True) -> bool:
    """Show the change, ask if there is somebody to ask, and write it; True when it was written."""
    if tell:
        app.err.print(shown(edit.diff().rstrip("\n")), soft_wrap=True)
    if dry_run:
        return False
    if ask and not click.confirm(f"Write this to {edit.path}?", default=True, err=True):
        return False
    edit.write()
    return True
