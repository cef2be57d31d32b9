"""E-mail: our own message, one recipient each, over smtplib with a deadline that holds.

apprise is not used here: it cannot set a Message-ID, reports several recipients as one and leaves a hanging connection
behind. The deadline is a timer that shuts the socket down, because smtplib's `timeout` starts again with every byte: a
server that drips its greeting held a `timeout=2` for 12 seconds.
"""

from __future__ import annotations

import hashlib
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, NoReturn, Self
from urllib.parse import SplitResult, quote, unquote, urlsplit

from notifier.attached import Attached
from notifier.headers import POLICY
from notifier.refusal import WayBlocked, no_connection
from notifier.render import Message
from notifier.resolve import resolve
from notifier.sinks import plain
from storage.errors import DeliveryError

DEADLINE = timedelta(seconds=30)  # for one message, the connection included
_PORTS = {"smtp": 587, "smtps": 465, "smtp+insecure": 25}
_LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1, as corrected by erratum 1690


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves: `url` is expanded (`smtp://user:password@host:587`), `sender` is "name <address>".

    `smtp://` uses STARTTLS if it is offered, `smtps://` speaks TLS from the start, `smtp+insecure://` never does;
    certificates are checked against `context`, the system's when None. `unsubscribe` is an https: or mailto: address in
    which `{subscriber}` stands for the name of whom the mail is for.
    """

    url: str
    sender: str
    context: ssl.SSLContext | None = None
    unsubscribe: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a mail belongs: `key` makes its Message-ID, `root` names the thread.

    `source_ids` are what it tells of, `subscriber` is whom it is for.
    """

    key: str
    root: str
    source_ids: tuple[str, ...]
    subscriber: str = ""


