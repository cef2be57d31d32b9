"""status and verify: where every source stands, and whether the history is sound."""

from __future__ import annotations

import sys

import click

from storage.model import SourceState
from watcher import history as past
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.report import contract, terminal
from watcher.report.terminal import counted, shown


@click.command()
@click.argument("source", required=False)
@as_json
@pass_app
def status(app: App, source: str | None, *, json_: bool) -> None:
    """Show last check, last good check, outcome and next due time of every source; of one SOURCE its checks too.

    Example: clausewatch status
    """
    with app.reading() as store:
        if source is not None:
            past.require_source(store, source)
        states = [state for state in store.states() if source in {None, state.source_id}]
        entries = store.ledger(source, limit=50) if source else []
    if json_:
        print_json(
            {
                "sources": [contract.state_json(state) for state in states],
                **({"checks": [contract.ledger_json(entry) for entry in entries]} if source else {}),
            }
        )
        return
    if not states:
        app.err.print("no source yet (clausewatch check reads them from the configuration)")
        return
    app.out.print(terminal.status_view(states, clock()))
    if entries:
        app.out.print()
        app.out.print(terminal.ledger_view(entries))
    app.err.print(_summary(states))


@click.command()
@click.option("--head", metavar="HASH", help="The head that was noted before: finds a history whose end was cut off.")
@as_json
@pass_app
def verify(app: App, head: str | None, *, json_: bool) -> None:
    """Check the chain of records and every stored byte; prints the head, exits 1 when something does not fit.

    Note the head elsewhere now and then: without one, only changes inside the history can be found.

    Example: clausewatch verify
    """
    with app.reading() as store:
        problems = store.verify(head)
        now = store.head()
    if json_:
        print_json({"head": now, "problems": problems})
    elif not problems:
        app.out.print(f"sound; head {now}")
    for problem in problems:
        app.err.print(shown(problem))
    if problems:
        sys.exit(1)


def _summary(states: list[SourceState]) -> str:
    active = [state for state in states if state.active]
    checked = [state.outcome for state in active if state.outcome is not None]
    fine = sum(outcome.good for outcome in checked)
    parts = [f"{counted(len(active), 'source')} watched", f"{fine} fine"]
    parts += [f"{len(checked) - fine} not had at the last check"] if fine < len(checked) else []
    parts += [f"{len(active) - len(checked)} not checked yet"] if len(checked) < len(active) else []
    return ", ".join(parts)
