"""status: where every source stands."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from storage.errors import UsageError
from storage.model import DeliveryState, LedgerEntry, SourceState
from watcher import history as past
from watcher.age import Stale, find_stale, not_had
from watcher.cli.app import Age, App, as_json, clock, pass_app, print_json
from watcher.report import contract, terminal
from watcher.report.terminal import counted, shown
from watcher.timestamps.standing import Standing, standing, told

# Nothing is late before, nor before twice its own interval: the age that the monitoring of examples asks for.
_LONG = timedelta(days=2)


@click.command()
@click.argument("source", required=False)
@click.option("--failing", "only_failing", is_flag=True, help="Only sources without a good check at the last try.")
@click.option(
    "--max-age",
    type=Age(),
    metavar="AGE",
    help="Print one line and exit 1 when nobody runs clausewatch, or a source had no good check, for longer (2d, 36h).",
)
@as_json
@pass_app
def status(app: App, source: str | None, *, only_failing: bool, max_age: timedelta | None, json_: bool) -> None:
    """Show last check, last good check, outcome and next due time of every source; of one SOURCE its checks too.

    With --max-age it is a dead man's switch for a monitoring system or a cron line on another machine. A source may
    have twice its own interval, where that is longer than the age.

    Example: clausewatch status --max-age 2d
    """
    if source is not None and max_age is not None:
        raise UsageError("--max-age is about all sources: leave SOURCE out")
    with app.reading() as store:
        if source is not None:
            past.require_source(store, source)
        states = [state for state in store.states() if source in {None, state.source_id}]
        every = {known.id: known.longest for known in store.sources()}
        entries = store.ledger(source, limit=50) if source else []
        given_up = len(store.deliveries(DeliveryState.DEAD)) if source is None else 0
        wishes = past.holds(store, source, clock()) if source is not None else []
        stamped = standing(store) if source is None else None
    stale = None if max_age is None else find_stale(states, every, clock(), max_age)
    shown_ones = [state for state in states if not only_failing or not_had(state)]
    if json_:
        rest: dict[str, object] = {"given_up": given_up}
        if source:
            rest = {"checks": [contract.ledger_json(entry) for entry in entries]}
        _print_json(shown_ones, rest, stale, stamped)
    elif stale is not None and not only_failing:
        app.out.print(shown(terminal.stale_line(stale, clock())))
    else:
        unchecked = find_stale(states, every, clock(), _LONG).unchecked
        _print(app, states, shown_ones, entries, given_up, late={state.source_id for state in unchecked})
        for line in [*wishes, *([told(stamped.failed)] if stamped and stamped.failed else [])]:
            app.err.print(shown(line))
    sys.exit(1 if stale is not None and stale.any else 0)


def _print_json(
    states: list[SourceState], rest: dict[str, object], stale: Stale | None, stamped: Standing | None
) -> None:
    print_json(
        {
            "sources": [contract.state_json(state) for state in states],
            **rest,
            **({"stale": contract.stale_json(stale)} if stale is not None else {}),
            **({"time_stamps": contract.stamped_json(stamped)} if stamped is not None else {}),
        }
    )


def _print(
    app: App,
    states: list[SourceState],
    listed: list[SourceState],
    entries: list[LedgerEntry],
    given_up: int,
    *,
    late: set[str],
) -> None:
    if not states:
        app.err.print("no source yet (clausewatch check reads them from the configuration)")
        return
    if listed:
        app.out.print(terminal.status_view(listed, clock()))
    if entries:
        app.out.print()
        app.out.print(terminal.ledger_view(entries))
    app.err.print(_summary(states, late))
    if given_up:
        app.err.print(terminal.given_up_line(given_up))


def _summary(states: list[SourceState], late: set[str]) -> str:
    """How many are in which state; one whose last check was good, but long ago, is not called fine."""
    active = [state for state in states if state.active]
    checked = [state.outcome for state in active if state.outcome is not None]
    good = sum(outcome.good for outcome in checked)
    fine = sum(state.outcome.good for state in active if state.outcome and state.source_id not in late)
    moved = sum(state.moved_to is not None for state in active)
    parts = [f"{counted(len(active), 'source')} watched", f"{fine} fine"]
    parts += [f"{len(checked) - good} not had at the last check"] if good < len(checked) else []
    parts += [f"{len(active) - len(checked)} not checked yet"] if len(checked) < len(active) else []
    parts += [f"{len(late)} not looked at for days (is `clausewatch run`, or a timer, at work?)"] if late else []
    parts += [f"{moved} moved for good (clausewatch sources fix)"] if moved else []
    return ", ".join(parts)
