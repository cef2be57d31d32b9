"""diff: two versions of one source side by side."""

from __future__ import annotations

import sys

import click

from storage.model import Verdict
from watcher import reviews
from watcher.cli.app import App, chosen_form, format_option, pass_app, print_json
from watcher.difference import difference
from watcher.report import contract, terminal
from watcher.report.page import as_html, as_markdown
from watcher.report.reviews import note_json, notes_view
from watcher.sandbox import Sandbox


@click.command()
@click.argument("source")
@click.argument("old", required=False)
@click.argument("new", required=False)
@format_option("text", "md", "html", "json", default="text")
@click.option("--json", "json_", is_flag=True, help="Short for --format json.")
@click.option("--all", "everything", is_flag=True, help="Show editorial changes too (json, md and html always do).")
@click.option("--exit-code", is_flag=True, help="Exit 1 if there is a material change, as git diff does.")
@pass_app
def diff(
    app: App,
    source: str,
    old: str | None,
    new: str | None,
    *,
    form: str,
    json_: bool,
    everything: bool,
    exit_code: bool,
) -> None:
    """Show what changed between two versions of SOURCE; OLD and NEW are numbers or days, else the last two.

    Example: clausewatch diff topdesk/privacy 1 3 --format html > diff.html
    """
    form = chosen_form(form, json_=json_)
    with app.reading() as store, Sandbox(size=1) as stages:
        found = difference(store, source, old, new, interests=app.interests(named=False), stages=stages)
        notes = reviews.about(reviews.notes_of(store, store.reviews(source)), found.comparison, found.new.number)
    heading = f"{source} {found.old.number} -> {found.new.number}"
    if form == "json":
        sides = contract.version_side(found.old), contract.version_side(found.new)
        told = contract.compare_json(found.comparison, *sides)
        print_json({**told, "notes": [note_json(note) for note in notes]})
    elif form == "md":
        click.echo(as_markdown(found.comparison, heading))
    elif form == "html":
        click.echo(as_html(found.comparison, heading))
    else:
        only_editorial = found.comparison.verdict is Verdict.EDITORIAL
        app.out.print(terminal.comparison_view(found.comparison, heading, editorial=everything or only_editorial))
        if notes:
            app.out.print(notes_view(notes))
        if old and found.old.number == found.new.number:
            app.say(_alone(source, found.new.number))
    if exit_code and found.comparison.verdict is Verdict.MATERIAL:
        sys.exit(1)


def _alone(source: str, number: int) -> str:
    """What to say where a version was compared with itself: "same" is no answer to what it brought."""
    brought = f"; what it brought: clausewatch diff {source} {number - 1} {number}" if number > 1 else ""
    return f"both are version {number}{brought}"
