"""check: the job itself, once."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from notifier.deliver import DeliveryReport, deliver
from storage.errors import UsageError
from storage.model import CheckResult, DeliveryState, Outcome, Source, Verdict
from storage.protocol import Store
from watcher.assembly import deliver_settings, run_settings, stamper
from watcher.cli.app import App, clock, pass_app, print_json_lines
from watcher.cli.signals import stoppable
from watcher.config import Settings
from watcher.fetcher.polite import polite_fetcher
from watcher.health import failing
from watcher.history import SOURCES_LISTED, did_you_mean
from watcher.journal import is_json, log_check
from watcher.report import contract
from watcher.report.terminal import ago, counted, delivered, failing_lines, given_up_line, shown
from watcher.sandbox import Sandbox
from watcher.schedule import is_due
from watcher.timestamps.standing import told
from watcher.tracing import traces_of
from watcher.worker import RunReport, check_due

SOME_FAILED = 3
THREADS = click.option("--threads", type=click.IntRange(1, 256), default=16, show_default=True, help="Hosts at a time.")


@click.command()
@click.argument("source", nargs=-1)
@click.option("--force", is_flag=True, help="Check now, due or not, and ask for the whole page.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and told; record and tell nothing.")
@click.option("--no-deliver", is_flag=True, help="Leave alerts in the outbox.")
@click.option("--json", "json_", is_flag=True, help="Print JSON Lines, one per checked source.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if there is a material change.")
@click.option(
    "--metrics-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write metrics for Prometheus there (the textfile collector of node_exporter).",
)
@THREADS
@pass_app
def check(
    app: App,
    source: tuple[str, ...],
    *,
    force: bool,
    dry_run: bool,
    no_deliver: bool,
    json_: bool,
    exit_code: bool,
    metrics_file: Path | None,
    threads: int,
) -> None:
    """Check what is due (or each SOURCE, due or not), record what changed, and send alerts.

    Exits 3 when some sources could not be had, their host wants to be left alone, or a signal stopped the run before
    their turn; 75 when another run holds the store.

    Example: clausewatch check
    """
    settings = _settings_with(app, source)
    only = list(dict.fromkeys(source)) or ([known.id for known in settings.sources] if force else None)
    wanted = _Wanted(only, force=force, dry_run=dry_run, deliver=not no_deliver, json=json_, threads=threads)
    lines, report = _checked(app, settings, wanted, _Measured(metrics_file))
    if json_:
        print_json_lines(lines)
    sys.exit(_code(lines, report, exit_code=exit_code))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a run is to do: `only` names the sources, due or not; None means those that are due."""

    only: list[str] | None
    force: bool
    dry_run: bool
    deliver: bool
    json: bool
    threads: int


def _checked(
    app: App, settings: Settings, wanted: _Wanted, measured: _Measured
) -> tuple[list[contract.Json], RunReport]:
    """A line for each source that was checked, and what the run came to, which is told."""
    lines: list[contract.Json] = []
    only = wanted.only
    with (
        app.writing(settings) as store,
        Sandbox() as sandbox,
        polite_fetcher(settings.fetch, store) as fetcher,
        closing(stamper(settings)) as authority,
        stoppable(_both(fetcher.close, authority.close)) as stop,
        closing(traces_of(os.environ)) as traces,
        traces.run("check"),
    ):
        with_ = run_settings(
            settings,
            threads=wanted.threads,
            force=wanted.force,
            dry_run=wanted.dry_run,
            stages=traces.around(sandbox),
            politeness=fetcher.politeness,
            spans=traces.spans,
        )

        def note(checked: Source, result: CheckResult) -> None:
            lines.append(contract.check_json(checked, result))
            log_check(checked, result)
            measured.checked(result)
            traces.checked(checked, result)

        with _watching(app.err, _due(store, settings) if only is None else len(only)) as advance:
            report = check_due(store, fetcher, with_, clock, only=only, stop=stop, observe=_noting(note, advance))
        console = sys.stderr if wanted.json else sys.stdout  # nothing may stand between the lines of JSON
        outgoing = deliver_settings(settings) if wanted.deliver and not wanted.dry_run else None
        with traces.span("deliver"):
            sent = deliver(store, outgoing, clock, stop=stop, console=console) if outgoing else None
        measured.ended(store, sent)
        made = None if wanted.dry_run or stop.is_set() else authority.keep_up(store, clock)
        for line in _begun_anew(store, {line["source"] for line in lines if line["outcome"] == Outcome.FIRST}):
            app.err.print(shown(line))
        _tell(app.err, store, report, sent, dry_run=wanted.dry_run)
        if made is not None:
            app.err.print(shown(told(made)))
        if not settings.operator.targets:
            _trouble(app.err, store, settings)
    return lines, report


def _begun_anew(store: Store, begun: set[str]) -> Iterator[str]:
    """What to say of sources whose pages were watched under other ids: a first version tells nobody what it changed."""
    if not begun:
        return
    watched = {state.source_id for state in store.states() if state.active}
    known = store.sources()
    before = {url: source.id for source in known if source.id not in watched for url in source.urls}
    for source in known:
        old = next((before[url] for url in source.urls if url in before), None)
        if source.id in begun and old is not None:
            yield (
                f"{source.id}: begins anew, though {old} watched this address before; if only the id was changed, "
                "change it back: the history of the old one goes on"
            )


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def close() -> None:
        first()
        second()

    return close


