"""What the weekly proof shows, as values: every source that was watched, those that were not reached first."""

from __future__ import annotations

from datetime import UTC, timedelta

from notifier.alphabet import in_register
from notifier.language import Words
from notifier.notice_view import CauseView, NoticeDigest, NoticeView, moment_words
from notifier.sinks import plain
from storage.model import Checked, Notice, NoticeParcel, Severity

LISTED = 200  # sources that are named
_OLD = timedelta(days=7)


def view_proof(parcel: NoticeParcel, words: Words, *, listed: int = LISTED) -> NoticeDigest:
    """The proof of one week as one value, at most `listed` sources named."""
    notice = parcel.notice
    ordered = sorted(notice.checked, key=lambda one: (not _missed(one, notice), in_register(one.vendor), one.source_id))
    missed = sum(_missed(one, notice) for one in ordered)
    title, left = _title(ordered, words), len(ordered) - listed
    cause = CauseView(
        severity=Severity.MEDIUM if missed else Severity.INFO,
        badge=words.say("notice.badge-proof"),
        title=words.count("proof.missed", missed, title=title) if missed else title,
        about=_about(notice, ordered, words),
        remedy=words.say("proof.remedy", command="clausewatch status --failing") if missed else "",
        notices=tuple(_line(one, words, missed=_missed(one, notice)) for one in ordered[:listed]),
        more=words.count("more.entry", left) if left > 0 else "",
        listed=True,
    )
    return NoticeDigest(
        words=words,
        causes=(cause,),
        total=len(ordered),
        subscriber=plain(parcel.delivery.subscriber, 60),
        subject=words.say("proof.subject", title=cause.title),
        head=plain(notice.head),
        listing="clausewatch status",
        vendors=tuple(dict.fromkeys(plain(one.vendor, 60) for one in ordered)),
        kinds=tuple(words.say(f"document.{one.document}") for one in ordered),
    )


def _missed(one: Checked, notice: Notice) -> bool:
    """Whether a source was not had with success in the week."""
    return one.last_good is None or one.last_good < (notice.since or notice.created_at - _OLD)


def _title(checked: list[Checked], words: Words) -> str:
    if not checked:
        return words.say("proof.none-watched")
    changes, documents = sum(one.changes for one in checked), words.count("count.document", len(checked))
    if not changes:
        return words.say("proof.nothing-changed", documents=documents)
    return words.say("proof.changed", changes=words.count("count.change", changes), documents=documents)


def _about(notice: Notice, checked: list[Checked], words: Words) -> str:
    since = (notice.since or notice.created_at - _OLD).astimezone(UTC)
    return words.say(
        "proof.about",
        **{"from": words.day(since.date()), "to": words.day((since + _OLD).date())},
        checks=words.count("count.check", sum(one.checks for one in checked)),
    )


def _line(one: Checked, words: Words, *, missed: bool) -> NoticeView:
    quiet = words.say("proof.not-reached" if missed else "proof.unchanged")
    state = words.count("count.change", one.changes) if one.changes else quiet
    times = words.count("count.time", one.checks)
    return NoticeView(
        name=f"{plain(one.vendor, 60)}: {words.say(f'document.{one.document}')}",
        facts=(
            (words.say("proof.checked"), words.say("proof.line", times=times, state=state)),
            (words.say("notice.last-good"), moment_words(one.last_good, words)),
        ),
        page="",
        link=None,
        command=f"clausewatch show {plain(one.source_id)}",
    )
