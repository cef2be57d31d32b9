"""Contracts on processing (GDPR, Article 28): who is the vendor there, and that it is not the controller."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.model import BlockKind, Document
from watcher.differ.facts.passages import Passage, Reading
from watcher.differ.recipients.names import companies, looks_like_name

# What such a contract is called. A page that only speaks of one ("about our DPA") may be called so too: there as well
# the vendor is the processor.
_TITLE = re.compile(
    r"\b(?:data )?(?:processing|protection) (?:agreement|addendum|annex|terms|contract|schedule)|"
    r"\bprocessor (?:agreement|terms)|"
    r"\bdpa\b|\b(?:sub)?(?:ver|be)werker(?:s)?(?:overeenkomst|voorwaarden|contract)|\bverwerkingsovereenkomst|"
    r"\bauftrags(?:daten)?verarbeitung|\bavv\b|\bav-vertrag|"
    r"\b(?:contrat|accord|convention|avenant|annexe)\b.{0,40}\b(?:sous-traitance|sous-traitant|traitement|protection)\b",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"privacy (?:policy|statement|notice)|privacyverklaring|datenschutzerkl|confidentialit", re.IGNORECASE
)
_PROCESSOR = (
    r"(?:data\s)?processor|(?:ver|be)werker|auftragsverarbeiter(?:in)?|auftragnehmer(?:in)?|sous-traitant|"
    r"opdrachtnemer|prestataire|service\sprovider"
)
_CONTROLLER = r"(?:data\s)?controller|verwerkingsverantwoordelijke|verantwoordelijke|verantwortliche[rn]?|responsable"
_CALLED = (
    r"[^.;:\"“„«()]{{0,60}}?(?:\([^()\"“„«]{{0,40}})?[\"“„«'‘(]\s?(?:(?:the|de|der|die|den|le|la)\s|l['’])?(?:{})s?\W"
)
_CALLED_PROCESSOR = re.compile(_CALLED.format(_PROCESSOR), re.IGNORECASE)
_CALLED_CONTROLLER = re.compile(_CALLED.format(_CONTROLLER), re.IGNORECASE)
_IS_PROCESSOR = re.compile(
    r"\s(?:is|acts?\sas|ist|handelt\sals|treedt\sop\sals|est|agit\sen\s(?:qualité|tant)\s(?:de|que))\s"
    rf"(?:(?:the|de|der|die|le)\s)?(?:{_PROCESSOR})(?!\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"(?<![\w-])(?:{_PROCESSOR})\W{{0,3}}$", re.IGNORECASE)
_HEADINGS = 3  # headings at the beginning that may be the document's title


def is_contract(document: Document) -> bool:
    """True for a contract between a controller and its processor, by its title or its first headings."""
    headings = [block.text for block in document.blocks[:12] if block.kind is BlockKind.HEADING][:_HEADINGS]
    titles = [document.title or "", *headings]
    return any(_TITLE.search(text) and not _POLICY.search(text) for text in titles)


def named_processors(reading: Reading) -> frozenset[str]:
    """The companies that a document defines as the processor: "Example Ltd ("Processor")", "Processor: Example Ltd"."""
    return frozenset(name for passage in reading.passages for name in _defined(passage))


def called_controller(passage: Passage) -> str | None:
    """The company that a sentence defines as the controller ("Example Ltd ("Controller")")."""
    for name, end, following in _companies(passage):
        if _CALLED_CONTROLLER.match(passage.text[:following], end):
            return name
    return None


def _companies(passage: Passage) -> Iterator[tuple[str, int, int]]:
    """The companies of a sentence: name, where it ends, and where the next begins."""
    found = companies(passage.text)
    for number, (name, place) in enumerate(found):
        following = found[number + 1][1] if number + 1 < len(found) else len(passage.text)
        yield name, place + len(name), following


def _defined(passage: Passage) -> Iterator[str]:
    for name, end, following in _companies(passage):
        if _CALLED_PROCESSOR.match(passage.text[:following], end) or _IS_PROCESSOR.match(passage.text, end):
            yield name
    if passage.first and passage.label and _LABEL.search(passage.label):
        rest = passage.block.text[len(passage.label) :].lstrip(" :–—-")
        name = re.split(r",|;|\s[–—-]\s|\.(?:\s|$)", rest, maxsplit=1)[0].strip()
        if looks_like_name(name):
            yield name
