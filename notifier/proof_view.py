"""What the weekly proof shows, as values: every source that was watched, those that were not reached first."""

from __future__ import annotations

from datetime import UTC, timedelta

from notifier.notice_view import CauseView, NoticeDigest, NoticeView, moment_words
from notifier.phrases import DOCUMENTS, counted
from notifier.sinks import plain
from storage.model import Checked, Notice, NoticeParcel, Severity

LISTED = 200  # sources that are named
_OLD = timedelta(days=7)


def view_proof(parcel: NoticeParcel) -> NoticeDigest:
    """The proof of one week as one value."""
    notice = parcel.notice
    ordered = sorted(notice.checked, key=lambda one: (not _missed(one, notice), one.vendor.casefold(), one.source_id))
    changes = sum(one.changes for one in ordered)
    missed = sum(_missed(one, notice) for one in ordered)
    told = "Nothing changed" if not changes else counted(changes, "change") + " recorded"
    title = f"{told} in {counted(len(ordered), 'document')}" if ordered else "No document is watched for you"
    cause = CauseView(
        severity=Severity.MEDIUM if missed else Severity.INFO,
        badge="weekly proof",
        title=f"{title}; {missed} not reached" if missed else title,
        about=_about(notice, ordered),
        remedy="See why the first ones below were not reached: clausewatch status --failing" if missed else "",
        notices=tuple(_line(one, missed=_missed(one, notice)) for one in ordered[:LISTED]),
        more=max(len(ordered) - LISTED, 0),
    )
    return NoticeDigest(
        causes=(cause,),
        total=len(ordered),
        subscriber=plain(parcel.delivery.subscriber, 60),
        subject=f"[weekly proof] {cause.title}",
        head=plain(notice.head),
        listing="clausewatch status",
    )


def _missed(one: Checked, notice: Notice) -> bool:
    """Whether a source was not had with success in the week."""
    return one.last_good is None or one.last_good < (notice.since or notice.created_at - _OLD)


def _about(notice: Notice, checked: list[Checked]) -> str:
    since = notice.since or notice.created_at - _OLD
    days = f"{since.astimezone(UTC):%Y-%m-%d} to {since.astimezone(UTC) + _OLD:%Y-%m-%d}"
    checks = counted(sum(one.checks for one in checked), "check")
    return f"In the week from {days} clausewatch made {checks}. Changes were told in messages of their own."


def _line(one: Checked, *, missed: bool) -> NoticeView:
    changed = counted(one.changes, "change") if one.changes else "not reached" if missed else "unchanged"
    return NoticeView(
        name=f"{plain(one.vendor, 60)}: {DOCUMENTS[one.document]}",
        facts=(
            ("Checked", f"{counted(one.checks, 'time')}, {changed}"),
            ("Last good", moment_words(one.last_good)),
        ),
        page="",
        link=None,
        command=f"clausewatch show {plain(one.source_id)}",
    )
