"""An alert in words: subject, text, HTML and chat. Every fetched string is hostile and escaped here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from notifier.framing import SUBJECT, alert_values, lines_of, notice_values, subject_of
from notifier.language import Words, words_of
from notifier.machine import alert_json, notices_json
from notifier.manner import USUAL, Manner
from notifier.notice_text import notice_chat, notice_text
from notifier.notices import view_notices
from notifier.plaintext import ChatText, chat_text, mail_text
from notifier.sinks import cut, plain
from notifier.views import Digest, view
from storage.model import NoticeParcel, Parcel, Post, Severity

LARGEST = 95_000  # bytes of HTML: Gmail shows no more than 102 kB of a mail
_COMMAND = re.compile(r"(clausewatch [a-z]+(?: -{0,2}[a-z]+)?)")  # a command within fixed words
_ALERT, _NOTICE = "message.html.jinja", "notice.html.jinja"
# How many changes are shown in full, and how many further documents in a line: the first that is not too large is sent.
_ROOM = ((20, 40), (12, 40), (8, 30), (5, 20), (3, 15), (2, 10), (1, 5), (1, 1))
_NOTICE_ROOM = ((25, 200), (12, 100), (5, 40), (1, 10))


@dataclass(frozen=True, slots=True)
class Message:
    """What one delivery, or one digest, says. `subject` is one line under 90 characters, `data` is for programs."""

    subject: str
    text: str
    html: str
    chat: ChatText
    severity: Severity
    data: dict[str, Any] = field(default_factory=dict, repr=False)


def render(parcels: Sequence[Post], instance: str = "clausewatch", manner: Manner = USUAL) -> Message:
    """The message of one delivery, or of the deliveries of a digest, the gravest change first.

    Alerts and notices make messages of their own. `instance` names the installation in the footer, `manner` is how the
    reader wants it. Pure: the same parcels give the same bytes. Raises ValueError when there are no parcels, or some of
    each kind, KeyError for a language that is not known.
    """
    alerts = [parcel for parcel in parcels if isinstance(parcel, Parcel)]
    notices = [parcel for parcel in parcels if isinstance(parcel, NoticeParcel)]
    if alerts and notices:
        raise ValueError("alerts and notices do not go into one message")
    place, words = plain(instance, 60), words_of(manner.lang)
    return _of_notices(notices, place, words, manner) if notices else _of_alerts(alerts, place, words, manner)


def _of_alerts(parcels: Sequence[Parcel], place: str, words: Words, manner: Manner) -> Message:
    for in_full, in_brief in _ROOM:
        digest = view(parcels, words, manner, in_full=in_full, in_brief=in_brief)
        usual, values = _subject(digest), alert_values(digest, place)
        digest = replace(
            digest, intro=lines_of(manner.intro, usual, values), outro=lines_of(manner.outro, usual, values)
        )
        subject = subject_of(manner, usual, values)
        html = _html(_ALERT, digest, place, words, subject)
        if len(html.encode("utf-8", "replace")) <= LARGEST:
            break
    return Message(
        subject=subject,
        text=mail_text(digest, place),
        html=html,
        chat=chat_text(digest),
        severity=digest.all[0].severity,
        data=alert_json(parcels, manner),
    )


def _of_notices(parcels: Sequence[NoticeParcel], place: str, words: Words, manner: Manner) -> Message:
    for in_full, listed in _NOTICE_ROOM:
        digest = view_notices(parcels, words, in_full=in_full, listed=listed)
        values = notice_values(digest, place)
        subject = subject_of(manner, digest.subject, values)
        digest = replace(
            digest,
            intro=lines_of(manner.intro, digest.subject, values),
            outro=lines_of(manner.outro, digest.subject, values),
        )
        html = _html(_NOTICE, digest, place, words, subject)
        if len(html.encode("utf-8", "replace")) <= LARGEST:
            break
    return Message(
        subject=subject,
        text=notice_text(digest, place),
        html=html,
        chat=notice_chat(digest),
        severity=digest.causes[0].severity,
        data=notices_json(parcels),
    )


def _subject(digest: Digest) -> str:
    """Say "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)"."""
    words, documents = digest.words, digest.all
    first = documents[0]
    if digest.reminder:
        names = dict.fromkeys(f"{document.vendor} {document.kind}" for document in documents)
        return cut(words.say("subject.reminder", by=digest.reminder, names=", ".join(names)), SUBJECT)
    if digest.of > 1:
        told = words.say(
            "subject.digest",
            severity=first.severity_label,
            changes=words.count("count.change", digest.total),
            documents=words.count("count.document", digest.of),
            vendors=", ".join(dict.fromkeys(document.vendor for document in documents)),
        )
        return cut(told, SUBJECT)
    tail = words.count("subject.several", digest.total - 1) if digest.total > 1 else ""
    told = words.say(
        "subject.alert",
        severity=first.severity_label,
        vendor=cut(first.vendor, 30),
        document=first.kind,
        headline=first.first.gist if first.first else "",
    )
    return cut(told, SUBJECT - len(tail)) + tail


def _html(name: str, digest: object, instance: str, words: Words, subject: str) -> str:
    page = _template(name).render(
        digest=digest, instance=instance, say=words.say, count=words.count, lang=words.code, subject=subject
    )
    return _inliner().inline(page)


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
    environment.filters["parted"] = _COMMAND.split
    return environment.get_template(name)


@cache
def _inliner() -> css_inline.CSSInliner:
    # The rules for the dark and for narrow screens cannot be inlined and stay in the head.
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
