"""The days that a document states for itself."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Block, BlockKind, Cell, DatedPhrase
from watcher.days import find_days
from watcher.extractor.dates import find_dates, parse_date

FILLER = [f"Paragraph {place} says what we do with the data of our customers and why." for place in range(40)]

LINES = (Path(__file__).parent / "date_lines.txt").read_text(encoding="utf-8").splitlines()[1:]


def blocks(*texts: str) -> list[Block]:
    """Paragraphs."""
    return [Block(BlockKind.PARAGRAPH, text, (), str(place)) for place, text in enumerate(texts)]


def row(*cells: str, columns: tuple[str, ...] = ()) -> Block:
    """A table row; columns without a name where none are given."""
    named = tuple(Cell(column, text) for column, text in zip(columns or ("",) * len(cells), cells, strict=True))
    return Block(BlockKind.TABLE_ROW, " | ".join(cells), (), "-".join(cells), cells=named)


def found(text: str, language: str | None, *, rest: bool = True) -> tuple[date | None, date | None]:
    """The days of a document whose second block is the text."""
    effective, updated = find_dates(blocks("Title", text, *(FILLER if rest else ())), {}, language)
    return (effective.day if effective else None, updated.day if updated else None)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("24 december 2021", "nl", date(2021, 12, 24)),
        ("1 mrt. 2024", "nl", date(2024, 3, 1)),
        ("03-05-2024", "nl", date(2024, 5, 3)),
        ("3/5/2024", "nl", date(2024, 5, 3)),
        ("3 mei '24 en 4 mei 2024", "nl", date(2024, 5, 4)),
        ("1er janvier 2025", "fr", date(2025, 1, 1)),
        ("3 aout 2023", "fr", date(2023, 8, 3)),
        ("3 AOÛT 2023", "fr", date(2023, 8, 3)),
        ("12 févr. 2022", "fr", date(2022, 2, 12)),
        ("1. März 2024", "de", date(2024, 3, 1)),
        ("4. Dez. 2021", "de", date(2021, 12, 4)),
        ("03.05.2024", "de", date(2024, 5, 3)),
        ("3. 5. 2024", "de", date(2024, 5, 3)),
        ("May 3, 2024", "en", date(2024, 5, 3)),
        ("Oct. 12, 2020", "en", date(2020, 10, 12)),
        ("3rd of May 2024", "en", date(2024, 5, 3)),
        ("1st day of June, 2022", "en", date(2022, 6, 1)),
        ("20-May-2024", "en", date(2024, 5, 20)),
        ("2024-05-03", "en", date(2024, 5, 3)),
        ("2024-05-03T10:11:12Z", "en", date(2024, 5, 3)),
        ("2020.12.04", "en", date(2020, 12, 4)),
        ("05/03/2024", "en", date(2024, 5, 3)),
        ("23/05/2024", "en", date(2024, 5, 23)),
        ("03.05.2024", "en", date(2024, 5, 3)),
        ("3 de mayo de 2024", "es", date(2024, 5, 3)),
        ("1° gennaio 2024", "it", date(2024, 1, 1)),
        ("15 maja 2024", "pl", date(2024, 5, 15)),
        ("den 1 mars 2024", "sv", date(2024, 3, 1)),
        ("3. maj 2024", "da", date(2024, 5, 3)),
        ("3 de março de 2024", "pt", date(2024, 3, 3)),
        ("2024年5月3日", None, date(2024, 5, 3)),
    ],
)
def test_parses(text: str, language: str | None, day: date) -> None:
    """Days are read in every usual way of writing them."""
    assert parse_date(text, language) == day
    assert parse_date(f"({text})", language) == day


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("24 maanden", "nl"),
        ("30 days", "en"),
        ("7 jaar na 2018", "nl"),
        ("May 2024", "en"),
        ("december 2021", "nl"),
        ("31 June 2024", "en"),
        ("30 februari 2024", "nl"),
        ("(EU) 2016/679", "en"),
        ("version 2.10.3", "en"),
        ("192.168.10.2024", "en"),
        ("ISO 27001:2013", "en"),
        ("+31 20 12 05 2024 99", "nl"),
        ("2021/0106(COD)", "en"),
        ("/2024/05/03/page", "en"),
        ("03-05-24", "nl"),
        ("", None),
    ],
)
def test_parses_nothing(text: str, language: str | None) -> None:
    """Periods, months, laws, versions, numbers and impossible days are no days."""
    assert parse_date(text, language) is None


@pytest.mark.parametrize(
    ("text", "language", "effective", "updated"),
    [
        ("Geldig vanaf 1 juli 2023. Laatst bijgewerkt op 9 juni 2023.", "nl", date(2023, 7, 1), date(2023, 6, 9)),
        ("Ingangsdatum 1 juli 2023, laatst gewijzigd 9 juni 2023", "nl", date(2023, 7, 1), date(2023, 6, 9)),
        ("Laatst geüpdatet: 24 December 2021", "nl", None, date(2021, 12, 24)),
        ("Deze verklaring is op 3 mei 2024 voor het laatst aangepast.", "nl", None, date(2024, 5, 3)),
        ("Per 1 januari 2020 is deze privacyverklaring van kracht.", "nl", date(2020, 1, 1), None),
        ("Datum laatste wijziging: 03-05-24", "nl", None, date(2024, 5, 3)),
        ("Versie 2.1, 3 mei 2024", "nl", None, date(2024, 5, 3)),
        ("Effective as of March 1, 2024", "en", date(2024, 3, 1), None),
        ("Effective Date: March 1, 2024 Last Updated: February 9, 2024", "en", date(2024, 3, 1), date(2024, 2, 9)),
        ("Last Updated/Effective Date: July 1, 2024", "en", date(2024, 7, 1), date(2024, 7, 1)),
        ("This Privacy Notice is effective February 24, 2020.", "en", date(2020, 2, 24), None),
        ("These terms enter into force on 1 June 2022.", "en", date(2022, 6, 1), None),
        ("Last revised and updated 01/16/2023. See what changed.", "en", None, date(2023, 1, 16)),
        ("(Version date of this policy: April 5, 2021)", "en", None, date(2021, 4, 5)),
        ("Published on May 9, 2024", "en", None, date(2024, 5, 9)),
        ("Stand: 1. März 2024", "de", None, date(2024, 3, 1)),
        ("Zuletzt aktualisiert am 3. Mai 2024", "de", None, date(2024, 5, 3)),
        ("Diese Datenschutzerklärung gilt ab dem 1. Juli 2023.", "de", date(2023, 7, 1), None),
        ("Diese Fassung tritt am 1. Juli 2023 in Kraft.", "de", date(2023, 7, 1), None),
        ("Dernière mise à jour : 19 novembre 2024", "fr", None, date(2024, 11, 19)),
        ("La présente politique est applicable à compter du 1er mars 2023.", "fr", date(2023, 3, 1), None),
        ("Date d'entrée en vigueur : 1 janvier 2021", "fr", date(2021, 1, 1), None),
        ("Version en date du 29 août 2024", "fr", None, date(2024, 8, 29)),
        ("Última actualización: 3 de mayo de 2024", "es", None, date(2024, 5, 3)),
        ("Ultimo aggiornamento: 3 maggio 2024", "it", None, date(2024, 5, 3)),
        ("Senast uppdaterad den 3 maj 2024", "sv", None, date(2024, 5, 3)),
        ("Last updated: May 3, 2024", "nl", None, date(2024, 5, 3)),
        ("Laatst bijgewerkt: 3 mei 2024", None, None, date(2024, 5, 3)),
    ],
)
def test_finds(text: str, language: str | None, effective: date | None, updated: date | None) -> None:
    """What the words next to a day say decides what it is; both may stand in one line."""
    assert found(text, language) == (effective, updated)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The GDPR entered into force on 25 May 2018 and we comply with it.", "en"),
        ("Since 1 July 2021 the law requires us to keep a register of incidents.", "en"),
        ("The Data Act is effective as of 12 September 2025.", "en"),
        ("De AVG is van toepassing sinds 25 mei 2018.", "nl"),
        ("Op 3 mei 2021 is de wet gewijzigd, waarna wij de bewaartermijn hebben verlengd.", "nl"),
        ("Die Verordnung gilt seit dem 25. Mai 2018 in allen Mitgliedstaaten.", "de"),
        ("Depuis l'entrée en vigueur du règlement le 25 mai 2018, nous tenons un registre.", "fr"),
        ("This policy replaces the previous version of 3 May 2021.", "en"),
        ("Deze versie vervangt de vorige versie van 3 mei 2021.", "nl"),
        ("3 May 2021: we updated this policy to name a new processor.", "en"),
        ("The offer is valid until 31 December 2024.", "en"),
        ("Our company was founded on 3 May 2001 in Enschede by two brothers who liked bicycles.", "en"),
        ("Last updated: May 2024", "en"),
        ("We keep invoices 7 years and 24 months and 30 days.", "en"),
    ],
)
def test_ignores(text: str, language: str) -> None:
    """Days of laws, of other versions and of anything else are not the document's own."""
    assert found(text, language) == (None, None)


