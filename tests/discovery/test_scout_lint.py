"""Sources as they are now: every kind of remark has a page that earns it, and a sound source earns none."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer
from vendor_sites import Web
from werkzeug import Response

from storage.model import DocumentType, ExtractRules, Source
from watcher.scout.lint import Grade, lint
from watcher.scout.moves import find_moves
from watcher.scout.reading import Desk
from watcher.worker import plain_manner


def _source(name: str, url: str, document: str = "privacy-policy", **options: str) -> Source:
    rules = ExtractRules(select=tuple(filter(None, [options.get("select")])), language=options.get("language"))
    return Source(f"acme/{name}", "Acme", DocumentType(document), (url,), rules=rules)


def _kinds(desk: Desk, *sources: Source) -> list[list[tuple[str, Grade]]]:
    return [[(one.kind, one.grade) for one in found.remarks] for found in lint(desk, sources, plain_manner)]


def test_a_sound_source_earns_no_remark(web: Web, desk: Desk) -> None:
    """A privacy policy in the language that is configured, and a list of sub-processors of few words."""
    root = web.sites["rekenmeer"].root
    policy = _source("privacy", f"{root}/privacystatement", language="nl")
    assert _kinds(desk, policy, _source("list", f"{root}/subverwerkers", "subprocessors")) == [[], []]


@pytest.mark.parametrize(
    ("path", "options", "kind", "grade"),
    [
        ("/legal/privacy", {"language": "nl"}, "other-language", Grade.ERROR),
        ("/legal/privacy", {"document": "terms"}, "other-type", Grade.WARNING),
        ("/legal/privacy", {"select": ".nothing"}, "selector-missing", Grade.ERROR),
        ("/legal/archive/privacy-2022-01-01", {}, "older-version", Grade.WARNING),
        ("/privacy", {}, "moved", Grade.WARNING),
        ("/nowhere", {}, "gone", Grade.ERROR),
        ("/privacy-policy", {}, "redirect", Grade.ERROR),
    ],
)
def test_each_fault_has_its_remark(
    web: Web, desk: Desk, path: str, options: dict[str, str], kind: str, grade: Grade
) -> None:
    """One fault, one remark of its kind and grade."""
    source = _source("x", f"{web.sites['quillhaven'].root}{path}", **options)
    assert _kinds(desk, source) == [[(kind, grade)]]


def test_pages_that_scripts_fill_are_told_to_escalate(web: Web, desk: Desk) -> None:
    """A shell under fetcher "http" says which fetcher to set; the document was not had."""
    (found,) = lint(desk, [_source("home", f"{web.sites['dokterlink'].root}/")], plain_manner)
    assert found.remarks[0].kind == "client-rendered"
    assert 'fetcher = "auto"' in found.remarks[0].text
    assert not found.had


def test_a_selector_that_matches_nothing_is_no_page_that_cannot_be_had(web: Web, desk: Desk) -> None:
    """The page was there: it is the configuration that is wrong."""
    (found,) = lint(desk, [_source("x", f"{web.sites['quillhaven'].root}/legal/privacy", select=".no")], plain_manner)
    assert found.had
    assert found.worst is Grade.ERROR


def test_the_same_text_under_two_ids_is_told_of_the_second(web: Web, desk: Desk) -> None:
    """Whoever came first in the configuration is named."""
    root = web.sites["quillhaven"].root
    first, second = _source("one", f"{root}/legal/privacy"), _source("two", f"{root}/legal/privacy/")
    assert _kinds(desk, first, second) == [[], [("moved", Grade.WARNING), ("duplicate", Grade.ERROR)]]


def test_a_short_text_is_told(httpserver: HTTPServer, desk: Desk) -> None:
    """A policy of fifty words may be the beginning of one."""
    text = "We process personal data of our customers to perform our contract with them. " * 4
    body = f"<html lang='en'><title>Privacy policy</title><h1>Privacy policy</h1><p>{text}</p></html>"
    httpserver.expect_request("/p").respond_with_data(body, content_type="text/html")
    assert [kind for kind, _ in _kinds(desk, _source("x", httpserver.url_for("/p")))[0]] == ["short-text"]


def test_moves_are_found_and_confirmed(web: Web, desk: Desk) -> None:
    """A permanent redirect to the document becomes its new address; one that another source watches does not."""
    root = web.sites["quillhaven"].root
    moved, other = _source("moved", f"{root}/terms", "terms"), _source("other", f"{root}/legal/cookies", "cookies")
    fixes = find_moves(desk, [moved, other], [moved, other], plain_manner)
    assert [(move.old, move.new) for fix in fixes for move in fix.moves] == [(f"{root}/terms", f"{root}/legal/terms")]
    taken = _source("taken", f"{root}/legal/terms", "terms")
    (refused,) = find_moves(desk, [moved], [moved, taken], plain_manner)
    assert refused.moves == ()
    assert "acme/taken watches" in (refused.problem or "")


@pytest.mark.parametrize(
    ("status", "target", "reason"),
    [(302, "/doc", None), (301, "/", None), (301, "/nothing", "404"), (301, "/wall", "bot-wall")],
)
def test_what_is_no_move_is_not_fixed(
    httpserver: HTTPServer, web: Web, desk: Desk, status: int, target: str, reason: str | None
) -> None:
    """A redirect for now, one to the home page, one to nothing and one to a wall leave the address as it is."""
    site = web.sites["rekenmeer"]
    text = site.answer(site.data["host"], "/privacystatement")[2]
    httpserver.expect_request("/old").respond_with_response(Response(status=status, headers={"Location": target}))
    for path in ("/doc", "/"):
        httpserver.expect_request(path).respond_with_data(text, content_type="text/html")
    wall = "<title>Just a moment...</title><h1>Just a moment...</h1><p>Checking your browser before accessing.</p>"
    httpserver.expect_request("/wall").respond_with_data(wall, content_type="text/html")
    httpserver.expect_request("/nothing").respond_with_data("no", status=404)
    source = _source("x", httpserver.url_for("/old"))
    (fix,) = find_moves(desk, [source], [source], plain_manner)
    assert fix.moves == ()
    assert (reason or "") in (fix.problem or "")


def test_hosts_are_asked_at_the_same_time_and_each_by_one(web: Web, desk: Desk) -> None:
    """The order of the sources is kept whatever is done first."""
    paths = {"quillhaven": "/legal/privacy", "rekenmeer": "/privacystatement", "bergfalke": "/datenschutz/"}
    sources = [_source(name, f"{web.sites[name].root}{path}") for name, path in paths.items()]
    seen: list[str] = []
    found = lint(desk, sources, plain_manner, done=lambda source: seen.append(source.id))
    assert [one.source.id for one in found] == [source.id for source in sources]
    assert sorted(seen) == sorted(source.id for source in sources)
