"""A source fails, a page is removed, nobody runs it: who hears of it, by the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.codec import instant

PAGE = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep your "
    "personal data for {months} months after the end of the contract, then we delete it.</p><h2>Rights</h2><p>"
    + "We process personal data only on the instructions of our customers and as the law demands. " * 8
    + "</p></main></html>"
)
OPS = '[operator]\nto = ["mailto:ops@example.org"]\nafter_failures = 2\n'
TEAM = '[[subscriber]]\nname = "team"\nto = ["mailto:team@example.org"]\nmin_severity = "high"\n'
SOURCE = '[[source]]\nid = "{0}/privacy"\nvendor = "{0}"\ndocument = "privacy-policy"\nurl = "{1}"\n'


@pytest.fixture
def later(tmp_path: Path) -> Callable[[timedelta], None]:
    """Let time go by: every moment that the store remembers of its sources moves back."""

    def move(length: timedelta) -> None:
        connection = sqlite3.connect(tmp_path / "history.db")
        with connection:
            for key, *moments, health in connection.execute(
                "SELECT id, last_check, last_good, next_due, health FROM sources"
            ).fetchall():
                moved = [one and instant(datetime.fromisoformat(one) - length) for one in moments]
                kept = json.loads(health) if health else None
                for name in ("failing_since", "told", "gone_since", "removed"):
                    if kept and kept[name]:
                        kept[name] = instant(datetime.fromisoformat(kept[name]) - length)
                connection.execute(
                    "UPDATE sources SET last_check = ?, last_good = ?, next_due = ?, health = ? WHERE id = ?",
                    (*moved, json.dumps(kept) if kept else None, key),
                )
        connection.close()

    return move


def subjects(post: Any) -> list[tuple[str, str]]:
    """Who got what, in order; then the box is empty."""
    found = [(to.partition("@")[0], str(message["Subject"])) for to, message in post.letters]
    post.letters.clear()
    return found


def test_a_failing_source_is_told_once_then_its_recovery(
    site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path], later: Callable[[timedelta], None]
) -> None:
    """Two failures: one mail. Two more: none. A week: one reminder. Good again: one mail. Exit code 3 meanwhile."""
    configure(OPS + SOURCE.format("acme", f"{site.url}/p"), mail_port=post.port)
    site.put("/p", PAGE.format(months=12))
    assert run("check").code == 0
    site.status["/p"] = 500
    codes = [run("check", "--force").code for _ in range(4)]
    assert codes == [3, 3, 3, 3]
    assert subjects(post) == [("ops", "[failing] acme privacy policy: http-status (2 checks)")]
    later(timedelta(days=7))
    run("check", "--force")
    assert subjects(post) == [("ops", "[failing] acme privacy policy: http-status (5 checks)")]
    site.status.clear()
    assert run("check", "--force").code == 0
    assert run("check", "--force").code == 0
    assert subjects(post) == [("ops", "[source recovered] acme privacy policy after 7 days")]
    assert {one["about"] for one in json.loads(run("deliveries", "list", "--json").out)} == {"notice"}


def test_forty_sources_that_fail_together_are_one_mail(
    post: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """The network is down: one mail that names the cause, the number and where to look."""
    sources = "".join(SOURCE.format(f"v{n}", f"http://127.0.1.{n + 1}:1/p") for n in range(40))
    configure(OPS + sources, mail_port=post.port)
    run("check")
    assert subjects(post) == []
    assert run("check", "--force").code == 3
    ((_, message),) = post.letters
    assert message["Subject"] == "[failing] 40 sources failing: connect"
    text = message.get_body(("plain",)).get_content()
    assert "On 40 hosts at once" in text
    assert "and 15 more: clausewatch status --failing" in text


@pytest.mark.parametrize("status", [404, 410])
def test_a_removed_page_is_one_alert_and_no_change(
    status: int,
    site: Any,
    post: Any,
    run: Callable[..., Any],
    configure: Callable[..., Path],
    later: Callable[[timedelta], None],
) -> None:
    """Three answers over a day: one alert to subscriber and operator, the version stands. Back: told, and compared."""
    configure(OPS + TEAM + SOURCE.format("acme", f"{site.url}/p"), mail_port=post.port)
    site.put("/p", PAGE.format(months=12))
    run("check")
    site.status["/p"] = status
    for wait in (0, 12, 12, 24, 24):
        later(timedelta(hours=wait))
        assert run("check", "acme/privacy").code == 3
    removed = sorted(
        (to, subject.partition(" since ")[0]) for to, subject in subjects(post) if "[page removed]" in subject
    )
    said = "[page removed] acme privacy policy, gone"
    assert removed == [("ops", said), ("team", said)]
    assert [one["version"] for one in json.loads(run("history", "--json").out)] == [1]
    assert json.loads(run("status", "--json").out)["sources"][0]["removed_at"]
    site.status.clear()
    site.put("/p", PAGE.format(months=36))
    assert run("check", "acme/privacy").code == 0
    assert sorted(subjects(post)) == [
        ("ops", "[source recovered] acme privacy policy after 3 days"),
        ("team", "[high] acme privacy policy: retention 12 -> 36 months"),
        ("team", "[page is back] acme privacy policy after 3 days"),
    ]


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_page_that_is_kept_from_us_is_not_removed(
    status: int,
    site: Any,
    post: Any,
    run: Callable[..., Any],
    configure: Callable[..., Path],
    later: Callable[[timedelta], None],
) -> None:
    """401, 403 and 451: blocked, the version stands, the subscribers hear nothing."""
    configure(TEAM + SOURCE.format("acme", f"{site.url}/p"), mail_port=post.port)
    site.put("/p", PAGE.format(months=12))
    run("check")
    site.status["/p"] = status
    for _ in range(4):
        later(timedelta(hours=12))
        assert run("check", "acme/privacy").code == 3
    (state,) = json.loads(run("status", "--json").out)["sources"]
    assert (state["outcome"], state["reason"], state["version"]) == ("blocked", "http-status", 1)
    assert (state["removed_at"], subjects(post)) == (None, [])
    assert json.loads(run("deliveries", "list", "--json").out) == []


def test_without_an_operator_the_run_itself_says_it(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """Five failures in a row: the last lines of the run name the source and what to write; status lists it."""
    configure(SOURCE.format("acme", f"{site.url}/p") + SOURCE.format("bolt", f"{site.url}/q"))
    site.put("/p", PAGE.format(months=12))
    ran = [run("check", "--force") for _ in range(5)]
    assert all("failing:" not in one.err for one in ran[:4])
    assert "failing: bolt/privacy: failed, gone, 5 checks in a row, last good never" in ran[4].err
    assert "nobody is told of this: name somebody in [operator]" in ran[4].err
    failing = run("status", "--failing")
    assert "bolt/privacy" in failing.out
    assert "acme/privacy" not in failing.out
    assert "5 checks in a row" in failing.out


def test_the_operator_can_be_tried(post: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """`subscribers test operator` sends a sample now, and leaves nothing behind."""
    configure(OPS + SOURCE.format("acme", "http://127.0.0.1:1/p"), mail_port=post.port)
    tried = run("subscribers", "test", "operator")
    assert (tried.code, "mailto:ops@example.org: sent" in tried.err) == (0, True)
    assert subjects(post) == [("ops", "[failing] Sample (this is a test) privacy policy: timeout (1 check)")]
    assert run("deliveries", "list").code == 2


def test_a_sample_that_is_refused_is_no_case_for_the_operator(
    run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """Who tries an address sees it at once; nobody else is woken."""
    told = TEAM.replace("mailto:team@example.org", "json://127.0.0.1:1/hook")
    configure(OPS.replace("mailto:ops@example.org", "console:") + told + SOURCE.format("acme", "http://127.0.0.1:1/p"))
    tried = run("subscribers", "test", "team")
    assert (tried.code, tried.out) == (1, "")


def test_one_page_of_several_that_is_gone_is_named(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """A document of two pages: the reason says which of them it was."""
    both = SOURCE.replace('url = "{1}"', 'urls = ["{1}/a", "{1}/b"]').format("acme", site.url)
    configure(both)
    site.put("/a", PAGE.format(months=12))
    run("check")
    (state,) = json.loads(run("status", "--json").out)["sources"]
    assert state["detail"] == f"{site.url}/b: the server answered with status 404"


def test_the_dead_mans_switch(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path], later: Callable[[timedelta], None]
) -> None:
    """No store: 2. Fine: 0. A source not good: 1. Nobody runs it: 1. One line each, whichever it is."""
    configure(SOURCE.format("acme", f"{site.url}/p") + SOURCE.format("bolt", f"{site.url}/q"))
    missing = run("status", "--max-age", "2d")
    assert (missing.code, "there is no store yet; run `clausewatch check` first" in missing.err) == (2, True)
    for path in ("/p", "/q"):
        site.put(path, PAGE.format(months=12))
    run("check")
    fine = run("status", "--max-age", "2d")
    assert (fine.code, fine.out.count("\n"), fine.out.startswith("fine: none of 2 sources")) == (0, 1, True)
    site.status["/q"] = 500
    later(timedelta(days=3))
    run("check")
    ill = run("status", "--max-age", "2d")
    assert (ill.code, ill.out) == (
        1,
        "1 source without a good check for 2d: bolt/privacy (last good 3d ago, http-status)\n",
    )
    later(timedelta(days=3))
    silent = run("status", "--max-age", "2d")
    assert silent.code == 1
    assert silent.out == "nobody runs clausewatch: the last check of any source was 3d ago (allowed: 2d)\n"
    stale = json.loads(run("status", "--max-age", "2d", "--json").out)["stale"]
    assert (stale["nobody_runs_it"], stale["max_age"]) == (True, "PT172800S")
    assert stale["unchecked"] == ["acme/privacy", "bolt/privacy"]
    assert run("status", "--max-age", "two days").code == 2
    assert run("status", "acme/privacy", "--max-age", "2d").code == 2


def test_an_empty_store_is_not_fine(run: Callable[..., Any], tmp_path: Path, configure: Callable[..., Path]) -> None:
    """Sources that were all taken out: nothing is watched, and the switch says so."""
    configure(SOURCE.format("acme", "http://127.0.0.1:1/p"))
    run("check", "--no-deliver")
    connection = sqlite3.connect(tmp_path / "history.db")
    with connection:
        connection.execute("UPDATE sources SET active = 0")
    connection.close()
    found = run("status", "--max-age", "2d")
    assert (found.code, found.out.startswith("nothing is watched")) == (1, True)


def test_a_page_that_has_moved_is_watched_and_told(
    run: Callable[..., Any], configure: Callable[..., Path], httpserver: Any
) -> None:
    """301 twice: status and its JSON name the new address, the history goes on."""
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data(
        PAGE.format(months=12), content_type="text/html", headers={"ETag": '"1"'}
    )
    configure(SOURCE.format("acme", httpserver.url_for("/old")))
    run("check")
    assert json.loads(run("status", "--json").out)["sources"][0]["moved_to"] is None
    run("check", "--force")
    shown = run("status")
    assert f"moved to {httpserver.url_for('/new')} (clausewatch sources fix acme/privacy)" in shown.out
    assert "1 moved for good" in shown.err
    assert json.loads(run("status", "--json").out)["sources"][0]["moved_to"] == httpserver.url_for("/new")


def test_a_notice_is_shown_as_it_was_sent(
    site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """`deliveries show` prints the words, and as JSON every field."""
    configure(OPS + SOURCE.format("acme", f"{site.url}/gone"), mail_port=post.port)
    for _ in range(2):
        run("check", "--force")
    (one,) = json.loads(run("deliveries", "list", "--json").out)
    assert (one["subscriber"], one["state"], one["about"]) == ("operator", "sent", "notice")
    shown = run("deliveries", "show", one["id"][:8])
    assert "Source failing: gone" in shown.out
    assert "clausewatch status acme/privacy" in shown.out
    notice = json.loads(run("deliveries", "show", one["id"], "--json").out)["notice"]
    assert (notice["kind"], notice["source"], notice["reason"], notice["count"]) == (
        "failing",
        "acme/privacy",
        "gone",
        2,
    )