@pytest.mark.parametrize("line", LINES)
def test_finds_in_further_lines(line: str) -> None:
    """Lines that were written without a look at the phrases are read as a reader would."""
    language, effective, updated, text = line.split(" ; ", 3)
    days = tuple(None if day == "-" else date.fromisoformat(day) for day in (effective, updated))
    assert found(text, language) == days


@pytest.mark.parametrize(
    "text", ["17 mei 2018", "Amsterdam, 17 mei 2018", "v2.0 - 17 mei 2018", "donderdag 17 mei 2018"]
)
def test_bare_day_near_title_or_end(text: str) -> None:
    """A block that is nothing but a day is when the text was changed, near the title or the end and nowhere else."""
    phrase = DatedPhrase(date(2018, 5, 17), text)
    assert find_dates(blocks("Titel", text, *FILLER), {}, "nl") == (None, phrase)
    assert find_dates(blocks("Titel", *FILLER, text), {}, "nl") == (None, phrase)
    assert find_dates(blocks("Titel", *FILLER, text, *FILLER), {}, "nl") == (None, None)


def test_phrase_is_verbatim() -> None:
    """The phrase is what stands in the text, and no more than the label and the day."""
    text = "Hello. Geldig vanaf 1 juli 2023. Laatst bijgewerkt op 9 juni 2023. Lees verder."
    effective, updated = find_dates(blocks("Titel", text), {}, "nl")
    assert effective == DatedPhrase(date(2023, 7, 1), "Geldig vanaf 1 juli 2023")
    assert updated == DatedPhrase(date(2023, 6, 9), "Laatst bijgewerkt op 9 juni 2023")


