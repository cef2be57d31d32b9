"""How a clause on keeping holds its subject: "X we keep", "we keep X for", "X are deleted", "are the X deleted"."""

from __future__ import annotations

import re
from functools import cache

from watcher.differ.facts.phrases import Lexicon

# Most characters of a subject.
SUBJECT_CHARS = 80
_SOME = rf"[^,;:\0]{{3,{SUBJECT_CHARS}}}?"
_SEVERAL = rf"[^;:\0]{{3,{SUBJECT_CHARS}}}?"  # "your contacts, notes and documents"
_BEGINS = r"(?:^|[,;:]\s)"
_AND = r"(?:and|or|en|of|und|oder|et|ou)"
_WE = r"(?:wij|we|wir|nous|ons)"
# What a subject is followed by that only tells more of it: "orders, such as ..., are kept".
_RELATIVE = (
    r"die|der|das|that|which|who|qui|que|zoals|waaronder|bijvoorbeeld|such as|including|like|for example|darunter|"
    r"einschließlich|wie|etwa|tels? que|telles? que|comme|y compris|dont|notamment"
)
_NOT = r"(?:pas|nicht|niet|not)"
_RULE = (  # "a retention period of ... applies to X"
    r"(?:geldt|gelden|hanteren|gilt|gelten|beträgt|bedraagt|is|ist|est|s['’]applique|there is|we apply|"
    r"appliquons|besteht|lautet|sont|zijn|sind|are)"
)
_WHOSE = (
    r"(?:haar|hun|its|their|seinen?|seine|leurs?|son|sa|ses|de|het|uw|je|alle|deze|die|der|das|ihre?n?|les|vos|votre|la|le|"
    r"your|the|all)"
)
_AIM = r"(?:à\scette\s(?:seule\s)?fin|à\sces\sfins|hiervoor|daarvoor|hierzu|dafür|for\s(?:this|that)\spurpose)"
_PERIOD_OF = (  # "the retention period of X is"
    r"(?:retention|storage)\s(?:period|time|duration)|bewaar(?:termijn|duur|periode|tijd)|opslag(?:duur|termijn)|"
    r"speicher(?:dauer|frist|zeit)|aufbewahrungs(?:frist|dauer|zeit)|löschfrist|"
    r"(?:durée|délai)s?\s(?:de\s(?:conservation|stockage)|d['’]archivage)"
)
_ACTOR = (  # "X deletes our bookkeeper after ...": the verb stands second in Dutch and German, whatever comes first
    r"(?:die|der|das|unsere?|onze|ons|de|het|een|eine?)\s(?:system|software|praxis|klinik|verein|schule|bank|anbieter|"
    r"auftragsverarbeiter|auftragnehmer|buchhaltung|verwaltung|gesellschaft|unternehmen|server|technik|personalabteilung|"
    r"kanzlei|systeem|programma|praktijk|kliniek|vereniging|school|verwerker|leverancier|boekhoud\w*|administratie|bedrijf|"
    r"organisatie|afdeling|stichting|gemeente|medewerker|behandelaar|therapeut(?:in)?|beheerder|arts|"
    r"mitarbeiter(?:in)?|sachbearbeiter(?:in)?|arzt|ärztin|leitung|trainer|secretaris|penningmeester)"
)


