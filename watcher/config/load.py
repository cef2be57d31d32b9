"""Read `sources.toml` into `Settings`, or say everything that is wrong with it."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from storage.errors import ConfigError
from storage.model import (
    Access,
    Cron,
    EarlierRules,
    ExtractRules,
    Interest,
    Operator,
    PageRules,
    Range,
    Source,
    Subscriber,
    Target,
)
from watcher.config.cautions import cautions
from watcher.config.checks import check_together
from watcher.config.faults import Faults
from watcher.config.outside import check_secrets
from watcher.config.schema import (
    DefaultsTable,
    EarlierTable,
    OperatorTable,
    PageTable,
    Root,
    SourceTable,
    SubscriberTable,
    TimestampsTable,
)
from watcher.config.selectors import RangeTable
from watcher.config.settings import Retention, Settings
from watcher.cron import longest_gap
from watcher.fetcher import FetchSettings
from watcher.fetcher.browser.installed import what_is_missing
from watcher.timestamps.authority import Authority
from watcher.timestamps.token import MISSING, installed

_MOST_BYTES = 20_000_000
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# What a person most often did when tomllib says so.
_REMEDIES = {
    "invalid value": 'a text stands in quotes: key = "text"',
    "unterminated string": "close the quote",
    "expected newline": 'a text stands in quotes: key = "text"',
    "expected '=' after": 'a line is key = "text", [table] or # comment',
    "cannot overwrite a value": "the key is there twice; take one out",
    "cannot declare": "the table is there twice; put the keys together",
    "unescaped": "write \\\\ for a backslash, or 'text' in single quotes",
    "unclosed": "close the bracket",
    "expected ']": "close the bracket",
}


def load(path: Path, *, secrets: bool = False, environ: Mapping[str, str] | None = None) -> Settings:
    """Read a configuration. With `secrets` also see that everything it takes from outside is there.

    Raises ConfigError with every fault at once, one line each: the file as given, the line of the key, the place, what
    is wrong with the value, the remedy. A text that is not TOML is one fault with line and column. No message holds a
    value from a place where a secret may stand. Reads the file, the environment and the files of secrets only.
    """
    return judge(path, _read(path), secrets=secrets, environ=environ)


def judge(path: Path, text: str, *, secrets: bool = False, environ: Mapping[str, str] | None = None) -> Settings:
    """What `load` would make of a file of this text, which need not have been written yet. Raises ConfigError."""
    data = _parse(path, text)
    faults = Faults()
    root = _models(data, faults)
    check_together(data, faults)
    if secrets:
        check_secrets(data, path.absolute().parent, environ, faults)
    if faults or root is None:
        raise ConfigError(faults.lines(str(path), text, data))
    return _settings(path, root)


def _models(data: Mapping[str, Any], faults: Faults) -> Root | None:
    try:
        return Root.model_validate(data)
    except ValidationError as exc:
        faults.add_all(exc, data)
    return None


def _read(path: Path) -> str:
    """The file's text. Raises ConfigError."""
    data, problem = b"", None
    try:
        if path.is_dir():
            problem = f"is a directory (name the file: {path / 'sources.toml'})"
        elif not path.exists() and not path.is_symlink():
            problem = "no such file (`clausewatch init` writes a first one; or name another with --config)"
        elif path.exists() and not path.is_file():
            problem = "is no regular file (name a file)"
        else:
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as exc:
        problem = (
            f"cannot be read: {getattr(exc, 'strerror', None) or 'not a path'} (look at the path and its permissions)"
        )
    if problem is None and len(data) > _MOST_BYTES:
        problem = f"is larger than {_MOST_BYTES // 1_000_000} MB (is it the right file?)"
    if problem:
        raise ConfigError([f"{path}: {problem}"])
    return _decode(path, data)


def _decode(path: Path, data: bytes) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as exc:
        start = exc.start
    before = data[:start].decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    raise ConfigError([f"{path}:{line}:{column}: byte 0x{data[start]:02X} is not UTF-8 (save the file as UTF-8)"])


