"""Faults of a configuration: gathered while it is judged, then told all at once, one line each, in the file's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from watcher.config.locate import Lines, Path
from watcher.config.schema import TABLES, keys
from watcher.config.selectors import RANGE_FORM, TEXT_FORM, RangeTable
from watcher.config.wording import kind, meant, shown

# What to write where a key is missing.
_EXAMPLES = {
    "id": 'id = "vendor/privacy"',
    "vendor": 'vendor = "Example"',
    "document": 'document = "privacy-policy"',
    "name": 'name = "privacy-team"',
    "to": 'to = ["mailto:privacy@example.org"]',
    "url": 'url = "smtp://mail.example.org:587"',
    "source.page.url": 'url = "https://example.org/privacy"',
    "terms": 'terms = ["data centre"]',
    "from": 'from = "clausewatch <alerts@example.org>"',
    "valid_until": "valid_until = 2025-03-01",
}
_RANGE = 'from = "h2#privacy"'
_SECRET_KEYS = frozenset({"to", "store", "url", "urls", "from", "headers", "cookies", "auth", "proxy"})
_LISTS = ("source", "subscriber", "topic", "watch")


class Faults:
    """Faults with the place in the data that each is about."""

    def __init__(self) -> None:
        """None yet."""
        self._found: list[tuple[Path, str]] = []

    def __bool__(self) -> bool:
        """True when there is at least one."""
        return bool(self._found)

    def add(self, path: Path, message: str) -> None:
        """Remember one; `path` is a key of the parsed data, or a table when a key is missing in it."""
        self._found.append((path, message))

    def at(self, path: Path) -> bool:
        """True when there is a fault at this very place."""
        return any(found == path for found, _ in self._found)

    def add_all(self, error: ValidationError, data: Mapping[str, Any]) -> None:
        """Take over what pydantic found, in our words. No word of pydantic's own may come through: it quotes values."""
        for entry in error.errors(include_url=False):
            path: Path = tuple(part for part in entry["loc"] if part not in {TEXT_FORM, RANGE_FORM})
            if entry["type"] == "missing":
                example = _RANGE if _table(path) == RANGE_FORM else _example(path)
                self.add(path[:-1], f'"{path[-1]}" is missing (write {example})')
            elif entry["type"] == "extra_forbidden":
                self.add(path, _unknown(path))
            elif entry["type"] == "value_error":
                self.add(path, str(entry["ctx"]["error"]))
            elif entry["type"] == "tuple_type":
                self.add(path, _no_list(path, _get(data, path)))
            else:
                self.add(path, _no_table(path, _get(data, path)))

    def lines(self, name: str, text: str, data: Mapping[str, Any]) -> list[str]:
        """Every fault as `name:line: place: message`, in the order of the file."""
        lines = Lines(text)
        placed = sorted(((lines.line(path), path, message) for path, message in self._found), key=lambda item: item[0])
        return list(dict.fromkeys(f"{name}:{line}: {label(path, data)}{message}" for line, path, message in placed))


def _example(path: Path) -> str:
    """What to write where a key is missing: as it is in this table, else as it is anywhere."""
    whole = ".".join(part for part in path if isinstance(part, str))
    return _EXAMPLES.get(whole) or _EXAMPLES.get(str(path[-1]), str(path[-1]))


def label(path: Path, data: Mapping[str, Any]) -> str:
    """A place in words a person knows: `source topdesk/privacy: every: `."""
    parts = [shown(part)[1:-1] for part in path[:1]]
    rest = path[1:]
    if path and path[0] in _LISTS and rest and isinstance(rest[0], int):
        parts = [f"{path[0]} {naming(data, str(path[0]), rest[0])}"]
        rest = rest[1:]
    value = _get(data, path[: len(path) - len(rest)])
    for part in rest:
        if isinstance(part, int):
            if isinstance(value, list) and len(value) > 1:
                parts[-1] += f", entry {part + 1}"
        else:
            parts.append(shown(part)[1:-1])
        value = _step(value, part)
    return "".join(f"{part}: " for part in parts if part)


def naming(data: Mapping[str, Any], table: str, number: int) -> str:
    """How one entry of a list of tables is called in a message: by its id or name, else by its number in the file."""
    name = _get(data, (table, number, "name" if table == "subscriber" else "id"))
    plain = isinstance(name, str) and 0 < len(name) <= 100 and name.isprintable() and name == name.strip()
    return str(name) if plain else f"#{number + 1}"


def _unknown(path: Path) -> str:
    """An unknown key: its value is not told, for nobody knows what it is."""
    key = str(path[-1])
    table = _table(path)
    known = tuple(field.alias or name for name, field in RangeTable.model_fields.items())
    if table != RANGE_FORM:
        known = keys(table)
    if table and key in {"store", "zone", "country", "next_working_day", "archive"}:
        return f"unknown key here (write {key} at the top of the file, above the first table)"
    plural = key.removesuffix("s")
    if not table and plural in _LISTS:
        return f"unknown key (did you mean [[{plural}]]?)"
    if not table and (home := _home(key)):
        return f"unknown key at the top of the file (it belongs in {home})"
    if table == "subscriber" and key in {"language", "locale"}:  # near to `languages`, which would filter
        return 'unknown key (write lang = "nl" for Dutch messages; languages = ["nl"] chooses documents by theirs)'
    return f"unknown key ({meant(key, known)})"


def _table(path: Path) -> str | None:
    """The table that the last part of a path is a key of; `RANGE_FORM` in a range."""
    names = [part for part in path[:-1] if isinstance(part, str)]
    if len(names) > 1 and names[-1] in {"select", "remove"}:
        return RANGE_FORM
    return ".".join(names) or None


def _home(key: str) -> str | None:
    """The table that a stray key at the top of the file belongs to, if there is but one."""
    homes = [name for name in TABLES if key in keys(name) and "." not in name]
    if len(homes) != 1:
        return None
    return f"[[{homes[0]}]]" if homes[0] in _LISTS else f"[{homes[0]}]"


def _no_list(path: Path, value: object) -> str:
    name = str(path[-1])
    if name in {"earlier", "page"}:
        return f"is {kind(value)} (write [[source.{name}]] with two brackets)"
    if isinstance(value, Mapping) and name in {"select", "remove"}:
        return f"is a table (write {name} = [{{ {_RANGE} }}])"
    if len(path) == 1:
        return f"is {kind(value)} (write [[{name}]] with two brackets)"
    quoted = isinstance(value, str) and name not in _SECRET_KEYS
    example = f"[{shown(value)}]" if quoted else '["…"]'
    told = shown(value) if name not in _SECRET_KEYS else kind(value)
    return f"{told} is not a list (write {example})"


def _no_table(path: Path, value: object) -> str:
    name = ".".join(part for part in path if isinstance(part, str))
    table = f"[[{name}]]" if path[0] in _LISTS else f"[{name}]"
    brackets = " with one bracket" if isinstance(value, list) else ""
    return f"is {kind(value)} (write {table}{brackets} and its keys below)"


def _get(data: object, path: Iterable[str | int]) -> object:
    for part in path:
        data = _step(data, part)
    return data


def _step(data: object, part: str | int) -> object:
    if isinstance(data, Mapping) and isinstance(part, str):
        return data.get(part)
    if isinstance(data, list) and isinstance(part, int) and part < len(data):
        return data[part]
    return None
