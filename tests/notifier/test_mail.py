"""Mail: what a message says on the wire, and what every kind of refusal comes to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from notifier_samples import MOMENT, RETENTION, SOURCE, parcel
from talking_server import speaking

from notifier.mail import Mailer, MailSettings, Thread, compose
from notifier.refusal import WayBlocked
from notifier.render import render
from storage.errors import DeliveryError

SENDER = "clausewatch <alerts@example.org>"
CERTIFICATE = Path(__file__).with_name("localhost.pem")
SHORT = timedelta(seconds=0.4)


@dataclass
class Office:
    """A mail server's mind: what it answers for a recipient and for a mail, and what it got."""

    refuse: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 kept"
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    hellos: int = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, answers: list[str]
    ) -> list[str]:
        """Count connections."""
        self.hellos += 1
        session.host_name = hostname
        return answers

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Refuse those that are to be refused."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep a mail."""
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters += [(address, message) for address in envelope.rcpt_tos]
        return self.data_answer


class _Controller(Controller):
    """A controller that finds its own free port: aiosmtpd's own would try itself at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def serving(office: Office, **options: Any) -> Iterator[int]:
    """The office on a port of loopback."""
    controller = _Controller(office, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def letter(recipient: str = "privacy@example.org", key: str = "a" * 32, now: datetime = MOMENT) -> EmailMessage:
    """The sample mail."""
    settings = MailSettings("smtp://127.0.0.1", SENDER)
    return compose(
        render([parcel(RETENTION)]), settings, recipient, Thread(key, "source|acme/privacy", ("acme/privacy",)), now
    )


def mailer(
    port: int, scheme: str = "smtp+insecure", deadline: timedelta = timedelta(seconds=10), **more: Any
) -> Mailer:
    """A mailer to a port of loopback."""
    return Mailer(MailSettings(f"{scheme}://127.0.0.1:{port}", SENDER, **more), deadline)


def test_headers() -> None:
    """A mail names its delivery, its thread and its nature; machines must not answer it."""
    mail = letter()
    assert mail["From"] == "clausewatch <alerts@example.org>"
    assert mail["To"] == "privacy@example.org"
    assert mail["Subject"] == "[high] Acme privacy policy: retention 24 -> 36 months"
    assert mail["Message-ID"] == f"<{'a' * 32}@clausewatch.example.org>"
    assert mail["In-Reply-To"] == mail["References"] != mail["Message-ID"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 23 Nov 2026 06:00:00 +0000"
    assert mail["X-Clausewatch-Delivery"] == "a" * 32
    assert mail["X-Clausewatch-Severity"] == "high"
    assert mail["X-Clausewatch-Source"] == "acme/privacy"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_message_id_is_stable_and_threads_by_source() -> None:
    """Sent again later, a delivery has the same Message-ID; two versions of a source share a thread."""
    again = letter(now=MOMENT + timedelta(days=2))
    assert again["Message-ID"] == letter()["Message-ID"]
    assert again["Date"] != letter()["Date"]
    assert letter(key="b" * 32)["References"] == letter()["References"]


def test_hostile_words_stay_out_of_the_headers() -> None:
    """A vendor named like a header adds none, and the mail survives its journey over bytes."""
    vendor = "Evil\r\nBcc: victim@example.org\r\n\r\n<h1>\u202e\x00\u2028x"
    hostile = parcel(RETENTION, source=replace(SOURCE, vendor=vendor, id="a/b\r\nX-Evil: 1"))
    place = Thread("a" * 32, "root\r\nX: y", ("a/b\r\nX-Evil: 1",))
    mail = compose(render([hostile]), MailSettings("smtp://x", SENDER), "a@example.org", place, MOMENT)
    parsed = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert parsed["Bcc"] is None
    assert parsed["X-Evil"] is None
    assert len(parsed["Subject"]) < 90
    assert not any(ord(char) < 32 or char in "\u202e\u2028" for char in parsed["Subject"])
    assert all(len(line) <= 998 for line in mail.as_bytes().split(b"\r\n"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@example.org,b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org?cc=b@example.org",
        "//user:pass@mail.example.org",
        "-oX@example.org",
        "Name <a@example.org>",
        "a" * 300 + "@example.org",
        "a b@example.org",
        "a@",
        "@example.org",
    ],
)
def test_bad_address(address: str) -> None:
    """What is not exactly one address is refused for good, and the message does not repeat it."""
    with pytest.raises(DeliveryError) as caught:
        letter(address)
    assert caught.value.permanent
    assert len(address) < 15 or address not in str(caught.value)


def test_sends_and_keeps_the_connection() -> None:
    """Two mails go over one connection and arrive whole."""
    office = Office()
    with serving(office) as port, mailer(port) as post:
        post.send(letter())
        post.send(letter("other@example.org", "b" * 32))
    assert [address for address, _ in office.letters] == ["privacy@example.org", "other@example.org"]
    assert office.hellos == 1
    text = office.letters[0][1].get_body(("plain",))
    assert text is not None
    assert "[-24-]" in text.get_content()


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("550 5.1.1 no such user", True), ("451 4.7.1 greylisted", False), ("452 4.2.2 mailbox full", False)],
)
def test_one_recipient_refused(answer: str, permanent: bool) -> None:
    """A refused recipient gets its code and nature; the next one is served over the same connection."""
    office = Office(refuse={"gone@example.org": answer})
    with serving(office) as port, mailer(port) as post:
        with pytest.raises(DeliveryError, match=answer[:3]) as caught:
            post.send(letter("gone@example.org"))
        post.send(letter())
    assert (caught.value.permanent, isinstance(caught.value, WayBlocked)) == (permanent, False)
    assert [address for address, _ in office.letters] == ["privacy@example.org"]
    assert office.hellos == 1


@pytest.mark.parametrize(("answer", "permanent"), [("554 5.6.0 not this", True), ("451 4.3.0 later", False)])
def test_message_refused(answer: str, permanent: bool) -> None:
    """A mail that is refused after its text concerns this mail alone."""
    office = Office(data_answer=answer)
    with serving(office) as port, mailer(port) as post, pytest.raises(DeliveryError, match=answer[:3]) as caught:
        post.send(letter())
    assert (caught.value.permanent, isinstance(caught.value, WayBlocked)) == (permanent, False)


def test_too_big() -> None:
    """A mail over the server's size is refused for good."""
    office = Office()
    with (
        serving(office, data_size_limit=500) as port,
        mailer(port) as post,
        pytest.raises(DeliveryError, match="552") as caught,
    ):
        post.send(letter())
    assert caught.value.permanent
    assert not isinstance(caught.value, WayBlocked)


