"""The reading commands: history, show, log, search."""

from __future__ import annotations

from datetime import datetime

import click

from storage.errors import UsageError
from storage.model import ChangeQuery, Severity, Topic
from watcher import history as past
from watcher import reviews
from watcher.cli.app import App, Since, as_json, clock, pass_app, print_json
from watcher.report import contract, terminal
from watcher.report.reviews import note_json, notes_view
from watcher.report.terminal import shown

_TOPICS = "docs/reference/contracts.md lists them"


@click.command()
@click.argument("source", required=False)
@as_json
@pass_app
def history(app: App, source: str | None, *, json_: bool) -> None:
    """List versions, of one source or of all, oldest first.

    Example: clausewatch history topdesk/privacy
    """
    with app.reading() as store:
        if source is not None:
            past.require_source(store, source)
        versions = store.versions(source)
    if json_:
        print_json([contract.version_json(version) for version in versions])
    elif versions:
        app.out.print(terminal.history_view(versions))
    else:
        app.err.print("no version yet (clausewatch check makes the first)")


@click.command()
@click.argument("version")
@as_json
@pass_app
def show(app: App, version: str, *, json_: bool) -> None:
    """Print the text of one version; VERSION is SOURCE, SOURCE@N or SOURCE@YYYY-MM-DD.

    Example: clausewatch show topdesk/privacy@2
    """
    with app.reading() as store:
        chosen = past.pick(store, version)
        document = store.document(chosen.source_id, chosen.number)
        facts = store.facts(chosen.source_id, chosen.number)
        notes = reviews.standing(reviews.notes_of(store, store.reviews(chosen.source_id)), document, chosen.number)
    hint = past.ahead(version, clock())
    if hint is not None:
        app.err.print(shown(hint))
    if json_:
        print_json({**contract.show_json(chosen, document, facts), "notes": [note_json(note) for note in notes]})
        return
    app.out.print(terminal.document_view(chosen, document))
    if notes:
        app.out.print(notes_view(notes))


@click.command()
@click.option("--since", type=Since(), help="A day (2026-05-01) or an age (7d).")
@click.option("--topic", metavar="ID", help="Only this topic: one of the list in the reference, or one of your own.")
@click.option("--severity", type=click.Choice([severity.value for severity in Severity]), help="The least to show.")
@click.option("--vendor", help="Only this vendor.")
@click.option("--source", help="Only this source.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="At most so many.")
@as_json
@pass_app
def log(
    app: App,
    since: datetime | None,
    topic: str | None,
    severity: str | None,
    vendor: str | None,
    source: str | None,
    limit: int | None,
    *,
    json_: bool,
) -> None:
    """List changes over all sources, newest first; editorial ones only with --severity info.

    Example: clausewatch log --since 30d --topic subprocessors
    """
    query = ChangeQuery(
        source_id=source,
        vendor=vendor,
        topic=topic,
        severity=Severity(severity) if severity else Severity.LOW,
        since=since,
        limit=limit,
    )
    with app.reading() as store:
        if source is not None:
            past.require_source(store, source)
        if vendor is not None:
            past.require_vendor(vendor, sorted({known.vendor for known in store.sources()}))
        changes = store.changes(query)
    if topic is not None and not changes:
        _require_topic(app, topic)
    if json_:
        print_json([contract.recorded_json(recorded) for recorded in changes])
    elif changes:
        app.out.print(terminal.log_view(changes))
    else:
        app.err.print("no change matches")


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=20, show_default=True)
@as_json
@pass_app
def search(app: App, query: str, limit: int, *, json_: bool) -> None:
    """Find passages that hold all words of QUERY, in every version of every source.

    Example: clausewatch search "artificial intelligence"
    """
    if not query.strip():
        raise UsageError("the query is empty (write the words to look for)")
    with app.reading() as store:
        hits = store.search(query, limit)
    if json_:
        print_json([contract.hit_json(hit) for hit in hits])
    elif hits:
        app.out.print(terminal.search_view(hits))
    else:
        app.err.print("nothing found" + " (words are looked for whole: * stands for nothing)" * ("*" in query))


def _require_topic(app: App, topic: str) -> None:
    """A topic that no change bears is asked for by mistake unless it is built in or configured."""
    known = [*Topic, *(interest.id for interest in app.interests(named=False))]
    if topic not in known:
        raise UsageError(f"no topic {topic!r}{past.did_you_mean(topic, known, _TOPICS)}")
