"""Every question that a program may ask, in one list: HTTP, OpenAPI and MCP are made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from storage.errors import UsageError
from watcher.programs import answers, asked, forms
from watcher.programs.asked import Paged
from watcher.web.reading import Reading

Json = dict[str, Any]


class BadQuestion(UsageError):
    """A question that is put wrongly; `faults` names each part of it with what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        """All faults at once."""
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Question:
    """A question: its name, where it stands under `/api`, what it says, what it is asked with, what answers it.

    `form` is what the answer looks like, or each item of a list; `shape` names the section of
    docs/reference/contracts.md that tells of it. `tool` is its name for MCP, None where it is none.
    """

    name: str
    path: str
    says: str
    asks: type[asked.Asked]
    answer: Callable[[Reading, Any], Json | list[Json]]
    form: type[forms.Form]
    shape: str
    tool: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; `more` is the offset of the next page, None on the last one and for what has no pages."""

    told: Json | list[Json]
    more: int | None = None


QUESTIONS: tuple[Question, ...] = (
    Question(
        "sources",
        "/sources",
        "The documents that are watched: vendor, kind, address, health, number of the newest version.",
        asked.Sources,
        answers.sources,
        forms.SourceState,
        "status",
        "list_sources",
    ),
    Question(
        "source",
        "/sources/{source}",
        "Where one source stands.",
        asked.OneSource,
        answers.source,
        forms.SourceState,
        "status",
    ),
    Question(
        "versions",
        "/sources/{source}/versions",
        "The versions of a source, oldest first.",
        asked.OfSource,
        answers.versions,
        forms.Version,
        "history",
        "list_versions",
    ),
    Question(
        "version",
        "/sources/{source}/versions/{version}",
        "The text of one version and the facts that it states.",
        asked.OneVersion,
        answers.version,
        forms.ShownVersion,
        "show",
        "read_version",
    ),
    Question(
        "diff",
        "/sources/{source}/diff",
        "What changed in meaning between two versions of a source, with both wordings, severity and direction.",
        asked.TwoVersions,
        answers.diff,
        forms.Comparison,
        "compare",
        "diff",
    ),
    Question(
        "ledger",
        "/sources/{source}/ledger",
        "The checks of a source, newest first.",
        asked.OfSource,
        answers.ledger,
        forms.Checks,
        "ledger",
    ),
    Question(
        "changes",
        "/changes",
        "The changes of all sources, newest first: what changed, in which document, how grave, for better or worse.",
        asked.Changes,
        answers.changes,
        forms.RecordedChange,
        "log",
        "changes_since",
    ),
    Question(
        "search",
        "/search",
        "Passages that hold all words, in every version of every source.",
        asked.Words,
        answers.search,
        forms.Passage,
        "search",
        "search",
    ),
    Question(
        "facts",
        "/facts",
        "What the documents state: periods, recipients, transfers, AI, rights, contacts, each with its sentence.",
        asked.Stated,
        answers.facts,
        forms.StatedFact,
        "facts",
        "facts",
    ),
    Question(
        "recipients",
        "/recipients",
        "Which vendors share data with a company, since when, in which role and place.",
        asked.Uses,
        answers.recipients,
        forms.Use,
        "recipients",
        "recipients",
    ),
    Question(
        "matrix",
        "/matrix",
        "What the vendors state, side by side.",
        asked.Table,
        answers.matrix,
        forms.Matrix,
        "matrix",
        "compare_vendors",
    ),
    Question(
        "deadlines",
        "/deadlines",
        "Until when one may object to new or changed sub-processors, the soonest first.",
        asked.Days,
        answers.deadlines,
        forms.Deadline,
        "deadlines",
        "deadlines",
    ),
    Question(
        "evidence",
        "/evidence",
        "The head of the chain of evidence and how many records it has.",
        asked.Nothing,
        answers.evidence,
        forms.Evidence,
        "evidence",
        "evidence",
    ),
)


def ask(question: Question, reading: Reading, given: Mapping[str, Any]) -> Answer:
    """The answer to a question that is asked with these values.

    Raises: BadQuestion with all that is wrong with the values; UsageError for what the store does not know;
    ExtractError when a comparison costs too much.
    """
    try:
        wanted = question.asks.model_validate(given)
    except ValidationError as error:
        raise BadQuestion([_fault(one) for one in error.errors(include_url=False, include_context=False)]) from None
    told = question.answer(reading, wanted)
    if isinstance(wanted, Paged) and isinstance(told, list) and len(told) > wanted.limit:
        return Answer(told[: wanted.limit], wanted.offset + wanted.limit)
    return Answer(told)


def schema_of(question: Question, *, usual: int | None = None, references: str = "#/$defs/{model}") -> Json:
    """What a question may be asked with, as JSON Schema, pages last.

    `usual` is the size of a page where none is asked for; `references` how a schema names another.
    """
    schema = question.asks.model_json_schema(ref_template=references)
    for word in ("title", "description"):
        schema.pop(word, None)
    properties = schema.get("properties", {})
    for name in ("limit", "offset"):
        if name in properties:
            properties[name] = properties.pop(name)
    if usual and issubclass(question.asks, Paged):
        properties["limit"]["default"] = usual
    return schema


def _fault(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "question"
    what = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        what = "is not known here"
    return f"{place}: {what}"
