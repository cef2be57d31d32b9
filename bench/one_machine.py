"""A pass of `clausewatch check` over many sources on one machine: `python -m bench.one_machine [--sources 10000]`.

The sources lie on loopback hosts that answer 304 once a page is known. The first pass reads every page; then all are
made due again, and passes in which nothing has changed are measured as processes of their own, as cron runs them:
processor time and memory of the whole process with its children, start-up included.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from bench.server import hosts as addresses

_PAGE = """<html lang="en"><head><title>Policy {0}</title></head><body><main><h1>Privacy policy of vendor {0}</h1>
<h2>Retention</h2><p>We keep account data of customer group {0} for {1} months and invoices for seven years.</p>
<h2>Recipients</h2><p>We share personal data with our hosting provider Example Hosting {0} B.V. in the Netherlands.</p>
<h2>Rights</h2><p>You may ask for access, correction and erasure of your data at privacy{0}@vendor.example.</p>
</main></body></html>"""
_CONFIG = """store = "history.db"
[fetch]
contact = "bench@example.org"
allow_networks = ["127.0.0.0/8"]
gap = "0s"
"""
_SOURCE = """[[source]]
id = "vendor-{0}/privacy"
vendor = "Vendor {0}"
document = "privacy-policy"
url = "http://{1}:{2}/privacy/{0}"
"""


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| pass | sources | wall, s | CPU, s | CPU a source, ms | memory, MB | store, MB |")
    print("|---|---|---|---|---|---|---|")
    with serving() as port, tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = addresses(options.hosts)
        tables = (_SOURCE.format(one, names[one % options.hosts], port) for one in range(options.sources))
        (folder / "sources.toml").write_text(_CONFIG + "".join(tables), encoding="utf-8")
        for number in range(options.rounds + 1):
            wall, cpu, memory = checked(folder)
            name = f"unchanged {number}" if number else "first"
            size = (folder / "history.db").stat().st_size / 1e6
            each = 1000 * cpu / options.sources
            print(f"| {name} | {options.sources} | {wall:.1f} | {cpu:.1f} | {each:.2f} | {memory:.0f} | {size:.0f} |")
            with closing(sqlite3.connect(folder / "history.db", isolation_level=None)) as store:
                store.execute("UPDATE sources SET next_due = '2000-01-01T00:00:00.000000Z'")


def checked(folder: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and the most resident memory in MB of one `clausewatch check`."""
    command = [str(Path(sys.executable).with_name("clausewatch")), "check", "--no-deliver"]
    begun = time.perf_counter()
    with (folder / "talk.txt").open("wb") as talk:
        process = subprocess.Popen(command, cwd=folder, stdout=talk, stderr=talk, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError((folder / "talk.txt").read_text("utf-8", "replace")[-2000:])
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


@contextmanager
def serving() -> Iterator[int]:
    """A server process that every loopback address reaches; yields its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


def _serve(ready: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                writer.write(_answer(path, head.lower()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1024)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


def _answer(path: str, head: bytes) -> bytes:
    if not path.startswith("/privacy/"):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    number = int(path.rpartition("/")[2])
    body = _PAGE.format(number, 6 + number % 30).encode()
    tag = hashlib.sha256(body).hexdigest()[:16]
    if f'if-none-match: "{tag}"'.encode() in head:
        return f'HTTP/1.1 304 Not Modified\r\nETag: "{tag}"\r\n\r\n'.encode()
    about = f'Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nETag: "{tag}"'
    return f"HTTP/1.1 200 OK\r\n{about}\r\n\r\n".encode() + body


if __name__ == "__main__":
    main()
