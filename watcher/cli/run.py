"""run: the job itself, for ever."""

from __future__ import annotations

import click

from storage.model import CheckResult, Source
from watcher.cli.app import App, clock, pass_app
from watcher.cli.check import THREADS, line_of
from watcher.cli.signals import handling
from watcher.daemon import Daemon
from watcher.notify_systemd import from_environment
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox


@click.command()
@THREADS
@pass_app
def run(app: App, threads: int) -> None:
    """Keep checking what falls due and sending alerts, until stopped.

    SIGTERM or Ctrl-C end it at once: what was read is recorded, the rest is left for the next run. SIGHUP reads the
    configuration again; one with a fault is told and not taken over.

    Example: clausewatch -v run
    """
    settings = app.settings(secrets=True)

    def observe(checked: Source, result: CheckResult) -> None:
        if result.versions or not result.outcome.good:
            app.err.print(line_of(checked, result))

    def say(text: str) -> None:
        for line in text.splitlines():
            app.err.print(shown(line))

    with app.writing(settings) as store, Sandbox() as sandbox:
        daemon = Daemon(
            store,
            settings,
            sandbox,
            clock,
            threads=threads,
            manager=from_environment(),
            say=say,
            observe=observe,
        )
        with handling(daemon.stop, lambda: daemon.stopping, daemon.reread):
            app.err.print(f"watching {counted(len(settings.sources), 'source')}; stop with Ctrl-C or SIGTERM")
            daemon.forever(lambda: app.settings(secrets=True))
    app.err.print("stopped; everything is recorded")
