"""backfill: recorded captures into the history, or through a throwaway store."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from notifier.deliver import deliver
from storage.connect import open_store
from storage.errors import UsageError
from storage.model import Capture, DocumentType, ExtractRules, Source, Subscriber
from watcher.assembly import deliver_settings
from watcher.backfill import Step, backfill, step_json
from watcher.cli.app import App, as_json, clock, pass_app, print_json_lines, with_bar
from watcher.config import Settings, find_config
from watcher.fetcher import FetchFailure, FetchSettings, Manner, NotModified
from watcher.fetcher.polite import PatientFetcher, polite_fetcher
from watcher.history import SOURCES_LISTED, did_you_mean
from watcher.recording import Recording, open_recording
from watcher.recording.archive import LIST_BYTES, Network, open_archive
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox


class _Day(click.ParamType[date]):
    """A day as people write it here."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """A day of the calendar."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f'"{value}" is no day (write 2026-05-01)', param, ctx)


DAY = _Day()


@click.command("backfill")
@click.argument("source", required=False)
@click.option(
    "--from",
    "place",
    type=click.Path(path_type=Path),
    help="An index.json, a folder, a git repository or a WARC.",
)
@click.option(
    "--from-archive",
    "service",
    metavar="URL",
    help="A web archive: https://web.archive.org, or the TimeMap of any other.",
)
@click.option("--since", type=DAY, metavar="DAY", help="With --from-archive: no captures of before that day.")
@click.option("--until", type=DAY, metavar="DAY", help="With --from-archive: no captures of after that day.")
@click.option("--page", metavar="ID", help="The page of several: its id, Service/Document, address.")
@click.option("--url", help="The address the captures are of, where the recording does not say.")
@click.option("--selector", metavar="CSS", help="The part of the page that counts (without SOURCE).")
@click.option("--alert", is_flag=True, help="Send alerts for what is found; off by default.")
@as_json
@pass_app
def backfill_command(
    app: App,
    source: str | None,
    place: Path | None,
    service: str | None,
    since: date | None,
    until: date | None,
    page: str | None,
    url: str | None,
    selector: str | None,
    *,
    alert: bool,
    json_: bool,
) -> None:
    """Feed recorded captures through the real pipeline, in time order.

    With SOURCE they go into its history, else into a throwaway store that is gone afterwards.

    Captures come from an index.json, a folder of dated files, a git repository of Open Terms Archive, a WARC, or a web
    archive, which is asked one page at a time, as its host wishes; an interrupted run may be started again.

    Example: clausewatch backfill --from pga-versions --page "Acme/Privacy Policy"
    """
    if (place is None) == (service is None):
        raise UsageError("name where the captures are: --from PATH, or --from-archive URL")
    if since and until and since > until:
        raise UsageError(f"--since {since} is after --until {until}: no day lies between them")
    if service is not None:
        with _network(app) as network:
            wanted = page or url or _address_of(app, source)
            recording = open_archive(service, wanted, network, since=since, until=until)
            _run(app, source, recording, selector, alert=alert, json_=json_)
        return
    if since or until:
        raise UsageError("--since and --until are for --from-archive")
    assert place is not None
    _run(app, source, open_recording(place, page=page, url=url), selector, alert=alert, json_=json_)


def _run(app: App, source: str | None, recording: Recording, selector: str | None, *, alert: bool, json_: bool) -> None:
    if source is None:
        if alert:
            raise UsageError("--alert needs a SOURCE of the configuration: a throwaway history has no subscribers")
        _throwaway(app, recording, selector, json_=json_)
        return
    if selector:
        raise UsageError(f"--selector: {source} has its own rules in the configuration (`select`)")
    _into_history(app, source, recording, alert=alert, json_=json_)


@contextmanager
def _network(app: App) -> Iterator[Network]:
    """How an archive is asked: as its host wishes, by the rules and the ways of [fetch], cut off by a signal."""
    configured = find_config(app.config, os.environ)
    fetch = app.settings().fetch if configured.exists() or app.config else FetchSettings()
    limits = replace(fetch, max_bytes=max(fetch.max_bytes, LIST_BYTES))
    with PatientFetcher(polite_fetcher(limits)) as fetcher:

        def ask(place: str) -> Capture | FetchFailure:
            answer = fetcher.fetch(place, manner=Manner(robots=False))
            assert not isinstance(answer, NotModified)
            return answer

        yield Network(ask, time.sleep)


def _address_of(app: App, source: str | None) -> str:
    """The address of a source, where it has but one. Raises UsageError."""
    if source is None:
        raise UsageError("name the page that the archive is asked for: --url https://…")
    known = _known(app.settings(), source)
    if len(known.urls) > 1:
        raise UsageError(f"{source}: has {len(known.urls)} addresses; name one with --page")
    return known.urls[0]


def _known(settings: Settings, source_id: str) -> Source:
    source = next((known for known in settings.sources if known.id == source_id), None)
    if source is None:
        hint = did_you_mean(source_id, [known.id for known in settings.sources], SOURCES_LISTED)
        raise UsageError(f"no source {source_id!r} in {settings.path}{hint}")
    return source


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
    source = _known(settings, source_id)
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
    passed_over = missing = 0
    for step in with_bar(app.err, "backfill", steps, total):
        passed_over += step.result is None and step.missing is None
        missing += step.missing is not None
        line = step_json(step)
        if json_:
            print_json_lines([line])
            continue
        made = f"  version {line['version']}" if line["version"] else ""
        topics = f"  {', '.join(line['topics'])}" if line["topics"] else ""
        told = f": {step.result.detail or ''}" if step.result else ""
        why = f"  {shown(line['reason'] + told).plain}" if line["reason"] else ""
        app.out.print(f"{line['date'][:16]}  {line['outcome']:<10}{made}{topics}{why}".rstrip())
    if missing:
        app.err.print(f"{counted(missing, 'capture')} listed by the archive and not to be had")
    if passed_over:
        app.err.print(f"{counted(passed_over, 'capture')} passed over: not newer than what the history holds already")
