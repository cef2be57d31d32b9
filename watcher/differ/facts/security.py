"""Measures of security, and how soon changes and breaches are told."""

from __future__ import annotations

import re

from storage.model import BlockKind, FactType
from watcher.differ.facts.passages import Found, Passage, Reading, speaks
from watcher.differ.periods import find_periods

_MEASURE_CHARS = 120
# What the reader should do is no measure of the vendor.
_ADVICE = re.compile(
    r"(?:please|change|choose|keep your|never|don't|do not|if you|you (?:are|should|must)|u (?:dient|moet|bent)|kies|"
    r"wijzig|deel |sie (?:sollten|müssen)|bitte|vous (?:devez|êtes)|veuillez)"
)
# A sentence that only says where measures are described states none.
_REFERS = re.compile(r"\b(?:verwijzen|raadpleeg|zie (?:ook |onze )|refer to|see our|voir|siehe|finden sie|consult)")

# How a line begins that lists data, or names the clauses of a transfer.
_NO_MEASURE = re.compile(
    r"[\w-]*(?:daten|gegevens)\s?[:–—-]|(?:account|login|contact|device|usage) data\s?[:–—-]|"
    r"(?:the )?(?:eu )?standard contractual clauses\b|standaardcontractbepalingen\b|standardvertragsklauseln\b|"
    r"clauses contractuelles types\b"
)
_MEASURES = re.compile(r"\b(?:measures?|safeguards?|controls?|\w*maatregel\w*|\w*maßnahmen?|mesures?)\b")
_PRICES = re.compile(
    r"\b(?:prices?|pricing|fees|rates|charges|preis\w*|entgelt\w*|gebühr\w*|prijs\w*|prijzen|tarie\w+|tarifs?|prix|redevance\w*)\b"
)
_ENDS = re.compile(r"\b(?:terminat|cancel|opzeg|beëindig|kündigung|vertragsende|résili)")

_ANSWERS = re.compile(
    r"\b(?:object(?:s|ed|ing)? to|such (?:a )?changes?|widerspr\w+|solche\w* änderung\w*|bezwaar|"
    r"dergelijke wijziging\w*|oppose\w*|telles? modifications?)\b"
)


def security_facts(reading: Reading) -> Found:
    """Measures: sentences that name one where security is spoken of, two elsewhere; items of its lists."""
    phrases = reading.phrases
    lead = ""
    for passage in reading.passages:
        if passage.block.kind is BlockKind.PARAGRAPH:
            lead = passage.lower
        if passage.column and _MEASURES.search(passage.block.cells[0].column.lower()):
            if passage.text == passage.label:
                yield passage.fact(FactType.SECURITY, measure=passage.label)
            continue
        headed = speaks(phrases["security.heading"], passage.section)
        listed = passage.block.kind is BlockKind.LIST_ITEM
        about = headed or (listed and bool(phrases["security.heading"].search(lead)))
        if "security" not in passage.families and not (headed and listed):
            continue
        hits = len({match[0] for match in phrases["security.measure"].finditer(passage.lower)})
        if hits == 1 and _REFERS.search(passage.lower):
            continue
        if not about and phrases["retention.delete"].search(passage.lower):
            continue
        if _ADVICE.match(passage.lower) or (not about and _NO_MEASURE.match(passage.lower)):
            continue
        strong = hits >= 2 or (hits and (about or phrases["security.sure"].search(passage.lower)))
        if strong or (headed and listed and passage.first):
            yield passage.fact(FactType.SECURITY, measure=_measure(passage, reading))


def _measure(passage: Passage, reading: Reading) -> str:
    """The measure, short: the item or its label, else from the first word that names it."""
    if passage.label and passage.first and not passage.column:
        return passage.label
    if len(passage.text) <= _MEASURE_CHARS:
        return passage.text.rstrip(".;")
    match = reading.phrases["security.measure"].search(passage.lower)
    start = match.start() if match else 0
    return passage.text[start : start + _MEASURE_CHARS].rsplit(" ", 1)[0].rstrip(",.; ")


def notice_facts(reading: Reading) -> Found:
    """How long before (or after) something is told: a new sub-processor, a new policy, a breach."""
    phrases = reading.phrases
    before: Passage | None = None
    for passage in reading.passages:
        earlier = before if before is not None and before.block is passage.block else None
        before = passage
        said = f"{passage.label.lower()} {passage.lower}" if passage.paired else passage.lower
        if not ("notice" in passage.families or passage.paired) or not phrases["notice.notify"].search(said):
            continue
        about = _about(passage, earlier, reading)
        if about is None:
            continue
        periods = find_periods(passage.text, reading.document.language)
        for period in periods:
            days = "business" if period.business else "calendar"
            yield passage.fact(FactType.NOTICE_PERIOD, of=about, period=period.iso, days=days)
        if not periods and about == "breach" and phrases["notice.undelayed"].search(passage.lower):
            yield passage.fact(FactType.NOTICE_PERIOD, of=about)


def _about(passage: Passage, earlier: Passage | None, reading: Reading) -> str | None:
    """What is told, by the sentence, else by the one before it ("You may object within ..."), else by its heading."""
    # The notice by which a contract ends is none of these, unless it is the answer to a change.
    ends = _ENDS.search(passage.lower) and not _ANSWERS.search(passage.lower)
    row = (passage.label.lower(),) if passage.paired else ()
    for text in (passage.lower, *row, *(() if ends else (earlier.lower if earlier else "", passage.section))):
        for group, name in (("breach", "breach"), ("subprocessor", "subprocessor-change"), ("policy", "policy-change")):
            if reading.phrases[f"notice.{group}"].search(text):
                return None if name == "policy-change" and _PRICES.search(text) else name
    return None
