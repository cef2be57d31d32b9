"""What holds on the labelled corpus whatever the figures are; their floors stand in floors.toml."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.scoring import Tally
from storage.model import Document
from watcher.differ import compare
from watcher.extractor import extract, read_file


def test_vendors_are_told_without_a_miss(tallies: dict[str, Tally]) -> None:
    """Every step has its verdict; every labelled change is found with its topic; recipients are exact."""
    vendors = tallies["vendors"]
    for name in ("verdict", "evidence", "told", "topic", "recipients"):
        assert vendors.rate(name) == 1.0, vendors.misses
    assert vendors.counts["evidence/all"] == 48
    assert vendors.counts["verdict/all"] == 15


def test_unseen_half_keeps_up(tallies: dict[str, Tally]) -> None:
    """On vendors that nobody looked at while writing rules no material change is missed."""
    assert tallies["pairs odd"].rate("material") >= 0.98
    assert tallies["pairs odd"].rate("evidence") >= 0.95


def test_high_is_seldom_said_without_a_cause(tallies: dict[str, Tally]) -> None:
    """Of the changes called high hardly any is unknown to the labels or low there, and few quiet pairs hold one."""
    for name in ("pairs", "vendors"):
        counts = tallies[name].counts
        assert counts["high-wrong"] <= 0.15 * counts["high-told"], name
    assert tallies["quiet"].counts["high-told"] <= 1


def _with_word(document: Document, place: int, words: list[str]) -> Document:
    """The document with other words in one block."""
    text = " ".join(words)
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    blocks = list(document.blocks)
    blocks[place] = replace(blocks[place], text=text, key=key, cells=())
    digest = hashlib.sha256("".join(f"{block.kind}{block.text}" for block in blocks).encode()).hexdigest()
    return replace(document, blocks=tuple(blocks), fingerprint=digest)


def _mutants(document: Document, chance: random.Random) -> Iterator[tuple[str, Document]]:
    """The document with one word of weight put into or taken out of a clause, each named."""
    long = [place for place, block in enumerate(document.blocks) if len(block.text.split()) > 8 and not block.cells]
    for word in ("niet", "alleen", "nooit", "alle", "90"):
        place = chance.choice(long)
        words = document.blocks[place].text.split(" ")
        words.insert(chance.randrange(2, len(words)), word)
        yield f"+{word} in {document.blocks[place].text[:60]}", _with_word(document, place, words)
    for place in long:
        words = document.blocks[place].text.split(" ")
        for at, word in enumerate(words):
            if at > 1 and word in {"niet", "geen", "alleen", "altijd", "alle"}:
                yield (
                    f"-{word} in {document.blocks[place].text[:60]}",
                    _with_word(document, place, words[:at] + words[at + 1 :]),
                )


def test_one_word_of_weight_in_a_real_policy_is_always_told(corpus: Path) -> None:
    """A negation, a limit or a number put into or taken out of any clause is told, hardly ever as a matter of form."""
    chance = random.Random(11)
    verdicts = []
    for page in sorted(corpus.glob("vendors/*/page-v1.html")):
        document = extract(read_file(page)).document
        verdicts += [(compare(document, mutant).verdict, name) for name, mutant in _mutants(document, chance)]
    assert len(verdicts) > 60
    assert not [name for verdict, name in verdicts if verdict in {"same", "noise"}]
    assert sum(verdict == "material" for verdict, _ in verdicts) >= 0.98 * len(verdicts)


def test_another_word_in_a_real_policy_is_told(corpus: Path) -> None:
    """A word of content replaced by one from elsewhere, or taken out, is hardly ever called a matter of form."""
    chance = random.Random(5)
    verdicts = []
    for page in sorted(corpus.glob("vendors/*/page-v1.html")):
        document = extract(read_file(page)).document
        long = [place for place, block in enumerate(document.blocks) if len(block.text.split()) > 8 and not block.cells]
        for _ in range(12):
            place, other = chance.choice(long), chance.choice(long)
            words = document.blocks[place].text.split(" ")
            at = chance.choice([at for at, word in enumerate(words) if len(word) > 6 and word.isalpha()] or [0])
            put = chance.choice(
                [word for word in document.blocks[other].text.split(" ") if len(word) > 6] or ["logfile"]
            )
            wordings = [[*words[:at], put, *words[at + 1 :]], [*words[:at], *words[at + 1 :]]]
            verdicts += [
                (compare(document, _with_word(document, place, wording)).verdict, words[at], put)
                for wording in wordings
                if wording != words and len(words[at]) > 6
            ]
    assert len(verdicts) > 60
    assert not [verdict for verdict in verdicts if verdict[0] in {"same", "noise"}]
    quiet = [verdict for verdict in verdicts if verdict[0] != "material"]
    assert len(quiet) <= 0.06 * len(verdicts), quiet
