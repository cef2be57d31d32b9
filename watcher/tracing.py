"""Traces of runs for OpenTelemetry (extra `otel`), when the environment asks for them as its specification says.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ . No text of a page, no secret and no
address of a person stands in a span: ids of sources, hosts, outcomes, counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from storage.errors import UsageError
from storage.model import Capture, CheckResult, Comparison, Document, Extraction, ExtractRules, Fact, Interest, Source
from watcher.extraction import GateVerdict
from watcher.fetcher.origin import origin_of
from watcher.journal import stage
from watcher.spans import Spans, Told, no_spans
from watcher.stages import Stages

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_PATIENCE = 2  # seconds
_ASKED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Traces:
    """Where spans go: nowhere (`Traces()`), or to the collector that the environment names."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        """Spans go to `provider`."""
        self._provider = provider
        self._root: Any = None
        self._tracer = provider.get_tracer("clausewatch", version("clausewatch")) if provider else None

    @property
    def spans(self) -> Spans:
        """What the worker opens spans with."""
        return self.span if self._tracer else no_spans

    def span(self, name: str, **about: Told) -> AbstractContextManager[object]:
        """A span within the one that is open in this thread, else within that of the run."""
        if self._tracer is None:
            return no_spans(name)
        from opentelemetry import trace  # noqa: PLC0415 - an optional part

        inside = trace.get_current_span().get_span_context().is_valid
        told = {f"clausewatch.{key}": value for key, value in about.items()}
        return self._tracer.start_as_current_span(name, context=None if inside else self._root, attributes=told)

    @contextmanager
    def run(self, name: str) -> Iterator[None]:
        """A run: spans of all its threads belong to it. What is left is sent at its end."""
        if self._tracer is None:
            yield
            return
        from opentelemetry import context  # noqa: PLC0415 - an optional part

        with self._tracer.start_as_current_span(name):
            self._root = context.get_current()
            yield
        self._root = None

    def around(self, stages: Stages) -> Stages:
        """The stages, each call a span."""
        return _Traced(stages, self) if self._tracer else stages

    def checked(self, source: Source, result: CheckResult) -> None:
        """Say in the span that is open what a check came to."""
        if self._tracer is None:
            return
        from opentelemetry import trace  # noqa: PLC0415 - an optional part

        made = result.versions[-1] if result.versions else None
        about: dict[str, Told | None] = {
            "source": source.id,
            "vendor": source.vendor,
            "stage": stage(result),
            "outcome": result.outcome.value,
            "reason": result.reason.value if result.reason else None,
            "version": made.version.number if made else None,
            "changes": len(made.comparison.changes) if made and made.comparison else None,
        }
        span = trace.get_current_span()
        for key, value in about.items():
            if value is not None:
                span.set_attribute(f"clausewatch.{key}", value)
        if not result.outcome.good:
            span.set_status(trace.StatusCode.ERROR, result.reason.value if result.reason else None)

    def close(self) -> None:
        """Send what is left, for at most a few seconds."""
        if self._provider is not None:
            self._provider.force_flush(_PATIENCE * 1000)
            self._provider.shutdown()
            self._provider = None


def traces_of(environment: Mapping[str, str]) -> Traces:
    """Traces to the collector that the environment names; none when it names none or switches them off.

    Raises: UsageError when they are wanted and the extra is not installed.
    """
    wanted = any(environment.get(name) for name in _ASKED) or environment.get("OTEL_TRACES_EXPORTER") == "otlp"
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    if not wanted or off:
        return Traces()
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter") is None:
        raise UsageError("traces are asked for (OTEL_…) and not installed (pip install 'clausewatch[otel]')")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - optional
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an optional part
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an optional part
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - an optional part

    named = {"service.version": version("clausewatch")}
    if not environment.get("OTEL_SERVICE_NAME"):
        named["service.name"] = "clausewatch"
    provider = TracerProvider(resource=Resource.create(named), shutdown_on_exit=False)
    # A collector that is away must not hold a run up: its retries end early unless the environment says otherwise.
    patience = None if environment.get("OTEL_EXPORTER_OTLP_TIMEOUT") else _PATIENCE
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=patience)))
    return Traces(provider)


@dataclass(frozen=True, slots=True)
class _Traced:
    stages: Stages
    traces: Traces

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        size = sum(len(capture.body) for capture in captures)
        with self.traces.span("extract", host=origin_of(captures[0].url), pages=len(captures), bytes=size):
            return self.stages.read(captures, rules)

    def gate(self, extraction: Extraction, before: Document | None) -> GateVerdict:
        with self.traces.span("gate"):
            return self.stages.gate(extraction, before)

    def compare(
        self, old: Document, new: Document, interests: Sequence[Interest] = (), *, whole: bool = False
    ) -> Comparison:
        with self.traces.span("compare", blocks=len(new.blocks)):
            return self.stages.compare(old, new, interests, whole=whole)

    def find_facts(self, document: Document) -> tuple[Fact, ...]:
        with self.traces.span("facts", blocks=len(document.blocks)):
            return self.stages.find_facts(document)

    def warm(self) -> None:
        self.stages.warm()
