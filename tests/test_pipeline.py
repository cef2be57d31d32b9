"""One check from what was fetched to what is committed, on a real store and without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import (
    Capture,
    Cause,
    CheckResult,
    DocumentType,
    ExtractRules,
    Outcome,
    PageRules,
    Parcel,
    Reason,
    Source,
    Subscriber,
    Target,
    Verdict,
)
from storage.protocol import Store
from watcher import pipeline
from watcher.fetcher import FetchFailure, NotModified, SameBody
from watcher.job import Candidate, Fetched, Job

URL = "https://vendor.example/privacy"
SOURCE = Source("vendor/privacy", "Vendor", DocumentType.PRIVACY_POLICY, (URL,), rules=ExtractRules(language="en"))
TEAM = Subscriber("team", (Target("mailto:team@example.org"),))
DAY = timedelta(days=1)
FILLER = (
    "We process personal data only for the purposes that are described in this policy, and we ask our suppliers to do "
    "the same. Everyone who works for us has signed a confidentiality agreement. "
) * 5
WALL = (
    "<html><title>Just a moment...</title><body><h1>Checking your browser</h1><p>Please complete the security check to "
    "continue. Verify you are human.</p></body></html>"
)


def policy(months: int = 12, *, token: str = "a", aside: str = "") -> str:
    """A policy of our own; `token` is page machinery, `aside` an extra paragraph in a box."""
    return (
        f'<html lang=en><head><title>Privacy policy</title><meta name=csrf content="{token}"></head><body>'
        f'<nav><a href="/?sid={token}">Home</a></nav><main><h1>Privacy policy</h1><h2>Retention</h2>'
        f"<p>We keep the personal data in your account for {months} months after you close it.</p>"
        f"<h2>Your rights</h2><p>You have the right of access to your personal data. {FILLER}</p>"
        f'<div class="extra"><p>{aside or "We answer every question about this policy by e-mail."}</p></div>'
        "</main></body></html>"
    )


class World:
    """A store, a moment that moves on, and a way to run one check."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.source = SOURCE
        store.sync_sources([SOURCE], now)

    def capture(self, text: str, url: str = URL, **headers: str) -> Capture:
        """A page as it would have been fetched now."""
        body = text.encode()
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        digest = hashlib.sha256(body).hexdigest()
        return Capture(url, url, self.now, 200, named, "text/html", "utf-8", digest, body)

    def check(self, *fetched: Fetched | str, second: Fetched | str | None = None) -> CheckResult:
        """Run one check a day after the last, with `second` as the answer of the confirming fetch, and commit it."""
        self.now += DAY
        (claim,) = self.store.claim("test", self.now, timedelta(hours=1), limit=1, only=[self.source.id])
        pages = [self.capture(page) if isinstance(page, str) else page for page in fetched]
        outcome = pipeline.examine(Job(self.source, claim, (TEAM,), self.now), pages, self.store, self.now)
        if isinstance(outcome, Candidate):
            again = None if second is None else [self.capture(second) if isinstance(second, str) else second]
            outcome = pipeline.settle(outcome, again, self.now)
        self.store.commit([outcome])
        return outcome

    def numbers(self) -> list[tuple[int, Cause, Verdict | None]]:
        """The versions there are."""
        return [(each.number, each.cause, each.verdict) for each in self.store.versions(self.source.id)]


@pytest.fixture
def world(tmp_path: Path, now: datetime) -> Iterator[World]:
    """A fresh store with one source."""
    store = open_store(str(tmp_path / "history.db"), write=True)
    yield World(store, now)
    store.close()


def test_the_first_text_is_a_version_that_alerts_nobody(world: World) -> None:
    """There is nothing to compare a first text with."""
    result = world.check(policy())
    assert result.outcome is Outcome.FIRST
    assert world.numbers() == [(1, Cause.FIRST, None)]
    assert world.store.deliveries() == []
    assert world.store.facts(SOURCE.id, 1)


