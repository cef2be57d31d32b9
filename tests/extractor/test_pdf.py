"""A PDF reads like the page it was before it was printed: paragraphs, headings, lists, tables, nothing of the paper."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pdf_samples import Paper, by_hand, line_of_text

from storage.model import Block, BlockKind, Capture, Document, Extraction
from watcher.extractor import extract, gate, read_file
from watcher.extractor.pdf.hyphens import Joiner

EN = (
    "We keep the records of your orders for as long as the tax authorities want to see them, which is seven years "
    "after the year in which the order was paid, and we erase them within thirty days after that."
)
NL = (
    "Wij bewaren de gegevens van uw bestelling zolang de belastingdienst die mag opvragen, te weten zeven jaar na "
    "het jaar waarin de factuur is betaald, en wissen ze binnen dertig dagen daarna; geïnformeerd wordt u per e-mail."
)
DE = (
    "Wir löschen die Angaben über Ihre Bestellungen, sobald die Frist für die Prüfung durch das Finanzamt verstrichen "
    "ist, spätestens jedoch zehn Jahre nach Ablauf des Jahres, in dem die Rechnung größtenteils beglichen wurde."
)
FR = (
    "Nous effaçons les données relatives à vos commandes dès que l'administration fiscale ne peut plus les réclamer, "
    "c'est-à-dire dix ans après la clôture de l'exercice au cours duquel la facture a été réglée."
)


def take(body: bytes, media: str = "application/pdf") -> Extraction:
    """Extract a PDF."""
    url = "https://vendor.example/dpa.pdf"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(url, url, moment, 200, (), media, None, hashlib.sha256(body).hexdigest(), body))


def document(body: bytes) -> Document:
    """The document of a PDF."""
    return take(body).document


def texts(blocks: tuple[Block, ...], kind: BlockKind | None = None) -> list[str]:
    """The texts of the blocks of a kind."""
    return [block.text for block in blocks if kind in {None, block.kind}]


@pytest.mark.parametrize(("language", "text"), [("en", EN), ("nl", NL), ("de", DE), ("fr", FR)])
@pytest.mark.parametrize("align", ["L", "J"])
def test_lines_become_paragraphs_again(language: str, text: str, align: str) -> None:
    """Title, headings and paragraphs come back word for word in four languages, ragged and justified."""
    paper = Paper()
    paper.title_line("Privacy 2026")
    for number in range(1, 4):
        paper.heading(f"{number}. Alpha beta {number}")
        paper.text_block(text, align)
        paper.text_block(f"{text} {text}", align)
    found = document(paper.data())
    assert found.title == "Privacy 2026"
    assert found.language == language
    body = text.replace("’", "'")
    assert texts(found.blocks) == [
        "Privacy 2026",
        *(line for number in range(1, 4) for line in (f"{number}. Alpha beta {number}", body, f"{body} {body}")),
    ]
    assert [block.level for block in found.blocks if block.kind is BlockKind.HEADING] == [1, 2, 2, 2]
    assert found.blocks[2].path == ("Privacy 2026", "1. Alpha beta 1")


def test_running_heads_and_page_numbers_are_left_out() -> None:
    """What stands on every page is no text of the document, and a paragraph goes on over the end of a page."""
    paper = Paper(head="Brightwater - terms", foot="Page {page} of {pages}")
    paragraphs = [f"{EN} Case {number} ends here." for number in range(30)]
    for paragraph in paragraphs:
        paper.text_block(paragraph)
    body = paper.data()
    assert paper.page_no() > 2
    assert texts(document(body).blocks) == paragraphs


def test_the_version_in_a_footer_is_kept_once() -> None:
    """A running line that names a year may state the version; the numbers of pages in it are left out."""
    paper = Paper(foot="Last updated: 3 May 2024 - page {page} of {pages}")
    for _ in range(30):
        paper.text_block(EN)
    found = document(paper.data())
    assert found.updated is not None
    assert found.updated.day == date(2024, 5, 3)
    assert [text for text in texts(found.blocks) if "2024" in text] == ["Last updated: 3 May 2024"]


def test_another_page_break_is_no_change() -> None:
    """The same text on wider lines, in other letters and on other pages, has the same fingerprint."""
    wide, narrow = Paper(foot="{page}"), Paper(head="Terms", foot="Seite {page} von {pages}")
    narrow.set_right_margin(40)
    for paper in (wide, narrow):
        paper.title_line("Datenschutz")
        for number in range(1, 9):
            paper.heading(f"{number}. Zweck der Verarbeitung")
            for case in "abc":
                paper.text_block(f"Fall {number}{case}: {DE} {EN}")
            paper.item("Name und Anschrift")
            paper.item("Angaben zur Zahlung, soweit diese für die Abrechnung der Leistung erforderlich sind")
    assert document(wide.data()).fingerprint == document(narrow.data()).fingerprint


def test_lists_keep_their_items_and_depth() -> None:
    """Bullets are taken off, long items are one, deeper items are deeper, labels stay."""
    long = "bank details as far as they are needed to collect the fees for the services that were asked for by you"
    paper = Paper()
    paper.text_block(f"{EN} We collect:")
    paper.item("name and address")
    paper.item(long)
    paper.item("account number", depth=2)
    paper.item("e-mail address")
    paper.item("the first label", sign="(a)")
    paper.text_block(EN)
    items = [block for block in document(paper.data()).blocks if block.kind is BlockKind.LIST_ITEM]
    assert [(block.level, block.text) for block in items] == [
        (1, "name and address"),
        (1, long),
        (2, "account number"),
        (1, "e-mail address"),
        (1, "(a) the first label"),
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    """Lines beside each other are not mixed, whichever was printed first; a heading across parts them."""
    left, right = [f"{EN} Left {n}." for n in range(4)], [f"{EN} Right {n}." for n in range(4)]
    paper = Paper()
    paper.title_line("Terms of a vendor in two columns of text")
    top = paper.get_y()
    for offset, column in ((100, right), (0, left)):
        paper.set_y(top)
        for paragraph in column:
            paper.set_left_margin(10 + offset)
            paper.set_x(10 + offset)
            paper.text_block(paragraph, width=88)
    assert texts(document(paper.data()).blocks)[1:] == left + right


ROWS = [
    ("Name", "Purpose", "Country"),
    ("Quaylight Oy", "Hosting of the platform and of its backups in two data centres", "Finland"),
    ("Voxmill Inc.", "Speech recognition", "United States"),
    ("Zur Brücke GmbH", "Versand von Briefen und Paketen an Kundinnen und Kunden", "Österreich"),
]


def test_a_ruled_table_has_rows_with_named_cells() -> None:
    """Cells of several lines are whole, and know the name of their column."""
    paper = Paper()
    paper.heading("Sub-processors")
    paper.ruled(ROWS)
    paper.text_block(EN)
    rows = [block for block in document(paper.data()).blocks if block.kind is BlockKind.TABLE_ROW]
    assert [tuple(cell.text for cell in block.cells) for block in rows] == ROWS
    assert [cell.column for cell in rows[2].cells] == ["Name", "Purpose", "Country"]
    assert texts(document(paper.data()).blocks)[-1] == EN


def test_a_table_over_several_pages_is_one() -> None:
    """The row of names that each page repeats is told once."""
    many = [ROWS[0], *((f"Vendor {n} BV", f"{ROWS[1][1]} number {n}", "Nederland") for n in range(60))]
    paper = Paper(head="List of sub-processors", foot="{page}/{pages}")
    paper.ruled(many)
    body = paper.data()
    assert paper.page_no() > 1
    assert [tuple(cell.text for cell in block.cells) for block in document(body).blocks] == many


@pytest.mark.parametrize("rules", [True, False])
def test_a_table_without_upright_rules(rules: bool) -> None:
    """Level rules, or a bold line of names alone, make rows and columns too."""
    paper = Paper()
    paper.text_block(EN)
    for index, row in enumerate(ROWS):
        paper.set_font("helvetica", "B" if index == 0 else "", 10)
        top = paper.get_y()
        bottom = top
        for left, text in zip((10, 60, 140), row, strict=True):
            paper.set_xy(left, top + 1)
            paper.multi_cell(48, 4.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
            bottom = max(bottom, paper.get_y())
        paper.set_y(bottom + 3)
        if rules:
            paper.line(10, bottom + 2, 200, bottom + 2)
            if index == 0:
                paper.line(10, top, 200, top)
    paper.set_y(paper.get_y() + 10)
    paper.text_block(EN)
    blocks = document(paper.data()).blocks
    rows = [tuple(cell.text for cell in block.cells) for block in blocks if block.kind is BlockKind.TABLE_ROW]
    assert rows == ROWS
    assert [blocks[0].text, blocks[-1].text] == [EN, EN]


def test_words_parted_at_the_end_of_a_line_are_joined() -> None:
    """Soft hyphens leave no trace, in the middle of a line or at its end."""
    text = "Die Auf\xadtrags\xadver\xadar\xadbei\xadtung per\xadso\xadnen\xadbe\xadzo\xadge\xadner Da\xadten endet. "
    paper = Paper()
    paper.text_block(text * 8, width=70)
    assert texts(document(paper.data()).blocks) == [(text * 8).replace("\xad", "").strip()]


@pytest.mark.parametrize(
    ("halves", "others", "joined"),
    [
        (["informa\x02", "tion"], [], "information"),
        (["sub\x02", "processor"], ["sub-processor"], "sub-processor"),
        (["third\x02", "party"], ["third", "party"], "third-party"),
        (["Vertrags\x02", "und", "Kontaktdaten"], [], "Vertrags- und Kontaktdaten"),
        (["EU\x02", "US"], [], "EU-US"),
        (["IP\x02", "adressen"], [], "IP-adressen"),
        (["e\x02", "mail"], [], "e-mail"),
        (["persoons\x02", "gegevens,"], ["gegevens", "persoonsgegevens"], "persoonsgegevens,"),
        (["end\x02"], [], "end-"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line(halves: list[str], others: list[str], joined: str) -> None:
    """It stays where the document writes it elsewhere or the word needs it, and goes where only the line did."""
    assert Joiner(others + halves).join(halves) == joined


def test_a_table_of_contents_has_no_page_numbers() -> None:
    """Dots and the number behind them are left out: they change when a page is added elsewhere."""
    lines = [b"1. Scope of this agreement " + b". " * 40 + b"3", b"2. Retention of the data " + b"." * 90 + b" 12"]
    body = b"".join(line_of_text(line, y=700 - 14 * n) for n, line in enumerate(lines))
    assert texts(document(by_hand(body)).blocks) == ["1. Scope of this agreement", "2. Retention of the data"]


def test_a_word_in_another_size_does_not_end_a_line() -> None:
    """Names of files and codes are often set smaller; their lines belong to the paragraph all the same."""
    paper = Paper()
    paper.set_font("helvetica", size=11)
    for part, size in (("The settings are kept in ", 11), ("averylongnameofsomefile.toml", 9)) * 8:
        paper.set_font("courier" if size == 9 else "helvetica", size=size)
        paper.write(5.5, part)
        paper.write(5.5, " ")
    (block,) = document(paper.data()).blocks  # the library parts long words at the end of a line
    assert block.text.replace(" ", "") == "Thesettingsarekeptinaverylongnameofsomefile.toml" * 8


def test_ligatures_and_symbols() -> None:
    """One sign for two letters is two letters; a bullet of a symbol font is a bullet."""
    font = "/Encoding << /Type /Encoding /Differences [1 /fi 2 /fl 3 /bullet] >>"
    lines = [line_of_text(b"\001nal \002ow of con\001dential data of our customers, as agreed.", y=700)]
    lines += [line_of_text(b"\003 of\001ce address", y=660), line_of_text(b"\003 of\001cial name", y=646)]
    blocks = document(by_hand(b"".join(lines), font=font)).blocks
    assert texts(blocks) == [
        "final flow of confidential data of our customers, as agreed.",
        "office address",
        "official name",
    ]
    assert [block.kind for block in blocks[1:]] == [BlockKind.LIST_ITEM] * 2


def test_drawn_bullets_are_signs_of_lists() -> None:
    """Browsers draw the signs of lists as shapes when a page is printed."""
    lines = [line_of_text(b"The data that we keep are these, and no others at all:", y=700)]
    for y, text in ((680, b"name and address"), (666, b"number of the account")):
        lines += [line_of_text(text, x=90, y=y), b"%d %d m %d %d l %d %d l h f\n" % (78, y + 2, 82, y + 2, 80, y + 6)]
    blocks = document(by_hand(b"".join(lines))).blocks
    assert [(block.kind, block.text) for block in blocks[1:]] == [
        (BlockKind.LIST_ITEM, "name and address"),
        (BlockKind.LIST_ITEM, "number of the account"),
    ]


def test_text_aslant_and_turned_pages() -> None:
    """A stamp across a page is no text of it; a page that is shown turned is read as it is shown."""
    stamp = b"BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 200 Tm (DRAFT) Tj ET\n"
    body = by_hand(stamp + line_of_text(EN[:60].encode()))
    assert texts(document(body).blocks) == [EN[:60]]
    turned = b"BT /F1 11 Tf 0 1 -1 0 300 72 Tm (%s) Tj ET\n" % EN[:60].encode()
    body = by_hand(turned).replace(b"/MediaBox", b"/Rotate 90 /MediaBox")
    assert texts(document(body).blocks) == [EN[:60]]


def test_letters_scaled_by_the_matrix_have_their_real_size() -> None:
    """A title set in size 1 and scaled up is still the title."""
    title = b"BT /F1 1 Tf 24 0 0 24 72 760 Tm (Data processing terms) Tj ET\n"
    body = b"".join(line_of_text(EN[:80].encode(), y=700 - 14 * n) for n in range(6))
    assert document(by_hand(title + body)).title == "Data processing terms"


def test_links_stand_beside_the_text() -> None:
    """The words inside the box of a link know where it leads."""
    paper = Paper()
    paper.set_font("helvetica", size=11)
    paper.write(6, "Our list is ")
    paper.write(6, "kept online", "https://vendor.example/list")
    paper.write(6, " and changes now and then, as the services of our vendors do.")
    (block,) = document(paper.data()).blocks
    assert [(link.text, link.href) for link in block.links] == [("kept online", "https://vendor.example/list")]
    assert take(paper.data()).page.links == 1


def test_the_title_in_the_properties_is_the_last_resort() -> None:
    """Without any heading the stated title counts, unless it is a file's name."""
    for stated, title in (("Terms for vendors", "Terms for vendors"), ("Microsoft Word - dpa_v3_final.docx", None)):
        paper = Paper()
        paper.set_title(stated)
        paper.text_block(EN)
        assert document(paper.data()).title == title


