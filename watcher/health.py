"""Which notice is due after a check. Pure: `now` and all that is remembered are arguments.

a good check        after a row of others that was told: RECOVERED; of a page that counted as removed: PAGE_BACK;
                    the second that a permanent redirect leads to the same place: MOVED
no good check       not told yet, and so many in a row or for so long: FAILING; told so long ago: STILL_FAILING
404 or 410          the third over a day or more, of a page that was there once: PAGE_REMOVED, and no FAILING beside it

The operator hears of all but PAGE_BACK (RECOVERED says it), the subscribers of a source of PAGE_REMOVED and PAGE_BACK.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

from notifier.route import tell_operator, tell_subscribers
from storage.model import (
    MOVED_AFTER,
    Capture,
    CheckResult,
    Health,
    Move,
    Notice,
    NoticeKind,
    Operator,
    Outcome,
    Posting,
    Reason,
    Source,
    SourceState,
    Subscriber,
)
from watcher.fetcher import FetchFailure, NotModified

# A page counts as removed when so many answers 404 or 410 came over so long a time (faults.md H24).
GONE_CHECKS = 3
GONE_FOR = timedelta(hours=24)
_PERMANENT = frozenset({301, 308})
_TO_OPERATOR = frozenset(NoticeKind) - {NoticeKind.PAGE_BACK, NoticeKind.UNDELIVERED}
_TO_SUBSCRIBERS = frozenset({NoticeKind.PAGE_REMOVED, NoticeKind.PAGE_BACK})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one check saw. `moves` are the permanent redirects that led to the pages of a good one."""

    outcome: Outcome
    reason: Reason | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may have to be told. Notices to the operator in one `group` are one message, due at `moment` (None: now)."""

    subscribers: tuple[Subscriber, ...] = ()
    operator: Operator = field(default_factory=Operator)
    zone: tzinfo = UTC
    group: str = ""
    moment: datetime | None = None


def attend(
    result: CheckResult, source: Source, fetched: Sequence[Capture | NotModified | FetchFailure], audience: Audience
) -> CheckResult:
    """The result with what is remembered from now on, and with the notices that are due, each to whom it concerns."""
    state, now = result.claim.state, result.checked_at
    seen = Seen(result.outcome, result.reason, moves_of(fetched))
    health, kinds = assess(state, seen, now, audience.operator)
    postings: list[Posting] = []
    for kind in kinds:
        draft = _draft(kind, result, health)
        if kind in _TO_SUBSCRIBERS:
            postings += tell_subscribers(audience.subscribers, source, draft, audience.zone)
        if kind in _TO_OPERATOR:
            postings += tell_operator(audience.operator, draft, audience.group, audience.moment)
    return replace(result, health=health, postings=tuple(postings))


def gathering(now: datetime, before: datetime | None, gather: timedelta) -> datetime:
    """When the notices to the operator that are found now go out, where runs follow one another all day.

    Those of one span of `gather` are one message, at its end. `before` is the time of the last such message: notices
    join one that is still to go, and when one has just gone the next is six spans long, so that a day's outage of
    sources that fall due all over the day is a handful of messages.
    """
    calm = 6 * gather
    if before is not None and now < before <= now + calm:
        return before
    span = calm if before is not None and now - calm < before <= now else gather
    return now - (now - datetime.min.replace(tzinfo=UTC)) % span + span


def assess(state: SourceState, seen: Seen, now: datetime, operator: Operator) -> tuple[Health, tuple[NoticeKind, ...]]:
    """What is remembered after a check at `now`, and the kinds of notice that are due because of it.

    `state` is that before the check. A moment of the past that lies ahead of `now`, because the clock was wrong, counts
    as now. Without an operator nothing counts as told to one.
    """
    if seen.outcome.good:
        return _well(state.health, seen, operator)
    before = _not_ahead(state.health, now)
    health = replace(before, failing_since=before.failing_since or now)
    kinds: list[NoticeKind] = []
    if seen.reason is Reason.GONE:
        health = replace(health, gone_since=before.gone_since or now, gone_checks=before.gone_checks + 1)
        if state.version and health.removed is None and _gone_for_good(health, now):
            health = replace(health, removed=now)
            kinds.append(NoticeKind.PAGE_REMOVED)
    if not operator.targets:
        return health, tuple(kinds)
    if not kinds and before.told is None and too_long(health, state.failures + 1, now, operator):
        kinds.append(NoticeKind.FAILING)
    elif not kinds and before.told is not None and now - before.told >= operator.remind:
        kinds.append(NoticeKind.STILL_FAILING)
    return (replace(health, told=now) if kinds else health), tuple(kinds)


def too_long(health: Health, failures: int, now: datetime, operator: Operator) -> bool:
    """Whether a row of checks without a good one is one to speak of."""
    since = health.failing_since
    return since is not None and (failures >= operator.after_failures or now - since >= operator.after)


def failing(state: SourceState, now: datetime, operator: Operator) -> bool:
    """Whether a source is in trouble that a person should see to, whoever was told of it."""
    return state.active and (state.health.removed is not None or too_long(state.health, state.failures, now, operator))


def moves_of(fetched: Sequence[Capture | NotModified | FetchFailure]) -> tuple[Move, ...]:
    """The permanent redirects (RFC 9110: 301, 308 on all hops) that led to the pages."""
    pages = [answer for answer in fetched if not isinstance(answer, FetchFailure) and answer.hops]
    return tuple(Move(page.url, page.final_url) for page in pages if all(hop.status in _PERMANENT for hop in page.hops))


def _well(before: Health, seen: Seen, operator: Operator) -> tuple[Health, tuple[NoticeKind, ...]]:
    """After a good check: nothing is remembered of the time before but where the pages have moved."""
    kinds: list[NoticeKind] = []
    if before.told is not None and operator.targets:
        kinds.append(NoticeKind.RECOVERED)
    if before.removed is not None:
        kinds.append(NoticeKind.PAGE_BACK)
    moves = tuple(_again(move, before.moves) for move in seen.moves)
    if operator.targets and any(move.certain and move not in before.moves for move in moves):
        kinds.append(NoticeKind.MOVED)
    return Health(moves=moves), tuple(kinds)


def _again(move: Move, before: Sequence[Move]) -> Move:
    """A move with the checks that saw it before; more than make it certain need not be counted."""
    known = next((one for one in before if (one.url, one.to) == (move.url, move.to)), None)
    return replace(move, checks=min(known.checks + 1, MOVED_AFTER)) if known else move


def _gone_for_good(health: Health, now: datetime) -> bool:
    return health.gone_checks >= GONE_CHECKS and health.gone_since is not None and now - health.gone_since >= GONE_FOR


def _not_ahead(health: Health, now: datetime) -> Health:
    """What is remembered, no moment of it later than now: else a clock that was ahead would silence a source."""
    since, told, gone = (
        None if when is None else min(when, now) for when in (health.failing_since, health.told, health.gone_since)
    )
    return replace(health, failing_since=since, told=told, gone_since=gone)


def _draft(kind: NoticeKind, result: CheckResult, after: Health) -> Notice:
    """What a notice says, whoever gets it. Its key is that of the event: the same one again makes the same key."""
    state = result.claim.state
    good = result.outcome.good
    health = state.health if good else after
    since = health.gone_since if kind in _TO_SUBSCRIBERS else health.failing_since
    move = next((move for move in after.moves if move.certain), None)
    anchor = result.checked_at if kind in {NoticeKind.STILL_FAILING, NoticeKind.MOVED} else since
    return Notice(
        key=f"{kind}|{result.claim.source_id}|{anchor.astimezone(UTC).isoformat() if anchor else ''}",
        kind=kind,
        subscriber="",
        created_at=result.checked_at,
        source_id=result.claim.source_id,
        outcome=result.outcome,
        reason=state.reason if good else result.reason,
        detail=state.detail if good else result.detail,
        count=state.failures if good else state.failures + 1,
        since=since,
        last_good=state.last_good,
        move=move,
    )
