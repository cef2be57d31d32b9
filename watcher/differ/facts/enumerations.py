"""What a sentence enumerates: the items of a list in running text that may be kinds of data."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from watcher.differ.facts.passages import Passage

NAME_CHARS = 90
_NAME_WORDS = 8
_END = re.compile(
    r"[.;:](?:\s|$)|\)(?=[\s,.;:]|$)|"
    r",?\s(?:om|zodat|to|in order|um|afin|waarmee|wanneer|when|die|that|which|if|wenn|lorsque|qui)\s"
)
# What stands in parentheses is hidden while an enumeration is taken apart.
CLOSED = re.compile(r"\([^()]*\)")
HIDE = str.maketrans(",;:. )", "\ue000\ue001\ue002\ue003\ue004\ue005")
_SHOW = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005", ",;:. )")
_LEAD = re.compile(
    r"^(?:(?:de\s(?:vos|votre|la)|du|des|uw|je|jouw|een|de|het|your|a|an|the|ihre?[nmrs]?|deine?[nmrs]?|eure?[nmrs]?|die|der|das|den|dem|eine?n?|"
    r"vos|votre|les?|la|eventueel|eerdere|frühere[nr]?|etwaige[nr]?|andere|alle|other|any|all|"
    r"waaronder|zoals|including|such as|for example|bijvoorbeeld|notamment|wie|insbesondere|einschließlich|both|"
    r"also|certain|some|autres|information about|informatie over)\s|(?:de\s)?[ld]['’](?=\w))+",
    re.IGNORECASE,
)
# What an enumeration may hold that is no kind of data: the word "data" itself, pronouns, verbs, clauses.
_NO_NAME = re.compile(
    r"^(?:(?:persoons|persoonlijke |personal |personenbezogene )?"
    r"(?:gegevens|informatie|data|daten|information|informations?|données)(?:\s\w+)?|"
    r"them|first|last|given|middle|others?|etc|enz|more|services?|that|this|which|who|dan|where\s.*|"
    r"gebruiken|use|categories|details|request|changes|among other.*|"
    r"(?:term|by|door|through|via|from|van|op|for|voor|in|to|met|with|collected|owned|controlled|under|included|how|hoe|"
    r"about|as|at|on|used|using)\s.*|(?!billing|browsing|shipping|mailing)\w+ing)$"
    r"|(?:^|\s)(?:is|are|we|you|our|us|it|wij|u|je|ons|onze|wir|sie|uns|nous|vous|nos|may|will|can|kunnen|worden)(?:\s|$|['’])",
    re.IGNORECASE,
)
# Items that are acts, rights or conditions: lists of purposes often stand under words on data.
NO_ITEM = re.compile(
    r"(?:right|recht|droit)s?\s|(?:create|become|work|correct(?:ion)?|access|opt-?\s?out|delet\w+|verify|determine|improve|personali[sz]e|provide|"
    r"manage|respond|communicate|protect|comply|prevent|detect|send|process|use|store|ensure|allow|enable|offer|"
    r"administer|develop|analy[sz]e|conduct|understand|deliver|maintain|monitor|enforce|operate|erasure|portability|"
    r"object(?:ion)?|rectification)(?:$|\s(?!data|information|history|logs?|times?|records?|number|e-?mail|address|phone|experience|permit|title)|:)"
    r"|(?:as|at|on|with|consistent|in|and|or|from|through|necessary|à|au|aux|avec|dans|par|sur|met|bij|door|mit|bei|"
    r"durch|auf|im)(?:\s|$)"
    r"|[a-zé]+(?:er|ir)\s(?:vos|votre|les|la|le|l['’]|nos|notre|des|une?)\s?"
    r"|het\s\w+en\s(?:van|en)\s|(?:bearbeitung|durchführung|abwicklung|erfüllung|bereitstellung|verbesserung|"
    r"beantwortung|versand|gestion|amélioration|exécution|traitement)\s",
    re.IGNORECASE,
)
# A clause that tells more of the item before it: ", which you gave us,".
RELATIVE = re.compile(
    r"(?:(?:die|der|das|den|dem|welche[nrs]?|dat|wat|waar\w*|which|that|who|whose|que|qui|dont)\s|qu['’])"
    r"(?=(?:du|sie|ihr|wir|uns|u|je|jij|wij|we|you|us|vous|nous|tu|ils?|it|man|men|zich|sich|ggf|eventuell)(?!\w))",
    re.IGNORECASE,
)
# A part that only says in which case the next item is collected: ", if you pay by card, ...".
CASE = re.compile(
    r"(?:if|where|when|wenn|falls|sofern|indien|als|wanneer|si|lorsque|quand)\s(?=\S+\s\S)", re.IGNORECASE
)
# Such a case between two items, which does not end their enumeration.
_INSERTED = re.compile(
    r",\s?(?:if|where|when|wenn|falls|sofern|indien|als|wanneer|si|lorsque|quand)\s[^,;:.()]{3,60},(?=\s)",
    re.IGNORECASE,
)
# What the reader does with an item: "vitamins you record", "den Titel, den Sie eingeben".
_BY_READER = re.compile(
    r"\s(?:(?:that|which|die|dat|que)\s)?(?:you|u|je|sie|du|vous)\s(?:\w+\s){0,2}?(?:record|enter|give|provide|choose|"
    r"upload|submit|send|share|type|opgeeft|invult|geeft|verstrekt|kiest|deelt|angeben|angibst|eingeben|eingibst|"
    r"mitteilen|mitteilst|wählen|wählst|saisissez|indiquez|fournissez|choisissez|enregistrez)(?: (?:us|ons|uns))?$",
    re.IGNORECASE,
)
TAIL = re.compile(r"(?:\s(?:and|or|en|of|und|oder|et|ou|y compris|including)|[,;])+$", re.IGNORECASE)
# Bases of a processing are listed like data.
_BASIS = re.compile(
    r"(?:consent|performance|compliance|legitimate|legal (?:obl|dut|bas|int|req)|toestemming|uitvoering|"
    r"gerechtvaardigd|wettelijk|einwilligung|"
    r"erfüllung|berechtigt|rechtliche|consentement|exécution|intérêts? légitimes?|obligation)",
    re.IGNORECASE,
)
_NEAR = 30  # characters before a kind of data in which its article stands
_ARTICLE = re.compile(  # the last article of a stretch, with two words behind it at most
    r"(?<!\w)(?:your|uw|je|jouw|ihre?[nrms]?|deine?[nrms]?|eure?[nrms]?|votre|vos|ta|tes|ton|the|de|het|les?|la|l['’]|der|die|das|den|dem|des|einen?|eine|"
    r"een|an?|une?|his|her|their|zijn|haar|hun|son|sa|ses|leurs?)(?:\s+|(?<=['’]))"
    r"(?=(?:(?!(?:your|uw|je|jouw|ihre?[nrms]?|deine?[nrms]?|eure?[nrms]?|votre|vos|the|het|das|den|dem|nach|naar|about|von|sur)\s)[^\s,]+\s+){0,2}$)"
)
# An item that is the reader's own, and the verb that it may begin with ("... and notes your medication").
OWN_ITEM = re.compile(
    r"(?:(?:as well as|also|de|any|both)\s)?"
    r"(?:your|uw|je|jouw|ihre?[nrms]?|deine?[nrms]?|eure?[nrms]?|votre|vos)\s(?=\w)"
)
_AND_VERB = re.compile(
    r"^(?!(?:from|in|on|with|by|of|to|at|about|via|for|van|op|met|bij|voor|uit|aus|auf|mit|von|bei|für|an|de|dans|sur|avec|par|"
    r"à|pour|and|or|en|of|und|et|all|alle|any|also|auch|ook|aussi|not|nicht|niet|pas)\s)[^\W\d]{3,}\s"
    r"(?=(?:your|uw|jouw|ihre?[nrms]?|deine?[nrms]?|eure?[nrms]?|votre|vos)\s)",
    re.IGNORECASE,
)
_LINKS = {"en": "and|or|as well as", "nl": "en|of|alsmede|evenals", "de": "und|oder|sowie", "fr": "et|ou|ainsi que"}
# Verbs of a clause, and what of another's data an item may end with.
_VERBAL = re.compile(
    r"(?<!\w)(?:betreibt|betreiben|beheert|verzorgt|übernimmt|gère|exploite|hebben|heeft|haben|hat|have|has|had|ont|werden|wird|wordt|was|were|sont|est|blijven|blijft|bleiben|bleibt|"
    r"restent|zijn|sind|kan|kann|können|peut|peuvent|must|should|might|krijg\w*|erhält|erhalten|receive\w*|bring|"
    r"leest|liest|lit|reads|houdt|hält|tient|toont|zeigt|affiche|shows|slaat|speichert|noteert|notiert|ziet|sieht|voit|sees|"
    r"registreert|erfasst|enregistre|weet|weiß|knows|vraagt|fragt|asks|gebruikt|nutzt|"
    r"gaat|gaan|geht|gehen|goes|stehen|steht|staan|staat|meenemen|mitbringen|zich|sich|himself|myself|you|sinon|otherwise|anders|sonst)(?!\w)|\d{3,}",
    re.IGNORECASE,
)
_OF_YOURS = re.compile(
    r"\s(?:van|of|for|de|du|der|von|to|zu|tot)\s(?:uw|your|je|jouw|vos|votre|ihre?[nrms]?|deine?[nrms]?|eure?[nrms]?)\s.*$",
    re.IGNORECASE,
)
# Verbs and their particles that end a clause behind its last item.
_PARTICLE = re.compile(
    r"(?<!reason)(?<!reasons)(?<!purpose)\s+(?:(?:when|if|while|where|whenever|so that|in order|to|for|only|from|"
    r"during|via|through|by|with us|to us|wenn|sobald|damit|um|zur|zum|wanneer|zodra|als|om|zodat|lorsque|quand|si|"
    r"afin|pour|lors|dès)\s.*|ab|an|auf|aus|fest|uit|ein|mit|vor|"
    r"bereit|vast|op|door|in|bij|aan|af|(?:automatisch\s)?(?:erhoben|erfasst|verarbeitet|gespeichert|protokolliert|"
    r"übermittelt|abgefragt|aufgezeichnet|benötigt|angeben|verzameld|verwerkt|vastgelegd|opgeslagen|geregistreerd|"
    r"gevraagd|bewaard|verstrekt|nodig|nennen|hinterlegen|mitteilen|eintragen|eingeben|hinterlassen|übermitteln|"
    r"speichern|opslaan|noteren|registreren|doorgeven|achterlaten|erheben|erfassen|verarbeiten|verzamelen|verwerken|vastleggen|invullen|opgeven))+$",
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


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of an enumeration: whether it holds a known kind of data, and whether it is said to be the reader's."""

    name: str
    kind: bool
    own: bool