@cache
def shapes(phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """How a clause holds its subject (group "s"), the surest first; a zero byte stands where its period begins."""
    return (*_of_period(), *_active(phrases), *_passive(phrases), *_others(phrases))


@cache
def inverted(phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """How a clause goes on behind the period that it begins with."""
    passive, done, keep = _any(phrases, "passive"), _done(phrases), _verbs(phrases)
    lead = r"(?:\s[^,;:]{0,60}?)?,?\s"  # "after your stay,"
    noun = r"(?P<s>[^,;:]{3,60}?)"
    return (
        re.compile(rf"{lead}(?:{keep})\s{_WE}\s{noun}(?:\s(?:auf|op|weg|vast|zurück))?\W*$"),
        re.compile(rf"{lead}(?:we|nous)\s(?:{keep})\s{noun}\W*$"),
        re.compile(rf"{lead}(?:wordt|worden|wird|werden)\s{noun}\s(?:\w+\s)?(?:{done})"),
        re.compile(rf"{lead}(?P<s>(?:{_WHOSE}|les)\s[^,;:]{{3,50}}?)\s(?:{passive})\s(?:\w+\s)?(?:{done})"),
        re.compile(rf"\s(?P<s>[^,;:]{{3,50}}?)\s(?:{passive})\s(?:\w+\s)?(?:{done})"),
    )


def _any(phrases: Lexicon, group: str) -> str:
    return "|".join(phrases.words[f"retention.{group}"])


def _verbs(phrases: Lexicon) -> str:
    """Verbs of keeping and deleting in the active voice, "hold on to" before "hold"."""
    return "|".join(sorted(phrases.words["retention.active"], key=len, reverse=True))


def _done(phrases: Lexicon) -> str:
    return "|".join((*phrases.words["retention.keep"], *phrases.words["retention.delete"]))


def _of_period() -> tuple[re.Pattern[str], ...]:
    """The subject of a period, and of what happens: 'the retention period of X', 'deletion of X takes place'."""
    return (
        re.compile(r"\0[^,;:\0]{3,25}?\s(?:ook|auch|also|aussi)\s(?P<s>[^,;:\0]{3,50}?)\W*$"),
        re.compile(
            rf"(?:^|[,;:.]\s?)(?P<s>[^,;:\0]{{3,60}}?),\s(?:which|that|die|dat|das|que)\s{_WE}(?!\w)[^;:\0]{{0,60}}\0"
        ),
        re.compile(
            rf"(?<!\w)(?:{_PERIOD_OF})\s(?:van|of|for|für|von|der|des|de\sla|de|du|d['’])\s?(?P<s>{_SOME})\s{_RULE}(?!\w)"
        ),
        re.compile(
            rf"(?:^|\s)(?:voor|for|für|pour)\s(?P<s>[^,;:\0]{{3,60}}?),?\s(?:(?:the|an?|de|een|die|eine|la|une|le|un)\s)?"
            rf"(?:{_PERIOD_OF})(?!\w)"
        ),
        re.compile(
            rf"(?<!\w)(?:löschung|speicherung|aufbewahrung|vernichtung|verwijdering|vernietiging|deletion|erasure|destruction|"
            rf"suppression|conservation|effacement)\s(?:der|des|von|van|of|de\sla|du|de)\s(?P<s>{_SOME})\s"
            rf"(?:erfolgt|findet|vindt|gebeurt|takes\splace|happens|intervient|a\slieu|\0)"
        ),
    )


def _active(phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """The object of those who keep: 'X we keep', 'we keep X for'."""
    stop = _any(phrases, "stop")
    keep = _verbs(phrases)
    return (
        re.compile(rf"{_BEGINS}(?:voor|for|für|pour)\s(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s{_WE}(?!\w)"),
        re.compile(
            rf"(?<!\w)(?:geeft|geven|gibt|geben|restitue|restituons|rend|rendons)\s(?:\S+\s){{0,2}}?"
            rf"(?P<s>(?:alle|sämtliche|toutes\sles|tous\sles|{_WHOSE})\s[^,;:\0]{{3,50}}?)\s(?:terug|zurück|ou|et)(?!\w)"
        ),
        re.compile(
            rf"{_BEGINS}(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s(?:(?:sich|zich(?:zelf)?)|{_ACTOR})(?!\w)[^;:\0]{{0,80}}\0"
        ),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,50}}(?:,\s[^,;:\0]{{2,40}}){{1,3}}\s{_AND}\s[^,;:\0]{{2,40}}?)\s(?:{keep})\s(?:wij|we|wir)(?!\w)"
        ),
        re.compile(rf"{_BEGINS}(?P<s>[^,;:\0]{{3,60}}?)\s(?:{keep})\s(?:wij|we|wir|nous)(?!\w)"),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,50}}?),?\s(?:{_RELATIVE})\s[^;:\0]{{2,90}}?,\s(?:{keep})\s"
            rf"(?:wij|we|wir|nous)(?!\w)"
        ),
        re.compile(
            rf"(?<!\w)(?:{keep})\s(?:{_NOT}\s)?(?!{_NOT}\b)(?:{_WE}\s)?(?:{_AIM}\s)?(?P<s>{_SEVERAL})\s(?:(?:{stop}|\d+)(?!\w)|\0)"
        ),
        re.compile(
            r"^(?P<s>[^,;:\0]{3,40}?),?\s(?:(?:die|welche)\s)?"
            r"(?:older than|ouder (?:zijn )?dan|älter als|(?:de|datant de) plus de)\s\0"
        ),
    )


