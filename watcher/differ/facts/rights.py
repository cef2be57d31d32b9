"""The rights that a document grants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from storage.model import BlockKind, FactType
from watcher.differ.facts.granted import by_article, complains, coordinated, invites, named_together, words_of
from watcher.differ.facts.passages import Found, Passage, Reading, lowered, speaks
from watcher.differ.facts.phrases import RIGHTS
from watcher.differ.periods import find_periods

_DATA = re.compile(r"\b(?:data|information|\w*gegevens|informatie|daten|données|informations)\b")
_ANYWHERE = ("complaint", "portability", "withdraw-consent")  # rights whose words mean nothing else
_NAMED = re.compile(r"(?<!\w)(?:recht(?:en?)?|rights?|droits?|gerechtigd|entitled)(?!\w)")
# What a list of rights stands under.
_OFFERS = re.compile(
    r"\brecht|\bright|\bdroits?\b|\bentitle|\bverlangen\b|\b(?:can|may) (?:ask|demand|expect|request|require)|"
    r"\bmag (?:vragen|verlangen|eisen|verwachten)|\bkunt (?:vragen|eisen|u vragen)|\b(?:exiger|demander)\b|"
    r"\b(?:fordern|beantragen)\b|\byou can do\b|\bcan (?:i|you)\b|\bkunt (?:u )?doen\b|\bkunt? u\b|\bu (?:\w+ )?kunt\b|"
    r"\bkan ik\b|\byou (?:\w+ )?can\b|"
    r"\btun können\b|\bkönnen sie\b|\bsie können\b|\bkann ich\b|\bpouvez\b|\bpuis-je\b|"
    r"\byour (?:choices|options|controls)|\bvos choix|\buw keuzes"
)
# What access is given to, or objected to; without a word on data or their use it is another matter ("to the cellar").
_OBJECT = re.compile(
    r"(?<!\w)(?:access|toegang|zugang|accès|accéder|object(?:ion)?|oppose|bezwaar(?: \w+)?|verzet(?:ten)?|widerspruch|"
    r"opposer|opposition)\s(?:to|tot|zu[mr]?|tegen|gegen|à|aux?|against)\s|(?<!\w)(?:der|dem|einer|einem)\s\w+\s(?:zu\s)?widersprech"
)
_DATA_USE = re.compile(
    r"\b(?:\w*data|\w*information\w*|\w*gegevens|informatie|\w*daten|données|personal|personne\w*|process\w*|"
    r"\w*verwerk\w*|\w*verarbeit\w*|trait\w+|us(?:e|es|ing|age)|gebruik\w*|\w*nutzung|\w*verwendung|utilis\w+|"
    r"market\w*|\w*werb\w+|reclame|prospect\w*|profil\w*|consent\w*|account|dossiers?|gdpr|publicit\w+|advert\w*|offers?|aanbiedingen|angebote?|offres?|newsletters?|mailings?|nieuwsbrie\w+|files?|records?|akte|privacy|avg|"
    r"gdpr|dsgvo|rgpd|art\w*|interests?|belang\w*|interesse\w*|intérêts?|decisions?|besluit\w*|entscheidung\w*|décisions?|"
    r"rectif\w+|eras\w+|berichtigung|inzage|auskunft|cookies?|direct|transfers?|doorgifte|übermittlung)\b"
)
# A use that stops for a time only.
_FOR_A_WHILE = re.compile(
    r"\b(?:for a while|temporar\w+|for now|for the time being|tijdelijk|een tijdje|voorlopig|vorübergehend|zeitweise|"
    r"vorläufig|eine zeit lang|temporairement|provisoirement|momentanément|pendant un temps)\b"
)
# What is asked for without a word on data: requests for several rights at once, or the end of something of yours.
_REQUESTS = re.compile(
    r"(?<!\w)(?:requests? (?:for|to|concerning)|verzoek(?:en)? (?:\w+ ){0,2}?(?:om|tot)|"
    r"(?:anträgen?|anfragen?|ersuchen) (?:\w+ ){0,2}?(?:auf|um|zu[rm]?)|"
    r"demandes? (?:\w+ ){0,4}?(?:de|d['’]|relatives? (?:à|aux)))"
)
_LEAST_REQUESTS = 2
# Where the vendor's own right begins in a sentence that grants one: "you may ask for ...; we reserve the right to".
_CLAUSES = re.compile(r";\s|:\s|,?\s(?:but|however|although|maar|hoewel|aber|jedoch|wobei|mais|toutefois)\s")
_HEADING_WORDS = 6
# A right that is denied ("no right to erasure of invoices"), and a fault of the vendor that is no correction.
_DENIED = re.compile(
    r"\b(?:kein(?:en|e)?|geen|no|aucun|pas (?:de|le|un))\s(?:\w+\s)?"
    r"(?:rechte?n?|anspruch|right|droit|inzage|auskunft)\b"
    r"(?!\s(?:mehr|meer))"
)
_NOT_CORRECT = re.compile(
    r"\b(?:niet correct|not correctly|incorrectly)\b(?= (?:omga|behandel|verwerk|hand|process|us))"
)
_BASIS_COLUMN = re.compile(r"rechtsgr|grondslag|bas[ei]s|bases? |fondement")
_YOURS = re.compile(r"(?<!\w)(?:your|uw|je|jouw|ihre?[nmrs]?|deine?[nmrs]?|votre|vos|ton|ta|tes)\s")
_ENDS = ("erasure", "rectification")
_OBJECTS = re.compile(r"\b(?:object\w*|bezwaar|verzet\w*|widers\w+|oppos\w+)\b")


def right_facts(reading: Reading) -> Found:
    """One fact for each right and section: named outright anywhere, or hinted at where rights are spoken of."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    lead = ""
    before: Passage | None = None
    for passage in reading.passages:
        if passage.block.kind is BlockKind.PARAGRAPH:
            lead = passage.lower
        told = (*_rights_of(passage, reading, lead), *_hinted(passage, before, reading))
        before = passage
        for right in told:
            if (right, passage.block.path) not in seen:
                seen.add((right, passage.block.path))
                yield passage.fact(FactType.RIGHT, id=right)


