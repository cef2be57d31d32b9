"""Notices on their way: what is given up is told by another target, what went out together comes back together."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from delivery_samples import Office, working
from notifier_samples import MOMENT, SOURCE

from notifier.deliver import DeliverSettings, deliver
from notifier.mail import MailSettings
from notifier.route import tell_operator, tell_subscribers
from storage.connect import open_store
from storage.model import (
    OPERATOR,
    Cadence,
    CheckResult,
    DeliveryState,
    Notice,
    NoticeKind,
    Operator,
    Outcome,
    Posting,
    Reason,
    Source,
    Subscriber,
    Target,
)
from storage.protocol import Store

ALICE, OPS = "mailto:alice@example.org", "mailto:ops@example.org"


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server of the test's own."""
    with working(Office()) as handler:
        yield handler


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file."""
    opened = open_store(tmp_path / "history.db", write=True)
    yield opened
    opened.close()


def draft(number: int, kind: NoticeKind = NoticeKind.FAILING) -> Notice:
    """A notice about one of many sources."""
    return Notice(
        key=f"{kind}|{number}",
        kind=kind,
        subscriber="",
        created_at=MOMENT,
        source_id=f"acme/p{number}",
        outcome=Outcome.FAILED,
        reason=Reason.DNS,
        count=5,
        since=MOMENT - timedelta(days=1),
    )


def commit(store: Store, *postings: Posting) -> None:
    """One failed check of each source that the notices are about."""
    found = {posting.notice.source_id: posting for posting in postings}
    known = [replace(SOURCE, id=key, urls=(f"https://{key.replace('/', '.')}.example/",)) for key in found if key]
    store.sync_sources(known, MOMENT)
    claims = store.claim("w", MOMENT, timedelta(hours=1), limit=len(known), only=[one.id for one in known])
    store.commit(
        [
            CheckResult(
                claim, Outcome.FAILED, MOMENT, MOMENT + timedelta(days=1), 0.1, postings=(found[claim.source_id],)
            )
            for claim in claims
        ]
    )


def settings(office: Office, operator: Operator, *others: str, dead_ends: bool = False) -> DeliverSettings:
    """Settings in which each target stands for itself."""
    targets = {target.template for target in operator.targets} | set(others)
    port = 1 if dead_ends else office.port
    return DeliverSettings(
        mail=MailSettings(f"smtp+insecure://127.0.0.1:{port}", "clausewatch <alerts@example.org>"),
        targets={target: target for target in targets},
        operator=operator,
    )


def to(*templates: str) -> Operator:
    """An operator with these targets."""
    return Operator(tuple(Target(template) for template in templates))


def test_notices_of_one_run_are_one_mail_and_keep_their_name_over_a_retry(store: Store, office: Office) -> None:
    """Greylisted, the twelve come due together, and go out under the same Message-ID."""
    operator = to(OPS)
    commit(store, *[posting for n in range(12) for posting in tell_operator(operator, draft(n), "notices:1")])
    office.refuse["ops@example.org"] = "451 4.7.1 come back later"
    report = deliver(store, settings(office, operator), lambda: MOMENT)
    assert (report.failed, report.sent, office.letters) == (12, 0, [])
    tries = {delivery.next_try for delivery in store.deliveries()}
    assert len(tries) == 1
    office.refuse.clear()
    later = tries.pop()
    assert deliver(store, settings(office, operator), lambda: later).sent == 12
    (letter,) = office.letters
    assert letter["Subject"] == "[failing] 12 sources failing: dns"
    assert letter["X-Clausewatch-Severity"] == "medium"
    assert letter["Auto-Submitted"] == "auto-generated"


def test_the_same_message_has_the_same_name_whenever_it_is_sent(store: Store, office: Office, tmp_path: Path) -> None:
    """Sent, not recorded (the process died), sent again: the same Message-ID."""
    operator = to(OPS)
    commit(store, *[posting for n in range(3) for posting in tell_operator(operator, draft(n), "notices:1")])

    class Dying:
        """A store that dies before it records."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def record_deliveries(self, *_: object) -> None:
            raise KeyboardInterrupt

    dying: Any = Dying()
    with pytest.raises(KeyboardInterrupt):
        deliver(dying, settings(office, operator), lambda: MOMENT)
    assert deliver(store, settings(office, operator), lambda: MOMENT + timedelta(hours=1)).sent == 3
    first, second = office.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_what_is_given_up_is_told_by_another_target_in_the_same_run(store: Store, office: Office) -> None:
    """550 for one of two recipients: the other is served, and the operator hears which target it was, and why."""
    team = Subscriber("team", (Target("mailto:gone@example.org"), Target(ALICE)))
    commit(store, *tell_subscribers([team], SOURCE, draft(0, NoticeKind.PAGE_REMOVED)))
    office.refuse["gone@example.org"] = "550 5.1.1 no such user"
    operator = to(OPS, "console:")
    console = io.StringIO()
    report = deliver(
        store, settings(office, operator, "mailto:gone@example.org", ALICE), lambda: MOMENT, console=console
    )
    assert (report.sent, report.dead) == (3, 1)
    assert [str(letter["To"]) for letter in office.letters] == ["alice@example.org", "ops@example.org"]
    assert office.letters[1]["Subject"] == "[message given up] for team, mailto:gone@example.org"
    assert "550 5.1.1 no such user" in console.getvalue()
    assert {one.subscriber for one in store.deliveries(DeliveryState.SENT)} == {"team", OPERATOR}
    assert deliver(store, settings(office, operator), lambda: MOMENT + timedelta(days=9)).sent == 0


