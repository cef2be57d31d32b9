"""The demo's mail server: a real SMTP server on loopback that keeps every mail as a file."""

from __future__ import annotations

import asyncio
import email
import email.policy
import logging
import re
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Letterbox:
    """Keeps what it gets in a folder: each mail as .eml, its HTML part as .html beside it."""

    def __init__(self, folder: Path) -> None:
        """Keep mails in `folder`, which is there."""
        self.folder = folder
        self.kept: list[Path] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's hook
        """Keep one mail; the client hears of success only when the files are written."""
        raw = envelope.original_content or b""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        path = self.folder / f"{len(self.kept) + 1:02}-{_name(mail)}.eml"
        path.write_bytes(raw)
        html = mail.get_body(("html",))
        if html is not None:
            path.with_suffix(".html").write_text(html.get_content().replace("\r\n", "\n"), encoding="utf-8")
        self.kept.append(path)
        return "250 kept"


@contextmanager
def letters(folder: Path) -> Iterator[tuple[Letterbox, int]]:
    """A mail server on a free port of 127.0.0.1; yields what it keeps and its port. No thread is left behind."""
    box = Letterbox(folder)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd would tell each line of the conversation
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = _Server(box, door)
        server.start()
        try:
            yield box, server.port
        finally:
            server.stop()


class _Server(Controller):
    """aiosmtpd's server on a socket that is bound already: it cannot tell which free port it got."""

    def __init__(self, box: Letterbox, door: socket.socket) -> None:
        self._door = door
        super().__init__(box, hostname="127.0.0.1", port=door.getsockname()[1], ident="clausewatch demo")

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._door)


def _name(mail: EmailMessage) -> str:
    """A file name from the mail's date and source: `2025-03-10-vendor-privacy`."""
    try:
        day = parsedate_to_datetime(str(mail["Date"])).astimezone(UTC).date()
    except (TypeError, ValueError):
        day = datetime.fromtimestamp(0, UTC).date()
    source = re.sub(r"[^a-z0-9]+", "-", str(mail["X-Clausewatch-Source"] or "mail").lower()).strip("-")
    return f"{day.isoformat()}-{source[:60]}"
