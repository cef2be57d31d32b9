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
# A heading, the paragraphs below it that come, and who comes with them.
SECTIONS = [
    ("Leveranciers", "**Postmees**. Postmees krijgt uw adres om de nieuwsbrief te sturen.", "Postmees"),
    ("Service providers", "**Mapfinch:** Mapfinch sees your IP address when you open the map.", "Mapfinch"),
    ("Dienstleister", "**Briefmeise** – Briefmeise erhält Ihre Adresse.", "Briefmeise"),
    ("Sociétés qui reçoivent des données", "**Mésange**. Mésange reçoit votre adresse.", "Mésange"),
    ("Ontvangers", "### Noordvak – opslag\n\nNoordvak Ireland Limited, Ierland", "Noordvak Ireland Limited"),
    ("Recipients", "### Printlab – printing\n\nPrintlab (Ningbo Taiyang Co., Ltd., Ningbo, China)", "Printlab"),
    ("Empfänger", "### Nordfach – Speicher\n\nNordfach Ireland Limited, Irland", "Nordfach Ireland Limited"),
    ("Destinataires", "### Nordcase (stockage)\n\nNordcase SAS, Lille", "Nordcase SAS"),
    ("Leveranciers", "**Controle.** Wij controleren leveranciers elk jaar.", ""),
    ("Service providers", "**Audits.** We check our providers each year.", ""),
    ("Dienstleister", "**Standort.** Die meisten arbeiten in Norwegen.", ""),
    ("Prestataires", "### Contrôle – chaque année\n\nNous les vérifions.", ""),
]
# A sentence before and after, who came and who went.
SENTENCES = [
    (
        "Bedrijven komen binnen via Werfkraai, ons wervingssysteem.",
        "Zij komen via Leeuwerik, ons wervingssysteem.",
        "Leeuwerik",
        "Werfkraai",
    ),
    (
        "Forms are in Hirecrow, our applicant tracking system.",
        "Forms are in Teamlark, our applicant tracking system.",
        "Teamlark",
        "Hirecrow",
    ),
    (
        "Bewerbungen gehen über Krähwerk ein, unser Bewerbersystem.",
        "Sie gehen über Lerchwerk ein, unser Bewerbersystem.",
        "Lerchwerk",
        "Krähwerk",
    ),
    (
        "Elles arrivent dans Corbeille, notre outil de recrutement.",
        "Elles arrivent dans Alouetta, notre outil de recrutement.",
        "Alouetta",
        "Corbeille",
    ),
    (
        "U betaalt via Betaalmus.",
        "U betaalt via een van onze betaalproviders: Betaalmus, Muntkraai of Bankgaai.",
        "Muntkraai, Bankgaai",
        "",
    ),
    (
        "You pay through Paylark.",
        "You pay through one of our payment providers: Paylark, Coincrow or Bankjay.",
        "Coincrow, Bankjay",
        "",
    ),
    (
        "Sie zahlen über Zahlamsel.",
        "Sie zahlen über einen unserer Dienstleister: Zahlamsel, Münzkrähe oder Bankhäher.",
        "Münzkrähe, Bankhäher",
        "",
    ),
    (
        "Vous payez par Paymerle.",
        "Vous payez par l'un de nos prestataires de paiement : Paymerle ou Banquoie.",
        "Banquoie",
        "",
    ),
    ("U betaalt met uw pas.", "U betaalt met uw pas. Muntkraai verzorgt de betalingen.", "Muntkraai", ""),
    ("You can order.", "You can order. Our site is hosted at Larkrack.", "Larkrack", ""),
    ("Sie zahlen mit Karte.", "Sie zahlen mit Karte. Zahlungen werden über Münzkrähe abgewickelt.", "Münzkrähe", ""),
    ("Elle paraît.", "Elle paraît. Elle est envoyée via le service Mésange.", "Mésange", ""),
    ("Wij meten niets.", "Voor bezoekcijfers zetten wij Telspecht in, zonder cookies.", "Telspecht", ""),
    ("We measure nothing.", "To measure visits we use Countlark, without cookies.", "Countlark", ""),
    ("Wir zählen nicht.", "Für die Reichweitenmessung setzen wir Zählspecht ein.", "Zählspecht", ""),
    ("Nous ne mesurons rien.", "Pour mesurer l'audience, nous utilisons Comptepie.", "Comptepie", ""),
    ("L'assistant tourne chez vous.", "L'assistant tourne sur les serveurs de Noctuelle IA.", "Noctuelle IA", ""),
    ("Wij antwoorden.", "Wij zetten geen Telspecht in om bezoek te meten.", "", ""),
    ("We answer.", "You can plan shifts in Rotaplan, our planning app for cafés.", "", ""),
    ("Wir antworten.", "Zur Messung der Reichweite setzen wir Pixel ein. Wir verwenden Logfiles zur Analyse.", "", ""),
    ("Nous répondons.", "Nous n'utilisons pas Comptepie pour compter les visites.", "", ""),
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


@pytest.mark.parametrize(("heading", "text", "came"), SECTIONS)
def test_a_paragraph_or_heading_opens_with_a_party(tmp_path: Path, heading: str, text: str, came: str) -> None:
    """A paragraph that names somebody and speaks of them, and a heading above the line of a company, name a party."""
    page = f"# Privacy\n\n## {heading}\n\nSee below.\n"
    assert came_and_went(tmp_path, page, f"{page}\n{text}\n") == (came, "")


@pytest.mark.parametrize(("old", "new", "came", "went"), SENTENCES)
def test_a_sentence_says_who_does_it(tmp_path: Path, old: str, new: str, came: str, went: str) -> None:
    """Systems, payment, mail, hosting and measuring tools that a sentence names come and go."""
    page = "# Privacy\n\nThis page says how we treat your data.\n\n{}\n"
    assert came_and_went(tmp_path, page.format(old), page.format(new)) == (came, went)
