"""Train the small linear model of topics: `python -m bench.train_topics --data DIR` writes the weights of the differ.

Needs numpy, which nothing else here does: `python -m pip install numpy` in an environment of its own. DIR holds
`weak_paragraphs.jsonl.gz` and `headings.json` (paragraphs of policies with the topic of their heading, see
watcher/differ/weights/NOTICE.md); our own clauses stand in `topic_seeds.toml` beside this file, and each term of the
lexicon is a line too. Two runs over the same data give the same bytes.

What a paragraph is about is the topic of its heading and what the lexicon says of it, half each; where the lexicon is
sure, the lexicon alone; where both disagree and neither is sure, the paragraph is left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from storage.model import Topic
from watcher.differ.lexicon import LANGUAGES, load_lexicon
from watcher.differ.linear import Model, bucket, feature_keys, pack_model
from watcher.differ.sentences import sentences
from watcher.differ.topics import heading_topics, term_scores

TOPICS = tuple(Topic)
_SEEDS = Path(__file__).with_name("topic_seeds.toml")
_PLACE = Path(__file__).resolve().parents[1] / "watcher" / "differ" / "weights" / "topics.bin"
# Lines of one topic and language at most: the terms of use would drown the rest.
_CAP = 1_000
# A line is about as long as a clause that changed.
_LINE = 320
_SURE = 6.0
_LEAD = 2.0
# What a line of our own counts, and a term of the lexicon by its weight.
_OWN = 6.0
_RATE = 0.3
_ROUNDS = 12
# The answer is the mean of the rounds after the first ones: it hangs less on the order of the lines.
_WARM = 4
_BATCH = 256
# 0 leaves the classes as large as they are, 1 makes all count the same.
_BALANCE = 0.8
_SHRINK = 5e-8


@dataclass(frozen=True, slots=True)
class Line:
    """One text to learn from: how much it is about each topic (all together 1) and what it counts."""

    text: str
    about: dict[Topic, float]
    counts: float = 1.0


def lines(data: Path) -> list[Line]:
    """All texts to learn from, in an order that does not depend on the machine."""
    found = [*_weak(data / "weak_paragraphs.jsonl.gz"), *_headings(data / "headings.json"), *_terms(), *_seeds()]
    return sorted(found, key=lambda line: zlib.crc32(line.text.encode()))


def _weak(path: Path) -> Iterator[Line]:
    """Pieces of weakly labelled paragraphs, capped by topic and language."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(row) for row in file]
    rows.sort(key=lambda row: zlib.crc32(row["text"].encode()))
    taken: Counter[tuple[Topic, str]] = Counter()
    for row in rows:
        for text in _cut(row["text"], row["lang"]):
            about = _judge(text, Topic(row["topic"]), row["lang"])
            if about is None:
                continue
            lead = max(about, key=lambda topic: (about[topic], topic)), row["lang"]
            taken[lead] += 1
            if taken[lead] <= _CAP:
                yield Line(text, about)


def _cut(text: str, language: str) -> list[str]:
    """A paragraph as texts of the length of a clause, the first three of them."""
    parts = [""]
    for sentence in sentences(text, language):
        if parts[-1] and len(parts[-1]) + len(sentence) > _LINE:
            parts.append("")
        parts[-1] = f"{parts[-1]} {sentence}".strip()
    return [part[: 2 * _LINE] for part in parts[:3] if len(part) > 20]


def _judge(text: str, heading: Topic, language: str) -> dict[Topic, float] | None:
    """What a text is about by its heading and the lexicon; None where they leave doubt."""
    scores = sorted(term_scores(text, language).items(), key=lambda item: (-item[1], item[0]))
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


