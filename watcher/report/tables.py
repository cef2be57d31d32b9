"""The history as tables for other programs: versions, changes, facts and checks as JSON, CSV and JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from storage.model import ChangeQuery, FactQuery, RecordedChange, Source
from storage.protocol import Store
from watcher.report import contract
from watcher.report.answers import stated_json
from watcher.report.contract import Json
from watcher.report.dpv import concepts
from watcher.report.spreadsheet import as_csv

WHAT = ("versions", "changes", "facts", "checks")
_COLUMNS = {
    "versions": "source version cause verdict first_seen last_seen title language effective_date last_updated words "
    "fingerprint captures",
    "changes": "source vendor document url version seen_before seen_after severity direction kind topic topics "
    "concepts section summary before after rules",
    "facts": "source vendor document version first_seen last_seen type fields quote section",
    "checks": "source from until count outcome reason detail",
}
_FIXED = frozenset({"source", "vendor", "document", "version", "first_seen", "last_seen", "type", "quote", "section"})
# The terms of JSON-LD that say what our members are; the rest stays ours.
_CONTEXT: Json = {
    "@vocab": "https://w3id.org/clausewatch/contract#",
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "url": {"@id": "dct:source", "@type": "@id"},
    "concepts": {"@id": "dct:subject", "@type": "@id"},
    "seen_before": {"@id": "prov:startedAtTime", "@type": "xsd:dateTime"},
    "seen_after": {"@id": "prov:endedAtTime", "@type": "xsd:dateTime"},
    "summary": "dct:description",
}


def rows_of(store: Store, what: str, source: Source | None) -> list[Json]:
    """The rows of one table, of one source or of all, as the contracts have them."""
    key = source.id if source else None
    if what == "versions":
        return [contract.version_json(version) for version in store.versions(key)]
    if what == "changes":
        return [_change(one) for one in store.changes(ChangeQuery(source_id=key))]
    if what == "facts":
        return [stated_json(one) for one in store.stated(FactQuery(source_id=key, history=True))]
    sources = [source] if source else store.sources()
    return [contract.ledger_json(entry) for one in sources for entry in store.ledger(one.id)]


def _change(one: RecordedChange) -> Json:
    return {**contract.recorded_json(one), "concepts": concepts((one.change.topic, *one.change.topics))}


def table_csv(what: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as CSV: one column a member, lists with semicolons between their entries."""
    columns = _COLUMNS[what].split()
    return as_csv(columns, ([_cell(row, column) for column in columns] for row in rows))


def json_ld(what: str, rows: Sequence[Mapping[str, Any]]) -> Json:
    """The rows as one JSON-LD document whose topics are concepts of the Data Privacy Vocabulary."""
    return {"@context": _CONTEXT, "@graph": [{"@type": what.removesuffix("s").capitalize(), **row} for row in rows]}


def _cell(row: Mapping[str, Any], column: str) -> object:
    if column == "fields":
        return "; ".join(f"{name}: {value}" for name, value in row.items() if name not in _FIXED and value is not None)
    value = row.get(column)
    if column == "section" and isinstance(value, list):
        return " > ".join(value)
    return "; ".join(map(str, value)) if isinstance(value, list) else value
