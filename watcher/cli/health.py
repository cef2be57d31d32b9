"""status: where every source stands."""

from __future__ import annotations

import click

from storage.model import SourceState
from watcher import history as past
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.report import contract, terminal


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


def _summary(states: list[SourceState]) -> str:
    active = [state for state in states if state.active]
    bad = [state for state in active if state.outcome is not None and not state.outcome.good]
    return f"{len(active)} sources watched, {len(active) - len(bad)} fine, {len(bad)} not had at the last check"
