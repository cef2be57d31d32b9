"""Fetches what it is told in a process of its own, and tells what became of it and how much memory it took.

Reads one JSON document: `slow` and `rows` are lists of addresses with a deadline each, `names` what its resolver knows.
The slow ones are fetched side by side, the others one after the other.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.model import Capture
from watcher.fetcher import FetchFailure, FetchSettings
from watcher.fetcher.http import HttpFetcher

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
KINDS = {"NXDOMAIN": socket.EAI_NONAME, "SERVFAIL": socket.EAI_AGAIN, "REFUSED": socket.EAI_FAIL}


def resolver(names: dict[str, Any]) -> Any:
    """A resolver that knows these names alone. A list of lists are answers one after the other."""
    real = socket.getaddrinfo

    def answer(host: str, port: int, *rest: int) -> Any:
        known = names.get(host, "NXDOMAIN")
        if host.replace(".", "").isdigit() or ":" in host:
            return real(host, port, *rest)
        if known == "SLOW":
            threading.Event().wait(30)
        if isinstance(known, str):
            raise socket.gaierror(KINDS.get(known, socket.EAI_AGAIN), known)
        addresses = known.pop(0) if len(known) > 1 else known[0]
        return [entry for address in addresses for entry in real(address, port, 0, socket.SOCK_STREAM)]

    return answer


def fetch(fetcher: HttpFetcher, url: str) -> dict[str, Any]:
    """What became of one address, and how long it took."""
    began = time.monotonic()
    outcome = fetcher.fetch(url, now=lambda: NOW)
    seconds = time.monotonic() - began
    if isinstance(outcome, FetchFailure):
        told = [outcome.reason.value, outcome.status, outcome.retry_after, outcome.transient, outcome.detail]
    else:
        assert isinstance(outcome, Capture)
        told = ["page", outcome.status, None, False, outcome.body.decode("latin-1")[:80]]
    return {"told": told, "seconds": seconds}


def peak() -> int:
    """The most memory that this process has had, in bytes. What getrusage tells begins with the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    """Read, fetch, write."""
    order = json.load(sys.stdin)
    socket.getaddrinfo = resolver(order["names"])

    def made(seconds: float) -> HttpFetcher:
        return HttpFetcher(FetchSettings(None, tuple(order["networks"]), timedelta(seconds=seconds)))

    found: dict[str, Any] = {}
    with made(3) as slow, made(10) as quick:
        fetch(quick, order["warm"])
        before = peak()
        for name, url in order["rows"].items():
            found[name] = fetch(quick, url)
        with ThreadPoolExecutor(len(order["slow"])) as pool:
            tasks = {name: pool.submit(fetch, slow, url) for name, url in order["slow"].items()}
            found |= {name: task.result() for name, task in tasks.items()}
        json.dump({"found": found, "grown": peak() - before}, sys.stdout)


main()
