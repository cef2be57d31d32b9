"""Where reviews stand: the last word counts, notes live as long as their wording, deadlines are told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.connect import open_store
from storage.errors import UsageError
from storage.model import (
    Block,
    BlockKind,
    Cause,
    Change,
    ChangeKind,
    CheckResult,
    Comparison,
    Deadline,
    Direction,
    Document,
    DocumentType,
    DueDeadline,
    NewVersion,
    Outcome,
    RecordedChange,
    ReviewEvent,
    ReviewState,
    Severity,
    Source,
    Topic,
    Verdict,
    Version,
)
from storage.protocol import Store
from watcher import reviews
from watcher.history import pick_change
from watcher.report.reviews import events_csv, review_json, reviews_csv

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
A, B = "acme/privacy", "bolt/dpa"
LOGS = "We keep your logs for 12 months."


def change(before: str | None = None, after: str | None = LOGS, severity: Severity = Severity.HIGH) -> Change:
    """A change with these wordings."""
    return Change(
        topic=Topic.RETENTION,
        topics=(Topic.RETENTION,),
        kind=ChangeKind.MODIFIED,
        severity=severity,
        direction=Direction.WORSE,
        section=("Retention", "Logs"),
        before=before,
        after=after,
        spans=(),
        facts=(),
        summary="=Retention: longer",
        rules=("retention.longer",),
    )


def recorded(version: int, position: int = 0, made: Change | None = None, source_id: str = A) -> RecordedChange:
    """A change as the history keeps it."""
    seen = NOW + version * DAY
    kind = DocumentType.PRIVACY_POLICY
    return RecordedChange(
        source_id, "Acme", kind, "https://a.example/", version, position, seen - DAY, seen, made or change()
    )


def event(position: int | None = 0, version: int = 2, **said: object) -> ReviewEvent:
    """Something that Ada did."""
    return replace(ReviewEvent(A, version, position, NOW, "Ada"), **said)  # type: ignore[arg-type] # its fields


def due(on: date, version: int = 2) -> DueDeadline:
    """A deadline of that version."""
    deadline = Deadline(on, on - 30 * DAY, stated=False, period="P30D", business=False)
    return DueDeadline(A, "Acme", DocumentType.PRIVACY_POLICY, "https://a.example/", version, NOW, "", deadline)


def folded(*events: ReviewEvent, deadlines: tuple[DueDeadline, ...] = ()) -> list[reviews.Review]:
    """The reviews of two changes of version 2."""
    return reviews.fold([recorded(2), recorded(2, 1)], events, [], deadlines)


def test_a_change_nobody_spoke_of_is_open() -> None:
    """Also one of a source whose other versions were reviewed."""
    first, second = folded(event(version=1, state=ReviewState.ACCEPTED, assignee="Bob"))
    assert (first.state, first.assignee, first.events, first.in_time) == (ReviewState.OPEN, None, (), None)
    assert second.state is ReviewState.OPEN


def test_the_last_word_counts_for_each_by_itself() -> None:
    """State and assignee stay until somebody says otherwise; a word about the version is one about each change."""
    first, second = folded(
        event(0, state=ReviewState.OBJECTED, assignee="Bob"),
        event(None, state=ReviewState.ACKNOWLEDGED),
        event(1, note="later"),
        event(1, assignee=""),
    )
    assert (first.state, first.assignee, len(first.events)) == (ReviewState.ACKNOWLEDGED, "Bob", 2)
    assert (second.state, second.assignee) == (ReviewState.ACKNOWLEDGED, None)
    assert [one.note for one in second.notes] == ["later"]


@given(st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.sampled_from(ReviewState))))
def test_a_state_is_that_of_the_last_event_about_it(said: list[tuple[int | None, ReviewState]]) -> None:
    """Whatever was said before, and in whatever order."""
    for one in folded(*(event(position, state=state) for position, state in said)):
        own = [state for position, state in said if position in {None, one.change.position}]
        assert one.state is ([ReviewState.OPEN, *own][-1])


@pytest.mark.parametrize(
    ("at", "in_time", "words"),
    [
        ((2026, 6, 3, 9, 0), True, "in time: the last day is 2026-06-05, 2 days left"),
        ((2026, 6, 4, 9, 0), True, "in time: the last day is 2026-06-05, 1 day left"),
        ((2026, 6, 5, 23, 59), True, "in time: the last day is 2026-06-05, today"),
        ((2026, 6, 6, 0, 0), False, "too late: the last day was 2026-06-05, 1 day ago"),
    ],
)
def test_an_objection_is_in_time_to_the_end_of_the_last_day(
    at: tuple[int, int, int, int, int], *, in_time: bool, words: str
) -> None:
    """In UTC; the first objection counts, also after it was settled."""
    when = datetime(*at, tzinfo=UTC)
    objected = event(0, state=ReviewState.OBJECTED, at=when)
    again = event(0, state=ReviewState.OBJECTED, at=when + 30 * DAY)
    settled = event(0, state=ReviewState.ACCEPTED, at=when + 40 * DAY)
    one, other = folded(objected, again, settled, deadlines=(due(date(2026, 6, 5)),))
    assert (one.in_time, one.objected_at, one.state) == (in_time, when, ReviewState.ACCEPTED)
    assert other.in_time is None
    assert words in reviews.said_of(objected, one.deadline)
    assert "no deadline is known" in reviews.said_of(objected, None)


@pytest.mark.parametrize("state", ReviewState)
def test_what_nobody_decided_by_the_last_day_is_overdue(state: ReviewState) -> None:
    """From the day after; not where it was objected to or accepted, nor where no day is known."""
    last = date(2026, 6, 5)
    one, _ = folded(event(0, state=state), deadlines=(due(last),))
    assert not one.overdue(last)
    assert one.overdue(last + DAY) is (state in {ReviewState.OPEN, ReviewState.ACKNOWLEDGED})
    assert not folded(event(0, state=state))[0].overdue(date.max)


def document(*texts: str) -> Document:
    """A document of paragraphs."""
    blocks = tuple(Block(BlockKind.PARAGRAPH, text, (), str(number)) for number, text in enumerate(texts))
    return Document("T", "en", None, None, blocks, "|".join(texts), "1")


NOTE = reviews.Note(event(0, note="agreed"), "We keep  your logs\nfor 12 months.")


@pytest.mark.parametrize(
    ("text", "version", "stands"),
    [
        (document("Hello.", LOGS), 2, True),
        (document("Moved up. " + LOGS + " And more."), 7, True),
        (document("We keep your logs for", "12 months."), 3, True),
        (document(LOGS), 1, False),
        (document("We keep your logs for 13 months."), 3, False),
        (document("WeWe keep your logs for 12 months.5"), 3, False),
        (document(), 3, False),
    ],
)
def test_a_note_stands_with_its_wording(text: Document, version: int, *, stands: bool) -> None:
    """Word for word, wherever in the text, from the version that brought it on."""
    assert reviews.standing([NOTE], text, version) == ([NOTE] if stands else [])


@pytest.mark.parametrize("wording", [None, "", "  "])
def test_a_note_without_wording_stands_nowhere(wording: str | None) -> None:
    """A clause that went, or a whole version."""
    for text in (document("  ", LOGS), document()):
        assert reviews.standing([replace(NOTE, wording=wording)], text, 9) == []


def test_the_change_that_ends_a_wording_shows_its_notes() -> None:
    """And one that brings it back; not others, nor those of another source, nor the change itself."""
    ends = recorded(3, 0, change(LOGS, "We keep your logs for 24 months."))
    back = recorded(4, 0, change("We keep your logs for 24 months.", LOGS))
    other = recorded(4, 1, change("We sell nothing.", "We sell all."))
    elsewhere = recorded(4, 0, change(LOGS, None), B)
    found = reviews.fold([recorded(2), ends, back, other, elsewhere], [NOTE.event], [NOTE], [])
    assert [len(one.earlier) for one in found] == [0, 1, 1, 0, 0]
    assert [one.state for one in found] == [ReviewState.OPEN] * 5
    comparison = Comparison(Verdict.MATERIAL, "en", (ends.change, other.change))
    assert reviews.about([NOTE], comparison, 3) == [NOTE]
    assert reviews.about([NOTE], comparison, 1) == []
    assert reviews.about([NOTE], replace(comparison, changes=(other.change,)), 3) == []


def test_events_are_made_of_clean_words_and_once_for_each_target() -> None:
    """White space is folded in names and cut from notes, whose lines stay."""
    made = reviews.note_events(
        [(A, 2, 0), (A, 2, None), (A, 2, 0)], NOW, " Ada \n Lovelace ", assignee=" Bob ", note=" one\ntwo "
    )
    assert [one.position for one in made] == [0, None]
    assert (made[0].who, made[0].assignee, made[0].note) == ("Ada Lovelace", "Bob", "one\ntwo")
    (nobody,) = reviews.note_events([(A, 2, 0)], NOW, "Ada", assignee="")
    assert reviews.said_of(nobody, None) == "assigned to nobody (by Ada)"


@pytest.mark.parametrize(
    ("who", "said", "wrong"),
    [
        (" ", {}, "who says so is empty"),
        ("x" * 201, {}, "201 characters"),
        ("Ada", {"note": " \n"}, "the note is empty"),
        ("Ada", {"note": "x" * 10_001}, "10001 characters; at most 10000"),
        ("Ada", {"assignee": " \t"}, "the name of the assignee is empty"),
        ("Ada", {"assignee": "x" * 201}, "at most 200"),
    ],
)
def test_empty_and_endless_words_are_refused(who: str, said: dict[str, str], wrong: str) -> None:
    """With the limit, where there is one."""
    with pytest.raises(UsageError, match=wrong):
        reviews.note_events([(A, 2, 0)], NOW, who, note=said.get("note"), assignee=said.get("assignee"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two sources; the second version of each has a grave and an editorial change, that of one has a deadline."""
    with closing(open_store(tmp_path / "store.db", write=True)) as opened:
        kind = DocumentType.PRIVACY_POLICY
        opened.sync_sources([Source(key, key[:4].title(), kind, ("https://a.example/",)) for key in (A, B)], NOW)
        for number in (1, 2):
            for key in (A, B):
                when = NOW + number * DAY + (key == B) * timedelta(hours=1)
                (claim,) = opened.claim("w", when, DAY, limit=1, only=[key])
                made = _made(key, number, when)
                outcome = Outcome.FIRST if number == 1 else Outcome.CHANGED
                opened.commit([CheckResult(claim, outcome, when, when + DAY, 0.1, versions=(made,))])
        yield opened


