"""sources: what is watched, and whether it can be."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from storage.errors import ExtractError, UsageError
from storage.model import Capture, Extraction, Reason, Source
from watcher.access import manners
from watcher.cli.app import App, as_json, clock, pass_app, print_json
from watcher.cli.exchange import export, import_
from watcher.cli.scout import COMMANDS
from watcher.config import Settings
from watcher.extraction import GateVerdict
from watcher.extractor import combine, extract, gate
from watcher.fetcher import FetchFailure, Manner, NotModified
from watcher.fetcher.polite import PatientFetcher, polite_fetcher
from watcher.history import did_you_mean
from watcher.rendering import escalates
from watcher.report import contract
from watcher.report.listing import Listing
from watcher.report.terminal import shown


@click.group()
def sources() -> None:
    """Find, add, test and correct the sources of the configuration."""


@sources.command("list")
@as_json
@pass_app
def list_(app: App, *, json_: bool) -> None:
    """List every source of the configuration.

    Example: clausewatch sources list
    """
    settings = app.settings()
    if json_:
        print_json([contract.source_json(source) for source in settings.sources])
        return
    table = Listing("source", "vendor", "document", "address")
    for source in settings.sources:
        table.add_row(source.id, shown(source.vendor), source.document.value, " ".join(source.urls))
    app.out.print(table)


@sources.command()
@click.argument("source", nargs=-1, required=True)
@click.option(
    "--screenshot",
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Render the page of one SOURCE, and keep a picture of it as FILE (PNG).",
)
@as_json
@pass_app
def test(app: App, source: tuple[str, ...], screenshot: Path | None, *, json_: bool) -> None:
    """Fetch and read each SOURCE, show what would be watched, and record nothing. Exits 3 if one cannot be had.

    Example: clausewatch sources test topdesk/privacy
    """
    settings = app.settings()
    chosen = [_known(settings, name) for name in source]
    if screenshot is not None:
        _one_picture(screenshot, chosen)
    manner = manners(settings, chosen)
    fetcher = PatientFetcher(polite_fetcher(settings.fetch))
    try:
        tried = [_try(fetcher, one, manner(one), screenshot) for one in chosen]
    finally:
        fetcher.close()
    if screenshot is not None and not screenshot.is_file():
        app.err.print(f"there is no {screenshot}: what came was no page")
    if json_:
        print_json(tried)
    else:
        for line in tried:
            app.out.print(_line(line))
    if any(line["problem"] for line in tried):
        sys.exit(3)


for _command in (*COMMANDS, import_, export):
    sources.add_command(_command)


def _known(settings: Settings, name: str) -> Source:
    found = next((source for source in settings.sources if source.id == name), None)
    if found is None:
        hint = did_you_mean(name, [source.id for source in settings.sources])
        raise UsageError(f"no source {name!r} in {settings.path}{hint}")
    return found


def _one_picture(file: Path, chosen: list[Source]) -> None:
    """A file has room for one page, and must have a folder to be in. Raises UsageError."""
    if sum(len(source.urls) for source in chosen) > 1:
        raise UsageError("--screenshot keeps one picture: name one SOURCE that has one page")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"--screenshot {file}: there is no folder {file.parent}")


def _try(fetcher: PatientFetcher, source: Source, manner: Manner, screenshot: Path | None) -> contract.Json:
    """What a source is now; with `fetcher = "auto"` in the browser's eyes where HTTP gives no text."""
    if screenshot is not None:
        manner = replace(manner, fetcher="browser", screenshot=screenshot)
    tried, reason, captures = _read(fetcher, source, manner)
    if escalates(source, reason, captures):
        tried, _, _ = _read(fetcher, source, replace(manner, fetcher="browser"))
    return tried


def _read(
    fetcher: PatientFetcher, source: Source, manner: Manner
) -> tuple[contract.Json, Reason | None, list[Capture]]:
    parts: list[Extraction] = []
    captures: list[Capture] = []
    rules = source.rules_at(clock())
    for url in source.urls:
        answer = fetcher.fetch(url, manner=manner, now=clock)
        if isinstance(answer, FetchFailure | NotModified):
            why = answer.detail if isinstance(answer, FetchFailure) else "304 without being asked"
            return {"source": source.id, "problem": f"{url}: {why}"}, None, captures
        captures.append(answer)
        try:
            parts.append(extract(answer, rules))
        except ExtractError as error:
            return {"source": source.id, "problem": f"{url}: {error}"}, error.reason, captures
    whole = combine(parts)
    verdict = gate(whole)
    return _told(fetcher, source, whole, verdict), verdict.reason, captures


def _told(fetcher: PatientFetcher, source: Source, whole: Extraction, verdict: GateVerdict) -> contract.Json:
    document = whole.document
    return {
        "source": source.id,
        "problem": None if verdict.passed else f"{verdict.reason}: {verdict.detail}",
        "title": document.title,
        "language": document.language,
        "note": fetcher.politeness.ignored(source.urls),
        "words": document.words,
        "blocks": len(document.blocks),
        "stated": document.updated.phrase if document.updated else None,
        "begins": document.blocks[0].text[:200] if document.blocks else None,
        "ends": document.blocks[-1].text[:200] if document.blocks else None,
    }


def _line(tried: contract.Json) -> str:
    name = tried["source"]
    if tried["problem"]:
        return f"{name}: {shown(tried['problem']).plain}"
    head = f"{name}: {tried['words']} words in {tried['blocks']} blocks, language {tried['language'] or 'unknown'}"
    told = {
        "note": tried["note"],
        "title": tried["title"],
        "stated": tried["stated"],
        "begins": tried["begins"],
        "ends": tried["ends"],
    }
    about = [f"{name:<6} {value}" for name, value in told.items() if value]
    return "\n".join([head, *(f"  {shown(line).plain}" for line in about)])
