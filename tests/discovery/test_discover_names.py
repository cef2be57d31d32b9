"""What names say: of our own making, and over the addresses and texts of real services."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from storage.model import DocumentType
from watcher.discovery.identity import organisation
from watcher.discovery.naming import read_address, read_name, read_title
from watcher.discovery.page import look
from watcher.discovery.propose import document_type
from watcher.extractor import extract
from watcher.files import read_file

OWN = frozenset({"tolhuis"})
# Open Terms Archive's names for documents that are ours.
TERMS = {
    "Privacy Policy": "privacy-policy",
    "Business Privacy Policy": "privacy-policy",
    "Terms of Service": "terms",
    "Commercial Terms": "terms",
    "Developer Terms": "terms",
    "Acceptable Use Policy": "terms",
    "Data Processor Agreement": "dpa",
    "Trackers Policy": "cookies",
    "Vulnerability Disclosure Policy": "security",
}
ENDINGS = {
    "privacy-policy": "privacy-policy",
    "terms-of-service": "terms",
    "developer-terms": "terms",
    "service-level-agreement": "terms",
    "data-processor-agreement": "dpa",
    "trackers-policy": "cookies",
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Privacyverklaring Tolhuis", "privacy-policy"),
        ("Privacy", "privacy-policy"),
        ("Privacy & cookies", "privacy-policy"),
        ("Impressum und Datenschutz", "privacy-policy"),
        ("Données personnelles", "privacy-policy"),
        ("Job applicant privacy notice", "privacy-policy"),
        ("Cookie- und Datenschutzerklärung", "privacy-policy"),
        ("Cookiebeleid", "cookies"),
        ("Politique relative aux cookies", "cookies"),
        ("Data Processing Agreement (DPA)", "dpa"),
        ("Vertrag zur Auftragsverarbeitung (AVV)", "dpa"),
        ("Bijlage bij de verwerkersovereenkomst: subverwerkers", "subprocessors"),
        ("View the list of sub-processors", "subprocessors"),
        ("Sous-traitants ultérieurs", "subprocessors"),
        ("Conditions générales d’utilisation", "terms"),
        ("AGB", "terms"),
        ("Master Subscription Agreement", "terms"),
        ("Technische und organisatorische Maßnahmen", "security"),
        ("Security at Tolhuis", "security"),
        ("Responsible disclosure", "security"),
    ],
)
def test_names_of_documents_are_read(text: str, kind: str) -> None:
    """In four languages, with accents, hyphens and the vendor's name."""
    name = read_title(text, OWN)
    assert name.good
    assert name.type is DocumentType(kind)


@pytest.mark.parametrize(
    "text",
    [
        "Privacy screen 14 inch",
        "Privacy officer",
        "Cookie-instellingen",
        "Manage cookies",
        "Model verwerkersovereenkomst downloaden",
        "How to write a privacy policy",
        "Wij hebben een nieuwe privacyverklaring",
        "Tien misverstanden over de privacywet",
        "Datenschutz im Homeoffice",
        "Security suite: protect your inbox",
        "Oude algemene voorwaarden (tot 2021)",
        "Privacy policy (archived)",
        "Stroopwafels en cookies als relatiegeschenk",
        "Do not sell my personal information",
        "Contact",
        "",
    ],
)
def test_names_of_other_things_are_not(text: str) -> None:
    """Wares, jobs, articles, switches and older versions have the words and are none."""
    assert not read_name(text, OWN).good


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/en-us/privacystatement", "privacy-policy"),
        ("https://a.example/privacy/policy.html", "privacy-policy"),
        ("https://a.example/termsofuse", "terms"),
        ("https://a.example/nl/pp/", "privacy-policy"),
        ("https://a.example/files/Algemene%20voorwaarden.pdf", "terms"),
        ("https://a.example/docs/AVV_Tolhuis_2025-02.pdf", "dpa"),
        ("https://a.example/legal/", None),
        ("https://a.example/blog/privacy-policy-template", None),
        ("https://a.example/", None),
    ],
)
def test_addresses_say_what_lies_there(url: str, kind: str | None) -> None:
    """The last part of the path, or the last two; languages, endings and numbers say nothing."""
    name = read_address(url, OWN)
    assert (name.type.value if name.type and name.good else None) == kind


def test_addresses_of_real_services_are_read(corpus: Path) -> None:
    """Of 156 declared addresses at least 133 tell their type by themselves, and at most 3 tell a wrong one."""
    counts: Counter[str] = Counter()
    for path in sorted((corpus / "declarations").glob("*.json")):
        if path.name.endswith(".history.json"):
            continue
        for name, terms in json.loads(path.read_text(encoding="utf-8"))["terms"].items():
            if name in TERMS:
                url = terms.get("fetch") or terms["combine"][0]["fetch"]
                read = read_address(url, organisation([], url).words)
                told = read.type.value if read.type and read.good else None
                counts["right" if told == TERMS[name] else "none" if told is None else "wrong"] += 1
    assert counts["right"] >= 133
    assert counts["wrong"] <= 3


def test_texts_of_real_services_are_told_apart(corpus: Path) -> None:
    """Without their addresses, and often without their titles, 93 of 104 documents are of the type they are called."""
    right = total = 0
    for folder in sorted((corpus / "pairs").iterdir()):
        kind = next((kind for ending, kind in ENDINGS.items() if folder.name.endswith(ending)), None)
        if kind is None or not (file := folder / "old.md").is_file():
            continue
        capture = read_file(file)
        total += 1
        right += document_type(look(capture), extract(capture).document, "https://a.example/").value == kind
    assert total == 104
    assert right >= 93
