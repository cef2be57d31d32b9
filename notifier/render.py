"""An alert in words: subject, text, HTML and chat. Every fetched string is hostile and escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from notifier.notice_text import notice_chat, notice_text
from notifier.notices import view_notices
from notifier.overview import in_short
from notifier.phrases import counted
from notifier.plaintext import ChatText, chat_text, mail_text
from notifier.sinks import cut, plain
from notifier.views import ChangeView, Digest, view
from storage.model import NoticeParcel, Parcel, Post, Severity

SUBJECT = 89  # characters: what a phone shows in two lines
_ALERT, _NOTICE = "message.html.jinja", "notice.html.jinja"


@dataclass(frozen=True, slots=True)
class Message:
    """What one delivery, or one digest, says. `subject` is one line under 90 characters."""

    subject: str
    text: str
    html: str
    chat: ChatText
    severity: Severity


def render(parcels: Sequence[Post], instance: str = "clausewatch") -> Message:
    """The message of one delivery, or of the deliveries of a digest, the gravest change first.

    Alerts and notices make messages of their own. `instance` names the installation in the footer. Pure: the same
    parcels give the same bytes. Raises ValueError when there are no parcels, or some of each kind.
    """
    alerts = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    notices = [parcel for parcel in parcels if isinstance(parcel, NoticeParcel)]
    if alerts and notices:
        raise ValueError("alerts and notices do not go into one message")
    place = plain(instance, 60)
    return _of_notices(notices, place) if notices else _of_alerts(alerts, place)


def _of_alerts(parcels: Sequence[Parcel], place: str) -> Message:
    digest = view(parcels)
    return Message(
        subject=_subject(digest),
        text=mail_text(digest, place),
        html=_html(digest, place),
        chat=chat_text(digest),
        severity=digest.documents[0].severity if digest.documents else Severity.INFO,
    )


def _of_notices(parcels: Sequence[NoticeParcel], place: str) -> Message:
    digest = view_notices(parcels)
    return Message(
        subject=digest.subject,
        text=notice_text(digest, place),
        html=_inliner().inline(_template(_NOTICE).render(digest=digest, instance=place)),
        chat=notice_chat(digest),
        severity=digest.causes[0].severity,
    )


def _subject(digest: Digest) -> str:
    """Say "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)"."""
    documents = (*digest.documents, *digest.brief)
    first = documents[0]
    if digest.reminder:
        head = f"[reminder] {digest.reminder}: "
        names = dict.fromkeys(f"{document.vendor} {document.kind}" for document in documents)
        return head + cut(", ".join(names), SUBJECT - len(head))
    if len(documents) > 1:
        vendors = ", ".join(dict.fromkeys(document.vendor for document in documents))
        head = f"[{first.severity}] {counted(digest.total, 'change')} in {len(documents) + digest.more} documents: "
        return head + cut(vendors, SUBJECT - len(head))
    head = f"[{first.severity}] {cut(first.vendor, 30)} {first.kind}: "
    tail = f" (+{digest.total - 1} more)" if digest.total > 1 else ""
    gist = _gist(first.changes[0]) if first.changes else first.first_summary
    return head + cut(gist, SUBJECT - len(head) - len(tail)) + tail


def _gist(change: ChangeView) -> str:
    """The change in as few words as say it: a fact that went from one value to another, else the summary."""
    topic = change.topics.partition(",")[0]
    return in_short(topic, ((fact.before, fact.after) for fact in change.facts), change.summary)


def _html(digest: Digest, instance: str) -> str:
    return _inliner().inline(_template(_ALERT).render(digest=digest, instance=instance, counted=counted))


@cache
def _template(name: str) -> Template:
    # Autoescape does not depend on the name of the file (a suffix switched it off elsewhere: CVE-2024-34061), and a
    # name that is missing is an error, not an empty string.
    environment = Environment(
        loader=PackageLoader("notifier"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


@cache
def _inliner() -> css_inline.CSSInliner:
    # The rules for the dark and for narrow screens cannot be inlined and stay in the head.
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
