"""The rights that a document grants, and the legal bases that it names."""

from __future__ import annotations

import re

from storage.model import BlockKind, FactType
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import RIGHTS
from watcher.differ.periods import find_periods

_BASES = ("consent", "contract", "legal-obligation", "vital-interests", "public-task", "legitimate-interests")
_LETTER = dict(zip("abcdef", _BASES, strict=True))
# Article 6(1) of the Regulation: "6(1)(b)", "6 lid 1 sub b", "6 Abs. 1 S. 1 lit. b", "6, paragraphe 1, point b".
_ARTICLE = re.compile(
    r"(?<!\d)6\s?(?:,?\s?(?:lid|abs(?:atz|\.)?|paragraphe|paragraph|par\.|§|al(?:inéa|\.)?)\s?1|\(1\)|\.1)"
    r"(?:\s?s(?:atz|\.)\s?1)?[\s,.]*(?:(?:sub(?:paragraph)?|onder|aanhef en onder|lit(?:\.|era)?|buchst(?:abe|\.)|"
    r"point|letter|onderdeel)\s?)?\(?(?P<letter>[a-f])\)?(?!\w)"
)
_DATA = re.compile(r"\b(?:data|information|\w*gegevens|informatie|daten|données|informations)\b")
_NAMED = re.compile(r"(?<!\w)(?:recht(?:en)?|right|droits?|gerechtigd|entitled)(?!\w)")
_GDPR = re.compile(r"\b(?:avg|gdpr|dsgvo|ds-gvo|rgpd|2016/679|art)")


def right_facts(reading: Reading) -> Found:
    """One fact for each right and section: named outright anywhere, or hinted at where rights are spoken of."""
    phrases = reading.phrases
    seen: set[tuple[str, tuple[str, ...]]] = set()
    lead = ""
    for passage in reading.passages:
        if passage.block.kind is BlockKind.PARAGRAPH:
            lead = passage.lower
        if "rights" not in passage.families or phrases["rights.company"].search(passage.lower):
            continue
        item = passage.block.kind in {BlockKind.LIST_ITEM, BlockKind.DEFINITION} and bool(
            re.search(r"\brecht|\bright|\bdroits?\b", f"{lead} {passage.section}")
        )
        asked = bool(phrases["rights.request"].search(passage.lower) and _DATA.search(passage.lower))
        context = item or asked or bool(phrases["rights.context"].search(passage.lower))
        named = bool(_NAMED.search(passage.lower))
        for right in RIGHTS:
            if (right, passage.block.path) not in seen and _grants(
                passage, reading, right, listed=item or asked or named, context=context
            ):
                seen.add((right, passage.block.path))
                yield passage.fact(FactType.RIGHT, id=right)


def _grants(passage: Passage, reading: Reading, right: str, *, listed: bool, context: bool) -> bool:
    """True when a passage grants a right: in strong words, or in weak ones where rights are listed or asked for."""
    phrases, lower = reading.phrases, passage.lower
    if phrases[f"rights.strong.{right}"].search(lower):
        granted = context or right in {"complaint", "portability", "withdraw-consent"}
    else:
        granted = listed and bool(phrases[f"rights.weak.{right}"].search(lower))
    if granted and right == "objection":  # to a new sub-processor, or within a time: a matter of the contract
        contract = phrases["notice.subprocessor"].search(lower)
        return not contract and not find_periods(passage.text, reading.document.language)
    if granted and right == "access":
        return not phrases["transfer.scc"].search(lower)  # a copy of the clauses, not of the data
    return granted


def basis_facts(reading: Reading) -> Found:
    """One fact for each legal basis of a sentence, with the article where the sentence cites it."""
    for passage in reading.passages:
        if "basis" not in passage.families:
            continue
        articles = _articles(passage.lower)
        bases = [base for base in _BASES if reading.phrases[f"basis.{base}"].search(passage.lower)]
        if "consent" in bases and reading.phrases["basis.withdraw"].search(passage.lower):
            bases.remove("consent")
        for base in dict.fromkeys((*bases, *articles)):
            purpose = _purpose(passage)
            yield passage.fact(FactType.LEGAL_BASIS, basis=base, purpose=purpose, article=articles.get(base))


def _articles(lower: str) -> dict[str, str]:
    """The points of Article 6(1) that a text cites, by basis."""
    if not _GDPR.search(lower):
        return {}
    return {_LETTER[match["letter"]]: f"6(1)({match['letter']})" for match in _ARTICLE.finditer(lower)}


def _purpose(passage: Passage) -> str | None:
    if passage.column and passage.label and passage.label != passage.text:
        return passage.label
    return passage.block.path[-1] if passage.block.path else None
