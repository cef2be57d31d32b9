"""What each sign of a topic counts: the terms of a clause, how it sounds, its headings, its shape, its document.

A logistic regression over a few dozen signs, so that a weight is read as evidence and the answer as a likelihood. Most
signs say something for each topic and count the same for all (`signals`: "the terms of the clause speak this much for
retention"); a few are simply there or not and count for each topic on their own (`marks`: "a document of terms"). The
weights stand in `weights/weighing.toml`, fitted by bench/train_topics.py on labelled passages and edits.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.model import Document, Topic
from watcher.differ.lexicon import LANGUAGES, plain_words
from watcher.differ.words import fold

SIGNALS = (
    "clause.terms",
    "clause.first",
    "clause.sound",
    "around.terms",
    "around.sound",
    "changed.terms",
    "changed.first",
    "changed.sound",
    "heading.terms",
    "heading.sound",
    "second.terms",
    "third.terms",
    "shape",
)
MARKS = (
    "always",
    "privacy",
    "terms",
    "cookies",
    "bare",
    "short",
    "brief",
    "item",
    "row",
    "opening",
    "mail",
    "digits",
    "question",
    "modified",
)
# A document is judged by so many characters of its text.
_READ = 40_000
# How much one kind of words must outweigh the other, in logarithms.
_CLEAR = 0.5
_COOKIES = 0.3


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal counts, and what each mark counts for each topic."""

    signals: Mapping[str, float]
    marks: Mapping[str, Mapping[Topic, float]]


def weigh(
    signals: Mapping[str, Mapping[Topic, float]], marks: Iterable[str], bonus: Iterable[tuple[Topic, float]] = ()
) -> dict[Topic, float]:
    """How likely each topic is, all together 1. `bonus` adds evidence (a logarithm of odds) to single topics."""
    weights = load_weights()
    sums = dict(weights.marks["always"])
    for mark in dict.fromkeys(marks):
        for topic, weight in weights.marks[mark].items():
            sums[topic] += weight
    for name, values in signals.items():
        counts = weights.signals[name]
        for topic, value in values.items():
            sums[topic] += counts * value
    for topic, more in bonus:
        sums[topic] += more
    top = max(sums.values())
    powers = {topic: math.exp(value - top) for topic, value in sums.items()}
    whole = sum(powers.values())
    return {topic: power / whole for topic, power in powers.items()}


def document_kinds(document: Document) -> tuple[str, ...]:
    """The marks of a document as a whole: mostly about privacy or about terms, and whether much of it is of cookies."""
    texts, size = [document.title or ""], 0
    for block in document.blocks:
        texts.append(block.text)
        size += len(block.text)
        if size > _READ:
            break
    return text_kinds(" ".join(texts)[:_READ], document.language)


def text_kinds(text: str, language: str | None) -> tuple[str, ...]:
    """The same for a text."""
    own = language if language in LANGUAGES else "en"
    folded = f" {' '.join(plain_words(fold(text)))}"
    counts = {
        kind: sum(folded.count(f" {word}") for word in words[own] or words["en"]) for kind, words in _kinds().items()
    }
    lean = math.log((counts["privacy"] + 2) / (counts["terms"] + 2))
    found = ["privacy"] if lean > _CLEAR else ["terms"] if lean < -_CLEAR else []
    if math.log((counts["cookies"] + 1) / (counts["privacy"] + counts["terms"] + 2)) > _COOKIES:
        found.append("cookies")
    return tuple(found)


@cache
def _kinds() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The words that tell kinds of documents: by kind and language."""
    path = Path(__file__).parent / "lexicon" / "kinds.toml"
    data = tomllib.loads(path.read_text("utf-8"))
    return {kind: {language: tuple(words) for language, words in groups.items()} for kind, groups in data.items()}


@cache
def load_weights() -> Weights:
    """The weights that are shipped, read once. Raises ValueError for a file that is not whole."""
    path = Path(__file__).parent / "weights" / "weighing.toml"
    return read_weights(path.read_text("utf-8"), path.name)


def read_weights(text: str, name: str) -> Weights:
    """Check and read a file of weights; `name` stands in messages. Raises ValueError with every fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is damaged ({error}): make it anew with python -m bench.train_topics") from error
    signals, marks = data.get("signals", {}), data.get("marks", {})
    faults = [f"[signals] {one} is missing" for one in SIGNALS if one not in signals]
    for mark in MARKS:
        lost = [topic for topic in Topic if topic not in marks.get(mark, {})]
        if lost:
            faults.append(f"[marks.{mark}] has no weight for {', '.join(lost)}")
    if faults:
        raise ValueError(
            "\n".join(f"{name}: {fault}: make it anew with python -m bench.train_topics" for fault in faults)
        )
    return Weights(
        {one: float(signals[one]) for one in SIGNALS},
        {mark: {topic: float(marks[mark][topic]) for topic in Topic} for mark in MARKS},
    )


def write_weights(weights: Weights) -> str:
    """The text of a file of weights."""
    lines = [
        "# Made by python -m bench.train_topics: what each sign of a topic counts (watcher/differ/weighing.py).",
        "",
    ]
    lines.append("[signals]")
    lines += [f'"{name}" = {weights.signals[name]:.3f}' for name in SIGNALS]
    for mark in MARKS:
        lines += ["", f"[marks.{mark}]"]
        lines += [f"{topic} = {weights.marks[mark][topic]:.3f}" for topic in Topic]
    return "\n".join(lines) + "\n"