def longest_run(passage: Passage, kinds: Sequence[int], language: str | None, *, known: bool) -> list[str]:
    """The longest enumeration of a sentence of which at least two items are kinds of data, half of them or all.

    Half are enough with a verb that is `known` to speak of collecting; there what is the reader's own ("your income,
    your rent history") counts beside a kind. Whatever the verb, the first item begins at the article or "your" before
    the kind, or at the kind.
    """
    closed = CLOSED.sub(lambda match: match[0].translate(HIDE), passage.text)
    best: list[str] = []
    run: list[_Item] = []
    place = 0
    for cut in (*_cuts(language).finditer(closed), None):
        end = cut.start() if cut else len(closed)
        inside = kinds[bisect_left(kinds, place) : bisect_left(kinds, end)]
        item = _item(passage.lower, closed, place, end, inside, begun=bool(run), known=known)
        if item is None and run:  # what begins here may be another enumeration
            best = max(best, _told(run, known=known), key=len)
            run = []
            item = _item(passage.lower, closed, place, end, inside, begun=False, known=known)
        if item:
            run.append(item)
        if item is None or cut is None or cut["end"]:
            best = max(best, _told(run, known=known), key=len)
            run = []
        place = cut.end() if cut else end
    return best


def _item(
    lower: str, closed: str, place: int, end: int, inside: Sequence[int], *, begun: bool, known: bool
) -> _Item | None:
    """A part of an enumeration that may be a kind of data; the first must hold one, or be the reader's own."""
    start = place if begun else _opening(lower, place, inside)
    own = _own(lower, start, end) if known and not inside else None
    if not begun and not inside and own is None:
        return None
    name = bare(closed[start if begun or own is None else own : end])
    return _Item(name, kind=bool(inside), own=own is not None) if name else None


