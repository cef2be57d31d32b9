"""What is wrong, or soon will be, with sources that are watched: each as it is now, and all beside one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from storage.model import DocumentType, Reason, Source
from watcher.discovery.identity import organisation
from watcher.discovery.judging import fitting
from watcher.discovery.naming import read_title
from watcher.scout.document import Look, ManOf, look_at_all
from watcher.scout.moves import move_of
from watcher.scout.reading import Desk

_SHORT = 80  # words; a policy has more, a list of sub-processors may have fewer
_SHORT_LIST = 15
_SCRIPTED = frozenset({Reason.EMPTY})
_SELECTION = frozenset({Reason.SELECTOR_MISSING, Reason.EXTRACT_FAILED})


class Grade(StrEnum):
    """`error`: it does not work as configured; `warning`: look at it; `note`: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one source. `kind` is an id that programs may rely on."""

    kind: str
    grade: Grade
    text: str


@dataclass(frozen=True, slots=True)
class Linted:
    """One source and all that is to be said of it. `had` is False when its document could not be had."""

    source: Source
    remarks: tuple[Remark, ...]
    had: bool
    look: Look

    @property
    def worst(self) -> Grade | None:
        """The gravest grade; None for a source without remarks."""
        return next((grade for grade in Grade if any(one.grade is grade for one in self.remarks)), None)


def lint(
    desk: Desk,
    sources: Sequence[Source],
    manner_of: ManOf,
    *,
    threads: int = 16,
    done: Callable[[Source], None] = lambda _: None,
) -> list[Linted]:
    """Fetch and read every source, and say what is wrong. In the order of the sources; records nothing."""
    looks: dict[str, Look] = {}
    for look in look_at_all(desk, sources, manner_of, threads=threads):
        looks[look.source.id] = look
        done(look.source)
    texts: dict[str, str] = {}
    found: list[Linted] = []
    for source in sources:
        look = looks[source.id]
        remarks = [*_remarks(look), *_twice(look, texts)]
        had = look.document is not None and (look.verdict is None or look.verdict.passed or not look.verdict.certain)
        had = had or (look.problem is not None and look.problem.reason in _SELECTION)
        found.append(Linted(source, tuple(remarks), had, look))
    return found


def _remarks(look: Look) -> Iterator[Remark]:
    """What one source shows by itself."""
    yield from _moved(look)
    if look.note:
        yield Remark("robots-ignored", Grade.NOTE, look.note)
    if look.problem is not None:
        yield _problem(look)
    document = look.document
    if document is None or (look.verdict is not None and not look.verdict.passed and look.verdict.certain):
        return
    least = _SHORT_LIST if look.source.document is DocumentType.SUBPROCESSORS else _SHORT
    if document.words < least and look.problem is None:
        yield Remark("short-text", Grade.WARNING, f"only {document.words} words: look whether it is the whole document")
    stated = look.source.rules.language
    if stated and document.language and stated != document.language:
        text = f'language = "{stated}" is configured, and the text is in {document.language}'
        yield Remark("other-language", Grade.ERROR, text)
    yield from _title(look)


def _problem(look: Look) -> Remark:
    assert look.problem is not None
    problem = look.problem
    if problem.reason in _SELECTION:
        return Remark(problem.reason.value, Grade.ERROR, str(problem))
    if problem.reason in _SCRIPTED and look.source.fetcher == "http" and look.extraction is not None:
        script = look.extraction.page.script_words
        hint = 'set fetcher = "auto"' if script else problem.remedy
        return Remark("client-rendered" if script else problem.reason.value, Grade.ERROR, f"{problem.detail} ({hint})")
    certain = look.verdict is None or look.verdict.certain
    return Remark(problem.reason.value, Grade.ERROR if certain else Grade.WARNING, str(problem))


def _moved(look: Look) -> Iterator[Remark]:
    for capture in look.captures:
        if not capture.hops:
            continue
        if (move := move_of(look.source, capture)) is not None:
            yield Remark("moved", Grade.WARNING, f"{move.old} moved for good to {move.new} (clausewatch sources fix)")
        else:
            yield Remark("redirected", Grade.NOTE, f"{capture.url} leads to {capture.final_url} for now")


def _title(look: Look) -> Iterator[Remark]:
    """A title that names another kind of document than the configuration, or an older version."""
    source, page, document = look.source, look.page, look.document
    if page is None or document is None:
        return
    whose = organisation([page], page.url)
    names = [read_title(text, whose.words) for text in (page.heading, document.title, page.title) if text]
    if any(name.old for name in names):
        yield Remark("older-version", Grade.WARNING, f'"{document.title}": it says that it is an older version')
    named = next((name.type for name in names if name.good and name.strong), None)
    if named is None or named is source.document or source.document is DocumentType.OTHER:
        return
    if fitting(document, source.document) and len(source.urls) > 1:
        return
    text = f'document = "{source.document}" is configured, and its title is that of {named}: "{document.title}"'
    yield Remark("other-type", Grade.WARNING, text)


def _twice(look: Look, texts: dict[str, str]) -> Iterator[Remark]:
    """The same text under an id that came before."""
    document = look.document
    if document is None or look.problem is not None:
        return
    other = texts.setdefault(document.fingerprint, look.source.id)
    if other != look.source.id:
        yield Remark("duplicate", Grade.ERROR, f"the same text as {other}: every change would be told twice")
