"""sources discover: from a vendor's site to its legal documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from watcher.cli.app import App, as_json, pass_app, print_json
from watcher.cli.scout.desk import SOME_FAILED, configuration, desk, must_ask, write
from watcher.config.edit import add_sources
from watcher.report.terminal import counted, shown
from watcher.scout.adding import with_scheme
from watcher.scout.crawl import LANGUAGES, MOST_REQUESTS, Progress, discover, entries
from watcher.scout.telling import discovery_json, discovery_lines


@click.command("discover")
@click.argument("url")
@click.option(
    "--language",
    multiple=True,
    metavar="xx",
    help=f"The language wanted of each document, the first one most; {', '.join(LANGUAGES)} if not given.",
)
@click.option(
    "--requests",
    type=click.IntRange(3, 500),
    default=MOST_REQUESTS,
    show_default=True,
    help="Pages to ask for at most.",
)
@click.option("--add", is_flag=True, help="Add what was found to the configuration.")
@click.option("--yes", is_flag=True, help="With --add: write without asking.")
@click.option("--dry-run", is_flag=True, help="With --add: show what would be written, and write nothing.")
@as_json
@pass_app
def discover_(
    app: App, url: str, *, language: tuple[str, ...], requests: int, add: bool, yes: bool, dry_run: bool, json_: bool
) -> None:
    """Find the privacy, cookie, DPA, terms, security and sub-processor pages of the vendor whose site is at URL.

    Follows the links of menus and footers, overviews, sitemaps and the documents themselves, then looks at the usual
    addresses. Every page is fetched and read: what is listed is there. Exits 3 if a document could not be read.

    Example: clausewatch sources discover https://www.example.com --add
    """
    ask = add and must_ask(yes=yes, dry_run=dry_run, json_=json_)
    path, settings = configuration(app)
    wanted = (*language, *(code for code in LANGUAGES if code not in language))
    with desk(settings) as at, _progress(app.err, requests) as progress:
        found = discover(at, with_scheme(url), languages=wanted, most=requests, progress=progress)
    fresh = entries(found, settings.sources)
    if not json_:
        app.out.print(shown("\n".join(discovery_lines(found, settings.sources))), soft_wrap=True)
    written = False
    if add and fresh:
        edit = add_sources(path, [one.entry() for one in fresh])
        written = write(app, edit, ask=ask, dry_run=dry_run, tell=not json_)
        if written and not json_:
            app.err.print(shown(f"added {counted(len(fresh), 'source')} to {path}; next: clausewatch check"))
    if json_:
        added = [one.id for one in fresh] if written else []
        print_json({"path": str(path), "added": added, **discovery_json(found, settings.sources, fresh)})
    if found.unread:
        sys.exit(SOME_FAILED)


@contextmanager
def _progress(err: Console, most: int) -> Iterator[Progress]:
    """Show on a terminal which page is asked for."""
    if not err.is_terminal:
        yield lambda _spent, _url: None
        return
    with err.status("Looking") as status:
        yield lambda spent, url: status.update(shown(f"request {spent} of at most {most}: {url}"))
