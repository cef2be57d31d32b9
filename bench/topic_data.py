"""What the model of topics learns from: labelled passages, labelled edits, weakly labelled paragraphs, our own clauses.

The labelled passages stand in `topic_labels.tsv` by the hash of their text only; `passages` finds them again in
`weak_paragraphs.jsonl.gz` (watcher/differ/weights/NOTICE.md says where both come from).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.edits import load_edits
from bench.quality import steps
from bench.scoring import Step, holds
from storage.model import Change, ChangeKind, Direction, Document, Severity, Topic
from watcher.differ.align import align
from watcher.differ.evidence import Evidence
from watcher.differ.lexicon import load_lexicon
from watcher.differ.pieces import Piece, cut
from watcher.differ.reading import read_piece
from watcher.differ.sentences import sentences
from watcher.differ.topics import Reading
from watcher.differ.weighing import document_kinds, text_kinds
from watcher.extractor import extract, read_file

_LABELS = Path(__file__).with_name("topic_labels.tsv")
# How paragraphs were cut into the passages that were labelled: sentences up to so many characters together, passages
# of so many at most.
_TOGETHER = 260
_MOST = 420
_LEAST = 40
# A document is known by so many characters.
_KNOWN = 40_000
# What all topics but the lead of a label get of its mass, in all.
_SECOND = 0.25


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One weakly labelled paragraph: `topic` is that of its heading."""

    vendor: str
    document: str
    language: str
    topic: Topic
    headings: tuple[str, ...]
    row: bool
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """A clause with its topics, the lead first; examples of one `group` are learned from or tested on together."""

    source: str
    group: str
    reading: Reading
    topics: tuple[Topic, ...]

    def about(self) -> dict[Topic, float]:
        """How much of the clause is about each topic, all together 1."""
        more = [topic for topic in self.topics[1:] if topic is not self.topics[0]]
        if not more:
            return {self.topics[0]: 1.0}
        return {self.topics[0]: 1 - _SECOND, **dict.fromkeys(more, _SECOND / len(more))}


def paragraphs(data: Path) -> list[Paragraph]:
    """The weakly labelled paragraphs, in the order of their texts' hashes."""
    with gzip.open(data / "weak_paragraphs.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(row) for row in file]
    found = [
        Paragraph(
            row["vendor"],
            row["document"],
            row["lang"],
            Topic(row["topic"]),
            tuple(row["headings"]),
            row["block"] == "tr",
            row["text"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (_key(one.text), one.vendor, one.document))


def passages(rows: Sequence[Paragraph]) -> list[Example]:
    """The labelled passages. Raises ValueError when the data hold less than all of them."""
    labels = _labels()
    found: dict[str, tuple[Paragraph, str]] = {}
    for row in rows:
        for text in cut_passages(row.text, row.language):
            key = _key(text)
            if key in labels and labels[key][0] == row.language:
                found.setdefault(key, (row, text))
    if len(found) < len(labels):
        raise ValueError(f"{len(labels) - len(found)} of {len(labels)} labelled passages are not in the paragraphs")
    kinds = paragraph_kinds(rows)
    return [
        Example("passage", row.vendor, _passage(row, text, kinds[row.vendor, row.document]), labels[key][1])
        for key, (row, text) in sorted(found.items())
    ]


def paragraph_kinds(rows: Iterable[Paragraph]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The marks of each document (by vendor and name) that the paragraphs come from."""
    texts: dict[tuple[str, str], list[str]] = defaultdict(list)
    languages = {}
    for row in rows:
        texts[row.vendor, row.document].append(row.text)
        languages[row.vendor, row.document] = row.language
    return {key: text_kinds(" ".join(parts)[:_KNOWN], languages[key]) for key, parts in texts.items()}


def _passage(row: Paragraph, text: str, kinds: tuple[str, ...]) -> Reading:
    """A labelled passage as it is read in a document."""
    return Reading(text, text, row.headings, row.language, marks=(*kinds, "row") if row.row else kinds)


def cut_passages(text: str, language: str) -> list[str]:
    """A paragraph as the passages that were labelled."""
    parts = [""]
    for sentence in sentences(text, language):
        if parts[-1] and len(parts[-1]) + len(sentence) > _TOGETHER:
            parts.append("")
        parts[-1] = f"{parts[-1]} {sentence}".strip()
    return [part[:_MOST] for part in parts if len(part) > _LEAST]


def _labels() -> dict[str, tuple[str, tuple[Topic, ...]]]:
    """Language and topics of each labelled passage, by the hash of its text."""
    rows = [line.split("\t") for line in _LABELS.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {
        key: (language, tuple(Topic(topic) for topic in (lead, *others.split(",")) if topic))
        for key, language, lead, others in rows
    }


def _key(text: str) -> str:
    """The hash by which a passage is known."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def edit_examples(part: str) -> list[Example]:
    """The material ones of our own edits of a part, each as the piece that differs."""
    found = []
    for edit in load_edits():
        if edit.part != part or not edit.topics:
            continue
        old, new = (extract(capture).document for capture in edit.captures())
        topics = tuple(Topic(topic) for topic in edit.topics)
        found += [Example(edit.part, edit.id, reading, topics) for _, reading in _readings(old, new)[:1]]
    return found


def corpus_examples(corpus: Path, half: str) -> list[Example]:
    """The labelled changes of one half of the corpus that stand in one piece each."""
    return [example for step in steps(corpus) if step.half == half for example in _step_examples(step)]


def _step_examples(step: Step) -> Iterator[Example]:
    """The pieces of a pair that a label knows."""
    labels: list[dict[str, Any]] = step.label["changes"]
    if not labels:
        return
    old, new = (extract(read_file(path)).document for path in (step.old, step.new))
    for piece, reading in _readings(old, new):
        known = [Topic(label["topic"]) for label in labels if holds(_shown(piece), label)]
        if known:
            yield Example(step.half, step.label["vendor"], reading, tuple(dict.fromkeys(known)))


def _readings(old: Document, new: Document) -> list[tuple[Piece, Reading]]:
    """What the topics of all pieces of a pair are read from."""
    language, kinds = new.language or old.language, document_kinds(new)
    pieces = cut(align(old.blocks, new.blocks), old.blocks, new.blocks, language)
    lexicon = load_lexicon(language or "en")
    return [(piece, read_piece(Evidence(piece, lexicon, language), kinds)) for piece in pieces]


def _shown(piece: Piece) -> Change:
    """A piece as a change, as far as quotes are looked for in it."""
    return Change(
        topic=Topic.OTHER,
        topics=(Topic.OTHER,),
        kind=ChangeKind.MODIFIED,
        severity=Severity.INFO,
        direction=Direction.NEUTRAL,
        section=piece.section,
        before=piece.before,
        after=piece.after,
        spans=(),
        facts=(),
        summary="",
        rules=(),
    )