def _rights_of(passage: Passage, reading: Reading, lead: str) -> Iterator[str]:
    """The rights that a passage grants; `lead` is the paragraph that its list stands under."""
    phrases, lower = reading.phrases, passage.lower
    named_family, plain_family = "rights" in passage.families, "asks" in passage.families
    if not (named_family or plain_family):
        return
    company = phrases["rights.company"]
    if company.search(lower) or _DENIED.search(lower):
        clauses = [part for part in _CLAUSES.split(lower) if not company.search(part) and not _DENIED.search(part)]
        if not clauses:
            return
        passage = replace(passage, lower=(lower := "; ".join(clauses)))
    if phrases["notice.breach"].search(lower) and phrases["notice.notify"].search(lower) and find_periods(lower, None):
        return  # what a breach may put at risk, and who is told of it
    if _NOT_CORRECT.search(lower):
        passage = replace(passage, lower=(lower := _NOT_CORRECT.sub(" ", lower)))
    item = _names_right(passage) or (
        passage.block.kind in {BlockKind.LIST_ITEM, BlockKind.DEFINITION}
        and bool(_OFFERS.search(f"{lead} {passage.section}"))
    )
    context = item or bool(phrases["rights.context"].search(lower))
    if (context or phrases["asks.context"].search(lower)) and phrases["rights.hints"].search(lower):
        standard = phrases["transfer.scc"].search(lower)  # a copy of those is no access to data
        said = (right for right in RIGHTS if phrases[f"rights.plain.{right}"].search(lower))
        yield from (right for right in said if right != "access" or not standard)
    if not named_family or not phrases["rights.any"].search(lower):
        return
    request = bool(phrases["rights.request"].search(lower))
    asked = request and bool(_DATA.search(lower))
    named = bool(_NAMED.search(lower))
    found = [
        right
        for right in (RIGHTS if context or asked or named else _ANYWHERE)
        if _grants(passage, reading, right, listed=item or asked or named, context=context or asked)
    ]
    yield from found
    if request and not asked and _YOURS.search(lower):
        others = [right for right in _ENDS if right not in found]
    else:
        others = [right for right in RIGHTS if right not in found] if _REQUESTS.search(lower) else []
    more = [right for right in others if _grants(passage, reading, right, listed=True, context=True)]
    if request or len(found) + len(more) >= _LEAST_REQUESTS:
        yield from more


