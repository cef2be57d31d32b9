"""A long recording through the whole way: `python -m bench.recorded [--captures 10000]`.

Two made-up recordings of one page, as files of a folder: one in which scripts differ from capture to capture and a
clause now and then, and one in which the text itself counts visitors, so that every capture must be read and compared.
Each goes through `clausewatch backfill` as a process of its own; its time, processor time and peak memory are told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from bench.pages import page

NUMBER = 41  # the smallest of the first sixty pages: 62 kB
CLAUSE = 250  # captures of one edition


def main() -> None:
    """Read the command line, record, feed, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captures", type=int, default=10_000)
    options = parser.parse_args()
    for name, counted in (("other scripts", False), ("other visitors", True)):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            number = options.captures // 10 if counted else options.captures
            record(Path(folder), number, counted=counted)
            wall, cpu, memory, outcomes = feed(Path(folder))
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        each = f"{1000 * wall / number:.2f} ms a capture"
        print(f"{name}: {number} captures, {wall:.1f} s ({each}), {cpu:.1f} s of processor, {memory} MB; {told}")


def record(folder: Path, number: int, *, counted: bool) -> None:
    """Write the files, two a day."""
    begun = datetime(2000, 1, 1)  # noqa: DTZ001 - a name of a file
    for place in range(number):
        body = page(NUMBER, place // CLAUSE, place)
        if counted:
            body = body.replace(b"</article>", b"<p>%d people viewed this page</p></article>" % place)
        (folder / f"{begun + timedelta(hours=12 * place):%Y-%m-%dT%H%MZ}.html").write_bytes(body)


def feed(folder: Path) -> tuple[float, float, int, Counter[str]]:
    """Seconds, processor seconds, megabytes at the peak of the largest process, and what the captures came to."""
    program = Path(sys.executable).parent / "clausewatch"
    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        process = subprocess.Popen([str(program), "backfill", "--from", str(folder)], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"backfill ended with {process.returncode}")
        out.seek(0)
        outcomes = Counter(line.split()[1].decode() for line in out)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, outcomes


if __name__ == "__main__":
    main()
