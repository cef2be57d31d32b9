"""A worker of its own process follows the configuration as it is after SIGHUP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from fleet_site import Site, serving
from postgres_database import fresh_database

from storage.postgres import Session, apply
from watcher.fleet import tables

SOURCE = """
[[source]]
id = "vendor{number}/privacy"
vendor = "Vendor"
document = "privacy-policy"
url = "http://127.0.0.{number}:{port}/p{number}"
"""


@pytest.fixture
def address(postgres_server: str) -> str:
    """A database with all tables."""
    made = fresh_database(postgres_server, f"reread-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with closing(Session(made)) as session:
        apply(session)
        tables.apply(session)
    return made


@pytest.fixture
def site() -> Iterator[Site]:
    """Pages."""
    with serving(slow=(0, 0)) as served:
        yield served


def until(lines: IO[str], words: str) -> list[str]:
    """The lines up to the one with these words; all there are when it never comes."""
    seen = []
    for line in lines:
        seen.append(line)
        if words in line:
            return seen
    raise AssertionError("".join(seen))


def test_sighup_has_the_configuration_read_again(address: str, site: Site, tmp_path: Path) -> None:
    """A fault is told and nothing changes; then a second source is taken over and checked; SIGTERM ends it well."""
    path = tmp_path / "sources.toml"
    begin = '[fetch]\nallow_networks = ["127.0.0.0/8"]\n' + SOURCE.format(number=1, port=site.port)
    path.write_text(begin)
    command = [str(Path(sys.executable).with_name("clausewatch")), "--store", address, "worker", "--heartbeat", "1"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        try:
            until(worker.stderr, "working at")
            path.write_text(begin + 'evry = "1d"\n')
            worker.send_signal(signal.SIGHUP)
            assert any("evry" in line for line in until(worker.stderr, "stays in force"))
            path.write_text(begin + SOURCE.format(number=2, port=site.port))
            worker.send_signal(signal.SIGHUP)
            until(worker.stderr, "read again; watching 2 sources")
            until(worker.stderr, "vendor2/privacy: first version")
            worker.send_signal(signal.SIGTERM)
            until(worker.stderr, "everything is recorded")
            assert worker.wait(timeout=60) == 0
        finally:
            worker.kill()
