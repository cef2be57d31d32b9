"""Rows N01-N12 and O06 of the fault catalogue: each wrong mail server and service, and what becomes of the alert."""

from __future__ import annotations

import html
import itertools
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.smtp import AuthResult
from delivery_samples import ALICE, BOB, SENDER, Clock, Office, fill, settings, subscriber, working
from notifier_samples import MOMENT, RETENTION, parcel
from talking_server import Talk, speaking

from notifier import chat
from notifier.cadence import next_try
from notifier.deliver import DeliverSettings, deliver
from notifier.mail import Mailer, MailSettings
from notifier.render import render
from storage.connect import open_store
from storage.model import Cadence, Delivery, DeliveryState, Operator, Target
from storage.protocol import Store

# apprise loads it to replace it; in production the child process does that, out of sight.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

CERTIFICATE = Path(__file__).with_name("localhost.pem")
TEXT = {"head": "Acme", "items": ["One change."], "more": [], "foot": ""}
TEAM = [subscriber("mail", ALICE), subscriber("screen", "console:")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline of less than a second for each mail, where it is 30 seconds."""
    monkeypatch.setattr(Mailer.__init__, "__defaults__", (timedelta(seconds=0.6),))


def conversation(at: bytes, says: bytes | None) -> Talk:
    """A server that is polite up to a word, and then says this: None hangs up, nothing at all is silence."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        if at == b"greeting":
            _say(connection, over, says)
            return
        connection.sendall(b"220 hello\r\n")
        reader = connection.makefile("rb")
        for line in reader:
            word = line.split()[0].upper() if line.split() else b""
            if word == at and at != b"text":
                _say(connection, over, says)
                return
            connection.sendall({b"DATA": b"354 go on\r\n"}.get(word, b"250 ok\r\n"))
            if word == b"DATA":
                while reader.readline() != b".\r\n":
                    pass
                if not says:
                    _say(connection, over, says)
                    return
                connection.sendall(says)

    return talk


def _say(connection: socket.socket, over: threading.Event, says: bytes | None) -> None:
    if says is not None:
        connection.sendall(says)
        over.wait(60)


def dripping(connection: socket.socket, over: threading.Event) -> None:
    """A byte at a time, so that no read ever times out."""
    while not over.wait(0.05):
        connection.sendall(b"2")


SILENCE = b""
WRONG = {
    "banner silence": (conversation(b"greeting", SILENCE), "longer than 0.6 s", False),
    "1 byte/s banner": (dripping, "longer than 0.6 s", False),
    "554 banner": (conversation(b"greeting", b"554 5.7.1 go away\r\n"), "554 5.7.1 go away", False),
    "421 then close": (conversation(b"MAIL", b"421 4.3.2 shutting down\r\n"), "421 4.3.2 shutting down", False),
    "closed after RCPT": (conversation(b"RCPT", None), "no conversation with the mail server", False),
    "DATA answered after six minutes": (conversation(b"text", SILENCE), "longer than 0.6 s", True),
    "closed after the dot": (conversation(b"text", None), "no conversation with the mail server", True),
    "451 after the text": (conversation(b"text", b"451 4.3.0 later\r\n"), "451 4.3.0 later", False),
}


@pytest.mark.parametrize("name", WRONG)
def test_n01_a_mail_server_that_goes_wrong(store: Store, name: str) -> None:
    """Pending with its reason and its wait, sealed only where nobody knows; the other subscriber has the alert."""
    talk, words, unsure = WRONG[name]
    fill(store, TEAM)
    out = StringIO()
    with speaking(talk) as port:
        mail = MailSettings(f"smtp+insecure://127.0.0.1:{port}", SENDER)
        report = deliver(store, DeliverSettings(mail, {ALICE: ALICE, "console:": "console:"}), Clock(), console=out)
    assert (report.sent, report.failed, report.dead) == (1, 1, 0)
    assert "Acme 0" in out.getvalue()
    (waiting,) = store.deliveries(DeliveryState.PENDING)
    assert words in (waiting.last_error or "")
    assert (waiting.attempts, waiting.group) == (1, f"|{waiting.key}" if unsure else "")
    assert timedelta(minutes=1) <= waiting.next_try - MOMENT <= timedelta(seconds=66)


def tls() -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def refusing(*_: object) -> AuthResult:
    """No login is right."""
    return AuthResult(success=False, handled=False, message="535 5.7.8 wrong")


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("smtps://127.0.0.1:{port}", {"ssl_context": tls()}, "certificate is not good: self"),
        ("smtps://127.0.0.1:{port}", {}, "no TLS on that port"),
        ("smtp://127.0.0.1:{port}", {"tls_context": tls()}, "certificate is not good: self"),
        ("smtp://me:s3cret@127.0.0.1:{port}", {}, "offers no STARTTLS, the password was not sent"),
        ("smtp+insecure://me:s3cret@127.0.0.1:{port}", {"authenticator": refusing, "auth_require_tls": False}, "535"),
        ("smtp+insecure://127.0.0.1:1", {}, "nothing listens at that port"),
        ("smtp+insecure://no-such-host.invalid:25", {}, "the name of the host is not known"),
        (f"smtp+insecure://{'a' * 64}.example:25", {}, "the name of the host is not known"),
        ("smtp+insecure://127.0.0.1:99999", {}, "mail.url is not smtp://host:port"),
        ("http://127.0.0.1", {}, "mail.url is not smtp://host:port"),
    ],
)
def test_n01_a_mail_server_that_is_not_the_one(store: Store, url: str, options: dict[str, Any], words: str) -> None:
    """A certificate, a port, a name, a password or an address that is wrong: nothing is given up, and it says which."""
    fill(store, TEAM)
    with working(Office(), **options) as office:
        mail = MailSettings(url.format(port=office.port), SENDER)
        known = DeliverSettings(mail, {ALICE: ALICE, "console:": "console:"})
        report = deliver(store, known, Clock(), console=StringIO())
        assert office.letters == []
    assert (report.sent, report.failed, report.dead) == (1, 1, 0)
    (waiting,) = store.deliveries(DeliveryState.PENDING)
    assert words in (waiting.last_error or "")
    assert waiting.group == ""
    assert "s3cret" not in (waiting.last_error or "")


