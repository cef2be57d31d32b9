"""recipients and matrix: questions over all vendors."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from storage.model import FactQuery, FactType
from watcher import questions
from watcher.cli.app import App, Day, as_json, chosen_form, clock, format_option, pass_app, print_json
from watcher.history import vendors_named
from watcher.report import answers

TYPES = click.Choice([kind.value for kind in FactType])
at_day = click.option("--at", type=Day(), metavar="DAY", help="What stood at the end of this day (UTC): 2025-12-31.")
of_vendor = click.option("--vendor", help="Only this vendor.")


@click.command()
@click.argument("name", required=False)
@of_vendor
@at_day
@click.option("--all", "everything", is_flag=True, help="Also those that are not named any more.")
@format_option("text", "csv", "json", default="text")
@as_json
@pass_app
def recipients(
    app: App, name: str | None, vendor: str | None, at: datetime | None, *, everything: bool, form: str, json_: bool
) -> None:
    """Say which vendors use NAME (in any spelling), since when, in which role and place; without NAME list them all.

    Example: clausewatch recipients "OpenAI"
    """
    form = chosen_form(form, json_=json_)
    word = questions.word_of(name) if name else None
    with app.reading() as store:
        vendors_named(store, vendor)
        query = FactQuery(types=(FactType.RECIPIENT,), vendor=vendor, history=True, word=word)
        uses = questions.find_uses(store.stated(query), store.versions(), name)
    uses = questions.standing(uses, at, everything=everything)
    if form == "json":
        print_json([answers.use_json(use) for use in uses])
    elif form == "csv":
        click.echo(answers.uses_csv(uses), nl=False)
    elif uses:
        app.out.print(answers.uses_view(uses, clock().astimezone(UTC).date()))
    else:
        app.err.print("nobody names it" if name else "no recipient is named")


@click.command()
@click.option("--type", "types", type=TYPES, multiple=True, help="Only this kind of fact; may be given several times.")
@of_vendor
@at_day
@format_option("text", "csv", "html", "json", default="text")
@as_json
@pass_app
def matrix(
    app: App, types: tuple[str, ...], vendor: str | None, at: datetime | None, *, form: str, json_: bool
) -> None:
    """Set side by side what the vendors state: recipients, transfers, AI, periods, notice, security, contacts.

    Example: clausewatch matrix --format html > vendors.html
    """
    form = chosen_form(form, json_=json_)
    columns = tuple(FactType(one) for one in dict.fromkeys(types)) or questions.COLUMNS
    with app.reading() as store:
        vendors = vendors_named(store, vendor)
        stated = store.stated(FactQuery(types=columns, vendor=vendor, at=at))
        read = {state.vendor for state in store.states() if state.version}
    built = questions.build_matrix(stated, vendors, columns, read)
    if form == "json":
        print_json(answers.matrix_json(built))
    elif form == "csv":
        click.echo(answers.matrix_csv(built), nl=False)
    elif form == "html":
        when = f" at the end of {at.date().isoformat()}" if at else ""
        click.echo(answers.matrix_html(built, f"What the vendors state{when}"))
    elif built.rows:
        app.out.print(answers.matrix_view(built))
    else:
        app.err.print("no vendor yet (clausewatch check reads them from the configuration)")


def print_stated(app: App, query: FactQuery, form: str) -> None:
    """What the sources of the store state, in the form that is asked for."""
    with app.reading() as store:
        vendors_named(store, query.vendor)
        stated = store.stated(query)
    if form == "json":
        print_json([answers.stated_json(one) for one in stated])
    elif form == "csv":
        click.echo(answers.stated_csv(stated), nl=False)
    elif stated:
        app.out.print(answers.stated_view(stated))
    else:
        app.err.print("no fact matches")
