"""The sender's child process: reads one chat message a line from standard input, sends it through apprise.

`python -m notifier.chat` is started by `notifier/channels.py`, which can end it when a service does not answer:
apprise's own time limit leaves a thread behind that keeps the process from ending. One JSON
object comes in a line (`address`, `title`, `text`, `data`, `key`), one goes out (`ok`, `permanent`, `retry_after`,
`unsure`, `detail`). The address comes through the pipe, so that no list of processes shows it.
"""

from __future__ import annotations

import email.utils
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

import apprise
import requests

from notifier.plaintext import ChatText
from notifier.refusal import is_permanent, no_connection
from notifier.services import limit_of
from notifier.sinks import defused, plain

_CARDS = frozenset({"NotifyWorkflows", "NotifyMSTeams"})
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>~]")
_MACHINES = frozenset({"NotifyJSON"})  # services that get the message as data too
_SLOW = 15.0  # seconds between two bytes where the address does not say (`?rto=`); apprise's 4 are few for a webhook
_WORDS = 200  # characters of an answer: "invalid_payload" is worth telling, a page of HTML is not
_MOVED = " (it has moved; give its new address)"
_OTHERS = frozenset({"mailto", "mailtos"})  # mail is ours


@dataclass(slots=True)
class _Answer:
    """The last HTTP answer that a service gave, what it said in short, or why none came."""

    status: int | None = None
    retry_after: float | None = None
    words: str = ""
    trouble: str = ""
    unsure: bool = False


def send(request: dict[str, Any]) -> dict[str, Any]:
    """Send one message; say whether it was taken, and if not, whether for good."""
    service = _service(request["address"])
    if service is None:
        return _refused("not an address that apprise knows", permanent=True)
    if isinstance(getattr(service, "headers", None), dict):
        service.headers["X-Clausewatch-Delivery"] = request["key"]
    if service.__class__.__name__ in _MACHINES and request.get("data"):
        service.payload_extras = {"alert": request["data"], **service.payload_extras}
    parts: dict[str, Any] = request["text"]
    lists = {name: tuple(part) for name, part in parts.items() if isinstance(part, list)}
    text = ChatText(**{**parts, **lists})
    title = defused(request["title"])
    limit = limit_of(service)
    room = limit.most
    if service.title_maxlen <= 0 or service.overflow_amalgamate_title:
        room -= limit.measure(title) + 10
    sender = apprise.Apprise(asset=service.asset)
    sender.add(service)
    with _heard() as answer:
        body, form = _formed(service, text.fitted(max(room, 60), limit.measure), text.links)
        result = sender.notify(body=body, title=title, body_format=form)
    if result:
        return {"ok": True, "permanent": False, "retry_after": None, "unsure": False, "detail": ""}
    if answer.status is None:
        return _refused(answer.trouble or "the service could not be reached", permanent=False, unsure=answer.unsure)
    if answer.status < 300:
        return _refused(f"the service took the request and refused the message{answer.words}", permanent=False)
    return _refused(
        f"the service answered HTTP {answer.status}{_MOVED if answer.status < 400 else answer.words}",
        permanent=is_permanent(answer.status),
        retry_after=answer.retry_after,
    )


def _formed(service: Any, text: str, links: Sequence[str]) -> tuple[str, apprise.NotifyFormat]:
    """The text as a service wants it.

    A card of Teams is Markdown whatever one says: there every sign is escaped, lines are parted by blank ones and our
    own addresses are links. All others get plain text: apprise would escape its signs, addresses among them, for
    services that show the backslashes.
    """
    if service.__class__.__name__ in _CARDS:
        text = _escaped(text.replace("\n\n", "\n").replace("\n", "\n\n"))
        written = {_escaped(link): link.replace("(", "%28").replace(")", "%29") for link in links}
        if written:  # the longest first: the address in an archive holds that of the page
            either = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
            text = re.sub(either, lambda found: f"[{found[0]}]({written[found[0]]})", text)
        return text, apprise.NotifyFormat.MARKDOWN
    if service.notify_format == apprise.NotifyFormat.MARKDOWN:
        service.notify_format = apprise.NotifyFormat.TEXT
    return text, apprise.NotifyFormat.TEXT


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", text)


def serve(requests_: TextIO, answers: TextIO) -> None:
    """Answer each line until the input ends."""
    for line in requests_:
        try:
            answer = send(json.loads(line))
        except Exception as error:  # noqa: BLE001 - a fault in one of apprise's 130 services must not end the others
            answer = _refused(f"apprise failed: {type(error).__name__}", permanent=False)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _service(address: str) -> Any:
    """The service behind an address, redirects off and named after us; None if there is none."""
    if plain(address) != address or address.partition(":")[0].lower() in _OTHERS:
        return None
    asset = apprise.AppriseAsset(
        app_id="clausewatch",
        app_desc="clausewatch",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
        service_timeout=0,  # the parent process keeps the time
    )
    service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if service is not None and "rto=" not in address:
        service.socket_read_timeout = _SLOW
    return service


@contextmanager
def _heard() -> Iterator[_Answer]:
    """Overhear the HTTP answers: apprise itself says only "failed", without the status and without Retry-After."""
    answer = _Answer()
    original = requests.Session.send

    def overheard(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        answer.status = None
        try:
            response = original(session, request, **options)
        except requests.RequestException as error:
            trouble = no_connection(error)
            answer.unsure = trouble is None and not isinstance(error, requests.ConnectTimeout)
            late = "it took the request and did not answer" if answer.unsure else "it does not answer"
            answer.trouble = f"the service could not be reached: {trouble or late}"
            raise
        answer.status = response.status_code
        answer.retry_after = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
        answer.words = _said(response)
        return response

    requests.Session.send = overheard  # type: ignore[method-assign, assignment] # this process does nothing else
    try:
        yield answer
    finally:
        requests.Session.send = original  # type: ignore[method-assign]


def _said(response: requests.Response) -> str:
    """The reason that a service gives in its own words, where that is short and no page."""
    if len(response.content) >= _WORDS:
        return ""
    words = plain(response.content.decode("utf-8", "replace"))
    return f": {words}" if words and not words.startswith("<") else ""


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None for none, junk or the past."""
    if not value:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value) if len(value) < 10 else None
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return seconds if seconds > 0 else None


def _refused(detail: str, *, permanent: bool, retry_after: float | None = None, unsure: bool = False) -> dict[str, Any]:
    return {"ok": False, "permanent": permanent, "retry_after": retry_after, "unsure": unsure, "detail": detail}


if __name__ == "__main__":
    lines, sys.stdout = sys.stdout, sys.stderr  # what a service prints must not stand between the answers
    serve(sys.stdin, lines)
