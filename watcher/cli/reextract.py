"""reextract: the kept raw pages read anew by the rules of today."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from storage.errors import UsageError
from storage.model import Source
from watcher.cli.app import App, clock, pass_app, print_json_lines, with_bar
from watcher.config import Settings
from watcher.history import SOURCES_LISTED, did_you_mean
from watcher.reextract import Reading, Reread, reextract
from watcher.report import contract
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox

SOME_FAILED = 3
_SHOWN_CHANGES = 5


@click.command("reextract")
@click.argument("source", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would differ; record nothing.")
@click.option("--json", "json_", is_flag=True, help="Print JSON Lines, one per source.")
@pass_app
def reextract_command(app: App, source: tuple[str, ...], *, dry_run: bool, json_: bool) -> None:
    """Read the raw pages of the latest version of every source (or of each SOURCE) anew, by the rules of today.

    Where they read another text, that becomes a version with the cause re-extracted. It alerts nobody, and the next
    page of the vendor is compared with it. Nothing is fetched. May be stopped and repeated: what is done stays done.

    Exits 3 when some pages could not be read; their versions stay as they are.

    Example: clausewatch reextract --dry-run
    """
    settings = app.settings()
    chosen = _chosen(source, settings)
    with app.reading() if dry_run else app.writing(settings) as store, Sandbox() as sandbox:
        steps = reextract(store, chosen, sandbox, clock, dry_run=dry_run)
        readings = [
            _print(app, again, dry_run=dry_run, json_=json_)
            for again in with_bar(app.err, "reading", steps, len(chosen))
        ]
    _tell(app.err, readings, dry_run=dry_run)
    if Reading.UNREADABLE in readings or Reading.BUSY in readings:
        sys.exit(SOME_FAILED)


def _chosen(wanted: tuple[str, ...], settings: Settings) -> list[Source]:
    """The sources asked for, in that order; all when none is. Raises UsageError naming every unknown one."""
    known = {source.id: source for source in settings.sources}
    faults = [
        f"no source {name!r} in {settings.path}{did_you_mean(name, list(known), SOURCES_LISTED)}"
        for name in wanted
        if name not in known
    ]
    if faults:
        raise UsageError("\n".join(faults))
    return [known[name] for name in dict.fromkeys(wanted)] or list(settings.sources)


def _print(app: App, again: Reread, *, dry_run: bool, json_: bool) -> Reading:
    """One source, as it comes."""
    if json_:
        print_json_lines([_line(again, dry_run=dry_run)])
    elif again.made is not None and again.before is not None:
        verb = "would become" if dry_run else "became"
        sizes = f"{again.before.words} words before, {again.made.version.words} now"
        app.out.print(f"{again.source_id}@{again.before.number}: {verb} version {again.made.version.number}; {sizes}")
        changes = again.comparison.changes if again.comparison else ()
        for change in changes[:_SHOWN_CHANGES]:
            app.out.print(f"  {shown(change.summary).plain}")
        if len(changes) > _SHOWN_CHANGES:
            app.out.print(f"  and {counted(len(changes) - _SHOWN_CHANGES, 'more difference')} (--json shows all)")
    elif again.problem is not None:
        place = f"@{again.before.number}" if again.before else ""
        app.err.print(f"{again.source_id}{place}: {again.reading.value}: {shown(again.problem).plain}")
    return again.reading


def _line(again: Reread, *, dry_run: bool) -> contract.Json:
    """One source as programs read it."""
    before, made = again.before, again.made.version if again.made else None
    comparison = again.comparison
    return {
        "source": again.source_id,
        "reading": again.reading.value,
        "version": before.number if before else None,
        "made": made.number if made and not dry_run else None,
        "words": [before.words, made.words] if before and made else None,
        "blocks": [before.blocks, made.blocks] if before and made else None,
        "verdict": comparison.verdict.value if comparison else None,
        "changes": [contract.change_json(change) for change in comparison.changes] if comparison else [],
        "problem": again.problem,
    }


def _tell(err: Console, readings: list[Reading], *, dry_run: bool) -> None:
    """All sources in one line."""
    words = {
        Reading.DIFFERS: "would differ" if dry_run else "re-extracted",
        Reading.SAME: "with the same text",
        Reading.CURRENT: "read by the rules of today already",
        Reading.NO_VERSION: "without a version",
        Reading.UNREADABLE: "not readable",
        Reading.BUSY: "busy",
    }
    parts = [f"{count} {what}" for reading, what in words.items() if (count := readings.count(reading))]
    err.print(f"{counted(len(readings), 'source')}: {', '.join(parts)}{' (dry run)' * dry_run}")
