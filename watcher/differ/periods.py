"""Periods of time that a text states, in digits and in words, as ISO 8601 durations.

A duration keeps its unit: 24 months stay `P24M` and two years `P2Y`, because that is what the text says; `days` is
there to compare the two. Ages ("16 jaar oud"), rates ("24 hours a day") and years of the calendar are no periods.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# One month is a twelfth of a year, so that 12 months and a year compare as equal; a business day is 7/5 of a day.
_DAYS = {"Y": 365.0, "M": 365.0 / 12, "W": 7.0, "D": 1.0, "H": 1.0 / 24, "m": 1.0 / 1440}
_BUSINESS = 7 / 5
_GROUPS = {"F": (2, "W"), "Q": (3, "M")}  # a fortnight, a quarter of a year
_WHOLE = {"Y": (12, "M"), "D": (24, "H"), "H": (60, "m"), "M": (30, "D"), "W": (7, "D"), "m": (1, "m")}


@dataclass(frozen=True, slots=True)
class Period:
    """One stated period: `text` is `source[start:end]`, `days` its length in calendar days, for comparing only."""

    iso: str
    start: int
    end: int
    days: float
    text: str
    business: bool = False


def find_periods(text: str, language: str | None = None) -> tuple[Period, ...]:
    """All periods of a text in the order in which they stand.

    `language` is one of nl, en, de, fr; any other value tries all four and keeps the longest reading of each place.
    Both ends of a range ("6 to 12 months") are periods of their own.
    """
    grammars = [_GRAMMARS[language]] if language in _GRAMMARS else list(_GRAMMARS.values())
    found: dict[tuple[int, int], Period] = {}
    for grammar in grammars:
        for match in grammar.pattern.finditer(text):
            for period in _read(text, match, grammar):
                found.setdefault((period.start, period.end), period)
    return tuple(_longest(found.values()))


@dataclass(frozen=True, slots=True)
class _Grammar:
    """How one language writes numbers and units; `pattern` finds a number with its unit."""

    numbers: Mapping[str, float]
    pattern: re.Pattern[str]
    before: re.Pattern[str]
    units: Mapping[str, str]


def _read(text: str, match: re.Match[str], grammar: _Grammar) -> list[Period]:
    """The period of one match, preceded by the lower end of its range; nothing for an age, a rate or a clock time."""
    unit = _unit(match["unit"], grammar)
    number = _number(match, grammar)
    if number is None or unit is None or _is_no_period(text, match, unit, number):
        return []
    value = number + 0.5 if match["half"] else number
    business = bool(_BUSINESS_WORD.search(match[0]))
    period = _period(text, match.start(), match.end(), value, unit, business=business)
    lower = grammar.before.search(text, max(0, match.start() - 40), match.start())
    if lower is None:
        return [period]
    first = _value(lower["low"], grammar)
    if first is None or first >= value:
        return [period]
    return [_period(text, lower.start("low"), lower.end("low"), first, unit, business=business), period]


def _period(text: str, start: int, end: int, value: float, unit: str, *, business: bool) -> Period:
    """The duration as stated; a broken number is told in the next smaller unit (a year and a half: P18M)."""
    if unit in _GROUPS:
        size, unit = _GROUPS[unit]
        value *= size
    if value != int(value):
        factor, unit = _WHOLE[unit]
        value = round(value * factor)
    clock = "T" if unit in "Hm" else ""
    iso = f"P{clock}{int(value)}{unit.upper()}"
    days = value * _DAYS[unit] * (_BUSINESS if business and unit == "D" else 1)
    return Period(iso, start, end, days, text[start:end], business)


def _number(match: re.Match[str], grammar: _Grammar) -> float | None:
    """The number of a match; of "twelve (12)" and "12 (twelve)" the digits count."""
    for part in (match["digits"], match["paren"], match["word"]):
        if part and (value := _value(part, grammar)) is not None:
            return value
    return None


def _value(text: str, grammar: _Grammar) -> float | None:
    """A number in digits ("1.000" and "1,000" are a thousand, "1,5" is one and a half) or in words."""
    folded = re.sub(r"[\s-]+", " ", text.strip().lower())
    if folded[:1].isdigit():
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", folded):
            return float(re.sub(r"[.,]", "", folded))
        return float(folded.replace(",", "."))
    value = grammar.numbers.get(folded)
    if value is None and (hundred := _HUNDRED.match(folded)) is not None:
        rest = grammar.numbers.get(folded[hundred.end() :], 0.0)
        return 100.0 * _HOW_MANY.get(hundred["many"] or "", 1.0) + rest
    return value if value is not None else grammar.numbers.get(folded.replace(" ", ""))


def _unit(word: str, grammar: _Grammar) -> str | None:
    """The ISO letter of a unit ("m" for minutes)."""
    folded = word.lower()
    stems = [stem for stem in grammar.units if folded.startswith(stem)]
    return grammar.units[max(stems, key=len)] if stems else None


def _longest(periods: Iterable[Period]) -> list[Period]:
    """In order of place, without those that lie inside a longer one."""
    kept: list[Period] = []
    for period in sorted(periods, key=lambda one: (one.start, -one.end)):
        if not kept or period.start >= kept[-1].end:
            kept.append(period)
    return kept


def _is_no_period(text: str, match: re.Match[str], unit: str, number: float) -> bool:
    """True for ages, rates ("24 hours a day", "once a year"), clock times and years of the calendar."""
    before = text[max(0, match.start() - 60) : match.start()]
    after = text[match.end() : match.end() + 60]
    if unit == "Y":
        if 1900 <= number <= 2100 or _OLD.match(after):
            return True
        if 12 <= number <= 21 and (_OLDER.search(before) or _CHILD.search(before) or _CHILD.search(after)):
            return True
    if unit == "Q" and after.lstrip().startswith(("of ", "van ", "der ", "des ", "de ", "d'")):
        return True
    if _RATE_AFTER.match(after) or _RATE_BEFORE.search(before):
        return True
    return unit == "H" and bool(_CLOCK.search(before) or re.search(r"\d[.:]\d\d\s", match[0]))


_OLD = re.compile(
    r"[\s-]*(?:oude?\b|old\b|of age|or older|en ouder|alt\b|révolus|d['’]âge|et plus|of ouder)", re.IGNORECASE
)
_OLDER = re.compile(
    r"\b(?:older|younger|under|over|below|above|aged|age|jonger|ouder|onder|boven|leeftijd|unter|über|jünger|älter|ab|"
    r"moins|plus|âgée?s?|âge)(?:\s+(?:than|dan|als|de|of|van|at least|the|von|d['’]au moins))*\s+$",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:child(?:ren)?|minors?|parent(?:s|al)?|kind(?:eren|ern|er)?|minderjarig\w*|ouders|leeftijd|minderjährig\w*|"
    r"eltern|enfants?|mineurs?|parents?|jongeren|jugendlich\w*)\b",
    re.IGNORECASE,
)
_RATE_AFTER = re.compile(
    r"\s+(?:per|a|pro|par|am|by)\s+(?:day|dag|tag|jour|week|woche|semaine|year|jaar)\b", re.IGNORECASE
)
_RATE_BEFORE = re.compile(r"\b(?:once|twice|times|hours?|days?)\s+$", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?:om|vanaf|tussen|um)\s+$", re.IGNORECASE)
_BUSINESS_WORD = re.compile(r"business|working|werk|arbeit|geschäft|ouvr", re.IGNORECASE)


def _count(words: str) -> dict[str, float]:
    """Words with the numbers one, two, three, ... in their order."""
    return {word: float(value) for value, word in enumerate(words.split(), start=1)}


def _tens(words: str) -> dict[str, float]:
    """Words with the numbers twenty, thirty, forty, ... in their order."""
    return {word: value * 10.0 for value, word in enumerate(words.split(), start=2)}


def _joined(tens: Mapping[str, float], units: Mapping[str, float], shape: str) -> dict[str, float]:
    """Tens and units put together: `shape` is "{unit}en{ten}" or "{ten} {unit}"."""
    return {
        shape.format(ten=ten, unit=unit): value + one
        for ten, value in tens.items()
        for unit, one in units.items()
        if one < 10
    }


def _dutch() -> dict[str, float]:
    low = _count(
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien "
        "achttien negentien"
    )
    tens = _tens("twintig dertig veertig vijftig zestig zeventig tachtig negentig")
    numbers = low | tens | _joined(tens, low, "{unit}en{ten}") | _joined(tens, {"twee": 2, "drie": 3}, "{unit}ën{ten}")
    special = {
        "één": 1,
        "éen": 1,
        "eén": 1,
        "anderhalf": 1.5,
        "anderhalve": 1.5,
        "half": 0.5,
        "een half": 0.5,
    }
    return numbers | special | {"tweeëneenhalf": 2.5, "een halve": 0.5}


def _german() -> dict[str, float]:
    low = _count(
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn"
    )
    tens = _tens("zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig") | {"dreissig": 30.0}
    numbers = low | tens | _joined(tens, low | {"ein": 1.0}, "{unit}und{ten}")
    numbers |= dict.fromkeys(("ein", "eine", "einem", "einen", "einer", "eines"), 1.0)
    return numbers | {"anderthalb": 1.5, "eineinhalb": 1.5, "halbes": 0.5, "ein halbes": 0.5, "einem halben": 0.5}


def _english() -> dict[str, float]:
    low = _count(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen"
    )
    tens = _tens("twenty thirty forty fifty sixty seventy eighty ninety")
    numbers = low | tens | _joined(tens, low, "{ten} {unit}")
    numbers |= {f"{word} and a half": value + 0.5 for word, value in low.items() if value < 10}
    return numbers | {"a": 1, "an": 1, "half a": 0.5, "one half": 0.5}


def _french() -> dict[str, float]:
    low = _count(
        "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix_sept dix_huit "
        "dix_neuf"
    )
    low = {word.replace("_", " "): value for word, value in low.items()}
    tens = _tens("vingt trente quarante cinquante soixante septante huitante nonante")
    numbers = low | tens | _joined(tens, low, "{ten} {unit}") | _joined(tens, {"un": 1, "une": 1}, "{ten} et {unit}")
    for word, value in low.items():
        numbers[f"quatre vingt {word}"] = 80 + value
        if value >= 10:
            numbers[f"soixante {word}"] = 60 + value
    special = {"soixante et onze": 71, "quatre vingts": 80, "quatre vingt": 80}
    return numbers | special | {"une": 1, "un demi": 0.5, "une demi": 0.5}


# Hundreds before what is under one hundred: "honderdtachtig", "one hundred and eighty", "cent vingt".
_HOW_MANY = {"twee": 2.0, "drie": 3.0, "zwei": 2.0, "drei": 3.0, "two": 2.0, "three": 3.0, "deux": 2.0, "trois": 3.0}
_HUNDRED = re.compile(
    rf"(?:(?P<many>{'|'.join(_HOW_MANY)}|ein|one|a|één|een)[\s-]?)?(?:honderd|hundert|hundred|cents?)"
    r"(?:[\s-]?(?:en|und|and)(?=[\s-]|[a-zëéü]{3}))?[\s-]?"
)


def _trie(words: Iterable[str]) -> str:
    """One regular expression for all words that shares their beginnings; a blank also stands for a hyphen."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]  # a tree of itself has no short type
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}

    def spell(node: dict[str, dict]) -> str:  # type: ignore[type-arg]  # the same tree
        ends = "" in node
        branches = [
            (r"[\s-]" if letter == " " else re.escape(letter)) + spell(child)
            for letter, child in sorted(node.items())
            if letter
        ]
        if not branches:
            return ""
        body = branches[0] if len(branches) == 1 and not ends else f"(?:{'|'.join(branches)})"
        return f"{body}?" if ends else body

    return spell(root)


