"""What was seen of vendors' pages, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage.model import BlockKind, Document
from watcher.scout.adding import Trial

Json = dict[str, Any]

_HEADINGS = 12
_QUOTE = 160


def trial_lines(trial: Trial) -> Iterator[str]:
    """An address that was tried, as lines."""
    yield trial.url
    if trial.known is not None:
        yield f"  already watched as {trial.known.id}"
    if trial.problem is not None:
        yield f"  {str(trial.problem).removeprefix(f'{trial.url}: ')}"
    for note in trial.notes:
        yield f"  {note}"
    document = trial.document
    if document is None or trial.known is not None:
        return
    told = {
        "title": document.title,
        "language": document.language,
        "text": f"{document.words} words in {len(document.blocks)} blocks",
        "headings": " · ".join(headings_of(document)[:_HEADINGS]),
        "begins": _cut(document.blocks[0].text) if document.blocks else None,
        "ends": _cut(document.blocks[-1].text) if document.blocks else None,
        "stated": document.updated.phrase if document.updated else None,
        "applies": document.effective.phrase if document.effective else None,
    }
    yield from (f"  {name:<9} {value}" for name, value in told.items() if value)
    if trial.proposal is not None:
        yield f"  proposed  {trial.proposal.id}: {trial.proposal.document.value} of {trial.proposal.vendor}"


def trial_json(trial: Trial) -> Json:
    """An address that was tried, for programs."""
    document, page = trial.document, trial.page
    found: Json = {
        "url": trial.url,
        "final_url": page.final_url if page and page.capture else None,
        "problem": str(trial.problem) if trial.problem else None,
        "reason": trial.problem.reason.value if trial.problem else None,
        "known": trial.known.id if trial.known else None,
        "notes": list(trial.notes),
        "source": trial.proposal.entry() if trial.proposal else None,
    }
    return found | (_document(document) if document else {})


def headings_of(document: Document) -> list[str]:
    """The headings of a document below its title."""
    found = [block.text for block in document.blocks if block.kind is BlockKind.HEADING]
    return found[1:] if found and found[0] == document.title else found


def _document(document: Document) -> Json:
    stated, applies = document.updated, document.effective
    return {
        "title": document.title,
        "language": document.language,
        "words": document.words,
        "blocks": len(document.blocks),
        "headings": headings_of(document),
        "begins": document.blocks[0].text[:200] if document.blocks else None,
        "ends": document.blocks[-1].text[:200] if document.blocks else None,
        "last_updated": stated.day.isoformat() if stated else None,
        "effective_date": applies.day.isoformat() if applies else None,
    }


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTE else f"{text[: _QUOTE - 1]}…"