def train(texts: list[Line], bits: int) -> Model:
    """Fit the weights by small steps over all lines (Adagrad), classes balanced, and round them to bytes."""
    buckets = 1 << bits
    # Sorted, so that sums are made in the same order in every run.
    known = [
        np.array(sorted(bucket(key, buckets) for key in feature_keys(line.text)), dtype=np.int64) for line in texts
    ]
    wanted = np.zeros((len(texts), len(TOPICS)))
    for row, line in enumerate(texts):
        for topic, share in line.about.items():
            wanted[row, TOPICS.index(topic)] = share
    counts = np.array([line.counts for line in texts])
    mass = (wanted * counts[:, None]).sum(axis=0)
    counts = counts * (wanted @ (mass.mean() / mass) ** _BALANCE)
    weights, bias = _fit(known, wanted, counts, buckets)
    step = float(np.quantile(np.abs(weights), 0.9999)) / 127
    rounded = np.clip(np.rint(weights / step), -127, 127).astype(np.int64) + 128
    return Model(TOPICS, buckets, step, tuple(round(float(b), 4) for b in bias), rounded.astype(np.uint8).tobytes())


def _fit(known: list[Any], wanted: Any, counts: Any, buckets: int) -> tuple[Any, Any]:
    """Weights (buckets by topics) and biases of a logistic regression over all topics at once."""
    chance = np.random.default_rng(7)
    weights, speed = np.zeros((buckets, len(TOPICS))), np.full((buckets, len(TOPICS)), 1e-3)
    bias, bias_speed = np.zeros(len(TOPICS)), np.full(len(TOPICS), 1e-3)
    places = [row for row in range(len(known)) if len(known[row])]
    mean, mean_bias = np.zeros_like(weights), np.zeros_like(bias)
    for turn in range(_ROUNDS):
        order = chance.permutation(places)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            sizes = np.array([len(known[row]) for row in batch])
            flat = np.concatenate([known[row] for row in batch])
            scale = 1 / np.sqrt(sizes)
            sums = np.add.reduceat(weights[flat], np.concatenate(([0], np.cumsum(sizes)[:-1])), axis=0)
            logits = sums * scale[:, None] + bias
            powers = np.exp(logits - logits.max(axis=1, keepdims=True))
            error = (powers / powers.sum(axis=1, keepdims=True) - wanted[batch]) * counts[batch, None]
            used, inverse = np.unique(flat, return_inverse=True)
            pulls = np.repeat(error * scale[:, None], sizes, axis=0)
            columns = [np.bincount(inverse, pulls[:, topic], len(used)) for topic in range(len(TOPICS))]
            pull = np.stack(columns, axis=1) + _SHRINK * _BATCH * weights[used] * len(known) / _BATCH
            speed[used] += pull**2
            weights[used] -= _RATE * pull / np.sqrt(speed[used])
            bias_pull = error.sum(axis=0)
            bias_speed += bias_pull**2
            bias -= _RATE * bias_pull / np.sqrt(bias_speed)
        if turn >= _WARM:
            mean += weights / (_ROUNDS - _WARM)
            mean_bias += bias / (_ROUNDS - _WARM)
    return mean, mean_bias


def main(arguments: list[str] | None = None) -> int:
    """Read, train, write, and say how large the result is."""
    parser = argparse.ArgumentParser(prog="bench.train_topics", description="Train the linear model of topics.")
    parser.add_argument("--data", type=Path, required=True, help="folder of weak_paragraphs.jsonl.gz and headings.json")
    parser.add_argument("--out", type=Path, default=_PLACE)
    parser.add_argument("--bits", type=int, default=15, help="buckets as a power of two")
    options = parser.parse_args(arguments)
    texts = lines(options.data)
    tally: dict[str, float] = defaultdict(float)
    for line in texts:
        for topic, share in line.about.items():
            tally[str(topic)] += share
    print(f"{len(texts)} lines: " + ", ".join(f"{topic} {count:.0f}" for topic, count in sorted(tally.items())))
    packed = pack_model(train(texts, options.bits))
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_bytes(packed)
    print(f"{options.out}: {len(packed)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
