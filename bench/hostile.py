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
}
