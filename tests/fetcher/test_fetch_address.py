"""Which addresses are fetched at all."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import watcher
from storage.model import Reason
from watcher.fetcher.address import check_url, follow
from watcher.fetcher.failure import FetchError

BASE = "https://vendor.example/legal/privacy?x=1"


@pytest.mark.parametrize(
    "url",
    [
        "http://vendor.example",
        "https://vendor.example:8443/a/b?c=d#e",
        "http://[2001:db8::1]:8080/",
        "https://bücher.example/datenschutz-erklärung",
        "https://vendor.example./",
        "HTTPS://Vendor.Example/",
    ],
)
def test_ordinary_addresses_pass(url: str) -> None:
    """Names, ports, IPv6, international names and paths are fetched."""
    assert check_url(url).hostname


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://h/",
        "gopher://h/",
        "data:text/html,x",
        "javascript:alert(1)",
        "FILE:x",
        "mailto:a@b.c",
    ],
)
def test_other_schemes_are_blocked(url: str) -> None:
    """H16: nothing but http and https is ever opened."""
    with pytest.raises(FetchError) as caught:
        check_url(url)
    assert caught.value.reason is Reason.BLOCKED_SCHEME
    assert not caught.value.transient


@pytest.mark.parametrize(
    "url",
    [
        "",
        "vendor.example/privacy",
        "http:///x",
        "http://",
        "http://127.0.0.1:8888\\@example.com/",
        "http://user@vendor.example/",
        "http://user:secret@vendor.example/",
        "http://@vendor.example/",
        "http://ven\tdor.example/",
        "http://vendor.example/a\nb",
        "http://vendor.example/a b",
        " http://vendor.example/",
        "http://vendor.example/\x00",
        "http://vendor.example/\x7f",
        "http://vendor.example/\u202etxt",
        "http://vendor.example/\u00a0",
        "http://vendor.example/\ud800",
        "http://[::1",
        "http://vendor.example:99999/",
        "http://vendor.example:0/",
        "http://vendor.example:eighty/",
        "http://a..b/",
        "http://" + "a" * 64 + ".example/",
        "http://vendor.example/" + "a" * 9000,
    ],
)
def test_odd_addresses_are_refused(url: str) -> None:
    """H21: what parsers read differently is refused before any lookup, and for good."""
    with pytest.raises(FetchError) as caught:
        check_url(url)
    assert caught.value.reason is Reason.BLOCKED_ADDRESS
    assert not caught.value.transient
    assert caught.value.detail.isascii()


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://vendor.example/new"),
        ("new?y=2#part", "https://vendor.example/legal/new?y=2"),
        ("//other.example/x", "https://other.example/x"),
        (" http://other.example/x\t", "http://other.example/x"),
        ("/datenschutzerkl\xc3\xa4rung", "https://vendor.example/datenschutzerklärung"),
    ],
)
def test_targets_are_resolved_against_their_page(location: str, target: str) -> None:
    """Relative targets, other hosts and UTF-8 in a Location lead where a browser would go."""
    assert follow(BASE, location) == target


@pytest.mark.parametrize(
    "location",
    [
        "",
        "  ",
        "http://[::1",
        "http://\xff\xfe/",
        "http://a b/",
        "/a b",
        "\\\\evil.example",
        "http://u:p@h/",
        "http:///",
        "http://h:x/",
    ],
)
def test_junk_targets_are_redirect_errors(location: str) -> None:
    """H15, H17: a target that is no address ends in a typed error."""
    with pytest.raises(FetchError) as caught:
        follow(BASE, location)
    assert caught.value.reason is Reason.REDIRECT


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://h/", "gopher://h/", "data:,x", "javascript:x"])
def test_targets_with_other_schemes_are_blocked(location: str) -> None:
    """H16: a redirect does not lead out of http and https."""
    with pytest.raises(FetchError) as caught:
        follow(BASE, location)
    assert caught.value.reason is Reason.BLOCKED_SCHEME


LOCATIONS = st.text(st.characters(max_codepoint=255), max_size=60) | st.from_regex(
    r"(https?:)?//[\x00-\xff]{0,9}(/.*)?"
)


@given(LOCATIONS)
def test_no_location_raises_anything_else(location: str) -> None:
    """H17: whatever bytes a server sends as a target, they are an address or a typed refusal."""
    refusal: Reason | None = None
    try:
        target = follow(BASE, location.encode("latin-1", "replace").decode("latin-1"))
    except FetchError as error:
        refusal = error.reason
    if refusal is None:
        assert check_url(target).scheme in {"http", "https"}
    else:
        assert refusal in {Reason.REDIRECT, Reason.BLOCKED_SCHEME}


def test_only_the_fetcher_speaks_http() -> None:
    """The guards hold for every page because there is one way out (changedetection.io had three, two unguarded)."""
    root = Path(watcher.__file__).parent
    outward = {"requests", "urllib3", "httpx", "aiohttp", "urllib.request", "http.client", "playwright"}
    found = set()
    for module in root.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name == out or name.startswith(f"{out}.") for name in names for out in outward):
                found.add(module.parent.relative_to(root).as_posix())
    assert found == {"fetcher"}
