"""Which data are collected: items of lists and tables, and what a sentence enumerates."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import Block, BlockKind, FactType
from watcher.differ.facts.enumerations import (
    CASE,
    CLOSED,
    HIDE,
    NAME_CHARS,
    NO_ITEM,
    OWN_ITEM,
    RELATIVE,
    TAIL,
    bare,
    enumerated,
    longest_run,
    parts,
)
from watcher.differ.facts.passages import LABEL, Found, Passage, Reading, speaks
from watcher.differ.periods import find_periods
from watcher.differ.recipients.phrases import PHRASES as RECIPIENT_WORDS
from watcher.differ.sentences import sentences

_LEAD_CHARS = 500
_AND = r"(?:en|and|und|et|of|or|oder|ou|alsmede|sowie|ainsi que)"
# How an item begins that states a purpose or a case.
_PURPOSE = re.compile(
    r"(?:to|for|om|voor|ter|zodat|um|zur|zum|für|pour|afin|in order|by|when|wanneer|if|als|wenn|we|wij|wir|nous)\s",
    re.IGNORECASE,
)


# Words of which one at least stands in a true enumeration of data.
_KIND = re.compile(
    r"\b(?:data|details?|number|numbers|address|addresses|id|identifiers?|identity|information|history|records?|logs?|"
    r"photos?|pictures?|content|messages?|preferences|passport|birth|age|gender|sex|race|health|location|browser|device|"
    r"dates?|times?|pages?|username|e-?mail|phone|card|nummers?|naam|namen|datum|adres\w*|geslacht|leeftijd|foto\w*|"
    r"\w*gegevens|\w*geschiedenis|\w*nummer|\w*adres|ip-\w+|\w*daten|\w*name|\w*adresse|\w*historie|alter|"
    r"geschlecht|inhalte|nom|prénom|noms|numéros?|adresse|données|historique|âge|sexe|photos?|identifiants?|date|mot)\b"
)
# A lead-in that names nothing: what its list holds is said by the heading.
_NEUTRAL_LEAD = re.compile(
    r"\b(?:overzicht|lijst|opsomming|overview|list|following|übersicht|auflistung|folgende[nrs]?|volgende|onderstaande|"
    r"aperçu|liste|suivante?s?|ci-dessous|below|hieronder|nachfolgend|nachstehend)\b[^.;]{0,30}:$"
)
_ID = re.compile(r"ID(?:['’]?s)?\b")
# How a lead-in ends after which purposes, cases, places or sources are listed, whatever it says of data before.
_OTHER_LIST = re.compile(
    r"\b(?:to|for|in order to|purposes?|because|when|if|cases?|circumstances|situations?|ways|with|from|sources?|where|"
    r"help us|om|voor|doeleinden|doelen|gevallen|wanneer|indien|met|bronnen|um|zu|für|zwecken?|fällen?|wenn|mit|"
    r"quellen|pour|afin de|finalités|cas|lorsque|avec|auprès de|sources|fins)\s?:$"
    r"|\b(?:from|sources|purposes|bronnen|doeleinden|quellen|zwecke|finalités|fins)\b[^:.]{0,60}:$"
)


_COMPOUNDED = re.compile(r"\wdaten|\wgegevens")  # looked for first: letters are found quickly
# A kind that is said not to be there: "without names", "it never receives names".
_NOT_EVEN = re.compile(
    r"(?<!\w)(?:(?:zonder|ohne|without|sans|geen|keine?[nr]?|no|nor|noch|aucune?s?)\s|(?:never|nooit|nie|niemals|jamais)\s(?:\w+\s)?)$"
)
_BEFORE = 60  # characters before a kind in which "your" stands, with one word between
_PAIR = 2  # cells of a row that says something of what its first cell names
_GENERAL = re.compile(r"(?:angaben?|details?|information(?:en)?|informations?|informatie|description|beschreibung)$")
_OTHER_ROW = re.compile(
    r"(?:data subjects?|categor\w+ of (?:data )?subjects?|betrokkenen|betroffene|personnes concernées|purposes?|"
    r"zwecke?|doel|finalités?|duration|dauer|duur|durée|nature|art der verarbeitung|aard|frequency|recipients?|"
    r"empfänger|ontvangers?|destinataires?|retention|bewaar\w*|lösch\w*|conservation|source|transfers?|controller|"
    r"legal basis|rechtsgrund\w*)\b"
)
_HOW_LONG = re.compile(r"\b(?:how long|ho[ew] ?lang|wie lange|combien de temps|durée|bewaar|conserv|speicher)")
_COMPOUND = re.compile(
    r"(?<!\w)(?!(?:personen|kunden|nutzer|persoons|klant)(?:daten|gegevens))[a-zäöüß-]{3,}(?:daten|gegevens)(?!\w)"
)
_YOURS = re.compile(
    r"(?<!\w)(?:your|uw|je|jouw|ihre?[nrms]?|eure?[nrms]?|deine?[nrms]?|votre|vos|tes|ton|ta|their|leurs?|hun)\s+(?:[^\s,.;:]+\s+)?$"
)
# What comes by e-mail or message, or is any message, is not what is collected.
_MEANS = re.compile(
    r"(?<!\w)(?:by|per|via|with|an?|another|een|eine[nr]?|un|une|par|aucun|quel(?:le)?s?|which|welche\w*)\s+$"
)
# With whom something is shared, or from whom it comes, is no data of its own: "with your doctor".
_SOMEBODY = re.compile(
    r"(?:huisarts|hausarzt|zorgverzekeraar|krankenkasse|werkgever|arbeitgeber|partner|kinder\w*|employer|doctor|family|"
    r"familien\w*|contactpersoon|ansprechpartner|employeur|médecin)"
)
_WITH_YOURS = re.compile(
    r"(?<!\w)(?:met|door|aan|van|bij|mit|durch|an|von|vom|bei|with|by|to|from|of|avec|par|à|de)\s+"
    r"(?:your|uw|je|jouw|ihre?[nmrs]?|deine?[nmrs]?|votre|vos|ton|ta)\s+$"
)
# An item on one processing: what is processed, then on which basis.
_BASED = re.compile(r"\b(?:Rechtsgrundlage|Grondslag|Rechtsgrond|Legal basis|Base (?:légale|juridique)|Fondement)\s?:")
_EXAMPLES = re.compile(r"(?:examples?|e\.g\.|beispiele?|voorbeeld(?:en)?|exemples?)\b")  # a column beside categories
# What is enumerated in parentheses behind the word for data: "the information on this form (name, message)".
_DATA_MORE = re.compile(
    r"(?<![\w-])(?:data|information|details|(?:persoons)?gegevens|daten|angaben|informations|données|coordonnées)\b[^().;:]{0,40}\((?P<more>[^()]{8,200})\)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\s\((?:(?:also|d\.\s?h\.|z\.\s?b\.|etwa|bijvoorbeeld|zoals|bijv\.|e\.g\.|such as|par exemple|comme)"
    r",?\s)?(?P<more>[^()]{8,200})\)",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"(?<!\w)(?:we|us|our|you|your|wij|ons|onze|uw|u|je|jouw|jij|wir|uns|unser\w*|ihre?[nmrs]?|ihnen|sie|nous|notre|nos|"
    r"vous|votre|vos)(?!\w)"
)
_PLEASE = re.compile(
    r"(?:please|bitte|veuillez|gelieve|bewaar|keep|never|choose|kies|wählen|choisissez|neem|haal|breng|bring|take|nehmen|holen|"
    r"apportez|prenez)\b"
)
_LINKED = (",", " and ", " or ", " en ", " of ", " und ", " oder ", " et ", " ou ", "such", "zoals", " wie ", "comme")
# What a line of data is called: "Contact details: name, address", "Data: surname, room number".
_LINE_OF_DATA = re.compile(
    r"(?:data|details|particulars|information|gegevens|daten|angaben|données|coordonnées|informations|"
    r"\bknows?\b.{0,20}|\bweet|\bweiß|\bsait.{0,12}|fields?|values|readings|velden|waarden|felder|messwerte|werte|merkmale|"
    r"champs|valeurs|sees|records|stores|reads|ziet|leest|bewaart|onthoudt|sieht|liest|erfasst|speichert|kennt|merkt|"
    r"protokolliert|erhoben|gespeichert|verarbeitet|voit|enregistre|lit|wir wissen|we know|wij weten|nous savons|"
    r"(?:gespeichert|erhoben|erfasst|verarbeitet|protokolliert) werden|"
    r"\b(?:bewaren|verwerken|verzamelen|registreren|noteren|vragen|kennen|zien|ontvangen) (?:wij|we)|"
    r"\bwe (?:\w+ )?(?:collect|store|keep|record|ask for|process|hold|receive|need)|"
    r"\bnous (?:\w+ )?(?:collectons|recueillons|conservons|traitons|enregistrons|demandons|recevons)|"
    r"\b(?:erheben|speichern|erfassen|benötigen|brauchen|kennen|sehen|erhalten|notieren) wir)"
    r"(?:\s(?:zur person|about you|over u|over jou|van je|van u|über sie|sur vous|personnelles))?$"
)


def data_facts(reading: Reading) -> Found:
    """One fact for each category and section: list items and cells under words on data, enumerations in sentences."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    lead: Block | None = None
    for passage in reading.passages:
        if passage.block.kind is BlockKind.PARAGRAPH:
            lead = passage.block
        for name in _names(passage, lead, reading):
            key = (name.lower(), passage.block.path)
            if key not in seen:
                seen.add(key)
                yield passage.fact(FactType.DATA_CATEGORY, name=name)


