"""The lines of the log."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from storage.model import CheckResult, Claim, DocumentType, Outcome, Reason, Source, SourceState
from watcher.journal import IntoLog, JsonLines, check_fields, log_check, stage
from watcher.loglines import TextLines

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SOURCE = Source("acme/privacy", "Acme", DocumentType.OTHER, ("https://acme.example/p",))
STATE = SourceState(
    SOURCE.id, "Acme", SOURCE.document, SOURCE.urls[0], True, None, None, None, None, None, NOW, 0, 0, ()
)  # fmt: skip
CLAIM = Claim(SOURCE.id, "token", NOW + timedelta(hours=1), STATE)


def result(outcome: Outcome, reason: Reason | None = None, detail: str | None = None) -> CheckResult:
    """A check that came to that."""
    return CheckResult(CLAIM, outcome, NOW, NOW + timedelta(days=1), 0.12345, reason, detail)


@pytest.mark.parametrize(
    ("outcome", "reason", "expected"),
    [
        (Outcome.FIRST, None, "compare"),
        (Outcome.CHANGED, None, "compare"),
        (Outcome.UNCHANGED, None, "extract"),
        (Outcome.NOT_MODIFIED, None, "fetch"),
        (Outcome.FAILED, Reason.DNS, "fetch"),
        (Outcome.BLOCKED, Reason.HTTP_STATUS, "fetch"),
        (Outcome.BLOCKED, Reason.BOT_WALL, "gate"),
        (Outcome.SUSPECT, Reason.UNCONFIRMED, "gate"),
        (Outcome.FAILED, Reason.SELECTOR_MISSING, "extract"),
    ],
)
def test_a_line_says_how_far_the_check_came(outcome: Outcome, reason: Reason | None, expected: str) -> None:
    """The stage follows from outcome and reason."""
    assert stage(result(outcome, reason)) == expected


def test_a_check_is_one_line_with_its_five_fields(caplog: pytest.LogCaptureFixture) -> None:
    """Source, stage, outcome, reason, seconds, in this order; a reason that is none is a dash."""
    with caplog.at_level(logging.INFO, "clausewatch"):
        log_check(SOURCE, result(Outcome.UNCHANGED))
        log_check(SOURCE, result(Outcome.FAILED, Reason.TIMEOUT, "no\nend"))
    assert [record.getMessage() for record in caplog.records] == [
        "source=acme/privacy stage=extract outcome=unchanged reason=- seconds=0.123",
        "source=acme/privacy stage=fetch outcome=failed reason=timeout seconds=0.123",
    ]


def test_as_json_a_line_is_a_line_whatever_the_vendor_says(caplog: pytest.LogCaptureFixture) -> None:
    """Line ends, escape sequences and marks of direction in a detail are escaped, and can be read back."""
    hostile = 'x"}\n{"event": "check"}\x1b[2J\u202e\u2028\ud800'
    with caplog.at_level(logging.INFO, "clausewatch"):
        log_check(SOURCE, result(Outcome.FAILED, Reason.TIMEOUT, hostile))
    line = JsonLines().format(caplog.records[0])
    assert line.isascii()
    assert line.isprintable()
    read = json.loads(line)
    assert (read["event"], read["level"], read["detail"]) == ("check", "info", hostile)
    assert read.items() >= check_fields(SOURCE, result(Outcome.FAILED, Reason.TIMEOUT, hostile)).items()


def test_an_error_keeps_its_traceback_in_its_line() -> None:
    """A record of another kind has its logger, its message and, with an exception, all of it."""
    try:
        int("odd")
    except ValueError as error:
        record = logging.LogRecord("x.y", logging.ERROR, "", 1, "a %s", ("b\nc",), (ValueError, error, None))
    read = json.loads(JsonLines().format(record))
    assert (read["event"], read["logger"], read["level"], read["message"]) == ("log", "x.y", "error", "a b\nc")
    assert "ValueError: invalid literal" in read["traceback"]


@pytest.mark.parametrize("words", ["\x1b[35mGET /a\x1b[0m", "a\nINFO x: forged", "a\r\x9b2J\u202e\u2028b", "\x07"])
def test_as_text_a_line_is_a_line_too(words: str) -> None:
    """Also what a library says of an address or a title (O12): no second line, nothing that steers a terminal."""
    record = logging.LogRecord("lib", logging.INFO, "", 1, "said %s", (words,), None)
    failed = logging.LogRecord("lib", logging.ERROR, "", 1, "failed", (), (ValueError, ValueError(words), None))
    said, told = (TextLines("%(levelname)s %(name)s: %(message)s").format(one) for one in (record, failed))
    assert said.startswith("INFO lib: said ")
    assert said.isprintable()
    assert all(line.isprintable() for line in told.split("\n"))


def test_words_become_lines_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Whole lines only, and none for an empty one."""
    stream = IntoLog()
    with caplog.at_level(logging.INFO, "clausewatch"):
        for piece in ("watching 1", " source\n\nstop", "ped\nrest"):
            stream.write(piece)
    assert [record.getMessage() for record in caplog.records] == ["watching 1 source", "stopped"]