def test_a_change_is_a_version_with_its_alert_in_one_commit(world: World) -> None:
    """30 words of policy, one number: told with both wordings and the interval."""
    world.check(policy(12))
    result = world.check(policy(36))
    assert (result.outcome, result.versions[0].version.verdict) == (Outcome.CHANGED, Verdict.MATERIAL)
    (delivery,) = world.store.deliveries()
    parcel = world.store.parcel(delivery.key)
    assert isinstance(parcel, Parcel)
    assert "12 months" in (parcel.changes[0].before or "")
    assert "36 months" in (parcel.changes[0].after or "")
    assert parcel.previous is not None
    assert parcel.previous.last_seen < parcel.version.first_seen


def test_page_machinery_makes_no_version(world: World) -> None:
    """Another token, another session in a link: unchanged, and the check is on the ledger."""
    world.check(policy(token="a"))
    result = world.check(policy(token="b"))
    assert (result.outcome, result.noise, result.versions) == (Outcome.UNCHANGED, True, ())
    assert world.numbers() == [(1, Cause.FIRST, None)]
    assert world.store.versions(SOURCE.id)[0].last_seen == world.now


def test_the_same_bytes_and_a_304_are_settled_without_reading(world: World) -> None:
    """Equal bytes are unchanged and not noise; a 304 is its own outcome; both move `last seen`."""
    world.check(policy())
    same = world.check(policy())
    assert (same.outcome, same.noise) == (Outcome.UNCHANGED, False)
    vouched = world.check(NotModified(URL, world.now))
    assert vouched.outcome is Outcome.NOT_MODIFIED
    assert world.store.versions(SOURCE.id)[0].last_seen == world.now


def test_validators_come_from_good_pages_only(world: World) -> None:
    """The ETag of a wall is never sent: it would make the wall look unchanged."""
    world.check(world.capture(policy(), ETag='"good"', Last_Modified="Sun, 01 Mar 2026 09:00:00 GMT"))
    world.check(world.capture(WALL, ETag='"wall"'))
    (state,) = world.store.states()
    assert [(page.etag, page.last_modified) for page in state.pages] == [('"good"', "Sun, 01 Mar 2026 09:00:00 GMT")]


def test_a_validator_that_lied_is_never_sent_again(world: World) -> None:
    """H30: another text under the same ETag and date (seen with `--force`): neither vouches for the page any more."""
    tags = {"ETag": 'W/"1"', "Last_Modified": "Sun, 01 Mar 2026 09:00:00 GMT"}
    world.check(world.capture(policy(12), **tags))
    assert world.check(world.capture(policy(36), **tags)).outcome is Outcome.CHANGED
    same = SameBody(URL, world.now, etag='W/"1"', last_modified="Sun, 01 Mar 2026 09:00:00 GMT")
    for fetched in (world.capture(policy(36), **tags), same, world.capture(policy(48), ETag='"2"')):
        (state,) = world.store.states()
        assert [(page.etag, page.last_modified) for page in state.pages] == [("", "")]
        world.check(fetched)
    (state,) = world.store.states()
    assert [(page.etag, page.last_modified) for page in state.pages] == [("", "")]


def test_a_tag_may_stay_while_machinery_changes(world: World) -> None:
    """H30: that is what a weak ETag is for; the text was the same, so it told no lie."""
    for token in "ab":
        world.check(world.capture(noisy(12, token), ETag='W/"1"'))
    (state,) = world.store.states()
    assert [page.etag for page in state.pages] == ['W/"1"']
    world.check(world.capture(noisy(24, "c"), ETag='W/"2"'))
    (state,) = world.store.states()
    assert [page.etag for page in state.pages] == ['W/"2"']


def test_another_tag_over_the_same_text_is_no_change(world: World) -> None:
    """H30: the ETag differs and the body does not, or in nothing that is read: the hash of the text decides."""
    world.check(world.capture(policy(12), ETag='"1"'))
    for page in (policy(12), policy(12).replace("<p>", "<p class=new>")):
        result = world.check(world.capture(page, ETag='"2"'))
        assert (result.outcome, result.versions) == (Outcome.UNCHANGED, ())
    assert len(world.store.versions(SOURCE.id)) == 1


