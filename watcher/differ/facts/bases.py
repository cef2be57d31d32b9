"""The legal bases that a document names, with the article that it cites."""

from __future__ import annotations

import re

from storage.model import BlockKind, FactType
from watcher.differ.facts.passages import Found, Passage, Reading

_BASES = ("consent", "contract", "legal-obligation", "vital-interests", "public-task", "legitimate-interests")
_LETTER = dict(zip("abcdef", _BASES, strict=True))
# Article 6(1) of the Regulation: "6(1)(b)", "6 lid 1 sub b", "6 Abs. 1 S. 1 lit. b", "6, paragraphe 1, point b".
_ARTICLE = re.compile(
    r"(?<!\d)6\s?(?:i(?:\s1)?(?=\s(?:lit\.?\s|buchst\.?\s)?[a-f]\b)|"
    r",?\s?(?:eerste lid|erster? absatz|premier (?:alinéa|paragraphe)|first paragraph|"
    r"(?:lid|abs(?:atz|\.)?|paragraphe|paragraph|par\.|§|al(?:inéa|\.)?)\s?1)|\(1\)|[.-]1)"
    r"(?:\s?s(?:atz|\.)\s?1)?[\s,.-]*(?:(?:sub(?:paragraph)?|onder|aanhef en onder|lit(?:\.|era)?|buchst(?:abe|\.)|"
    r"point|letter|onderdeel)\s?)?\(?(?P<letter>[a-f])\)?(?!\w)"
)
# Article 9(2)(a): consent to the processing of special categories.
_SPECIAL = re.compile(
    r"(?<!\d)9(?:\(2\)|[\s,]{1,2}(?:(?:lid|abs(?:atz|\.)?|paragraphe|paragraph|par\.|§)\s?2|tweede lid|ii))[\s,.]*"
    r"(?:(?:sub|onder|lit(?:\.|era)?|buchst(?:abe|\.)|point|letter|onderdeel)\s?)?\(?a\)?(?!\w)"
)
# Authorities that may get data where a law says so: a recipient, and no basis of what the vendor does.
_TO_AUTHORITIES = re.compile(
    r"(?:\w+,? (?:and |or )?){0,3}?(?:authorit(?:y|ies)|police|courts?|regulators?|law enforcement|behörden|gerichte|"
    r"autoriteiten|instanties|politie|autorités|tribunaux)\b"
)
_GDPR = re.compile(r"\b(?:avg|gdpr|dsgvo|ds-gvo|rgpd|2016/679|art)")
# What says that bases follow, in a sentence or over a column; there a single word is enough.
_BASIS_SAID = re.compile(
    r"\b(?:(?:legal|lawful) (?:bas[ei]s|grounds?)|(?:rechts)?grondslag(?:en)?|rechtsgrond(?:en)?|rechtsgrundlagen?|"
    r"bases? (?:légales?|juridiques?)|fondements? (?:juridiques?|légaux))\b|"
    r"^(?:bas[ei]s|grounds?|grundlagen?|fondements?|bases?)\b"
)
_BASIS_WORDS = {
    "consent": re.compile(r"\b(?:consent|toestemming|einwilligung|consentement)\b"),
    "contract": re.compile(r"\b(?:contract|agreement|\w*overeenkomst|vertrag(?:e?s)?|vertrags\w+|contrat)\b"),
    "legal-obligation": re.compile(
        r"\b(?:legal (?:obligation|duty)|(?:required|obliged) by law|wettelijke? (?:verplichting|plicht)|"
        r"(?:rechtliche|gesetzliche)\w* (?:verpflichtung|pflicht)|obligations? légales?)\b"
    ),
    "vital-interests": re.compile(
        r"\b(?:vital interests?|vita(?:al|le) belang\w*|lebenswichtige\w* interesse\w*|intérêts? vita\w+)\b"
    ),
    "public-task": re.compile(
        r"\b(?:public (?:task|duty|interest)|algemeen belang|publieke taak|öffentliche\w* (?:aufgabe|interesse|"
        r"gewalt)\w*|intérêt (?:public|général)|service public)\b"
    ),
    "legitimate-interests": re.compile(
        r"\b(?:legitimate interests?|gerechtvaardigde? belang\w*|berechtigte\w* interesse\w*|intérêts? légitimes?)\b"
    ),
}
_NO_BASIS = re.compile(
    r"\b(?:no|not|without|other than|geen|niet|zonder|kein\w*|nicht|ohne|pas|aucune?|sans|autre que)\b"
)
# "Not used for this, unless you consented" says that consent is the basis of nothing yet.
_UNLESS = re.compile(
    r"\b(?:unless|es sei denn|tenzij|à moins que|sauf si)\b.{0,40}"
    r"\b(?:consent|toestemm|einwillig|eingewillig|zugestimm|accept|accord|autoris)"
)
# How long a law asks to keep something is no basis of a purpose.
_AS_LONG = re.compile(
    r"\b(?:(?:as|so) long as|so ?lange?|zo ?lang|tant que|aussi longtemps)\b.{0,60}"
    r"\b(?:law|act|code|\w*gesetz\w*|\w*recht|\w*ordnung|\w*wet|loi)\b"
)


def basis_facts(reading: Reading) -> Found:
    """One fact for each legal basis of a sentence, with the article where the sentence cites it."""
    for passage in reading.passages:
        told = bool(_BASIS_SAID.search(passage.column))
        if "basis" not in passage.families and not told:
            continue
        articles = cited_bases(passage.lower)
        bases = [base for base in _BASES if reading.phrases[f"basis.{base}"].search(passage.lower)]
        item = passage.block.kind is BlockKind.LIST_ITEM and passage.first
        said = f"{passage.section}. {passage.lower}" if item else passage.lower
        if told or (_BASIS_SAID.search(said) and not _NO_BASIS.search(passage.lower)):
            bases += [base for base, words in _BASIS_WORDS.items() if words.search(passage.lower)]
        consent = "consent" in bases and not told
        if consent and (reading.phrases["basis.withdraw"].search(passage.lower) or _UNLESS.search(passage.lower)):
            bases = [base for base in bases if base != "consent"]
        if "legal-obligation" in bases and _AS_LONG.search(passage.lower):
            bases = [base for base in bases if base != "legal-obligation"]
        if passage.block.kind is BlockKind.LIST_ITEM and not told and _TO_AUTHORITIES.match(passage.lower):
            bases = [base for base in bases if base != "legal-obligation"]
        for base in dict.fromkeys((*bases, *articles)):
            purpose = _purpose(passage)
            yield passage.fact(FactType.LEGAL_BASIS, basis=base, purpose=purpose, article=articles.get(base))


def cited_bases(lower: str) -> dict[str, str]:
    """The points of Article 6(1) that a text in lower case cites, by basis."""
    if not _GDPR.search(lower):
        return {}
    special = {"consent": "9(2)(a)"} if _SPECIAL.search(lower) else {}
    return special | {_LETTER[match["letter"]]: f"6(1)({match['letter']})" for match in _ARTICLE.finditer(lower)}


def _purpose(passage: Passage) -> str | None:
    if passage.column and passage.label and passage.label != passage.text:
        return passage.label
    return passage.block.path[-1] if passage.block.path else None
