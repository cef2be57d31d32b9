"""The sites and traps that rendered pages are tested with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

DEADLINE = 4.0  # seconds, of a page that never ends
LARGEST = 2_000_000  # bytes

Answer = bytes | tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], object]


@dataclass
class Site:
    """A web server on 127.0.0.2; `pages` maps paths to bodies, to (status, headers, body), or to what answers."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"http://127.0.0.2:{self.port}"

    def put(self, path: str, answer: Answer | str) -> str:
        """Publish a page; its address."""
        self.pages[path] = answer.encode() if isinstance(answer, str) else answer
        return self.url + path


@dataclass
class Trap:
    """Listeners on 127.0.0.1, which nobody may contact: TCP and UDP on one port. `caught` counts what came."""

    port: int = 0
    caught: int = 0
