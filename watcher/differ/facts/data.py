"""Which data are collected: items of lists and tables, and what a sentence enumerates."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from storage.model import Block, BlockKind, FactType
from watcher.differ.facts.passages import LABEL, Found, Passage, Reading, speaks
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.recipients.phrases import PHRASES as RECIPIENT_WORDS
from watcher.differ.sentences import sentences

_NAME_CHARS = 90
_NAME_WORDS = 8
_LEAD_CHARS = 500
_AND = r"(?:en|and|und|et|of|or|oder|ou|alsmede|sowie|ainsi que)"
_END = re.compile(
    r"[.;:](?:\s|$)|\)(?=[\s,.;:]|$)|"
    r",?\s(?:om|zodat|to|in order|um|afin|waarmee|wanneer|when|die|that|which|if|wenn|lorsque|qui)\s"
)
# What stands in parentheses is hidden while an enumeration is taken apart.
_CLOSED = re.compile(r"\([^()]*\)")
_HIDE = str.maketrans(",;:. )", "\ue000\ue001\ue002\ue003\ue004\ue005")
_SHOW = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005", ",;:. )")
# How an item begins that states a purpose or a case.
_PURPOSE = re.compile(
    r"(?:to|for|om|voor|ter|zodat|um|zur|zum|für|pour|afin|in order|by|when|wanneer|if|als|wenn|we|wij|wir|nous)\s",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:(?:de\s(?:vos|votre|la)|du|des|uw|je|jouw|een|de|het|your|a|an|the|ihre?n?|vos|votre|les?|la|l['’]|eventueel|andere|alle|other|any|all|"
    r"waaronder|zoals|including|such as|for example|bijvoorbeeld|notamment|wie|insbesondere|einschließlich|both|"
    r"also|certain|some|autres|information about|informatie over)\s)+",
    re.IGNORECASE,
)
# What an enumeration may hold that is no kind of data: the word "data" itself, pronouns, verbs, clauses.
_NO_NAME = re.compile(
    r"^(?:(?:persoons|persoonlijke |personal |personenbezogene )?"
    r"(?:gegevens|informatie|data|daten|information|informations?|données)(?:\s\w+)?|"
    r"them|others?|etc|enz|more|services?|that|this|which|who|dan|where\s.*|"
    r"gebruiken|use|categories|details|request|changes|among other.*|"
    r"(?:term|by|door|through|via|from|van|op|for|voor|in|to|met|with|collected|owned|controlled|under|included|how|hoe|"
    r"about|as|at|on|used|using)\s.*|(?!billing|browsing|shipping|mailing)\w+ing)$"
    r"|(?:^|\s)(?:is|are|we|you|our|us|it|wij|u|je|ons|onze|wir|sie|uns|nous|vous|nos|may|will|can|kunnen|worden)(?:\s|$|['’])",
    re.IGNORECASE,
)


# Items that are acts, rights or conditions: lists of purposes often stand under words on data.
_NO_ITEM = re.compile(
    r"(?:right|recht|droit)s?\s|(?:create|become|work|correct(?:ion)?|access|opt-?\s?out|delet\w+|verify|determine|improve|personali[sz]e|provide|"
    r"manage|respond|communicate|protect|comply|prevent|detect|send|process|use|store|ensure|allow|enable|offer|"
    r"administer|develop|analy[sz]e|conduct|understand|deliver|maintain|monitor|enforce|operate|erasure|portability|"
    r"object(?:ion)?|rectification)(?:$|\s(?!data|information|history|logs?|times?|records?|number)|:)"
    r"|(?:as|at|on|with|consistent|in|and|or|from|through|necessary|à|au|aux|avec|dans|par|sur|met|bij|door|mit|bei|"
    r"durch|auf|im)(?:\s|$)"
    r"|[a-zé]+(?:er|ir)\s(?:vos|votre|les|la|le|l['’]|nos|notre|des|une?)\s?"
    r"|het\s\w+en\s(?:van|en)\s|(?:bearbeitung|durchführung|abwicklung|erfüllung|bereitstellung|verbesserung|"
    r"beantwortung|versand|gestion|amélioration|exécution|traitement)\s",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:\s(?:and|or|en|of|und|oder|et|ou|y compris|including)|[,;])+$", re.IGNORECASE)
# Words of which one at least stands in a true enumeration of data.
_KIND = re.compile(
    r"\b(?:data|details?|number|numbers|address|addresses|id|identifiers?|identity|information|history|records?|logs?|"
    r"photos?|pictures?|content|messages?|preferences|passport|birth|age|gender|sex|race|health|location|browser|device|"
    r"dates?|times?|pages?|username|e-?mail|phone|card|nummers?|naam|namen|datum|adres\w*|geslacht|leeftijd|foto\w*|"
    r"\w*gegevens|\w*geschiedenis|\w*nummer|\w*adres|ip-\w+|\w*daten|\w*name|\w*adresse|\w*historie|alter|"
    r"geschlecht|inhalte|nom|prénom|noms|numéros?|adresse|données|historique|âge|sexe|photos?|identifiants?|date|mot)\b"
)
_ID = re.compile(r"ID(?:['’]?s)?\b")
# How a lead-in ends after which purposes, cases, places or sources are listed, whatever it says of data before.
_OTHER_LIST = re.compile(
    r"\b(?:to|for|in order to|purposes?|because|when|if|cases?|circumstances|situations?|ways|with|from|sources?|where|"
    r"help us|om|voor|doeleinden|doelen|gevallen|wanneer|indien|met|bronnen|um|zu|für|zwecken?|fällen?|wenn|mit|"
    r"quellen|pour|afin de|finalités|cas|lorsque|avec|auprès de|sources|fins)\s?:$"
    r"|\b(?:from|sources|purposes|bronnen|doeleinden|quellen|zwecke|finalités|fins)\b[^:.]{0,60}:$"
)


_NEAR = 30  # characters before a kind of data in which its article stands
_ARTICLE = re.compile(  # the last article of a stretch, with two words behind it at most
    r"(?<!\w)(?:your|uw|je|jouw|ihre?[nrms]?|votre|vos|ta|tes|ton|the|de|het|les?|la|l['’]|der|die|das|den|dem|des|einen?|eine|"
    r"een|an?|une?|his|her|their|zijn|haar|hun|son|sa|ses|leurs?)(?:\s+|(?<=['’]))(?=(?:[^\s,]+\s+){0,2}$)"
)
_YOURS = re.compile(
    r"(?<!\w)(?:your|uw|je|jouw|ihre?[nrms]?|votre|vos|tes|ton|ta|their|leurs?|hun)\s+(?:[^\s,.;:]+\s+)?$"
)
# What comes by e-mail or message, or is any message, is not what is collected.
_MEANS = re.compile(
    r"(?<!\w)(?:by|per|via|with|an?|another|een|eine[nr]?|un|une|par|aucun|quel(?:le)?s?|which|welche\w*)\s+$"
)
_PERSONAL = re.compile(
    r"(?<!\w)(?:we|us|our|you|your|wij|ons|onze|uw|u|je|jouw|jij|wir|uns|unser\w*|ihre?[nmrs]?|ihnen|sie|nous|notre|nos|"
    r"vous|votre|vos)(?!\w)"
)
_PLEASE = re.compile(
    r"(?:please|bitte|veuillez|gelieve|bewaar|keep|never|choose|kies|wählen|choisissez|neem|haal|breng|bring|take|nehmen|holen|"
    r"apportez|prenez)\b"
)
_LINKS = {"en": "and|or|as well as", "nl": "en|of|alsmede|evenals", "de": "und|oder|sowie", "fr": "et|ou|ainsi que"}
_LINKED = (",", " and ", " or ", " en ", " of ", " und ", " oder ", " et ", " ou ", "such", "zoals", " wie ", "comme")
# Verbs of a clause, and what of another's data an item may end with.
_VERBAL = re.compile(
    r"(?<!\w)(?:hebben|heeft|haben|hat|have|has|had|ont|werden|wird|wordt|was|were|sont|est|blijven|blijft|bleiben|bleibt|"
    r"restent|zijn|sind|kan|kann|können|peut|peuvent|must|should|might|krijg\w*|erhält|erhalten|receive\w*|bring|"
    r"leest|liest|lit|reads|houdt|hält|tient|toont|zeigt|affiche|shows|slaat|speichert|noteert|notiert|ziet|sieht|voit|sees|"
    r"registreert|erfasst|enregistre|weet|weiß|knows|vraagt|fragt|asks|gebruikt|nutzt|"
    r"gaat|gaan|geht|gehen|goes|stehen|steht|staan|staat|meenemen|mitbringen|zich|sich|himself|myself|you|sinon|otherwise|anders|sonst)(?!\w)|\d{3,}",
    re.IGNORECASE,
)
_OF_YOURS = re.compile(
    r"\s(?:van|of|for|de|du|der|von|to|zu|tot)\s(?:uw|your|je|jouw|vos|votre|ihre?[nrms]?)\s.*$", re.IGNORECASE
)
# Verbs and their particles that end a clause behind its last item.
_PARTICLE = re.compile(
    r"\s+(?:(?:when|if|while|where|whenever|so that|in order|to|for|only|from|during|via|through|by|with us|to us|wenn|"
    r"sobald|damit|um|zur|zum|wanneer|zodra|als|om|zodat|lorsque|quand|si|afin|pour|lors|dès)\s.*|ab|an|auf|aus|fest|uit|ein|mit|vor|"
    r"bereit|vast|op|door|in|bij|aan|af|(?:automatisch\s)?(?:erhoben|erfasst|verarbeitet|gespeichert|protokolliert|"
    r"übermittelt|abgefragt|aufgezeichnet|benötigt|angeben|verzameld|verwerkt|vastgelegd|opgeslagen|geregistreerd|"
    r"gevraagd|bewaard|verstrekt|nodig|erheben|erfassen|verarbeiten|verzamelen|verwerken|vastleggen|invullen|opgeven))+$",
    re.IGNORECASE,
)
# The predicate of a passive clause behind its last item: "licence plates and entry times are recorded".
_PASSIVE = re.compile(
    r"\s+(?:(?:are|is|were|was|will\sbe|may\sbe|get)\s(?:\w+ly\s|also\s)?(?:recorded|stored|logged|collected|processed|"
    r"kept|registered|captured|saved|noted|measured)(?!\w)|(?:worden|wordt)\s(?=.*(?:vastgelegd|geregistreerd|opgeslagen|"
    r"verzameld|verwerkt|bewaard|gelogd|gemeten|genoteerd|bijgehouden))|(?:werden|wird)\s(?=.*(?:erfasst|gespeichert|"
    r"erhoben|verarbeitet|protokolliert|aufgezeichnet|gemessen|notiert|festgehalten))|(?:sont|est)\s(?:\w+ment\s|aussi\s)?"
    r"(?:enregistr|collect|conserv|trait|recueilli|stock|mesur|not)\w*).*$",
    re.IGNORECASE,
)
# What a line of data is called: "Contact details: name, address", "Data: surname, room number".
_LINE_OF_DATA = re.compile(
    r"(?:data|details|particulars|information|gegevens|daten|angaben|données|coordonnées|informations|"
    r"\bknows?\b.{0,20}|\bweet|\bweiß|\bsait.{0,12}|fields?|values|readings|velden|waarden|felder|messwerte|werte|merkmale|"
    r"champs|valeurs|sees|records|stores|reads|ziet|leest|bewaart|onthoudt|sieht|liest|erfasst|speichert|kennt|merkt|"
    r"protokolliert|erhoben|gespeichert|verarbeitet|voit|enregistre|lit|wir wissen|we know|wij weten|nous savons|"
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
    if passage.column:
        return _items(passage, reading) if phrases["data.column"].search(passage.column) else []
    listed = passage.block.kind in {BlockKind.LIST_ITEM, BlockKind.DEFINITION}
    if listed and passage.first and _announced(passage, lead, reading):
        return _items(passage, reading)
    rights = "rights" in passage.families and phrases["rights.context"].search(passage.lower)
    if rights or speaks(phrases["data.excluded"], passage.section):
        return []
    if "data" not in passage.families:
        return _of_verb(passage, reading, known=False)
    if line := _line(passage, lead, reading):
        return line
    found = _inline(passage, reading) if any(link in passage.lower for link in _LINKED) else []
    return found or _of_verb(passage, reading, known=bool(phrases["data.collect"].search(passage.lower)))


def _of_verb(passage: Passage, reading: Reading, *, known: bool) -> list[str]:
    """What a sentence says of data by its verb: an enumeration, or single kinds.

    Where the verb is not one that is `known` to speak of collecting, the sentence must be about the vendor or the
    reader, and each item a kind of data: "we weigh you and note ..." has endless wordings.
    """
    linked = any(link in passage.lower for link in _LINKED)
    if _PLEASE.match(passage.lower) or not (known or (linked and _PERSONAL.search(passage.lower))):
        return []
    kinds = [match.start() for match in reading.phrases["data.kinds"].finditer(passage.lower) if _whole(match)]
    share = 0.5 if known else 1.0
    run = _run(passage, kinds, reading.document.language, share) if len(kinds) > 1 else []
    return run or (_single(passage, reading.phrases, kinds) if known else [])


def _line(passage: Passage, lead: Block | None, reading: Reading) -> list[str]:
    """The items of a line that is nothing but an enumeration of data, behind its label or under such a heading."""
    label = LABEL.match(passage.text)
    named = label is not None and _LINE_OF_DATA.search(label["label"].lower())
    headed = label is None and passage.block.kind is BlockKind.PARAGRAPH and _announced(passage, lead, reading)
    if not named and not headed:
        return []
    rest = passage.text[label.end() :] if label else passage.text
    closed = _CLOSED.sub(lambda match: match[0].translate(_HIDE), rest.rstrip(" ."))
    names = [_bare(part) for part in _parts(closed, reading.document.language)]
    kinds = reading.phrases["data.kinds"]
    known = sum(bool(kinds.search(name.lower())) for name in names)
    enough = len(names) > (1 if named else 2) and 2 * known >= len(names)
    stated = headed and reading.phrases["data.collect"].search(passage.lower)
    return names if enough and all(names) and not stated else []


def _whole(match: re.Match[str]) -> bool:
    return not match.string[match.end() : match.end() + 1].isalnum()


def _single(passage: Passage, phrases: Lexicon, kinds: Sequence[int]) -> list[str]:
    """Kinds of data that a sentence names outside an enumeration: unmistakable ones, others where they are yours."""
    text, lower = passage.text, passage.lower
    found = [match.span() for match in phrases["data.nouns"].finditer(lower) if _whole(match)]
    told = {start for start, _ in found}
    for start in kinds:
        yours = _YOURS.search(lower, 0, start) and not _MEANS.search(lower, 0, start)
        if start not in told and "retention" not in passage.families and yours:
            match = phrases["data.kinds"].match(lower, start)
            found += [match.span()] if match else []
    return [text[start:end] for start, end in found]


def _run(passage: Passage, kinds: Sequence[int], language: str | None, share: float) -> list[str]:
    """The longest enumeration of a sentence of which at least two items, and such a share of them, are kinds of data.

    Whatever verb it depends on: its first item begins at the article or "your" before the kind, or at the kind.
    """
    closed = _CLOSED.sub(lambda match: match[0].translate(_HIDE), passage.text)
    best: list[str] = []
    run: list[str] = []
    known = place = 0
    for cut in (*_cuts(language).finditer(closed), None):
        end = cut.start() if cut else len(closed)
        inside = kinds[bisect_left(kinds, place) : bisect_left(kinds, end)]
        start = place if run else _opening(passage.lower, place, inside)
        name = _bare(closed[start:end]) if run or inside else ""
        if name:
            run.append(name)
            known += bool(inside)
        if not name or cut is None or cut["end"]:
            if known > 1 and known >= share * len(run) and len(run) > len(best):
                best = run
            run, known = [], 0
        place = cut.end() if cut else end
    return best


def _opening(lower: str, place: int, kinds: Sequence[int]) -> int:
    """Where a first item begins: behind the article or "your" of its last kind that has one, else at its first kind."""
    for kind in reversed(kinds):
        article = _ARTICLE.search(lower, max(place, kind - _NEAR), kind)
        if article and not _VERBAL.search(lower, article.end(), kind):
            return article.end()
    return kinds[0] if kinds else place


def _bare(name: str) -> str:
    """An item without article, link word and trailing verb; empty when it can be no kind of data."""
    name = name.translate(_SHOW).strip(" ,.;:?!")
    name = _TAIL.sub("", _PARTICLE.sub("", _PASSIVE.sub("", _LEAD.sub("", name)))).strip()
    good = 1 < len(name) <= _NAME_CHARS and len(name.split()) <= _NAME_WORDS
    if not good or _NO_ITEM.match(name) or _VERBAL.search(name):
        return ""
    return "" if _NO_NAME.search(_OF_YOURS.sub("", name)) else name


def _inline(passage: Passage, reading: Reading) -> list[str]:
    """What a sentence enumerates after "data such as", "we collect your"."""
    found: list[str] = []
    nouns = reading.phrases["data.nouns"]
    for match in reading.phrases["data.inline"].finditer(passage.lower):
        names = _enumerated(passage.text[match.end() :], reading.document.language)
        told = len(names) > 1 or "such" in match[0] or "zoals" in match[0]
        if told and any(nouns.search(name.lower()) or _KIND.search(name.lower()) or _ID.search(name) for name in names):
            found += names
    return found


def _announced(passage: Passage, lead: Block | None, reading: Reading) -> bool:
    """True for an item whose lead-in or headings announce data, not purposes or rights."""
    phrases = reading.phrases
    if lead is not None and lead.path == passage.block.path and lead.text.endswith(":"):
        last = sentences(lead.text, reading.document.language)[-1].lower()
        if RECIPIENT_WORDS.strong.search(last) or _OTHER_LIST.search(last):
            return False
        if phrases["data.leadin"].search(last):
            return True
        return bool(phrases["data.leadin"].search(lead.text[-_LEAD_CHARS:].lower())) and not phrases[
            "data.excluded"
        ].search(last)
    headings = [heading.lower() for heading in passage.block.path[-2:]]
    if not headings or phrases["data.excluded"].search(headings[-1]):
        return False
    return any(phrases["data.leadin"].search(heading) for heading in headings)


def _items(passage: Passage, reading: Reading) -> list[str]:
    """The categories of an item: what stands after its label when that is an enumeration, else the item itself."""
    text = _TAIL.sub("", passage.text.strip().rstrip(".;"))
    if _PURPOSE.match(text) or (_NO_ITEM.match(text) and not passage.column):
        return []
    if passage.label and passage.first and not passage.column:
        rest = passage.block.text[len(passage.label) :].lstrip(" :–—-")
        names = _enumerated(rest, reading.document.language)
        return names if len(names) > 1 else [passage.label]
    if len(text) <= _NAME_CHARS:
        return [text]
    return _inline(passage, reading) or _enumerated(text, reading.document.language)[:1]


def _parts(clause: str, language: str | None) -> Iterator[str]:
    place = 0
    for cut in _cuts(language).finditer(clause):
        yield clause[place : cut.start()]
        place = cut.end()
    yield clause[place:]


@cache
def _cuts(language: str | None) -> re.Pattern[str]:
    """Where items of an enumeration part, and (`end`) where a clause ends; English "of" is Dutch for "or"."""
    links = _LINKS.get(language or "", "|".join(_LINKS.values()))
    return re.compile(rf"\s?[,;]\s+(?:(?:{links})\s+)?|(?<!-)\s+(?:{links})\s+|\s[–—-]\s|(?P<end>[.:?!](?:\s+|$))")


def _enumerated(text: str, language: str | None) -> list[str]:
    """The parts of an enumeration up to the end of its clause; what stands in parentheses is not split."""
    closed = _CLOSED.sub(lambda match: match[0].translate(_HIDE), text)
    end = _END.search(closed)
    clause = closed[: end.start()] if end else closed
    names = []
    for part in _parts(clause, language):
        name = part.translate(_SHOW).strip(" ,.;:").removeprefix("(")
        name = _TAIL.sub("", _LEAD.sub("", name)).strip()
        if _NO_ITEM.match(name):
            continue
        if 1 < len(name) <= _NAME_CHARS and len(name.split()) <= _NAME_WORDS and not _NO_NAME.search(name):
            names.append(name)
    return names
