"""The log: one line for each check, and every other line, as text or as JSON for a machine to read.

Nothing that was fetched stands in a line of a check but the detail of a failure; as JSON all of it is escaped.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from storage.model import CheckResult, Outcome, Reason, Source

checks = logging.getLogger("clausewatch.checks")
talk = logging.getLogger("clausewatch")

_GATE = frozenset(
    {
        Reason.ERROR_PAGE,
        Reason.BOT_WALL,
        Reason.LOGIN,
        Reason.COOKIE_WALL,
        Reason.MAINTENANCE,
        Reason.EMPTY,
        Reason.TRUNCATED,
        Reason.OTHER_LANGUAGE,
        Reason.OTHER_DOCUMENT,
        Reason.UNCONFIRMED,
    }
)
_EXTRACT = frozenset({Reason.SELECTOR_MISSING, Reason.EXTRACT_FAILED, Reason.INTERNAL})


def log_check(source: Source, result: CheckResult) -> None:
    """One line for one check: source, stage, outcome, reason, seconds."""
    if not checks.isEnabledFor(logging.INFO):
        return
    fields = check_fields(source, result)
    text = " ".join(f"{key}={'-' if fields[key] is None else fields[key]}" for key in _SHORT)
    checks.info("%s", text, extra={"fields": {"event": "check", **fields}})


_SHORT = ("source", "stage", "outcome", "reason", "seconds")


def check_fields(source: Source, result: CheckResult) -> dict[str, Any]:
    """What a line of a check says. `version` is the number of the version it made, if it made one."""
    made = result.versions[-1] if result.versions else None
    return {
        "source": source.id,
        "stage": stage(result),
        "outcome": result.outcome.value,
        "reason": result.reason.value if result.reason else None,
        "seconds": round(result.seconds, 3),
        "version": made.version.number if made else None,
        "alerts": sum(len(one.alerts) for one in result.versions),
        "detail": result.detail,
        "next_due": result.next_due.astimezone(UTC).isoformat(),
    }


def stage(result: CheckResult) -> str:
    """How far a check came: "fetch", "extract", "gate" (the page was not the document) or "compare"."""
    if result.outcome in {Outcome.FIRST, Outcome.CHANGED}:
        return "compare"
    if result.outcome is Outcome.UNCHANGED or result.reason in _EXTRACT:
        return "extract"
    return "gate" if result.reason in _GATE else "fetch"


class JsonLines(logging.Formatter):
    """Each record as one line of JSON in ASCII: no text can break the line or steer a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The fields of the record where it has some, else its message."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, Mapping):
            line |= fields
        else:
            line |= {"event": "log", "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class IntoLog(io.TextIOBase):
    """A stream whose lines become lines of the log: for what is else said in words."""

    def __init__(self) -> None:
        self._rest = ""

    def write(self, text: str, /) -> int:
        """Log each line that is complete."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line.strip():
                talk.info("%s", line.rstrip())
        return len(text)


def log_as_json() -> None:
    """Let every handler of the root logger write JSON, and let our own lines through."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonLines())
    if not talk.isEnabledFor(logging.INFO):
        talk.setLevel(logging.INFO)


def is_json() -> bool:
    """Whether the log is written as JSON."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)