def test_a_wall_is_held_and_the_return_compared_with_the_last_good_text(world: World) -> None:
    """A bot wall with status 200 is no version and no alert; what changed behind it is told afterwards."""
    world.check(policy(12))
    held = world.check(WALL)
    assert (held.outcome, held.reason, held.versions) == (Outcome.BLOCKED, Reason.BOT_WALL, ())
    assert world.store.capture(held.captures[0].sha256).body == WALL.encode()
    back = world.check(policy(24))
    assert back.versions[0].version.number == 2
    assert [change.before for change in back.versions[0].comparison.changes if "12 months" in (change.before or "")]  # type: ignore[union-attr]


def test_another_language_is_held_until_the_configuration_asks_for_it(world: World) -> None:
    """A page in another language is suspect; once a person says that this is its language, it is the document."""
    dutch = (
        "<html lang=nl><head><title>Privacyverklaring</title></head><body><main><h1>Privacyverklaring</h1>"
        "<h2>Bewaartermijn</h2><p>Wij bewaren uw persoonsgegevens twaalf maanden na het einde van de overeenkomst. "
        + "Wij verwerken persoonsgegevens alleen voor de doelen die in deze verklaring staan. " * 12
        + "</p><h2>Uw rechten</h2><p>U hebt recht op inzage in uw persoonsgegevens.</p></main></body></html>"
    )
    world.check(policy())
    for _ in range(3):
        assert world.check(dutch).reason is Reason.OTHER_LANGUAGE
    world.source = replace(SOURCE, rules=ExtractRules(language="nl"))
    assert world.check(dutch).outcome is Outcome.CHANGED
    assert world.store.versions(SOURCE.id)[-1].language == "nl"


def test_a_change_that_a_second_fetch_does_not_confirm_waits(world: World) -> None:
    """A text that is seen once is suspect; seen again the next time, it is a version."""
    world.check(policy(12))
    doubtful = world.check(policy(36), second=policy(12))
    assert (doubtful.outcome, doubtful.reason) == (Outcome.SUSPECT, Reason.UNCONFIRMED)
    assert world.numbers() == [(1, Cause.FIRST, None)]
    assert world.check(policy(36), second=policy(36, token="z")).outcome is Outcome.CHANGED
    assert [verdict for _, _, verdict in world.numbers()] == [None, Verdict.MATERIAL]


def test_a_counter_that_never_stands_still_hides_no_change(world: World) -> None:
    """Page machinery that differs between the two fetches does not keep a material change from being confirmed."""
    world.check(policy(12, aside="1,201 views"))
    result = world.check(
        policy(36, aside="1,377 views"),
        second=policy(36, aside="1,378 views"),
    )
    assert (result.outcome, result.versions[0].version.verdict) == (Outcome.CHANGED, Verdict.MATERIAL)


def test_wording_that_changes_with_every_fetch_hides_no_change_and_is_none(world: World) -> None:
    """A box that rotates editorially: no version and no doubt by itself, and a material change beside it is told."""
    boxes = ["Need help? Contact us.", "Need help? Please contact us.", "Need help? Please, contact us."]
    world.check(policy(12, aside=boxes[0]))
    calm = world.check(policy(12, aside=boxes[1]), second=policy(12, aside=boxes[2]))
    assert (calm.outcome, calm.noise, calm.versions) == (Outcome.UNCHANGED, True, ())
    result = world.check(policy(36, aside=boxes[1]), second=policy(36, aside=boxes[2]))
    assert (result.outcome, result.versions[0].version.verdict) == (Outcome.CHANGED, Verdict.MATERIAL)


def test_a_page_that_shows_two_meanings_in_turn_stays_in_doubt(world: World) -> None:
    """12 months, 36 months, 12 months: which one holds cannot be known, so neither is told as a change."""
    world.check(policy(12))
    assert world.check(policy(36), second=policy(24)).reason is Reason.UNCONFIRMED
    assert world.check(policy(36), second=policy(12)).reason is Reason.UNCONFIRMED
    assert world.check(policy(36), second=WALL).reason is Reason.UNCONFIRMED


