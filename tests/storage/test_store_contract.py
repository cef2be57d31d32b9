"""The promises of `storage.protocol.Store`, one after the other, over every backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from storage_samples import (
    DAY,
    LEASE,
    START,
    capture,
    change,
    checked,
    document,
    new_version,
    result,
    source,
    with_alert,
)

from storage.connect import open_store
from storage.errors import LeaseLost, StoreError, UsageError
from storage.model import (
    Cause,
    ChangeQuery,
    DeliveryState,
    DocumentType,
    HostState,
    Outcome,
    PageState,
    Parcel,
    Post,
    Reason,
    RobotsAnswer,
    Severity,
    Topic,
)
from storage.protocol import Store

Opener = Callable[[bool], Store]
A, B = "acme/privacy", "bolt/dpa"


@pytest.fixture
def opener(location: Path | str) -> Iterator[Opener]:
    """Opens the same empty store again and again, to write or to read."""
    with ExitStack() as stack:
        yield lambda write: stack.enter_context(closing(open_store(location, write=write)))


@pytest.fixture
def store(opener: Opener) -> Store:
    """A store that is open to write, with two sources."""
    opened = opener(True)
    opened.sync_sources([source(A), source(B, document=DocumentType.DPA)], START)
    return opened


# --- sources -----------------------------------------------------------------------------------------------------


def test_new_sources_are_due_at_once_and_come_back_as_configured(store: Store) -> None:
    """What was synced is listed by id, field for field, and due."""
    rich = source("zeta/terms", urls=("https://z.example/1", "https://z.example/2"), tags=("hr",), objection="asked")
    store.sync_sources([rich, source(A)], START)
    assert store.sources() == [source(A), source(B, document=DocumentType.DPA), rich]
    state = store.states()[-1]
    assert (state.source_id, state.url, state.next_due) == ("zeta/terms", "https://z.example/1", START)
    assert (state.version, state.failures, state.outcome, state.active, state.pages) == (0, 0, None, True, ())


def test_a_source_that_is_gone_keeps_its_history_and_is_never_due(store: Store) -> None:
    """Taking a source out of the configuration loses nothing; putting it back goes on where it was."""
    made = new_version(A, 1, START, ["We keep it."])
    checked(store, A, START, made)
    store.sync_sources([source(B)], START + DAY)
    assert [state.active for state in store.states()] == [False, True]
    assert [claim.source_id for claim in store.claim("w", START + 9 * DAY, LEASE, limit=9)] == [B]
    assert store.latest(A) == made.version
    store.sync_sources([source(A)], START + DAY)
    assert [state.active for state in store.states()] == [True, False]


def test_a_changed_address_keeps_the_history_and_the_due_time(store: Store) -> None:
    """History hangs on the id, not on the address."""
    made = new_version(A, 1, START, ["We keep it."])
    checked(store, A, START, made)
    store.sync_sources([source(A, urls=("https://elsewhere.example/",))], START + timedelta(hours=1))
    state = store.states()[0]
    assert (state.url, state.next_due, state.version) == ("https://elsewhere.example/", START + DAY, 1)
    assert store.versions(A) == [made.version]


def test_syncing_twice_changes_nothing(store: Store) -> None:
    """Idempotent: a second sync leaves every state as it was."""
    before = store.states()
    store.sync_sources(store.sources(), START + DAY)
    assert store.states() == before


# --- hosts -------------------------------------------------------------------------------------------------------


def test_what_is_known_of_a_host_comes_back_field_for_field(store: Store) -> None:
    """Of those asked for, or of all, by origin; written again it is replaced, and what is not known is left out."""
    plain = HostState("http://b.example")
    rich = HostState(
        "https://a.example:8443",
        RobotsAnswer.UNREACHABLE,
        "User-agent: *\nDisallow: /\u00e9\n" * 9,
        START,
        START - DAY,
        Reason.TIMEOUT,
        "too slow",
        True,
        START + LEASE,
        3,
    )
    store.keep_hosts([plain, rich])
    assert store.hosts() == [plain, rich]
    assert store.hosts([rich.origin, "https://never.example"]) == [rich]
    better = HostState(rich.origin, RobotsAnswer.NONE, robots_at=START + DAY)
    store.keep_hosts([better])
    assert store.hosts() == [plain, better]
    assert store.hosts([]) == []


def test_hosts_that_nobody_asks_any_more_are_forgotten(store: Store) -> None:
    """60 days after the last question, seen from the newest one; the store does not grow with every redirect."""
    old, young = (
        HostState(f"https://{days}.example", RobotsAnswer.NONE, robots_at=START + days * DAY) for days in (0, 1)
    )
    store.keep_hosts([old, young])
    now = HostState("https://now.example", RobotsAnswer.NONE, robots_at=START + 61 * DAY)
    store.keep_hosts([now])
    assert store.hosts() == [young, now]


def test_leases_given_back_until_later_are_not_due_before(store: Store) -> None:
    """A host that wants to be left alone: due then, no check recorded; a source that was due later stays so."""
    checked(store, B, START)  # due in a day
    claims = store.claim("w", START, LEASE, limit=9, only=[A, B])
    later = START + timedelta(hours=2)
    store.release(claims, due=later)
    assert [state.next_due for state in store.states()] == [later, START + DAY]
    assert [state.last_check for state in store.states()] == [None, START]
    assert store.ledger(A) == []
    assert store.claim("w", later - timedelta(microseconds=1), LEASE, limit=9) == []
    assert [claim.source_id for claim in store.claim("w", later, LEASE, limit=9)] == [A]


# --- claims ------------------------------------------------------------------------------------------------------


def test_the_longest_due_is_claimed_first_and_only_once(store: Store) -> None:
    """Order by due time; what is under a lease is not given out again before the lease ends."""
    checked(store, A, START - 2 * DAY)
    first = store.claim("w1", START, LEASE, limit=1)
    second = store.claim("w2", START, LEASE, limit=9)
    assert [claim.source_id for claim in (*first, *second)] == [A, B]
    assert store.claim("w3", START + LEASE - timedelta(microseconds=1), LEASE, limit=9) == []
    assert {claim.source_id for claim in store.claim("w3", START + LEASE, LEASE, limit=9)} == {A, B}


def test_a_claim_holds_its_end_and_the_state_of_the_source(store: Store) -> None:
    """The worker needs no second question: the claim says what `states` says."""
    checked(store, A, START)
    (claim,) = store.claim("w", START + DAY, LEASE, limit=1, only=[A])
    assert claim.until == START + DAY + LEASE
    assert claim.state == store.states()[0]
    assert claim.state.pages[0].etag == '"e"'


def test_named_sources_are_claimed_due_or_not_in_the_order_asked(store: Store) -> None:
    """`only` overrides due times, passes over unknown names and leases, and keeps its order."""
    checked(store, A, START)
    claims = store.claim("w", START, LEASE, limit=9, only=[B, "no/such", A, B])
    assert [claim.source_id for claim in claims] == [B, A]
    assert store.claim("w", START, LEASE, limit=9, only=[A]) == []


def test_no_source_that_is_not_due_is_claimed(store: Store) -> None:
    """Due means now or before now."""
    assert store.claim("w", START - timedelta(microseconds=1), LEASE, limit=9) == []
    assert len(store.claim("w", START, LEASE, limit=9)) == 2


def test_a_released_source_is_free_at_once(store: Store) -> None:
    """Giving back leaves the source as due as it was; giving back a lost lease does no harm."""
    (old,) = store.claim("w1", START, LEASE, limit=1, only=[A])
    (new,) = store.claim("w2", START + LEASE, LEASE, limit=1, only=[A])
    store.release([old])
    assert store.claim("w3", START + LEASE, LEASE, limit=1, only=[A]) == []
    store.release([new])
    assert len(store.claim("w3", START + LEASE, LEASE, limit=1, only=[A])) == 1


def test_a_lost_lease_writes_nothing_at_all(store: Store) -> None:
    """One claim that was taken over refuses the whole commit, the good results of the batch included."""
    stale, other = store.claim("w1", START, LEASE, limit=2, only=[A, B])
    store.claim("w2", START + LEASE, LEASE, limit=1, only=[A])
    with pytest.raises(LeaseLost, match=A):
        store.commit([result(other, START), result(stale, START)])
    assert [state.outcome for state in store.states()] == [None, None]
    assert store.ledger(B) == []


def test_a_commit_ends_the_lease(store: Store) -> None:
    """The same claim commits once; the source may be claimed again when it is due."""
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    store.commit([result(claim, START)])
    with pytest.raises(LeaseLost):
        store.commit([result(claim, START)])
    assert [one.source_id for one in store.claim("w", START + DAY, LEASE, limit=9, only=[A])] == [A]


def test_a_late_commit_is_taken_while_nobody_else_took_the_source(store: Store) -> None:
    """A lease that merely ended is not lost."""
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    store.commit([result(claim, START + 2 * LEASE)])
    assert store.states()[0].last_check == START + 2 * LEASE


# --- commit ------------------------------------------------------------------------------------------------------


def test_a_version_comes_back_whole(store: Store) -> None:
    """Version, text, facts, comparison, alert, delivery, raw page and validators are what was committed."""
    first = new_version(A, 1, START, ["We keep it for 24 months.", "We never train."])
    checked(store, A, START, first)
    second = with_alert(new_version(A, 2, START + DAY, ["We keep it for 36 months.", "We never train."]))
    done = checked(store, A, START + DAY, second)
    assert store.latest(A) == second.version
    assert store.versions(A) == [first.version, second.version]
    assert [store.document(A, number) for number in (1, 2)] == [first.document, second.document]
    assert [store.facts(A, number) for number in (1, 2)] == [first.facts, second.facts]
    assert [store.comparison(A, number) for number in (1, 2)] == [None, second.comparison]
    assert store.capture(done.captures[0].sha256) == done.captures[0]
    assert store.deliveries() == list(second.deliveries)
    state = store.states()[0]
    assert (state.version, state.pages, state.next_due) == (2, done.pages, done.next_due)


def test_a_version_must_follow_the_latest(store: Store) -> None:
    """Neither a gap nor a repeated number nor another source's version is taken, and then nothing is."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    for wrong in (new_version(A, 3, START, ["x"]), new_version(A, 1, START, ["x"]), new_version(B, 2, START, ["x"])):
        with pytest.raises(StoreError, match="does not follow"):
            store.commit(
                [result(claim, START, Outcome.CHANGED, captures=(capture("kept?", START),), versions=(wrong,))]
            )
    assert [version.number for version in store.versions()] == [1]
    assert len(store.ledger(A)) == 1
    with pytest.raises(UsageError):
        store.capture(capture("kept?", START).sha256)


