"""Texts beside the labelled clauses: weak paragraphs, headings, terms and our own clauses, for the linear model."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.topic_data import Example, Paragraph, cut_passages, paragraph_kinds
from storage.model import Topic
from watcher.differ.lexicon import LANGUAGES, load_lexicon
from watcher.differ.topics import Reading, heading_topics, term_scores

_SEEDS = Path(__file__).with_name("topic_seeds.toml")
# So many passages of a paragraph are read.
_PARTS = 4
# So many passages are taken under headings of one topic, by language.
_MOST = 3_000
_SURE = 6.0
_LEAD = 2.0
# What a line of our own counts, and a term of the lexicon by its weight.
_OWN = 4.0


@dataclass(frozen=True, slots=True)
class Line:
    """One text to learn from: how much it is about each topic (all together 1) and what it counts."""

    text: str
    about: Mapping[Topic, float]
    counts: float = 1.0


def weak_lines(rows: Sequence[Paragraph], known: set[str]) -> list[Example]:
    """Passages of weakly labelled paragraphs, without the `known` ones, as clauses with the topic of their heading."""
    found = []
    taken: Counter[tuple[Topic, str]] = Counter()
    kinds = paragraph_kinds(rows)
    for row in rows:
        marks = kinds[row.vendor, row.document]
        for text in cut_passages(row.text, row.language)[:_PARTS]:
            taken[row.topic, row.language] += 1
            if text not in known and taken[row.topic, row.language] <= _MOST:
                reading = Reading(text, text, row.headings, row.language, marks=(*marks, "row") if row.row else marks)
                found.append(Example("weak", row.vendor, reading, (row.topic,)))
    return found


def first_guess(example: Example) -> dict[Topic, float] | None:
    """What a weak line is about by its heading and the lexicon; None where they leave doubt."""
    heading, reading = example.topics[0], example.reading
    scores = sorted(term_scores(reading.clause, reading.language).items(), key=lambda item: (-item[1], item[0]))
    if not scores:
        return {heading: 1.0} if heading in {Topic.LEGAL_TERMS, Topic.CONTACT, Topic.OTHER} else None
    lead, score = scores[0]
    second = scores[1][1] if len(scores) > 1 else 0.0
    if lead is heading:
        return {lead: 1.0}
    if score >= _SURE and score >= _LEAD * second:
        return {lead: 0.8, heading: 0.2}
    own = dict(scores).get(heading, 0.0)
    return {lead: 0.5, heading: 0.5} if own >= 0.5 * score else None


def own_lines(data: Path) -> list[Line]:
    """Headings, terms and our own clauses."""
    return [*_headings(data / "headings.json"), *_terms(), *_seeds()]


def _headings(path: Path) -> Iterator[Line]:
    """Headings that name a topic."""
    seen = set()
    for row in json.loads(path.read_text("utf-8")):
        text = row["heading"][:160]
        if text not in seen:
            seen.add(text)
            named = heading_topics(text, row["lang"] if row["lang"] in LANGUAGES else "en")
            lead = max(named, key=lambda topic: (named[topic], topic)) if named else None
            if lead in {None, Topic(row["topic"])}:
                yield Line(text, {Topic(row["topic"]): 1.0}, 0.5)


def _terms() -> Iterator[Line]:
    """The terms of the lexicons."""
    for language in LANGUAGES:
        lexicon = load_lexicon(language)
        for group in (*lexicon.starts.values(), *lexicon.exact.values()):
            for term in group:
                if term.weight >= 2 and not term.heading:
                    yield Line(term.text.rstrip("$").replace("*", ""), {term.topic: 1.0}, term.weight / 2)


def _seeds() -> Iterator[Line]:
    """Our own clauses and headings."""
    for topics in tomllib.loads(_SEEDS.read_text("utf-8")).values():
        for topic, texts in topics.items():
            for text in texts:
                yield Line(text, {Topic(topic): 1.0}, _OWN)
