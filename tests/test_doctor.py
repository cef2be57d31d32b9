"""What may go wrong on a machine is told before it does, each with its remedy."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.model import Capture, CheckResult, DocumentType, Outcome, Reason, Source, Stamp
from watcher import doctor
from watcher.config import load
from watcher.doctor import Finding, Grade, examine

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
SOURCE = (
    '[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "https://acme.example/p"\n'
)


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., dict[str, Finding]]:
    """The findings on a configuration and a store, by name; of several of one name the gravest."""

    def examined(text: str = SOURCE, *, now: datetime = NOW, online: bool = False) -> dict[str, Finding]:
        path = tmp_path / "sources.toml"
        path.write_text(text, encoding="utf-8")
        found = examine(load(path), str(tmp_path / "h.db"), now, online=online)
        order = list(Grade)
        return {one.name: one for one in sorted(found, key=lambda one: order.index(one.grade))}

    return examined


def store(path: Path, now: datetime) -> None:
    """A store with one source, checked never or claimed at that moment."""
    with closing(open_store(path, write=True)) as opened:
        opened.sync_sources([Source("acme/privacy", "Acme", DocumentType.OTHER, ("https://acme.example/p",))], now)


@pytest.mark.parametrize(
    ("number", "grade"),
    [
        ((3, 40, 1), Grade.WARNING),
        ((3, 44, 5), Grade.WARNING),
        ((3, 44, 6), Grade.FINE),
        ((3, 45, 0), Grade.WARNING),
        ((3, 50, 7), Grade.FINE),
        ((3, 51, 2), Grade.WARNING),
        ((3, 51, 3), Grade.FINE),
        ((3, 52, 0), Grade.FINE),
    ],
)
def test_versions_of_sqlite_with_the_known_fault(number: tuple[int, ...], grade: Grade) -> None:
    """Those before the repair and its two backports."""
    assert doctor._sqlite(number).grade is grade


def test_a_machine_that_is_well(look: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """No fault; a missing contact and missing subscribers are warnings; every other finding has its line."""
    found = look()
    assert "not there yet" in found["store"].text
    assert (found["contact"].grade, found["subscribers"].grade) == (Grade.WARNING, Grade.WARNING)
    store(tmp_path / "h.db", NOW)
    found = look('[fetch]\ncontact = "a@example.org"\n' + SOURCE)
    assert not [one for one in found.values() if one.grade is Grade.FAULT]
    assert {"configuration", "python", "sqlite", "urllib3", "browser", "disk", "file system", "store", "clock"} <= set(
        found
    )
    assert all(one.remedy for one in found.values() if one.grade is Grade.WARNING)


def test_a_store_that_others_may_read_or_that_is_none(look: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """Its rights, its folder's rights, its kind."""
    path = tmp_path / "h.db"
    store(path, NOW)
    path.chmod(0o644)
    assert look()["rights"].remedy.startswith("chmod 600")
    tmp_path.chmod(0o777)
    assert look()["rights"].grade is Grade.FAULT
    tmp_path.chmod(0o700)
    path.write_bytes(b"no database at all" * 100)
    assert look()["store"].grade is Grade.FAULT


def test_the_kind_of_a_file_system_is_known() -> None:
    """That of the nearest mount above."""
    assert doctor._kind_of(Path("/proc/self")) == "proc"
    assert doctor._file_system(Path("/proc")).grade is Grade.FINE


