"""run: the job itself, for ever."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from typing import Any

import click

from storage.model import CheckResult, Source
from watcher.cli.app import App, clock, pass_app
from watcher.cli.check import THREADS, line_of
from watcher.cli.signals import handling
from watcher.daemon import Daemon
from watcher.journal import is_json, log_check
from watcher.metrics import Metrics, address, serving
from watcher.notify_systemd import from_environment
from watcher.report.terminal import counted
from watcher.sandbox import Sandbox
from watcher.tracing import traces_of


class Address(click.ParamType[tuple[str, int]]):
    """Where to answer: a port, or a host with one."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Host and port."""
        if isinstance(value, tuple):
            return value
        try:
            return address(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@THREADS
@click.option(
    "--metrics",
    "where",
    type=Address(),
    metavar="[HOST:]PORT",
    help="Answer Prometheus there, for instance on 127.0.0.1:9464.",
)
@pass_app
def run(app: App, threads: int, where: tuple[str, int] | None) -> None:
    """Keep checking what falls due and sending alerts, until stopped.

    SIGTERM or Ctrl-C end it at once: what was read is recorded, the rest is left for the next run. SIGHUP reads the
    configuration again; one with a fault is told and not taken over.

    Example: clausewatch -v run
    """
    settings = app.settings(secrets=True)

    def observe(checked: Source, result: CheckResult) -> None:
        log_check(checked, result)
        traces.checked(checked, result)
        if not is_json() and (result.versions or not result.outcome.good):
            app.err.print(line_of(checked, result))

    with (
        app.writing(settings) as store,
        Sandbox() as sandbox,
        closing(traces_of(os.environ)) as traces,
        ExitStack() as also,
    ):
        metrics = Metrics(clock, lasting=True) if where else None
        if metrics is not None and where is not None:
            port = also.enter_context(serving(metrics, *where))
            host = f"[{where[0]}]" if ":" in where[0] else where[0]
            app.err.print(f"metrics on http://{host}:{port}/metrics")
        daemon = Daemon(
            store,
            settings,
            traces.around(sandbox),
            clock,
            threads=threads,
            manager=from_environment(),
            say=app.say,
            observe=observe,
            metrics=metrics,
            spans=traces.spans,
        )
        with handling(daemon.stop, lambda: daemon.stopping, daemon.reread):
            app.err.print(f"watching {counted(len(settings.sources), 'source')}; stop with Ctrl-C or SIGTERM")
            daemon.forever(lambda: app.settings(secrets=True))
    app.err.print("stopped; everything is recorded")