def _grammar(numbers: dict[str, float], units: dict[str, str], words: str, qualifiers: str) -> _Grammar:
    """Put one language together: `words` are its unit words, `qualifiers` may stand between number and unit."""
    small = _trie(numbers)
    word = rf"(?:{_HUNDRED.pattern.replace('?P<many>', '?:')}(?:{small})?|{small})"
    digits = r"\d{1,4}(?:[.,]\d{1,3})?"
    pattern = re.compile(
        rf"(?<![\w.,:/])(?:(?P<digits>{digits})(?!\d)|(?P<word>{word}))"
        rf"(?:\s?\(\s?(?P<paren>{digits}|{small})\s?\))?"
        rf"[\s-]*(?:(?:{qualifiers})[\s-]+)*(?P<unit>{words})\b(?P<half>\s+et\s+demie?\b)?"
        r"(?:\s+(?:ouvré|ouvrable|calendaire)s?\b)?",
        re.IGNORECASE,
    )
    before = re.compile(
        rf"(?:(?P<between>between|tussen|entre|zwischen)\s+(?:de\s+|the\s+)?)?(?<![\w.,:/])(?P<low>{digits}|{small})"
        r"(?:\s?\([^()]{1,12}\))?(?:\s*[-–/]\s*|\s+(?:to|tot|à|bis|of|or|oder|ou|(?(between)(?:and|en|et|und)|(?!)))\s+)$",
        re.IGNORECASE,
    )
    return _Grammar(numbers, pattern, before, units)


