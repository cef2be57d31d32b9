"""Train what names topics: `python -m bench.train_topics --data DIR [--corpus DIR]` writes the weights of the differ.

Needs numpy and scipy, which nothing else here does: install both in an environment of its own. DIR holds
`weak_paragraphs.jsonl.gz` and `headings.json` (paragraphs of policies with the topic of their heading, see
watcher/differ/weights/NOTICE.md); bench/topic_data.py tells what else is learned from. Two runs over the same data
give the same bytes.

Two models, one upon the other. The linear model (linear.py) reads words; it learns from the labelled clauses, from
our own clauses, headings and terms, and from the weakly labelled paragraphs where heading and lexicon agree. What its
answer counts beside terms, headings and form (weighing.py) is fitted on the labelled clauses, by answers of linear
models that had not seen the vendor. The figures printed are of vendors that neither model had seen. (Weak lines
relabelled by both models, and fitted once more, brought nothing: 74.1, 74.8, 74.0, 73.3 % for 73.8, 74.0, 74.1, 74.1.)
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from bench.topic_data import corpus_examples, edit_examples, paragraphs, passages
from bench.topic_fit import (
    TOPICS,
    fit_linear,
    fit_weighing,
    fold_of,
    likelihoods,
    pack,
    share_matrix,
    sheet_of,
    text_matrix,
    with_sounds,
)
from bench.topic_lines import first_guess, own_lines, weak_lines
from watcher.differ.linear import pack_model
from watcher.differ.weighing import Weights, write_weights

_PLACE = Path(__file__).resolve().parents[1] / "watcher" / "differ" / "weights"
_FOLDS = 5
# What a labelled clause counts beside a weak line.
_LABELLED = 10.0
# So many weak lines of a topic and language are learned from at most.
_CAP = 1_000
# What the labelled clauses of each source count in the weighing.
_COUNTS = {"passage": 1.0, "train": 1.0, "even": 1.0}
_SHOWN = 30


class Data:
    """All that is learned from, read once: labelled clauses, weak lines and lines of our own, as numbers."""

    def __init__(self, data: Path, corpus: Path) -> None:
        rows = paragraphs(data)
        self.good = [*passages(rows), *edit_examples("train"), *corpus_examples(corpus, "even")]
        self.weak = weak_lines(rows, {example.reading.clause for example in self.good})
        self.sheet = sheet_of(self.good)
        self.weak_texts = text_matrix([example.reading.clause for example in self.weak])
        guesses = [first_guess(example) or {} for example in self.weak]
        self.guessed = share_matrix(guesses)
        own = own_lines(data)
        self.own = text_matrix([line.text for line in own])
        self.own_wanted = share_matrix([line.about for line in own])
        self.own_counts = np.array([line.counts for line in own])
        self.counts = np.array([_COUNTS[example.source] for example in self.good])
        self.folds = np.array([fold_of(example.group, _FOLDS) for example in self.good])
        self.weak_folds = np.array([fold_of(example.group, _FOLDS) for example in self.weak])

    def linear(self, rows: Any, weak_rows: Any) -> tuple[Any, Any]:
        """The linear model of some labelled clauses and weak lines."""
        picked = np.flatnonzero(weak_rows & self._capped())
        texts = sparse.vstack([self.sheet.clause[rows], self.weak_texts[picked], self.own]).tocsr()
        counts = np.concatenate([np.full(len(rows), _LABELLED), np.ones(len(picked)), self.own_counts])
        return fit_linear(texts, np.vstack([self.sheet.wanted[rows], self.guessed[picked], self.own_wanted]), counts)

    def _capped(self) -> Any:
        """Which weak lines say something, at most so many of a topic and language."""
        taken: Counter[tuple[int, str | None]] = Counter()
        found = np.zeros(len(self.weak), dtype=bool)
        for row in np.flatnonzero(self.guessed.any(axis=1)):
            key = int(self.guessed[row].argmax()), self.weak[row].reading.language
            taken[key] += 1
            found[row] = taken[key] <= _CAP
        return found

    def weighing(self, signals: Any, rows: Any) -> Weights:
        """What signs count, by some of the labelled clauses."""
        return fit_weighing(signals[rows], self.sheet.marks[rows], self.sheet.wanted[rows], self.counts[rows])

    def without(self, fold: int | None) -> tuple[Any, Any]:
        """The labelled clauses (as numbers) and the weak lines (as a mask) outside a fold; of all for None."""
        if fold is None:
            return np.arange(len(self.good)), np.ones(len(self.weak), dtype=bool)
        return np.flatnonzero(self.folds != fold), self.weak_folds != fold


def learn(data: Data) -> tuple[tuple[Any, Any], Weights, Any]:
    """Both models of all data, and for each labelled clause the answer of models that had not seen its vendor."""
    models = {fold: data.linear(*data.without(fold)) for fold in (*range(_FOLDS), None)}
    signals = data.sheet.signals.copy()
    for fold in range(_FOLDS):
        inside = data.folds == fold
        signals[inside] = with_sounds(data.sheet.rows(inside), models[fold])
    answers = np.zeros_like(data.sheet.wanted)
    for fold in range(_FOLDS):
        inside = data.folds == fold
        weights = data.weighing(signals, data.without(fold)[0])
        answers[inside] = likelihoods(weights, signals[inside], data.sheet.marks[inside])
    return models[None], data.weighing(signals, data.without(None)[0]), answers


def report(data: Data, answers: Any) -> str:
    """The share of leads that are right, by source and language."""
    right: dict[str, list[bool]] = defaultdict(list)
    for example, answer in zip(data.good, answers, strict=True):
        good = TOPICS[int(answer.argmax())] is example.topics[0]
        for key in (example.source, f"{example.source} {example.reading.language}"):
            right[key].append(good)
    return ", ".join(
        f"{key} {sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.3f}" for key, hits in sorted(right.items())
    )


def main(arguments: list[str] | None = None) -> int:
    """Read, train, print the figures, write."""
    parser = argparse.ArgumentParser(prog="bench.train_topics", description="Train what names topics.")
    parser.add_argument("--data", type=Path, required=True, help="folder of weak_paragraphs.jsonl.gz and headings.json")
    parser.add_argument("--corpus", type=Path, required=True, help="the labelled corpus; its even half is learned from")
    parser.add_argument("--out", type=Path, default=_PLACE, help="folder of topics.bin and weighing.toml")
    options = parser.parse_args(arguments)
    data = Data(options.data, options.corpus)
    print(f"{len(data.good)} labelled clauses, {len(data.weak)} weak lines, {len(data.own_counts)} of our own")
    model, weights, answers = learn(data)
    print(f"vendors not seen: {report(data, answers)}")
    print(confusions(data, answers))
    packed = pack_model(pack(model))
    (options.out / "topics.bin").write_bytes(packed)
    (options.out / "weighing.toml").write_text(write_weights(weights), "utf-8")
    print(f"{options.out}: {len(packed)} bytes")
    return 0


def confusions(data: Data, answers: Any) -> str:
    """The topics of passages most often taken for another, and how sure right and wrong answers are."""
    wrong: Counter[str] = Counter()
    sure: dict[float, list[bool]] = defaultdict(list)
    for example, answer in zip(data.good, answers, strict=True):
        told, lead = TOPICS[int(answer.argmax())], example.topics[0]
        sure[round(float(answer.max()) - 0.05, 1)].append(told is lead)
        if told is not lead:
            wrong[f"{lead} as {told}"] += 1
    lines = [f"{count:4} {what}" for what, count in wrong.most_common(_SHOWN)]
    lines += [f"sure {at:.1f}: {sum(hits)}/{len(hits)} right" for at, hits in sorted(sure.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