def _settings_with(app: App, wanted: tuple[str, ...]) -> Settings:
    """The configuration, secrets included. Raises UsageError for a source that it does not have."""
    settings = app.settings(secrets=True)
    _require_known(wanted, settings)
    return settings


def _noting(
    note: Callable[[Source, CheckResult], None], advance: Callable[[str | None], None]
) -> Callable[[Source, CheckResult], None]:
    """What is called after each source: it is noted, and told where somebody watches and there is something to tell."""

    def observe(checked: Source, result: CheckResult) -> None:
        note(checked, result)
        told = not is_json() and (result.versions or not result.outcome.good)
        advance(line_of(checked, result) if told else None)

    return observe


class _Measured:
    """The metrics of this run for a file, where one is asked for."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._begun = path, monotonic()
        if path is None:
            return
        from watcher import metrics  # noqa: PLC0415 - it brings an HTTP server; only for those who ask

        metrics.require_place(path)
        self._write, self._metrics = metrics.write_metrics, metrics.Metrics(clock, lasting=False)

    def checked(self, result: CheckResult) -> None:
        if self._path is not None:
            self._metrics.checked(result)

    def ended(self, store: Store, sent: DeliveryReport | None) -> None:
        if self._path is not None:
            self._metrics.ended(store, monotonic() - self._begun, sent)
            self._write(self._metrics, self._path)


def _require_known(wanted: tuple[str, ...], settings: Settings) -> None:
    known = [source.id for source in settings.sources]
    faults = [
        f"no source {name!r} in {settings.path}{did_you_mean(name, known, SOURCES_LISTED)}"
        for name in wanted
        if name not in known
    ]
    if faults:
        raise UsageError("\n".join(faults))


def _due(store: Store, settings: Settings) -> int:
    now = clock()
    every = {source.id: source.longest for source in settings.sources}
    return sum(state.active and is_due(state.next_due, now, every[state.source_id]) for state in store.states())


@contextmanager
def _watching(err: Console, total: int) -> Iterator[Any]:
    """A progress bar on a terminal, plain lines elsewhere; yields what to call after each source."""
    if not err.is_terminal or total == 0:
        yield lambda line: err.print(line) if line else None
        return
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task: TaskID = progress.add_task("check", total=total)

        def advance(line: str | None) -> None:
            if line:
                progress.console.print(line)
            progress.advance(task)

        yield advance


def line_of(source: Source, result: CheckResult) -> str:
    """One source in one line: what it came to and the gravest change or the reason."""
    if result.versions:
        made = result.versions[-1]
        if made.comparison is None:
            return f"{source.id}: first version, {made.version.words} words"
        count, first = len(made.comparison.changes), made.comparison.changes[:1]
        gravest = f": {shown(first[0].summary).plain}" if first else ""
        more = f" (+{count - 1} more)" if count > 1 else ""
        also = f"; {result.detail}" if result.detail else ""
        return f"{source.id}: version {made.version.number}, {made.comparison.verdict.value}{gravest}{more}{also}"
    why = result.reason.value if result.reason else "?"
    return f"{source.id}: {result.outcome.value}, {why}: {shown(result.detail or '').plain}"


def _tell(err: Console, store: Store, report: RunReport, sent: DeliveryReport | None, *, dry_run: bool) -> None:
    if report.checked == 0 and not report.left and not report.held:
        due = [state.next_due for state in store.states() if state.active]
        when = f"next check {ago(min(due), clock())}" if due else "no sources"
        err.print(f"nothing is due; {when} (--force checks now)")
    else:
        parts = [f"{count} {outcome.value}" for outcome, count in sorted(report.outcomes.items())]
        nothing = "nothing was asked for" if report.held else "stopped before the first answer"
        told = [", ".join(parts), counted(report.alerts, "alert")] if parts else [nothing]
        err.print(f"checked {report.checked}: {'; '.join(told)}" + " (dry run)" * dry_run)
    for held, count in sorted(Counter(report.held).items(), key=lambda one: one[0].origin):
        err.print(f"{counted(count, 'source')} not asked for: {held.detail}")
    if report.left:
        err.print(f"stopped; {counted(report.left, 'source')} left for the next run")
    if sent is not None and sent.targets:
        err.print(delivered(sent))


def _trouble(err: Console, store: Store, settings: Settings) -> None:
    """Say what the operator would be told, where there is none."""
    now = clock()
    troubled = [state for state in store.states() if failing(state, now, settings.operator)]
    dead = len(store.deliveries(DeliveryState.DEAD))
    for line in failing_lines(troubled, now):
        err.print(shown(line))
    if dead:
        err.print(given_up_line(dead))
    if troubled or dead:
        err.print("nobody is told of this: name somebody in [operator]")


def _code(lines: list[contract.Json], report: RunReport, *, exit_code: bool) -> int:
    if report.failed or report.left or report.held:
        return SOME_FAILED
    return int(exit_code and any(line["verdict"] == Verdict.MATERIAL for line in lines))
