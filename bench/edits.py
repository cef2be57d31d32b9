"""Our own labelled edits of policies as pairs of documents: what a differ must say of one passage that changed.

`tests/edits/train_*.toml` may be read while rules are written and weights are trained; `held_*.toml` is read by nobody
who writes them, so that its figures tell how the differ does on wording it has not met.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.model import Capture

PLACE = Path(__file__).resolve().parents[1] / "tests" / "edits"

# The page around the passage, so that it is judged in a document: title, a section before and one behind.
_PAGES = {
    "en": (
        "Privacy policy of Lindqvist Software",
        "Introduction",
        "We take care of the personal data of everyone who works with our software. This text explains how.",
        "Closing remarks",
        "Thank you for reading this text. A printed copy is sent on demand by our office in the old harbour.",
    ),
    "nl": (
        "Privacyverklaring van Lindqvist Software",
        "Inleiding",
        "Wij gaan zorgvuldig om met de persoonsgegevens van iedereen die met onze software werkt. Hier leest u hoe.",
        "Tot slot",
        "Dank voor het lezen van deze tekst. Ons kantoor in de oude haven stuurt op verzoek een gedrukt exemplaar.",
    ),
    "de": (
        "Datenschutzerklärung von Lindqvist Software",
        "Einleitung",
        "Wir gehen sorgfältig mit den Daten aller Menschen um, die mit unserer Software arbeiten. Hier steht, wie.",
        "Schluss",
        "Danke, dass Sie diesen Text gelesen haben. Unser Büro am alten Hafen schickt auf Wunsch ein Exemplar.",
    ),
    "fr": (
        "Politique de confidentialité de Lindqvist Software",
        "Introduction",
        "Nous prenons soin des données de toutes les personnes qui travaillent avec notre logiciel. Voici comment.",
        "Pour finir",
        "Merci d'avoir lu ce texte. Notre bureau du vieux port envoie un exemplaire imprimé sur demande.",
    ),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One labelled edit; `topics` holds the lead first, then what else is right, and nothing where nothing is told."""

    id: str
    part: str
    language: str
    heading: tuple[str, ...]
    before: str | None
    after: str | None
    verdict: str
    topics: tuple[str, ...] = ()
    severity: str | None = None
    direction: str | None = None

    def captures(self) -> tuple[Capture, Capture]:
        """The whole page without and with the edit, as Markdown."""
        return _capture(self, self.before), _capture(self, self.after)


def load_edits(place: Path = PLACE) -> Iterator[Edit]:
    """All edits of all files; `part` is the beginning of the file's name ("train", "held")."""
    for path in sorted(place.glob("*_*.toml")):
        for row in tomllib.loads(path.read_text("utf-8"))["edit"]:
            yield Edit(
                id=row["id"],
                part=path.stem.split("_")[0],
                language=row["language"],
                heading=tuple(row.get("heading", ())),
                before=row.get("before"),
                after=row.get("after"),
                verdict=row["verdict"],
                topics=(row["topic"], *row.get("topics", ())) if row["verdict"] == "material" else (),
                severity=row.get("severity"),
                direction=row.get("direction"),
            )


def _capture(edit: Edit, passage: str | None) -> Capture:
    """One side of an edit as a capture of a page."""
    title, first, opening, last, closing = _PAGES[edit.language]
    headings = [f"{'#' * (level + 2)} {heading}" for level, heading in enumerate(edit.heading)]
    parts = [f"# {title}", f"## {first}", opening, *headings, passage or "", f"## {last}", closing]
    body = "\n\n".join(part.strip() for part in parts if part.strip()).encode()
    return Capture(
        url=f"file:///{edit.id}.md",
        final_url=f"file:///{edit.id}.md",
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        status=200,
        headers=(),
        media_type="text/markdown",
        charset="utf-8",
        sha256=hashlib.sha256(body).hexdigest(),
        body=body,
    )
