"""The guard holds for every page because there is one way out of the program (changedetection.io had three)."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import watcher

ROOT = Path(watcher.__file__).parent
# What speaks to other machines, and which modules of the watcher may import it.
SPEAKERS = {
    "requests": "fetcher",
    "urllib3": "fetcher",
    "http.client": "fetcher",
    "playwright": "fetcher/browser",
    "urllib.request": None,
    "http.cookiejar": "fetcher",
    "httpx": None,
    "aiohttp": None,
    "ftplib": None,
    "smtplib": None,
    "websockets": None,
    "xmlrpc": None,
}
# Calls by which a connection is opened or a name is looked up, and the modules that make them.
CALLS: dict[str, set[str]] = {
    # The guard connects a datagram socket, which sends nothing, to see which address of this machine would be used.
    # Workers of many machines connect to the database of the operator's own configuration.
    "connect": {"fetcher/connection.py", "fetcher/netguard.py", "fleet/turns.py"},
    # The reading room looks up the address that it listens at.
    "getaddrinfo": {"fetcher/lookup.py", "web/serving.py"},
    "create_connection": {"fetcher/browser/relay.py"},  # the way of a browser, which asks the same guard
    "connect_ex": set(),
    "gethostbyname": set(),
    "gethostbyname_ex": set(),
    "getfqdn": set(),
    "open_connection": set(),
    "urlopen": set(),
}


@dataclass(frozen=True)
class Module:
    """What a module of the watcher imports, at its top or inside a function, and which attributes it calls."""

    path: str
    imports: frozenset[str]
    calls: frozenset[str]


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the watcher."""
    return tuple(read(path) for path in sorted(ROOT.rglob("*.py")))


def read(path: Path) -> Module:
    """One module, parsed."""
    imports: set[str] = set()
    calls: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            imports.add(node.module)
            imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            calls.add(node.func.attr)
    return Module(path.relative_to(ROOT).as_posix(), frozenset(imports), frozenset(calls))


@pytest.mark.parametrize("speaker", sorted(SPEAKERS))
def test_only_the_fetcher_speaks_to_the_web(speaker: str) -> None:
    """Outside the package of the fetcher nothing that opens connections is imported."""
    found = {
        module.path.rpartition("/")[0]
        for module in modules()
        if any(name == speaker or name.startswith(f"{speaker}.") for name in module.imports)
    }
    allowed = SPEAKERS[speaker]
    assert found <= ({allowed} if allowed else set())


@pytest.mark.parametrize("call", sorted(CALLS))
def test_one_module_connects(call: str) -> None:
    """A socket is connected in one place, after the guard was asked, and a name is looked up in one place."""
    assert {module.path for module in modules() if call in module.calls} <= CALLS[call]


def test_the_one_place_is_found() -> None:
    """The look at the modules sees the calls that it is meant to see."""
    assert {"connect"} <= next(module.calls for module in modules() if module.path == "fetcher/connection.py")
    assert any("requests" in module.imports for module in modules())
