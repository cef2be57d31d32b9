"""stamp: ask the authority for a time stamp by hand."""

from __future__ import annotations

import sys
from contextlib import closing

import click

from storage.errors import UsageError
from watcher.assembly import stamper
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.cli.signals import stoppable
from watcher.report import proof
from watcher.report.terminal import shown
from watcher.timestamps.standing import told


@click.command()
@as_json
@pass_app
def stamp(app: App, *, json_: bool) -> None:
    """Have the newest link of the chain stamped by the authority of [timestamps], now.

    The end of every `check`, and `run`, do this by themselves. Exits 1 when there is no stamp; nothing is lost by that.

    Example: clausewatch stamp
    """
    settings = app.settings(secrets=True)
    if settings.timestamps is None:
        raise UsageError(f'{settings.path}: no authority: write [timestamps] with url = "https://…"')
    with app.reading():  # a store that is not there must not be made
        pass
    with app.writing(settings) as store, closing(stamper(settings)) as authority, stoppable(authority.close):
        made = authority.stamp(store, clock)
    if made is None:
        raise UsageError("there is nothing to stamp yet; run `clausewatch check` first")
    if json_:
        print_json(proof.stamp_json(made))
    else:
        (app.out if made.at else app.err).print(shown(told(made)))
    sys.exit(0 if made.at else 1)
