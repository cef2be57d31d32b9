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
        context = item or bool(phrases["rights.context"].search(passage.lower))
        for right in RIGHTS:
            if (right, passage.block.path) not in seen and _grants(passage, reading, right, item=item, context=context):
                seen.add((right, passage.block.path))
                yield passage.fact(FactType.RIGHT, id=right)


def _grants(passage: Passage, reading: Reading, right: str, *, item: bool, context: bool) -> bool:
    if right == "objection" and (
        reading.phrases["notice.subprocessor"].search(passage.lower)
        or find_periods(passage.text, reading.document.language)
    ):
        return False  # an objection to a new sub-processor, or within a time, is a matter of the contract
    if reading.phrases[f"rights.strong.{right}"].search(passage.lower):
        return context or right in {"complaint", "portability", "withdraw-consent"}
    named = re.search(r"(?<!\w)(?:recht(?:en)?|right|droits?|gerechtigd|entitled)(?!\w)", passage.lower)
    asked = reading.phrases["rights.request"].search(passage.lower) and _DATA.search(passage.lower)
    return bool((item or named or asked) and reading.phrases[f"rights.weak.{right}"].search(passage.lower))


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
