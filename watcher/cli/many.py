"""store, schema, worker: a history in a PostgreSQL database, and many machines that work on it."""

from __future__ import annotations

import logging
from contextlib import closing
from functools import partial
from time import monotonic
from types import ModuleType
from typing import Any

import click

from storage.connect import is_address
from storage.errors import StoreError, UsageError
from storage.model import CheckResult, Source
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.cli.check import line_of
from watcher.cli.signals import handling
from watcher.journal import is_json, log_check
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox


@click.group()
def store() -> None:
    """Copy the history from one kind of database to the other."""


@store.command("copy")
@click.argument("origin", metavar="FROM")
@click.argument("target", metavar="TO")
@as_json
@pass_app
def copy_command(app: App, origin: str, target: str, *, json_: bool) -> None:
    """Copy the store FROM into the new file TO, or into the empty tables of the database TO; both are verified.

    Stop what writes to FROM first, and work with one of the two only: what waits in the outbox is copied too.

    Example: clausewatch store copy clausewatch.db postgresql://db.example.org/clausewatch
    """
    begun = monotonic()
    copying = _of_extra("storage.copying")
    done = copying.copy_store(origin, target)
    if json_:
        print_json(
            {"sources": done.sources, "versions": done.versions, "records": done.records, "head": done.head or None}
        )
        return
    told = f"{counted(done.sources, 'source')}, {counted(done.versions, 'version')}, {counted(done.records, 'record')}"
    app.out.print(shown(f"copied {told}; both are sound; head {done.head or 'none yet'}"))
    app.err.print(f"{monotonic() - begun:.1f} s")


@click.group()
def schema() -> None:
    """Make the tables of a PostgreSQL store, or bring them up to date."""


@schema.command("apply")
@as_json
@pass_app
def apply_command(app: App, *, json_: bool) -> None:
    """Make the tables of the store and of the work queue in an empty database.

    Needs a user who may create tables; the one of the workers need not.

    Example: clausewatch --store postgresql://db.example.org/clausewatch schema apply
    """
    _change(app, "apply", json_=json_)


@schema.command("upgrade")
@as_json
@pass_app
def upgrade_command(app: App, *, json_: bool) -> None:
    """Bring the tables of an older clausewatch up to date. Stop the workers first.

    Example: clausewatch --store postgresql://db.example.org/clausewatch schema upgrade
    """
    _change(app, "upgrade", json_=json_)


def _change(app: App, how: str, *, json_: bool) -> None:
    location = app.location()
    if not is_address(location):
        raise UsageError(
            f"{location}: a file brings itself up to date; give the address of a database "
            "(--store postgresql://user@host/database)"
        )
    postgres = _of_extra("storage.postgres")
    queue = _of_extra("watcher.fleet.tables")
    with closing(postgres.Session(location)) as session:
        steps = [*getattr(postgres, how)(session), *queue.apply(session)]
        place = session.place
    if json_:
        print_json({"store": place, "steps": steps})
    else:
        told = f"{', '.join(steps)} applied" if steps else "up to date"
        app.out.print(shown(f"{place}: {told}"))


QUEUES = ("fetch", "deliver", "render")


class Queues(click.ParamType[tuple[str, ...]]):
    """Names of queues with commas between them."""

    name = "queues"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Each once, in our order."""
        named = [part.strip() for part in str(value).split(",")]
        unknown = next((name for name in named if name not in QUEUES), None)
        if unknown is not None:
            self.fail(f'"{unknown}" is no queue (choose from {", ".join(QUEUES)})', param, ctx)
        return tuple(name for name in QUEUES if name in named)


@click.command()
@click.option("--queues", type=Queues(), default=",".join(QUEUES), show_default=True, help="What to see to.")
@click.option(
    "--concurrency", type=click.IntRange(1, 256), default=8, show_default=True, help="Hosts and deliveries at a time."
)
@click.option("--heartbeat", type=click.FloatRange(0.2, 60), default=10.0, hidden=True)
@pass_app
def worker(app: App, queues: tuple[str, ...], concurrency: int, heartbeat: float) -> None:
    """Check what is due and send alerts together with the workers of other machines, until stopped.

    All work on one store in PostgreSQL, with the same configuration; SIGHUP has it read again. SIGTERM or Ctrl-C end
    it: what was read is recorded, the rest is left to the others. What a worker leaves that is killed is taken over
    within a minute.

    Example: clausewatch --store postgresql://db.example.org/clausewatch worker --queues fetch,deliver
    """
    settings = app.settings(secrets=True)
    location = app.location(settings)
    if not is_address(location):
        raise UsageError(
            f"{location}: workers share a store in PostgreSQL (--store postgresql://user@host/database); "
            "`clausewatch run` works on a file"
        )
    postgres, crew, turns, queue, tables = (
        _of_extra(name)
        for name in ("storage.postgres", *(f"watcher.fleet.{part}" for part in ("crew", "turns", "queue", "tables")))
    )
    for talker in ("procrastinate", "psycopg.pool"):
        logging.getLogger(talker).setLevel(logging.DEBUG if app.verbose > 1 else logging.WARNING)

    def observe(checked: Source, result: CheckResult) -> None:
        log_check(checked, result)
        if not is_json() and (result.versions or not result.outcome.good):
            app.err.print(line_of(checked, result))

    with app.writing(settings) as store, Sandbox() as sandbox, closing(turns.Turns(location)) as taken:
        with closing(postgres.Session(location)) as session:
            tables.require(session)
        with crew.Crew(store, taken, settings, sandbox, clock, observe=observe) as hands:
            fleet = queue.Fleet(location, hands, queues=queues, concurrency=concurrency, heartbeat=heartbeat)
            again = partial(hands.reread, lambda: app.settings(secrets=True), app.say)
            with handling(fleet.stop, lambda: hands.stopping, again):
                app.err.print(
                    f"working at {', '.join(queues)} for {counted(len(settings.sources), 'source')}; "
                    "stop with Ctrl-C or SIGTERM"
                )
                fleet.run()
    app.err.print("stopped; everything is recorded")


def _of_extra(name: str) -> ModuleType:
    """A module that stands on the packages of the extra `server`. Raises StoreError where they are missing."""
    import importlib  # noqa: PLC0415 - so that --help needs none of them

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise StoreError(
            "PostgreSQL is not available in this installation; pip install 'clausewatch[server]'"
        ) from error