def test_an_upgrade_and_a_change_go_into_one_commit(store: Store) -> None:
    """A re-extracted version and then a changed one: two numbers, one ledger line."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    again = new_version(A, 2, START, ["One"], cause=Cause.RE_EXTRACTED)
    changed = new_version(A, 3, START + DAY, ["Two"])
    (claim,) = store.claim("w", START + DAY, LEASE, limit=1, only=[A])
    store.commit([result(claim, START + DAY, Outcome.CHANGED, versions=(again, changed))])
    assert [version.cause for version in store.versions(A)] == [Cause.FIRST, Cause.RE_EXTRACTED, Cause.CHANGED]
    assert store.states()[0].version == 3
    assert store.comparison(A, 2) is None


def test_seeing_the_same_again_moves_last_seen_and_nothing_else(store: Store) -> None:
    """Good checks without a new version extend the latest; bad ones do not."""
    made = new_version(A, 1, START, ["One."])
    checked(store, A, START, made)
    (claim,) = store.claim("w", START + DAY, LEASE, limit=1, only=[A])
    store.commit([result(claim, START + DAY, Outcome.NOT_MODIFIED)])
    assert store.latest(A) == replace(made.version, last_seen=START + DAY)
    (claim,) = store.claim("w", START + 2 * DAY, LEASE, limit=1, only=[A])
    store.commit([result(claim, START + 2 * DAY, Outcome.BLOCKED, reason=Reason.BOT_WALL)])
    assert store.latest(A) == replace(made.version, last_seen=START + DAY)


def test_an_upgrade_without_a_change_is_seen_now(store: Store) -> None:
    """An unchanged check that re-extracted: the new latest version carries the day's sighting."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    again = new_version(A, 2, START, ["One"], cause=Cause.RE_EXTRACTED)
    (claim,) = store.claim("w", START + DAY, LEASE, limit=1, only=[A])
    store.commit([result(claim, START + DAY, Outcome.UNCHANGED, versions=(again,))])
    assert store.latest(A) == replace(again.version, last_seen=START + DAY)
    assert store.versions(A)[0].last_seen == START


