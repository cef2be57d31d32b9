"""subscribers: who is told, and whether they can be."""

from __future__ import annotations

import sys

import click

from storage.errors import UsageError
from storage.model import OPERATOR
from watcher.assembly import deliver_settings
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.history import did_you_mean
from watcher.report import contract
from watcher.report.listing import Listing
from watcher.report.terminal import shown
from watcher.sample import send_notice_sample, send_sample


@click.group()
def subscribers() -> None:
    """List subscribers and send them a sample."""


@subscribers.command("list")
@as_json
@pass_app
def list_(app: App, *, json_: bool) -> None:
    """List every subscriber of the configuration; addresses are shown as configured, secrets unexpanded.

    Example: clausewatch subscribers list
    """
    settings = app.settings()
    if json_:
        print_json([contract.subscriber_json(subscriber) for subscriber in settings.subscribers])
        return
    if not settings.subscribers:
        app.err.print(f"no subscriber in {settings.path} (see docs/how-to/alerts.md)")
        return
    table = Listing("subscriber", "to", "hears of", "from severity", "how often")
    for subscriber in settings.subscribers:
        filters = [
            *subscriber.vendors,
            *(document.value for document in subscriber.documents),
            *subscriber.tags,
            *(str(topic) for topic in subscriber.topics),
            *(direction.value for direction in subscriber.directions),
            *subscriber.languages,
        ]
        to = " ".join(target.template for target in subscriber.targets)
        table.add_row(
            shown(subscriber.name),
            shown(to),
            shown(", ".join(filters) or "everything"),
            subscriber.min_severity.value,
            subscriber.cadence.value,
        )
    app.out.print(table)


@subscribers.command()
@click.argument("name")
@pass_app
def test(app: App, name: str) -> None:
    """Send a sample alert to every target of NAME, now, whatever the filters say. Exits 1 if one was not taken.

    `operator` gets a sample of what [operator] hears.

    Example: clausewatch subscribers test privacy-team
    """
    settings = app.settings(secrets=True)
    if name == OPERATOR and settings.operator.targets:
        wanted = settings.operator.targets
        report = send_notice_sample(settings.operator, deliver_settings(settings), clock(), console=sys.stdout)
    else:
        found = next((one for one in settings.subscribers if one.name == name), None)
        if found is None:
            hint = did_you_mean(
                name, [one.name for one in settings.subscribers], "clausewatch subscribers list shows them"
            )
            raise UsageError(f"no subscriber {name!r} in {settings.path}{hint}")
        wanted = found.targets
        report = send_sample(found, deliver_settings(settings), clock(), console=sys.stdout)
    for target in report.targets:
        problem = target.last_error
        app.err.print(f"{shown(target.target).plain}: " + (f"not taken: {shown(problem).plain}" if problem else "sent"))
    if report.sent < len(wanted):
        sys.exit(1)
