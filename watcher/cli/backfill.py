"""backfill: recorded captures into the history, or through a throwaway store."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from notifier.deliver import deliver
from storage.connect import open_store
from storage.errors import UsageError
from storage.model import DocumentType, ExtractRules, Source, Subscriber
from watcher.assembly import deliver_settings
from watcher.backfill import Step, backfill, step_json
from watcher.cli.app import App, as_json, clock, pass_app, print_json_lines, with_bar
from watcher.history import did_you_mean
from watcher.recording import Recording, open_recording
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox


@click.command("backfill")
@click.argument("source", required=False)
@click.option(
    "--from",
    "place",
    required=True,
    type=click.Path(path_type=Path),
    help="An index.json, a folder, a git repository or a WARC.",
)
@click.option("--page", metavar="ID", help="The page of several: its id, Service/Document, address.")
@click.option("--url", help="The address the captures are of, where the recording does not say.")
@click.option("--selector", metavar="CSS", help="The part of the page that counts (without SOURCE).")
@click.option("--alert", is_flag=True, help="Send alerts for what is found; off by default.")
@as_json
@pass_app
def backfill_command(
    app: App,
    source: str | None,
    place: Path,
    page: str | None,
    url: str | None,
    selector: str | None,
    *,
    alert: bool,
    json_: bool,
) -> None:
    """Feed recorded captures through the real pipeline, in time order.

    With SOURCE they go into its history, else into a throwaway store that is gone afterwards.

    Captures come from an index.json, a folder of dated files, a git repository of Open Terms Archive or a WARC.

    Example: clausewatch backfill --from pga-versions --page "Acme/Privacy Policy"
    """
    recording = open_recording(place, page=page, url=url)
    if source is None:
        if alert:
            raise UsageError("--alert needs a SOURCE of the configuration: a throwaway history has no subscribers")
        _throwaway(app, recording, selector, json_=json_)
        return
    if selector:
        raise UsageError(f"--selector: {source} has its own rules in the configuration (`select`)")
    _into_history(app, source, recording, alert=alert, json_=json_)


def _throwaway(app: App, recording: Recording, selector: str | None, *, json_: bool) -> None:
    rules = ExtractRules(select=(selector,) if selector else ())
    source = Source(
        id="recorded/page", vendor=recording.vendor, document=DocumentType.OTHER, urls=(recording.url,), rules=rules
    )
    with tempfile.TemporaryDirectory(prefix="clausewatch-") as folder:
        store = open_store(str(Path(folder) / "throwaway.db"), write=True, repeatable=True)
        try:
            store.sync_sources([source], clock())
            with Sandbox(size=1) as stages:
                stages.warm()
                _print(app, backfill(store, source, recording, stages=stages), len(recording.captures), json_=json_)
        finally:
            store.close()


def _into_history(app: App, source_id: str, recording: Recording, *, alert: bool, json_: bool) -> None:
    settings = app.settings(secrets=alert)
    source = next((known for known in settings.sources if known.id == source_id), None)
    if source is None:
        hint = did_you_mean(source_id, [known.id for known in settings.sources])
        raise UsageError(f"no source {source_id!r} in {settings.path}{hint}")
    if len(source.urls) > 1:
        raise UsageError(f"{source_id}: a document of several pages cannot be filled from recordings of one page")
    subscribers: tuple[Subscriber, ...] = settings.subscribers if alert else ()
    # An interrupted backfill goes on where the store ends; alerts must be remembered once they are sent.
    with app.writing(settings, repeatable=not alert) as store, Sandbox(size=1) as stages:
        steps = backfill(
            store,
            source,
            recording,
            subscribers=subscribers,
            interests=settings.interests,
            stages=stages,
            keep_all=settings.retention.every,
        )
        _print(app, steps, len(recording.captures), json_=json_)
        if alert:
            deliver(store, deliver_settings(settings), clock, console=sys.stderr if json_ else sys.stdout)


def _print(app: App, steps: Iterable[Step], total: int, *, json_: bool) -> None:
    passed_over = 0
    for step in with_bar(app.err, "backfill", steps, total):
        passed_over += step.result is None
        line = step_json(step)
        if json_:
            print_json_lines([line])
            continue
        made = f"  version {line['version']}" if line["version"] else ""
        topics = f"  {', '.join(line['topics'])}" if line["topics"] else ""
        why = f"  {line['reason']}: {shown(step.result.detail or '').plain}" if step.result and line["reason"] else ""
        app.out.print(f"{line['date'][:16]}  {line['outcome']:<10}{made}{topics}{why}".rstrip())
    if passed_over:
        app.err.print(f"{counted(passed_over, 'capture')} passed over: not newer than what the history holds already")