def test_failures_count_checks_without_a_good_outcome_in_a_row(store: Store) -> None:
    """Failed, blocked and suspect count up, a good one sets to zero; `last_good` stays where it was."""
    seen = []
    for day, outcome in enumerate(
        (Outcome.FAILED, Outcome.BLOCKED, Outcome.SUSPECT, Outcome.UNCHANGED, Outcome.FAILED)
    ):
        (claim,) = store.claim("w", START + day * DAY, LEASE, limit=1, only=[A])
        store.commit([result(claim, START + day * DAY, outcome)])
        state = store.states()[0]
        seen.append((state.failures, state.last_good))
        assert state.outcome is outcome
        assert state.last_check == START + day * DAY
    good = START + 3 * DAY
    assert seen == [(1, None), (2, None), (3, None), (0, good), (1, good)]


def test_no_validators_means_keep_the_old_ones(store: Store) -> None:
    """Empty `pages` leave what is there; others replace it."""
    kept = checked(store, A, START).pages
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    store.commit([result(claim, START, Outcome.BLOCKED)])
    assert store.states()[0].pages == kept
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    two = (
        PageState("https://b.example/2", "1" * 64, quick="q", rendered=True),
        PageState("https://a.example/1", "2" * 64, None, "Sun", "k"),
    )
    store.commit([result(claim, START, pages=two)])
    assert store.states()[0].pages == two


