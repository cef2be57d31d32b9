"""compare and facts: on files, without a store and without a network."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from storage.errors import ExtractError, UsageError
from storage.model import Capture, ExtractRules, FactQuery, FactType, Verdict
from watcher.cli.app import App, as_json, chosen_form, format_option, pass_app, print_json
from watcher.cli.questions import TYPES, at_day, of_vendor, print_stated
from watcher.config.selectors import sound_selector
from watcher.files import read_file
from watcher.pair import compare_captures, read_pages
from watcher.report import contract, terminal
from watcher.sandbox import Sandbox

language = click.option("--language", metavar="xx", help="The language of the text (ISO 639-1), else it is detected.")
selector = click.option("--selector", metavar="CSS", help="The part of a page that counts.")

_ADDRESS = re.compile(r"(?:https?|ftp|file):/", re.IGNORECASE)  # a path keeps one slash of the two
_REMEDY = "give a smaller part of it (--selector), or a file that holds the document alone"


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@language
@selector
@as_json
@click.option("--all", "everything", is_flag=True, help="Show editorial changes too (JSON always does).")
@click.option("--exit-code", is_flag=True, help="Exit 1 if there is a material change, as git diff does.")
@pass_app
def compare(
    app: App,
    old: Path,
    new: Path,
    language: str | None,
    selector: str | None,
    *,
    json_: bool,
    everything: bool,
    exit_code: bool,
) -> None:
    """Compare two files (.html .md .txt .pdf) and say what changed in meaning.

    Topics and watches of your own count when the configuration is named: clausewatch --config FILE compare ...

    Example: clausewatch compare policy-2025.html policy-2026.html
    """
    rules, before, after = _rules(language, selector), _read(old), _read(new)
    with _named(old, new), Sandbox(size=1, remedy=_REMEDY) as stages:
        stages.warm()
        pair = compare_captures(before, after, rules, app.interests(named=True), stages)
    if json_:
        sides = (
            contract.document_side(pair.old.document, before.sha256),
            contract.document_side(pair.new.document, after.sha256),
        )
        print_json(contract.compare_json(pair.comparison, *sides))
    else:
        only_editorial = pair.comparison.verdict is Verdict.EDITORIAL
        app.out.print(
            terminal.comparison_view(
                pair.comparison, f"{old.name} -> {new.name}", editorial=everything or only_editorial
            )
        )
    if exit_code and pair.comparison.verdict is Verdict.MATERIAL:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@language
@selector
@click.option("--all", "everything", is_flag=True, help="What the latest versions of all sources state, not a FILE.")
@click.option("--type", "types", type=TYPES, multiple=True, help="Only this kind; may be given several times.")
@of_vendor
@at_day
@format_option("text", "csv", "json", default="text", about="csv with --all only.")
@click.option("--csv", "csv_", is_flag=True, hidden=True)  # the name of before
@as_json
@pass_app
def facts(
    app: App,
    file: Path | None,
    language: str | None,
    selector: str | None,
    *,
    everything: bool,
    types: tuple[str, ...],
    vendor: str | None,
    at: datetime | None,
    form: str,
    csv_: bool,
    json_: bool,
) -> None:
    """List what a file states: retention periods, recipients, transfers, rights, contacts, legal bases.

    With --all in the place of a FILE: what all sources state, now or on a day.

    Example: clausewatch facts --all --type retention
    """
    kinds = tuple(FactType(one) for one in dict.fromkeys(types))
    form = chosen_form("csv" if csv_ else form, json_=json_)
    if file is None:
        if not everything:
            raise UsageError("name a FILE, or --all for what the sources in the store state")
        print_stated(app, FactQuery(types=kinds, vendor=vendor, at=at), form)
        return
    if everything or vendor or at or form == "csv":
        raise UsageError("--all, --vendor, --at and --format csv ask the store, FILE does not: choose one of the two")
    rules, capture = _rules(language, selector), _read(file)
    with _named(file), Sandbox(size=1, remedy=_REMEDY) as stages:
        stages.warm()
        read = read_pages([capture], rules, stages)
        found = [one for one in stages.find_facts(read.document) if not kinds or one.type in kinds]
    if not read.gate.passed:
        app.err.print(f"{file}: this does not read like a policy ({terminal.shown(read.gate.detail).plain})")
    if form == "json":
        print_json(contract.facts_json(read.document, found))
    elif found:
        app.out.print(terminal.facts_view(found))
    else:
        app.err.print("no fact found")


def _read(path: Path) -> Capture:
    if _ADDRESS.match(str(path)):
        raise UsageError(f"{path}: files are read here, no addresses; save the page and name the file")
    try:
        return read_file(path)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or 'cannot be read'}") from error


@contextmanager
def _named(*files: Path) -> Iterator[None]:
    """Call the files in an error what the person called them; one that names none is about all."""
    try:
        yield
    except ExtractError as error:
        told = str(error)
        for file in files:
            told = told.replace(file.resolve().as_uri(), str(file))
        if not any(str(file) in told for file in files):
            told = f"{' and '.join(map(str, files))}: {told}"
        raise ExtractError(error.reason, told) from error


def _rules(language: str | None, selector: str | None) -> ExtractRules:
    if language is not None and not (len(language) == 2 and language.isalpha() and language.isascii()):
        raise UsageError(f'--language: "{language}" is not a language (write nl, en, de or fr)')
    if selector:
        try:
            sound_selector(selector)
        except ValueError as error:
            raise UsageError(f"--selector: {error}") from error
    return ExtractRules(select=(selector,) if selector else (), language=language.lower() if language else None)