def _told(run: Sequence[_Item], *, known: bool) -> list[str]:
    """The names of an enumeration in which enough are kinds of data; empty for another."""
    said = sum(item.kind or item.own for item in run)
    enough = said > 1 and said >= (0.5 if known else 1.0) * len(run) and any(item.kind for item in run)
    return [item.name for item in run] if enough else []


def _own(lower: str, start: int, end: int) -> int | None:
    """Where a part of an enumeration is the reader's own: it begins with "your", or ends with "... your X"."""
    found = list(OWN_ITEM.finditer(lower, start, end))[-1:]
    return next((one.start() for one in found if len(lower[one.end() : end].split()) <= _NAME_WORDS), None)


def _opening(lower: str, place: int, kinds: Sequence[int]) -> int:
    """Where a first item begins: behind the article or "your" of its last kind that has one, else at its first kind."""
    for kind in reversed(kinds):
        article = _ARTICLE.search(lower, max(place, kind - _NEAR), kind)
        if article and not _VERBAL.search(lower, article.end(), kind):
            return article.end()
    return kinds[0] if kinds else place


def bare(name: str) -> str:
    """An item without article, link word and trailing verb; empty when it can be no kind of data."""
    name = _AND_VERB.sub("", _BY_READER.sub("", name.translate(_SHOW).strip(" ,.;:?!")))
    name = TAIL.sub("", _PARTICLE.sub("", _PASSIVE.sub("", _LEAD.sub("", name)))).strip()
    good = 1 < len(name) <= NAME_CHARS and len(name.split()) <= _NAME_WORDS
    if not good or _BASIS.match(name) or NO_ITEM.match(name) or _VERBAL.search(name):
        return ""
    return "" if _NO_NAME.search(_OF_YOURS.sub("", name)) else name