def _passive(phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """The subject of what is kept: 'X are deleted', 'are the X deleted'."""
    stop = _any(phrases, "stop")
    passive = _any(phrases, "passive")
    done = _done(phrases)
    return (
        re.compile(rf"^(?P<s>{_SOME})(?:,\s[^,;:\0]{{2,30}},)?\s(?:{passive})\s"),
        re.compile(rf"^(?P<s>[^,;:\0]{{3,50}}?),?\s(?:{_RELATIVE})\s[^\0]{{2,90}}?,\s(?:{passive})\s"),
        re.compile(
            rf"^(?P<s>[^,;:\0]{{3,40}}(?:,\s[^,;:\0]{{2,40}}){{1,3}}\s{_AND}\s[^,;:\0]{{2,40}}?)\s(?:{passive})\s"
        ),
        re.compile(rf"(?<!\w)(?:{passive})\s(?P<s>{_WHOSE}\s{_SOME})\s(?:{done}|(?:{stop})(?!\w)|\0)"),
        re.compile(
            rf"(?<!\w)(?:blijft|blijven|bleibt|bleiben|staat|staan|steht|stehen|liegt|leeft|lebt)\s"
            rf"(?P<s>(?:een|eine?|{_WHOSE})\s{_SOME})\s(?:(?:{stop})(?!\w)|\0)"
        ),
        re.compile(
            r"(?<!\w)(?P<s>(?:an?|une?)\s[^\s,;:\0]+(?:\s[^\s,;:\0]+)?)\s(?:lives?|remains?|stays?|reste|demeure|subsiste)\s"
        ),
        re.compile(rf"[,;]\s(?P<s>{_SOME})\s(?:{passive})\s"),
    )


def _others(phrases: Lexicon) -> tuple[re.Pattern[str], ...]:
    """What is to be kept, what a rule is for, and what stands in brackets."""
    stop = _any(phrases, "stop")
    return (
        re.compile(
            rf"(?<!\w)(?:verplicht\sons|verpflichtet\suns|ons|om|uns|verplicht|verpflichtet),?\s(?P<s>{_SOME})\s\0[^\0]{{0,90}}\s(?:te|zu|aufzu)"
        ),
        re.compile(rf"(?<!\w)(?:voor|for|für|pour|to)\s(?P<s>{_SOME})\s{_RULE}(?!\w)"),
        re.compile(
            r"\((?:darunter|waaronder|including|such as|dont|notamment|zoals|bijvoorbeeld|e\.g\.|z\.\s?b\.|bijv\.|"
            r"p\.\s?ex\.)\s(?P<s>[^()\0]{3,60})\)"
        ),
        re.compile(r"^(?P<s>[^,;:\0]{3,60}?)\s[^\W\d]+\s(?:wij|we|wir)(?!\w)"),  # any verb that stands second
        re.compile(
            rf"(?<!\w)(?:moeten|mogen|müssen|dürfen|zullen|kunnen|können|sollen|hebben|haben)\s(?:wij|we|wir)\s"
            rf"(?P<s>{_SOME})\s(?:(?:{stop})(?!\w)|\0)"
        ),
    )
