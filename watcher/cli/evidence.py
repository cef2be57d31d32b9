"""export and verify: the history for other programs, the evidence in one file, and whether both are sound."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from storage.errors import UsageError
from storage.protocol import Store
from watcher import history as past
from watcher.bundle import Stretch, check_bundle, make_bundle
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.report import tables
from watcher.report.terminal import shown

_HEAD = re.compile(r"[0-9a-f]{64}")


@click.command()
@click.argument("source", required=False, metavar="[SOURCE[@A..B]]")
@click.option("--what", type=click.Choice(tables.WHAT), default="changes", show_default=True, help="Which table.")
@click.option("--format", "form", type=click.Choice(["json", "csv", "jsonld"]), default="json", show_default=True)
@click.option("--bundle", type=click.Path(path_type=Path), metavar="FILE.zip", help="The evidence, as a new file.")
@pass_app
def export(app: App, source: str | None, *, what: str, form: str, bundle: Path | None) -> None:
    """Print versions, changes, facts or checks as a table; or write the evidence about SOURCE into one file.

    With --bundle: pages as received, texts, differences and records with their place in the chain, for somebody who has
    neither this store nor this program; versions A to B of it, each a number or a day. `clausewatch verify FILE.zip`
    checks it, and so does sha256sum alone.

    Example: clausewatch export topdesk/privacy@2..4 --bundle evidence.zip
    """
    with app.reading() as store:
        if bundle is not None:
            if source is None:
                raise UsageError("--bundle is about one source: name it (clausewatch status lists them)")
            stretch = _stretch(store, source)
            count = make_bundle(store, stretch, bundle, clock())
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


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path), required=False)
@click.option("--head", metavar="HASH", help="The head that was noted before: finds a history whose end was cut off.")
@as_json
@pass_app
def verify(app: App, bundle: Path | None, head: str | None, *, json_: bool) -> None:
    """Check the chain of records and every stored byte; prints the head, exits 1 when something does not fit.

    With a BUNDLE that `clausewatch export` made, that file instead; no store is needed for it. Note the head elsewhere
    now and then: without one, only changes inside the history can be found.

    Example: clausewatch verify
    """
    if head is not None and not _HEAD.fullmatch(head := head.strip().lower()):
        raise UsageError(f'"{head}" is no head: give all of its 64 hexadecimal digits')
    if bundle is not None:
        checked = check_bundle(bundle, head)
        numbers = ", ".join(map(str, checked.versions))
        told = f"; {checked.source}, version{'s' * (len(checked.versions) != 1)} {numbers}"
        _tell(app, checked.head, checked.problems, told, json_=json_)
        return
    with app.reading() as store:
        problems = store.verify(head)
        now = store.head()
    _tell(app, now, problems, json_=json_)


def _tell(app: App, head: str, problems: Sequence[str], more: str = "", *, json_: bool) -> None:
    """The outcome of a verification; exits 1 where something does not fit."""
    if json_:
        print_json({"head": head, "problems": list(problems)})
    elif not problems:
        app.out.print(shown(f"sound; head {head}{more}"))
    for problem in problems:
        app.err.print(shown(problem))
    if problems:
        sys.exit(1)


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
