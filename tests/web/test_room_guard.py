"""Who is let in: methods, names, tokens, and hundreds of requests that nobody would send by hand."""

from __future__ import annotations

import http.client
import random
import socket
import string
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.routing import Mount, Route
from web_tabs import NOW, serving

from storage.protocol import Store
from watcher.web.app import RoomSettings, application
from watcher.web.guard import Guarding, allowed_host, pass_of

TOKEN = "a token of the tests, long enough"
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}

# Pages that are there, one a line.
KNOWN = """/
/vendors/
/vendors/2/
/vendor/ostrelle/
/source/ostrelle/privacy/
/source/ostrelle/privacy/1/
/source/ostrelle/privacy/1-2/
/source/ostrelle/privacy/1-3/part/2/
/source/ostrelle/privacy/compare/
/changes/
/changes/topic/ai/
/changes/severity/high/2/
/recipients/
/recipients/fernwacht-versand/
/matrix/
/deadlines/
/status/
/search/
/about/
/static/room.css
/feeds/all.atom
/feeds/deadlines.ics
/login/
/index.html"""


@pytest.fixture(scope="module")
def locked(played: Store) -> Iterator[str]:
    """A room that wants a token."""
    with serving(played, token=TOKEN, names=frozenset({"reading.example"})) as url:
        yield url


