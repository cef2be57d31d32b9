"""Traces of a run, as a collector of OpenTelemetry gets them from the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

Run = Callable[..., Any]
PAGE = "<html lang=en><main><h1>Privacy policy</h1>{}</main></html>"
TEXT = "<p>We keep the records of your account for {} months after the contract has ended, and then erase them.</p>" * 8
CANARY = "c4n4ry-secret"


@pytest.fixture
def spans(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the collector got. The environment names it after the run fixture has emptied it."""
    got: list[Any] = []

    def keep(request: Request) -> Response:
        told = ExportTraceServiceRequest.FromString(request.get_data())
        for resource in told.resource_spans:
            service = {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"]
            assert service == "clausewatch"
            got.extend(span for scope in resource.scope_spans for span in scope.spans)
        return Response(status=200)

    httpserver.expect_request("/v1/traces", method="POST").respond_with_handler(keep)
    return got


def test_a_run_is_one_trace(
    run: Run,
    site: Any,
    configure: Callable[..., Path],
    spans: list[Any],
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fetching, judging with its stages, committing, delivering; each says its source and outcome, none a secret."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", httpserver.url_for("").rstrip("/"))
    site.put(f"/privacy?key={CANARY}", PAGE.format(TEXT.replace("{}", "12")))
    configure(
        f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\n'
        f'url = "{site.url}/privacy?key={CANARY}"\nconfirm = false\n'
        f'[[source]]\nid = "acme/gone"\nvendor = "Acme"\ndocument = "dpa"\nurl = "{site.url}/gone"\n'
    )
    assert run("check").code == 3
    site.put(f"/privacy?key={CANARY}", PAGE.format(TEXT.replace("{}", "24")))
    assert run("check", "acme/privacy").code == 0
    first, second = (
        [span for span in spans if span.trace_id == trace] for trace in dict.fromkeys(one.trace_id for one in spans)
    )
    names = [span.name for span in second]
    for name in ("check", "fetch", "judge", "extract", "compare", "commit", "deliver"):
        assert name in names, names
    root = next(span for span in second if span.name == "check")
    judged = next(span for span in second if span.name == "judge")
    assert next(span for span in second if span.name == "fetch").parent_span_id == root.span_id
    assert next(span for span in second if span.name == "compare").parent_span_id == judged.span_id
    about = {each.key.removeprefix("clausewatch."): each.value.string_value for each in judged.attributes}
    assert (about["source"], about["outcome"], about["stage"]) == ("acme/privacy", "changed", "compare")
    failed = [span for span in first if span.name == "judge" and span.status.code == 2]
    assert [span.status.message for span in failed] == ["gone"]
    assert CANARY not in "".join(str(span) for span in spans)


@pytest.mark.parametrize("off", ["OTEL_SDK_DISABLED=true", "OTEL_TRACES_EXPORTER=none"])
def test_nothing_is_sent_unasked(
    run: Run,
    site: Any,
    configure: Callable[..., Path],
    spans: list[Any],
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    off: str,
) -> None:
    """The environment can switch it off, as the specification says."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", httpserver.url_for("").rstrip("/"))
    monkeypatch.setenv(*off.split("="))
    configure(f'[[source]]\nid = "acme/a"\nvendor = "Acme"\ndocument = "dpa"\nurl = "{site.url}/gone"\n')
    assert run("check").code == 3
    assert spans == []


def test_a_collector_that_is_away_holds_nothing_up(
    run: Run, site: Any, configure: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check is done and recorded all the same."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    site.put("/privacy", PAGE.format(TEXT.replace("{}", "12")))
    configure(f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "dpa"\nurl = "{site.url}/privacy"\n')
    assert run("check").code == 0
    assert '"acme/privacy"' in run("history", "--json").out
