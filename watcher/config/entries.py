"""The entries of `headers` and `cookies`, each judged at its own place, and what of an access does not go together.

Works on the parsed data, as `checks` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watcher.config.access import entry_fault
from watcher.config.faults import Faults
from watcher.config.locate import Path
from watcher.config.secrets import is_file

_MOST = 50  # headers or cookies of one source


def check_access(data: Mapping[str, Any], faults: Faults) -> None:
    """Add every fault of the entries, and those that lie between the keys of one source."""
    defaults = data.get("defaults")
    if isinstance(defaults, Mapping):
        _entries(("defaults",), defaults, faults)
    sources = data.get("source")
    for number, source in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(source, Mapping):
            _entries(("source", number), source, faults)
            _together(number, source, defaults if isinstance(defaults, Mapping) else {}, faults)


def _entries(place: Path, table: Mapping[str, Any], faults: Faults) -> None:
    """The headers and cookies of one table."""
    for key in ("headers", "cookies"):
        entries = table.get(key)
        if not isinstance(entries, Mapping):
            continue
        if len(entries) > _MOST:
            faults.add((*place, key), f"has {len(entries)} entries (at most {_MOST})")
        seen: set[str] = set()
        for name, value in entries.items():
            fault = entry_fault(key, name, value, shared=place[0] == "defaults")
            if key == "headers" and name.lower() in seen:
                fault = fault or "is there twice; upper and lower case count for nothing (take one out)"
            seen.add(name.lower())
            if fault:
                faults.add((*place, key, name), fault)


def _together(number: int, source: Mapping[str, Any], defaults: Mapping[str, Any], faults: Faults) -> None:
    if "client_key" in source and "client_cert" not in source:
        faults.add(("source", number, "client_key"), 'stands without "client_cert" (name the certificate too)')
    headers = source.get("headers")
    names = {str(name).lower() for name in headers} if isinstance(headers, Mapping) else set()
    if "auth" in source and "authorization" in names:
        faults.add(("source", number, "auth"), 'stands beside the header "Authorization" (write one of the two)')
    if source.get("fetcher", defaults.get("fetcher")) in {"browser", "auto"}:
        _not_for_a_browser(number, source, faults)


def _not_for_a_browser(number: int, source: Mapping[str, Any], faults: Faults) -> None:
    """What a browser cannot keep to the source's own host, or cannot do at all."""
    headers = source.get("headers")
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        if "${" in str(value) or is_file(str(value)):
            detail = 'a browser cannot keep a secret header to its host (write fetcher = "http")'
            faults.add(("source", number, "headers", name), detail)
    if "client_cert" in source:
        faults.add(("source", number, "client_cert"), 'a browser does not send it (write fetcher = "http")')