def _hinted(passage: Passage, before: Passage | None, reading: Reading) -> Iterator[str]:
    """The rights that a passage grants by its verbs, below the name of a right, or to who is not content."""
    lower = passage.lower
    if "rights" in passage.families or "asks" in passage.families:
        words = words_of(lower)
        yield from sorted(coordinated(lower, words))  # a set has another order in each process
        if (named := named_together(words)) and not reading.phrases["rights.company"].search(lower):
            yield from sorted(named)
    if "authority" in passage.families:
        earlier = before.lower if before is not None and before.block is passage.block else ""
        if complains(lower, earlier):
            yield "complaint"
    if _NAMED.search(f"{passage.section} {lower}") and not _DENIED.search(lower):
        yield from by_article(lower)
    opens = before is None or before.block.path != passage.block.path
    if opens and passage.section and passage.first and not passage.column and _is_granted(passage):
        called = [right for right in RIGHTS if _is_called(right, passage.section, reading)]
        if len(called) == 1:
            yield called[0]


def _is_granted(passage: Passage) -> bool:
    """True below a short heading where readers are invited to ask, or that stands among headings on rights."""
    if not _is_short(passage.section) or _DENIED.search(passage.section):
        return False
    above = " ".join(passage.block.path[:-1]).lower()
    return invites(passage.lower) or bool(_NAMED.search(above)) or bool(_NAMED.match(passage.section))


def _is_short(heading: str) -> bool:
    return len(heading.split()) <= _HEADING_WORDS and not heading.endswith("?")


def _is_called(right: str, heading: str, reading: Reading) -> bool:
    """True for a heading that is the name of a right ("Right of access", "Deletion of your data")."""
    return bool(reading.phrases[f"rights.weak.{right}"].search(heading))


def _names_right(passage: Passage) -> bool:
    """True for the cell of a table that has a column of rights, in that column ("Your right": "Access")."""
    if passage.label and not passage.column and passage.block.kind is not BlockKind.PARAGRAPH:
        return bool(_NAMED.search(passage.label.lower()))
    return bool(passage.column and _NAMED.search(passage.column) and not _BASIS_COLUMN.search(passage.column))


def _grants(passage: Passage, reading: Reading, right: str, *, listed: bool, context: bool) -> bool:
    """True when a passage grants a right: in strong words, or in weak ones where rights are listed or asked for."""
    phrases, lower = reading.phrases, passage.lower
    if phrases[f"rights.strong.{right}"].search(lower):
        granted = context or right in _ANYWHERE
    else:
        granted = listed and bool(phrases[f"rights.weak.{right}"].search(lower))
    if granted and right in {"objection", "access"} and _OBJECT.search(lower):
        granted = bool(_DATA_USE.search(lowered(passage.block.text)) or speaks(_NAMED, passage.section))
    if granted and right == "objection" and _FOR_A_WHILE.search(lower) and not _OBJECTS.search(lower):
        return False  # that is restriction
    if granted and right == "objection":  # to a new sub-processor, or within a time: a matter of the contract
        contract = phrases["notice.subprocessor"].search(lower) and not _REQUESTS.search(lower)
        return not contract and not find_periods(passage.text, reading.document.language)
    if granted and right == "access":
        return not phrases["transfer.scc"].search(lower)  # a copy of the clauses, not of the data
    return granted
