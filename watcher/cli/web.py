"""serve and site: the history for a browser, from a server or as a folder of files."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

import click

from notifier.manner import LANGUAGES
from storage.errors import UsageError
from watcher.cli.app import App, clock, pass_app
from watcher.report.terminal import counted, shown
from watcher.sandbox import Sandbox

TOKEN = "CLAUSEWATCH_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST = 16
language = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the fixed words."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8321, show_default=True, help="0 takes a free one.")
@click.option("--token-file", type=click.Path(path_type=Path), metavar="FILE", help=f"The token (else ${TOKEN}).")
@click.option("--behind-proxy", is_flag=True, help="No token: a reverse proxy in front lets people in.")
@click.option("--host-name", "names", multiple=True, metavar="NAME", help="A name under which it may be asked for.")
@language
@pass_app
def serve(
    app: App, host: str, port: int, token_file: Path | None, names: tuple[str, ...], lang: str, *, behind_proxy: bool
) -> None:
    """Show the history in a browser. Reads only; on this machine alone unless told otherwise.

    Beyond this machine it asks for a token of at least 16 characters, given once by http://HOST:PORT/login/?token=… or
    in every request as a bearer.

    Example: clausewatch serve
    """
    try:
        from watcher.programs.http import routes  # noqa: PLC0415 - of the extra `web`
        from watcher.web.serving import listen, serve_room  # noqa: PLC0415 - of the extra `web`
    except ImportError as error:
        raise UsageError(f'serve needs the extra "web": pip install "clausewatch[web]" ({error})') from error
    token = _token(token_file)
    if not _loopback(host) and not token and not behind_proxy:
        raise UsageError(
            f"{host} can be reached from other machines: give a token (--token-file or ${TOKEN}), or say with "
            "--behind-proxy that a reverse proxy lets people in"
        )
    with app.reading() as store, Sandbox(size=1) as stages, listen(host, port) as (listening, url):
        app.err.print(shown(f"reading room: {url} (Ctrl+C ends it)"))
        serve_room(
            store,
            listening,
            clock,
            lang=lang,
            token=token,
            names=names,
            stages=stages,
            interests=app.interests(named=False),
            routes=routes(),
        )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base-url", metavar="URL", help="Where FOLDER will be served, for the feeds' own addresses.")
@click.option("--all-pairs", is_flag=True, help="Compare every two versions of a document, not neighbours alone.")
@click.option("--with-reviews", is_flag=True, help="Also what people noted and decided.")
@language
@pass_app
def site(app: App, folder: Path, base_url: str | None, lang: str, *, all_pairs: bool, with_reviews: bool) -> None:
    """Write the history as a folder of web pages for any web host. Only what has changed is written.

    The pages are those of `clausewatch serve`, and need no server: they can be opened from the disk as well. A folder
    that is not empty is only touched if an earlier run wrote it.

    Example: clausewatch site public/ --lang nl
    """
    from watcher.web.site import SiteSettings, write_site  # noqa: PLC0415 - with it come the templates

    wanted = SiteSettings(folder, lang, base_url, all_pairs=all_pairs, reviews=with_reviews)
    with app.reading() as store, Sandbox(size=2) as stages:
        done = write_site(store, wanted, clock(), interests=app.interests(named=False), stages=stages)
    app.err.print(shown(f"{folder}: {counted(done.files, 'file')}, {done.written} written, {done.removed} removed"))


def _token(path: Path | None) -> str:
    try:
        token = path.read_text("utf-8").strip() if path else os.environ.get(TOKEN, "").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{path}: the token cannot be read: {why} (openssl rand -hex 24 > {path})") from error
    if path is not None and not token:
        raise UsageError(f"{path}: is empty; write a token of at least {_SHORTEST} characters")
    if token and len(token) < _SHORTEST:
        raise UsageError(f"the token has {len(token)} characters; {_SHORTEST} is the least (openssl rand -hex 24)")
    return token


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