def test_a_page_that_is_not_what_its_hash_says_is_refused(store: Store) -> None:
    """Evidence with a wrong hash never gets in."""
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    forged = replace(capture("x", START), sha256="0" * 64)
    with pytest.raises(StoreError, match="SHA-256"):
        store.commit([result(claim, START, Outcome.BLOCKED, captures=(forged,))])
    assert store.ledger(A) == []


def test_a_batch_is_all_or_nothing(store: Store) -> None:
    """The last result's fault takes back the first one's version, alert and ledger line."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    one, two = store.claim("w", START + DAY, LEASE, limit=2, only=[A, B])
    good = result(one, START + DAY, Outcome.CHANGED, versions=(with_alert(new_version(A, 2, START + DAY, ["Two."])),))
    bad = result(two, START + DAY, Outcome.CHANGED, versions=(new_version(B, 7, START + DAY, ["x"]),))
    with pytest.raises(StoreError):
        store.commit([good, bad])
    assert store.deliveries() == []
    assert [version.number for version in store.versions()] == [1]
    store.commit([good])
    assert len(store.deliveries()) == 1


def test_an_empty_commit_is_fine(store: Store) -> None:
    """Nothing to write is no fault."""
    store.commit([])
    store.release([])
    store.record_deliveries([])
    assert (store.versions(), store.deliveries()) == ([], [])


# --- ledger and captures -----------------------------------------------------------------------------------------


def test_same_outcomes_in_a_row_are_one_ledger_line(store: Store) -> None:
    """Folded by outcome, reason and detail; another outcome in between begins a new line. Newest first."""
    said = [
        (Outcome.UNCHANGED, None, None),
        (Outcome.UNCHANGED, None, None),
        (Outcome.FAILED, Reason.TIMEOUT, "after 30 s"),
        (Outcome.FAILED, Reason.TIMEOUT, "after 31 s"),
        (Outcome.UNCHANGED, None, None),
    ]
    for day, (outcome, reason, detail) in enumerate(said):
        (claim,) = store.claim("w", START + day * DAY, LEASE, limit=1, only=[A])
        store.commit([result(claim, START + day * DAY, outcome, reason=reason, detail=detail)])
    lines = store.ledger(A)
    assert [(line.outcome, line.detail, line.count) for line in lines] == [
        (Outcome.UNCHANGED, None, 1),
        (Outcome.FAILED, "after 31 s", 1),
        (Outcome.FAILED, "after 30 s", 1),
        (Outcome.UNCHANGED, None, 2),
    ]
    assert (lines[-1].since, lines[-1].until) == (START, START + DAY)
    assert lines[1].reason is Reason.TIMEOUT
    assert store.ledger(A, 2) == lines[:2]
    assert store.ledger(B) == store.ledger("no/such") == []


def test_a_raw_page_is_kept_once_and_told_with_its_newest_headers(store: Store) -> None:
    """The same bytes seen twice: one body; `capture` answers with the later fetch."""
    for day, tag in enumerate(("old", "new")):
        page = capture("wall", START + day * DAY, headers=(("ETag", tag),))
        (claim,) = store.claim("w", START + day * DAY, LEASE, limit=1, only=[A])
        store.commit([result(claim, START + day * DAY, Outcome.BLOCKED, captures=(page,))])
    assert store.capture(page.sha256) == page
    with pytest.raises(UsageError, match="no page"):
        store.capture("0" * 64)


def test_any_bytes_come_back(store: Store) -> None:
    """Bodies are bytes: none, every value, incompressible."""
    import hashlib
    import random

    for body in (b"", bytes(range(256)) * 40, random.Random(7).randbytes(70_000)):
        page = capture("x", START, body=body, sha256=hashlib.sha256(body).hexdigest())
        (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
        store.commit([result(claim, START, Outcome.BLOCKED, captures=(page,))])
        assert store.capture(page.sha256).body == body


# --- reading -----------------------------------------------------------------------------------------------------


def test_what_does_not_exist_is_told_apart(store: Store) -> None:
    """No version is None or empty; a document that is asked for by a wrong number is a usage error."""
    assert store.latest(A) is None
    assert store.versions(A) == store.versions("no/such") == []
    assert store.facts(A, 1) == ()
    assert store.comparison(A, 1) is None
    with pytest.raises(UsageError, match="no version 1"):
        store.document(A, 1)


def test_versions_of_all_sources_come_by_source_then_number(store: Store) -> None:
    """One list for all: by id, oldest first in each."""
    for key, when in ((B, START), (A, START + DAY)):
        checked(store, key, when, new_version(key, 1, when, ["One."]))
        checked(store, key, when, new_version(key, 2, when, ["Two."]))
    assert [(one.source_id, one.number) for one in store.versions()] == [(A, 1), (A, 2), (B, 1), (B, 2)]


def test_same_text_at_two_vendors_keeps_each_ones_own_document(store: Store) -> None:
    """Documents of equal fingerprint may differ in title: each comes back as its own."""
    for key, title in ((A, "Ours"), (B, "Theirs")):
        made = new_version(key, 1, START, ["The same."])
        checked(store, key, START, replace(made, document=replace(made.document, title=title)))
    assert [store.document(key, 1).title for key in (A, B)] == ["Ours", "Theirs"]


@pytest.fixture
def history(store: Store) -> Store:
    """Changes of two vendors on two days, of several topics and weights."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    checked(store, B, START, new_version(B, 1, START, ["One."]))
    checked(store, A, START + timedelta(hours=6))
    grave = change(Topic.RETENTION, Severity.HIGH, Topic.AI)
    checked(
        store, A, START + DAY, new_version(A, 2, START + DAY, ["A"], changes=[grave, change(Topic.AI, Severity.INFO)])
    )
    light = change(Topic.CONTACT, Severity.LOW)
    checked(store, B, START + DAY, new_version(B, 2, START + DAY, ["B"], changes=[light]))
    checked(
        store, A, START + 2 * DAY, new_version(A, 3, START + 2 * DAY, ["C"], changes=[change(Topic.AI, Severity.LOW)])
    )
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ChangeQuery(), [(A, 3, 0), (A, 2, 0), (B, 2, 0), (A, 2, 1)]),
        (ChangeQuery(limit=2), [(A, 3, 0), (A, 2, 0)]),
        (ChangeQuery(topic=Topic.AI), [(A, 3, 0), (A, 2, 0), (A, 2, 1)]),
        (ChangeQuery(topic=Topic.AI, limit=1), [(A, 3, 0)]),
        (ChangeQuery(topic=Topic.AI, severity=Severity.HIGH), [(A, 2, 0)]),
        (ChangeQuery(severity=Severity.LOW), [(A, 3, 0), (A, 2, 0), (B, 2, 0)]),
        (ChangeQuery(source_id=B), [(B, 2, 0)]),
        (ChangeQuery(vendor="bOLT"), [(B, 2, 0)]),
        (ChangeQuery(source_id=A, version=2), [(A, 2, 0), (A, 2, 1)]),
        (ChangeQuery(since=START + 2 * DAY), [(A, 3, 0)]),
        (ChangeQuery(topic=Topic.CHILDREN), []),
        (ChangeQuery(limit=0), []),
    ],
)
def test_changes_are_filtered_and_ordered(
    history: Store, query: ChangeQuery, expected: list[tuple[str, int, int]]
) -> None:
    """Newest first, then gravest; a topic finds every change that is also about it."""
    assert [(one.source_id, one.version, one.position) for one in history.changes(query)] == expected


