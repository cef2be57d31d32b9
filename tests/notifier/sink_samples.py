"""One change on its way to e-mail, to webhooks of the form of Slack and of ntfy and to one for programs, all local."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from delivery_samples import Office, document, working
from notifier_samples import MOMENT, PREVIOUS, PROCESSOR, RETENTION, SOURCE, VERSION, comparison
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from notifier.deliver import DeliverSettings, deliver
from notifier.mail import MailSettings
from notifier.route import route
from storage.connect import open_store
from storage.model import (
    Attachment,
    Cause,
    Change,
    CheckResult,
    Comparison,
    Deadline,
    NewVersion,
    Outcome,
    Source,
    Subscriber,
    Target,
)

DEADLINE = Deadline(
    on=date(2026, 12, 8),
    since=date(2026, 11, 23),
    stated=False,
    period="P10D",
    business=True,
    holidays="NL",
    source_id="acme/dpa",
    quote="The customer may object within ten business days.",
)
MAIL, SLACK, NTFY, HOOK, CONSOLE = "mailto:ada@example.org", "slack", "ntfy", "hook", "console:"


@dataclass
class Arrived:
    """What came to each of the places."""

    mail: EmailMessage = field(default_factory=EmailMessage)
    slack: dict[str, Any] = field(default_factory=dict)
    ntfy: dict[str, Any] = field(default_factory=dict)
    hook: dict[str, Any] = field(default_factory=dict)
    console: str = ""

    def part(self, kind: str) -> str:
        """The text or the HTML of the mail."""
        body = self.mail.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")

    def attached(self) -> dict[str, str]:
        """What the mail carries along."""
        return {str(part.get_filename()): str(part.get_content()) for part in self.mail.iter_attachments()}


def send(
    folder: Path,
    server: HTTPServer,
    *changes: Change,
    source: Source = SOURCE,
    found: Comparison | None = None,
    deadline: Deadline = DEADLINE,
    archive: str = "",
    **wishes: Any,
) -> Arrived:
    """Commit a version with these changes, send what it makes, and give back what arrived."""
    arrived = Arrived()
    told = found or comparison(*(changes or (RETENTION, PROCESSOR)))
    person = Subscriber(
        "privacy-team",
        tuple(map(Target, (MAIL, SLACK, NTFY, HOOK, CONSOLE))),
        attach=(Attachment.DIFF, Attachment.CALENDAR),
        **wishes,
    )
    for path, name in (("/hooks/abcdefghijklmnopqrstuvwx", "slack"), ("/", "ntfy"), ("/hook", "hook")):
        server.expect_request(path, method="POST").respond_with_handler(_keeper(arrived, name))
    place = f"127.0.0.1:{server.port}"
    console = io.StringIO()
    with working(Office()) as office:
        known = DeliverSettings(
            mail=MailSettings(f"smtp+insecure://127.0.0.1:{office.port}", "clausewatch <alerts@example.org>"),
            targets={
                MAIL: MAIL,
                SLACK: f"mmost://{place}/abcdefghijklmnopqrstuvwx",
                NTFY: f"ntfy://{place}/acme",
                HOOK: f"json://{place}/hook",
                CONSOLE: CONSOLE,
            },
            instance="watch.example.org",
            subscribers=(person,),
            archive=archive,
        )
        store = open_store(folder / "history.db", write=True)
        try:
            _commit(store, source, told, deadline, [person])
            report = deliver(store, known, lambda: MOMENT, console=console)
            assert (report.sent, report.failed, report.dead) == (5, 0, 0), report
        finally:
            store.close()
        (arrived.mail,) = office.letters
    arrived.console = console.getvalue()
    return arrived


def _keeper(arrived: Arrived, name: str) -> Any:
    def keep(request: Request) -> Response:
        assert not getattr(arrived, name), "the same message came twice"
        setattr(arrived, name, json.loads(request.data))
        return Response("ok")

    return keep


def _commit(store: Any, source: Source, told: Comparison, deadline: Deadline, people: Sequence[Subscriber]) -> None:
    """Two versions of the source, the second with its alerts."""
    store.sync_sources([source], MOMENT)
    for number, cause in ((3, Cause.FIRST), (4, Cause.CHANGED)):
        (claim,) = store.claim("test", MOMENT, timedelta(minutes=5), limit=1, only=[source.id])
        like = VERSION if cause is Cause.CHANGED else PREVIOUS
        made = replace(
            like, source_id=source.id, number=number - 2, cause=cause, fingerprint=f"f-{number}", captures=(), blocks=1
        )
        made = replace(made, words=1)
        alerts, deliveries = route(people, source, made, told, MOMENT) if cause is Cause.CHANGED else ((), ())
        new = NewVersion(
            made,
            document(str(number)),
            (),
            told if alerts else None,
            alerts,
            deliveries,
            deadline if alerts else None,
        )
        outcome = Outcome.CHANGED if alerts else Outcome.FIRST
        store.commit([CheckResult(claim, outcome, MOMENT, MOMENT + timedelta(days=1), 0.1, versions=(new,))])
