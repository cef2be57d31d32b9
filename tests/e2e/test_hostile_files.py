"""Files from strangers: `compare`, `facts` and `backfill` read them in a process with limits, and end by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

PROSE = "We process personal data for the purposes that are described in this policy, and for no other purpose. " * 4
POLICY = (
    "<html lang=en><head><title>Privacy policy</title></head><body><main><h1>Privacy policy</h1><p>We keep your data "
    f"for {{days}} days and do not sell it.</p><p>{PROSE}</p></main></body></html>"
)
# Each takes more memory than a page may have, whatever the machine.
DEEP = "<div>" * 900_000 + "x"


@pytest.mark.parametrize(
    "arguments", [("facts", "deep.html"), ("compare", "deep.html", "good.html"), ("compare", "good.html", "deep.html")]
)
def test_a_file_that_costs_too_much_ends_in_one_line(
    run: Callable[..., Any], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """The error names the file, what it costs and what to do; nothing is left behind."""
    (tmp_path / "deep.html").write_text(DEEP)
    (tmp_path / "good.html").write_text(POLICY.format(days=30))
    ended = run(*arguments)
    assert (ended.code, ended.out) == (1, "")
    (line,) = ended.err.splitlines()
    assert "deep.html: the page takes more than 512 MiB of memory to read; " in line
    assert "--selector" in line
    assert "last good version" not in line


def test_a_capture_that_costs_too_much_is_passed_over(run: Callable[..., Any], tmp_path: Path) -> None:
    """One capture of a recording breaks its reader: it is told with the reason, and the ones behind it are read."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    for day, page in ((1, POLICY.format(days=30)), (2, DEEP), (3, POLICY.format(days=90))):
        (folder / f"2026-01-0{day}.html").write_text(page)
    told = [json.loads(line) for line in run("backfill", "--from", "recorded", "--json").out.splitlines()]
    assert [(line["outcome"], line["reason"]) for line in told] == [
        ("first", None),
        ("suspect", "extract-failed"),
        ("material", None),
    ]


def test_a_device_that_never_ends_is_not_read_to_its_end(run: Callable[..., Any], tmp_path: Path) -> None:
    """A file larger than a page may be is refused with its name and the limit."""
    (tmp_path / "good.html").write_text(POLICY.format(days=30))
    ended = run("compare", "good.html", "/dev/zero")
    assert ended.code == 2
    assert ended.err.strip().startswith("/dev/zero: larger than 50000000 bytes")


def test_files_of_kinds_that_hold_no_text(run: Callable[..., Any], tmp_path: Path) -> None:
    """A picture and a broken PDF are told as what they are."""
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0" * 100)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n" + b"x" * 100 + b"%%EOF")
    assert "no text can be taken out of a binary file" in run("facts", "picture").err
    assert "the PDF is broken and cannot be opened" in run("compare", "broken.pdf", "broken.pdf").err


@pytest.mark.parametrize("name", ["noise.txt", "noise.html", "noise.md"])
def test_bytes_that_only_a_name_calls_a_page(run: Callable[..., Any], tmp_path: Path, name: str) -> None:
    """No fact is read out of noise: words of two letters are found in any bytes."""
    (tmp_path / name).write_bytes(Random(7).randbytes(30_000))
    (tmp_path / "good.html").write_text(POLICY.format(days=30))
    for words in (("facts", name), ("compare", "good.html", name)):
        ended = run(*words)
        assert (ended.code, ended.out) == (1, "")
        assert f"{name}: these bytes are no text" in ended.err


def test_some_stray_control_characters_are_no_noise(run: Callable[..., Any], tmp_path: Path) -> None:
    """Real pages have some, by accident."""
    (tmp_path / "good.html").write_text(POLICY.format(days=30).replace("not sell", "not\0 sell\x02"))
    assert "P30D" in run("facts", "good.html", "--json").out
