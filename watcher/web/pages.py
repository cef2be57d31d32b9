"""Which page stands at which path. The server and the folder of files both ask here: the same paths, the same pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from watcher.web.reading import Reading
from watcher.web.rooms import changes, difference, document, lists, overview, uses, vendor, version

Groups = Mapping[str, str]
# Longer numbers name no version and no page.
_NUMBER = r"[1-9][0-9]{0,5}"
_SOURCE = r"(?P<source>source/(?:[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*|~[0-9a-f]{16})/)"


@dataclass(frozen=True, slots=True)
class Page:
    """What a template shows. `part` names the part of the menu that the page belongs to; `query` what was searched."""

    template: str
    part: str
    room: object


Builder = Callable[[Reading, Groups], object | None]


def page_at(reading: Reading, path: str, query: str = "") -> Page | None:
    """The page at a path ("" for the first, "changes/2/" …), None where there is none.

    `query` are the words of a search, for the one page that takes any. Raises ExtractError where a comparison costs
    too much, StoreError where the store cannot be read.
    """
    for pattern, template, part, build in _ROUTES:
        if found := pattern.fullmatch(path):
            groups = {name: value for name, value in found.groupdict().items() if value is not None}
            room = build(reading, {**groups, "query": query})
            return None if room is None else Page(template, part, room)
    return None


def _page(groups: Groups) -> int:
    return int(groups.get("page", "1"))


def _route(pattern: str, template: str, part: str, build: Builder) -> tuple[re.Pattern[str], str, str, Builder]:
    return re.compile(pattern, re.ASCII), template, part, build


_PAGED = rf"(?:(?P<page>{_NUMBER})/)?"
_PARTED = rf"(?:part/(?P<page>{_NUMBER})/)?"
_ROUTES = (
    _route("", "overview", "overview", lambda reading, _: overview.overview(reading)),
    _route(f"vendors/{_PAGED}", "vendors", "vendors", lambda reading, g: overview.vendors(reading, _page(g))),
    _route(
        r"(?P<path>vendor/[a-z0-9-]+/)", "vendor", "vendors", lambda reading, g: vendor.vendor_room(reading, g["path"])
    ),
    _route(
        rf"(?P<path>vendor/[a-z0-9-]+/)recipients/{_PAGED}",
        "vendor_recipients",
        "vendors",
        lambda reading, g: vendor.vendor_recipients(reading, g["path"], _page(g)),
    ),
    _route(
        rf"{_SOURCE}(?:page/(?P<page>{_NUMBER})/)?",
        "document",
        "vendors",
        lambda reading, g: document.document_room(reading, g["source"], _page(g)),
    ),
    _route(
        rf"{_SOURCE}(?P<number>{_NUMBER})/{_PARTED}",
        "version",
        "vendors",
        lambda reading, g: version.version_room(reading, g["source"], int(g["number"]), _page(g)),
    ),
    _route(
        rf"{_SOURCE}(?P<old>{_NUMBER})-(?P<new>{_NUMBER})/{_PARTED}",
        "diff",
        "vendors",
        lambda reading, g: difference.diff_room(reading, g["source"], int(g["old"]), int(g["new"]), _page(g)),
    ),
    _route(
        r"changes/(?:severity/(?P<severity>[a-z]+)/)?(?:direction/(?P<direction>[a-z]+)/)?"
        rf"(?:topic/(?P<topic>[A-Za-z0-9_-]+)/)?{_PAGED}",
        "changes",
        "changes",
        lambda reading, g: changes.changes(
            reading, changes.Chosen(g.get("severity", ""), g.get("direction", ""), g.get("topic", "")), _page(g)
        ),
    ),
    _route(
        f"recipients/{_PAGED}",
        "recipients",
        "recipients",
        lambda reading, g: uses.parties_part(reading, _page(g), g["query"]),
    ),
    _route(
        r"(?P<path>recipients/[a-z0-9-]+/)",
        "recipient",
        "recipients",
        lambda reading, g: uses.party(reading, g["path"]),
    ),
    _route(f"matrix/{_PAGED}", "matrix", "matrix", lambda reading, g: lists.matrix(reading, _page(g))),
    _route("deadlines/", "deadlines", "deadlines", lambda reading, _: lists.deadlines(reading)),
    _route(f"status/{_PAGED}", "status", "status", lambda reading, g: lists.status(reading, _page(g))),
    _route("search/", "search", "search", lambda reading, g: lists.search(reading, g["query"])),
    _route("about/", "about", "about", lambda reading, _: overview.extent(reading)),
)