def test_n01_a_sender_that_is_no_address(store: Store) -> None:
    """Ours to mend: the alerts wait for it."""
    fill(store, TEAM)
    known = DeliverSettings(MailSettings("smtp://127.0.0.1", "nobody"), {ALICE: ALICE, "console:": "console:"})
    assert deliver(store, known, Clock(), console=StringIO()).dead == 0
    (waiting,) = store.deliveries(DeliveryState.PENDING)
    assert "mail.from is not an e-mail address" in (waiting.last_error or "")


def test_n01_a_name_server_that_hangs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is asked for within the deadline of the mail too."""
    over = threading.Event()

    def hangs(*_: object, **__: object) -> list[Any]:
        over.wait(30)
        return []

    fill(store, TEAM)
    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    known = DeliverSettings(MailSettings("smtp://mail.example", SENDER), {ALICE: ALICE, "console:": "console:"})
    report = deliver(store, known, Clock(), console=StringIO())
    over.set()
    assert (report.sent, report.failed) == (1, 1)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("550 5.1.1 no such user", DeliveryState.DEAD),
        ("552 5.3.4 too big", DeliveryState.DEAD),
        ("421 4.3.2 busy", DeliveryState.PENDING),
        ("450 4.2.0 greylisted", DeliveryState.PENDING),
        ("451 4.7.1 greylisted", DeliveryState.PENDING),
        ("452 4.2.2 mailbox full", DeliveryState.PENDING),
    ],
)
def test_n02_one_of_two_recipients_is_refused(store: Store, reply: str, state: DeliveryState) -> None:
    """Only that subscriber is affected; what is for good goes to the operator by another way."""
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB)])
    out = StringIO()
    with working(Office(refuse={"alice@example.org": reply})) as office:
        known = replace(settings(office, ALICE, BOB, "console:"), operator=Operator((Target("console:"),)))
        deliver(store, known, Clock(), console=out)
        if state is DeliveryState.PENDING:
            for hours in range(90):
                deliver(store, known, Clock(MOMENT + timedelta(hours=hours)), console=out)
    assert office.addressed == ["bob@example.org"]
    found = {one.target: one for one in store.deliveries() if not one.notice}
    assert found[ALICE].state is DeliveryState.DEAD, "refused for good, or for 72 hours"
    assert reply in (found[ALICE].last_error or "")
    assert (found[ALICE].attempts >= 8) == (state is DeliveryState.PENDING)
    assert found[BOB].state is DeliveryState.SENT
    assert ALICE in out.getvalue()


class Hook(BaseHTTPRequestHandler):
    """A service that answers as it was told."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[Iterator[tuple[int, dict[str, str], bytes]]]
    paths: ClassVar[list[str]]

    def do_POST(self) -> None:
        """Answer."""
        self.paths.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        status, headers, body = next(self.answers)
        if not status:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""


