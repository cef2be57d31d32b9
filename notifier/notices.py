"""What a message of notices shows, as values: gathered by cause, worded and made harmless; no markup yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, timedelta

from notifier.language import Words
from notifier.notice_view import CauseView, NoticeDigest, NoticeView, moment_words
from notifier.phrases import ENGLISH
from notifier.proof_view import LISTED, view_proof
from notifier.remedies import NETWORK, meaning, remedy
from notifier.sinks import cut, plain, web_link
from storage.model import Notice, NoticeKind, NoticeParcel, Outcome, Severity

IN_FULL = 25  # sources (or targets) of one message that are named
SUBJECT = 89  # characters: what a phone shows in two lines
_MANY_HOSTS = 3  # on so many hosts at once, the fault may well lie here
# Kinds in the order of a message, and how grave they are.
_KINDS = {
    NoticeKind.UNDELIVERED: Severity.HIGH,
    NoticeKind.PAGE_REMOVED: Severity.HIGH,
    NoticeKind.FAILING: Severity.MEDIUM,
    NoticeKind.STILL_FAILING: Severity.MEDIUM,
    NoticeKind.MOVED: Severity.LOW,
    NoticeKind.PAGE_BACK: Severity.LOW,
    NoticeKind.RECOVERED: Severity.INFO,
    NoticeKind.PROOF: Severity.INFO,
}
_ORDER = list(_KINDS)
_FAILING = frozenset({NoticeKind.FAILING, NoticeKind.STILL_FAILING})
_WITH_REMEDY = frozenset({NoticeKind.MOVED, NoticeKind.UNDELIVERED, NoticeKind.PAGE_REMOVED})


def view_notices(
    parcels: Sequence[NoticeParcel], words: Words = ENGLISH, *, in_full: int = IN_FULL, listed: int = LISTED
) -> NoticeDigest:
    """The notices of one message as one value: the gravest kind first, at most `in_full` named in all.

    A weekly proof names at most `listed` sources. Raises ValueError when there are none.
    """
    if not parcels:
        raise ValueError("a message needs at least one parcel")
    if parcels[0].notice.kind is NoticeKind.PROOF:
        return view_proof(parcels[0], words, listed=listed)
    piles: dict[tuple[int, str], list[NoticeParcel]] = defaultdict(list)
    for parcel in parcels:
        piles[_ORDER.index(parcel.notice.kind), _cause(parcel.notice, words)].append(parcel)
    ordered = sorted(piles.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1]))
    room, causes = in_full, []
    for (_, cause), pile in ordered:
        causes.append(_view(cause, sorted(pile, key=_place), room, words))
        room -= len(causes[-1].notices)
    sources = [parcel.source for parcel in parcels if parcel.source]
    return NoticeDigest(
        words=words,
        causes=tuple(causes),
        total=len(parcels),
        subscriber=plain(parcels[0].delivery.subscriber, 60),
        subject=_subject(parcels, causes, words),
        vendors=tuple(dict.fromkeys(plain(source.vendor, 60) for source in sources)),
        kinds=tuple(words.say(f"document.{source.document}") for source in sources),
    )


def _cause(notice: Notice, words: Words) -> str:
    """What puts notices of one kind together: why the sources fail, or the target that was given up."""
    if notice.kind in _FAILING:
        outcome = None if notice.outcome is Outcome.FAILED and notice.reason else notice.outcome
        said = words.say(f"outcome.{outcome}") if outcome and not outcome.good else outcome
        return ", ".join(part for part in (said, notice.reason) if part) or words.say("notice.not-had")
    return plain(notice.target, 100) if notice.kind is NoticeKind.UNDELIVERED else ""


def _place(parcel: NoticeParcel) -> tuple[str, str]:
    source = parcel.source
    return (source.vendor.casefold(), source.id) if source else ("", parcel.delivery.key)


def _view(cause: str, pile: Sequence[NoticeParcel], room: int, words: Words) -> CauseView:
    notice = pile[0].notice
    kind, left = notice.kind, len(pile) - max(room, 0)
    named = words.say(f"notice.{kind}") if len(pile) == 1 else words.count(f"notices.{kind}", len(pile))
    return CauseView(
        severity=_KINDS[kind],
        badge=words.say(f"notice.badge-{kind}"),
        title=words.say("notice.named", kind=named, cause=cause) if cause else named,
        about=_about(pile, words),
        remedy=_remedy(notice, words),
        notices=tuple(_notice(parcel, words) for parcel in pile[: max(room, 0)]),
        more=words.count("more.entry", left) if left > 0 else "",
    )


def _about(pile: Sequence[NoticeParcel], words: Words) -> str:
    """What happened, in a sentence."""
    notice = pile[0].notice
    if notice.kind not in _FAILING:
        return words.say(f"notice.about-{notice.kind}")
    said = meaning(notice.reason, words)
    hosts = {parcel.source.host for parcel in pile if parcel.source}
    if notice.reason in NETWORK and len(hosts) >= _MANY_HOSTS:
        return words.say("notice.many-hosts", count=len(hosts), meaning=said)
    stands = all(parcel.notice.last_good for parcel in pile)
    return words.say("notice.stands" if stands else "notice.asked-again", meaning=words.sentence(said))


def _remedy(notice: Notice, words: Words) -> str:
    """What to do, in a sentence; empty where there is nothing to do."""
    if notice.kind in _FAILING:
        return remedy(notice.reason, words)
    return words.say(f"notice.remedy-{notice.kind}") if notice.kind in _WITH_REMEDY else ""


def _notice(parcel: NoticeParcel, words: Words) -> NoticeView:
    notice, source = parcel.notice, parcel.source
    if source is None:
        key = plain(notice.delivery, 64)[:12]
        alone = key and notice.count <= 1
        return NoticeView(
            name=words.say("notice.for", recipient=plain(notice.recipient, 60)),
            facts=tuple(_undelivered(notice, words)),
            page="",
            link=None,
            command=f"clausewatch deliveries retry {key}" if alone else "clausewatch deliveries list --state dead",
        )
    url = source.urls[0] if source.urls else ""
    facts = {
        NoticeKind.RECOVERED: _recovered,
        NoticeKind.PAGE_BACK: _recovered,
        NoticeKind.MOVED: _moved,
    }.get(notice.kind, _failing)(notice, words)
    verb = {NoticeKind.MOVED: "sources fix", NoticeKind.PAGE_REMOVED: "show"}.get(notice.kind, "status")
    return NoticeView(
        name=f"{plain(source.vendor, 60)}: {words.say(f'document.{source.document}')}",
        facts=tuple(facts),
        page=plain(url, 300),
        link=web_link(url),
        command=f"clausewatch {verb} {plain(source.id)}",
    )


def _failing(notice: Notice, words: Words) -> list[tuple[str, str]]:
    since = moment_words(notice.since, words)
    row = words.count("notice.in-a-row", notice.count, moment=since) if notice.count > 1 else since
    facts = [
        (words.say("notice.since"), row),
        (words.say("notice.last-good"), moment_words(notice.last_good, words)),
    ]
    if notice.detail:
        facts.append((words.say("notice.said"), plain(notice.detail, 200)))
    return [*facts, *(_moved(notice, words) if notice.move else ())]


def _recovered(notice: Notice, words: Words) -> list[tuple[str, str]]:
    facts = []
    if notice.since:
        lasted = period_words(notice.created_at - notice.since, words)
        facts.append((words.say("notice.lasted"), words.count("notice.lasted-without", notice.count, period=lasted)))
    why = ": ".join(part for part in (notice.reason or "", plain(notice.detail, 160)) if part)
    facts += [(words.say("notice.was"), why)] if why else []
    return [*facts, (words.say("notice.last-good-before"), moment_words(notice.last_good, words))]


def _moved(notice: Notice, words: Words) -> list[tuple[str, str]]:
    return [(words.say("notice.moved-to"), plain(notice.move.to, 300))] if notice.move else []


def _undelivered(notice: Notice, words: Words) -> list[tuple[str, str]]:
    facts = [
        (words.say("notice.given-up"), moment_words(notice.created_at, words)),
        (words.say("notice.said"), plain(notice.detail, 200) or words.say("value.nothing")),
    ]
    if notice.count > 1:
        facts.append((words.say("notice.holds"), words.count("count.alert", notice.count)))
    return facts


def _subject(parcels: Sequence[NoticeParcel], causes: Sequence[CauseView], words: Words) -> str:
    """Say "[failing] Acme privacy policy: dns (5 checks)", "[failing] 480 sources failing: dns"."""
    first = causes[0]
    head = f"[{first.badge}] "
    if len(parcels) > 1:
        if len(causes) > 1:
            kinds = Counter(parcel.notice.kind for parcel in parcels)
            told = sorted(kinds.items(), key=lambda item: _ORDER.index(item[0]))
            parts = [words.count(f"notices.{kind}", count) for kind, count in told]
            return head + cut("; ".join(parts), SUBJECT - len(head))
        return head + cut(first.title, SUBJECT - len(head))
    notice, source = parcels[0].notice, parcels[0].source
    name = f"{plain(source.vendor, 60)} {words.say(f'document.{source.document}')}" if source else first.notices[0].name
    tail = _tail(notice, words)
    return head + cut(name, SUBJECT - len(head) - len(tail)) + tail


def _tail(notice: Notice, words: Words) -> str:
    """What a subject says behind the name."""
    if notice.kind in _FAILING:
        return words.count("notice.in-checks", notice.count, cause=_cause(notice, words))
    if notice.kind is NoticeKind.UNDELIVERED:
        return words.say("notice.at-target", target=plain(notice.target, 40))
    if notice.since is None:
        return ""
    if notice.kind is NoticeKind.PAGE_REMOVED:
        return words.say("notice.gone-since", day=words.day(notice.since.astimezone(UTC).date()))
    return words.say("notice.after", period=period_words(notice.created_at - notice.since, words))


def period_words(length: timedelta, words: Words = ENGLISH) -> str:
    """Say "2 days 3 hours", "40 minutes"; the two largest units."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    told = [words.count(f"unit.{unit}", count) for count, unit in parts if count]
    return " ".join(told[:2]) or words.say("notice.moment-less")
