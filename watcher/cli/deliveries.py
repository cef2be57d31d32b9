"""deliveries: the outbox."""

from __future__ import annotations

from dataclasses import replace

import click

from notifier.deliver import deliver
from notifier.notice_text import notice_text
from notifier.notices import view_notices
from storage.errors import UsageError
from storage.model import Delivery, DeliveryState, NoticeParcel, Post
from storage.protocol import Store
from watcher.assembly import deliver_settings
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.report import contract, terminal


@click.group()
def deliveries() -> None:
    """Look at the outbox, send again, give up."""


@deliveries.command("list")
@click.option("--state", type=click.Choice([state.value for state in DeliveryState]), help="Only these.")
@as_json
@pass_app
def list_(app: App, state: str | None, *, json_: bool) -> None:
    """List deliveries, newest first.

    Example: clausewatch deliveries list --state pending
    """
    with app.reading() as store:
        found = store.deliveries(DeliveryState(state) if state else None)
    if json_:
        print_json([contract.delivery_json(delivery) for delivery in found])
    elif found:
        app.out.print(terminal.deliveries_view(found, clock()))
    else:
        app.err.print("no delivery")


@deliveries.command()
@click.argument("key", metavar="ID")
@as_json
@pass_app
def show(app: App, key: str, *, json_: bool) -> None:
    """Show one delivery and what its message says; ID may be cut short.

    Example: clausewatch deliveries show 3fa9
    """
    with app.reading() as store:
        parcel = _parcel(store, key)
    if json_:
        print_json(contract.parcel_json(parcel))
        return
    app.out.print(terminal.deliveries_view([parcel.delivery], clock()))
    if isinstance(parcel, NoticeParcel):
        app.out.print(terminal.shown(notice_text(view_notices([parcel]), "").partition("\n\n-- \n")[0]))
        return
    app.out.print(
        terminal.shown(f"{parcel.source.vendor} {parcel.source.document.value}, version {parcel.version.number}")
    )
    for change in parcel.changes:
        app.out.print(terminal.change_view(change))


@deliveries.command()
@click.argument("key", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are pending or given up.")
@pass_app
def retry(app: App, key: tuple[str, ...], *, everything: bool) -> None:
    """Try again now, those that were given up too; one that was dropped when its ID is given.

    Example: clausewatch deliveries retry --all
    """
    settings = app.settings(secrets=True)
    with app.writing(settings) as store:
        states = {DeliveryState.PENDING, DeliveryState.DEAD} | ({DeliveryState.DROPPED} if key else set())
        waiting = _chosen(store, key, everything=everything, states=states)
        now = clock()
        store.record_deliveries([replace(one, state=DeliveryState.PENDING, next_try=now) for one in waiting])
        report = deliver(store, deliver_settings(settings), clock)
    app.err.print(terminal.delivered(report) if report.targets else "nothing was waiting")


@deliveries.command()
@click.argument("key", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are pending or given up.")
@pass_app
def drop(app: App, key: tuple[str, ...], *, everything: bool) -> None:
    """Give up; the delivery stays in the list as dropped, and goes out again only by `retry` with its ID.

    Example: clausewatch deliveries drop 3fa9
    """
    settings = app.settings()
    with app.writing(settings) as store:
        waiting = _chosen(store, key, everything=everything, states={DeliveryState.PENDING, DeliveryState.DEAD})
        store.record_deliveries([replace(one, state=DeliveryState.DROPPED) for one in waiting])
    app.err.print(f"{len(waiting)} dropped")


def _parcel(store: Store, key: str) -> Post:
    """One delivery by its ID, or the start of it. Raises UsageError."""
    if not key.strip():  # what a variable that is not set comes to
        raise UsageError("an empty ID names no delivery; `clausewatch deliveries list` shows them")
    return store.parcel(key.strip())


def _chosen(store: Store, keys: tuple[str, ...], *, everything: bool, states: set[DeliveryState]) -> list[Delivery]:
    if bool(keys) == everything:
        raise UsageError("name deliveries by ID, or all of them with --all (see: clausewatch deliveries list)")
    if everything:
        return [one for one in store.deliveries() if one.state in states]
    named = [_parcel(store, key).delivery for key in keys]
    for delivery in named:
        if delivery.state not in states:
            raise UsageError(f"{delivery.key[:12]}: it is {delivery.state.value} already")
    return named
