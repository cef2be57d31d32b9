"""Train the judge of doubtful changes: `python -m bench.train_judge` writes the weights of watcher/differ/doubt.py.

Needs numpy, which nothing else here does: `python -m pip install numpy` in an environment of its own. It learns from
the changes that the rules leave open: those of our own train edits, those of the labelled corpus without the half of
the vendors that measures (bench/quality.py), and of real policies in which one word was exchanged or dropped. Two runs
over the same data give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.edits import load_edits
from bench.quality import CORPUS, steps
from bench.scoring import holds
from storage.model import Change, Document
from watcher.differ import judge as judging
from watcher.differ.align import align
from watcher.differ.doubt import features, weighty
from watcher.differ.leftover import leftover
from watcher.differ.pieces import cut
from watcher.differ.recipients import recipient_delta
from watcher.extractor import extract, read_file

_TARGET = Path(__file__).resolve().parents[1] / "watcher" / "differ" / "weights" / "doubt.json"
_FOLDS = 10
_SHRINK = 2.0
_ROUNDS = 60
# What a sample counts by its source: mutants are many and easy.
_COUNTS = {"edit": 1.0, "pair": 1.0, "quiet": 2.0, "mutant": 0.25}
# The shares of the open changes of meaning and of the mutants that must stay told in cross-validation. Rules tell
# twenty times as many changes of meaning before the judge is asked.
_RECALL = 0.9
_MUTANT_RECALL = 0.99
_MUTANTS = 12
_CONTENT = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One open change: its features, whether it is one of meaning, where it stems from, and what it counts."""

    values: dict[str, float]
    material: bool
    source: str
    group: str
    text: str


def samples() -> list[Sample]:
    """All samples in a fixed order, each text once."""
    found = {sample.text: sample for sample in (*_of_edits(), *_of_corpus(), *_of_mutants())}
    return list(found.values())


def _open(old: Document, new: Document) -> Iterator[tuple[dict[str, float], Change]]:
    """The features of the changes that rules leave open, with the change."""
    pieces = cut(align(old.blocks, new.blocks), old.blocks, new.blocks, new.language or old.language)
    for evidence, around, change in judging.open_changes(pieces, recipient_delta(old, new), old, new):
        rest = leftover(evidence, around)
        if rest is not None and not weighty(evidence, rest):
            yield dict(features(evidence, around, rest)), change


def _of_edits() -> Iterator[Sample]:
    """Our own edits of the train part."""
    for edit in load_edits():
        if edit.part == "train":
            old, new = (extract(capture).document for capture in edit.captures())
            for values, change in _open(old, new):
                yield Sample(values, edit.verdict == "material", "edit", edit.id, f"{change.before} -> {change.after}")


def _unread(vendor: str) -> bool:
    """True for a vendor that only measures."""
    number = int(hashlib.sha256(vendor.encode()).hexdigest(), 16)
    return bool(number % 2) and bool((number >> 1) % 2)


def _of_corpus() -> Iterator[Sample]:
    """Changes of labelled pairs: all of a quiet one, those with a labelled quote of a material one."""
    for step in steps(CORPUS):
        kind = step.label["kind"]
        quiet = kind != "material"
        if (step.half == "odd" and not (quiet and step.corpus == "quiet")) or _unread(step.label["vendor"]):
            continue
        old, new = (extract(read_file(path)).document for path in (step.old, step.new))
        for values, change in _open(old, new):
            if quiet or any(holds(change, label) for label in step.label["changes"]):
                yield Sample(
                    values,
                    not quiet,
                    "quiet" if quiet else "pair",
                    step.label["vendor"],
                    f"{change.before} -> {change.after}",
                )


def _of_mutants() -> Iterator[Sample]:
    """Real policies in which one word of content was exchanged for another of the document, or dropped."""
    chance = random.Random(7)
    texts: dict[str | None, list[str]] = {}
    for step in steps(CORPUS):
        if step.half == "odd" or step.corpus == "vendors":
            continue
        document = extract(read_file(step.old)).document
        foreign = texts.setdefault(document.language, [])
        long = [at for at, block in enumerate(document.blocks) if len(block.text.split()) > 8 and not block.cells]
        if not long:
            continue
        for number in range(_MUTANTS):
            place = chance.choice(long)
            words, others = document.blocks[place].text.split(" "), chance.choice(foreign or ["profile"]).split(" ")
            text = " ".join(_mutated(words, others, number, chance))
            key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
            blocks = list(document.blocks)
            blocks[place] = replace(blocks[place], text=text, key=key)
            for values, change in _open(document, replace(document, blocks=tuple(blocks), fingerprint=key)):
                yield Sample(values, True, "mutant", step.label["vendor"], f"{change.before} -> {change.after}")
        foreign += [document.blocks[at].text for at in long]


