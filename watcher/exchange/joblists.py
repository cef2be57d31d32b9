"""Job lists of urlwatch and webchanges: one YAML document for each page, with its filters.

Formats: https://urlwatch.readthedocs.io/en/latest/jobs.html and https://webchanges.readthedocs.io/en/stable/jobs.html.
Shell jobs and filters that run programs are named and left out: nothing of a list is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from storage.errors import UsageError
from watcher.exchange.naming import label
from watcher.exchange.taken import Draft, Note

MOST_BYTES = 2_000_000
# Aliases let a small file stand for an endless one; real lists use a handful.
_MOST_ALIASES = 200
# Only about how the text is laid out, which is ours to do.
_LAYOUT = frozenset(
    {"html2text", "html2txt", "strip", "striplines", "strip_each_line", "beautify", "format-html", "remove_extra_lines"}
    | {"pdf2text", "reverse", "remove-blank-lines", "normalize-whitespace"}
)
_BY_NAME = {"element-by-id": "#{}", "element-by-class": ".{}", "element-by-tag": "{}"}
# About the program or the layout of its reports: nothing is lost without them.
_SILENT = frozenset(
    {"name", "url", "navigate", "kind", "filter", "filters", "use_browser", "index_number", "note", "user_visible_url"}
    | {
        "diff_tool",
        "diff_filter",
        "diff_filters",
        "differ",
        "markdown_padded_tables",
        "max_tries",
        "timeout",
        "enabled",
    }
    | {"monospace", "is_markdown", "guid", "wait_for_selector", "wait_until", "wait_for_timeout", "loop", "timezone"}
)
# Values that may be secrets are not copied into a file that people share; the key of ours that holds them is named.
_SECRET = {
    "headers": 'write headers = { Name = "${SECRET}" }',
    "cookies": 'write cookies = { name = "${SECRET}" }',
    "http_proxy": "write proxy",
    "https_proxy": "write proxy",
    "proxy": "write proxy",
}
_NAMED = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = r"(?:\*|[a-z][a-z0-9]*)(?:\[@[a-z-]+=(?:'[^'\]]*'|\"[^\"\]]*\")\])?"
# The few forms of XPath that are a CSS selector in other words.
_XPATH = re.compile(rf"//{_STEP}(?://?{_STEP})*")


def read_job_list(path: Path, text: str) -> Iterator[Draft]:
    """Every job of a list. Raises UsageError when it is no YAML, or one that is made to grow."""
    for number, job in enumerate(_documents(path, text), start=1):
        if job is None:
            continue
        place = f"{path.name}: job {number}"
        if not isinstance(job, Mapping):
            yield Draft(place, {}, (Note(place, 'is no job with "url" (see the list)', lost=True),))
            continue
        place += f" ({name})" if (name := label(job.get("name"))) else ""
        yield _draft(place, job)


def is_job_list(data: object) -> bool:
    """Whether the first document of a YAML file is a job."""
    return isinstance(data, Mapping) and bool({"url", "navigate", "command"} & set(data))


def first_document(path: Path, text: str) -> object:
    """The first document of a YAML file. Raises UsageError."""
    return next(iter(_documents(path, text)), None)


def _documents(path: Path, text: str) -> Iterator[Any]:
    try:
        aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader))
        if aliases > _MOST_ALIASES:
            raise UsageError(f"{path}: holds {aliases} aliases (at most {_MOST_ALIASES}: write them out)")
        yield from yaml.safe_load_all(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        what = label(getattr(error, "problem", None)) or type(error).__name__
        raise UsageError(f"{path}{where}: cannot be read as YAML ({what})") from error


def _draft(place: str, job: Mapping[str, Any]) -> Draft:
    if "command" in job and "url" not in job:
        return Draft(place, {}, (Note(place, "runs a shell command, which is never done here", lost=True),))
    notes: list[Note] = []
    entry: dict[str, Any] = {"url": job.get("url", job.get("navigate"))}
    if name := label(job.get("name")):
        entry["title"] = name
    if "navigate" in job or job.get("use_browser") is True or job.get("kind") == "browser":
        entry["fetcher"] = "browser"
    if isinstance(wait := job.get("wait_for_selector"), str):
        entry["wait_for"] = wait
    chosen: dict[str, list[str]] = {"select": [], "remove": []}
    for step in _steps(job.get("filter", job.get("filters"))):
        _keep(place, step, chosen, notes)
    entry |= {key: found for key, found in chosen.items() if found}
    for key in (label(key) or "?" for key in job if key not in _SILENT):
        remedy = _SECRET.get(key, "see whether a key of ours does the same")
        notes.append(Note(place, f"{key} is not kept ({remedy})"))
    return Draft(place, entry, tuple(notes))


def _steps(value: object) -> Iterator[tuple[str, Any]]:
    """Filters by name with what they are told, in all the ways they may be written."""
    if isinstance(value, str):  # "css:#content,html2text"
        for part in value.split(","):
            name, _, told = part.strip().partition(":")
            yield name, told
    for step in value if isinstance(value, list) else ():
        if isinstance(step, str):
            name, _, told = step.partition(":")
            yield name.strip(), told.strip()
        elif isinstance(step, Mapping):
            yield from ((str(name), told) for name, told in step.items())


def _keep(place: str, step: tuple[str, Any], chosen: dict[str, list[str]], notes: list[Note]) -> None:
    """Take one filter over, or note that it is not."""
    name, told = step
    if name in _LAYOUT:
        return
    options = told if isinstance(told, Mapping) else {"selector": told, "path": told}
    if name in _BY_NAME and _NAMED.fullmatch(str(told)):
        chosen["select"].append(_BY_NAME[name].format(told))
        return
    if name not in {"css", "xpath"}:
        notes.append(Note(place, f"filter {label(name) or '?'} is not kept (see whether the text is right)"))
        return
    wanted = options.get("selector" if name == "css" else "path")
    for key, value in (("select", wanted), ("remove", options.get("exclude"))):
        if value is None:
            continue
        selector = str(value) if name == "css" else xpath_as_css(str(value))
        if selector is None:
            notes.append(Note(place, f"xpath {label(str(value)) or '?'} is not kept (write {key} with a CSS selector)"))
        else:
            chosen[key].append(selector)


def xpath_as_css(path: str) -> str | None:
    """The CSS selector that finds what a plain XPath finds; None for one that is not plain.

    Plain are names, one attribute each by its whole value, `/` and `//`: `//div[@id="x"]//p` is `div[id="x"] p`.
    """
    if not _XPATH.fullmatch(path):
        return None
    text = path.removeprefix("//").replace("//", " ").replace("/", " > ")
    return re.sub(r"\[@([a-z-]+)=(?:'([^']*)'|\"([^\"]*)\")\]", lambda m: f'[{m[1]}="{m[2] or m[3] or ""}"]', text)