@contextmanager
def serving(
    *answers: tuple[int, dict[str, str], bytes], context: ssl.SSLContext | None = None
) -> Iterator[tuple[int, list[str]]]:
    """A service with these answers: its port, and what was asked for."""

    class Server(HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust us hangs up."""

    class Told(Hook):
        paths: ClassVar[list[str]] = []

    Told.answers = itertools.cycle(answers)
    with Server(("127.0.0.1", 0), Told) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], Told.paths
        finally:
            server.shutdown()
            thread.join()


def asked(address: str) -> dict[str, Any]:
    """What the sender's child makes of one message to a service."""
    return chat.send({"address": address, "title": "Acme", "text": TEXT, "data": None, "key": "k" * 32})


NOW = datetime.now(UTC)
SOON = format_datetime(NOW + timedelta(hours=2), usegmt=True)
PAST = format_datetime(NOW - timedelta(hours=2), usegmt=True)
# What is answered; whether that is for good; the least and the most hours until the next try; the words.
ANSWERS: dict[str, tuple[int, dict[str, str], bytes, bool, float, float, str]] = {
    "429 in 7 s": (429, {"Retry-After": "7"}, b"", False, 1 / 60, 0.02, "HTTP 429"),
    "429 in two hours": (429, {"Retry-After": "7200"}, b"slow down", False, 2, 2, "HTTP 429: slow down"),
    "429 by a date": (429, {"Retry-After": SOON}, b"", False, 1.9, 2, "HTTP 429"),
    "503 by a date of the past": (503, {"Retry-After": PAST}, b"", False, 1 / 60, 0.02, "HTTP 503"),
    "429 in three years": (429, {"Retry-After": "99999999"}, b"", False, 24, 24, "HTTP 429"),
    "429 in -5 s": (429, {"Retry-After": "-5"}, b"", False, 1 / 60, 0.02, "HTTP 429"),
    "429 in junk": (429, {"Retry-After": "abc"}, b"", False, 1 / 60, 0.02, "HTTP 429"),
    "429 in 10^400 s": (429, {"Retry-After": "9" * 400}, b"", False, 1 / 60, 0.02, "HTTP 429"),
    "500": (500, {}, b"<html>a long page</html>", False, 1 / 60, 0.02, "HTTP 500"),
    "502 with a megabyte": (502, {}, b"\xff" * 1_000_000, False, 1 / 60, 0.02, "HTTP 502"),
    "301": (301, {"Location": "/elsewhere"}, b"", True, 0, 0, "HTTP 301 (it has moved; give its new address)"),
    "307": (307, {"Location": "http://127.0.0.1:1/"}, b"", True, 0, 0, "HTTP 307 (it has moved"),
    "401": (401, {}, b'{"message": "401: Unauthorized"}', True, 0, 0, 'HTTP 401: {"message": "401: Unauthorized"}'),
    "404": (404, {}, b"no_team", True, 0, 0, "HTTP 404: no_team"),
    "reset": (0, {}, b"", False, 1 / 60, 0.02, "it took the request and did not answer"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_n03_a_webhook_that_refuses(name: str) -> None:
    """Retry-After in every form, failures of the server, redirects that are not followed, a hang-up."""
    status, headers, body, permanent, least, most, words = ANSWERS[name]
    with serving((status, headers, body)) as (port, paths):
        answer = asked(f"json://127.0.0.1:{port}/hook?cto=1&rto=1")
    assert paths == ["/hook"], "asked once, and nowhere else"
    assert (answer["ok"], answer["permanent"], answer["unsure"]) == (False, permanent, name == "reset")
    assert words in answer["detail"]
    assert "<html>" not in answer["detail"]
    if not permanent:
        one = Delivery("k" * 32, "a", "s", "t", "", DeliveryState.PENDING, 1, MOMENT, MOMENT)
        moment = next_try(one, 1, MOMENT, answer["retry_after"])
        assert moment is not None
        assert least <= (moment - MOMENT) / timedelta(hours=1) <= most


@pytest.mark.parametrize(
    ("status", "body", "ok"),
    [(200, b"ok", True), (200, b"invalid_payload", False), (400, b"invalid_payload", False), (200, b"", False)],
)
def test_n03_slack_says_whether_it_took_it(
    monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, *, ok: bool
) -> None:
    """200 with an error in the body is a refusal, with the service's own word; 400 is one for good."""
    from apprise.plugins.slack import NotifySlack

    with serving((status, {}, body)) as (port, paths):
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{port}/services")
        answer = asked("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#privacy")
    assert len(paths) == 1
    assert (answer["ok"], answer["permanent"]) == (ok, status == 400)
    assert ok or not body or answer["detail"].endswith(": invalid_payload")


def test_n03_a_service_that_cannot_be_had() -> None:
    """A name that is none, a port where nobody listens, a certificate that is not good: tried again, and said which."""
    told = {
        "json://no-such-host.invalid/hook?cto=1": "the name of the host is not known",
        "json://127.0.0.1:1/hook": "nothing listens at that port",
    }
    with serving((200, {}, b"ok"), context=tls()) as (port, paths):
        told[f"jsons://127.0.0.1:{port}/hook"] = "the certificate is not good: self"
        for address, words in told.items():
            answer = asked(address)
            assert (answer["ok"], answer["permanent"], answer["unsure"]) == (False, False, False)
            assert words in answer["detail"], address
        assert paths == []


def test_n04_a_kill_while_they_are_leased(store: Store, tmp_path: Path) -> None:
    """The next process that opens the store has them at once; nobody waits for the lease of a dead one."""
    fill(store, TEAM)
    half = timedelta(minutes=30)
    assert len(store.claim_deliveries(MOMENT, half, limit=9)) == 2
    store.close()
    again = open_store(tmp_path / "history.db", write=True)
    try:
        assert len(again.claim_deliveries(MOMENT, half, limit=9)) == 2
    finally:
        again.close()


def test_n07_five_hundred_sources_at_once(store: Store) -> None:
    """A template that changes on 500 pages: one message for each subscriber, of a size that can be read, none lost."""
    fill(store, [subscriber("a", ALICE), subscriber("b", BOB)], 500)
    with working(Office()) as office:
        report = deliver(store, settings(office, ALICE, BOB), Clock())
    assert report.sent == 1000
    assert sorted(office.addressed) == ["alice@example.org", "bob@example.org"]
    for letter in office.letters:
        body = letter.get_body(("plain",))
        assert body is not None
        assert "500 documents" in str(letter["Subject"])
        assert "more" in body.get_content()
        assert "clausewatch log" in body.get_content()
        assert len(bytes(letter)) < 400_000


def test_n09_who_was_taken_out_is_told_nothing_more(store: Store) -> None:
    """Taken out between the change and the sending: dropped with its reason. Who came between hears of what is new."""
    gone, stays = subscriber("gone", ALICE), subscriber("stays", ALICE)
    fill(store, [gone, stays])
    came = subscriber("came", BOB)
    with working(Office()) as office:
        routes = frozenset({("stays", ALICE), ("came", BOB)})
        known = replace(settings(office, ALICE, BOB), routes=routes, subscribers=(stays, came))
        report = deliver(store, known, Clock())
        assert (report.sent, report.dropped) == (1, 1)
        assert office.addressed == ["alice@example.org"]
        fill(store, [stays, came], 1, MOMENT + timedelta(hours=1), first=1)
        deliver(store, known, Clock(MOMENT + timedelta(hours=1)))
    assert sorted(office.addressed) == ["alice@example.org", "alice@example.org", "bob@example.org"]
    dropped = [one for one in store.deliveries() if one.state is DeliveryState.DROPPED]
    assert [(one.subscriber, one.last_error) for one in dropped] == [("gone", "the target is no longer configured")]


@pytest.mark.parametrize("cadence", [Cadence.IMMEDIATE, Cadence.DAILY])
def test_n10_no_machine_shall_answer(store: Store, cadence: Cadence) -> None:
    """Alerts, digests, notices and proofs say that they are of a machine; a bounce is nobody's mail to answer."""
    person = subscriber("a", ALICE, cadence=cadence, proof=True)
    fill(store, [person])
    later = MOMENT + timedelta(days=8)
    with working(Office()) as office:
        known = replace(settings(office, ALICE), subscribers=(person,))
        deliver(store, known, Clock(later))
    assert len(office.letters) >= 1
    for letter in office.letters:
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["X-Auto-Response-Suppress"] == "All"
        assert letter["Reply-To"] is None
        assert letter["Return-Receipt-To"] is None
        assert letter["List-Id"] is not None


@pytest.mark.parametrize("wrong", [timedelta(days=-4000), timedelta(days=4000), timedelta()])
def test_n12_a_sender_whose_clock_is_wrong(store: Store, wrong: timedelta) -> None:
    """The mail is dated by the clock of the sending; when the change was seen is told from the record."""
    fill(store, [subscriber("a", ALICE)])
    with working(Office()) as office:
        for _ in range(2):
            deliver(store, settings(office, ALICE), Clock(MOMENT + wrong))
    (letter,) = office.letters
    body = letter.get_body(("plain",))
    assert body is not None
    assert str(letter["Date"]) == format_datetime(MOMENT + wrong)
    assert "23 November 2026" in body.get_content() or "2026-11-23" in body.get_content()


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", 4000),
        ("discord://123456789012345678/abcdefghij_abcdefghijabcdefghijabcdefghij", 2000),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", 4096),
        ("d7sms://token@15551232000", 500),
    ],
    ids=["slack", "discord", "telegram", "sms"],
)
def test_o06_five_megabytes(wire: list[str], address: str, most: int) -> None:
    """Five megabytes of changes: one message within the limit, cut between signs, that says how many more there are."""
    words = "We keep <b>what</b> we keep \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 & ```so``` on. "
    huge = replace(RETENTION, before=words * 500, after=words * 500, summary=words * 20)
    message = render([parcel(*[huge] * 60)])
    assert len(huge.after or "") * 120 > 3_000_000
    text = json.loads(json.dumps(asdict(message.chat)))
    assert chat.send({"address": address, "title": message.subject, "text": text, "data": None, "key": "k" * 32})["ok"]
    (body,) = wire
    shown = html.unescape(max(texts(json.loads(body)), key=len)).replace("\\", "")
    assert len(shown) <= most
    assert " more change" in shown
    assert shown.count("```") % 2 == 0
    assert not shown.startswith("\u0301")
    assert "\ufffd" not in shown


def texts(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)