def _parse(path: Path, text: str) -> dict[str, Any]:
    """The text as data. Raises ConfigError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        fault = _syntax(str(exc), text)
    except RecursionError:
        fault = " brackets are nested too deeply (close them)"
    except ValueError:
        fault = " a number has too many digits (shorten it)"
    raise ConfigError([f"{path}:{fault}"])


def _syntax(message: str, text: str) -> str:
    """What tomllib says, as `line:column: what (remedy)`."""
    match = _WHERE.search(message)
    what = message[: match.start()] if match else message
    what = what[:1].lower() + what[1:]
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
    else:
        ends = text.replace("\r\n", "\n")
        line, column = ends.count("\n") + 1, len(ends) - ends.rfind("\n")
    remedy = next(
        (tip for start, tip in _REMEDIES.items() if what.startswith(start)), "is a quote or a bracket missing?"
    )
    return f"{line}:{column}: {what} ({remedy})"


def _settings(path: Path, root: Root) -> Settings:
    fetch = root.fetch
    return Settings(
        path=path.absolute(),
        store=root.store,
        zone=root.zone,
        country=root.country,
        next_working_day=root.next_working_day,
        fetch=FetchSettings(
            contact=fetch.contact,
            allow_networks=fetch.allow_networks,
            deadline=fetch.deadline,
            max_bytes=fetch.max_bytes,
            gap=fetch.gap,
            environment=fetch.environment,
            proxy_resolves=fetch.proxy_resolves,
            browser=fetch.browser,
        ),
        mail_url=root.mail.url if root.mail else None,
        mail_from=root.mail.sender if root.mail else None,
        unsubscribe=root.mail.unsubscribe if root.mail else None,
        archive=root.archive,
        sources=tuple(_source(table, root.defaults, root.zone) for table in root.source),
        subscribers=tuple(_subscriber(table) for table in root.subscriber),
        operator=_operator(root.operator),
        timestamps=_authority(path, root.timestamps),
        retention=Retention(root.retention.keep_raw == "all", root.retention.raw_age, root.retention.raw_size),
        interests=(
            *(Interest(table.id, table.terms) for table in root.topic),
            *(Interest(table.id, table.terms, table.severity) for table in root.watch),
        ),
        warnings=(
            *_open_to_others(path),
            *cautions(path, root),
            *_without_browser(path, root),
            *_without_stamps(path, root),
        ),
    )


def _source(table: SourceTable, defaults: DefaultsTable, zone: str) -> Source:
    """One source; what it does not say is taken from the defaults."""
    language = table.language or defaults.language
    every = defaults.every if table.every is None else table.every
    return Source(
        id=table.id,
        vendor=table.vendor,
        document=table.document,
        urls=(table.url,) if table.url is not None else table.urls or tuple(page.url for page in table.page),
        every=longest_gap(every) if isinstance(every, str) else every,
        adaptive=defaults.adaptive if table.adaptive is None else table.adaptive,
        cron=Cron(every, zone) if isinstance(every, str) else None,
        rules=_rules_of(table, language),
        fetcher=table.fetcher or defaults.fetcher,
        tags=defaults.tags if table.tags is None else table.tags,
        confirm=defaults.confirm if table.confirm is None else table.confirm,
        robots=defaults.robots if table.robots is None else table.robots,
        objection=table.objection,
        flapping=defaults.flapping if table.flapping is None else table.flapping,
        earlier=tuple(
            EarlierRules(past.valid_until, _rules(past, language))
            for past in sorted(table.earlier, key=lambda past: past.valid_until)
        ),
        access=_access(table, defaults),
        wait_for=table.wait_for,
    )


def _rules_of(table: SourceTable, language: str | None) -> ExtractRules:
    """The rules of a source; a page that has no selectors of its own is read by the source's."""
    rules = _rules(table, language)
    if all(page.select is None and page.remove is None for page in table.page):
        return rules
    shared = {"select": table.select, "remove": table.remove}
    own = (
        page.model_copy(update={key: parts for key, parts in shared.items() if getattr(page, key) is None})
        for page in table.page
    )
    pages = tuple(_page_rules(page, language) for page in own)
    several = replace(rules, pages=pages)
    return several.of_page(0) if len(pages) == 1 else several


def _access(table: SourceTable, defaults: DefaultsTable) -> Access:
    own = {name.lower() for name, _ in table.headers}
    return Access(
        headers=(*(pair for pair in defaults.headers if pair[0].lower() not in own), *table.headers),
        cookies=table.cookies,
        auth=table.auth,
        proxy=table.proxy or defaults.proxy,
        client_cert=table.client_cert,
        client_key=table.client_key,
    )


def _rules(table: SourceTable | EarlierTable, language: str | None) -> ExtractRules:
    own = _page_rules(table, language)
    return ExtractRules(own.select, own.remove, language, own.select_ranges, own.remove_ranges)


def _page_rules(table: SourceTable | EarlierTable | PageTable, language: str | None) -> PageRules:
    """Selectors and ranges, each with its like."""
    kept, left_out = (
        (
            tuple(part for part in parts or () if isinstance(part, str)),
            tuple(
                Range(part.start, part.end, after=not part.from_included, through=part.to_included)
                for part in parts or ()
                if isinstance(part, RangeTable)
            ),
        )
        for parts in (table.select, table.remove)
    )
    return PageRules(kept[0], left_out[0], language, kept[1], left_out[1])


def _subscriber(table: SubscriberTable) -> Subscriber:
    return Subscriber(
        name=table.name,
        targets=tuple(Target(template) for template in table.to),
        vendors=table.vendors,
        documents=table.documents,
        tags=table.tags,
        topics=table.topics,
        min_severity=table.min_severity,
        directions=table.direction,
        languages=table.languages,
        cadence=table.cadence,
        at=table.at,
        quiet=table.quiet_hours,
        proof=table.proof,
        reminders=table.reminders,
        attach=table.attach,
        lang=table.lang,
        subject=table.subject,
        intro=table.intro,
        outro=table.outro,
    )


def _operator(table: OperatorTable | None) -> Operator:
    if table is None:
        return Operator()
    targets = tuple(Target(template) for template in table.to)
    return Operator(targets, table.after_failures, table.after, table.remind, table.lang)


def _authority(path: Path, table: TimestampsTable | None) -> Authority | None:
    if table is None:
        return None
    ca = path.absolute().parent / Path(table.ca).expanduser() if table.ca is not None else None
    return Authority(table.url, ca, table.policy, table.auth, table.every)


def _without_stamps(path: Path, root: Root) -> list[str]:
    return [f"{path}: [timestamps]: {MISSING}"] if root.timestamps is not None and not installed() else []


def _without_browser(path: Path, root: Root) -> list[str]:
    """What is missing for the sources that ask for a browser; one line for all. With "auto" none may be needed."""
    asked = [table.id for table in root.source if (table.fetcher or root.defaults.fetcher) == "browser"]
    missing = what_is_missing(root.fetch.browser) if asked else None
    return [f"{path}: {missing}: {', '.join(asked)}"] if missing else []


def _open_to_others(path: Path) -> list[str]:
    """Who else may write the file. It holds no secret, but it decides what is watched and who is told."""
    if os.name != "posix" or not path.exists():
        return []
    found: list[str] = []
    folder = path.absolute().parent
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        found.append(f"{path}: others may write this file (chmod go-w {path})")
    mode = folder.stat().st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        found.append(f"{path}: everybody may write its folder (chmod o-w {folder})")
    return found
