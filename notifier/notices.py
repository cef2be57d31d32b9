"""What a message of notices shows, as values: gathered by cause, worded and made harmless; no markup yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, timedelta

from notifier.notice_view import CauseView, NoticeDigest, NoticeView, moment_words
from notifier.phrases import DOCUMENTS, counted
from notifier.proof_view import view_proof
from notifier.remedies import NETWORK, meaning, remedy
from notifier.sinks import cut, plain, web_link
from storage.model import Notice, NoticeKind, NoticeParcel, Outcome, Severity

IN_FULL = 25  # sources (or targets) of one message that are named
SUBJECT = 89  # characters: what a phone shows in two lines
_MANY_HOSTS = 3  # on so many hosts at once, the fault may well lie here
# Kinds in the order of a message: how they are called of one and of many, and how grave they are.
_KINDS: dict[NoticeKind, tuple[str, str, Severity]] = {
    NoticeKind.UNDELIVERED: ("message given up", "messages given up", Severity.HIGH),
    NoticeKind.PAGE_REMOVED: ("page removed", "pages removed", Severity.HIGH),
    NoticeKind.FAILING: ("source failing", "sources failing", Severity.MEDIUM),
    NoticeKind.STILL_FAILING: ("source still failing", "sources still failing", Severity.MEDIUM),
    NoticeKind.MOVED: ("page moved", "pages moved", Severity.LOW),
    NoticeKind.PAGE_BACK: ("page is back", "pages are back", Severity.LOW),
    NoticeKind.RECOVERED: ("source recovered", "sources recovered", Severity.INFO),
    NoticeKind.PROOF: ("weekly proof", "weekly proofs", Severity.INFO),
}
_ORDER = list(_KINDS)
_FAILING = frozenset({NoticeKind.FAILING, NoticeKind.STILL_FAILING})


def view_notices(parcels: Sequence[NoticeParcel]) -> NoticeDigest:
    """The notices of one message as one value: the gravest kind first, at most 25 named in all.

    Raises ValueError when there are none.
    """
    if not parcels:
        raise ValueError("a message needs at least one parcel")
    if parcels[0].notice.kind is NoticeKind.PROOF:
        return view_proof(parcels[0])
    piles: dict[tuple[int, str], list[NoticeParcel]] = defaultdict(list)
    for parcel in parcels:
        piles[_ORDER.index(parcel.notice.kind), _cause(parcel.notice)].append(parcel)
    ordered = sorted(piles.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1]))
    room, causes = IN_FULL, []
    for (_, cause), pile in ordered:
        causes.append(_view(cause, sorted(pile, key=_place), room))
        room -= len(causes[-1].notices)
    return NoticeDigest(
        causes=tuple(causes),
        total=len(parcels),
        subscriber=plain(parcels[0].delivery.subscriber, 60),
        subject=_subject(parcels, causes),
    )


def _cause(notice: Notice) -> str:
    """What puts notices of one kind together: why the sources fail, or the target that was given up."""
    if notice.kind in _FAILING:
        outcome = None if notice.outcome is Outcome.FAILED and notice.reason else notice.outcome
        return ", ".join(part for part in (outcome, notice.reason) if part) or "not had"
    return plain(notice.target, 100) if notice.kind is NoticeKind.UNDELIVERED else ""


def _place(parcel: NoticeParcel) -> tuple[str, str]:
    source = parcel.source
    return (source.vendor.casefold(), source.id) if source else ("", parcel.delivery.key)


def _view(cause: str, pile: Sequence[NoticeParcel], room: int) -> CauseView:
    notice = pile[0].notice
    one, many, severity = _KINDS[notice.kind]
    named = one if len(pile) == 1 else f"{len(pile)} {many}"
    return CauseView(
        severity=severity,
        badge=one.split()[-1] if notice.kind in _FAILING else one,
        title=(named[:1].upper() + named[1:]) + (f": {cause}" if cause else ""),
        about=_about(pile),
        remedy=_remedy(notice),
        notices=tuple(_notice(parcel) for parcel in pile[: max(room, 0)]),
        more=max(len(pile) - max(room, 0), 0),
    )


def _about(pile: Sequence[NoticeParcel]) -> str:
    """What happened, in a sentence."""
    notice = pile[0].notice
    if notice.kind in _FAILING:
        said = meaning(notice.reason)
        hosts = {parcel.source.host for parcel in pile if parcel.source}
        if notice.reason in NETWORK and len(hosts) >= _MANY_HOSTS:
            return f"On {len(hosts)} hosts at once: {said}. Look at the network of this machine first."
        stands = "The last good version stands, and the page" if all(one.notice.last_good for one in pile) else "It"
        return f"{said[:1].upper()}{said[1:]}. {stands} is asked for again."
    return {
        NoticeKind.RECOVERED: "The document can be had again, and is compared with the last good version.",
        NoticeKind.MOVED: "The server sends every reader on to another address, for good.",
        NoticeKind.UNDELIVERED: "What the message tells is in the history, but this target has not got it.",
        NoticeKind.PAGE_REMOVED: "The server says that there is no such page any more (status 404 or 410). The last "
        "version that was seen is kept.",
        NoticeKind.PAGE_BACK: "The page can be had again. It is compared with the last version that was seen before; "
        "what has changed, if anything, is told by itself.",
    }[notice.kind]


def _remedy(notice: Notice) -> str:
    """What to do, in a sentence; empty where there is nothing to do."""
    if notice.kind in _FAILING:
        return remedy(notice.reason)
    return {
        NoticeKind.MOVED: "Correct the address in the configuration; the history stays.",
        NoticeKind.UNDELIVERED: "Correct the target or the server, then send it again.",
        NoticeKind.PAGE_REMOVED: "Ask the vendor where the document went; the terms that you agreed to may still hold.",
    }.get(notice.kind, "")


def _notice(parcel: NoticeParcel) -> NoticeView:
    notice, source = parcel.notice, parcel.source
    if source is None:
        key = plain(notice.delivery, 64)[:12]
        alone = key and notice.count <= 1
        return NoticeView(
            name=f"for {plain(notice.recipient, 60)}",
            facts=tuple(_undelivered(notice)),
            page="",
            link=None,
            command=f"clausewatch deliveries retry {key}" if alone else "clausewatch deliveries list --state dead",
        )
    url = source.urls[0] if source.urls else ""
    facts = {
        NoticeKind.RECOVERED: _recovered,
        NoticeKind.PAGE_BACK: _recovered,
        NoticeKind.MOVED: _moved,
    }.get(notice.kind, _failing)(notice)
    verb = {NoticeKind.MOVED: "sources fix", NoticeKind.PAGE_REMOVED: "show"}.get(notice.kind, "status")
    return NoticeView(
        name=f"{plain(source.vendor, 60)}: {DOCUMENTS[source.document]}",
        facts=tuple(facts),
        page=plain(url, 300),
        link=web_link(url),
        command=f"clausewatch {verb} {plain(source.id)}",
    )


def _failing(notice: Notice) -> list[tuple[str, str]]:
    row = f", {counted(notice.count, 'check')} in a row" if notice.count > 1 else ""
    facts = [("Since", f"{moment_words(notice.since)}{row}"), ("Last good", moment_words(notice.last_good))]
    if notice.detail:
        facts.append(("Said", plain(notice.detail, 200)))
    return [*facts, *(_moved(notice) if notice.move else ())]


def _recovered(notice: Notice) -> list[tuple[str, str]]:
    facts = []
    if notice.since:
        lasted = period_words(notice.created_at - notice.since)
        facts.append(("Lasted", f"{lasted}, {counted(notice.count, 'check')} without the document"))
    why = ": ".join(part for part in (notice.reason or "", plain(notice.detail, 160)) if part)
    return [*facts, *([("Was", why)] if why else []), ("Last good before", moment_words(notice.last_good))]


def _moved(notice: Notice) -> list[tuple[str, str]]:
    return [("Moved to", plain(notice.move.to, 300))] if notice.move else []


def _undelivered(notice: Notice) -> list[tuple[str, str]]:
    facts = [("Given up", moment_words(notice.created_at)), ("Said", plain(notice.detail, 200) or "nothing")]
    return [*facts, ("Holds", counted(notice.count, "alert"))] if notice.count > 1 else facts


def _subject(parcels: Sequence[NoticeParcel], causes: Sequence[CauseView]) -> str:
    """Say "[failing] Acme privacy policy: dns (5 checks)", "[failing] 480 sources failing: dns"."""
    first = causes[0]
    head = f"[{first.badge}] "
    if len(parcels) > 1:
        if len(causes) > 1:
            kinds = Counter(parcel.notice.kind for parcel in parcels)
            told = sorted(kinds.items(), key=lambda item: _ORDER.index(item[0]))
            parts = [f"{count} {_KINDS[kind][1 if count > 1 else 0]}" for kind, count in told]
            return head + cut("; ".join(parts), SUBJECT - len(head))
        return head + cut(first.title, SUBJECT - len(head))
    notice, source = parcels[0].notice, parcels[0].source
    name = f"{plain(source.vendor, 60)} {DOCUMENTS[source.document]}" if source else first.notices[0].name
    if notice.kind in _FAILING:
        tail = f": {_cause(notice)} ({counted(notice.count, 'check')})"
    elif notice.kind is NoticeKind.UNDELIVERED:
        tail = f", {plain(notice.target, 40)}"
    elif notice.kind is NoticeKind.PAGE_REMOVED and notice.since:
        tail = f", gone since {notice.since.astimezone(UTC):%Y-%m-%d}"
    elif notice.since:
        tail = f" after {period_words(notice.created_at - notice.since)}"
    else:
        tail = ""
    return head + cut(name, SUBJECT - len(head) - len(tail)) + tail


def period_words(length: timedelta) -> str:
    """Say "2 days 3 hours", "40 minutes"; the two largest units."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    told = [counted(count, unit) for count, unit in parts if count]
    return " ".join(told[:2]) or "less than a minute"
