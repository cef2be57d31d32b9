"""The sample vendors, served on loopback under the names that they have."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from vendor_sites import SiteHandler, VendorSite, Web, load_sites, on_addresses

from watcher.fetcher import FetchSettings
from watcher.fetcher.polite import PatientFetcher, polite_fetcher
from watcher.sandbox import Sandbox
from watcher.scout.reading import Desk


class _Quiet(ThreadingHTTPServer):
    """A server that does not tell when a client hangs up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def web() -> Iterator[Web]:
    """All sample sites on one server; each host has its own name."""
    handler: type[SiteHandler] = type("Handler", (SiteHandler,), {})
    server = _Quiet(("127.0.0.1", 0), handler)
    sites, handler.sites = load_sites(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Web(sites, frozenset(handler.sites))
    server.shutdown()
    server.server_close()


@pytest.fixture
def aliased(request: pytest.FixtureRequest) -> Iterator[VendorSite]:
    """One sample site on loopback aliases, a server for each of its hosts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site, addresses = on_addresses(request.param, port, 10)
    handler: type[SiteHandler] = type("Handler", (SiteHandler,), {"sites": dict.fromkeys(addresses, site)})
    servers = [_Quiet((address, port), handler) for address in addresses]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield site
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def httpserver_listen_address() -> tuple[str, int]:
    """The server of single pages has no name."""
    return ("127.0.0.1", 0)


@pytest.fixture(name="httpserver")
def _httpserver(httpserver: HTTPServer) -> HTTPServer:
    """A server without a robots.txt."""
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    return httpserver


@pytest.fixture
def resolver(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the sample sites lead to this machine; no other name leads anywhere."""
    real = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in web.hosts:
            return real("127.0.0.1", *args, **kwargs)
        if host in {None, "localhost"} or re.fullmatch(r"[\d.]+", str(host)):
            return real(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all tests."""
    with Sandbox(size=1) as box:
        yield box


@pytest.fixture
def desk(resolver: None, sandbox: Sandbox) -> Iterator[Desk]:
    """A desk whose fetcher may ask this machine, without waiting between requests."""
    settings = FetchSettings(allow_networks=("127.0.0.0/8",), gap=timedelta(0))
    with PatientFetcher(polite_fetcher(settings)) as fetcher:
        yield Desk(fetcher, sandbox, lambda: datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