def test_a_confirming_fetch_that_fails_confirms_nothing(world: World) -> None:
    """The second look must show the text, not an error."""
    world.check(policy(12))
    down = FetchFailure(URL, Reason.HTTP_STATUS, "503", transient=True, status=503)
    assert world.check(policy(36), second=down).reason is Reason.UNCONFIRMED


def test_our_upgrade_is_not_the_vendors_change(world: World) -> None:
    """New rules read the stored page anew: a re-extracted version, no alert, also when the vendor changed nothing."""
    world.check(policy(12))
    world.source = replace(SOURCE, rules=replace(SOURCE.rules, remove=(".extra",)))
    result = world.check(policy(12, token="b"))
    assert result.outcome is Outcome.UNCHANGED
    assert world.numbers() == [(1, Cause.FIRST, None), (2, Cause.RE_EXTRACTED, None)]
    assert world.store.deliveries() == []
    assert "by e-mail" not in str(world.store.document(SOURCE.id, 2))


def test_a_change_in_the_run_of_an_upgrade_is_still_told_alone(world: World) -> None:
    """The vendor's change is compared with the re-extracted text, so that our part of the difference stays silent."""
    world.check(policy(12))
    world.source = replace(SOURCE, rules=replace(SOURCE.rules, remove=(".extra",)))
    result = world.check(policy(36))
    assert [cause for _, cause, _ in world.numbers()] == [Cause.FIRST, Cause.RE_EXTRACTED, Cause.CHANGED]
    comparison = result.versions[-1].comparison
    assert comparison is not None
    assert all("by e-mail" not in f"{change.before}{change.after}" for change in comparison.changes)
    assert len(world.store.deliveries()) == 1


def test_new_rules_are_not_asked_for_conditionally(world: World) -> None:
    """A 304 would hide what the new rules see."""
    world.check(world.capture(policy(), ETag='"good"'))
    (claim,) = world.store.claim("test", world.now, DAY, limit=1, only=[SOURCE.id])
    assert pipeline.conditional_state(SOURCE, claim)[URL].etag == '"good"'
    changed = replace(SOURCE, rules=replace(SOURCE.rules, select=("main",)))
    assert pipeline.conditional_state(changed, claim) == {}


def test_a_failure_keeps_the_version_and_says_why(world: World) -> None:
    """503 with Retry-After: the last good version stands, the source is asked again when the server wishes."""
    world.check(policy())
    down = FetchFailure(URL, Reason.RATE_LIMITED, "HTTP 503", transient=True, status=503, retry_after=7200.0)
    result = world.check(down)
    assert (result.outcome, result.next_due - world.now) == (Outcome.FAILED, timedelta(hours=2))
    (state,) = world.store.states()
    assert (state.reason, state.failures, state.version) == (Reason.RATE_LIMITED, 1, 1)
    assert state.last_good == world.now - DAY


def test_a_selector_that_matches_nothing_is_no_empty_version(world: World) -> None:
    """The page is kept, the reason names the selector."""
    world.source = replace(SOURCE, rules=ExtractRules(select=("#gone",)))
    result = world.check(policy())
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.SELECTOR_MISSING)
    assert "#gone" in (result.detail or "")
    assert world.numbers() == []


def test_a_document_of_two_pages_is_one_version_and_needs_both(world: World) -> None:
    """All parts or nothing."""
    urls = (URL, "https://vendor.example/privacy-2")
    world.source = replace(SOURCE, urls=urls)
    world.store.sync_sources([world.source], world.now)
    more = f"<html lang=en><main><h2>Cookies</h2><p>We set cookies only with your consent. {FILLER}</p></main></html>"
    world.check(world.capture(policy()), world.capture(more, urls[1]))
    assert world.store.document(SOURCE.id, 1).blocks[-2].text == "Cookies"
    missing = FetchFailure(urls[1], Reason.GONE, "HTTP 404", transient=False, status=404)
    assert world.check(world.capture(policy(36)), missing).outcome is Outcome.FAILED
    assert len(world.numbers()) == 1


