"""What is no fault in a configuration and yet not what anybody wants: told as warnings, nothing stops."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from watcher.config.schema import Root, SourceTable
from watcher.config.secrets import is_file
from watcher.fetcher.blocks import Networks


def cautions(path: Path, root: Root) -> list[str]:
    """Lines for a person."""
    return [*_in_the_open(path, root), *_out_of_reach(path, root)]


def _in_the_open(path: Path, root: Root) -> list[str]:
    """Sources that send a secret without TLS; one line for all."""
    asked = [
        table.id
        for table in root.source
        if any(url.lower().startswith("http:") for url in _urls(table))
        and (table.auth or table.cookies or any("$" in text or is_file(text) for _, text in table.headers))
    ]
    if not asked:
        return []
    return [f"{path}: a secret goes over http, where anybody on the way can read it: {', '.join(asked)}"]


def _out_of_reach(path: Path, root: Root) -> list[str]:
    """Addresses that the guard will refuse; names are not looked up here."""
    networks = Networks(root.fetch.allow_networks)
    found: list[str] = []
    for table in root.source:
        for host in dict.fromkeys(urlsplit(url).hostname or "" for url in _urls(table)):
            numeric = ":" in host or host.replace(".", "").isdigit()
            if numeric and (why := networks.refuse(host)) is not None:
                hint = "[fetch] allow_networks opens it if it must be"
                found.append(f"{path}: source {table.id}: {host} will not be contacted: {why} ({hint})")
    return found


def _urls(table: SourceTable) -> tuple[str, ...]:
    """All addresses of a source, whichever key they stand in."""
    return (*((table.url,) if table.url else ()), *table.urls, *(page.url for page in table.page))