def ask(room: str, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request, its status, headers and body."""
    where = urlsplit(room)
    client = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    client.request(method, path, headers=headers)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


def test_every_answer_has_the_headers(room: str) -> None:
    """Pages, styles, feeds and refusals alike forbid what they do not need."""
    for path in ("/", "/static/room.css", "/feeds/all.atom", "/no/such/page/", "/vendors"):
        _, headers, _ = ask(room, path)
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; script-src 'self'")
        assert SAFE.items() <= headers.items()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_nothing_but_reading(room: str, method: str) -> None:
    """Any other method is refused, at any path."""
    for path in ("/", "/static/room.css", "/api/anything"):
        status, headers, _ = ask(room, path, method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_head_is_get_without_its_body(room: str) -> None:
    """The same status and length, and nothing behind the headers."""
    got, head = ask(room, "/vendors/"), ask(room, "/vendors/", "HEAD")
    assert (head[0], head[1]["content-length"], head[2]) == (200, got[1]["content-length"], b"")


def test_what_the_reader_has_is_not_sent_again(room: str) -> None:
    """With the validator of the last answer the next is 304 and empty."""
    _, headers, _ = ask(room, "/about/")
    status, _, body = ask(room, "/about/", **{"If-None-Match": headers["etag"]})
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("host", "fine"),
    [
        ("127.0.0.1:8321", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("[::1]:8321", True),
        ("192.168.3.4", True),
        ("reading.example", True),
        ("reading.example.:443", True),
        ("evil.example", False),
        ("reading.example.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost:99999", False),
        ("", False),
        ("a b", False),
        ("user@127.0.0.1", False),
    ],
)
def test_only_known_names_are_answered(host: str, *, fine: bool) -> None:
    """Addresses, this machine and allowed names pass; a name that points here by itself does not."""
    assert allowed_host([host.encode()], frozenset({"reading.example"})) is fine
    assert not allowed_host([host.encode(), b"127.0.0.1"], frozenset({"reading.example"}))


def test_a_foreign_name_is_refused(room: str) -> None:
    """DNS rebinding ends at the door; what proxies add does not open it."""
    assert ask(room, "/", Host="evil.example")[0] == 421
    assert ask(room, "/", Host="evil.example", **{"X-Forwarded-Host": "127.0.0.1"})[0] == 421


def test_a_token_opens_the_room(locked: str) -> None:
    """As a bearer, or once at the way in, which sets a cookie that does not hold it."""
    status, headers, body = ask(locked, "/")
    assert (status, headers["www-authenticate"]) == (401, 'Bearer realm="clausewatch"')
    assert b"vendor" not in body.replace(b"vendors/", b"")
    assert ask(locked, "/", Authorization=f"Bearer {TOKEN}")[0] == 200
    assert ask(locked, "/", Authorization=f"Bearer {TOKEN}x")[0] == 401
    status, headers, _ = ask(locked, f"/login/?token={TOKEN.replace(' ', '+')}")
    assert (status, headers["location"]) == (303, "../")
    cookie = headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert TOKEN not in cookie
    assert ask(locked, "/", Cookie=cookie.partition(";")[0])[0] == 200
    assert ask(locked, "/", Cookie=f"clausewatch={pass_of('another')}")[0] == 401
    assert ask(locked, "/login/?token=wrong")[0] == 401


def test_no_route_is_without_its_guard(played: Store) -> None:
    """Everything the application answers, another part's routes too, is refused without the token."""
    settings = RoomSettings(played, lambda: NOW, guarding=Guarding(token=TOKEN))
    made = application(settings, [Mount("/api", routes=[Route("/x", lambda _: None)])])
    assert [each.kwargs["guarding"] for each in made.user_middleware] == [Guarding(token=TOKEN)]


def test_the_token_is_in_no_log(locked: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither its use nor a wrong guess leaves it anywhere."""
    with caplog.at_level(0):
        ask(locked, f"/login/?token={TOKEN.replace(' ', '+')}")
        ask(locked, "/", Authorization=f"Bearer {TOKEN}")
    assert TOKEN not in caplog.text
    assert TOKEN.replace(" ", "+") not in caplog.text
    assert TOKEN not in repr(Guarding(token=TOKEN))


def requests(count: int, seed: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Methods, targets and headers: pages that exist, bent in many ways, and bytes at random."""
    luck = random.Random(seed)
    known = KNOWN.splitlines()
    bent = (
        "..",
        "%2e%2e",
        "%00",
        "%ff",
        "//",
        "\\",
        "999999999999999999",
        "-1",
        "0",
        "a" * 300,
        "é".encode().hex(),
        ";",
    )
    words = ("q", "lang", "old", "new", "token", "", "_trace")
    for _ in range(count):
        path = luck.choice(known)
        for _ in range(luck.randrange(3)):
            place = luck.randrange(len(path) + 1)
            path = path[:place] + luck.choice((*bent, luck.choice(string.printable[:94]), "/")) + path[place:]
        query = "&".join(
            f"{luck.choice(words)}={luck.choice((*bent, '<script>', 'nl', '2', '%F0%9F%98%80', 'NEAR(', '*', chr(34)))}"
            for _ in range(luck.randrange(4))
        )
        target = "/" + path.lstrip("/") + (f"?{query}" if query else "")
        target = "".join(char for char in target if "!" <= char <= "~") + ("x" * 5000 if luck.random() < 0.02 else "")
        method = luck.choice(("GET",) * 8 + ("HEAD", "POST", "BREW"))
        headers = {"Host": luck.choice(("127.0.0.1",) * 8 + ("evil.example", "[::1", ""))}
        if luck.random() < 0.2:
            headers["Cookie"] = luck.choice(("clausewatch", "clausewatch=x; a=b", '="', "clausewatch=\xe9"))
        if luck.random() < 0.2:
            headers["If-None-Match"] = luck.choice(("*", '"x"', "W/", "é"))
        yield method, target, headers


def _fuzz(room: str, count: int, seed: int, token: str) -> dict[int, int]:
    """Send them over raw sockets, each on its own connection or on one that stays; how often which status came."""
    where = urlsplit(room)
    seen: dict[int, int] = {}
    client = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    for method, target, headers in requests(count, seed):
        extra = {"Authorization": f"Bearer {token}"} if token else {}
        client.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, **extra}.items():
            client.putheader(name, value.encode("latin-1"))
        client.endheaders()
        answer = client.getresponse()
        answer.read()
        seen[answer.status] = seen.get(answer.status, 0) + 1
        assert answer.status < 500, (method, target, headers)
        assert answer.status == 400 or answer.getheader("content-security-policy"), (method, target)
        if answer.will_close:
            client.close()
    client.close()
    return seen


def test_strange_requests_are_answered_calmly(room: str) -> None:
    """300 bent requests: pages, refusals, never a fault of ours."""
    seen = _fuzz(room, 300, 7, "")
    assert {200, 404, 405, 421} <= seen.keys()


def test_no_strange_request_gets_past_the_token(locked: str) -> None:
    """Without the token the same requests get nothing but refusals."""
    assert not _fuzz(locked, 150, 8, "").keys() & {200, 206, 303, 308, 304}


@pytest.mark.long
def test_ten_thousand_strange_requests(room: str, locked: str) -> None:
    """The campaign: 10,000 with and without a token."""
    for number in range(10):
        assert _fuzz(room, 600, 100 + number, "")
        assert _fuzz(locked, 400, 200 + number, TOKEN if number % 2 else "")


def test_what_is_no_http_ends_the_connection(room: str) -> None:
    """Bytes that are no request are answered 400 or not at all, and the room goes on."""
    where = urlsplit(room)
    for raw in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET  HTTP/9\r\n\r\n"):
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=5) as line:
            line.sendall(raw)
            line.shutdown(socket.SHUT_WR)
            said = line.recv(4096)
        assert said == b"" or said.split()[1] in {b"400", b"421"}
    assert ask(room, "/about/")[0] == 200
