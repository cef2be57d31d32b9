"""Which addresses are fetched at all."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.util import parse_url

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
        "http://[::ffff:192.0.2.1]/",
        "http://192.0.2.1:8080/",
        "http://7.vendor.example/",
        "http://0x7f.vendor.example/",
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
        "http://vendor.example../",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0X7F.1/",
        "http://0x/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1./",
        "http://127.0.0.01/",
        "http://256.0.0.1/",
        "http://1.2.3.4.5/",
        "http://vendor.example.7/",
        "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
        "http://\uff11\uff12\uff17.0.0.1/",
        "http://127\u30020\u30020\uff611/",
        "http://%31%32%37.0.0.1/",
        "http://vendor.example%2eevil.example/",
        "http://[fe80::1%25eth0]/",
        "http://[::1%lo]/",
        "http://[v1.x]/",
        "http://^/",
        "http://a|b.example/",
        "http://a<b>.example/",
        "http://\uff3e.example/",
        "http://*.example/",
        "http://[::ffff:127.0.0.1/",
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


@pytest.mark.parametrize(
    "location", ["http://2130706433/", "//0x7f000001/x", "http://127.1:80/", "https://0177.0.0.1/"]
)
def test_targets_that_are_odd_numbers_are_blocked(location: str) -> None:
    """H19: a number in disguise behind a redirect is no junk, it is an attempt."""
    with pytest.raises(FetchError) as caught:
        follow(BASE, location)
    assert caught.value.reason is Reason.BLOCKED_ADDRESS


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
        assert refusal in {Reason.REDIRECT, Reason.BLOCKED_SCHEME, Reason.BLOCKED_ADDRESS}


HOSTS = st.from_regex(r"[a-zA-Z0-9.\-_\[\]:%@\\\\/?#\u00e9\u3002\uff11\u00ad\u200d\u0130\u1e9e]{1,24}", fullmatch=True)
URLS = st.builds(
    "{}{}{}".format, st.sampled_from(["http://", "https://", "HTTP://"]), HOSTS, st.sampled_from(["", "/", "/a?b#c"])
)


@given(URLS | LOCATIONS)
@settings(max_examples=500)
def test_all_parsers_see_the_host_that_was_judged(url: str) -> None:
    """H21: of an address that passes, requests and urllib3 see the same host and port as we do, or send nothing."""
    try:
        parts = check_url(url)
    except FetchError:
        return
    request = requests.PreparedRequest()
    try:
        request.prepare_url(url, None)
    except (requests.RequestException, UnicodeError):
        return
    ours = (parts.hostname or "").rstrip(".")
    sent = urlsplit(request.url or "")
    seen = parse_url(request.url or "")
    assert sent.hostname == (seen.host or "").strip("[]")
    assert sent.port == seen.port == parts.port
    assert sent.username is sent.password is seen.auth is None
    if ours.isascii():
        assert (sent.hostname or "").rstrip(".") == ours
    else:
        assert (sent.hostname or "").isascii()
