"""The history over HTTP: what the commands print as JSON, page by page, with mementos, feeds and a calendar."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from storage.model import FACT_FIELDS, Deadline, DocumentType, DueDeadline
from watcher.cli import main
from watcher.programs import forms
from watcher.programs.catalogue import QUESTIONS
from watcher.programs.openapi import http_path
from watcher.report import contract

Asker = Callable[..., requests.Response]
SOURCE = "harrowmere/privacy"
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
# The answer of a path is what the command prints.
SAME = {
    "/api/sources": ["status"],
    f"/api/sources/{SOURCE}/versions": ["history", SOURCE],
    f"/api/sources/{SOURCE}/versions/2": ["show", f"{SOURCE}@2"],
    f"/api/sources/{SOURCE}/versions/2025-12-31": ["show", SOURCE],
    f"/api/sources/{SOURCE}/diff": ["diff", SOURCE],
    f"/api/sources/{SOURCE}/diff?old=1&new=3": ["diff", SOURCE, "1", "3"],
    "/api/changes": ["log"],
    "/api/changes?severity=info&topic=retention": ["log", "--severity", "info", "--topic", "retention"],
    "/api/search?query=data": ["search", "data"],
    "/api/facts?limit=1000": ["facts", "--all"],
    "/api/recipients": ["recipients"],
    "/api/recipients?past=true&limit=1000": ["recipients", "--all"],
    "/api/matrix": ["matrix"],
    "/api/matrix?types=retention&types=ai&at=2025-06-30": [
        *("matrix", "--type", "retention", "--type", "ai", "--at", "2025-06-30"),
    ],
}


def printed(store: Path, words: list[str]) -> Any:
    """What a command prints with --json."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        main(["--store", str(store), *words, "--json"])
    told = json.loads(out.getvalue())
    return told["sources"] if words == ["status"] else told


@pytest.mark.parametrize("path", list(SAME))
def test_the_answer_is_what_the_command_prints(get: Asker, history: Path, path: str) -> None:
    """Word for word."""
    answer = get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == printed(history, SAME[path])
    assert answer.json(), path


def test_every_question_is_described(get: Asker) -> None:
    """As valid OpenAPI 3.1, each with its path, and the described paths answer."""
    told = get("/api/openapi.json").json()
    validate(told)
    assert set(told["paths"]) == {http_path(question) for question in QUESTIONS}
    for path, methods in told["paths"].items():
        assert list(methods) == ["get"]
        asked = path.format(vendor="harrowmere", document="privacy", version="1")
        needed = [one["name"] for one in methods["get"]["parameters"] if one["in"] == "query" and one["required"]]
        query = "?" + "&".join(f"{name}=data" for name in needed) if needed else ""
        assert get(f"/api{asked}{query}").status_code == 200, path


