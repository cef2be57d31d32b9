"""The metrics, as Prometheus reads them."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from notifier.deliver import DeliveryReport
from storage.connect import open_store
from storage.errors import UsageError
from storage.model import CheckResult, DocumentType, Outcome, Reason, Source
from storage.protocol import Store
from watcher.metrics import Metrics, address, require_place, serving, write_metrics

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOSTILE = 'v/p"}\nclausewatch_versions 9\\'
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str) -> Samples:
    """Every sample by name and labels, as the parser of the client library finds them."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a source that was never checked."""
    opened = open_store(str(tmp_path / "history.db"), write=True)
    opened.sync_sources([source("a/b"), source(HOSTILE)], NOW - timedelta(hours=2))
    yield opened
    opened.close()


def source(name: str) -> Source:
    """A source of that id."""
    return Source(name, "Vendor", DocumentType.OTHER, ("https://v.example/p",))


def failed(store: Store, metrics: Metrics, name: str) -> None:
    """One check of a source that came to nothing: counted and recorded."""
    (claim,) = store.claim("here", NOW, timedelta(minutes=30), limit=1, only=[name])
    result = CheckResult(claim, Outcome.FAILED, NOW, NOW + timedelta(minutes=5), 0.3, Reason.TIMEOUT, 'slow"\n} 1')
    metrics.checked(result)
    store.commit([result])


def test_the_daemon_answers_with_totals_and_the_state_of_the_store(store: Store) -> None:
    """Checks by outcome, refusals by reason, seconds, deliveries, versions and how late the latest is, over HTTP."""
    metrics = Metrics(lambda: NOW, lasting=True)
    failed(store, metrics, HOSTILE)
    metrics.ended(store, 1.5, DeliveryReport(sent=3, dead=1))
    with serving(metrics, "127.0.0.1", 0) as port:
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    found = read(text)
    assert found["clausewatch_checks_total", (("outcome", "failed"),)] == 1
    assert found["clausewatch_checks_total", (("outcome", "changed"),)] == 0
    assert found["clausewatch_checks_without_document_total", (("outcome", "failed"), ("reason", "timeout"))] == 1
    assert found["clausewatch_check_seconds_sum", ()] == pytest.approx(0.3)
    assert found["clausewatch_check_seconds_bucket", (("le", "0.5"),)] == 1
    assert found["clausewatch_deliveries_total", (("result", "sent"),)] == 3
    assert found["clausewatch_deliveries_waiting", (("state", "pending"),)] == 0
    assert found["clausewatch_due_lag_seconds", ()] == 7200
    assert found["clausewatch_sources_due", ()] == 1
    assert found["clausewatch_sources", (("outcome", "none"),)] == 1
    assert found["clausewatch_sources_failing", (("reason", "timeout"),)] == 1
    assert found["clausewatch_last_run_timestamp_seconds", ()] == NOW.timestamp()
    assert found["clausewatch_last_run_seconds", ()] == 1.5


def test_no_text_can_forge_a_sample(store: Store) -> None:
    """An id with quotes, braces and line ends comes out as it went in, as one label of one sample."""
    metrics = Metrics(lambda: NOW, lasting=True)
    failed(store, metrics, HOSTILE)
    metrics.ended(store, 1.0, None)
    with serving(metrics, "127.0.0.1", 0) as port:
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
    found = read(text)
    assert found["clausewatch_source_failures", (("reason", "timeout"), ("source", HOSTILE))] == 1
    assert found["clausewatch_versions", ()] == 0


def test_the_lag_goes_on_while_nothing_is_taken_in(store: Store) -> None:
    """A daemon that hangs shows it: the lag is reckoned at the scrape."""
    now = [NOW]
    metrics = Metrics(lambda: now[0], lasting=True)
    metrics.ended(store, 1.0, None)
    now[0] += timedelta(hours=5)
    lag = [family.samples[0].value for family in metrics.collect() if family.name == "clausewatch_due_lag_seconds"]
    assert lag == [7 * 3600]


def test_a_file_is_written_whole_and_has_no_totals(store: Store, tmp_path: Path) -> None:
    """What a single run counts are gauges of the last run; the file before is replaced, nothing else is left."""
    folder = tmp_path / "textfile"
    folder.mkdir()
    path = folder / "clausewatch.prom"
    path.write_text("old")
    metrics = Metrics(lambda: NOW, lasting=False)
    require_place(path)
    failed(store, metrics, "a/b")
    metrics.ended(store, 2.0, None)
    write_metrics(metrics, path)
    found = read(path.read_text())
    assert found["clausewatch_last_run_checks", (("outcome", "failed"),)] == 1
    assert found["clausewatch_last_run_checks", (("outcome", "first"),)] == 0
    assert not [name for name, _ in found if name.endswith("_total")]
    assert [one.name for one in folder.iterdir()] == ["clausewatch.prom"]


def test_a_place_where_no_file_can_be_is_told_before_the_work(tmp_path: Path) -> None:
    """A folder that is not there, and a name that is a folder."""
    for path in (tmp_path / "none" / "a.prom", tmp_path):
        with pytest.raises(UsageError, match="name a file in a folder"):
            require_place(path)


def test_a_port_that_is_taken_is_told(store: Store) -> None:
    """The second server at one address is an error with a remedy."""
    metrics = Metrics(lambda: NOW, lasting=True)
    with (
        serving(metrics, "127.0.0.1", 0) as port,
        pytest.raises(UsageError, match="name another address"),
        serving(metrics, "127.0.0.1", port),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9464", ("127.0.0.1", 9464)),
        (":9464", ("127.0.0.1", 9464)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:9464", ("::1", 9464)),
        ("localhost:0", ("localhost", 0)),
        ("::1:9464", None),
        ("70000", None),
        ("here", None),
        ("http://127.0.0.1:9464", None),
    ],
)
def test_an_address_is_a_port_with_or_without_a_host(text: str, expected: tuple[str, int] | None) -> None:
    """Without a host it is loopback; what is no address is told with the remedy."""
    if expected is not None:
        assert address(text) == expected
        return
    with pytest.raises(ValueError, match=r'write "127\.0\.0\.1:9464"'):
        address(text)


def test_results_are_not_kept(store: Store) -> None:
    """A thousand checks leave as many series as one: nothing of a source is a label of a counter."""
    metrics = Metrics(lambda: NOW, lasting=True)
    (claim,) = store.claim("here", NOW, timedelta(minutes=30), limit=1, only=["a/b"])
    result = CheckResult(claim, Outcome.BLOCKED, NOW, NOW, 0.1, Reason.LOGIN)
    metrics.checked(result)
    before = sum(len(family.samples) for family in metrics.registry.collect())
    for number in range(1000):
        metrics.checked(replace(result, detail=str(number)))
    assert sum(len(family.samples) for family in metrics.registry.collect()) == before


def test_the_page_lists_every_metric_and_no_other(store: Store) -> None:
    """The table of the how-to page and what is answered by the daemon and written by a run are the same names."""
    page = (Path(__file__).resolve().parents[1] / "docs/how-to/run-it-regularly.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(clausewatch_\w+)(?:\{[\w,]+\})?`", page.partition("## Metrics")[2].partition("\n## ")[0]))
    shown = set()
    for lasting in (True, False):
        metrics = Metrics(lambda: NOW, lasting=lasting)
        failed(store, metrics, "a/b")
        metrics.ended(store, 1.0, DeliveryReport())
        for family in metrics.registry.collect():
            shown.add(f"{family.name}_total" if family.type == "counter" else family.name)
    assert told == shown - {"clausewatch_build_info"}