def test_a_target_that_gave_up_is_not_told_of_it_by_itself(store: Store, office: Office) -> None:
    """The operator's own mailbox is gone: chat says so; when that is gone too, it ends there."""
    operator = to(OPS, "mailto:second@example.org")
    commit(store, *tell_operator(operator, draft(0), "notices:1"))
    office.refuse["ops@example.org"] = "550 no such user"
    report = deliver(store, settings(office, operator), lambda: MOMENT)
    assert (report.sent, report.dead) == (2, 1)
    assert [str(letter["To"]) for letter in office.letters] == ["second@example.org"] * 2
    office.refuse["second@example.org"] = "550 no such user"
    commit(store, *tell_operator(operator, draft(1), "notices:2"))
    report = deliver(store, settings(office, operator), lambda: MOMENT)
    assert (report.sent, report.dead) == (0, 4)
    assert store.deliveries(DeliveryState.PENDING) == []
    assert len(store.deliveries(DeliveryState.DEAD)) == 5


def test_without_an_operator_nothing_is_posted(store: Store, office: Office) -> None:
    """What is given up stays in the list of the dead, which `status` counts."""
    commit(store, *tell_subscribers([Subscriber("team", (Target(ALICE),))], SOURCE, draft(0, NoticeKind.PAGE_REMOVED)))
    office.refuse["alice@example.org"] = "550 no"
    assert deliver(store, settings(office, Operator(), ALICE), lambda: MOMENT).dead == 1
    assert len(store.deliveries()) == 1


def test_what_waits_for_three_days_is_given_up_and_told_by_what_works(store: Store, office: Office) -> None:
    """The mail server is down for good: nothing is lost before 72 hours, then the console says so once."""
    commit(store, *tell_subscribers([Subscriber("team", (Target(ALICE),))], SOURCE, draft(0, NoticeKind.PAGE_REMOVED)))
    operator, console, moment = to("console:"), io.StringIO(), MOMENT
    for _ in range(40):
        deliver(store, settings(office, operator, ALICE, dead_ends=True), partial(latest, [moment]), console=console)
        if store.deliveries(DeliveryState.DEAD):
            break
        assert console.getvalue() == ""
        moment = max(delivery.next_try for delivery in store.deliveries(DeliveryState.PENDING))
    assert moment - MOMENT >= timedelta(hours=72)
    assert console.getvalue().count("Message given up: mailto:alice@example.org") == 1


@pytest.mark.parametrize(("cadence", "hours"), [(Cadence.IMMEDIATE, 0), (Cadence.DAILY, 2)], ids=["immediate", "daily"])
def test_a_removed_page_is_told_at_the_subscribers_cadence(
    store: Store, office: Office, cadence: Cadence, hours: int
) -> None:
    """At once, or with the next digest; more than five pages at once are one message."""
    team = Subscriber("team", (Target(ALICE),), cadence=cadence)
    drafts = [draft(n, NoticeKind.PAGE_REMOVED) for n in range(7)]
    commit(store, *[posting for one in drafts for posting in tell_subscribers([team], site(one), one)])

    def clock() -> datetime:
        return MOMENT + timedelta(hours=hours)

    assert deliver(store, settings(office, Operator(), ALICE), lambda: MOMENT).sent == (0 if hours else 7)
    assert deliver(store, settings(office, Operator(), ALICE), clock).sent == (7 if hours else 0)
    (letter,) = office.letters
    assert letter["Subject"] == "[page removed] 7 pages removed"


def latest(moments: list[datetime]) -> datetime:
    """A clock that stands."""
    return moments[-1]


def site(one: Notice) -> Source:
    """The source that a notice is about."""
    return replace(SOURCE, id=one.source_id or "")