# How units begin (the longest stem decides), then the words that may follow a number.
_GRAMMARS: dict[str, _Grammar] = {
    "nl": _grammar(
        _dutch(),
        {"minu": "m", "ma": "M", "kalenderma": "M", "kwarta": "Q", "uu": "H", "w": "W", "j": "Y", "kalenderj": "Y"}
        | {"werk": "D", "kalenderd": "D", "d": "D"},
        r"(?:werk|kalender)?dag(?:en)?|daagse|week|weken|weekse|(?:kalender)?maand(?:en|s)?|maandse|kwarta(?:al|len)|"
        r"(?:kalender)?ja(?:ar|ren)|jarige|uur|uren|minuut|minuten",
        "volle|volledige|hele|aaneengesloten|opeenvolgende|extra|nieuwe|dergelijke",
    ),
    "en": _grammar(
        _english(),
        {"minu": "m", "mo": "M", "h": "H", "w": "W", "y": "Y", "d": "D", "f": "F", "q": "Q"},
        r"quarters?|days?|weeks?|fortnights?|months?|years?|hours?|minutes?",
        "calendar|business|working|full|further|consecutive|additional|more|whole|entire|rolling|fiscal|clear|short",
    ),
    "de": _grammar(
        _german(),
        {"min": "m", "mo": "M", "kalendermo": "M", "q": "Q", "kalenderj": "Y", "st": "H", "w": "W", "j": "Y"}
        | {"werk": "D", "arbeit": "D", "geschäft": "D", "kalendert": "D", "t": "D"},
        r"(?:werk|arbeits|geschäfts|kalender)?tag(?:en?|es)?|tägig\w*|wochen?|wöchig\w*|(?:kalender)?monat(?:en?|s|es)?|"
        r"quartale?n?s?|monatig\w*|(?:kalender)?jahr(?:en?|s|es)?|jährig\w*|stunden?|stündig\w*|minuten?",
        "volle[nr]?|ganze[nr]?|weitere[nr]?|aufeinanderfolgende[nr]?|zusätzliche[nr]?",
    ),
    "fr": _grammar(
        _french(),
        {"minu": "m", "mo": "M", "h": "H", "s": "W", "a": "Y", "j": "D", "t": "Q"},
        r"trimestres?|jours?|journées?|semaines?|mois|ans?|années?|heures?|minutes?",
        "longues|courtes|nouveaux|nouvelles|pleins",
    ),
}
