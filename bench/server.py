"""A fast web server on loopback for measurements: `python -m bench.server --pages N`.

Answers on several loopback addresses at one port, so that they pass for as many hosts. Bodies are compressed ahead.
Prints one line of JSON when it listens. A second port, for control, takes these requests and answers in JSON:

- `/counts`: how often each status was sent since the last such request;
- `/mode/stock`, `/mode/lenient`, `/mode/bare`: how conditional requests are judged from now on;
- `/edit/FIRST/COUNT`: publish another edition of these pages;
- `/noise`: change the bytes of every page, and no word of its text.

`stock` does what nginx does as it comes: If-Modified-Since must equal Last-Modified, and where If-None-Match is sent
too, both must match. `lenient` takes a later If-Modified-Since as well (`if_modified_since before`). `bare` sends no
validators and ignores conditions.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from bench.pages import page


# Every address of 127.0.0.0/8 reaches the machine itself on Linux.
def hosts(count: int) -> tuple[str, ...]:
    """So many addresses."""
    return tuple(f"127.0.{number // 250}.{number % 250 + 2}" for number in range(count))


HOSTS = hosts(16)
MODES = ("stock", "lenient", "bare")
_BORN = datetime(2026, 1, 5, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Resource:
    """One edition of a page, ready to be sent."""

    packed: bytes
    etag: str
    modified: str

    @classmethod
    def make(cls, number: int, edition: int, nonce: int = 0) -> Resource:
        """Generate and compress a page."""
        body = page(number, edition, nonce)
        moment = _BORN + timedelta(minutes=number, days=edition)
        return cls(
            packed=gzip.compress(body, 6, mtime=0),
            etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"',
            modified=format_datetime(moment, usegmt=True),
        )


@dataclass(slots=True)
class Site:
    """What is published, how conditions are judged, and what was answered."""

    pages: list[Resource]
    mode: str = "stock"
    counts: Counter[int] = field(default_factory=Counter)
    editions: Counter[int] = field(default_factory=Counter)
    nonce: int = 0

    def answer(self, path: str, headers: Mapping[str, str]) -> bytes:
        """The whole answer to a GET."""
        number = path.rpartition("/")[2]
        if not number.isdecimal() or int(number) >= len(self.pages):
            return self._send(404, "", b"")
        resource = self.pages[int(number)]
        validators = "" if self.mode == "bare" else f"Last-Modified: {resource.modified}\r\nETag: {resource.etag}\r\n"
        if self.mode != "bare" and self._unmodified(resource, headers):
            return self._send(304, validators, None)
        fields = f"Content-Type: text/html; charset=utf-8\r\nVary: Accept-Encoding\r\n{validators}"
        if "gzip" in headers.get("accept-encoding", ""):
            return self._send(200, f"{fields}Content-Encoding: gzip\r\n", resource.packed)
        return self._send(200, fields, gzip.decompress(resource.packed))

    def command(self, path: str) -> object:
        """Obey a request on the control port."""
        match path.strip("/").split("/"):
            case ["counts"]:
                counts, self.counts = self.counts, Counter()
                return {str(status): count for status, count in sorted(counts.items())}
            case ["mode", mode] if mode in MODES:
                self.mode = mode
                return mode
            case ["edit", first, count]:
                for number in range(int(first), int(first) + int(count)):
                    place = number % len(self.pages)
                    self.editions[place] += 1
                    self.pages[place] = Resource.make(place, self.editions[place], self.nonce)
                return int(count)
            case ["noise"]:
                self.nonce += 1
                self.pages = [Resource.make(n, self.editions[n], self.nonce) for n in range(len(self.pages))]
                return self.nonce
        raise ValueError(f"no such command: {path}")

    def _unmodified(self, resource: Resource, headers: Mapping[str, str]) -> bool:
        since, tags = headers.get("if-modified-since"), headers.get("if-none-match")
        if since is None and tags is None:
            return False
        if since is not None and not (
            since == resource.modified or (self.mode == "lenient" and _later(since, resource))
        ):
            return False
        return tags is None or resource.etag in [tag.strip().removeprefix("W/") for tag in tags.split(",")]

    def _send(self, status: int, fields: str, body: bytes | None) -> bytes:
        self.counts[status] += 1
        reason = {200: "OK", 304: "Not Modified", 404: "Not Found"}[status]
        length = "" if body is None else f"Content-Length: {len(body)}\r\n"
        return f"HTTP/1.1 {status} {reason}\r\nServer: bench\r\n{fields}{length}\r\n".encode("latin-1") + (body or b"")


def _later(since: str, resource: Resource) -> bool:
    """Whether a date a client sent is the page's own or after it; junk is not."""
    try:
        asked = parsedate_to_datetime(since)
    except ValueError:
        return False
    return asked.replace(tzinfo=asked.tzinfo or UTC) >= parsedate_to_datetime(resource.modified)


class _Connection(asyncio.Protocol):
    """Requests without a body, one after another, on a connection that is kept."""

    def __init__(self, site: Site, *, control: bool) -> None:
        self._site, self._control = site, control
        self._transport: asyncio.Transport | None = None
        self._have = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        assert self._transport is not None
        self._have += data
        while b"\r\n\r\n" in self._have:
            head, _, self._have = self._have.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            path = first.split(" ")[1]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            if self._control:
                body = json.dumps(self._site.command(path)).encode()
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            else:
                self._transport.write(self._site.answer(path, headers))
            if headers.get("connection", "").lower() == "close":
                self._transport.close()


async def serve(pages: int, addresses: Sequence[str]) -> None:
    """Listen until the process is told to end."""
    site = Site([Resource.make(number, 0) for number in range(pages)])
    loop = asyncio.get_running_loop()
    control = await loop.create_server(lambda: _Connection(site, control=True), "127.0.0.1", 0)
    server, port = await _listen(site, addresses)
    print(json.dumps({"port": port, "control": control.sockets[0].getsockname()[1]}), flush=True)
    async with control, server:
        await server.serve_forever()


async def _listen(site: Site, addresses: Sequence[str]) -> tuple[asyncio.Server, int]:
    """One port that is free on all the addresses."""
    loop = asyncio.get_running_loop()
    for _ in range(20):
        probe = await loop.create_server(asyncio.Protocol, addresses[0], 0)
        port = int(probe.sockets[0].getsockname()[1])
        probe.close()
        await probe.wait_closed()
        try:
            made = loop.create_server(lambda: _Connection(site, control=False), addresses, port, backlog=512)
            return await made, port
        except OSError:
            continue
    raise OSError("no port is free on all loopback addresses")


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--hosts", type=int, default=len(HOSTS), help="loopback addresses to answer on")
    options = parser.parse_args()
    asyncio.run(serve(options.pages, hosts(options.hosts)))


if __name__ == "__main__":
    main()