def test_a_vendor_is_found_whatever_the_case(store: Store) -> None:
    """Also beyond ASCII, and as it is called now."""
    store.sync_sources([source(A, vendor="Öko Größe")], START)
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    checked(store, A, START, new_version(A, 2, START, ["Two."], changes=[change()]))
    assert [one.vendor for one in store.changes(ChangeQuery(vendor="ÖKO GRÖSSE"))] == ["Öko Größe"]
    assert store.changes(ChangeQuery(vendor="Acme")) == []


def test_a_change_is_stated_as_an_interval(history: Store) -> None:
    """Last seen before at the last good check, first seen after at the new version; with vendor and address."""
    (found,) = history.changes(ChangeQuery(source_id=A, version=2, severity=Severity.HIGH))
    assert (found.seen_before, found.seen_after) == (START + timedelta(hours=6), START + DAY)
    assert (found.vendor, found.document, found.url) == (
        "Acme",
        DocumentType.PRIVACY_POLICY,
        "https://acme.example/privacy",
    )
    assert found.change == change(Topic.RETENTION, Severity.HIGH, Topic.AI)


# --- search ------------------------------------------------------------------------------------------------------


def test_search_finds_the_versions_that_a_passage_stood_in(store: Store) -> None:
    """A text is indexed when it appears and closed when it vanishes; what came back is a second passage."""
    texts = [["Données are kept.", "Stays."], ["Stays."], ["Stays.", "Données are kept."]]
    for number, blocks in enumerate(texts, 1):
        checked(store, A, START, new_version(A, number, START, blocks))
    hits = store.search("donnees", 9)
    assert {(hit.since, hit.until) for hit in hits} == {(1, 1), (3, None)}
    assert {(hit.source_id, hit.vendor, hit.section, hit.text) for hit in hits} == {
        (A, "Acme", ("Retention",), "Données are kept.")
    }
    assert {hit.snippet for hit in hits} == {"\u27e6Données\u27e7 are kept."}
    (stays,) = store.search("stays", 9)
    assert (stays.since, stays.until) == (1, None)


