"""deadlines and feeds: until when one may object, and changes for feed readers and calendars."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import click

from storage.errors import UsageError
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.feeds import events_of, write_calendar, write_feeds
from watcher.report import answers, contract
from watcher.report.terminal import counted, shown


@click.command()
@click.option("--ics", is_flag=True, help="Print a calendar, with an alarm a week and a day before each.")
@as_json
@pass_app
def deadlines(app: App, *, ics: bool, json_: bool) -> None:
    """List until when you may object to changes of sub-processors, the soonest first.

    Counted from the vendor's own words, or from `objection` of the source. The calendar also has the days on which
    documents say that they take effect.

    Example: clausewatch deadlines
    """
    if ics and json_:
        raise UsageError("--ics and --json are two forms: choose one")
    today = clock().astimezone(UTC).date()
    with app.reading() as store:
        due = store.deadlines(today)
        events = events_of(due, store.versions(), store.sources(), today) if ics else []
    if ics:
        click.echo(write_calendar(events, "clausewatch: deadlines").decode(), nl=False)
    elif json_:
        print_json([contract.deadline_json(one) for one in due])
    elif due:
        app.out.print(answers.deadlines_view(due, today))
    else:
        app.err.print("no deadline is known that lies ahead (`objection` of a source sets one where its text has none)")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base-url", metavar="URL", help="Where FOLDER is served, for the feeds' own addresses.")
@pass_app
def feeds(app: App, folder: Path, base_url: str | None) -> None:
    """Write feeds (Atom) of all changes, each vendor, source and topic, and a calendar of deadlines, into FOLDER.

    Only what has changed is written. Run it behind `clausewatch check`, and serve FOLDER with any web server.

    Example: clausewatch feeds /var/www/feeds --base-url https://intranet.example/feeds
    """
    with app.reading() as store:
        files, changed = write_feeds(store, folder, clock(), base_url)
    app.err.print(shown(f"{folder}: {counted(files, 'file')}, {changed} written"))
