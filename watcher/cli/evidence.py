"""export and verify: the history for other programs, the evidence in one file, and whether both are sound."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from storage.errors import ConfigError, UsageError
from storage.protocol import Store
from watcher import history as past
from watcher.bundle import Stretch, check_bundle, make_bundle
from watcher.cli.app import App, as_json, clock, format_option, pass_app, print_json
from watcher.config import find_config
from watcher.report import proof, tables
from watcher.report.terminal import counted, shown
from watcher.timestamps.judging import judge
from watcher.timestamps.standing import certificates
from watcher.timestamps.token import installed

_HEAD = re.compile(r"[0-9a-f]{64}")


@click.command()
@click.argument("source", required=False, metavar="[SOURCE[@A..B]]")
@click.option("--what", type=click.Choice(tables.WHAT), default="changes", show_default=True, help="Which table.")
@format_option("json", "csv", "jsonld", default="json")
@click.option("--bundle", type=click.Path(path_type=Path), metavar="FILE.zip", help="The evidence, as a new file.")
@pass_app
def export(app: App, source: str | None, *, what: str, form: str, bundle: Path | None) -> None:
    """Print versions, changes, facts or checks as a table; or write the evidence about SOURCE into one file.

    With --bundle: pages as received, texts, differences and records with their place in the chain, for somebody who has
    neither this store nor this program; versions A to B of it, each a number or a day. `clausewatch verify FILE.zip`
    checks it, and so does sha256sum alone.

    Example: clausewatch export topdesk/privacy@2..4 --bundle evidence.zip
    """
    if bundle is not None:
        _no_table()
    with app.reading() as store:
        if bundle is not None:
            if source is None:
                raise UsageError("--bundle is about one source: name it (clausewatch status lists them)")
            stretch = _stretch(store, source)
            trusted = _trusted(app, None, ask=bool(store.stamps(limit=1)))
            count = make_bundle(store, stretch, bundle, clock(), trusted=trusted)
            first, last = stretch.versions[0].number, stretch.versions[-1].number
            app.err.print(shown(f"wrote {bundle}: {count} files, versions {first} to {last} of {stretch.source.id}"))
            return
        if source is not None:
            if "@" in source:
                raise UsageError(f"{source}: a table has all versions; choose some with --bundle FILE.zip only")
            past.require_source(store, source)
        known = next((one for one in store.sources() if one.id == source), None)
        rows = tables.rows_of(store, what, known)
    if form == "csv":
        click.echo(tables.table_csv(what, rows), nl=False)
    else:
        print_json(tables.json_ld(what, rows) if form == "jsonld" else rows)


def _no_table() -> None:
    """See that nothing was chosen that only a table has. Raises UsageError."""
    context = click.get_current_context()
    for name, option in (("what", "--what"), ("form", "--format")):
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise UsageError(f"{option} is about a table; a bundle holds everything")


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path), required=False)
@click.option("--head", metavar="HASH", help="The head that was noted before: finds a history whose end was cut off.")
@click.option(
    "--ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Certificates (PEM) that time stamps must lead to, else `ca` in [timestamps].",
)
@as_json
@pass_app
def verify(app: App, bundle: Path | None, head: str | None, ca: Path | None, *, json_: bool) -> None:
    """Check the chain of records, every stored byte and the time stamps; prints the head, exits 1 on a fault.

    With a BUNDLE that `clausewatch export` made, that file instead; no store is needed for it. Note the head elsewhere
    now and then, or have it stamped: else only changes inside the history can be found. Asks nobody.

    Example: clausewatch verify
    """
    if head is not None and not _HEAD.fullmatch(head := head.strip().lower()):
        raise UsageError(f'"{head}" is no head: give all of its 64 hexadecimal digits')
    if bundle is not None:
        checked = check_bundle(bundle, head, _trusted(app, ca, ask=False))
        numbers = ", ".join(map(str, checked.versions))
        told_ = f"; {checked.source}, version{'s' * (len(checked.versions) != 1)} {numbers}"
        if json_:
            print_json(proof.bundle_json(checked))
        _tell(app, f"sound; head {checked.head}{told_}", checked.problems, json_=json_)
        _more(app, [proof.stamps_line(checked.stamps, checked.trust), _gone(checked.dropped)], json_=json_)
        sys.exit(1 if checked.problems else 0)
    with app.reading() as store:
        problems = store.verify(head)
        now, stamps, dropped = store.head(), store.stamps(), store.dropped()
    trusted = _trusted(app, ca, ask=bool(stamps))
    judged = judge(stamps, trusted) if installed() or not stamps else None
    problems += [f"time stamp of record {one.seq}: {one.problem}" for one in judged or () if one.problem is not None]
    if json_:
        print_json(proof.store_json(now, problems, judged, dropped))
    _tell(app, f"sound; head {now or 'none yet'}", problems, json_=json_)
    trust = "given" if trusted is not None else "none"
    _more(app, [proof.stamps_line(judged, trust), proof.dropped_line(dropped)], json_=json_)
    sys.exit(1 if problems else 0)


def _tell(app: App, sound: str, problems: Sequence[str], *, json_: bool) -> None:
    """The outcome of a verification."""
    if not problems and not json_:
        app.out.print(shown(sound))
    for problem in problems:
        app.err.print(shown(problem))


def _more(app: App, lines: Sequence[str], *, json_: bool) -> None:
    """What is worth knowing and no fault."""
    for line in lines:
        if line and not json_:
            app.err.print(shown(line))


def _gone(pages: Sequence[str]) -> str:
    return (
        f"{counted(len(pages), 'raw page')} let go of before the bundle was made: {', '.join(pages)}" if pages else ""
    )


def _trusted(app: App, ca: Path | None, *, ask: bool = True) -> bytes | None:
    """The certificates that time stamps must lead to: those that are named, else those of the configuration, if any.

    Raises UsageError when the file cannot be used.
    """
    if ca is None and ask:
        try:
            settings = app.settings() if find_config(app.config, os.environ).exists() else None
        except ConfigError as error:  # the history can be checked all the same
            app.err.print(shown(f"warning: the configuration cannot be read, and with it no `ca`: {error.faults[0]}"))
            settings = None
        ca = settings.timestamps.ca if settings and settings.timestamps else None
    try:
        return certificates(ca)
    except ValueError as error:
        raise UsageError(f"{error}; name another with --ca") from error


def _stretch(store: Store, wanted: str) -> Stretch:
    """The versions that `SOURCE`, `SOURCE@N` or `SOURCE@A..B` names. Raises UsageError.

    Days take in whatever stood on them: from the version that stood when the first began, to the one at the end of the
    last.
    """
    source_id, _, when = wanted.partition("@")
    versions = past.versions_of(store, source_id)
    first, dots, last = when.partition("..")
    begin = past.named(versions, first) if first else versions[0]
    if dots and first and not first.isdigit():
        stood = [version for version in versions if version.first_seen.date() < date.fromisoformat(first)]
        begin = stood[-1] if stood else versions[0]
    end = past.named(versions, last) if last else begin if first and not dots else versions[-1]
    chosen = tuple(version for version in versions if begin.number <= version.number <= end.number)
    if not chosen:
        raise UsageError(f"{source_id}: {when} goes backwards (write {end.number}..{begin.number})")
    known = next(one for one in store.sources() if one.id == source_id)
    return Stretch(known, chosen)
