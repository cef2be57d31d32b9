"""sources add: from an address to a source."""

from __future__ import annotations

import sys

import click

from storage.errors import UsageError
from storage.model import DocumentType
from watcher.cli.app import App, as_json, pass_app, print_json, with_bar
from watcher.cli.scout.desk import SOME_FAILED, configuration, desk, must_ask, write
from watcher.config import Settings
from watcher.config.edit import add_sources
from watcher.config.values import FETCHERS
from watcher.discovery.propose import Wishes
from watcher.report.terminal import counted, shown
from watcher.scout.adding import Trial, try_address, with_scheme
from watcher.scout.telling import trial_json, trial_lines


@click.command()
@click.argument("url", nargs=-1, required=True)
@click.option("--id", "id_", metavar="VENDOR/DOCUMENT", help="The id of the source; proposed if not given.")
@click.option("--vendor", help="The name of the vendor; read from the page if not given.")
@click.option(
    "--document", type=click.Choice([kind.value for kind in DocumentType]), help="What kind of document it is."
)
@click.option("--language", metavar="xx", help="The language of the text, which is asked for.")
@click.option("--select", multiple=True, metavar="CSS", help="What to keep of the page; may be given several times.")
@click.option("--every", metavar="1d", help="How often to look.")
@click.option("--fetcher", type=click.Choice(FETCHERS), help="How to ask for the page; found out if not given.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@as_json
@pass_app
def add(
    app: App,
    url: tuple[str, ...],
    *,
    id_: str | None,
    vendor: str | None,
    document: str | None,
    language: str | None,
    select: tuple[str, ...],
    every: str | None,
    fetcher: str | None,
    yes: bool,
    dry_run: bool,
    json_: bool,
) -> None:
    """Look at each URL, propose a source for it, and write it into the configuration.

    Each page is fetched and read as in a check. Asks before it writes; without a terminal say --yes or --dry-run.
    Nothing is written for a page that cannot be watched; exits 3 if there is one.

    Example: clausewatch sources add https://www.example.com/privacy
    """
    if id_ and len(url) > 1:
        raise UsageError("--id names one source: give one address with it")
    addresses = list(dict.fromkeys(with_scheme(one) for one in url))
    ask = must_ask(yes=yes, dry_run=dry_run, json_=json_)
    path, settings = configuration(app)
    wishes = Wishes(id_, vendor, DocumentType(document) if document else None, language, select, every, fetcher)
    add_sources(path, [wishes.entry()])  # raises before anything is asked where a wish cannot be written
    trials = _tried(app, settings, addresses, wishes)
    proposed = [trial.proposal for trial in trials if trial.proposal]
    if not json_:
        for trial in trials:
            app.out.print(shown("\n".join(trial_lines(trial))), soft_wrap=True)
    written = False
    if proposed:
        edit = add_sources(path, [proposal.entry() for proposal in proposed])
        written = write(app, edit, ask=ask, dry_run=dry_run, tell=not json_)
    if json_:
        added = [proposal.id for proposal in proposed] if written else []
        print_json({"path": str(path), "added": added, "pages": [trial_json(trial) for trial in trials]})
    elif written:
        app.err.print(
            shown(f"added {counted(len(proposed), 'source')} to {path}; next: clausewatch check {proposed[0].id}")
        )
    elif proposed:
        app.err.print("nothing was written")
    if any(trial.problem for trial in trials):
        sys.exit(SOME_FAILED)


def _tried(app: App, settings: Settings, addresses: list[str], wishes: Wishes) -> list[Trial]:
    trials: list[Trial] = []
    with desk(settings) as at:
        for one in with_bar(app.err, "Looking", addresses, len(addresses)):
            trials.append(try_address(at, one, settings.sources, wishes, before=trials))
    return trials
