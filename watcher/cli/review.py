"""review: what people do about recorded changes."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import click

from storage.errors import UsageError
from storage.model import ReviewState, Severity
from storage.protocol import Store
from watcher import history as past
from watcher import reviews as found
from watcher.cli.app import App, Command, Since, as_json, clock, format_option, pass_app, print_json
from watcher.report import reviews as report
from watcher.report.terminal import counted, shown

STATES = [state.value for state in ReviewState]
by_whom = click.option("--by", metavar="NAME", envvar="CLAUSEWATCH_REVIEWER", help="Who says so (else your login).")
with_note = click.option("--note", metavar="TEXT", help="Also a note.")
changes_named = click.argument("changes", nargs=-1, required=True, metavar="CHANGE...")


def choosing(default: str) -> Callable[[Command], Command]:
    """The filters of a list of reviews."""

    def add(command: Command) -> Command:
        for option in (
            click.option("--since", type=Since(), help="A day (2026-05-01) or an age (7d)."),
            click.option(
                "--severity",
                type=click.Choice([severity.value for severity in Severity]),
                default=Severity.LOW.value,
                show_default=True,
                help="The least to show; info: editorial ones too.",
            ),
            click.option("--vendor", help="Only this vendor."),
            click.option("--assignee", metavar="NAME", help='Only what this person shall see to; "": nobody.'),
            click.option("--state", type=click.Choice([*STATES, "all"]), default=default, show_default=True),
        ):
            command = option(command)
        return command

    return add


@click.group()
def review() -> None:
    """Note what you do about a change: acknowledge, object, accept, assign. Each step is kept as evidence.

    A CHANGE is SOURCE@VERSION#POSITION as `clausewatch review list` shows it, or SOURCE@VERSION for all of a version.
    """


@review.command("list")
@choosing(ReviewState.OPEN.value)
@as_json
@pass_app
def list_(app: App, /, *, json_: bool, **choice: Any) -> None:
    """List changes and where their review stands, those to decide by a day first, the soonest first, then the newest.

    Example: clausewatch review list --assignee Ada
    """
    with app.reading() as store:
        reviews = found.find_reviews(store, _query(store, **choice))
    today = _today()
    if json_:
        print_json([report.review_json(one, today) for one in reviews])
        return
    if not reviews:
        app.err.print("no change matches (see --state and --severity)")
        return
    app.out.print(report.reviews_view(reviews, today))
    late = sum(one.overdue(today) for one in reviews)
    app.err.print(counted(len(reviews), "change") + (f", {late} overdue" if late else ""))


@review.command()
@changes_named
@click.option("--state", type=click.Choice(STATES), default=ReviewState.ACKNOWLEDGED.value, show_default=True)
@with_note
@by_whom
@pass_app
def ack(app: App, changes: tuple[str, ...], state: str, note: str | None, by: str | None) -> None:
    """Say that you have seen changes, or with --state that you objected to them or accept them.

    Of an objection it says whether it was in time. This notes it and sends nothing to the vendor.

    Example: clausewatch review ack acme/subprocessors@3 --state objected --note "letter of today"
    """
    _write(app, changes, by, state=ReviewState(state), note=note)


@review.command()
@changes_named
@click.option("--to", metavar="NAME", help="Who shall see to it.")
@click.option("--nobody", is_flag=True, help="Take it back from whoever it was assigned to.")
@with_note
@by_whom
@pass_app
def assign(
    app: App, changes: tuple[str, ...], to: str | None, note: str | None, by: str | None, *, nobody: bool
) -> None:
    """Say who shall see to changes.

    Example: clausewatch review assign acme/privacy@2#0 --to Ada
    """
    if (to is None) != nobody:
        raise UsageError("say to whom: --to NAME, or --nobody")
    if to is not None and not to.strip():
        raise UsageError("the name of the assignee is empty (to take it back: --nobody)")
    _write(app, changes, by, assignee=to or "", note=note)


@review.command("note")
@click.argument("change")
@click.argument("text")
@by_whom
@pass_app
def note_(app: App, change: str, text: str, by: str | None) -> None:
    """Write a note on a change. It is shown with the clause for as long as its wording stands.

    Example: clausewatch review note acme/privacy@2#0 "Covered by our addendum of May"
    """
    _write(app, (change,), by, note=text)


@review.command()
@click.argument("source", required=False)
@choosing("all")
@click.option("--what", type=click.Choice(["changes", "events"]), default="changes", show_default=True)
@format_option("json", "csv", default="json")
@pass_app
def export(app: App, /, source: str | None, *, what: str, form: str, **choice: Any) -> None:
    """Print changes with their reviews as a table; with --what events each step, by whom and when.

    Example: clausewatch review export --format csv > reviews.csv
    """
    with app.reading() as store:
        if source is not None:
            past.require_source(store, source)
        reviews = found.find_reviews(store, _query(store, source, **choice))
    today = _today()
    if what == "events":
        events = found.events_of(reviews)
        if form == "csv":
            click.echo(report.events_csv(events), nl=False)
        else:
            print_json([report.event_json(event) for event in events])
    elif form == "csv":
        click.echo(report.reviews_csv(reviews, today), nl=False)
    else:
        print_json([report.review_json(one, today) for one in reviews])


def _query(
    store: Store,
    source: str | None = None,
    *,
    state: str,
    assignee: str | None,
    vendor: str | None,
    severity: str,
    since: datetime | None,
) -> found.ReviewQuery:
    if vendor is not None:
        past.require_vendor(vendor, sorted({known.vendor for known in store.sources()}))
    wanted = None if state == "all" else ReviewState(state)
    return found.ReviewQuery(wanted, assignee, vendor, Severity(severity), since, source)


def _write(
    app: App,
    changes: tuple[str, ...],
    by: str | None,
    *,
    state: ReviewState | None = None,
    assignee: str | None = None,
    note: str | None = None,
) -> None:
    """Write one event for each change or version that is named, and say where it stands now."""
    with app.writing(app.settings()) as store:
        targets = [past.pick_change(store, named) for named in changes]
        now = clock()
        events = found.note_events(targets, now, _who(by), state=state, assignee=assignee, note=note)
        store.add_reviews(events)
        due = {(one.source_id, one.version): one.deadline for one in store.deadlines(date.min)}
    for event in events:
        said = found.said_of(event, due.get((event.source_id, event.version)))
        app.out.print(shown(f"{found.change_id(event.source_id, event.version, event.position)}: {said}"))


def _who(by: str | None) -> str:
    """Who is at the keyboard. Raises UsageError where neither the option nor the system says so."""
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("who says so? the system does not know your name: give --by NAME") from error


def _today() -> date:
    return clock().astimezone(UTC).date()