def test_all_words_must_be_there_and_the_best_comes_first(store: Store) -> None:
    """Words are joined by "and"; `limit` cuts the worst."""
    long = "Retention of accounts and much else besides, told at length, for as long as the law demands it."
    checked(store, A, START, new_version(A, 1, START, [long, "Account retention retention", "Accounts retention"]))
    assert [hit.text for hit in store.search("accounts RETENTION", 9)] == ["Accounts retention", long]
    assert len(store.search("retention", 2)) == 2
    assert store.search("accounts nowhere", 9) == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        '"',
        '""',
        "AND",
        "a AND",
        "NOT x",
        "text:kept",
        "kept*",
        "^kept",
        "(",
        "NEAR(a b)",
        "{a}:b",
        "-",
        "\0",
        "' OR 1",
    ],
)
def test_any_text_is_a_valid_query(store: Store, query: str) -> None:
    """Operators of the index are words like any other."""
    checked(store, A, START, new_version(A, 1, START, ["We kept it."]))
    assert len(store.search(query, 9)) == (query in {"kept*", "^kept"})


def test_a_query_of_any_length_is_answered(store: Store) -> None:
    """A whole page pasted as query neither fails nor hangs."""
    words = [f"word{number}" for number in range(3000)]
    checked(store, A, START, new_version(A, 1, START, [" ".join(words)]))
    assert len(store.search(" ".join(words), 9)) == 1


