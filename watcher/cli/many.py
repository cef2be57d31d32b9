"""store, schema: a history in a PostgreSQL database, for many machines."""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from types import ModuleType

import click

from storage.connect import is_address
from storage.errors import StoreError, UsageError
from watcher.cli.app import App, as_json, pass_app, print_json
from watcher.report.terminal import counted, shown


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
    with closing(postgres.Session(location)) as session:
        steps = getattr(postgres, how)(session)
        place = session.place
    if json_:
        print_json({"store": place, "steps": steps})
    else:
        told = f"{', '.join(steps)} applied" if steps else "up to date"
        app.out.print(shown(f"{place}: {told}"))


def _of_extra(name: str) -> ModuleType:
    """A module that stands on the packages of the extra `server`. Raises StoreError where they are missing."""
    import importlib  # noqa: PLC0415 - so that --help needs none of them

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise StoreError(
            "PostgreSQL is not available in this installation; pip install 'clausewatch[server]'"
        ) from error
