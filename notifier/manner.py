"""How one reader wants messages: in which language, with which subject, framed by which words."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "nl")  # each has its words in `notifier/words`
# What may stand in braces in `subject`, `intro` and `outro`, and what it stands for.
FIELDS = {
    "usual": "the subject as it is without a template",
    "vendor": "the vendor, or the vendors of a digest",
    "document": "the kind of document, or how many there are",
    "headline": "the gravest change in a few words",
    "severity": "its severity",
    "direction": "its direction",
    "topic": "its topic",
    "changes": "how many changes there are",
    "deadline": "the last day on which one may object; empty where none is known",
    "seen": "the day on which the change was first seen",
    "source": "the id of the source, or of the sources",
    "subscriber": "the name of the subscriber",
    "instance": "the name of the machine that sends",
}
# The same in the address of an archive.
ARCHIVE_FIELDS = {
    "url": "the address of the page, as it is",
    "source": "the id of the source",
    "version": "the number of the version",
    "seen": "when the version was first seen, in UTC, as 20260410093000",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """A reader's language (one of `LANGUAGES`) and templates, empty where the usual words do.

    `subject`, `intro` (above the changes) and `outro` (below them) have the places of `FIELDS`; `archive` is where an
    archived page lies, with the places of `ARCHIVE_FIELDS`. They were judged when they were configured.
    """

    lang: str = "en"
    subject: str = ""
    intro: str = ""
    outro: str = ""
    archive: str = ""


USUAL = Manner()
