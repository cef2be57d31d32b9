"""Chat and webhooks through the child process, and the terminal."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifier_samples import RETENTION, RIGHT, SOURCE, parcel
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from notifier import chat
from notifier.channels import ChatChannel, Terminal
from notifier.refusal import WayBlocked, is_permanent
from notifier.render import Message, render
from storage.errors import DeliveryError

KEY = "a" * 32

# apprise loads it to replace it; in production the child process does that, out of sight.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def message() -> Message:
    """The sample message."""
    return render([parcel()])


@pytest.fixture
def hook(httpserver: HTTPServer) -> Iterator[ChatChannel]:
    """A channel to the webhook of the test's server."""
    with ChatChannel(f"json://127.0.0.1:{httpserver.port}/hook") as channel:
        yield channel


def test_webhook(httpserver: HTTPServer, hook: ChatChannel) -> None:
    """A webhook gets subject, text and the idempotency key; the second message goes through the same child."""
    seen: list[Request] = []

    def keep(request: Request) -> Response:
        seen.append(request)
        return Response("ok")

    httpserver.expect_request("/hook", method="POST").respond_with_handler(keep)
    hook.send(message(), KEY)
    child = hook._child
    hook.send(message(), "b" * 32)
    assert hook._child is child is not None
    assert [request.headers["X-Clausewatch-Delivery"] for request in seen] == [KEY, "b" * 32]
    told = json.loads(seen[0].data)
    assert told["title"] == "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)"
    assert "Now: When you close your account, we delete your invoices after {+36+} months." in told["message"]
    assert "https://acme.example/privacy?lang=en&page=1" in told["message"]
    assert "Apprise" not in str(seen[0].headers)


def test_refusals_of_a_webhook(httpserver: HTTPServer, hook: ChatChannel) -> None:
    """Each status has its nature: 429 waits as long as it asks, 5xx passes, 4xx and redirects are for good."""
    answers: list[Response] = []
    httpserver.expect_request("/hook").respond_with_handler(lambda _: answers.pop())

    def refusal(status: int, **headers: str) -> DeliveryError:
        answers.append(Response(status=status, headers=headers))
        with pytest.raises(DeliveryError, match=f"HTTP {status}") as caught:
            hook.send(message(), KEY)
        return caught.value

    limited = refusal(429, **{"Retry-After": "7"})
    assert (limited.permanent, limited.retry_after) == (False, 7.0)
    assert refusal(429, **{"Retry-After": "soon"}).retry_after is None
    for status in (500, 503, 408):
        assert not refusal(status).permanent
    for status in (400, 401, 404, 410):
        assert refusal(status).permanent
    assert refusal(301, Location=httpserver.url_for("/elsewhere")).permanent
    assert all(request.path == "/hook" for request, _ in httpserver.log), "a redirect was followed"


def test_nobody_there() -> None:
    """A service that cannot be reached is tried again."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with (
            ChatChannel(f"json://127.0.0.1:{reserved.getsockname()[1]}/hook?cto=1") as channel,
            pytest.raises(WayBlocked) as caught,
        ):
            channel.send(message(), KEY)
    assert not caught.value.permanent


def test_a_hanging_service_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that takes the request and never answers ends at the deadline, and its child with it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        channel = ChatChannel(f"json://127.0.0.1:{listener.getsockname()[1]}/x", timedelta(seconds=0.3))
        monkeypatch.setattr("notifier.channels._START", timedelta(seconds=2))
        began = time.monotonic()
        with pytest.raises(WayBlocked, match="did not answer within"):
            channel.send(message(), KEY)
        assert time.monotonic() - began < 4
        assert channel._child is None


@pytest.mark.parametrize("address", ["nonsense", "nosuch://x/y", "mailto://user:pw@example.org", "json://a\nb", ""])
def test_not_an_address(address: str) -> None:
    """What apprise does not know, and mail through apprise, is refused for good without being repeated."""
    answer = chat.send(request(address))
    assert (answer["ok"], answer["permanent"]) == (False, True)
    assert not address or address not in answer["detail"]


def request(address: str, source_vendor: str = "Acme", changes: int = 4) -> dict[str, Any]:
    """What the channel asks its child."""
    made = [RETENTION, RIGHT] * changes
    source = SOURCE.__class__(**{**{f: getattr(SOURCE, f) for f in SOURCE.__slots__}, "vendor": source_vendor})
    text = render([parcel(*made[:changes], source=source)])
    return {
        "address": address,
        "title": text.subject,
        "text": {**asdict(text.chat), "items": list(text.chat.items), "more": list(text.chat.more)},
        "data": text.data,
        "key": KEY,
    }


SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
DISCORD = "discord://123456789012345678/abcdefghij_abcdefghijabcdefghijabcdefghij"
TELEGRAM = "tgram://123456789:abcdefg_hijklmnop/12315544/"
TEAMS = "workflows://prod-00.westus.logic.azure.com:443/643e69f83c8944/iscPnP4N"


@pytest.mark.parametrize("address", [SLACK, DISCORD, TELEGRAM, TEAMS, "json://127.0.0.1/x"])
def test_hostile_words_in_chat(address: str, wire: list[str]) -> None:
    """No service gets a mention, a link in markup or a code fence out of a vendor's words."""
    vendor = "<!channel> @everyone <https://evil.example|click> [x](http://evil.example) ```x``` &lt;"
    assert chat.send(request(address, vendor))["ok"]
    (body,) = wire
    told = json.loads(body)
    told.pop("alert", None)  # for programs: the words as they are
    words = json.dumps(told, ensure_ascii=False)
    for danger in ("<!channel>", "@everyone", "<https://evil", "](http://evil", "```"):
        assert danger not in words
    assert "everyone" in words


def test_a_fault_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that breaks the sender is answered as a passing failure, and the next line is served."""
    answers = io.StringIO()
    chat.serve(io.StringIO('{"address": 1}\nnot json\n' + json.dumps(request("nonsense")) + "\n"), answers)
    first, second, third = (json.loads(line) for line in answers.getvalue().splitlines())
    assert (first["ok"], first["permanent"], second["permanent"], third["permanent"]) == (False, False, False, True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-5", None),
        ("abc", None),
        ("99999999999", None),
        ("Mon, 23 Nov 2026 06:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2020 06:01:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    """Retry-After is read as a number or a date; junk and the past count as nothing."""
    assert chat.retry_after(value, datetime(2026, 11, 23, 6, 0, tzinfo=UTC)) == seconds


def test_permanent_statuses() -> None:
    """A client error and a redirect are for good, but for those that ask to come back."""
    for status in (301, 400, 401, 403, 404, 410, 413):
        assert is_permanent(status)
    for status in (200, 408, 425, 429, 500, 503):
        assert not is_permanent(status)


def test_terminal() -> None:
    """The console prints subject and text, and nothing that moves a cursor."""
    stream = io.StringIO()
    Terminal(stream).send(message())
    printed = stream.getvalue()
    assert printed.startswith("[high] Acme privacy policy")
    assert "[-24-]" in printed


def test_terminal_that_is_not_utf8() -> None:
    """A terminal of another character set gets escapes instead of an error."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    Terminal(stream).send(message())
    assert b"\\u203a Former customers" in raw.getvalue()


def test_closed_terminal() -> None:
    """A closed console blocks the way and does not end the run."""
    stream = io.StringIO()
    stream.close()
    with pytest.raises(WayBlocked):
        Terminal(stream).send(message())
