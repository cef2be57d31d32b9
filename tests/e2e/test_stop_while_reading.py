"""Stopping a run while a page is being judged: it ends in time, and no process is left behind."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CONFIG = '[[source]]\nid = "vendor/privacy"\nvendor = "Vendor"\ndocument = "privacy-policy"\nurl = "{url}/0"\n'
# Seconds of work for the parser and the walk, and far from the limits.
LONG = "<html lang=en><main><h1>Privacy policy</h1>" + "<p>We keep <b>personal</b> data.</p>" * 16_000


def _children(pid: int) -> Iterator[int]:
    """The processes that a process has started, in any of its threads."""
    for place in Path(f"/proc/{pid}/task").glob("*/children"):
        yield from map(int, place.read_text().split())


def _until(found: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Wait for something to be true, and return it."""
    until = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < until:
        time.sleep(0.02)
    return value


@pytest.mark.parametrize(
    ("signals", "codes"), [((signal.SIGTERM,), {0, 3}), ((signal.SIGINT, signal.SIGINT), {0, 3, 130})]
)
def test_a_signal_ends_the_run_and_its_processes(
    site: Any,
    configure: Callable[..., Path],
    command: list[str],
    environment: dict[str, str],
    tmp_path: Path,
    signals: tuple[signal.Signals, ...],
    codes: set[int],
) -> None:
    """One SIGTERM finishes the page under way, a second SIGINT gives it up; no child, no warning, no traceback."""
    configure(CONFIG.format(url=site.url))
    site.put("/0", LONG)
    process = subprocess.Popen(
        [*command, "check", "--force"],
        cwd=tmp_path,
        env={**environment, "PYTHONWARNINGS": "default"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        children = _until(lambda: list(_children(process.pid)))
        assert children
        for number in signals:
            process.send_signal(number)
            time.sleep(0.2)
        _, told = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode in codes, told
    assert "Traceback" not in told
    assert "Warning" not in told
    assert _until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
