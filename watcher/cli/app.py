"""What the global options come to: the configuration, the store, the clock, and the two output streams."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TextIO, TypeVar, cast

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from storage.connect import open_store
from storage.errors import ConfigError, UsageError
from storage.model import Interest
from storage.protocol import Store
from watcher.config import Settings, find_config, load, store_location
from watcher.config.durations import parse_duration
from watcher.journal import IntoLog, is_json
from watcher.report.terminal import make_console, shown

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class App:
    """The global options; handed to every command by click."""

    config: str | None
    store_location: str | None
    color: bool
    verbose: int

    def settings(self, *, secrets: bool = False) -> Settings:
        """The configuration, its warnings told. Raises ConfigError with all faults."""
        path = find_config(self.config, os.environ)
        if not (self.config or os.environ.get("CLAUSEWATCH_CONFIG") or path.exists()):
            raise ConfigError(
                [f"./sources.toml: no such file, nor is there {path} (`clausewatch init` writes a first one)"]
            )
        settings = load(path, secrets=secrets)
        for warning in settings.warnings:
            self.err.print(f"warning: {warning}")
        return settings

    def location(self, settings: Settings | None = None) -> str:
        """Where the store is; the configuration is read only when nothing else says so."""
        named = self.store_location or os.environ.get("CLAUSEWATCH_STORE")
        if settings is None and not named:
            path = find_config(self.config, os.environ)
            # A configuration that was named and is not there is a mistake, no wish for the store of the platform.
            if path.exists() or self.config or os.environ.get("CLAUSEWATCH_CONFIG"):
                settings = self.settings()
        return store_location(self.store_location, settings, os.environ)

    def interests(self, *, named: bool) -> tuple[Interest, ...]:
        """The user's own topics and watches; with `named` only those of a configuration that was asked for by name."""
        if not (self.config or os.environ.get("CLAUSEWATCH_CONFIG")) and (
            named or not find_config(None, os.environ).exists()
        ):
            return ()
        return self.settings().interests

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The store, opened for reading only. Raises StoreMissing when there is none yet."""
        store = open_store(self.location(), write=False)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def writing(self, settings: Settings, *, repeatable: bool = False) -> Iterator[Store]:
        """The store for the one writing process, with the sources of the configuration. Raises Locked."""
        store = open_store(self.location(settings), write=True, repeatable=repeatable)
        try:
            store.sync_sources(settings.sources, clock())
            yield store
        finally:
            store.close()

    @property
    def out(self) -> Console:
        """Where data goes."""
        return make_console(sys.stdout, color=self.color)

    @property
    def err(self) -> Console:
        """Where talk and progress go: with a log in JSON each line is one of that."""
        if is_json():
            return make_console(cast("TextIO", IntoLog()), color=False, talk=True)
        return make_console(sys.stderr, color=self.color, talk=True)

    def say(self, text: str) -> None:
        """Lines for a person, on standard error; no word of them can steer the terminal."""
        for line in text.splitlines():
            self.err.print(shown(line))


pass_app = click.make_pass_decorator(App)
as_json = click.option("--json", "json_", is_flag=True, help="Print JSON (docs/reference/contracts.md).")


def clock() -> datetime:
    """The time. The only place that reads it for the commands."""
    return datetime.now(UTC)


def with_bar(err: Console, what: str, steps: Iterable[T], total: int) -> Iterator[T]:
    """The steps, with a bar on standard error that shows how many are done, where that is a terminal."""
    if not err.is_terminal:
        yield from steps
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        yield from progress.track(steps, total=total)


def print_json(value: Any) -> None:
    """One JSON document on standard output. Control characters stand escaped, also those beyond ASCII."""
    click.echo(_escaped(json.dumps(value, ensure_ascii=False, indent=2)))


def print_json_lines(values: Iterable[Any]) -> None:
    """JSON Lines on standard output."""
    for value in values:
        click.echo(_escaped(json.dumps(value, ensure_ascii=False)))


def _escaped(text: str) -> str:
    r"""JSON whose C1 and direction characters are written as \uXXXX, so that printing it cannot steer a terminal."""
    return re.sub(
        "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]",
        lambda found: f"\\u{ord(found.group()):04x}",
        text,
    )


def chosen_form(form: str, *, json_: bool) -> str:
    """The form that `--format` and `--json` come to. Raises UsageError when they ask for two."""
    if json_ and form not in {"text", "json"}:
        raise UsageError(f"--json and --format {form} are two forms: choose one")
    return "json" if json_ else form


def format_option(*forms: str, default: str | None = None, about: str | None = None) -> Callable[[Command], Command]:
    """The option that chooses how something is written: `--format` for every command."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=default, show_default=default is not None, help=about
    )


class Since(click.ParamType[datetime]):
    """A day (2026-05-01) or an age (7d, 12h, 2w); becomes the moment from which on something counts."""

    name = "since"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """A moment in UTC."""
        if isinstance(value, datetime):
            return value
        if age := re.fullmatch(r"(\d{1,5})([hdw])", str(value)):
            unit = {"h": "hours", "d": "days", "w": "weeks"}[age[2]]
            return clock() - timedelta(**{unit: int(age[1])})
        try:
            return datetime.combine(date.fromisoformat(str(value)), time.min, tzinfo=UTC)
        except ValueError:
            self.fail(f'"{value}" is neither a day nor an age (write 2026-05-01 or 7d)', param, ctx)


class Day(click.ParamType[datetime]):
    """A day (2026-05-01), not one to come; becomes its last moment, in UTC."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """A moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            self.fail(f'"{value}" is no day (write 2026-05-01)', param, ctx)
        today = clock().date()
        if day > today:
            self.fail(
                f"{day} is still to come, and nobody knows what will stand then (today is {today}, UTC)", param, ctx
            )
        return datetime.combine(day, time.max, tzinfo=UTC)


class Age(click.ParamType[timedelta]):
    """A length of time as in the configuration: 2d, 36h."""

    name = "age"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """At least a minute."""
        if isinstance(value, timedelta):
            return value
        age = parse_duration(str(value))
        if age is None or not timedelta(minutes=1) <= age <= timedelta(days=3660):
            self.fail(f'"{value}" is not an age (write 2d or 36h)', param, ctx)
        return age