def test_newest_row_of_versions() -> None:
    """Of a table of versions the newest day counts, in whatever order it stands; a table of processors has none."""
    columns = ("Version", "Change", "Date")
    rows = [
        row("1.0", "First issue", "3 May 2020", columns=columns),
        row("1.2", "New processor", "9 June 2023", columns=columns),
        row("1.1", "Document updated", "4 May 2021", columns=columns),
    ]
    assert find_dates([*blocks("Policy", *FILLER), *rows, *blocks(*FILLER)], {}, "en")[1] is not None
    updated = find_dates([*blocks("Policy", *FILLER), *rows], {}, "en")[1]
    assert updated is not None
    assert updated.day == date(2023, 6, 9)
    assert "9 June 2023" in updated.phrase
    names = ("Name", "Country", "Since")
    parties = [
        row("Northlight", "Ireland", "3 May 2020", columns=names),
        row("Mail", "France", "9 May 2021", columns=names),
    ]
    assert find_dates([*blocks("Processors", *FILLER), *parties, *blocks(*FILLER)], {}, "en") == (None, None)


def test_first_effective_day_is_the_documents() -> None:
    """A day that a later section states for itself does not stand for the document."""
    made = blocks("Policy", "Effective: October 13, 2025.", *FILLER, "Effective as of January 1, 2025.", *FILLER)
    effective, _ = find_dates(made, {}, "en")
    assert effective is not None
    assert effective.day == date(2025, 10, 13)


@pytest.mark.parametrize(
    ("extra", "meta", "day"),
    [
        ([], {}, date(2021, 5, 11)),
        (["The Act of 21 June 2004 governs this."], {}, date(2021, 11, 5)),
        (["The Act of June 21, 2004 governs this."], {}, date(2021, 5, 11)),
        (["We were certified on 23/05/2020."], {}, date(2021, 11, 5)),
        (["Our organisation recognises and personalises."], {}, date(2021, 11, 5)),
        (["The Act of June 21, 2004 governs this."], {"og:locale": "en_GB"}, date(2021, 11, 5)),
        (["The Act of 21 June 2004 governs this."], {"og:locale": "en_US"}, date(2021, 5, 11)),
    ],
)
def test_order_of_day_and_month_in_english(extra: list[str], meta: dict[str, str], day: date) -> None:
    """05/11/2021 is in May in English, unless the page's locale, its other days or its spelling say otherwise."""
    _, updated = find_dates(blocks("Policy", "Updated: 05/11/2021", *FILLER, *extra, *FILLER), meta, "en")
    assert updated is not None
    assert updated.day == day