def _made(key: str, number: int, when: datetime) -> NewVersion:
    text = document(f"{number}", LOGS)
    cause, verdict = (Cause.FIRST, None) if number == 1 else (Cause.CHANGED, Verdict.MATERIAL)
    version = Version(key, number, cause, when, when, text.fingerprint, "1", (), "T", "en", None, None, 2, 9, verdict)
    if number == 1:
        return NewVersion(version, text, ())
    comparison = Comparison(Verdict.MATERIAL, "en", (change(), change(after=None, severity=Severity.INFO)))
    deadline = due(date(2026, 6, 5)).deadline if key == A else None
    return NewVersion(version, text, (), comparison, deadline=deadline)


def named(found: list[reviews.Review]) -> list[str]:
    """The names of changes in their order."""
    return [reviews.change_id(one.change.source_id, one.change.version, one.change.position) for one in found]


def test_reviews_are_chosen_by_what_is_asked(store: Store) -> None:
    """State, assignee in any case, vendor, severity, since, source; the soonest deadline first, then the newest."""
    store.add_reviews([event(0, assignee="Bob"), event(0, state=ReviewState.ACKNOWLEDGED, note="agreed")])
    query = reviews.ReviewQuery
    everything = [f"{A}@2#0", f"{A}@2#1", f"{B}@2#0", f"{B}@2#1"]
    assert named(reviews.find_reviews(store, query())) == everything
    assert named(reviews.find_reviews(store, query(severity=Severity.LOW))) == [f"{A}@2#0", f"{B}@2#0"]
    assert named(reviews.find_reviews(store, query(state=ReviewState.OPEN))) == everything[1:]
    assert named(reviews.find_reviews(store, query(state=ReviewState.ACKNOWLEDGED))) == everything[:1]
    assert named(reviews.find_reviews(store, query(state=ReviewState.ACKNOWLEDGED, vendor="Bolt"))) == []
    assert named(reviews.find_reviews(store, query(state=ReviewState.ACCEPTED))) == []
    assert named(reviews.find_reviews(store, query(assignee=" bOB"))) == everything[:1]
    assert named(reviews.find_reviews(store, query(assignee=""))) == everything[1:]
    assert named(reviews.find_reviews(store, query(vendor="bolt"))) == everything[2:]
    assert named(reviews.find_reviews(store, query(source_id=A))) == everything[:2]
    assert reviews.find_reviews(store, query(since=NOW + 9 * DAY)) == []
    store.add_reviews([event(None, state=ReviewState.ACCEPTED)])
    assert named(reviews.find_reviews(store, query())) == [everything[at] for at in (2, 3, 0, 1)]
    assert [one.wording for one in reviews.notes_of(store, store.reviews())] == [LOGS]


