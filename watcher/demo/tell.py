"""The story as a person reads it on the terminal: rounds with their dates, one alert in full, totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.text import Text

from notifier.phrases import DOCUMENTS, topic_words
from storage.model import Change, CheckResult, Outcome, Reason, Source, Subscriber, Verdict
from watcher.demo.play import Chapter, Stage
from watcher.demo.verify import false_alarms
from watcher.report import terminal
from watcher.report.terminal import SEVERITY_STYLE, shown

WIDTH = 80  # of a pipe; a wider terminal is used up to 100
_MOST = 100
_COUNTED = {
    Outcome.FIRST: "seen for the first time",
    Outcome.CHANGED: "changed",
    Outcome.UNCHANGED: "unchanged",
    Outcome.NOT_MODIFIED: "not modified",
    Outcome.BLOCKED: "held",
    Outcome.SUSPECT: "held in doubt",
    Outcome.FAILED: "failed",
}
_BESIDE = {"page.age", "page.counter", "date.only"}  # differences that stand beside others in nearly every edition


def make_console(stream: TextIO, *, color: bool) -> Console:
    """A console that is 80 columns wide on a pipe and at most 100 on a terminal."""
    console = terminal.make_console(stream, color=color)
    console.width = min(console.width, _MOST) if stream.isatty() else WIDTH
    return console


class Teller:
    """Tells the story to one console as it is played."""

    def __init__(self, console: Console) -> None:
        """Say nothing yet."""
        self.console = console
        self._shown_in_full = False
        self._away: list[str] = []

    def begin(self, stage: Stage) -> None:
        """What has been set up."""
        say = self.console.print
        say(Text("The real job on five invented vendors, all on this machine", "bold"))
        say("Real pages, a real mail server and the real worker; only the calendar is played.\n")
        say(Text("Set up", "bold"))
        self._item("web site", f"{stage.site}, with these pages:")
        for vendor in stage.story.vendors:
            self._item("", f"{vendor.name:<18}{vendor.language}  {DOCUMENTS[vendor.document]}, {vendor.about}")
        self._item("mail", f"127.0.0.1:{stage.mail_port}; every mail is kept in {stage.mails}")
        for subscriber in stage.settings.subscribers:
            self._item(subscriber.name, f"hears {_hears(subscriber)}, {_way(subscriber)}")

    def tell(self, played: Chapter) -> None:
        """One round."""
        say = self.console.print
        say()
        say(Text.assemble((_day(played.chapter.at), "bold cyan"), f"  {played.chapter.title}"))
        came = played.report.outcomes
        counts = ", ".join(f"{came[outcome]} {words}" for outcome, words in _COUNTED.items() if outcome in came)
        say(f"  {played.report.checked} sources checked: {counts}")
        for source, result in played.checks:
            self._check(source, result)
        if all(result.outcome in {Outcome.UNCHANGED, Outcome.NOT_MODIFIED} for _, result in played.checks):
            say("  nothing but page machinery: no version, no alert")
        if played.console and not self._shown_in_full:
            self._shown_in_full = True
            self._alert(played.console[0])

    def end(
        self, chapters: Sequence[Chapter], folder: Path, commands: Sequence[str], room: str, *, as_meant: bool
    ) -> None:
        """Totals, where things are, what to try next, and how to open the reading room."""
        say = self.console.print
        made = [made for chapter in chapters for _, result in chapter.checks for made in result.versions]
        held = sum(chapter.report.failed for chapter in chapters)
        mails = sum(len(chapter.mails) for chapter in chapters)
        alerts = sum(chapter.report.alerts for chapter in chapters)
        printed = sum(len(chapter.console) for chapter in chapters)
        totals = [
            f"{sum(chapter.report.checked for chapter in chapters)} checks, {held} of them without the document",
            f"{len(made)} versions, {sum(each.version.verdict is Verdict.MATERIAL for each in made)} of them material",
            f"{alerts} alerts: {mails} mails delivered, {printed} on the console",
            f"{sum(false_alarms(chapter) for chapter in chapters)} false alarms",
        ]
        say()
        say(Text("In all", "bold"))
        for line in totals:
            say(f"  {line}")
        if as_meant:
            say("  Every result is what the authors of the pages meant.")
        self._hanging("", "", f"{folder} now holds sources.toml, the store, and the mails as .eml and .html.", 0)
        say()
        say(Text("Try next", "bold"))
        for command in commands:
            say(f"  {command}", soft_wrap=True)
        say()
        say(Text("Or in a browser", "bold"))
        say(f"  {room}", soft_wrap=True)

    def _item(self, name: str, text: str) -> None:
        self._hanging(name, "cyan", text, 14)

    def _check(self, source: Source, result: CheckResult) -> None:
        """One source of a round, where there is something to say."""
        if not result.outcome.good:
            why = (result.detail or "").removeprefix("the server ")
            if result.outcome is not Outcome.FAILED:
                why = f"{_spoken(result.reason)} with status 200"
            self._line(
                "failed" if result.outcome is Outcome.FAILED else "held",
                "red",
                f"{source.vendor}: {shown(why).plain}; last good version stands",
            )
            self._away.append(source.id)
            return
        if source.id in self._away:
            self._away.remove(source.id)
            self._line("back", "green", f"{source.vendor}: the document is there again")
        made = result.versions[-1] if result.versions else None
        if made is None or made.comparison is None:
            return
        version = f"{source.vendor} v{made.version.number}: "
        if made.version.verdict is not Verdict.MATERIAL:
            self._line("editorial", "dim", f"{version}{_editorial(result)}; no alert")
            return
        change = made.comparison.changes[0]
        told = ", ".join(alert.subscriber for alert in made.alerts)
        self._line("material", SEVERITY_STYLE[change.severity], f"{version}{shown(change.summary).plain}")
        self._line("", "", f"[{change.severity}] {_topic(change.topic)}; told to {told or 'nobody'}")

    def _line(self, tag: str, style: str, text: str) -> None:
        self._hanging(tag, style, text, 11)

    def _hanging(self, tag: str, style: str, text: str, column: int) -> None:
        """A tag in the first column and a text that hangs under itself in the second."""
        for number, line in enumerate(Text(text).wrap(self.console, self.console.width - column - 2)):
            line.rstrip()
            self.console.print(Text.assemble("  ", (f"{'' if number else tag:<{column}}", style), line))

    def _alert(self, message: str) -> None:
        self.console.print("\n  The first of these alerts, as procurement reads it:")
        for line in message.rstrip().splitlines():
            self.console.print(Text(f"  | {shown(line).plain}".rstrip(), "dim"), soft_wrap=True)


def _day(moment: datetime) -> str:
    return f"{moment.day:>2} {moment:%b %Y}"


def _spoken(reason: Reason | None) -> str:
    return (reason.value if reason else "no document").replace("-", " ")


def _hears(subscriber: Subscriber) -> str:
    return "of " + " and ".join(_topic(topic) for topic in subscriber.topics) if subscriber.topics else "of everything"


def _way(subscriber: Subscriber) -> str:
    return (
        "by mail" if any(target.template.startswith("mailto:") for target in subscriber.targets) else "on the console"
    )


def _topic(topic: str) -> str:
    """A topic in a word or two: "AI" for "AI and automated decisions"."""
    return topic_words(topic).partition(" and ")[0]


def _editorial(result: CheckResult) -> str:
    """What kind of difference an editorial version makes; those that stand beside nearly every one come last."""
    comparison = result.versions[-1].comparison
    changes = comparison.changes if comparison else ()
    words = [_kind(change) for change in changes if not _BESIDE.intersection(change.rules)]
    if any("date.only" in change.rules for change in changes):
        words.append("date" if words else "only the date")
    return " and ".join(dict.fromkeys(words)) or "wording"


def _kind(change: Change) -> str:
    kind = shown(change.summary).plain.partition(":")[0]
    return f"{kind[:1].lower()}{kind[1:]}"