def test_a_page_cannot_forge_the_marks(store: Store) -> None:
    """Brackets of the text are not those of the excerpt."""
    checked(store, A, START, new_version(A, 1, START, ["\u27e6Sure\u27e7 we kept it"]))
    assert [hit.snippet for hit in store.search("kept", 1)] == ["[Sure] we \u27e6kept\u27e7 it"]


def test_a_text_twice_on_a_page_is_one_passage(store: Store) -> None:
    """Repeated blocks (buttons, boilerplate) are indexed once."""
    checked(store, A, START, new_version(A, 1, START, ["Read more", "Read more"]))
    assert len(store.search("read more", 9)) == 1


# --- outbox ------------------------------------------------------------------------------------------------------


@pytest.fixture
def outbox(store: Store) -> Store:
    """One alert to two targets and another one a day later."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    for number in (2, 3):
        when = START + (number - 1) * DAY
        made = with_alert(new_version(A, number, when, [f"Text {number}."]), ["mailto:a@example.org", "json://hook"])
        checked(store, A, when, made)
    return store


def alerts(parcels: Sequence[Post]) -> list[Parcel]:
    """Those that carry an alert: all of them, here."""
    assert all(isinstance(parcel, Parcel) for parcel in parcels)
    return [parcel for parcel in parcels if isinstance(parcel, Parcel)]


def test_a_parcel_says_all_that_its_message_says(outbox: Store) -> None:
    """Delivery, alert, source, both versions, the alert's changes, the comparison."""
    (parcel,) = alerts(outbox.claim_deliveries(START + DAY, LEASE, limit=1))
    assert parcel.version == outbox.versions(A)[1]
    assert parcel.previous == outbox.versions(A)[0]
    assert parcel.source == source(A)
    assert parcel.comparison == outbox.comparison(A, 2)
    assert parcel.changes == parcel.comparison.changes[:1]
    assert parcel.alert.key == parcel.delivery.alert_key
    assert outbox.parcel(parcel.delivery.key) == parcel


def test_deliveries_are_given_out_oldest_first_and_once(outbox: Store) -> None:
    """Not before their time, the oldest first, and to nobody else before the lease ends."""
    assert outbox.claim_deliveries(START, LEASE, limit=9) == []
    first = outbox.claim_deliveries(START + 2 * DAY, LEASE, limit=3)
    assert [parcel.alert.version for parcel in alerts(first)] == [2, 2, 3]
    assert len(outbox.claim_deliveries(START + 2 * DAY, LEASE, limit=9)) == 1
    assert len(outbox.claim_deliveries(START + 2 * DAY + LEASE, LEASE, limit=9)) == 4


def test_the_result_of_a_delivery_is_written_and_ends_its_lease(outbox: Store) -> None:
    """Sent ones are never due again; one to retry is due at its next try."""
    sent, retry = (parcel.delivery for parcel in outbox.claim_deliveries(START + DAY, LEASE, limit=9))
    moment = START + DAY + timedelta(seconds=5)
    sent = replace(sent, state=DeliveryState.SENT, attempts=1, sent_at=moment)
    retry = replace(retry, attempts=1, next_try=moment, last_error="451 busy")
    outbox.record_deliveries(one for one in (sent, retry))
    assert outbox.deliveries(DeliveryState.SENT) == [sent]
    assert [parcel.delivery for parcel in outbox.claim_deliveries(moment, LEASE, limit=9)] == [retry]
    assert {one.created_at for one in outbox.deliveries()[:2]} == {START + 2 * DAY}


def test_recording_is_all_or_nothing(outbox: Store) -> None:
    """A delivery that is not there takes the others' results back."""
    one, _ = (parcel.delivery for parcel in outbox.claim_deliveries(START + DAY, LEASE, limit=9))
    ghost = replace(one, key="ghost")
    with pytest.raises(StoreError, match="ghost"):
        outbox.record_deliveries([replace(one, state=DeliveryState.SENT), ghost])
    assert outbox.deliveries(DeliveryState.SENT) == []