def strictly(schema: Any) -> Any:
    """The schema, with every key forbidden that it does not name: what programs are told must be all there is."""
    if isinstance(schema, list):
        return [strictly(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if "properties" in schema else {}
    return {**closed, **{key: strictly(value) for key, value in schema.items()}}


@pytest.mark.parametrize(
    "path", [*SAME, f"/api/sources/{SOURCE}/ledger", "/api/changes?severity=info", "/api/evidence"]
)
def test_every_answer_has_the_form_that_is_described(get: Asker, path: str) -> None:
    """Every key with its type; nothing is missing, and nothing is there that is not told of."""
    told = strictly(get("/api/openapi.json").json())
    described = next(
        methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for known, methods in told["paths"].items()
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", f"/api{known}"), path.partition("?")[0])
    )
    answer = get(path).json()
    checker = Draft202012Validator({**described, "components": told["components"]}, format_checker=FormatChecker())
    assert [(one.json_path, one.message) for one in checker.iter_errors(answer)] == []
    assert answer


def test_a_deadline_has_the_form_that_is_described() -> None:
    """The played year ends without one."""
    counted = Deadline(NOW.date(), NOW.date(), stated=True, period="P30D", business=False, holidays="NL")
    due = DueDeadline(SOURCE, "H", DocumentType.DPA, "https://h.example/", 2, NOW, "New recipient: X", counted)
    checker = Draft202012Validator(strictly(forms.Deadline.model_json_schema()), format_checker=FormatChecker())
    told = contract.deadline_json(due)
    checker.validate(told)
    assert list(checker.iter_errors({**told, "more": 1}))
    assert list(checker.iter_errors({**told, "period": None}))


def test_the_fields_of_facts_are_described() -> None:
    """All that any kind of fact may have, and no other."""
    known = {name for names in FACT_FIELDS.values() for name in names}
    assert set(forms.Fact.model_fields) - {"type", "quote", "section"} == known


def test_pages_hold_everything_once(get: Asker) -> None:
    """A list that is followed by its links is the whole list."""
    whole = get("/api/facts?limit=1000").json()
    path, found = "/api/facts?limit=7", []
    while path:
        answer = get(path)
        assert len(answer.json()) <= 7
        found += answer.json()
        path = f"/api/facts{answer.links['next']['url']}" if "next" in answer.links else ""
    assert found == whole
    assert len(whole) > 14


def test_what_is_known_is_not_sent_again(get: Asker) -> None:
    """An ETag that is given back is answered with 304 and nothing."""
    first = get("/api/changes")
    again = get("/api/changes", If_None_Match=f'"other", W/{first.headers["ETag"]}')
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert get("/api/changes", If_None_Match='"other"').content == first.content


def test_a_head_is_an_answer_without_a_body(get: Asker) -> None:
    """Its headers are those of GET."""
    head, whole = get("/api/sources", "HEAD"), get("/api/sources")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(get: Asker, method: str) -> None:
    """Other methods are refused on every path."""
    paths = ["/api/openapi.json", "/api/changes.atom", "/feeds/deadlines.ics", f"/memento/timegate/{SOURCE}"]
    for path in paths + [f"/api{question.path}" for question in QUESTIONS if "{" not in question.path]:
        assert get(path, method).status_code == 405, path


FAULTS = {
    "/api/changes?limit=0&foo=1": (400, ["limit:", "foo: is not known"]),
    "/api/changes?limit=5&limit=6": (400, ["limit: is given 2 times"]),
    "/api/changes?since=yesterday": (400, ["since: is neither a day nor a time nor an age"]),
    "/api/changes?severity=awful": (400, ["severity:", "'high'"]),
    "/api/matrix?at=2025-02-30": (400, ["at: is no day"]),
    "/api/search": (400, ["query: Field required"]),
    "/api/search?query=%20": (400, ["query:"]),
    f"/api/sources/{SOURCE}/diff?source=x": (400, ["source: stands in the path"]),
    f"/api/sources/{SOURCE}/versions/99": (404, ["no version 99"]),
    f"/api/sources/{SOURCE}/diff?old=soon": (404, ["neither a version number nor a day"]),
    "/api/sources/harrowmere/privcy": (404, ['did you mean "harrowmere/privacy"']),
    "/api/recipients?vendor=Nobody": (404, ["no vendor 'Nobody'"]),
    "/api/changes.atom?limit=3&colour=blue": (400, ["colour: is not known", "limit: is not known"]),
    "/memento/timegate/https://nobody.example/": (404, ["nothing is watched"]),
    "/api/recipes": (404, ["there is no such question"]),
    f"/memento/2025/{SOURCE}": (400, ["is no time"]),
}


@pytest.mark.parametrize("path", list(FAULTS))
def test_a_bad_question_is_told_with_its_remedy(get: Asker, path: str) -> None:
    """As a problem of RFC 9457, all faults at once."""
    status, parts = FAULTS[path]
    answer = get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["status"] == status
    for part in parts:
        assert part in told["detail"], told["detail"]


def test_a_time_gate_leads_to_what_stood_then(get: Asker, history: Path) -> None:
    """By the id or by the address that is watched; RFC 7089."""
    versions = printed(history, ["history", SOURCE])
    address = next(one["url"] for one in printed(history, ["status"]) if one["source"] == SOURCE)
    for wanted in (SOURCE, address):
        gate = get(f"/memento/timegate/{wanted}", Accept_Datetime="Sun, 01 Jun 2025 12:00:00 GMT")
        assert (gate.status_code, gate.headers["Vary"]) == (302, "accept-datetime")
        stood = [one for one in versions if one["first_seen"] <= "2025-06-01T12:00:00Z"][-1]
        memento = get(gate.headers["Location"])
        assert memento.headers["Memento-Datetime"].endswith("GMT")
        assert memento.headers["Content-Type"].startswith("text/plain")
        shown = printed(history, ["show", f"{SOURCE}@{stood['version']}"])
        assert memento.text == "\n\n".join(block["text"] for block in shown["text"]) + "\n"
        assert memento.links["original"]["url"] == address
    assert get(f"/memento/timegate/{SOURCE}", Accept_Datetime="soon").status_code == 400


def test_a_time_map_lists_every_version(get: Asker, history: Path) -> None:
    """In link-format, each with its moment; the ends are named, and each leads to a memento."""
    answer = get(f"/memento/timemap/{SOURCE}")
    assert answer.headers["Content-Type"] == "application/link-format"
    lines = [line for line in answer.text.split(",\n") if 'memento"' in line]
    versions = printed(history, ["history", SOURCE])
    assert len(lines) == len(versions)
    assert ['rel="first memento"' in lines[0], 'rel="last memento"' in lines[-1]] == [True, True]
    for line in lines:
        assert get(line.split(">")[0][1:]).status_code == 200


def test_the_feed_and_the_calendar_are_valid(get: Asker) -> None:
    """Atom that parses with entries, iCalendar that parses; the feed is narrowed by what is asked."""
    feed = ET.fromstring(get("/api/changes.atom").content)
    few = ET.fromstring(get(f"/api/changes.atom?source={SOURCE}&severity=high").content)
    entries = [len(one.findall("{http://www.w3.org/2005/Atom}entry")) for one in (feed, few)]
    assert entries[0] > entries[1] > 0
    assert Calendar.from_ical(get("/feeds/deadlines.ics").content).name == "VCALENDAR"


WORDS = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([http_path(question) for question in QUESTIONS])
    | st.sampled_from(["/../memento/timegate/{document}", "/../memento/{version}/{vendor}/{document}"]),
    parts=st.tuples(WORDS, WORDS, WORDS),
    query=st.dictionaries(st.sampled_from(["limit", "offset", "since", "query", "at", "types", "old"]) | WORDS, WORDS),
)
def test_no_question_is_answered_with_a_crash(
    get: Asker, path: str, parts: tuple[str, str, str], query: dict[str, str]
) -> None:
    """Whatever is asked: an answer or a problem that says what is wrong."""
    vendor, document, version = (quote(part, safe="") for part in parts)
    asked = "&".join(f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in query.items())
    answer = get(f"/api{path.format(vendor=vendor, document=document, version=version)}?{asked}")
    assert answer.status_code in {200, 302, 304, 307, 400, 404}, answer.text
