"""Clocks that are wrong, zones that change, and what must not be told twice: rows N05, N06, N09, T01, T02."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

import watcher.cli
from watcher.cli import app

PAGE = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep your "
    "personal data for {months} months after the end of the contract, then we delete it.</p><h2>Rights</h2><p>"
    + "We process personal data only on the instructions of our customers and as the law demands. " * 8
    + "</p></main></html>"
)
SOURCE = '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{url}/p"\n'
TEAM = '[[subscriber]]\nname = "team"\nto = ["mailto:{to}"]\n'
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
Run = Callable[..., Any]


class Clock:
    """What every command takes for the time."""

    moment = NOW
    puts_back_at = 0

    def __call__(self) -> datetime:
        """Now, a second later at each look, or once two hours sooner."""
        self.moment += timedelta(seconds=1)
        if self.puts_back_at:
            self.puts_back_at -= 1
            self.moment -= 2 * HOUR if not self.puts_back_at else timedelta(0)
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the commands and of the fetcher, to be set."""
    made = Clock()
    for module in pkgutil.walk_packages(watcher.cli.__path__, "watcher.cli."):
        importlib.import_module(module.name)
    for name, loaded in list(sys.modules.items()):
        if name.startswith("watcher.cli") and getattr(loaded, "clock", None) is app.clock and loaded is not app:
            monkeypatch.setattr(loaded, "clock", made)
    monkeypatch.setattr(app, "clock", made)

    class Told(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # no zone is never asked for
            return made()

    monkeypatch.setattr("watcher.fetcher.http.datetime", Told)
    return made


@pytest.fixture
def watched(site: Any, post: Any, configure: Callable[..., Path]) -> Any:
    """One source, one subscriber, a first text."""
    configure(SOURCE.format(url=site.url) + TEAM.format(to="team@example.org"), mail_port=post.port)
    site.put("/p", PAGE.format(months=12))
    return site


def numbers(run: Run) -> list[int]:
    """The versions in the order in which they are told."""
    return [version["version"] for version in json.loads(run("history", "acme/privacy", "--json").out)]


def test_t01_the_order_is_that_of_the_record(watched: Any, post: Any, run: Run, clock: Clock) -> None:
    """Checked on days of 2028, 1970, 2038 and in between: five versions in the order in which they came, each told."""
    for months, moment in enumerate(
        (NOW, NOW + 400 * DAY, datetime(1970, 1, 2, tzinfo=UTC), datetime(2038, 1, 20, tzinfo=UTC), NOW + DAY), start=12
    ):
        clock.moment = moment
        watched.put("/p", PAGE.format(months=months * 3))
        done = run("check", "--force")
        assert done.code == 0, done.err
    assert sorted(numbers(run)) == [1, 2, 3, 4, 5]
    assert numbers(run) in ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
    told = [str(letter["Subject"]) for _, letter in post.letters]
    assert [subject.rpartition("-> ")[2].split()[0] for subject in told] == ["39", "42", "45", "48"]
    assert "36" in run("show", "acme/privacy@1").out
    assert "48 months" in run("diff", "acme/privacy", "4", "5").out
    assert run("verify").code == 0
    for words in ("log", "status", "deliveries list"):
        assert run(*words.split()).code == 0, words


def test_t01_a_clock_that_was_wrong_leaves_nobody_waiting(watched: Any, post: Any, run: Run, clock: Clock) -> None:
    """400 days ahead while the mail server was down, then right: checked and told at once; doctor says so."""
    assert run("check").code == 0
    clock.moment = NOW + 400 * DAY
    watched.put("/p", PAGE.format(months=36))
    assert run("check", "--no-deliver").code == 0
    clock.moment = NOW + HOUR
    assert "which is still to come" in run("doctor").out
    hits = watched.hits["/p"]
    assert run("check").code == 0
    assert watched.hits["/p"] == hits + 1, "not in a year"
    assert [to for to, _ in post.letters] == ["team@example.org"]
    clock.moment -= 2 * HOUR
    assert run("check").code == 0
    assert watched.hits["/p"] == hits + 1, "a clock set back by two hours makes nothing due"
    assert "which is still to come" not in run("doctor").out or clock.moment < NOW


@pytest.mark.parametrize("looks", [5, *(pytest.param(look, marks=pytest.mark.long) for look in (2, 3, 8, 11))])
def test_t01_a_clock_that_goes_back_in_mid_run(watched: Any, post: Any, run: Run, clock: Clock, looks: int) -> None:
    """Put back by two hours at any look: the run ends as any other, the alert goes, once."""
    assert run("check").code == 0
    watched.put("/p", PAGE.format(months=36))
    clock.moment = NOW + 2 * DAY
    clock.puts_back_at = looks
    assert run("check").code == 0
    assert clock.puts_back_at == 0, "it was put back"
    clock.moment = NOW + 3 * DAY
    assert run("check").code == 0
    assert len(post.letters) == 1
    assert run("verify").code == 0


DAYS = [
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # half an hour later Berlin's clock goes from 03:00 to 02:00
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # half an hour later it goes from 02:00 to 03:00
    datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),  # of week 53
]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set the zone of the machine; it is what it was at the end."""

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "start",
    [DAYS[0], *(pytest.param(day, marks=pytest.mark.long) for day in DAYS[1:])],
    ids=lambda day: f"{day:%Y-%m-%d}",
)
def test_t02_the_zone_of_the_machine_changes_nothing(
    watched: Any, run: Run, clock: Clock, zone: Callable[[str], None], start: datetime
) -> None:
    """Changes of the clocks, leap days, the turn of the year, another zone at each check: all UTC, asked once a day."""
    asked = []
    for hours, name in (
        (0, "Europe/Berlin"),
        (1, "America/Santiago"),
        (2, "Pacific/Auckland"),
        (25, "UTC"),
        (26, "UTC"),
    ):
        zone(name)
        clock.moment = start + hours * HOUR
        before = watched.hits["/p"]
        assert run("check").code == 0
        asked.append(watched.hits["/p"] > before)
    assert asked == [True, False, False, True, False]
    (state,) = json.loads(run("status", "--json").out)["sources"]
    last = datetime.fromisoformat(state["last_check"])
    assert state["last_check"].endswith("Z")
    assert timedelta(0) <= last - (start + 25 * HOUR) < timedelta(minutes=5)
    assert timedelta(0) < datetime.fromisoformat(state["next_due"]) - last <= DAY


def test_n05_the_same_change_is_told_once(watched: Any, post: Any, run: Run, clock: Clock, tmp_path: Path) -> None:
    """Found again by a rerun; found again after a backup from before it was restored: the same name, and a question."""
    assert run("check").code == 0
    assert run("backup", "before.db").code == 0
    watched.put("/p", PAGE.format(months=36))
    for _ in range(3):
        clock.moment += 2 * DAY
        assert run("check", "--force").code == 0
    assert len(post.letters) == 1
    refused = run("restore", "before.db")
    assert refused.code == 2
    assert "--hold" in refused.err
    assert "--send" in refused.err
    assert run("restore", "before.db", "--hold").code == 0
    assert run("check", "--force").code == 0
    names = {str(letter["Message-ID"]) for _, letter in post.letters}
    assert len(names) == 1, "a mail server or a reader knows it again"


def test_n06_there_and_back_and_there_again(watched: Any, post: Any, run: Run, clock: Clock) -> None:
    """A, B, A, B within the window of three days: B and the return are told once each; A and B again later are news."""
    told = []
    for months, wait in ((12, DAY), (36, DAY), (12, DAY), (36, 8 * DAY), (36, 8 * DAY), (12, DAY)):
        watched.put("/p", PAGE.format(months=months))
        run("check", "--force")
        told.append([str(letter["Subject"]) for _, letter in post.letters])
        post.letters.clear()
        clock.moment += wait
    assert [len(each) for each in told] == [0, 1, 1, 0, 1, 1]
    assert "12 -> 36 months" in told[1][0]
    assert "lapping" in told[2][0]
    assert "12 -> 36 months" in told[4][0]
    assert "36 -> 12 months" in told[5][0]


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\\nBcc: b@example.org",
        "a@example.org\\r\\nX: y",
        "jösé@exämple.org",
        "a" * 300 + "@example.org",
        "-oX@example.org",
        "a@example.org,b@example.org",
        "a@example.org?cc=b@example.org",
        "Team <a@example.org>",
        "\\u202ea@example.org",
    ],
)
def test_n09_an_address_that_is_none_is_refused(
    run: Run, configure: Callable[..., Path], site: Any, address: str
) -> None:
    """Refused with the configuration, with its line; nothing is asked for."""
    configure(SOURCE.format(url=site.url) + TEAM.format(to=address))
    done = run("check")
    assert (done.code, site.hits.total()) == (2, 0)
    assert "subscriber team: to" in done.err
    assert done.err.isprintable() or "\n" in done.err
    assert "\u202e" not in done.err