def test_a_pdf_is_known_by_its_bytes(tmp_path: Path) -> None:
    """Whatever it is called; and HTML that is called a PDF is HTML."""
    paper = Paper()
    paper.text_block(EN)
    body = paper.data()
    for media in ("application/pdf", "application/octet-stream", "text/html", ""):
        assert texts(take(body, media).document.blocks) == [EN]
    assert texts(take(b"\xef\xbb\xbf\r\n" + body).document.blocks) == [EN]
    assert texts(take(f"<html><body><p>{EN}</p></body></html>".encode()).document.blocks) == [EN]
    place = tmp_path / "terms.pdf"
    place.write_bytes(body)
    assert texts(extract(read_file(place)).document.blocks) == [EN]


def test_a_policy_passes_the_gate() -> None:
    """The signals of a PDF are those of a document."""
    paper = Paper()
    paper.title_line("Privacy policy")
    for _ in range(6):
        paper.text_block(EN)
    found = take(paper.data())
    assert gate(found).passed
    assert found.page.closed
    assert found.page.visible_words == len(f"Privacy policy {' '.join([EN] * 6)}".split())


def test_the_same_bytes_give_the_same_document_in_threads() -> None:
    """Every thread reads what the others read."""
    paper = Paper(foot="{page}")
    for _ in range(20):
        paper.text_block(EN)
    paper.ruled(ROWS)
    body = paper.data()
    found: list[Extraction] = []
    threads = [threading.Thread(target=lambda: found.append(take(body))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 6