def test_a_source_that_needs_a_browser(
    look: Callable[..., dict[str, Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is told only where one is asked for and none is found."""
    monkeypatch.setenv("PATH", "/nowhere")
    assert look()["browser"].grade is Grade.FINE
    missing = look(SOURCE + 'fetcher = "browser"\n')["browser"]
    assert (missing.grade, "acme/privacy" in missing.text) == (Grade.FAULT, True)
    assert "chromium" in missing.remedy


def test_the_mail_server_is_only_greeted_on_request(
    look: Callable[..., dict[str, Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its password is never shown; a server that is gone is a fault."""
    monkeypatch.setenv("SECRET", "correct horse")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        text = SOURCE + f'[mail]\nurl = "smtp://user:${{SECRET}}@127.0.0.1:{port}"\nfrom = "a@example.org"\n'
        quiet, asked = look(text), look(text, online=True)
    gone = look(text, online=True)
    assert "not connected to" in quiet["mail"].text
    assert (asked["mail"].grade, gone["mail"].grade) == (Grade.FINE, Grade.FAULT)
    told = "".join(f"{one.text}{one.remedy}" for found in (quiet, asked, gone) for one in found.values())
    assert "horse" not in told
    assert "correct" not in told


def test_a_clock_that_was_ahead_is_told(look: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """Where the last check is still to come."""
    from storage.model import CheckResult, Outcome, Reason

    store(tmp_path / "h.db", NOW)
    ahead = NOW + timedelta(days=400)
    with closing(open_store(tmp_path / "h.db", write=True)) as opened:
        (claim,) = opened.claim("w", ahead, timedelta(minutes=1), limit=1)
        opened.commit([CheckResult(claim, Outcome.FAILED, ahead, ahead, 0.1, reason=Reason.TIMEOUT)])
    assert look()["clock"].grade is Grade.WARNING
    assert look(now=ahead)["clock"].grade is Grade.FINE


def test_that_nobody_runs_it_is_told(look: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """Where no source was looked at for days; a page of every week is not late after three."""
    store(tmp_path / "h.db", NOW)
    assert "work" not in look()
    assert "work" not in look(now=NOW + timedelta(days=1))
    assert look(now=NOW + timedelta(days=9))["work"].grade is Grade.WARNING
    assert "work" not in look(SOURCE + 'every = "7d"\n', now=NOW + timedelta(days=9))
    with closing(open_store(tmp_path / "h.db", write=True)) as opened:
        (claim,) = opened.claim("w", NOW, timedelta(minutes=1), limit=1)
        opened.commit([CheckResult(claim, Outcome.FAILED, NOW, NOW, 0.1, reason=Reason.TIMEOUT)])
    assert look(now=NOW + timedelta(days=9))["work"].text == "no source was checked since 2026-05-01 12:00 UTC"


def test_stamps_growth_and_bounds(look: Callable[..., dict[str, Finding]], tmp_path: Path) -> None:
    """Nothing is said where nothing is asked for; a clock that is off the authority's, and pages to drop, are."""
    path = tmp_path / "h.db"
    source = Source("acme/privacy", "Acme", DocumentType.PRIVACY_POLICY, ("https://acme.example/p",))
    with closing(open_store(path, write=True)) as opened:
        for days in (400, 200, 10):
            when = NOW - timedelta(days=days)
            opened.sync_sources([source], when)
            (claim,) = opened.claim("t", when, timedelta(hours=1), limit=1, only=[source.id])
            body = f"<p>{days}</p>".encode() * 50
            digest = hashlib.sha256(body).hexdigest()
            url = source.urls[0]
            page = Capture(url, url, when, 200, (), "text/html", "utf-8", digest, body)
            result = CheckResult(claim, Outcome.BLOCKED, when, when, 0.1, reason=Reason.BOT_WALL, captures=(page,))
            opened.commit([result])
        tip = opened.tip()
        assert tip is not None
        late = NOW - timedelta(minutes=42)
        opened.add_stamp(Stamp(tip.seq, tip.link, "http://tsa.example/", NOW, late, b"token"))
    plain = look()
    assert not {"time stamps", "retention"} & set(plain)
    assert plain["growth"].text.startswith("about 0.")
    found = look('[timestamps]\nurl = "http://tsa.example/"\n[retention]\nraw_age = "300d"\n' + SOURCE)
    assert "signatures are not checked" in found["time stamps"].text
    assert (found["retention"].grade, "1 raw page " in found["retention"].text) == (Grade.WARNING, True)
    assert "clausewatch prune" in found["retention"].remedy
    settings = '[timestamps]\nurl = "http://tsa.example/"\n' + SOURCE
    (tmp_path / "again.toml").write_text(settings, encoding="utf-8")
    every = examine(load(tmp_path / "again.toml"), str(path), NOW)
    assert any(one.name == "clock" and "42 minutes ahead of the time-stamping authority" in one.text for one in every)
