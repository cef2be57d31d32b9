"""How fast the differ is and what it holds: `python -m bench.differ_speed [--hostile] [--corpus DIR] [--only NAME]`.

Three tables: the labelled corpora (milliseconds for a pair, reading both sides included), pairs of one megabyte a side
that were made to be slow (bench/hostile.py; each in a process of its own), and the tagging of 100 kB of policy text.
Seconds are processor time, but for the wall time beside a hostile pair; where the two differ much, the machine is busy
and both are too long. Memory is the peak (ru_maxrss) over what the process holds when it has compared one plain
pair: after reading both sides, then after comparing. Beside them stand two engines that tell changed text and nothing
more: rapidfuzz over blocks, diff-match-patch with a limit of a second.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from bench.hostile import SHAPES, pair
from bench.pages import page
from bench.quality import CORPUS, steps
from storage.model import Capture, Document
from watcher.differ import compare
from watcher.differ.topics import Reading, heading_topics, name_topics, term_scores
from watcher.extractor import extract, read_file

_TAGGED = 100_000  # characters
# Policies of our own, one a language.
_POLICIES = Path(__file__).resolve().parents[1] / "tests" / "differ" / "policies"


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="bench.differ_speed", description="Time and memory of the differ.")
    parser.add_argument("--only", default="", help="only hostile shapes whose name holds this text, and nothing else")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--plain", action="store_true", help="read the hostile pairs as plain text, not as Markdown")
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(_measured(options.one, plain=options.plain)))
        return 0
    if not options.only:
        _corpora(options.corpus)
        _tagging()
    _hostile(options.only, plain=options.plain)
    return 0


def _corpora(corpus: Path) -> None:
    """Print the table of the labelled corpora; each pair is read and compared once, in a process that is warm."""
    if not corpus.is_dir():
        print(f"no labelled corpus at {corpus}: give --corpus DIR", file=sys.stderr)
        return
    _warm()
    print(
        f"{'corpus':12}{'pairs':>7}{'median ms':>11}{'p95':>7}{'max':>7}{'compare':>10}{'p95':>7}{'max':>7}{'wall':>8}"
    )
    spent: dict[str, list[tuple[float, float, float]]] = {}
    for step in steps(corpus):
        begun, started = time.process_time(), time.perf_counter()
        old, new = extract(read_file(step.old)).document, extract(read_file(step.new)).document
        read = time.process_time()
        compare(old, new)
        ended, wall = time.process_time(), time.perf_counter() - started
        spent.setdefault(step.corpus, []).append((ended - begun, ended - read, wall))
    for name, figures in spent.items():
        both, alone, wall_times = (sorted(column) for column in zip(*figures, strict=True))
        cells = f"{_share(both, 0.5):>11.1f}{_share(both, 0.95):>7.1f}{both[-1] * 1000:>7.1f}"
        cells += f"{_share(alone, 0.5):>10.1f}{_share(alone, 0.95):>7.1f}{alone[-1] * 1000:>7.1f}"
        cells += f"{_share(wall_times, 0.5):>8.1f}"
        print(f"{name:12}{len(figures):>7}{cells}")


def _share(times: Sequence[float], share: float) -> float:
    """Milliseconds below which a share of the sorted times lies."""
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def _tagging() -> None:
    """Print what it costs to read topics from 100 kB of policy text, none of which was seen before."""
    _warm()
    texts: list[str] = []
    number = 0
    while sum(map(len, texts)) < _TAGGED:
        texts += [block.text for block in _read(page(number, 0), "text/html").blocks]
        number += 1
    long = [text for text in texts if len(text) > 60]
    size = sum(map(len, long))
    print(f"\n{'tagging, cold':28}{'ms per 100 kB':>15}")
    for name, tag in _TAGGERS.items():
        seconds = _spent(lambda tag=tag: [tag(text) for text in long])  # type: ignore[misc]
        print(f"{name:28}{seconds * 1000 * _TAGGED / size:>15.1f}")


_TAGGERS: dict[str, Callable[[str], object]] = {
    "lexicon, clauses": lambda text: term_scores(text, "en"),
    "lexicon, headings": lambda text: heading_topics(text, "en"),
    "lexicon and model": lambda text: name_topics(Reading(text, text, ("Privacy",), "en")),
}


def _hostile(only: str, *, plain: bool) -> None:
    """Print the table of the hostile pairs."""
    head = f"{'hostile, 1 MB a side':32}{'read s':>8}{'compare s':>11}{'sum':>7}{'wall':>7}{'read MB':>9}{'sum MB':>8}"
    print(f"\n{head}{'changes':>9}  {'verdict':10}{'rapidfuzz':>11}{'dmp 1 s':>9}")
    for name in SHAPES:
        if only in name:
            line = subprocess.run(
                [sys.executable, "-m", "bench.differ_speed", "--one", name, *(["--plain"] if plain else [])],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            row = json.loads(line)
            times = f"{row['read']:>8.2f}{row['compare']:>11.2f}{row['read'] + row['compare']:>7.2f}{row['wall']:>7.2f}"
            told = f"{row['read_mb']:>9.0f}{row['all_mb']:>8.0f}{row['changes']:>9}  {row['verdict']:10}"
            print(f"{name:32}{times}{told}{row['lines']:>11.2f}{row['dmp']:>9.2f}", flush=True)


def _measured(name: str, *, plain: bool) -> dict[str, object]:
    """Time and memory of one hostile pair, in this very process."""
    sides = [text.encode() for text in pair(name)]
    _warm()
    base = _held()
    media = "text/plain" if plain else "text/markdown"
    begun, started = time.process_time(), time.perf_counter()
    old, new = (_read(side, media) for side in sides)
    read, read_peak = time.process_time() - begun, _peak()
    begun = time.process_time()
    comparison = compare(old, new)
    spent, peak = time.process_time() - begun, _peak()
    wall = time.perf_counter() - started
    return {
        "read": read,
        "compare": spent,
        "wall": wall,
        "read_mb": read_peak - base,
        "all_mb": peak - base,
        "changes": len(comparison.changes),
        "verdict": comparison.verdict,
        "lines": _spent(lambda: _line_opcodes(old, new)),
        "dmp": _spent(lambda: _line_patch(old, new)),
    }


def _line_opcodes(old: Document, new: Document) -> object:
    """The edit script of the blocks by rapidfuzz, nothing more."""
    return Indel.opcodes([block.text for block in old.blocks], [block.text for block in new.blocks])


def _line_patch(old: Document, new: Document) -> object:
    """The edit script by diff-match-patch over characters with lines first, given up after a second."""
    engine = diff_match_patch()
    engine.Diff_Timeout = 1.0
    return engine.diff_main(*("\n".join(block.text for block in document.blocks) for document in (old, new)))


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _peak() -> float:
    """The peak memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _held() -> float:
    """What this process holds now, in megabytes; its peak so far where the system does not tell."""
    gc.collect()
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return _peak()
    return pages * resource.getpagesize() / 2**20


def _warm() -> None:
    """Read and compare a plain pair, and a policy in each language that went without a line, so that all is loaded."""
    compare(_read(page(0, 0), "text/html"), _read(page(0, 1), "text/html"))
    for place in sorted(_POLICIES.glob("*.md")):
        text = place.read_bytes()
        lines = text.splitlines(keepends=True)
        compare(_read(text, "text/markdown"), _read(b"".join(lines[: len(lines) // 2]), "text/markdown"))


def _read(body: bytes, media_type: str) -> Document:
    address = "https://example.org/privacy"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    digest = hashlib.sha256(body).hexdigest()
    return extract(Capture(address, address, now, 200, (), media_type, "utf-8", digest, body)).document


if __name__ == "__main__":
    sys.exit(main())
