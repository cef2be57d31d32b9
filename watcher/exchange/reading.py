"""Read a list of sources in the form of another program, and make it fit for `sources.toml`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from storage.errors import ConfigError, UsageError
from storage.model import Source
from watcher.config.edit import table_text
from watcher.config.load import judge
from watcher.config.schema import keys
from watcher.exchange import declarations, joblists, lists, watches
from watcher.exchange.kinds import document_of
from watcher.exchange.naming import label, owner, slug
from watcher.exchange.taken import Draft, Entry, Note, Taken

FORMS = ("declarations", "urlwatch", "webchanges", "changedetection", "csv", "urls")
_MOST_BYTES = 20_000_000
_MOST_SOURCES = 50_000


def read_sources(path: Path, form: str | None = None) -> Taken:
    """The sources of a file or folder. `form` is one of `FORMS`, None to tell it from the content.

    A source that `sources.toml` could not hold is left out with a note. Raises UsageError for a path that cannot be
    read, a form that is unknown and a file that is not in its form.
    """
    if form is not None and form not in FORMS:
        raise UsageError(f"{form!r} is no form (one of {', '.join(FORMS)})")
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    return _fit(_drafts(path, form))


def without_known(taken: Taken, known: Sequence[Source]) -> Taken:
    """What of it is not watched yet, by id and by address; a note for each that is."""
    ids = {source.id: source.id for source in known}
    pages = {source.urls: source.id for source in known}
    entries: list[Entry] = []
    notes = list(taken.notes)
    for entry in taken.entries:
        twin = ids.get(entry["id"]) or pages.get(_addresses(entry))
        if twin is None:
            entries.append(entry)
        else:
            notes.append(Note(str(entry["id"]), f"is left as it is: it is watched already, as {twin}"))
    return Taken(tuple(entries), tuple(notes))


def _drafts(path: Path, form: str | None) -> Iterator[Draft]:
    if path.is_dir():
        yield from _folder(path, form)
        return
    chosen = form or _form_of(path)
    if chosen == "declarations":
        yield from declarations.read_declaration(path)
    elif chosen == "changedetection":
        yield from watches.read_watches(path)
    elif chosen in {"urlwatch", "webchanges"}:
        yield from joblists.read_job_list(path, _text(path))
    elif chosen == "csv":
        yield from lists.read_table(path, _text(path))
    else:
        yield from lists.read_addresses(path, _text(path))


def _folder(path: Path, form: str | None) -> Iterator[Draft]:
    """A folder of declarations: the one thing that is kept in a folder."""
    if form not in {None, "declarations"}:
        raise UsageError(f"{path}: is a folder (name the file; only declarations are read from folders)")
    files = sorted(file for file in path.glob("*.json") if not declarations.is_history(file))
    found = 0
    for file in files:
        try:
            for draft in declarations.read_declaration(file):
                found += 1
                yield draft
        except UsageError as error:
            yield Draft(file.name, {}, (Note(file.name, str(error).removeprefix(f"{file}: "), lost=True),))
    if not found:
        raise UsageError(f"{path}: holds no declaration (*.json) of Open Terms Archive")


def _form_of(path: Path) -> str:
    """What a file is: by its name where that says it, else by its content."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return "changedetection"
    if suffix in {".csv", ".tsv"}:
        return "csv"
    text = _text(path)
    if suffix == ".json" or text.lstrip().startswith(("{", "[")):
        data = _json(path, text)
        if watches.is_watch_list(data):
            return "changedetection"
        if declarations.is_declaration(data):
            return "declarations"
        raise UsageError(
            f"{path}: is neither a declaration nor a backup of changedetection.io (--format names what it is)"
        )
    if suffix in {".yaml", ".yml"}:
        if joblists.is_job_list(joblists.first_document(path, text)):
            return "webchanges"
        raise UsageError(f'{path}: is no job list (its first document has no "url")')
    return "csv" if lists.is_table(text) else "urls"


def _text(path: Path) -> str:
    """Raises UsageError for what is too large, unreadable or no UTF-8."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{path}: is larger than {_MOST_BYTES // 1_000_000} MB (is it the right file?)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte 0x{data[error.start]:02X} is not UTF-8 (save the file as UTF-8)") from error


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read as JSON ({error})") from error


def _fit(drafts: Iterator[Draft]) -> Taken:
    """Complete and judge every draft; ids and pages come out all different."""
    entries: list[Entry] = []
    notes: list[Note] = []
    ids: set[str] = set()
    pages: dict[str, str] = {}
    for number, draft in enumerate(drafts):
        if number == _MOST_SOURCES:
            notes.append(Note(draft.place, f"is left out, and all behind it: more than {_MOST_SOURCES}", lost=True))
            break
        notes += draft.notes
        if not draft.entry:
            continue
        entry = _completed(draft.entry, ids)
        if (fault := _fault(draft.place, entry, notes)) is None and (twin := pages.get(_page(entry))) is not None:
            fault = f"is the same page as {twin}, read in the same way"
        if fault is not None:
            notes.append(Note(draft.place, f"is left out: {fault}", lost=True))
            continue
        ids.add(entry["id"])
        pages[_page(entry)] = entry["id"]
        entries.append(entry)
    return Taken(tuple(entries), tuple(notes))


def _completed(entry: Entry, ids: set[str]) -> dict[str, Any]:
    """The entry with an id that none of `ids` is, a vendor and a document."""
    found = dict(entry)
    title = str(found.pop("title", ""))
    url = next(iter(_addresses(found)), "")
    document = found.setdefault("document", document_of(title, url).value)
    maker = owner(url)
    found["vendor"] = label(found.get("vendor")) or maker.capitalize()
    wanted = found.get("id") or f"{slug(found['vendor']) or maker}/{slug(str(document)) or 'document'}"
    found["id"] = wanted
    count = 2
    while found["id"] in ids:
        found["id"] = f"{wanted}-{count}"
        count += 1
    return found


def _fault(place: str, entry: dict[str, Any], notes: list[Note]) -> str | None:
    """Why `sources.toml` could not hold the entry. A key that it does not know is taken out and noted."""
    for key in [key for key in entry if key not in keys("source")]:
        notes.append(Note(place, f"{key} is not kept (this version has no such key)"))
        del entry[key]
    try:
        judge(Path("sources.toml"), table_text(entry))
    except ConfigError as error:
        return "; ".join(fault.split(": ", 2)[-1] for fault in error.faults)
    except (ValueError, TypeError) as error:  # what no TOML can hold
        return str(error)
    return None


def _page(entry: Entry) -> str:
    """What tells one page, read in one way, from others."""
    parts = {key: entry.get(key) for key in ("url", "urls", "page", "select", "remove")}
    return json.dumps(parts, default=str, sort_keys=True)


def _addresses(entry: Entry) -> tuple[str, ...]:
    """The addresses of an entry, in order, however they are written."""
    several = entry.get("urls") or [one.get("url") for one in entry.get("page", ()) if isinstance(one, Mapping)]
    return tuple(url for url in ([entry["url"]] if "url" in entry else several) if isinstance(url, str))