def tls(*, server: bool) -> ssl.SSLContext:
    """The test certificate, as a server shows it or as a client trusts it."""
    if server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        return context
    return ssl.create_default_context(cafile=str(CERTIFICATE))


SAFE: dict[str, Any] = {"auth_required": True, "require_starttls": True, "tls_context": tls(server=True)}


def test_login_refused() -> None:
    """A wrong password blocks the way but is not the recipients' fault: tried again later, and never repeated."""

    def no(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False, message="535 5.7.8 wrong")

    with (
        serving(Office(), **SAFE, authenticator=no) as port,
        Mailer(MailSettings(f"smtp://me:s3cret%21@127.0.0.1:{port}", SENDER, tls(server=False))) as post,
        pytest.raises(WayBlocked, match="login: 535") as caught,
    ):
        post.send(letter())
    assert not caught.value.permanent
    assert "s3cret" not in str(caught.value)


def test_login_missing() -> None:
    """A server that wants a login and gets none blocks the way."""
    with (
        serving(Office(), **SAFE) as port,
        mailer(port, "smtp", context=tls(server=False)) as post,
        pytest.raises(WayBlocked, match="530"),
    ):
        post.send(letter())


def test_login() -> None:
    """User name and password are decoded from the address."""
    seen: list[tuple[bytes, bytes]] = []

    def yes(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        seen.append((data.login, data.password))
        return AuthResult(success=True)

    office = Office()
    with (
        serving(office, **SAFE, authenticator=yes) as port,
        Mailer(MailSettings(f"smtp://me%40x:p%3A%2Fw@127.0.0.1:{port}", SENDER, tls(server=False))) as post,
    ):
        post.send(letter())
    assert seen == [(b"me@x", b"p:/w")]
    assert len(office.letters) == 1


def test_starttls_is_used_when_offered() -> None:
    """`smtp://` goes over to TLS where it is offered, even though nothing demands it."""
    office = Office()
    with (
        serving(office, tls_context=tls(server=True), require_starttls=True) as port,
        mailer(port, "smtp", context=tls(server=False)) as post,
    ):
        post.send(letter())
    assert len(office.letters) == 1


def test_smtps() -> None:
    """`smtps://` speaks TLS from the first byte, over one connection."""
    office = Office()
    with (
        serving(office, ssl_context=tls(server=True)) as port,
        mailer(port, "smtps", context=tls(server=False)) as post,
    ):
        post.send(letter())
        post.send(letter())
    assert len(office.letters) == 2


def test_unknown_certificate() -> None:
    """A certificate that nobody vouches for is refused, and nothing is sent without TLS instead."""
    office = Office()
    with (
        serving(office, tls_context=tls(server=True)) as port,
        mailer(port, "smtp") as post,
        pytest.raises(WayBlocked, match="certificate"),
    ):
        post.send(letter())
    assert office.letters == []


def test_password_stays_off_an_open_line() -> None:
    """Where STARTTLS is not offered, `smtp://` with a password sends neither it nor the mail."""
    office = Office()
    with (
        serving(office) as port,
        Mailer(MailSettings(f"smtp://me:pw@127.0.0.1:{port}", SENDER)) as post,
    ):
        for _ in range(2):
            with pytest.raises(WayBlocked, match="STARTTLS"):
                post.send(letter())
    assert office.letters == []


def test_refused_connection() -> None:
    """Nobody listening is a way blocked, to be tried again."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with mailer(reserved.getsockname()[1]) as post, pytest.raises(WayBlocked) as caught:
            post.send(letter())
    assert not caught.value.permanent


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Accept and say nothing."""
    over.wait(60)


def dripping(connection: socket.socket, over: threading.Event) -> None:
    """Greet a byte at a time, so that no read ever times out."""
    while not over.wait(0.05):
        connection.sendall(b"2")


def hanging_after_data(connection: socket.socket, over: threading.Event) -> None:
    """Take the text and never say what became of it."""
    _converse(connection, over, at_the_end=b"")


def hanging_up_after_data(connection: socket.socket, over: threading.Event) -> None:
    """Take the text and hang up."""
    _converse(connection, over, at_the_end=None)


def _converse(connection: socket.socket, over: threading.Event, at_the_end: bytes | None) -> None:
    connection.sendall(b"220 hello\r\n")
    reader = connection.makefile("rb")
    for line in reader:
        word = line.split()[0].upper() if line.split() else b""
        connection.sendall({b"DATA": b"354 go on\r\n"}.get(word, b"250 ok\r\n"))
        if word == b"DATA":
            while reader.readline() != b".\r\n":
                pass
            if at_the_end is not None:
                over.wait(60)
            return


@pytest.mark.parametrize("talk", [silent, dripping, hanging_after_data])
def test_deadline_holds(talk: Callable[[socket.socket, threading.Event], None]) -> None:
    """Silence, a byte at a time and a server that thinks for ever all end at the deadline."""
    with speaking(talk) as port, mailer(port, deadline=SHORT) as post:
        began = time.monotonic()
        with pytest.raises(WayBlocked, match=r"longer than 0\.4 s") as caught:
            post.send(letter())
        assert time.monotonic() - began < 5
    assert not caught.value.permanent


def test_deadline_holds_in_the_handshake() -> None:
    """A server that lets the TLS handshake hang is cut off too."""
    with speaking(dripping) as port, mailer(port, "smtps", SHORT) as post, pytest.raises(WayBlocked):
        post.send(letter())
    with speaking(silent) as port, mailer(port, "smtps", SHORT) as post:
        began = time.monotonic()
        with pytest.raises(WayBlocked, match="longer"):
            post.send(letter())
        assert time.monotonic() - began < 5


def test_hang_up_after_the_text() -> None:
    """A connection that ends before the verdict leaves the mail to be sent again."""
    with speaking(hanging_up_after_data) as port, mailer(port) as post, pytest.raises(WayBlocked) as caught:
        post.send(letter())
    assert not caught.value.permanent


@pytest.mark.parametrize("greeting", [b"421 4.3.2 too busy", b"554 5.7.1 go away"])
def test_unfriendly_greeting(greeting: bytes) -> None:
    """A server that greets with a refusal blocks the way for now: it is about us, not about a recipient."""

    def busy(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(greeting + b"\r\n")
        over.wait(60)

    with speaking(busy) as port, mailer(port) as post, pytest.raises(WayBlocked, match=greeting.decode()) as caught:
        post.send(letter())
    assert not caught.value.permanent


def test_connection_lost_between_two_mails() -> None:
    """A server that hung up while the connection rested is simply called again."""
    office = Office()
    with serving(office) as port, mailer(port) as post:
        post.send(letter())
        assert post._smtp is not None
        assert post._smtp._guard is not None
        post._smtp._guard.shutdown(socket.SHUT_RDWR)
        post.send(letter())
    assert len(office.letters) == 2
    assert office.hellos == 2


def test_a_server_that_takes_one_mail_a_connection() -> None:
    """A 421 for the second mail of a connection opens another one, and each mail arrives once."""

    class Strict(Office):
        async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
            if getattr(session, "used", False):
                return "421 4.7.0 too many mails over this connection"
            session.used = True
            envelope.mail_from = address
            return "250 fine"

    office = Strict()
    with serving(office) as port, mailer(port) as post:
        post.send(letter())
        post.send(letter("other@example.org"))
    assert [address for address, _ in office.letters] == ["privacy@example.org", "other@example.org"]


@pytest.mark.parametrize(
    "url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp://[::1", "smtp://h:99999"]
)
def test_bad_server_address(url: str) -> None:
    """An address that names no mail server is told without being repeated."""
    with pytest.raises(DeliveryError, match=r"mail\.url"):
        Mailer(MailSettings(url, SENDER))
