"""What was seen of vendors' pages, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from storage.model import BlockKind, Document, Source
from watcher.discovery.propose import Proposal, known_as
from watcher.discovery.versions import Finding
from watcher.scout.adding import Trial
from watcher.scout.crawl import Discovery
from watcher.scout.document import Look
from watcher.scout.lint import Linted
from watcher.scout.moves import Fix

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
        "gate": _gate(trial),
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
        "gate": _gate(trial),
        "notes": list(trial.notes),
        "source": trial.proposal.entry() if trial.proposal else None,
    }
    return found | (_document(document) if document else {})


def headings_of(document: Document) -> list[str]:
    """The headings of a document below its title."""
    found = [block.text for block in document.blocks if block.kind is BlockKind.HEADING]
    return found[1:] if found and found[0] == document.title else found


def _gate(trial: Trial) -> str | None:
    """What the gate says of a page that was read."""
    verdict = trial.page.verdict if trial.page else None
    if verdict is None:
        return None
    return "passed" if verdict.passed else f"{verdict.reason}: {verdict.detail}"


def discovery_lines(found: Discovery, known: Sequence[Source]) -> Iterator[str]:
    """What was found on a vendor's site, as lines."""
    count = len(found.documents)
    left = f"; {found.left} links left, raise --requests to follow them" if found.left else ""
    yield f"{found.vendor.name}: {count} {'document' if count == 1 else 'documents'}, {found.spent} requests{left}"
    for document in found.documents:
        one = document.chosen
        yield f"{one.type.value:<15} {one.url}"
        yield f"  {one.title or 'without a title'} ({one.language or 'language unknown'})"
        yield f"  {one.evidence}"
        if document.others:
            yield "  also in " + ", ".join(f"{other.language}: {other.url}" for other in document.others)
        if (source := known_as([one.url, *(other.url for other in document.others)], known)) is not None:
            yield f"  already watched as {source.id}"
    for one in found.unread:
        yield f"not read        {one.url}"
        yield f"  {one.type.value}: {one.verdict}"
    yield from found.notes


def discovery_json(found: Discovery, known: Sequence[Source], fresh: Sequence[Proposal]) -> Json:
    """What was found on a vendor's site, for programs."""
    documents = []
    for document in found.documents:
        source = known_as([document.chosen.url, *(other.url for other in document.others)], known)
        others = [{"url": other.url, "language": other.language} for other in document.others]
        documents.append({**_finding(document.chosen), "versions": others, "known": source.id if source else None})
    return {
        "vendor": found.vendor.name,
        "requests": found.spent,
        "left": found.left,
        "documents": documents,
        "unread": [_finding(one) for one in found.unread],
        "notes": list(found.notes),
        "sources": [one.entry() for one in fresh],
    }


def _finding(one: Finding) -> Json:
    return {
        "url": one.url,
        "document": one.type.value,
        "title": one.title,
        "language": one.language,
        "words": one.words,
        "verdict": one.verdict,
        "evidence": one.evidence,
    }


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


def look_json(look: Look) -> Json:
    """One source as it is now, for programs; a page that could not be had or read has no more keys than two."""
    document = look.document
    if document is None:
        return {"source": look.source.id, "problem": look.problem.detail if look.problem else "nothing came"}
    verdict = look.verdict
    return {
        "source": look.source.id,
        "problem": None if verdict is None or verdict.passed else f"{verdict.reason}: {verdict.detail}",
        "title": document.title,
        "language": document.language,
        "note": look.note,
        "words": document.words,
        "blocks": len(document.blocks),
        "stated": document.updated.phrase if document.updated else None,
        "begins": document.blocks[0].text[:200] if document.blocks else None,
        "ends": document.blocks[-1].text[:200] if document.blocks else None,
    }


def look_lines(look: Look) -> Iterator[str]:
    """One source as it is now, as lines."""
    told = look_json(look)
    if told["problem"]:
        yield f"{told['source']}: {told['problem']}"
        return
    words, language = f"{told['words']} words in {told['blocks']} blocks", told["language"] or "unknown"
    yield f"{told['source']}: {words}, language {language}"
    for name in ("note", "title", "stated", "begins", "ends"):
        if told[name]:
            yield f"  {name:<6} {told[name]}"


def linted_json(linted: Linted) -> Json:
    """One source that was looked at, for programs."""
    document = linted.look.document
    return {
        "source": linted.source.id,
        "had": linted.had,
        "title": document.title if document else None,
        "language": document.language if document else None,
        "words": document.words if document else None,
        "remarks": [{"kind": one.kind, "grade": one.grade.value, "text": one.text} for one in linted.remarks],
    }


def fix_json(fix: Fix) -> Json:
    """What is to become of one source's addresses, for programs."""
    return {
        "source": fix.source.id,
        "problem": fix.problem,
        "moves": [{"old": move.old, "new": move.new} for move in fix.moves],
    }