def _names(passage: Passage, lead: Block | None, reading: Reading) -> list[str]:
    phrases = reading.phrases
    if passage.column or _labels_data(passage, reading):
        return _of_cell(passage, reading)
    if passage.first and passage.block.kind in {BlockKind.LIST_ITEM, BlockKind.DEFINITION}:
        if _announced(passage, lead, reading):
            return _items(passage, reading)
        if _BASED.search(passage.block.text) and (told := _of_occasion(passage, reading)):
            return told
    rights = "rights" in passage.families and phrases["rights.context"].search(passage.lower)
    if rights or speaks(phrases["data.excluded"], passage.section):
        return []
    return _of_sentence(passage, lead, reading)


def _of_sentence(passage: Passage, lead: Block | None, reading: Reading) -> list[str]:
    """What a sentence says of data: a line of them, an enumeration behind "such as", or by its verb."""
    if "data" not in passage.families:
        return _of_verb(passage, reading, known=False)
    if line := _line(passage, lead, reading):
        return line
    found = _inline(passage, reading) if any(link in passage.lower for link in _LINKED) else []
    return found or _of_verb(passage, reading, known=bool(reading.phrases["data.collect"].search(passage.lower)))


def _labels_data(passage: Passage, reading: Reading) -> bool:
    """True for a cell whose neighbour announces data, or what is told of them, in a table without headings."""
    label = passage.label.lower()
    if not passage.paired or len(passage.block.cells) > _PAIR:
        return False
    return bool(reading.phrases["data.column"].search(label) or _OTHER_ROW.match(label))


