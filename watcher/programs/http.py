"""The questions over HTTP: JSON under `/api`, a feed of any choice, mementos. Routes of the reading room.

Every answer has an ETag; a list has its next page in a Link header, so that its body is what `--json` prints.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from storage.errors import ClausewatchError, ExtractError, UsageError
from storage.model import ChangeQuery, Severity
from watcher import history
from watcher.feeds import write_atom
from watcher.programs import memento
from watcher.programs.catalogue import QUESTIONS, BadQuestion, Question, ask
from watcher.programs.openapi import http_path, openapi
from watcher.web.reading import Reading

Json = dict[str, Any]
_FEED = 100
_TITLES = {400: "The question is put wrongly", 404: "Not found", 422: "Too large to compare", 503: "No answer"}


def routes() -> list[Route]:
    """The routes, to stand in front of the pages of `watcher.web.app.application`, behind its guard."""
    found = [Route(f"/api{http_path(question)}", _answering(question)) for question in QUESTIONS]
    return [
        *found,
        Route("/api/openapi.json", _described),
        Route("/api/changes.atom", _guarded(_atom)),
        Route("/api/{rest:path}", _guarded(_unknown)),
        Route("/api", _guarded(_unknown)),
        Route("/memento/timegate/{wanted:path}", _guarded(_timegate)),
        Route("/memento/timemap/{wanted:path}", _guarded(_timemap)),
        Route("/memento/{moment}/{vendor}/{document}", _guarded(_memento)),
    ]


def _answering(question: Question) -> Callable[[Request], Response]:
    def answer(request: Request, reading: Reading) -> Response:
        told = ask(question, reading, _given(question, request))
        response = _json(request, told.told)
        if told.more is not None:
            rest = [(name, text) for name, text in request.query_params.multi_items() if name != "offset"]
            response.headers["Link"] = f'<?{urlencode([*rest, ("offset", str(told.more))])}>; rel="next"'
        return response

    return _guarded(answer)


def _guarded(answer: Callable[[Request, Reading], Response]) -> Callable[[Request], Response]:
    """An endpoint whose faults are told as problems (RFC 9457), never as a traceback."""

    def endpoint(request: Request) -> Response:
        try:
            return answer(request, request.app.state.room.reading())
        except BadQuestion as error:
            return _problem(400, str(error), error.faults)
        except UsageError as error:
            return _problem(404, str(error))
        except ExtractError as error:
            return _problem(422, str(error))
        except ClausewatchError as error:
            return _problem(503, str(error))

    return endpoint


def _given(question: Question, request: Request) -> Json:
    """What was asked with: parts of the path, then of the query; a name given twice is a fault unless it is a list."""
    fields = question.asks.model_fields
    given: Json = dict(request.path_params)
    if "vendor" in given and "document" in given:
        given["source"] = f"{given.pop('vendor')}/{given.pop('document')}"
    faults = []
    for name in dict.fromkeys(request.query_params):
        texts = request.query_params.getlist(name)
        many = name in fields and "list" in str(fields[name].annotation)
        if name in given:
            faults.append(f"{name}: stands in the path already")
        elif len(texts) > 1 and not many:
            faults.append(f"{name}: is given {len(texts)} times")
        given.setdefault(name, texts if many else texts[0])
    if faults:
        raise BadQuestion(faults)
    return given


def _described(request: Request) -> Response:
    return _json(request, openapi())


def _timegate(request: Request, reading: Reading) -> Response:
    """To the memento that stood at Accept-Datetime, or the newest."""
    wanted = request.headers.get("accept-datetime")
    source, versions = _watched(request, reading)
    try:
        chosen = memento.stood_at(versions, memento.accepted(wanted)) if wanted else versions[-1]
    except ValueError as error:
        raise BadQuestion([str(error)]) from None
    root = _root(request)
    headers = {"Vary": "accept-datetime", "Link": memento.links(source, versions, root)}
    return RedirectResponse(f"{root}{memento.memento_path(source.id, chosen)}", 302, headers)


def _timemap(request: Request, reading: Reading) -> Response:
    source, versions = _watched(request, reading)
    return _body(request, memento.time_map(source, versions, _root(request)).encode(), "application/link-format")


def _memento(request: Request, reading: Reading) -> Response:
    """The text of a version. The page itself is never served: it is a stranger's, and text is what was compared."""
    source_id = "{vendor}/{document}".format(**request.path_params)
    versions = history.versions_of(reading.store, source_id)
    source = next(one for one in reading.store.sources() if one.id == source_id)
    try:
        moment = datetime.strptime(request.path_params["moment"], memento.MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise BadQuestion(["moment: is no time (write 20070531203500)"]) from None
    chosen = memento.stood_at(versions, moment)
    text = "\n\n".join(block.text for block in reading.store.document(source_id, chosen.number).blocks) + "\n"
    response = _body(request, text.encode("utf-8", "replace"), "text/plain; charset=utf-8")
    response.headers["Memento-Datetime"] = memento.written(chosen.first_seen)
    response.headers["Link"] = memento.links(source, versions, _root(request), chosen)
    return response


def _atom(request: Request, reading: Reading) -> Response:
    """The newest changes as a feed; `source`, `vendor`, `topic` and `severity` choose among them."""
    known = {"source", "vendor", "topic", "severity"}
    if unknown := sorted(set(request.query_params) - known):
        raise BadQuestion([f"{name}: is not known here" for name in unknown])
    chosen: Mapping[str, str] = dict(request.query_params)
    try:
        severity = Severity(chosen.get("severity", Severity.LOW.value))
    except ValueError:
        raise BadQuestion([f"severity: is none of {', '.join(Severity)}"]) from None
    query = ChangeQuery(
        source_id=chosen.get("source"),
        vendor=chosen.get("vendor"),
        topic=chosen.get("topic"),
        severity=severity,
        limit=_FEED,
    )
    name = "".join(f":{key}={chosen[key]}" for key in sorted(chosen)) or ":all"
    feed = write_atom(
        reading.store.changes(query), title="clausewatch: changes", name=name[1:], updated=reading.now, base=None
    )
    return _body(request, feed, "application/atom+xml; charset=utf-8")


def _unknown(request: Request, _: Reading) -> Response:
    raise UsageError(f"/api/{request.path_params.get('rest', '')}: there is no such question (see /api/openapi.json)")


def _watched(request: Request, reading: Reading) -> tuple[Any, list[Any]]:
    wanted = request.path_params["wanted"] + (f"?{request.url.query}" if request.url.query else "")
    source = memento.found_source(reading.store.sources(), wanted)
    if source is None:
        raise UsageError("nothing is watched under this name or address (see /api/sources)")
    return source, history.versions_of(reading.store, source.id)


def _root(request: Request) -> str:
    """The path under which the service stands. No host: behind a proxy only the asker knows it."""
    return f"{request.scope.get('root_path', '')}/"


def _json(request: Request, told: Any) -> Response:
    return _body(request, json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), "application/json")


def _body(request: Request, body: bytes, kind: str) -> Response:
    """The answer with its ETag, or that the asker has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _problem(status: int, detail: str, faults: list[str] | None = None) -> Response:
    told = {"title": _TITLES[status], "status": status, "detail": detail, **({"faults": faults} if faults else {})}
    body = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    return Response(body, status, media_type="application/problem+json")
