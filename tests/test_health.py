"""Which notice is due after which check: the rules one by one, then as laws over any row of checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import (
    Capture,
    CheckResult,
    Claim,
    DocumentType,
    Hop,
    Move,
    NoticeKind,
    Operator,
    Outcome,
    Reason,
    Source,
    SourceState,
    Subscriber,
    Target,
)
from watcher.fetcher import FetchFailure, NotModified
from watcher.health import GONE_CHECKS, GONE_FOR, Audience, Seen, assess, attend, failing, gathering, moves_of

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL, NEW = "https://vendor.example/privacy", "https://vendor.example/legal/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), tags=("hr",))
OPS = Operator((Target("mailto:ops@example.org"),))
NOBODY = Operator()
GOOD = Seen(Outcome.UNCHANGED, None, ())
DOWN = Seen(Outcome.FAILED, Reason.CONNECT)
GONE = Seen(Outcome.FAILED, Reason.GONE)
WALL = Seen(Outcome.BLOCKED, Reason.BOT_WALL)


def state(**changed: object) -> SourceState:
    """A source that was good a day ago."""
    plain = SourceState(
        source_id=SOURCE.id,
        vendor=SOURCE.vendor,
        document=SOURCE.document,
        url=URL,
        active=True,
        outcome=Outcome.UNCHANGED,
        reason=None,
        detail=None,
        last_check=NOW - DAY,
        last_good=NOW - DAY,
        next_due=NOW,
        failures=0,
        version=1,
        pages=(),
    )
    return replace(plain, **changed)  # type: ignore[arg-type] # its fields, by name


def after(
    before: SourceState, seen: Seen, now: datetime, operator: Operator = OPS
) -> tuple[SourceState, list[NoticeKind]]:
    """The source after a check, as the store keeps it, and what was due."""
    health, kinds = assess(before, seen, now, operator)
    good = seen.outcome.good
    kept = replace(
        before,
        outcome=seen.outcome,
        reason=seen.reason,
        last_check=now,
        last_good=now if good else before.last_good,
        failures=0 if good else before.failures + 1,
        health=health,
    )
    return kept, list(kinds)


def told(
    checks: Sequence[tuple[timedelta, Seen]], operator: Operator = OPS, start: SourceState | None = None
) -> list[list[NoticeKind]]:
    """What is due after each of the checks, given as waits before them."""
    standing, now, found = start or state(), NOW, []
    for wait, seen in checks:
        now += wait
        standing, kinds = after(standing, seen, now, operator)
        found.append(kinds)
    return found


F, S, R = [NoticeKind.FAILING], [NoticeKind.STILL_FAILING], [NoticeKind.RECOVERED]
GONE_NOW, BACK = [NoticeKind.PAGE_REMOVED], [NoticeKind.RECOVERED, NoticeKind.PAGE_BACK]


def test_after_so_many_checks_in_a_row() -> None:
    """The fifth failure in a row is told, the sixth is not; one good check in between begins anew."""
    assert told([(HOUR, DOWN)] * 6) == [[], [], [], [], F, []]
    assert told([*[(HOUR, DOWN)] * 4, (HOUR, GOOD), *[(HOUR, DOWN)] * 5]) == [[], [], [], [], [], [], [], [], [], F]


def test_after_so_long_a_time() -> None:
    """Two checks three days apart are told, whatever their number."""
    assert told([(DAY, DOWN), (3 * DAY, DOWN)]) == [[], F]
    assert told([(DAY, DOWN), (3 * DAY - HOUR, DOWN)]) == [[], []]


def test_a_first_failure_after_a_long_pause_is_not_told() -> None:
    """Nobody ran the program for a month: that is no row of failures."""
    assert told([(30 * DAY, DOWN)]) == [[]]


def test_every_kind_of_bad_outcome_counts() -> None:
    """Blocked, suspect and failed make one row."""
    mixed = [DOWN, WALL, Seen(Outcome.SUSPECT, Reason.UNCONFIRMED), DOWN, WALL]
    assert told([(HOUR, seen) for seen in mixed]) == [[], [], [], [], F]


def test_reminders_come_until_it_is_over_and_recovery_once() -> None:
    """Told, reminded after each week, then one "recovered", then silence."""
    checks = [
        *[(HOUR, DOWN)] * 5,
        (6 * DAY, DOWN),
        (DAY, DOWN),
        (DAY, DOWN),
        (6 * DAY, DOWN),
        (HOUR, GOOD),
        (HOUR, GOOD),
    ]
    assert told(checks) == [[], [], [], [], F, [], S, [], S, R, []]


def test_a_recovery_that_was_not_told_of_is_not_told() -> None:
    """Four failures and a good check: nothing."""
    assert told([*[(HOUR, DOWN)] * 4, (HOUR, GOOD)]) == [[]] * 5


@pytest.mark.parametrize(
    ("waits", "removed"),
    [
        ((0, 12, 12), True),
        ((0, 1, 22), False),
        ((0, 24), False),
        ((0, 1, 1, 1, 21), True),
    ],
    ids=["three-in-a-day", "three-in-23-hours", "two-in-a-day", "five-in-a-day"],
)
def test_a_page_is_removed_after_three_checks_over_a_day(waits: tuple[int, ...], removed: bool) -> None:
    """404 or 410, three times at least, over 24 hours at least: told once, and not as a failure beside it."""
    found = told([(wait * HOUR, GONE) for wait in waits], replace(OPS, after_failures=9))
    assert found == [*[[]] * (len(waits) - 1), GONE_NOW if removed else []]


def test_a_page_that_comes_back_is_told_once() -> None:
    """Removed, gone on, back: one notice each way; a later loss is a new one."""
    gone = [(12 * HOUR, GONE)] * 3
    assert told([*gone, (DAY, GONE), (DAY, GOOD), (DAY, GOOD), *gone]) == [
        [], [], GONE_NOW, [], BACK, [], [], [], GONE_NOW,
    ]  # fmt: skip


def test_other_failures_neither_confirm_nor_refute_that_a_page_is_gone() -> None:
    """A timeout or a wall between the 404s takes none of them back."""
    checks = [(12 * HOUR, GONE), (HOUR, DOWN), (HOUR, WALL), (12 * HOUR, GONE), (12 * HOUR, GONE)]
    assert told(checks, replace(OPS, after_failures=9)) == [[], [], [], [], GONE_NOW]


def test_a_page_that_never_was_there_is_a_failing_source() -> None:
    """404 from the first check on is a mistake in the configuration: the operator's, not the subscribers'."""
    assert told([(12 * HOUR, GONE)] * 6, start=state(version=0, last_good=None)) == [[], [], [], [], F, []]


def test_without_an_operator_only_pages_are_told() -> None:
    """Nothing counts as told to nobody: one who is named later hears at the next check."""
    standing, now = state(), NOW
    for _ in range(6):
        now += HOUR
        standing, kinds = after(standing, DOWN, now, NOBODY)
        assert kinds == []
    assert failing(standing, now, NOBODY)
    assert after(standing, DOWN, now + HOUR, OPS)[1] == F
    assert told([(12 * HOUR, GONE)] * 3 + [(HOUR, GOOD)], NOBODY) == [[], [], GONE_NOW, [NoticeKind.PAGE_BACK]]


def test_a_clock_that_was_ahead_silences_nobody() -> None:
    """What was told "next year" counts as told now, so that the reminder comes in a week."""
    standing, now = state(), NOW + 400 * DAY
    for _ in range(5):
        standing, kinds = after(standing, DOWN, now)
    assert kinds == F
    standing, kinds = after(standing, DOWN, NOW)
    assert kinds == []
    assert after(standing, DOWN, NOW + 7 * DAY)[1] == S


def move(to: str = NEW, status: int = 301) -> NotModified:
    """A 304 behind one redirect."""
    return NotModified(URL, NOW, to, (Hop(URL, status, to),))


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ([move()], (Move(URL, NEW),)),
        ([move(status=308)], (Move(URL, NEW),)),
        ([move(status=302)], ()),
        ([move(status=307)], ()),
        ([NotModified(URL, NOW, NEW, (Hop(URL, 301, "/a"), Hop(URL + "/a", 302, NEW)))], ()),
        ([NotModified(URL, NOW, NEW, (Hop(URL, 301, "/a"), Hop(URL + "/a", 308, NEW)))], (Move(URL, NEW),)),
        ([NotModified(URL, NOW, URL)], ()),
        ([Capture(URL, NEW, NOW, 200, (), "text/html", None, "", b"", (Hop(URL, 301, NEW),))], (Move(URL, NEW),)),
        ([FetchFailure(URL, Reason.DNS, "", transient=True)], ()),
    ],
    ids=["301", "308", "302", "307", "301-302", "301-308", "none", "a-page", "a-failure"],
)
def test_only_permanent_redirects_are_moves(
    answers: list[Capture | NotModified | FetchFailure], found: tuple[Move, ...]
) -> None:
    """All hops 301 or 308."""
    assert moves_of(answers) == found


def test_a_move_is_believed_and_told_when_it_was_seen_twice() -> None:
    """Two good checks in a row to the same place; a failure between them takes nothing back, another place does."""
    moved = Seen(Outcome.UNCHANGED, None, (Move(URL, NEW),))
    other = Seen(Outcome.UNCHANGED, None, (Move(URL, NEW + "?session=2"),))
    standing, _ = after(state(), moved, NOW)
    assert standing.moved_to is None
    standing, _ = after(standing, DOWN, NOW)
    assert standing.health.moves == (Move(URL, NEW),)
    standing, kinds = after(standing, moved, NOW)
    assert (standing.moved_to, kinds) == (NEW, [NoticeKind.MOVED])
    standing, kinds = after(standing, moved, NOW)
    assert (standing.moved_to, kinds) == (NEW, [])
    assert replace(standing, url=NEW).moved_to is None  # the configuration has followed it
    standing, kinds = after(standing, other, NOW)
    assert (standing.moved_to, kinds) == (None, [])
    standing, kinds = after(standing, GOOD, NOW)
    assert standing.health.moves == ()


SEEN = st.sampled_from([GOOD, GOOD, DOWN, DOWN, GONE, GONE, WALL, Seen(Outcome.UNCHANGED, None, (Move(URL, NEW),))])
WAITS = st.integers(1, 80).map(lambda hours: hours * HOUR)
RULES = st.builds(
    Operator,
    st.just(OPS.targets),
    st.integers(1, 6),
    st.integers(1, 5).map(lambda days: days * DAY),
    st.integers(1, 9).map(lambda days: days * DAY),
)


@given(st.lists(st.tuples(WAITS, SEEN), max_size=60), RULES)
@settings(deadline=None, max_examples=300)
def test_each_trouble_is_told_once_and_its_end_once(checks: list[tuple[timedelta, Seen]], operator: Operator) -> None:
    """Exactly one notice at the check that reaches the threshold, reminders in time, one end; else none at all."""
    found = told(checks, operator)
    moments = [NOW + sum((wait for wait, _ in checks[: i + 1]), timedelta()) for i in range(len(checks))]
    row: list[int] = []
    for i, (_, seen) in enumerate(checks):
        kinds = [kind for kind in found[i] if kind is not NoticeKind.MOVED]
        if not seen.outcome.good:
            row.append(i)
            continue
        _look_at(row, checks, found, moments, operator)
        opened = [kind for j in row for kind in found[j]]
        ends = [NoticeKind.RECOVERED] if opened else []
        assert kinds == ends + ([NoticeKind.PAGE_BACK] if NoticeKind.PAGE_REMOVED in opened else [])
        row = []
    _look_at(row, checks, found, moments, operator)


def _look_at(
    row: list[int],
    checks: list[tuple[timedelta, Seen]],
    found: list[list[NoticeKind]],
    moments: list[datetime],
    operator: Operator,
) -> None:
    """One row of failures."""
    gone = [j for j in row if checks[j][1] is GONE]
    removed = next(
        (j for n, j in enumerate(gone, 1) if n >= GONE_CHECKS and moments[j] - moments[gone[0]] >= GONE_FOR), None
    )
    due = next(
        (
            j
            for n, j in enumerate(row, 1)
            if n >= operator.after_failures or moments[j] - moments[row[0]] >= operator.after
        ),
        None,
    )
    first = min((j for j in (removed, due) if j is not None), default=None)
    spoken = [(j, kind) for j in row for kind in found[j]]
    assert [j for j, kind in spoken if kind is NoticeKind.PAGE_REMOVED] == ([] if removed is None else [removed])
    assert [j for j, kind in spoken if kind is NoticeKind.FAILING] == (
        [] if first is None or first == removed else [first]
    )
    assert (spoken[0][0] if spoken else None) == first
    for (before, _), (again, kind) in pairwise(spoken):
        if kind is NoticeKind.STILL_FAILING:
            assert moments[again] - moments[before] >= operator.remind
    for before, again in pairwise([*[j for j, _ in spoken], *([row[-1]] if spoken else [])]):
        quiet = [j for j in row if before < j < again]
        assert all(moments[j] - moments[before] < operator.remind for j in quiet)


def checked(outcome: Outcome, reason: Reason | None, before: SourceState, when: datetime = NOW) -> CheckResult:
    """A check that made nothing."""
    return CheckResult(Claim(SOURCE.id, "t", when + DAY, before), outcome, when, when + DAY, 0.1, reason, "status 404")


def test_each_hears_what_concerns_them() -> None:
    """A page that is gone: its subscribers and the operator; not those whose filters leave its source out."""
    team = Subscriber("team", (Target("console:"), Target("json://hook")), tags=("hr",), min_severity="high")  # type: ignore[arg-type] # an id
    other = Subscriber("other", (Target("console:"),), vendors=("Elsewhere",))
    health = replace(state().health, failing_since=NOW - DAY, gone_since=NOW - DAY, gone_checks=2)
    before = state(health=health, failures=2, reason=Reason.GONE, outcome=Outcome.FAILED)
    result = checked(Outcome.FAILED, Reason.GONE, before)
    answer = FetchFailure(URL, Reason.GONE, "status 404", transient=False, status=404)
    audience = Audience((team, other), OPS, group="notices:1")
    done = attend(result, SOURCE, [answer], audience)
    assert [(posting.notice.subscriber, posting.notice.kind) for posting in done.postings] == [
        ("team", NoticeKind.PAGE_REMOVED),
        ("operator", NoticeKind.PAGE_REMOVED),
    ]
    first, second = done.postings
    assert [(one.target, one.group, one.notice) for one in first.deliveries] == [
        ("console:", "", True),
        ("json://hook", "", True),
    ]
    assert [(one.target, one.group) for one in second.deliveries] == [("mailto:ops@example.org", "notices:1")]
    assert (first.notice.since, first.notice.count, first.notice.last_good) == (NOW - DAY, 3, NOW - DAY)
    keys = [posting.notice.key for posting in done.postings]
    keys += [one.key for posting in done.postings for one in posting.deliveries]
    assert len(set(keys)) == len(keys) == 5
    assert attend(result, SOURCE, [answer], audience) == done


def test_a_recovery_says_what_it_was_and_how_long() -> None:
    """The reason and the number of checks are those of the row that is over."""
    health = replace(state().health, failing_since=NOW - 2 * DAY, told=NOW - DAY)
    before = state(health=health, failures=7, reason=Reason.DNS, detail="no such name", outcome=Outcome.FAILED)
    done = attend(
        checked(Outcome.UNCHANGED, None, before), SOURCE, [NotModified(URL, NOW)], Audience((), OPS, group="g")
    )
    (posting,) = done.postings
    notice = posting.notice
    assert (notice.kind, notice.reason, notice.detail, notice.count) == (
        NoticeKind.RECOVERED,
        Reason.DNS,
        "no such name",
        7,
    )
    assert (notice.since, notice.created_at) == (NOW - 2 * DAY, NOW)


@pytest.mark.parametrize(
    ("now", "before", "moment"),
    [
        (NOW + timedelta(minutes=5), None, NOW + HOUR),
        (NOW + timedelta(minutes=5), NOW - DAY, NOW + HOUR),
        (NOW + timedelta(minutes=50), NOW + HOUR, NOW + HOUR),
        (NOW + timedelta(minutes=65), NOW + HOUR, NOW + 3 * HOUR),
        (NOW + timedelta(minutes=170), NOW + 3 * HOUR, NOW + 3 * HOUR),
        (NOW + timedelta(minutes=190), NOW + 3 * HOUR, NOW + 9 * HOUR),
        (NOW + 15 * HOUR, NOW + 9 * HOUR, NOW + 16 * HOUR),
        (NOW, NOW + 400 * DAY, NOW + HOUR),
    ],
    ids=["first", "calm", "joins", "after-one", "joins-the-long", "after-another", "calm-again", "clock-was-ahead"],
)
def test_messages_to_the_operator_grow_rarer_while_it_lasts(
    now: datetime, before: datetime | None, moment: datetime
) -> None:
    """The first within the hour, the following each six hours (at 0, 6, 12, 18 UTC), until six hours were quiet."""
    assert gathering(now, before, HOUR) == moment


def test_who_hears_that_a_page_is_back() -> None:
    """The subscribers that it is back, the operator that the source has recovered: each one notice."""
    team = Subscriber("team", (Target("console:"),))
    health = replace(
        state().health, failing_since=NOW - 3 * DAY, told=NOW - DAY, gone_since=NOW - 2 * DAY, removed=NOW - DAY
    )
    before = state(health=health, failures=7, reason=Reason.GONE, outcome=Outcome.FAILED)
    done = attend(
        checked(Outcome.UNCHANGED, None, before), SOURCE, [NotModified(URL, NOW)], Audience((team,), OPS, group="g")
    )
    assert [(posting.notice.subscriber, posting.notice.kind, posting.notice.since) for posting in done.postings] == [
        ("operator", NoticeKind.RECOVERED, NOW - 3 * DAY),
        ("team", NoticeKind.PAGE_BACK, NOW - 2 * DAY),
    ]
    assert done.health == state().health


def test_each_reminder_is_a_notice_of_its_own() -> None:
    """The same row a week later: another key, else the store would take it for the first."""
    health = replace(state().health, failing_since=NOW - 30 * DAY, told=NOW - 7 * DAY)
    keys = set()
    for when in (NOW, NOW + 7 * DAY):
        before = state(health=health, failures=9, reason=Reason.DNS, outcome=Outcome.FAILED)
        failure = FetchFailure(URL, Reason.DNS, "no such name", transient=True)
        result = checked(Outcome.FAILED, Reason.DNS, before, when)
        (posting,) = attend(result, SOURCE, [failure], Audience((), OPS, group="g")).postings
        keys.add(posting.notice.key)
    assert len(keys) == 2


def test_an_operator_who_has_gone_hears_nothing_more() -> None:
    """Told, then taken out of the configuration: its end is nobody's."""
    health = replace(state().health, failing_since=NOW - DAY, told=NOW - DAY)
    assert after(state(health=health, failures=9), GOOD, NOW, NOBODY)[1] == []


def test_what_needs_a_person() -> None:
    """A row that is long enough, or a page that is removed; never a source that is not watched."""
    since = replace(state().health, failing_since=NOW - DAY)
    assert not failing(state(health=since, failures=4), NOW, NOBODY)
    assert failing(state(health=since, failures=5), NOW, NOBODY)
    assert failing(state(health=replace(since, removed=NOW), failures=1), NOW, NOBODY)
    assert not failing(state(health=since, failures=5, active=False), NOW, NOBODY)
