"""What only two keys together can tell: duplicates, choices, and filters that name what is not there.

Works on the parsed data, not on the models, so that one wrong key hides no other fault: each value is looked at only if
it is of the right kind, and what is wrong with its kind has been told already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from storage.model import OPERATOR, Topic
from watcher.config.addresses import same_page
from watcher.config.entries import check_access
from watcher.config.faults import Faults, naming
from watcher.config.locate import Path
from watcher.config.wording import closest, either, meant, shown

Data = Mapping[str, Any]


def check_together(data: Data, faults: Faults) -> None:
    """Add every fault that lies between keys."""
    if not data.get("source") and not isinstance(data.get("source"), Mapping):
        faults.add((), 'no [[source]] in it (add one with "id", "vendor", "document" and "url")')
    for number, source in _tables(data, "source"):
        _one_address(number, source, faults)
        _own_days(number, source, faults)
        _waits(number, source, data, faults)
    _same_name(data, "source", "id", faults)
    _same_name(data, "subscriber", "name", faults)
    _same_pages(data, faults)
    check_access(data, faults)
    own = _own_topics(data, faults)
    vendors = {name for _, source in _tables(data, "source") for name in _texts([source.get("vendor")])}
    tags = {tag for _, source in _tables(data, "source") for tag in _texts(source.get("tags"))}
    defaults = data.get("defaults")
    tags.update(_texts(defaults.get("tags")) if isinstance(defaults, Mapping) else ())
    for number, subscriber in _tables(data, "subscriber"):
        _known(("subscriber", number, "vendors"), subscriber, vendors, "vendor", faults)
        _known(("subscriber", number, "tags"), subscriber, tags, "tag", faults)
        _topics(number, subscriber, own, faults)
        _targets(("subscriber", number), subscriber, data, faults)
    operator = data.get("operator")
    if isinstance(operator, Mapping):
        _targets(("operator",), operator, data, faults)
        _reserved(data, faults)


def _tables(data: Data, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    found = data.get(name)
    for number, entry in enumerate(found if isinstance(found, list) else ()):
        if isinstance(entry, Mapping):
            yield number, entry


def _texts(value: object) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _one_address(number: int, source: Mapping[str, Any], faults: Faults) -> None:
    found = [key for key in ("url", "urls", "page") if key in source]
    for key in found[1:]:
        faults.add(("source", number, key), f'stands beside "{found[0]}" (write one of the two)')
    if not found:
        faults.add(("source", number), '"url" is missing (write url = "https://example.org/privacy")')
    elif source[found[0]] == []:
        faults.add(("source", number, found[0]), 'is empty (write url = "https://example.org/privacy")')


def _waits(number: int, source: Mapping[str, Any], data: Data, faults: Faults) -> None:
    """A selector to wait for where nothing waits."""
    defaults = data.get("defaults")
    usual = defaults.get("fetcher", "http") if isinstance(defaults, Mapping) else "http"
    if "wait_for" in source and source.get("fetcher", usual) == "http":
        faults.add(("source", number, "wait_for"), 'only a browser waits (write fetcher = "auto", or take it out)')


def _own_days(number: int, source: Mapping[str, Any], faults: Faults) -> None:
    """Earlier selectors that end on the same day: only one of them can have held."""
    seen: set[str] = set()
    for position, earlier in _tables(source, "earlier"):
        day = str(earlier.get("valid_until"))
        if "valid_until" in earlier and day in seen:
            path = ("source", number, "earlier", position, "valid_until")
            faults.add(path, f"{day} is there twice (one day ends one set of selectors)")
        seen.add(day)


def _same_name(data: Data, table: str, key: str, faults: Faults) -> None:
    """Two ids or names that are one, or that differ only by case: on paper and in file names they would be one."""
    first: dict[str, tuple[int, str]] = {}
    for number, entry in _tables(data, table):
        name = entry.get(key)
        if not isinstance(name, str):
            continue
        number_before, before = first.setdefault(name.casefold(), (number, name))
        if number_before == number:
            continue
        if before == name:
            faults.add((table, number, key), f"{shown(name)} is there twice (choose another {key})")
        else:
            differs = f"{shown(name)} differs from {shown(before)} only by upper and lower case"
            faults.add((table, number, key), f"{differs} (choose another {key})")


def _same_pages(data: Data, faults: Faults) -> None:
    """The same page twice, unless each time another part of it is selected."""
    first: dict[tuple[str, str], int] = {}
    for number, source in _tables(data, "source"):
        seen: set[str] = set()
        for path, url, part in _addresses(number, source):
            page = same_page(url)
            before = first.setdefault((page, part), number)
            if before != number:
                other = naming(data, "source", before)
                faults.add(path, f'the same page as source {other} (take one out, or give each its own "select")')
            elif page in seen:
                faults.add(path, "the same page twice in one source (take one out)")
            seen.add(page)


def _addresses(number: int, source: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    """The addresses of a source, each with its place and what is taken out of the page, as one text."""
    part = json.dumps([source.get("select"), source.get("remove")], default=str)
    if isinstance(source.get("url"), str):
        yield ("source", number, "url"), source["url"], part
    for position, url in enumerate(_texts(source.get("urls"))):
        yield ("source", number, "urls", position), url, part
    for position, page in _tables(source, "page"):
        if isinstance(page.get("url"), str):
            own = json.dumps([page.get("select", source.get("select")), page.get("remove", source.get("remove"))])
            yield ("source", number, "page", position, "url"), page["url"], own


def _reserved(data: Data, faults: Faults) -> None:
    """A subscriber who is called as the deliveries of `[operator]` are."""
    for number, subscriber in _tables(data, "subscriber"):
        if subscriber.get("name") == OPERATOR:
            faults.add(
                ("subscriber", number, "name"), f"{shown(OPERATOR)} is kept for [operator] (choose another name)"
            )


def _known(
    path: tuple[str, int, str], subscriber: Mapping[str, Any], known: set[str], what: str, faults: Faults
) -> None:
    for position, word in enumerate(_texts(subscriber.get(path[2]))):
        if word not in known:
            faults.add(
                (*path, position),
                f"no source has the {what} {shown(word)} ({meant(word, sorted(filter(None, known)))})",
            )


def _own_topics(data: Data, faults: Faults) -> list[str]:
    """The ids of the user's own topics and watches: each once over both tables, and none of those that are built in."""
    found: list[str] = []
    for table in ("topic", "watch"):
        for number, entry in _tables(data, table):
            name = entry.get("id")
            if not isinstance(name, str):
                continue
            if name in set(Topic):
                faults.add((table, number, "id"), f"{shown(name)} is a topic of clausewatch (choose another id)")
            elif name in found:
                faults.add((table, number, "id"), f"{shown(name)} is there twice (choose another id)")
            found.append(name)
    return found


def _topics(number: int, subscriber: Mapping[str, Any], own: list[str], faults: Faults) -> None:
    known = [*Topic, *own]
    for position, word in enumerate(_texts(subscriber.get("topics"))):
        if word not in known:
            hint = f'did you mean "{near}"?' if (near := closest(word, known)) else f"one of {either(known)}"
            faults.add(("subscriber", number, "topics", position), f"{shown(word)} is unknown ({hint})")


def _targets(place: Path, table: Mapping[str, Any], data: Data, faults: Faults) -> None:
    targets = _texts(table.get("to"))
    if table.get("to") == []:
        faults.add((*place, "to"), 'is empty (write to = ["mailto:privacy@example.org"])')
    seen: set[str] = set()
    for position, target in enumerate(targets):
        path = (*place, "to", position)
        if target in seen:
            faults.add(path, "the same address twice (take one out)")
        elif target.startswith("mailto:") and "mail" not in data:
            faults.add(path, 'mail needs a [mail] table (write [mail] with "url" and "from")')
        seen.add(target)
