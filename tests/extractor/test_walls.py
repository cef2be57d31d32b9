"""Whole pages that servers send in the place of a document, and documents that mention what such pages say."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.model import Capture, Document, Extraction
from watcher.extractor import extract
from watcher.extractor.gate import gate

HERE = Path(__file__).parent / "walls"


def listed(kind: str) -> list[dict[str, Any]]:
    """The pages of one kind in all languages."""
    files = sorted(HERE.glob(f"{kind}_*.toml"))
    return [page for path in files for page in tomllib.loads(path.read_text(encoding="utf-8"))["page"]]


WALLS = listed("walls")
POLICIES = listed("policies")
LONG = {
    "en": "We process the personal data of customers for purpose {}, keep it for {} days, and delete it after that.",
    "nl": "Wij verwerken de persoonsgegevens van klanten voor doel {}, bewaren die {} dagen en verwijderen ze daarna.",
    "de": "Wir verarbeiten die personenbezogenen Daten unserer Kunden zu Zweck {} und löschen sie nach {} Tagen.",
    "fr": "Nous traitons les données personnelles des clients pour la finalité {} et les supprimons après {} jours.",
}
NAMES = {
    "en": "Privacy policy",
    "nl": "Privacyverklaring",
    "de": "Datenschutzerklärung",
    "fr": "Politique de confidentialité",
}


def read(html: str) -> Extraction:
    """What the extractor makes of a page."""
    body = html.encode()
    sha256 = hashlib.sha256(body).hexdigest()
    address = "https://vendor.example/legal/privacy"
    when = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(address, address, when, 200, (), "text/html", "utf-8", sha256, body))


def policy(language: str, title: str | None = None) -> Document:
    """A good last version in a language."""
    title = title or NAMES[language]
    clauses = "".join(f"<p>{LONG[language].format(place, place + 7)}</p>" for place in range(30))
    page = f"<html lang={language}><title>{title}</title><body><main><h1>{title}</h1>{clauses}</main></body></html>"
    return read(page).document


def test_there_are_enough_pages() -> None:
    """The collection holds the sixty walls and forty documents that the figures below are about, in four languages."""
    assert len(WALLS) >= 60
    assert len(POLICIES) >= 40
    for pages in (WALLS, POLICIES):
        assert {page["id"][:2] for page in pages} == set(LONG)
        assert len({page["id"] for page in pages}) == len(pages)


@pytest.mark.parametrize("page", [page for page in WALLS if not page.get("later")], ids=lambda page: page["id"])
def test_wall_is_held_as_a_first_capture(page: dict[str, Any]) -> None:
    """With nothing known, a wall is blocked for a reason that fits; what may be a text is suspect at least."""
    verdict = gate(read(page["html"]))
    assert not verdict.passed
    assert verdict.reason in page["reason"]
    assert verdict.certain or page.get("suspect")


@pytest.mark.parametrize("page", WALLS, ids=lambda page: page["id"])
def test_wall_is_held_where_a_version_is_known(page: dict[str, Any]) -> None:
    """With a good last version at hand, every page is held, and what is no document for certain is blocked."""
    language = "en" if page.get("later") else page["id"][:2]
    verdict = gate(read(page["html"]), policy(language))
    assert not verdict.passed
    assert verdict.certain or page.get("suspect") or page.get("later")


@pytest.mark.parametrize("page", POLICIES, ids=lambda page: page["id"])
def test_document_passes(page: dict[str, Any]) -> None:
    """A document passes alone and against itself, whatever it mentions and however short it is."""
    made = read(page["html"])
    assert gate(made).passed
    assert gate(made, made.document).passed
