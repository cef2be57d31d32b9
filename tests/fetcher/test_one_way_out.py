"""The guard holds for every page because there is one way out of the program (changedetection.io had three)."""

from __future__ import annotations

import ast
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
# Calls by which a connection is opened or a name is looked up, and the one module that makes them.
CALLS = {
    "connect": "fetcher/connection.py",
    "getaddrinfo": "fetcher/lookup.py",
    "connect_ex": None,
    "create_connection": "fetcher/browser/relay.py",  # the way of a browser, which asks the same guard
    "gethostbyname": None,
    "gethostbyname_ex": None,
    "getfqdn": None,
    "open_connection": None,
    "urlopen": None,
}


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the watcher by its path, parsed."""
    paths = sorted(ROOT.rglob("*.py"))
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths)


def imported(tree: ast.Module) -> set[str]:
    """The modules that a module imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("speaker", sorted(SPEAKERS))
def test_only_the_fetcher_speaks_to_the_web(speaker: str) -> None:
    """Outside the package of the fetcher nothing that opens connections is imported."""
    found = {
        module.rpartition("/")[0]
        for module, tree in modules()
        if any(name == speaker or name.startswith(f"{speaker}.") for name in imported(tree))
    }
    allowed = SPEAKERS[speaker]
    assert found <= ({allowed} if allowed else set())


@pytest.mark.parametrize("call", sorted(CALLS))
def test_one_module_connects(call: str) -> None:
    """A socket is connected in one place, after the guard was asked, and a name is looked up in one place."""
    found = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == call
    }
    allowed = CALLS[call]
    assert found <= ({allowed} if allowed else set())