def compose(
    message: Message,
    settings: MailSettings,
    recipient: str,
    place: Thread,
    now: datetime,
    *,
    attached: Sequence[Attached] = (),
) -> EmailMessage:
    """The mail to one recipient, dated `now` in its zone, with what is `attached`.

    The same delivery gives the same Message-ID, whenever sent. Raises DeliveryError (permanent) if the recipient or the
    sender is no address.
    """
    sender = _sender(settings.sender)
    mail = EmailMessage(policy=POLICY)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=_recipient(recipient))
    mail["Subject"] = plain(message.subject, 200)
    mail["Date"] = format_datetime(now)
    root = hashlib.sha256(place.root.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    domain = sender.domain
    mail["Message-ID"] = f"<{place.key}@clausewatch.{domain}>"
    mail["In-Reply-To"] = f"<{root}@clausewatch.{domain}>"
    mail["References"] = f"<{root}@clausewatch.{domain}>"
    mail["List-Id"] = f"<alerts.clausewatch.{domain}>"
    if settings.unsubscribe:
        address = settings.unsubscribe.replace("{subscriber}", quote(place.subscriber, safe=""))
        mail["List-Unsubscribe"] = f"<{address}>"
        if address.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: no mailto has it
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation reply, no loop
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange, which does not know RFC 3834
    mail["X-Clausewatch-Delivery"] = place.key
    mail["X-Clausewatch-Severity"] = message.severity.value
    mail["X-Clausewatch-Source"] = plain(", ".join(place.source_ids[:5]), 200)
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    for part in attached:
        mail.add_attachment(part.body.decode(), subtype=part.subtype, filename=part.name, cte="base64")
    return mail


class Mailer:
    """One connection to the mail server, opened when the first mail goes and used for those that follow."""

    def __init__(self, settings: MailSettings, deadline: timedelta = DEADLINE) -> None:
        """Open nothing yet. Raises DeliveryError (permanent) if the server's or the sender's address cannot be read."""
        self._settings = settings
        _sender(settings.sender)
        self._server = _server(settings.url)
        self._deadline = deadline
        self._smtp: _WatchedSMTP | None = None

    def __enter__(self) -> Self:
        """Nothing is opened."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take leave of the server."""
        self.close()

    def send(self, mail: EmailMessage) -> None:
        """Hand the mail to the server; it has it when this returns.

        Raises WayBlocked if the server cannot be reached, does not let us in, or refuses our sender: that concerns
        every mail. Raises DeliveryError for this recipient or this mail alone: permanent for a 5xx reply, to be tried
        again for a 4xx. Either is `unsure` where the text was sent and no reply came. Never takes longer than the
        deadline.
        """
        try:
            self._hand_over(mail)
        except DeliveryError as error:
            error.unsure = self._smtp is not None and self._smtp.unanswered
            raise

    def _hand_over(self, mail: EmailMessage) -> None:
        with _translated(), self._watch() as smtp:
            reused = smtp.sock is not None
            try:
                self._connected(smtp).send_message(mail)
            except smtplib.SMTPSenderRefused as error:
                if not reused or error.smtp_code != 421:
                    raise
                smtp.close()  # the server takes no more mails over one connection: open another
                self._connected(smtp).send_message(mail)

    def close(self) -> None:
        """Say QUIT within five seconds, or just hang up. Idempotent."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        smtp.hang_up_after(5.0)
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()
        finally:
            smtp.at_rest()

    def _connected(self, smtp: _WatchedSMTP) -> _WatchedSMTP:
        """The open connection, or a new one: greeted, under TLS and logged in as the address says, or closed."""
        if smtp.sock is not None:
            try:
                if smtp.rset()[0] == 250:
                    return smtp
            except smtplib.SMTPServerDisconnected:
                pass  # it hung up between two mails, as servers do
            smtp.close()
        try:
            _greet(smtp, self._server)
            _secure(smtp, self._server, self._settings.context)
            if self._server.username:
                smtp.login(unquote(self._server.username), unquote(self._server.password or ""))
        except BaseException:
            smtp.close()  # half an introduction must not pass for a whole one with the next mail
            raise
        return smtp

    @contextmanager
    def _watch(self) -> Iterator[_WatchedSMTP]:
        """Cut the connection when the deadline passes; leave none behind that failed."""
        if self._smtp is None:
            self._smtp = _WatchedSMTP(self._server, self._settings)
        smtp = self._smtp
        smtp.hang_up_after(self._deadline.total_seconds())
        try:
            yield smtp
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # A line that was cut off by the watch may have been read as an answer: ask the watch first.
            if smtp.expired or isinstance(error, TimeoutError):
                smtp.close()
                raise WayBlocked(f"the mail server took longer than {self._deadline.total_seconds():g} s") from error
            if not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                smtp.close()
            raise
        finally:
            smtp.at_rest()


class _WatchedSMTP(smtplib.SMTP):
    """smtplib's client with a watch that shuts its socket down, wherever the conversation stands."""

    def __init__(self, server: SplitResult, settings: MailSettings) -> None:
        self._server = server
        self._tls = _context(settings.context) if server.scheme == "smtps" else None
        self._guard: socket.socket | None = None
        self._timer: threading.Timer | None = None
        self._ends = 0.0
        self.expired = False
        self.unanswered = False
        # Named here, because smtplib would ask the resolver for it, which can take half a minute.
        name = socket.gethostname()
        super().__init__(local_hostname=name if "." in name and name.isascii() else _sender(settings.sender).domain)

    def hang_up_after(self, seconds: float) -> None:
        """Start the watch."""
        self.expired = self.unanswered = False
        self.timeout = seconds + 1  # the watch is to be first
        self._ends = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self._timer.start()
        if self.sock is not None:
            self.sock.settimeout(self.timeout)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the text; `unanswered` as long as no reply tells what became of it."""
        self.unanswered = True
        try:
            reply = super().data(msg)
        except smtplib.SMTPDataError:
            self.unanswered = False
            raise
        self.unanswered = reply[0] < 0 or self.expired
        return reply

    def at_rest(self) -> None:
        """Stop the watch."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Close the connection and the second handle on it."""
        super().close()
        # smtplib would not introduce itself again on the next connection.
        self.ehlo_resp = self.helo_resp = None
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Connect to the first address that answers in what is left of the deadline, then speak TLS if asked to."""
        self._host = host  # what STARTTLS checks the certificate against
        error: OSError | None = None
        for address in resolve(host, port, self._ends - time.monotonic()):
            left = self._ends - time.monotonic()
            if left <= 0:
                break
            try:
                raw = socket.create_connection(address[4][:2], timeout=left)
            except OSError as refused:
                error = refused
                continue
            raw.settimeout(timeout)
            # TLS takes the handle over; a second one stays good for shutting the connection down.
            self._guard = raw.dup()
            return self._tls.wrap_socket(raw, server_hostname=host) if self._tls else raw
        raise error or TimeoutError("no time left to connect")

    def _hang_up(self) -> None:
        self.expired = True
        guard = self._guard
        if guard is not None:
            with suppress(OSError):  # it may be gone already
                guard.shutdown(socket.SHUT_RDWR)


def _greet(smtp: smtplib.SMTP, server: SplitResult) -> None:
    code, greeting = smtp.connect(server.hostname or "", server.port or _PORTS[server.scheme])
    if code != 220:
        raise smtplib.SMTPConnectError(code, greeting)


def _secure(smtp: smtplib.SMTP, server: SplitResult, context: ssl.SSLContext | None) -> None:
    """STARTTLS where `smtp://` is offered it. A password never goes over an open line unless it was asked for."""
    smtp.ehlo_or_helo_if_needed()
    if server.scheme != "smtp":
        return
    if smtp.has_extn("starttls"):
        smtp.starttls(context=_context(context))
        smtp.ehlo()
    elif server.username:
        raise WayBlocked("the mail server offers no STARTTLS, the password was not sent (use smtps:// or another port)")


@contextmanager
def _translated() -> Iterator[None]:
    """Translate the errors of smtplib into ours; the most specific class first."""
    try:
        yield
    except DeliveryError:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        _refuse(*next(iter(error.recipients.values())), about="recipient", way=DeliveryError)
    except smtplib.SMTPSenderRefused as error:
        # 552: this mail is too big (RFC 1870); all else is about our sender, not about the recipient.
        alone = error.smtp_code in {452, 552}
        _refuse(error.smtp_code, error.smtp_error, about="sender", way=DeliveryError if alone else WayBlocked)
    except smtplib.SMTPDataError as error:
        _refuse(error.smtp_code, error.smtp_error, about="message", way=DeliveryError)
    except smtplib.SMTPAuthenticationError as error:
        _refuse(error.smtp_code, error.smtp_error, about="login", way=WayBlocked)
    except smtplib.SMTPResponseException as error:
        _refuse(error.smtp_code, error.smtp_error, about="connection", way=WayBlocked)
    except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
        raise DeliveryError(
            f"the mail server cannot take this message: {plain(str(error), 120)}", permanent=True
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise WayBlocked(f"the mail server's certificate is not good: {plain(error.verify_message, 120)}") from error
    except (OSError, smtplib.SMTPException) as error:
        detail = plain(no_connection(error) or str(error), 120) or type(error).__name__
        raise WayBlocked(f"no conversation with the mail server: {detail}") from error


def _refuse(code: int, reply: bytes | str, *, about: str, way: type[DeliveryError]) -> NoReturn:
    words = plain(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply, 140)
    permanent = way is DeliveryError and 500 <= code < 600
    raise way(f"mail server refused the {about}: {code} {words}", permanent=permanent)


def _server(url: str) -> SplitResult:
    try:
        server = urlsplit(url)
        port = server.port
    except ValueError:
        server, port = urlsplit(""), None
    if server.scheme not in _PORTS or not server.hostname or port == 0:
        raise DeliveryError("mail.url is not smtp://host:port (or smtps://, smtp+insecure://)", permanent=True)
    return server


def _sender(sender: str) -> Address:
    name, address = parseaddr(plain(sender))
    try:
        return Address(display_name=name, addr_spec=_recipient(address))
    except DeliveryError as error:
        raise DeliveryError(
            "mail.from is not an e-mail address (write Name <name@example.org>)", permanent=True
        ) from error


def _recipient(address: str) -> str:
    """The address if it is exactly one, of a form that no server takes for an option or a second one."""
    try:
        parsed = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        parsed = Address()
    good = parsed.username and parsed.domain and len(address) <= _LONGEST_ADDRESS and plain(address) == address
    if not good or address.startswith("-") or any(char in address for char in ' ,;:<>()"\\'):
        raise DeliveryError("not an e-mail address (write mailto:name@example.org)", permanent=True)
    return address


def _context(context: ssl.SSLContext | None) -> ssl.SSLContext:
    return context or ssl.create_default_context()