@pytest.mark.parametrize(
    ("wanted", "picked"),
    [
        (f"{A}@2#0", (A, 2, 0)),
        (f"{A}@2#1", (A, 2, 1)),
        (f"{A}@2", (A, 2, None)),
        (f"{A}@2026-05-06#1", (A, 2, 1)),
    ],
)
def test_a_change_is_named_by_source_version_and_position(
    store: Store, wanted: str, picked: tuple[str, int, int | None]
) -> None:
    """The version may be a day, as everywhere."""
    assert pick_change(store, wanted) == picked


@pytest.mark.parametrize(
    ("wanted", "wrong"),
    [
        (A, "name the version too, as in acme/privacy@2"),
        (f"{A}#0", "name the version too"),
        (f"{A}@1", "no recorded change"),
        (f"{A}@3", "no version 3"),
        (f"{A}@x", "neither a version number nor a day"),
        (f"{A}@2#2", 'no change "2"; its changes are #0 to #1'),
        (f"{A}@2#", 'no change ""'),
        (f"{A}@2#-1", 'no change "-1"'),
        (f"{A}@2#00", 'no change "00"'),
        (f"{A}@2#٠", "no change"),
        ("acme/privcy@2", 'did you mean "acme/privacy"'),
    ],
)
def test_what_names_no_change_is_told(store: Store, wanted: str, wrong: str) -> None:
    """With what there is instead."""
    with pytest.raises(UsageError, match=wrong):
        pick_change(store, wanted)


