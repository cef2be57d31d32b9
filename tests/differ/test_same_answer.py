"""The same question gives the same answer: in every process, and whatever was asked before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from differ_samples import block, document

from watcher.differ import compare
from watcher.differ.cues import Cues
from watcher.differ.facts.phrases import lexicon
from watcher.differ.recipients import delta, recipient_delta
from watcher.differ.recipients.phrases import PHRASES
from watcher.differ.surroundings import Surroundings

_SCRIPT = """
import hashlib
from bench.edits import load_edits
from watcher.differ import compare
from watcher.extractor import extract
told = hashlib.sha256()
for edit in load_edits():
    if edit.part == "train" and edit.language in {"en", "fr"}:
        old, new = (extract(capture).document for capture in edit.captures())
        told.update(repr(compare(old, new)).encode())
print(told.hexdigest())
"""


def test_every_process_tells_the_same(request: pytest.FixtureRequest) -> None:
    """Rules, summaries and their order do not hang on the seed by which Python orders its sets."""
    answers = set()
    for seed in map(str, range(1, 9 if request.config.getoption("--long") else 3)):
        run = subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.add(run.stdout)
    assert len(answers) == 1


def test_cues_are_found_after_more_words_than_are_remembered() -> None:
    """A hostile text that fills the memory of words neither hides a cue nor ends the remembering."""
    cues = Cues({"retention": ["keep"]})
    cues.families(" ".join(f"word{number:x}z" for number in range(60_000)))
    assert cues.families("we keep it") == {"retention"}
    cues.families(" ".join(f"other{number:x}z" for number in range(100)))
    assert len(cues._silent) < 60_000


@pytest.mark.parametrize("language", ["de", "en", "fr", "nl", None])
def test_every_pattern_of_facts_compiles(language: str | None) -> None:
    """Patterns are compiled when first asked for: none of a shipped lexicon is faulty."""
    phrases = lexicon(language)
    assert all(phrases[name].pattern for name in phrases.words if name != "law.patterns")
    with pytest.raises(KeyError):
        phrases["retention.unheard-of"]


def test_every_pattern_of_sentences_compiles() -> None:
    """So are those for sentences that name a party: none of the shipped ones is faulty, and each finds a name."""
    assert all("name" in rule.pattern.groupindex for rule in PHRASES.rules)
    assert any(rule.needs for rule in PHRASES.rules)


def test_what_was_worked_out_survives_the_renames() -> None:
    """Surroundings that learn of renamed names keep the text that they know."""
    one = document([block("Example Ltd. keeps letters.")], "en")
    plain = Surroundings(one, one, {})
    text = plain.old_text
    later = plain.with_renames({"example": "sample"})
    assert later.old_text is text
    assert later.renamed == {"example": "sample"}
    assert plain.renamed == {}


@pytest.mark.parametrize("long", [False, True])
def test_long_texts_are_searched_as_short_ones(long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a name stands elsewhere is found the same by the index of a long text and by reading a short one."""
    monkeypatch.setattr(delta, "_LONG", 0 if long else 10**9)
    old = document(
        [block("Our hosting is done by Alder Clouds Ltd."), block("We use Birch Mail Inc. for letters.")], "en"
    )
    new = document([block("Hosting: Alder Clouds Ltd, in Ghent."), block("We use Cedar Post Inc. for letters.")], "en")
    found = recipient_delta(old, new)
    assert [one.name for one in found.added] == ["Cedar Post Inc."]
    assert [one.name for one in found.removed] == ["Birch Mail Inc."]


def test_a_name_of_other_words_is_not_found_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of a long text knows whole names: all words of one standing apart are none."""
    monkeypatch.setattr(delta, "_LONG", 0)
    page = document([block("Alder stands here, Clouds there."), block("Birch Mail")], "en")
    text = delta._Text(page, delta._Keys(), ["Alder Clouds", "birch mail", "Mail Birch"])
    assert not text.holds("Alder Clouds")
    assert text.holds("birch mail")
    assert not text.lists("Mail Birch")


def test_comparing_twice_tells_the_same() -> None:
    """What is remembered between comparisons changes no answer."""
    old = document([block("We only use your address to send letters.")], "en")
    new = document([block("We may use your address to send letters and offers.")], "en")
    assert compare(old, new) == compare(old, new)
