"""demo: the whole job on sample vendors, on this machine alone."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from watcher.cli.app import App, pass_app
from watcher.demo.folder import STORE
from watcher.demo.play import play
from watcher.demo.tell import Teller, make_console
from watcher.demo.verify import differences

NEXT = (("log",), ("diff", "harrowmere/privacy", "3", "4"), ("search", "United States"))
ROOM = (("serve",),)


@click.command()
@click.option("--dir", "folder", default="clausewatch-demo", show_default=True, metavar="FOLDER", help="Where to play.")
@pass_app
def demo(app: App, folder: str) -> None:
    """Run the whole job on sample vendors, on this machine alone: pages, versions, alerts and mails of a played year.

    FOLDER is made, or begun anew when an earlier demo made it; any other folder that is not empty is left alone.
    Exits 1 if something came out differently from what the authors of the pages meant.

    Example: clausewatch demo
    """
    place = Path(folder)
    teller = Teller(make_console(sys.stdout, color=app.color))
    chapters = play(place, teller.begin, teller.tell)
    faults = [f"{chapter.chapter.at:%Y-%m-%d} {fault}" for chapter in chapters for fault in differences(chapter)]
    teller.end(chapters, place, commands(place), commands(place, ROOM)[0], as_meant=not faults)
    if faults:
        click.echo("the demo came out differently from what its pages' authors meant:", err=True)
        for fault in faults:
            click.echo(f"  {fault}", err=True)
        sys.exit(1)


def commands(place: Path, wanted: Sequence[Sequence[str]] = NEXT) -> list[str]:
    """Commands that read what the demo left, as they are typed in the working directory of this one.

    $CLAUSEWATCH_COMMAND says how the program was started where that was not by its name on the path.
    """
    start = [os.environ.get("CLAUSEWATCH_COMMAND") or "clausewatch", "--store", str(place / STORE)]
    return [shlex.join([*start, *words]) for words in wanted]