def test_each_page_of_a_document_is_read_by_its_own_rules(world: World) -> None:
    """And the same pages again are unchanged: the text is known under the rules of the whole document."""
    urls = (URL, "https://vendor.example/annex")
    own = (PageRules(select=("main",)), PageRules(select=("table",)))
    world.source = replace(SOURCE, urls=urls, rules=ExtractRules(pages=own))
    world.store.sync_sources([world.source], world.now)
    assert world.store.sources()[0].rules.pages == own
    table = "<table><tr><th>Name</th></tr><tr><td>Northwind</td></tr></table>"
    annex = f"<main><h1>Annex</h1><p>Not ours. {FILLER}</p>{table}</main>"
    pages = world.capture(policy()), world.capture(annex, urls[1])
    assert world.check(*pages).outcome is Outcome.FIRST
    assert [block.text for block in world.store.document(SOURCE.id, 1).blocks][-1] == "Northwind"
    assert world.check(*pages).outcome is Outcome.UNCHANGED
    assert world.check(pages[0], world.capture(annex.replace("ours", "hers"), urls[1])).outcome is Outcome.UNCHANGED
    gone = world.check(pages[0], world.capture(annex.replace(table, "<p>No list today.</p>"), urls[1]))
    assert gone.reason is Reason.SELECTOR_MISSING


def test_a_page_that_breaks_the_program_fails_alone_with_its_bytes_kept(world: World) -> None:
    """What is left of the check names the error's type and keeps the evidence."""
    world.now += DAY
    (claim,) = world.store.claim("test", world.now, DAY, limit=1, only=[SOURCE.id])
    page = world.capture(policy())
    result = pipeline.broken(Job(SOURCE, claim, (), world.now), [page], RecursionError("deep"), world.now)
    world.store.commit([result])
    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.INTERNAL)
    assert "RecursionError" in (result.detail or "")
    assert world.store.capture(page.sha256).body == page.body


def noisy(months: int, token: str) -> str:
    """A policy of more than a hundred words, in a page that carries a token of this one answer."""
    long = "We process personal data for the purposes that are described in this policy and for no other. " * 10
    return (
        policy(months)
        .replace("<main>", f'<script nonce="{token}">"{token}"</script><main>')
        .replace("</main>", f"<p>{long}</p></main>")
    )


def test_a_page_that_differs_where_nobody_reads_is_settled_unread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another nonce: unchanged and noise without a parser, remembered, and the next change is still told."""
    world.check(noisy(12, "a"))
    with monkeypatch.context() as patch:
        patch.setattr("watcher.stages.InProcess.read", None)
        for token in "bc":
            result = world.check(world.capture(noisy(12, token), ETag=f'"{token}"'))
            assert (result.outcome, result.noise, result.versions) == (Outcome.UNCHANGED, True, ())
        assert world.check(noisy(12, "c")).noise is False
    (state,) = world.store.states()
    assert [page.etag for page in state.pages] == [None]
    assert world.check(noisy(24, "d")).outcome is Outcome.CHANGED


def test_a_page_with_little_to_see_is_read_each_time(world: World) -> None:
    """Its text may stand in its scripts, which the quick fingerprint leaves out."""
    short = (
        "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><p>We keep personal data for 12 "
        "months after the contract has ended.</p><h2>Your rights</h2><p>You have the right of access to your personal "
        "data, and the right to have it rectified or erased. You may object to the processing and withdraw your "
        "consent at any time. The controller answers within one month.</p></main></html>"
    )
    assert world.check(short).outcome is Outcome.FIRST
    (state,) = world.store.states()
    assert [page.quick for page in state.pages] == [""]


def test_new_rules_make_no_use_of_an_old_fingerprint(world: World) -> None:
    """What nobody read under the rules of then may be read under those of now."""
    world.check(noisy(12, "a"))
    world.source = replace(SOURCE, rules=replace(SOURCE.rules, remove=(".extra",)))
    world.check(noisy(12, "b"))
    assert [cause for _, cause, _ in world.numbers()] == [Cause.FIRST, Cause.RE_EXTRACTED]