def _of_cell(passage: Passage, reading: Reading) -> list[str]:
    """The categories of a cell: below a column of data, or beside a first cell that announces an enumeration."""
    column = reading.phrases["data.column"]
    if passage.text != passage.label and len(passage.block.cells) <= _PAIR:
        if column.search(passage.label.lower()) and (
            _GENERAL.match(passage.column) or not column.search(passage.column)
        ):
            names = enumerated(passage.text, reading.document.language)
            return names if len(names) > 1 else []
        if _OTHER_ROW.match(passage.label.lower()):
            return []
    if _EXAMPLES.match(passage.column):
        names = _split(passage.text, reading.document.language)
        known = sum(bool(reading.phrases["data.kinds"].search(name.lower())) for name in names)
        return names if names and all(names) and 2 * known >= len(names) else []
    return _items(passage, reading) if column.search(passage.column) else []


def _of_verb(passage: Passage, reading: Reading, *, known: bool) -> list[str]:
    """What a sentence says of data by its verb: an enumeration, or single kinds.

    Where the verb is not one that is `known` to speak of collecting, the sentence must be about the vendor or the
    reader, and each item a kind of data: "we weigh you and note ..." has endless wordings.
    """
    linked = any(link in passage.lower for link in _LINKED)
    if _PLEASE.match(passage.lower) or not (known or (linked and _PERSONAL.search(passage.lower))):
        return []
    named = [match.start() for match in reading.phrases["data.kinds"].finditer(passage.lower) if _whole(match)]
    compounds = _COMPOUND.finditer(passage.lower) if _COMPOUNDED.search(passage.lower) else ()
    kinds = sorted({*named, *(match.start() for match in compounds)})
    own = known and bool(kinds) and linked and OWN_ITEM.search(passage.lower) is not None
    if own and "ai" in passage.families and reading.phrases["ai.train"].search(passage.lower):
        known = own = False  # what a model learns from is no list of what is collected
    run = longest_run(passage, kinds, reading.document.language, known=known) if len(kinds) > 1 or own else []
    if run or not known:
        return run
    more = _DATA_MORE.search(passage.text)
    inner = _split(more["more"], reading.document.language) if more and "," in more["more"] else []
    bracketed = bool(inner) and all(inner) and bool(reading.phrases["data.kinds"].search(inner[0].lower()))
    return inner if bracketed else _single(passage, reading, named)


