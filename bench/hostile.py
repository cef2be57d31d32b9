"""Pairs of texts that were made to be slow, a megabyte a side: `pairs(name)` gives the same two texts on every machine.

The first six are the shapes by which text diffs are compared in general; the others aim at what a reader of policies
does besides: tables, names, headings, sentences that all speak of something.
"""

from __future__ import annotations

import random
from collections.abc import Callable

MEGABYTE = 1_000_000

_PLAIN = (
    "We keep your {0} for {1} days and share it with {2} when the {3} asks for {4}.",
    "Your {0} is processed in {2} on the basis of consent; write to {3}{1}@example.org about {4}.",
    "You may object to the use of {0} within {1} days, unless {2} needs {3} for {4}.",
    "We do not sell {0}. Our provider {2} stores {3} for at most {1} months under {4}.",
    "If the {0} changes we tell you {1} days ahead by {2}; the {3} stays with {4}.",
)


def pair(name: str, size: int = MEGABYTE) -> tuple[str, str]:
    """The two texts of a shape, in Markdown, each of about `size` characters. Raises KeyError for an unknown name."""
    return SHAPES[name](random.Random(name), size)


def _words(chance: random.Random, count: int) -> list[str]:
    """Made-up words, all different."""
    parts = ("ba", "ke", "lo", "mi", "nu", "ra", "se", "ti", "vo", "zu", "pla", "gre", "sto", "dri")
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choices(parts, k=chance.randint(2, 6)))] = None
    return list(found)


def _filled(chance: random.Random, size: int, words: list[str]) -> list[str]:
    """Sentences of a policy until their length adds up."""
    lines: list[str] = []
    length = 0
    while length < size:
        picked = chance.choices(words, k=4)
        line = chance.choice(_PLAIN).format(picked[0], chance.randint(1, 900), picked[1].title(), *picked[2:])
        lines.append(line)
        length += len(line) + 2
    return lines


