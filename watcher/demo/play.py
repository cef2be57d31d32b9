"""Plays the story: the real worker and the real deliveries, round by round, under a clock of the story's own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifier.deliver import DeliveryReport, deliver
from storage.connect import open_store
from storage.errors import ClausewatchError
from storage.model import CheckResult, Source
from storage.protocol import Store
from watcher.assembly import deliver_settings, run_settings
from watcher.config import Settings, load
from watcher.demo.folder import STORE, prepare, write_configuration
from watcher.demo.post import Letterbox, letters
from watcher.demo.site import Site, serving
from watcher.demo.story import Round, Story, read_story
from watcher.fetcher.polite import PoliteFetcher, polite_fetcher
from watcher.worker import RunReport, check_due


@dataclass(frozen=True, slots=True)
class Stage:
    """What was set up before the first round. Only addresses of this machine."""

    story: Story
    settings: Settings
    site: str
    mail_port: int
    folder: Path
    mails: Path


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one round came to: the checks in the order of the story, and what the subscribers got."""

    chapter: Round
    checks: tuple[tuple[Source, CheckResult], ...]
    report: RunReport
    sent: DeliveryReport
    console: tuple[str, ...]
    mails: tuple[Path, ...]


class StoryClock:
    """The time in the story: stands still within a round."""

    def __init__(self, start: datetime) -> None:
        """Begin at the first round."""
        self.moment = start

    def __call__(self) -> datetime:
        """The moment of the present round."""
        return self.moment


def play(folder: Path, begin: Callable[[Stage], None], tell: Callable[[Chapter], None]) -> tuple[Chapter, ...]:
    """Play the whole story into `folder`; `begin` is called once when all is set up, `tell` after each round.

    Leaves sources.toml, clausewatch.db and the mails; no process, thread or open port. Raises UsageError for a folder
    that is not the demo's, Locked while another run holds its store.
    """
    story = read_story()
    clock = StoryClock(story.rounds[0].at)
    site = Site(story.vendors, clock)
    mails = prepare(folder)
    with ExitStack() as stack:
        try:
            address = stack.enter_context(serving(site))
            box, port = stack.enter_context(letters(mails))
        except OSError as error:
            raise ClausewatchError(
                f"127.0.0.1: no port can be opened ({error}); the demo needs one for itself"
            ) from error
        settings = load(write_configuration(folder, story.vendors, address, port), secrets=True)
        store = stack.enter_context(_storing(folder / STORE))
        fetcher = stack.enter_context(polite_fetcher(settings.fetch, store))
        store.sync_sources(settings.sources, clock())
        begin(Stage(story, settings, address, port, folder, mails))
        chapters = []
        for chapter in story.rounds:
            clock.moment = chapter.at
            site.show(chapter)
            chapters.append(_round(chapter, settings, store, fetcher=fetcher, clock=clock, box=box))
            tell(chapters[-1])
    return tuple(chapters)


def _round(
    chapter: Round, settings: Settings, store: Store, *, fetcher: PoliteFetcher, clock: StoryClock, box: Letterbox
) -> Chapter:
    seen: dict[str, tuple[Source, CheckResult]] = {}
    before, console = len(box.kept), _Console()

    def observe(source: Source, result: CheckResult) -> None:
        seen[source.id] = (source, result)

    report = check_due(store, fetcher, run_settings(settings, politeness=fetcher.politeness), clock, observe=observe)
    sent = deliver(store, deliver_settings(settings), clock, console=console)
    return Chapter(
        chapter=chapter,
        checks=tuple(seen[source.id] for source in settings.sources if source.id in seen),
        report=report,
        sent=sent,
        console=tuple(console.messages),
        mails=tuple(box.kept[before:]),
    )


class _Console(io.StringIO):
    """What the `console:` target prints, message by message: one call of `write` each (notifier.channels.Terminal)."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def write(self, text: str) -> int:
        """Keep one message."""
        self.messages.append(text)
        return super().write(text)


@contextmanager
def _storing(path: Path) -> Iterator[Store]:
    store = open_store(path, write=True)
    try:
        yield store
    finally:
        store.close()