def test_tables_hold_no_formula_and_json_holds_all(store: Store) -> None:
    """Each text that begins like a formula is made text; events have the number of their record."""
    store.add_reviews([event(0, state=ReviewState.OBJECTED, note="=1+1", who="@sum"), event(0, assignee="+Bob")])
    today = date(2026, 7, 1)
    found = reviews.find_reviews(store, reviews.ReviewQuery(severity=Severity.LOW, source_id=A))
    table = reviews_csv(found, today)
    (row,) = csv.DictReader(io.StringIO(table))
    cells = {"notes": "'=1+1 (@sum, 2026-05-04 09:00)", "assignee": "'+Bob", "summary": "'=Retention: longer"}
    cells |= {"object_by": "2026-06-05", "overdue": "no", "in_time": "yes", "section": "Retention > Logs"}
    assert {name: row[name] for name in cells} == cells
    told = events_csv(reviews.events_of([*found, *found]))
    assert [line.split(",")[0] for line in told.splitlines()] == ["record", "5", "6"]
    assert ",'@sum,objected,,'=1+1" in told
    first = review_json(found[0], today)
    wanted = {"id": f"{A}@2#0", "state": "objected", "assignee": "+Bob", "in_time": True, "overdue": False}
    assert {key: first[key] for key in wanted} == wanted
    assert [one["note"] for one in first["events"]] == ["=1+1", None]