def _mutated(words: list[str], others: list[str], number: int, chance: random.Random) -> list[str]:
    """The words with one of content exchanged, with a run taken out, or with a run of another clause put in."""
    content = [at for at, word in enumerate(words) if len(word) > _CONTENT and word.isalpha()] or [0]
    foreign = [at for at, word in enumerate(others) if len(word) > _CONTENT and word.isalpha()] or [0]
    spot, size = chance.choice(content), chance.randint(2, 5)
    start = chance.choice(foreign)
    if number % 3 == 0:
        return [*words[:spot], others[start], *words[spot + 1 :]]
    if number % 3 == 1:
        return [*words[:spot], *words[spot + size :]]
    return [*words[:spot], *others[start : start + size], *words[spot:]]


def fit(rows: np.ndarray, labels: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression with a ridge, by Newton's method; the first column is the constant."""
    weights = np.zeros(rows.shape[1])
    ridge = np.full(rows.shape[1], _SHRINK)
    ridge[0] = 0.0
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (chance - labels)) + ridge * weights
        curve = (rows * (counts * chance * (1 - chance) + 1e-9)[:, None]).T @ rows + np.diag(ridge + 1e-6)
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _keeping(data: list[Sample], told: np.ndarray, sources: tuple[str, ...], recall: float) -> float:
    """The highest threshold that keeps a share of the changes of meaning of some sources told."""
    values = sorted(value for value, one in zip(told, data, strict=True) if one.material and one.source in sources)
    return float(values[int(len(values) * (1 - recall))]) - 1e-3


def _print_curve(data: list[Sample], told: np.ndarray, threshold: float) -> None:
    """Print how many changes of each source are told at the threshold and around it."""
    for at in sorted({threshold, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}):
        cells = []
        for source, label in (("edit", 0), ("quiet", 0), ("edit", 1), ("pair", 1), ("mutant", 1)):
            part = np.array([sample.source == source and sample.material == bool(label) for sample in data])
            kind = "material" if label else "quiet"
            cells.append(f"{source} {kind} {int((told[part] >= at).sum())}/{part.sum()}")
        print(f"{at:.3f} " + ", ".join(cells))


def main() -> int:
    """Train, say how well it does on groups it did not see, and write the weights."""
    parser = argparse.ArgumentParser(prog="bench.train_judge")
    parser.add_argument("--show", action="store_true", help="print the material changes that would be silenced")
    options = parser.parse_args()
    data = samples()
    seen = Counter(name for sample in data for name in sample.values)
    names = sorted(name for name, times in seen.items() if times >= 5)
    rows = np.array([[1.0, *(sample.values.get(name, 0.0) for name in names)] for sample in data])
    labels = np.array([float(sample.material) for sample in data])
    counts = np.array([_COUNTS[sample.source] for sample in data])
    folds = np.array([int(hashlib.sha256(sample.group.encode()).hexdigest(), 16) % _FOLDS for sample in data])
    told = np.zeros(len(data))
    for fold in range(_FOLDS):
        away = folds == fold
        told[away] = 1 / (1 + np.exp(-(rows[away] @ fit(rows[~away], labels[~away], counts[~away]))))
    threshold = min(_keeping(data, told, ("edit", "pair"), _RECALL), _keeping(data, told, ("mutant",), _MUTANT_RECALL))
    _print_curve(data, told, threshold)
    if options.show:
        for value, sample in sorted(zip(told, data, strict=True), key=lambda pair: pair[0]):
            if sample.material and value < threshold + 0.1 and sample.source != "mutant":
                print(f"{value:.3f} {sample.source} {sample.group} {sample.text[:300]}")
    weights = fit(rows, labels, counts)
    data_out = {
        "threshold": round(threshold, 3),
        "bias": round(float(weights[0]), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(names, weights[1:], strict=True)},
    }
    _TARGET.write_text(json.dumps(data_out, indent=1, sort_keys=True) + "\n", "utf-8")
    print(f"{len(data)} samples, {len(names)} features, threshold {threshold:.3f} -> {_TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