def test_a_group_comes_together_even_beyond_the_limit(store: Store) -> None:
    """All of one digest to one target; other targets, other subscribers and loose ones do not come with it."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    for number in (2, 3, 4):
        made = new_version(A, number, START + timedelta(minutes=number), [f"Text {number}."])
        made = with_alert(made, ["mailto:a@example.org", "json://hook"], group="daily")
        checked(store, A, START, with_alert(made, ["mailto:a@example.org"], who="other", group="daily"))
    seen = []
    while parcels := store.claim_deliveries(START + DAY, LEASE, limit=1):
        assert [parcel.alert.version for parcel in alerts(parcels)] == [2, 3, 4]
        (pair,) = {(parcel.delivery.subscriber, parcel.delivery.target) for parcel in parcels}
        seen.append(pair)
    assert sorted(seen) == [
        ("other", "mailto:a@example.org"),
        ("team", "json://hook"),
        ("team", "mailto:a@example.org"),
    ]


def test_a_parcel_is_found_by_the_start_of_its_key(outbox: Store) -> None:
    """Any unambiguous start will do; none and several are told apart."""
    key = outbox.deliveries()[0].key
    assert outbox.parcel(key[:12]).delivery.key == key
    with pytest.raises(UsageError, match="several"):
        outbox.parcel("")
    with pytest.raises(UsageError, match="no such"):
        outbox.parcel("%")


def test_an_alert_goes_to_a_target_once(store: Store) -> None:
    """The same alert to the same target twice is refused, whatever its key, and with it the whole commit."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    made = with_alert(new_version(A, 2, START, ["Two."]))
    twice = replace(made, deliveries=(*made.deliveries, replace(made.deliveries[0], key="another")))
    with pytest.raises(StoreError):
        checked(store, A, START, twice)
    assert store.latest(A) == store.versions(A)[0]


# --- opening again -----------------------------------------------------------------------------------------------


def test_everything_is_there_when_it_is_opened_again(store: Store, opener: Opener) -> None:
    """Closing loses nothing; closing twice does no harm."""
    made = with_alert(new_version(A, 2, START, ["Two."]))
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    checked(store, A, START, made)
    store.close()
    store.close()
    again = opener(True)
    assert again.latest(A) == made.version
    assert again.document(A, 2) == document("Two.")
    assert again.deliveries() == list(made.deliveries)


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_the_leases_of_a_run_that_died_end_when_the_next_one_begins(store: Store, opener: Opener) -> None:
    """Whoever may write is alone: what was claimed before is free, and the old claim is lost."""
    checked(store, A, START, new_version(A, 1, START, ["One."]))
    checked(store, A, START, with_alert(new_version(A, 2, START, ["Two."])))
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[B])
    store.claim_deliveries(START, LEASE, limit=9)
    store.close()
    again = opener(True)
    assert [one.source_id for one in again.claim("w", START, LEASE, limit=1, only=[B])] == [B]
    assert len(again.claim_deliveries(START, LEASE, limit=9)) == 1
    with pytest.raises(LeaseLost):
        again.commit([result(claim, START)])


def test_a_store_open_for_reading_refuses_to_write(store: Store, opener: Opener) -> None:
    """Every writing method says so; reading goes on beside a writer."""
    reader = opener(False)
    made = new_version(A, 1, START, ["One."])
    done = checked(store, A, START, made)
    assert reader.latest(A) == made.version
    writing: list[Callable[[], object]] = [
        lambda: reader.sync_sources([], START),
        lambda: reader.claim("w", START, LEASE, limit=1),
        lambda: reader.commit([done]),
        lambda: reader.release([done.claim]),
        lambda: reader.claim_deliveries(START, LEASE, limit=1),
        lambda: reader.record_deliveries([]),
    ]
    for write in writing:
        with pytest.raises(StoreError, match="open for reading"):
            write()


def test_moments_of_any_zone_are_the_same_moment(store: Store) -> None:
    """Times go in with their zone and come out as UTC, to the microsecond; without a zone they are refused."""
    from datetime import timezone

    when = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    (claim,) = store.claim("w", START, LEASE, limit=1, only=[A])
    store.commit([result(claim, when)])
    assert store.states()[0].last_check == when
    with pytest.raises(ValueError, match="no time zone"):
        store.claim("w", datetime(2026, 1, 1), LEASE, limit=1)  # noqa: DTZ001 - that is the fault
