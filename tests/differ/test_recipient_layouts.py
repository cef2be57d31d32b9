"""Sub-processors in lists without tables, in paragraphs that open with a name, by place, under other names."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.differ.recipients import recipient_delta
from watcher.extractor import extract, read_file

# The head of a list, its entries, the entry that comes, and who came.
COMES = [
    (
        "# Subverwerkers\n\nWij gebruiken:",
        "* Wolkenrek. Opslag.",
        "* Postmees. Verzending van de nieuwsbrief.",
        "Postmees",
    ),
    ("# Subprocessors", "- Shelfcloud. File storage.\n- Mast.io. Phone calls.", "- Wren.io. Email service.", "Wren.io"),
    ("# Unterauftragsverarbeiter", "* Wolkenregal. Speicherung.", "* Briefmeise. Versand der Post.", "Briefmeise"),
    ("# Sous-traitants ultérieurs", "- Nuagier. Stockage.", "- Pinsonnet. Envoi de la lettre.", "Pinsonnet"),
    (
        "# Eisen aan subverwerkers",
        "- Geheimhouding. Zij zwijgen.",
        "- Verwijdering. Zij wissen gegevens na afloop.",
        "",
    ),
    ("# What we ask of processors", "- Secrecy. They keep it.", "- Erasure. They erase data at the end.", ""),
    ("# Pflichten der Auftragsverarbeiter", "- Geheimnis. Sie schweigen.", "- Rückgabe. Sie geben alles zurück.", ""),
    ("# Obligations des sous-traitants", "- Secret. Ils le gardent.", "- Restitution. Ils rendent tout.", ""),
    ("# Our products", "- Rotaplan. Rotas for cafés.", "- Menucard. Menus for cafés.", ""),
    ("# Uw rechten", "- Inzage. Een kopie van alles.", "- Rectificatie. Herstel van fouten.", ""),
]
# The name of a row in both documents, and who came and went.
NAMES = [
    ("Marlin Cloud", "Marlin, Inc. (Cloud)", "", ""),
    ("Marlin B.V. (Opslag)", "Marlin Opslag", "", ""),
    ("Marlin Speicher", "Marlin GmbH (Speicher)", "", ""),
    ("Marlin Stockage", "Marlin SAS (Stockage)", "", ""),
    ("Marlin Cloud", "Marlin, Inc. (Maps)", "Marlin, Inc. (Maps)", "Marlin Cloud"),
    ("Tarn", "Alder Inc. dba Tarn", "", ""),
    ("Alder Inc. d/b/a Tarn", "Tarn", "", ""),
    ("Elzen B.V.", "Elzen B.V. h.o.d.n. Kwartel", "", ""),
    ("Quail", "Alder Inc. trading as Tarn", "Alder Inc. trading as Tarn", "Quail"),
]


def came_and_went(tmp_path: Path, old: str, new: str) -> tuple[str, str]:
    """Who came and who went between two pages in Markdown, joined by commas."""
    pages = []
    for name, text in (("old.md", old), ("new.md", new)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        pages.append(extract(read_file(tmp_path / name)).document)
    delta = recipient_delta(*pages)
    return ", ".join(one.name for one in delta.added), ", ".join(one.name for one in delta.removed)


@pytest.mark.parametrize(("head", "entries", "entry", "came"), COMES)
def test_an_entry_of_a_list_is_named_up_to_its_full_stop(
    tmp_path: Path, head: str, entries: str, entry: str, came: str
) -> None:
    """A name as a sentence of its own is a party below words on parties; duties, rights and products are none."""
    page = f"{head}\n\n{entries}\n"
    assert came_and_went(tmp_path, page, f"{page}{entry}\n") == (came, "")
    assert came_and_went(tmp_path, f"{page}{entry}\n", page) == ("", came)


@pytest.mark.parametrize(("old", "new", "came", "went"), NAMES)
def test_a_party_under_another_name_stays(tmp_path: Path, old: str, new: str, came: str, went: str) -> None:
    """A legal form before parentheses, and the name that a company trades under, make no new party."""
    page = "# Sub-processors\n\n| Name | Purpose | Location |\n|---|---|---|\n| {} | Hosting | Canada |\n"
    assert came_and_went(tmp_path, page.format(old), page.format(new)) == (came, went)