def _line(passage: Passage, lead: Block | None, reading: Reading) -> list[str]:
    """The items of a line that is nothing but an enumeration of data, behind its label or under such a heading."""
    label = LABEL.match(passage.text)
    named = label is not None and _LINE_OF_DATA.search(label["label"].lower())
    headed = label is None and passage.block.kind is BlockKind.PARAGRAPH and _announced(passage, lead, reading)
    if not named and not headed:
        return []
    rest = passage.text[label.end() :] if label else passage.text
    names = _split(rest.rstrip(" ."), reading.document.language)
    kinds = reading.phrases["data.kinds"]
    known = sum(bool(kinds.search(name.lower())) for name in names)
    called = label is not None and _COMPOUND.fullmatch(label["label"].lower())
    enough = len(names) > (1 if named else 2) and (2 * known >= len(names) or bool(called and known))
    stated = headed and reading.phrases["data.collect"].search(passage.lower)
    return names if enough and all(names) and not stated else []


def _whole(match: re.Match[str]) -> bool:
    return not match.string[match.end() : match.end() + 1].isalnum()


def _single(passage: Passage, reading: Reading, kinds: Sequence[int]) -> list[str]:
    """Kinds of data that a sentence names outside an enumeration: unmistakable ones, others where they are yours.

    What is enumerated in parentheses behind a kind is named with it: "your application (letter, references)".
    """
    text, lower, phrases = passage.text, passage.lower, reading.phrases
    found = [match.span() for match in phrases["data.nouns"].finditer(lower) if _whole(match)]
    told = {start for start, _ in found}
    own = [(start, phrases["data.kinds"].match(lower, start)) for start in kinds]
    own += [(match.start(), match) for match in _COMPOUND.finditer(lower)] if _COMPOUNDED.search(lower) else []
    for start, match in own:
        yours = "retention" not in passage.families and _is_yours(lower, start)
        if match and start not in told and yours:
            told.add(start)
            found.append(match.span())
    names = []
    for start, end in found:
        if _NOT_EVEN.search(lower, max(0, start - _BEFORE), start):
            continue
        names.append(text[start:end])
        if (more := _MORE.match(text, end)) and ("," in more["more"]):
            inner = _split(more["more"], reading.document.language)
            names += inner if all(inner) and any(phrases["data.kinds"].search(name.lower()) for name in inner) else []
    return names


def _is_yours(lower: str, start: int) -> bool:
    """True for a kind of data of the reader, that is not the means or the party of what is done."""
    near = max(0, start - _BEFORE)
    if not _YOURS.search(lower, near, start) or _MEANS.search(lower, near, start):
        return False
    return not (_SOMEBODY.match(lower, start) and _WITH_YOURS.search(lower, near, start))


