"""The linear model of topics: what it says of texts, and the file its weights come from."""

from __future__ import annotations

import json
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Topic
from watcher.differ import linear

_CASES = [
    ("Onze backups staan bij een hostingbedrijf dat als verwerker optreedt.", Topic.SUBPROCESSORS),
    ("Dossiers worden na vijf jaar vernietigd.", Topic.RETENTION),
    ("Wachtwoorden en verbindingen zijn altijd versleuteld.", Topic.SECURITY),
    ("Kinderen onder de zestien mogen geen account maken.", Topic.CHILDREN),
    ("Nach Ende des Vertrags werden die Daten nach drei Monaten gelöscht.", Topic.RETENTION),
    ("Gegen die Verarbeitung können Sie Widerspruch einlegen und Auskunft verlangen.", Topic.RIGHTS),
    ("We place cookies and show advertising based on what you browse.", Topic.TRACKING),
    ("Prompts may be used to train the language model.", Topic.AI),
    ("Les données sont transférées hors de l'Union européenne.", Topic.TRANSFERS),
]


@pytest.mark.parametrize(("text", "topic"), _CASES)
def test_a_clause_sounds_like_its_topic(text: str, topic: Topic) -> None:
    """A plain clause in any of the four languages is most likely about what it says."""
    sound = linear.sounds_like(text)
    assert max(sound, key=lambda one: sound[one]) is topic


@given(st.text(max_size=300))
def test_likelihoods_of_any_text_add_up(text: str) -> None:
    """Whatever the text, each likelihood is between 0 and 1 and all together are 1; no words, no answer."""
    sound = linear.sounds_like(text)
    if not linear.cut_words(text):
        assert sound == {}
    else:
        assert set(sound) == set(Topic)
        assert all(0 <= likelihood <= 1 for likelihood in sound.values())
        assert sum(sound.values()) == pytest.approx(1)


def test_the_sums_are_those_of_the_single_weights() -> None:
    """Adding all topics at once in one integer gives what adding weight by weight gives."""
    model = linear.load_model()
    text = "Wij bewaren facturen zeven jaar en wissen daarna alle gegevens."
    keys = linear.feature_keys(text)
    size = len(model.topics)
    plain = []
    for place, bias in enumerate(model.bias):
        weights = [model.rows[linear.bucket(key, model.buckets) * size + place] - 128 for key in keys]
        plain.append(bias + model.step * sum(weights) / len(keys) ** 0.5)
    sound = linear.sounds_like(text)
    ranked = [topic for _, topic in sorted(zip(plain, model.topics, strict=True), reverse=True)]
    assert sorted(sound, key=lambda topic: -sound[topic]) == ranked


def test_capitals_accents_and_marks_play_no_part() -> None:
    """The model reads folded words only."""
    assert linear.sounds_like("DONNÉES, conservées!") == linear.sounds_like("donnees conservees")


def test_weights_are_small_and_carry_their_notice() -> None:
    """The file is under 0.6 MB, and the licence of its data lies beside it."""
    place = Path(linear.__file__).parent / "weights"
    assert (place / "topics.bin").stat().st_size < 600_000
    notice = (place / "NOTICE.md").read_text("utf-8")
    assert "Open Terms Archive" in notice
    assert "ODbL" in notice


def test_packing_is_undone_by_reading() -> None:
    """A model written and read again is the same."""
    model = linear.Model((Topic.AI, Topic.RIGHTS), 4, 0.5, (0.25, -1.0), bytes(range(8)))
    assert linear.read_model(linear.pack_model(model), "own.bin") == model


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}\n",
        b'{"topics": ["ai"], "buckets": 2, "step": 1, "bias": [0]}\nnot deflated',
        json.dumps({"topics": ["nonsense"], "buckets": 1, "step": 1, "bias": [0]}).encode()
        + b"\n"
        + zlib.compress(b"a"),
        json.dumps({"topics": ["ai"], "buckets": 9, "step": 1, "bias": [0]}).encode() + b"\n" + zlib.compress(b"a"),
    ],
)
def test_a_damaged_file_is_named_with_its_remedy(data: bytes) -> None:
    """A weights file that is cut or of other topics is told by name, with what to do."""
    with pytest.raises(ValueError, match=r"own\.bin.*make it anew"):
        linear.read_model(data, "own.bin")


def test_a_clause_costs_well_under_a_millisecond() -> None:
    """Two hundred clauses of forty words, all different, take less than 0.3 ms each on a slow machine."""
    clause = (
        "Clause {} says that we keep data of kind {} for as many days as item {} of the list in annex {} states. " * 2
    )
    texts = [clause.format(*range(number, number + 8)) for number in range(200)]
    linear.sounds_like("warm")
    begun = time.process_time()
    for text in texts:
        linear.sounds_like(text)
    assert time.process_time() - begun < 0.3 * len(texts) / 1000 * 3
