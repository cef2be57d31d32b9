"""How much a text sounds like each topic: a small linear model beside the lexicon, for what no term names.

A logistic regression over hashed words, word pairs and beginnings of words. The weights stand in `weights/topics.bin`
(a line of JSON, then deflated rows of one byte a topic for each bucket); bench/train_topics.py made them,
weights/NOTICE.md names the data behind them. Seventeen sums are done at once: each row is one large integer with a lane
of four bytes a topic, so that a clause of 40 words costs some 0.1 ms without any further package.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from storage.model import Topic
from watcher.differ.lexicon import plain_words
from watcher.differ.words import fold

# What is hashed of a word beside itself; the study found no use for other lengths, nor for runs of characters.
PREFIXES = (4, 5, 6, 8)
# Longer texts are judged by so many words from their start.
MOST_WORDS = 400
_LANE = 4
_MIDDLE = 128


@dataclass(frozen=True, slots=True)
class Model:
    """The weights: `rows` holds one byte a topic for each bucket, the weight in steps of `step` plus 128."""

    topics: tuple[Topic, ...]
    buckets: int
    step: float
    bias: tuple[float, ...]
    rows: bytes


def sounds_like(text: str) -> Mapping[Topic, float]:
    """For each topic how likely a text is about it, by its words alone: 0 to 1, all together 1.

    The same for every language; a text without words gives nothing.
    """
    return dict(_likelihoods(text))


@lru_cache(maxsize=4096)
def _likelihoods(text: str) -> tuple[tuple[Topic, float], ...]:
    """The answer as a tuple, remembered: headings and blocks are asked about many times."""
    words = cut_words(text)
    if not words:
        return ()
    model = load_model()
    total = count = 0
    for word in set(words):
        vector, keys = _word(word)
        total += vector
        count += keys
    for pair in set(_pairs(words)):
        total += _row(pair)
        count += 1
    sums = total.to_bytes(_LANE * len(model.topics), "little")
    norm = model.step / math.sqrt(count)
    logits = [
        bias + norm * (int.from_bytes(sums[_LANE * place : _LANE * place + _LANE], "little") - _MIDDLE * count)
        for place, bias in enumerate(model.bias)
    ]
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    whole = sum(powers)
    return tuple((topic, power / whole) for topic, power in zip(model.topics, powers, strict=True))


def cut_words(text: str) -> list[str]:
    """The folded words of a text that the model reads."""
    return plain_words(fold(text[: 20 * MOST_WORDS]))[:MOST_WORDS]


def feature_keys(text: str) -> list[str]:
    """The features of a text as the strings that are hashed; training reads texts by this very function.

    Each distinct word and pair counts once; a beginning counts for every distinct word that has it.
    """
    words = cut_words(text)
    return [*(key for word in set(words) for key in _keys(word)), *set(_pairs(words))]


def bucket(key: str, buckets: int) -> int:
    """The bucket of a feature."""
    return zlib.crc32(key.encode()) % buckets


def _keys(word: str) -> Iterator[str]:
    """The features of one word: itself, and the beginnings that it goes on from."""
    yield word
    for length in PREFIXES:
        if len(word) > length:
            yield f"{word[:length]}*"


def _pairs(words: list[str]) -> Iterator[str]:
    """The features of neighbours."""
    return (f"{one} {other}" for one, other in pairwise(words))


@cache
def load_model() -> Model:
    """The weights that are shipped, read once. Raises ValueError where the file is not what its first line says."""
    path = Path(__file__).parent / "weights" / "topics.bin"
    return read_model(path.read_bytes(), path.name)


def read_model(data: bytes, name: str) -> Model:
    """Unpack the bytes of a weights file; `name` stands in messages. Raises ValueError for a damaged file."""
    head, _, body = data.partition(b"\n")
    try:
        about = json.loads(head)
        topics = tuple(Topic(topic) for topic in about["topics"])
        model = Model(topics, about["buckets"], about["step"], tuple(about["bias"]), zlib.decompress(body))
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise ValueError(f"{name} is damaged ({error}): make it anew with python -m bench.train_topics") from error
    if len(model.rows) != len(topics) * model.buckets or len(model.bias) != len(topics):
        raise ValueError(
            f"{name} does not hold {len(topics)} weights for each of {model.buckets} buckets: make it anew"
        )
    return model


def pack_model(model: Model) -> bytes:
    """The bytes of a weights file."""
    about = {
        "topics": [str(topic) for topic in model.topics],
        "buckets": model.buckets,
        "step": model.step,
        "bias": list(model.bias),
    }
    return json.dumps(about).encode() + b"\n" + zlib.compress(model.rows, 9)


@lru_cache(maxsize=16_384)
def _word(word: str) -> tuple[int, int]:
    """The summed rows of all features of a word, and how many they are."""
    keys = tuple(_keys(word))
    return sum(_row(key) for key in keys), len(keys)


@lru_cache(maxsize=16_384)
def _row(key: str) -> int:
    """The weights of a feature as one integer, a lane for each topic."""
    model = load_model()
    size = len(model.topics)
    start = bucket(key, model.buckets) * size
    lanes = bytearray(_LANE * size)
    lanes[::_LANE] = model.rows[start : start + size]
    return int.from_bytes(lanes, "little")