def _few_words(chance: random.Random, size: int) -> tuple[str, str]:
    words = _words(chance, 50)

    def side() -> str:
        return "\n\n".join(" ".join(chance.choices(words, k=9)) for _ in range(size // 60))

    return side(), side()


def _unique(chance: random.Random, size: int) -> tuple[str, str]:
    words = _words(chance, size // 5)
    half = len(words) // 2

    def side(these: list[str]) -> str:
        return "\n\n".join(" ".join(these[at : at + 12]) for at in range(0, len(these), 12))

    return side(words[:half])[:size], side(words[half:])[:size]


def _seven_lines(chance: random.Random, size: int) -> tuple[str, str]:
    lines = [" ".join(_words(chance, 4)) for _ in range(7)]

    def side() -> str:
        return "\n\n".join(chance.choices(lines, k=size // 31))

    return side()[:size], side()[:size]


def _shuffled(chance: random.Random, size: int) -> tuple[str, str]:
    lines = _filled(chance, size, _words(chance, 3_000))
    return "\n\n".join(lines), "\n\n".join(chance.sample(lines, len(lines)))


def _one_line(chance: random.Random, size: int) -> tuple[str, str]:
    words = chance.choices(_words(chance, 3_000), k=size // 8)
    other = [word if chance.random() > 0.05 else f"{word}x" for word in words]
    return " ".join(words)[:size], " ".join(other)[:size]


def _one_letter(chance: random.Random, size: int) -> tuple[str, str]:  # noqa: ARG001 - as the others
    return "a" * size, "ab" * (size // 2)


def _every_block(chance: random.Random, size: int) -> tuple[str, str]:
    lines = _filled(chance, size, _words(chance, 3_000))
    other = []
    for line in lines:
        words = line.split(" ")
        words[chance.randrange(len(words))] = "moreover"
        other.append(" ".join(words))
    return "\n\n".join(lines), "\n\n".join(other)


def _one_paragraph(chance: random.Random, size: int) -> tuple[str, str]:
    old, new = _every_block(chance, size)
    return old.replace("\n\n", " "), new.replace("\n\n", " ")


def _rewritten(chance: random.Random, size: int) -> tuple[str, str]:
    return tuple("\n\n".join(_filled(chance, size, _words(chance, 3_000))) for _ in range(2))  # type: ignore[return-value]


def _rows(chance: random.Random, count: int) -> list[list[str]]:
    words = [word.title() for word in _words(chance, 2_000)]
    aims = ("Hosting", "Support desk", "Mail delivery", "Payment", "Analytics")
    places = ("Ireland", "United States", "Germany", "Japan")
    return [
        [f"{chance.choice(words)} {chance.choice(words)} {at} Inc.", chance.choice(aims), chance.choice(places)]
        for at in range(count)
    ]


def _as_table(rows: list[list[str]], header: str = "Name | Purpose | Location") -> str:
    lines = [f"| {header} |", "|" + " --- |" * len(rows[0]), *(f"| {' | '.join(row)} |" for row in rows)]
    return "# Sub-processors\n\nWe engage these sub-processors.\n\n" + "\n".join(lines)


def _table_changed(chance: random.Random, size: int) -> tuple[str, str]:
    rows = _rows(chance, size // 52)
    return _as_table(rows), _as_table([[name, aim + " and profiling", place] for name, aim, place in rows])


def _table_sorted(chance: random.Random, size: int) -> tuple[str, str]:
    rows = _rows(chance, size // 52)
    return _as_table(rows), _as_table(sorted(rows))


def _table_columns(chance: random.Random, size: int) -> tuple[str, str]:
    rows = _rows(chance, size // 52)
    return _as_table(rows), _as_table([[name, place, aim] for name, aim, place in rows], "Name | Location | Purpose")


def _table_new(chance: random.Random, size: int) -> tuple[str, str]:
    return _as_table(_rows(chance, size // 52)), _as_table(_rows(chance, size // 52))


def _doubled(chance: random.Random, size: int) -> tuple[str, str]:
    lines = _filled(chance, size, _words(chance, 3_000))
    return "\n\n".join(lines), "\n\n".join(line for at in range(0, len(lines), 2) for line in (lines[at], lines[at]))


def _headings(chance: random.Random, size: int) -> tuple[str, str]:
    words = _words(chance, 3_000)

    def side() -> str:
        return "\n\n".join(f"## {' '.join(chance.choices(words, k=3))}" for _ in range(size // 25))

    return side(), side()


def _numbers(chance: random.Random, size: int) -> tuple[str, str]:
    def side() -> str:
        return "\n\n".join(" ".join(str(chance.randrange(10**6)) for _ in range(10)) for _ in range(size // 70))

    return side(), side()


def _numbered(chance: random.Random, size: int) -> tuple[str, str]:
    lines = _filled(chance, size, _words(chance, 3_000))
    return "\n\n".join(lines), "\n\n".join(f"A.{at}. {line}" for at, line in enumerate(lines))


def _new_names(chance: random.Random, size: int) -> tuple[str, str]:
    rows = [_rows(chance, size // 90) for _ in range(2)]
    old, new = (
        "\n\n".join(f"We share your data with {a} for {b} in {c}, if you consent." for a, b, c in r) for r in rows
    )
    return old, new


def _nested(chance: random.Random, size: int) -> tuple[str, str]:
    """Lists in lists, forty deep and back again."""
    words = _words(chance, 3_000)

    def side() -> str:
        depths = (at % 80 if at % 80 < 40 else 80 - at % 80 for at in range(size // 70))
        return "\n".join(f"{'  ' * depth}- {' '.join(chance.choices(words, k=4))}" for depth in depths)

    return side(), side()


def _definitions(chance: random.Random, size: int) -> tuple[str, str]:
    """One list of definitions, with other definitions of half the terms."""
    words = _words(chance, 3_000)
    terms = [" ".join(chance.choices(words, k=2)) for _ in range(size // 90)]

    def side() -> str:
        said = (" ".join(chance.choices(words, k=7)) if at % 2 else "as said" for at in range(len(terms)))
        return "<dl>\n" + "\n".join(f"<dt>{a}</dt><dd>{b}</dd>" for a, b in zip(terms, said, strict=True)) + "\n</dl>"

    return side(), side()


def _links(chance: random.Random, size: int) -> tuple[str, str]:
    """Fifty thousand links, every target with another mark of a campaign, one text in fifty another."""
    words = _words(chance, 3_000)
    texts = [chance.choice(words) for _ in range(size // 20)]

    def side(mark: str) -> str:
        linked = [f"[{chance.choice(words) if chance.random() < 0.02 else text}](/a?{mark})" for text in texts]
        return "\n\n".join(" ".join(linked[at : at + 10]) for at in range(0, len(linked), 10))

    return side("m=1"), side("m=2")


def _emphasised(chance: random.Random, size: int) -> tuple[str, str]:
    """Every word emphasised, in two ways."""
    words = [chance.choices(_words(chance, 3_000), k=10) for _ in range(2)]
    count = size // 110

    def side(signs: str, some: list[str]) -> str:
        return "\n\n".join(
            " ".join(f"{sign}{chance.choice(some)}{sign}" for sign in [signs] * 9) + f" {at}" for at in range(count)
        )

    return side("**", words[0]), side("_", words[1])


def _units(chance: random.Random, size: int) -> tuple[str, str]:
    """Numbers with units of time, money, room and share, all others in the new text."""
    units = ("days", "months", "years", "hours", "EUR", "GB", "%", "business days", "weeks", "km")

    def side() -> str:
        return "\n\n".join(
            " ".join(f"{chance.randrange(1, 999)} {chance.choice(units)}" for _ in range(8)) for _ in range(size // 80)
        )

    return side(), side()


def _interleaved(chance: random.Random, size: int) -> tuple[str, str]:
    """A document, and the same with the lines of another between its own."""
    one, other = (_filled(chance, size // 2, _words(chance, 3_000)) for _ in range(2))
    woven = [line for lines in zip(one, other, strict=False) for line in lines]
    return "\n\n".join(one), "\n\n".join(woven)


def _items_moved(chance: random.Random, size: int) -> tuple[str, str]:
    """A list of items of one word, in another order."""
    items = [f"- {word}" for word in _words(chance, size // 12)]
    return "\n".join(items), "\n".join(chance.sample(items, len(items)))


def _one_row(chance: random.Random, size: int) -> tuple[str, str]:
    """A table of a single row with very many columns."""
    words = _words(chance, 3_000)

    def side() -> str:
        cells = [" ".join(chance.choices(words, k=3)) for _ in range(size // 33)]
        head = " | ".join(f"c{at}" for at in range(len(cells)))
        return f"| {head} |\n|{' --- |' * len(cells)}\n| {' | '.join(cells)} |"

    return side(), side()


def _days(chance: random.Random, size: int) -> tuple[str, str]:
    """Numbers and days, in three ways of writing them."""
    months = "January February March April May June July August September October November December".split()  # noqa: SIM905

    def day() -> str:
        number, month, year = chance.randint(1, 28), chance.choice(months), chance.randint(1990, 2030)
        return chance.choice((f"{number} {month} {year}", f"{year}-10-{number:02}", f"{month} {number}, {year}"))

    def side() -> str:
        return "\n\n".join(" ".join(day() for _ in range(6)) + f" {chance.randrange(10**5)}" for _ in range(size // 90))

    return side(), side()


def _one_sentence(chance: random.Random, size: int) -> tuple[str, str]:
    """One paragraph of one sentence over and over, with another word in each."""
    words = _words(chance, 5_000)

    def side() -> str:
        said = "We keep your {} data for thirty days and share it with our hosting provider when you ask for it."
        return " ".join(said.format(chance.choice(words)) for _ in range(size // 100))

    return side(), side()


def _only_names(chance: random.Random, size: int) -> tuple[str, str]:
    """Names with legal forms and nothing else."""
    words = [word.title() for word in _words(chance, 3_000)]
    forms = ("Inc.", "GmbH", "B.V.", "Ltd.", "S.A.R.L.", "LLC")

    def side() -> str:
        names = [f"{chance.choice(words)} {chance.choice(words)} {chance.choice(forms)}" for _ in range(size // 28)]
        return "\n\n".join(", ".join(names[at : at + 5]) for at in range(0, len(names), 5))

    return side(), side()


def _four_languages(chance: random.Random, size: int) -> tuple[str, str]:
    """Paragraphs that change their language each time."""
    words = _words(chance, 3_000)
    said = (
        "We keep your {0} for {1} days and share it with {2}.",
        "Wij bewaren uw {0} gedurende {1} dagen en delen ze met {2}.",
        "Wir speichern Ihre {0} {1} Tage lang und geben sie an {2} weiter.",
        "Nous conservons vos {0} pendant {1} jours et les partageons avec {2}.",
    )

    def side() -> str:
        return "\n\n".join(
            said[at % 4].format(chance.choice(words), chance.randint(1, 900), chance.choice(words).title())
            for at in range(size // 75)
        )

    return side(), side()


def _no_blank(chance: random.Random, size: int) -> tuple[str, str]:
    """Letters, digits and marks without a single blank."""
    old, new = ("".join(chance.choices("abcXYZ019.,;:-/@'()%", k=size)) for _ in range(2))
    return old, new


def _unclosed(_: random.Random, size: int) -> tuple[str, str]:
    """Marks of emphasis that are opened and never closed."""
    return "*a **b " * (size // 7), "_a __b ~~c " * (size // 11)


def _abbreviations(chance: random.Random, size: int) -> tuple[str, str]:
    """One paragraph of abbreviations, hardly two of which make a sentence."""
    short = ("e.g.", "z.B.", "i.e.", "Inc.", "No.", "Art.", "a.", "B.V.", "1.", "§", "c.q.")
    old, new = (" ".join(chance.choices(short, k=size // 5)) for _ in range(2))
    return old, new


def _accents(chance: random.Random, size: int) -> tuple[str, str]:
    """Words of letters beyond ASCII."""
    words = ["".join(chance.choices("éèàçüößêîñ日本語кириλ", k=6)) for _ in range(3_000)]
    old, new = ("\n\n".join(" ".join(chance.choices(words, k=10)) for _ in range(size // 72)) for _ in range(2))
    return old, new


SHAPES: dict[str, Callable[[random.Random, int], tuple[str, str]]] = {
    "few words, all lines differ": _few_words,
    "all tokens unique, disjoint": _unique,
    "7 lines repeated": _seven_lines,
    "every line moved": _shuffled,
    "one line, 1 word in 20": _one_line,
    "aaaa vs abab, no spaces": _one_letter,
    "every block changed": _every_block,
    "one paragraph, every sentence": _one_paragraph,
    "policy rewritten": _rewritten,
    "every second line doubled": _doubled,
    "every clause numbered": _numbered,
    "table, a cell in every row": _table_changed,
    "table, sorted": _table_sorted,
    "table, columns swapped": _table_columns,
    "table, all names new": _table_new,
    "names in sentences, all new": _new_names,
    "headings only, all new": _headings,
    "numbers only, all new": _numbers,
    "lists nested 40 deep": _nested,
    "one list of definitions": _definitions,
    "50,000 links, new campaign": _links,
    "every word emphasised": _emphasised,
    "numbers with units, all new": _units,
    "two documents interleaved": _interleaved,
    "items of one word, moved": _items_moved,
    "one row of a table": _one_row,
    "days and numbers, all new": _days,
    "one sentence, over and over": _one_sentence,
    "only names, all new": _only_names,
    "four languages in turn": _four_languages,
    "no blank at all": _no_blank,
    "emphasis never closed": _unclosed,
    "abbreviations only": _abbreviations,
    "letters beyond ASCII": _accents,
}