def _inline(passage: Passage, reading: Reading) -> list[str]:
    """What a sentence enumerates after "data such as", "we collect your"."""
    found: list[str] = []
    nouns = reading.phrases["data.nouns"]
    for match in reading.phrases["data.inline"].finditer(passage.lower):
        names = enumerated(passage.text[match.end() :], reading.document.language)
        told = len(names) > 1 or "such" in match[0] or "zoals" in match[0]
        if told and any(nouns.search(name.lower()) or _KIND.search(name.lower()) or _ID.search(name) for name in names):
            found += names
    return found


def _announced(passage: Passage, lead: Block | None, reading: Reading) -> bool:
    """True for an item whose lead-in or headings announce data, not purposes or rights."""
    phrases = reading.phrases
    if lead is not None and lead.path == passage.block.path and lead.text.endswith(":"):
        told = _led(lead, reading)
        if told is not None:
            return told
    headings = [heading.lower() for heading in passage.block.path[-2:]]
    if not headings:
        return False
    excluded = phrases["data.excluded"].search(headings[-1])
    if excluded:  # "What we collect, and for how long" is about data first
        first = phrases["data.leadin"].search(headings[-1])
        return first is not None and first.start() < excluded.start() and bool(_HOW_LONG.search(headings[-1]))
    return any(phrases["data.leadin"].search(heading) for heading in headings)


def _led(lead: Block, reading: Reading) -> bool | None:
    """Whether a lead-in announces data; None for one that leaves it to the heading ("An overview:")."""
    phrases = reading.phrases
    last = sentences(lead.text, reading.document.language)[-1].lower()
    if RECIPIENT_WORDS.strong.search(last) or _OTHER_LIST.search(last):
        return False
    if phrases["data.leadin"].search(last):
        return True
    if phrases["data.excluded"].search(last):
        return False
    if phrases["data.leadin"].search(lead.text[-_LEAD_CHARS:].lower()):
        return True
    return None if _NEUTRAL_LEAD.search(last) else False


def _timed(passage: Passage, reading: Reading) -> bool:
    """True for a definition that only says how long: "Payment records: kept for ten years, because the law asks"."""
    first = sentences(passage.block.text, reading.document.language)[0]
    return bool(find_periods(first, reading.document.language))


def _of_occasion(passage: Passage, reading: Reading) -> list[str]:
    """What an item enumerates behind the case in which it is asked for: "When you enrol: name, date of birth"."""
    if not passage.label or not passage.first or passage.column:
        return []
    names = _split(passage.text[len(passage.label) :].strip(" :–—-."), reading.document.language)
    kinds = reading.phrases["data.kinds"]
    known = sum(bool(kinds.search(name.lower())) for name in names)
    return names if len(names) > 1 and all(names) and 2 * known >= len(names) else []


def _split(text: str, language: str | None) -> list[str]:
    """The bare names of an enumeration; a clause that tells more of the item before it is left out."""
    closed = CLOSED.sub(lambda match: match[0].translate(HIDE), text)
    return [
        bare(part) for part in parts(closed, language) if not (RELATIVE.match(part.strip()) or CASE.match(part.strip()))
    ]


def _items(passage: Passage, reading: Reading) -> list[str]:
    """The categories of an item: what stands after its label when that is an enumeration, else the item itself."""
    text = TAIL.sub("", passage.text.strip().rstrip(".;"))
    if _PURPOSE.match(text) or (NO_ITEM.match(text) and not passage.column):
        return _of_occasion(passage, reading)
    if passage.column and ", " in CLOSED.sub("", text):
        names = [name for name in _split(text, reading.document.language) if name]
        return names if len(names) > 1 else [text]
    if passage.label and passage.first and not passage.column:
        if _timed(passage, reading):
            return [passage.label]
        rest = passage.block.text[len(passage.label) :].lstrip(" :–—-")
        names = enumerated(rest, reading.document.language)
        return names if len(names) > 1 else [passage.label]
    if len(text) <= NAME_CHARS:
        return [text]
    return _inline(passage, reading) or enumerated(text, reading.document.language)[:1]