def parts(clause: str, language: str | None) -> Iterator[str]:
    """The parts of a clause between commas and link words, as they stand there."""
    place = 0
    for cut in _cuts(language).finditer(clause):
        yield clause[place : cut.start()]
        place = cut.end()
    yield clause[place:]


@cache
def _cuts(language: str | None) -> re.Pattern[str]:
    """Where items of an enumeration part, and (`end`) where a clause ends; English "of" is Dutch for "or"."""
    links = _LINKS.get(language or "", "|".join(_LINKS.values()))
    return re.compile(
        rf"(?<!-)\s?[,;]\s+(?:(?:{links})\s+)?|(?<!-)\s+(?:{links})\s+|\s[–—-]\s|(?P<end>[.:?!](?:\s+|$))"
    )


def enumerated(text: str, language: str | None) -> list[str]:
    """The parts of an enumeration up to the end of its clause; what stands in parentheses is not split."""
    closed = CLOSED.sub(lambda match: match[0].translate(HIDE), _INSERTED.sub("", text))
    end = _END.search(closed)
    clause = closed[: end.start()] if end else closed
    names = []
    for part in parts(clause, language):
        if RELATIVE.match(part.strip()) or CASE.match(part.strip()):
            continue
        name = _BY_READER.sub("", part).translate(_SHOW).strip(" ,.;:").removeprefix("(")
        name = TAIL.sub("", _LEAD.sub("", name)).strip()
        if NO_ITEM.match(name):
            continue
        if 1 < len(name) <= NAME_CHARS and len(name.split()) <= _NAME_WORDS and not _NO_NAME.search(name):
            names.append(name)
    return names
