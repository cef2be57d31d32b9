"""Fitting the two models of topics (bench/train_topics.py): texts and clauses as matrices, and the two regressions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from bench.topic_data import Example
from storage.model import Topic
from watcher.differ.linear import Model, bucket, feature_keys
from watcher.differ.topics import clause_marks, clause_terms
from watcher.differ.weighing import MARKS, SIGNALS, Weights

TOPICS = tuple(Topic)
BITS = 15
_PLACES = {topic: place for place, topic in enumerate(TOPICS)}
# The strength by which weights are held small: of the linear model, of signals, of marks and of the mark "always".
_SHRINK = 2e-5
_SHRINK_SIGNALS = 1e-4
_SHRINK_MARKS = 3e-3
_SHRINK_ALWAYS = 1e-3
_ROUNDS = 60
_WEIGHING_ROUNDS = 300
# As in topics.py: a likelihood below the floor says no more than the floor.
_FLOOR = 0.01


@dataclass(frozen=True, slots=True)
class Sheet:
    """Clauses as numbers: what is wanted, all signals but the sounds, the marks, and the texts whose sound is asked."""

    wanted: Any
    signals: Any
    marks: Any
    changed: Any
    clause: Any
    heading: Any
    modified: Any
    headed: Any

    def rows(self, which: Any) -> Sheet:
        """Some of the clauses."""
        return Sheet(*(getattr(self, name)[which] for name in self.__slots__))


def fold_of(group: str, folds: int) -> int:
    """The part of a cross-validation that a vendor or an edit belongs to."""
    return int(hashlib.sha256(f"fold {group}".encode()).hexdigest(), 16) % folds


def text_matrix(texts: Sequence[str]) -> Any:
    """Texts as rows of hashed features, each of length 1."""
    buckets = 1 << BITS
    known = [sorted({bucket(key, buckets) for key in feature_keys(text)}) for text in texts]
    places = np.cumsum([0, *(len(keys) for keys in known)])
    values = np.repeat([1 / np.sqrt(max(len(keys), 1)) for keys in known], [len(keys) for keys in known])
    flat = np.array([key for keys in known for key in keys], dtype=np.int64)
    return sparse.csr_matrix((values, flat, places), shape=(len(texts), buckets))


def share_matrix(abouts: Sequence[dict[Topic, float]]) -> Any:
    """How much each text is about each topic."""
    found = np.zeros((len(abouts), len(TOPICS)))
    for row, about in enumerate(abouts):
        for topic, share in about.items():
            found[row, _PLACES[topic]] = share
    return found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9)


def sheet_of(examples: Sequence[Example]) -> Sheet:
    """Examples as numbers."""
    signals = np.zeros((len(examples), len(TOPICS), len(SIGNALS)))
    marks = np.zeros((len(examples), len(MARKS)))
    for row, example in enumerate(examples):
        for name, values in clause_terms(example.reading).items():
            for topic, value in values.items():
                signals[row, _PLACES[topic], SIGNALS.index(name)] = value
        for mark in ("always", *clause_marks(example.reading)):
            marks[row, MARKS.index(mark)] = 1
    readings = [example.reading for example in examples]
    return Sheet(
        share_matrix([example.about() for example in examples]),
        signals,
        marks,
        text_matrix([reading.changed for reading in readings]),
        text_matrix([reading.clause for reading in readings]),
        text_matrix([reading.headings[-1][:300] if reading.headings else "" for reading in readings]),
        np.array([reading.changed != reading.clause for reading in readings]),
        np.array([bool(reading.headings) for reading in readings]),
    )


def fit_linear(texts: Any, wanted: Any, counts: Any) -> tuple[Any, Any]:
    """Weights (buckets by topics) and biases of a logistic regression over all topics at once."""
    counts = counts / counts.sum()
    back = texts.T.tocsr()
    size = texts.shape[1] * len(TOPICS)

    def loss(flat: Any) -> tuple[float, Any]:
        weights = flat[:size].reshape(-1, len(TOPICS))
        value, error = _loss(texts @ weights + flat[size:], wanted, counts)
        pull = np.concatenate(((back @ error + _SHRINK * weights).ravel(), error.sum(axis=0)))
        return value + 0.5 * _SHRINK * float(flat[:size] @ flat[:size]), pull

    options = {"maxiter": _ROUNDS, "maxcor": 6}
    flat = minimize(loss, np.zeros(size + len(TOPICS)), jac=True, method="L-BFGS-B", options=options).x
    return flat[:size].reshape(-1, len(TOPICS)), flat[size:]


def _loss(logits: Any, wanted: Any, counts: Any) -> tuple[float, Any]:
    """The loss of a softmax, and the error of each logit."""
    logits = logits - logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    sums = powers.sum(axis=1, keepdims=True)
    value = -float((counts * (wanted * (logits - np.log(sums))).sum(axis=1)).sum())
    return value, (powers / sums - wanted) * counts[:, None]


def sounds(model: tuple[Any, Any], texts: Any) -> Any:
    """What the linear model says of texts, as likelihoods."""
    return _softmax(texts @ model[0] + model[1])


def with_sounds(sheet: Sheet, model: tuple[Any, Any]) -> Any:
    """The signals of clauses with the sounds that a linear model hears."""
    found = sheet.signals.copy()
    clause, changed, heading = (
        _distinct(sounds(model, texts)) for texts in (sheet.clause, sheet.changed, sheet.heading)
    )
    found[:, :, SIGNALS.index("clause.sound")] = clause
    found[:, :, SIGNALS.index("around.sound")] = clause * sheet.modified[:, None]
    found[:, :, SIGNALS.index("changed.sound")] = changed * sheet.modified[:, None]
    found[:, :, SIGNALS.index("heading.sound")] = heading * sheet.headed[:, None]
    return found


def _distinct(likely: Any) -> Any:
    """Likelihoods as evidence that adds up, as topics.py reads them."""
    return np.log(likely + _FLOOR) - np.log(_FLOOR + 1 / len(TOPICS))


def fit_weighing(signals: Any, marks: Any, wanted: Any, counts: Any) -> Weights:
    """What each signal and each mark counts."""
    counts = counts / counts.sum()
    few, many = signals.shape[2], marks.shape[1]
    strength = np.full((many, len(TOPICS)), _SHRINK_MARKS)
    strength[MARKS.index("always")] = _SHRINK_ALWAYS

    def loss(flat: Any) -> tuple[float, Any]:
        shared, single = flat[:few], flat[few:].reshape(many, len(TOPICS))
        value, error = _loss(signals @ shared + marks @ single, wanted, counts)
        value += 0.5 * float(_SHRINK_SIGNALS * (shared @ shared) + (strength * single**2).sum())
        pull = np.einsum("ntk,nt->k", signals, error) + _SHRINK_SIGNALS * shared
        return value, np.concatenate((pull, (marks.T @ error + strength * single).ravel()))

    start = np.zeros(few + many * len(TOPICS))
    flat = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _WEIGHING_ROUNDS}).x
    single = flat[few:].reshape(many, len(TOPICS))
    return Weights(
        {name: float(weight) for name, weight in zip(SIGNALS, flat[:few], strict=True)},
        {mark: dict(zip(TOPICS, map(float, row), strict=True)) for mark, row in zip(MARKS, single, strict=True)},
    )


def likelihoods(weights: Weights, signals: Any, marks: Any) -> Any:
    """What the weighing says of clauses, as weighing.weigh says it of one."""
    shared = np.array([weights.signals[name] for name in SIGNALS])
    single = np.array([[weights.marks[mark][topic] for topic in TOPICS] for mark in MARKS])
    return _softmax(signals @ shared + marks @ single)


def _softmax(logits: Any) -> Any:
    """Logits as likelihoods."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def pack(model: tuple[Any, Any]) -> Model:
    """The linear model with its weights rounded to bytes."""
    weights, bias = model
    step = float(np.quantile(np.abs(weights), 0.9999)) / 127
    rounded = np.clip(np.rint(weights / step), -127, 127).astype(np.int64) + 128
    rows = rounded.astype(np.uint8).tobytes()
    return Model(TOPICS, 1 << BITS, step, tuple(round(float(b), 4) for b in bias), rows)
