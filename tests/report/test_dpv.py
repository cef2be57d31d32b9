"""Topics as concepts of the Data Privacy Vocabulary."""

from __future__ import annotations

from storage.model import Topic
from watcher.report.dpv import CONCEPTS, concepts


def test_every_topic_has_its_concept() -> None:
    """All but "other"; each concept is an IRI of the vocabulary, and no two topics share one."""
    assert set(CONCEPTS) == set(Topic)
    found = [iri for topic, iri in CONCEPTS.items() if topic is not Topic.OTHER]
    assert all(iri is not None and iri.startswith("https://w3id.org/dpv") and "#" in iri for iri in found)
    assert len(set(found)) == len(found)


def test_topics_of_the_users_own_have_none() -> None:
    """And each concept is told once."""
    assert concepts(("retention", "retention", "data-centre", "other")) == ["https://w3id.org/dpv#StorageDuration"]
