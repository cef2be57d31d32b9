"""All facts of a document, in reading order."""

from __future__ import annotations

from collections.abc import Callable

from storage.model import Document, Fact, FactType
from watcher.differ.facts.ai import ai_facts
from watcher.differ.facts.authorities import authority_facts
from watcher.differ.facts.bases import basis_facts
from watcher.differ.facts.contacts import contact_facts
from watcher.differ.facts.contract import is_contract, named_processors
from watcher.differ.facts.data import data_facts
from watcher.differ.facts.passages import Found, Reading, read
from watcher.differ.facts.retention import retention_facts
from watcher.differ.facts.rights import right_facts
from watcher.differ.facts.security import notice_facts, security_facts
from watcher.differ.facts.transfers import law_facts, transfer_facts
from watcher.differ.recipients import recipient_mentions
from watcher.differ.recipients.names import entity_key

_FAMILIES: tuple[Callable[[Reading], Found], ...] = (
    retention_facts,
    transfer_facts,
    ai_facts,
    contact_facts,
    right_facts,
    basis_facts,
    security_facts,
    notice_facts,
    authority_facts,
    law_facts,
    data_facts,
)


def find_facts(document: Document) -> tuple[Fact, ...]:
    """What a document states, in reading order, each statement once.

    Every quote stands verbatim in the text of a block, and `section` is that block's path. The same right or category
    of data is told once a section.
    """
    reading = read(document)
    found = [fact for family in _FAMILIES for fact in family(reading)]
    own = {entity_key(fact.get("name") or "").strict for _, fact in found if _is_controller(fact)}
    if is_contract(document):
        own |= {entity_key(name).strict for name in named_processors(reading)}
    found += [pair for pair in _recipients(reading) if entity_key(pair[1].get("name") or "").strict not in own]
    found.sort(key=lambda pair: pair[0])
    return tuple(dict.fromkeys(fact for _, fact in found))


def _is_controller(fact: Fact) -> bool:
    return fact.type is FactType.CONTACT and fact.get("role") == "controller"


def _recipients(reading: Reading) -> list[tuple[int, Fact]]:
    places = {id(block): index for index, block in enumerate(reading.document.blocks)}
    facts = []
    for mention in recipient_mentions(reading.document):
        one = mention.recipient
        fact = Fact.of(
            FactType.RECIPIENT,
            quote=mention.quote,
            section=mention.block.path,
            name=one.name,
            role=one.role,
            location=one.location,
            purpose=one.purpose,
        )
        facts.append((places[id(mention.block)], fact))
    return facts
