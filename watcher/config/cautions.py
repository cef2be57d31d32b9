"""What is no fault in a configuration and yet not what anybody wants: told as warnings, nothing stops."""

from __future__ import annotations

from pathlib import Path

from watcher.config.schema import Root, SourceTable
from watcher.config.secrets import is_file


def cautions(path: Path, root: Root) -> list[str]:
    """Lines for a person: the sources that send a secret without TLS."""
    asked = [
        table.id
        for table in root.source
        if any(url.lower().startswith("http:") for url in _urls(table))
        and (table.auth or table.cookies or any("$" in text or is_file(text) for _, text in table.headers))
    ]
    if root.timestamps and root.timestamps.auth and root.timestamps.url.lower().startswith("http:"):
        asked.append("[timestamps]")
    if not asked:
        return []
    return [f"{path}: a secret goes over http, where anybody on the way can read it: {', '.join(asked)}"]


def _urls(table: SourceTable) -> tuple[str, ...]:
    """All addresses of a source, whichever key they stand in."""
    return (*((table.url,) if table.url else ()), *table.urls, *(page.url for page in table.page))
