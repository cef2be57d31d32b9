"""The questions as an OpenAPI document (version 3.1, https://spec.openapis.org/oas/v3.1.1)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from watcher.programs.asked import Paged
from watcher.programs.catalogue import QUESTIONS, Question, schema_of

Json = dict[str, Any]
_SCHEMAS = "#/components/schemas/{model}"
# A source's id has a slash, which no parameter of a path may hold (OpenAPI 3.1, 4.8.12.2).
IN_PATH = {"source": "{vendor}/{document}"}
_PARTS = {"source": ("vendor", "document")}


def openapi() -> Json:
    """The description of every question under `/api`."""
    schemas: Json = {"Problem": _PROBLEM}
    paths = {http_path(question): {"get": _operation(question, schemas)} for question in QUESTIONS}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "clausewatch",
            "version": version("clausewatch"),
            "summary": "What vendors' privacy documents say, and how that changed. Read-only.",
        },
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def http_path(question: Question) -> str:
    """The path of a question, with the parts of a source's id for the id."""
    path = question.path
    for name, parts in IN_PATH.items():
        path = path.replace(f"{{{name}}}", parts)
    return path


def _operation(question: Question, schemas: Json) -> Json:
    asks = schema_of(question, references=_SCHEMAS)
    schemas.update(asks.pop("$defs", {}))
    parameters: list[Json] = []
    for name, schema in asks.get("properties", {}).items():
        parameters += _parameters(question, name, schema, required=name in asks.get("required", ()))
    whole, parts = _whole(question)
    schemas.update(parts)
    headers: Json = {"ETag": {"schema": {"type": "string"}, "description": "Changes with the answer."}}
    if issubclass(question.asks, Paged):
        headers["Link"] = {"schema": {"type": "string"}, "description": 'The next page, rel="next" (RFC 8288).'}
    return {
        "operationId": question.name,
        "summary": question.says,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer.", "headers": headers, "content": {"application/json": whole}},
            "304": {"description": "The answer is the one with the ETag of If-None-Match."},
            **{code: _problem(what) for code, what in _PROBLEMS.items()},
        },
    }


def _parameters(question: Question, name: str, schema: Json, *, required: bool) -> list[Json]:
    told = schema.pop("description", "")
    schema.pop("title", None)
    if f"{{{name}}}" not in question.path:
        place = {"name": name, "in": "query", "required": required, "description": told, "schema": schema}
        return [place | ({"explode": True, "style": "form"} if schema.get("type") == "array" else {})]
    text: Json = {"type": "string", "minLength": 1}
    return [
        {"name": part, "in": "path", "required": True, "description": told, "schema": text}
        for part in _PARTS.get(name, (name,))
    ]


def _whole(question: Question) -> tuple[Json, Json]:
    """The form of the answer, and the forms that it is made of, by their names."""
    schema = question.form.model_json_schema(ref_template=_SCHEMAS)
    parts: Json = schema.pop("$defs", {})
    parts[question.form.__name__] = schema
    item: Json = {"$ref": _SCHEMAS.format(model=question.form.__name__)}
    told = f"docs/reference/contracts.md, {question.shape}"
    if question.answer.__annotations__["return"].startswith("list"):
        return {"schema": {"type": "array", "items": item, "description": told}}, parts
    return {"schema": {**item, "description": told}}, parts


def _problem(what: str) -> Json:
    schema = {"$ref": _SCHEMAS.format(model="Problem")}
    return {"description": what, "content": {"application/problem+json": {"schema": schema}}}


_PROBLEMS = {
    "400": "The question is put wrongly; all faults are named.",
    "404": "There is no such source, version or vendor.",
    "422": "These two versions cost too much to compare.",
}
_PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "faults": {"type": "array", "items": {"type": "string"}},
    },
}