def test_days_of_other_texts_in_the_middle() -> None:
    """In the middle of a document a sentence must speak of the document before it names a day."""
    other = "Disputes go to arbitration under the house rules effective July 1, 2014, as modified by this agreement."
    own = "This policy was last updated on July 1, 2014 and stays as it is."
    assert find_dates(blocks("Policy", *FILLER, other, *FILLER), {}, "en") == (None, None)
    updated = find_dates(blocks("Policy", *FILLER, own, *FILLER), {}, "en")[1]
    assert updated is not None
    assert updated.day == date(2014, 7, 1)


def test_machinery_dates_are_left_out() -> None:
    """What the page's head says is set at each deploy and tells nothing of the text."""
    meta = {
        "article:modified_time": "2024-05-03T10:00:00Z",
        "dateModified": "2024-05-03",
        "time[datetime]": "2024-05-03",
    }
    assert find_dates(blocks("Policy", *FILLER), meta, "en") == (None, None)


@settings(deadline=None)  # the first day read compiles the patterns of all months
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_written_days_come_back(day: date) -> None:
    """Every day that Babel writes, long or medium, is read back as the same day, in ten languages."""
    from babel.dates import format_date

    for language in ("nl", "en", "de", "fr", "es", "it", "pt", "da", "sv", "pl"):
        for width in ("long", "medium", "full"):
            assert parse_date(format_date(day, width, language), language) == day


@given(st.text(max_size=200), st.sampled_from(["nl", "en", "de", "fr", "xx", None]))
def test_never_raises(text: str, language: str | None) -> None:
    """Odd text gives days in order that do not overlap, and never an exception."""
    days = find_days(text + " 3 mei 2024 / 05/06/2024 " + text, language, short_years=True)
    assert all(one.end <= other.start for one, other in pairwise(days))
    find_dates(blocks(text or "x", f"Last updated {text} 3 mei 2024"), {}, language)


def test_fast_on_a_thousand_blocks() -> None:
    """A thousand blocks, some of them with days, take a few milliseconds."""
    made = blocks(
        *(f"{FILLER[place % 40]} {'On 3 May 2021 we moved.' if place % 50 == 0 else ''}" for place in range(1000))
    )
    find_dates(made, {}, "en")
    spent = []
    for _ in range(5):
        started = process_time()
        find_dates(made, {}, "en")
        spent.append(process_time() - started)
    assert min(spent) < 0.02


@pytest.mark.parametrize(
    "text",
    [
        "Last updated 3 May 2024, " * 20_000,
        "this " * 100_000 + "3 May 2024",
        "deze " + "x" * 300_000 + " 3 mei 2024",
        "1-" * 200_000 + "3-5-2024",
        "3.5." * 100_000,
        "(" * 200_000 + "3 May 2024",
    ],
    ids=["days", "words", "letters", "digits", "dots", "brackets"],
)
def test_hostile_blocks_take_bounded_time(text: str) -> None:
    """Whatever a block holds, its length costs no more than its reading."""
    started = process_time()
    find_dates(blocks("Policy", text, *FILLER), {}, "en")
    assert process_time() - started < 3


@pytest.mark.parametrize(
    ("label", "day", "language", "effective", "updated"),
    [
        ("Terms of Use Effective Date:", "July 14, 2020", "en", date(2020, 7, 14), None),
        ("Laatst gewijzigd op:", "3 mei 2024", "nl", None, date(2024, 5, 3)),
        ("In Kraft seit:", "1. März 2024", "de", date(2024, 3, 1), None),
        ("Date d'entrée en vigueur :", "1er janvier 2025", "fr", date(2025, 1, 1), None),
        ("Previous version, effective:", "July 14, 2020", "en", None, None),
        ("Our address:", "July 14, 2020", "en", None, date(2020, 7, 14)),
    ],
)
def test_a_line_that_is_a_label_names_the_day_below_it(
    label: str, day: str, language: str, effective: date | None, updated: date | None
) -> None:
    """A label on a line of its own says what the bare day on the next line is; another label leaves it a bare day."""
    first, second = find_dates(blocks("Title", *FILLER, label, day), {}, language)
    assert (first.day if first else None, second.day if second else None) == (effective, updated)


@pytest.mark.parametrize("filler", ["", "word " * 200, "1234, " * 200])
def test_days_in_a_long_text_are_those_of_its_parts(filler: str) -> None:
    """Far from each other or side by side, each day of a long text is found where it stands."""
    days = ("3 May 2024", "May 4, 2025", "5 mai 2026", "19 September 1999")
    text = filler + f" and {filler} ".join(days) + f" {filler}2024"
    assert [text[day.start : day.end] for day in find_days(text, "en")] == list(days)
