"""What a process did to a folder, and what a disk may hold of it when the power goes.

`record` runs a program under strace and reads back every write, cut, synchronisation, name and removal, in order.
`Disk` plays them: what was synchronised is there; of the rest any part may be, whole, torn or not at all. Names come
and go in their order, as journalled file systems keep them; until the folder is synchronised the last ones may be lost.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_CALLS = "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,unlink"
_HEX = r"(?:\\x[0-9a-f]{2})*"
_ON_FILE = re.compile(
    rf'(?P<call>pwrite64|write|ftruncate|fsync|fdatasync)\((?P<fd>\d+)<(?P<path>[^>]*)>(?:, "(?P<data>{_HEX})")?'
    rf"(?:, (?P<numbers>[\d, ]+))?\) += (?P<result>\d+)"
)
_ON_NAME = re.compile(rf'(?P<call>rename|unlink)\("(?P<path>{_HEX})"(?:, "(?P<target>{_HEX})")?\) += 0')
_MADE = re.compile(rf'openat\([^,]*, "(?P<path>{_HEX})", [A-Z_|]*O_CREAT[A-Z_|]*, \d+\) += \d')


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: create, write, cut, sync, rename, remove, or `told` a line."""

    kind: str
    path: str
    at: int = 0
    data: bytes = b""
    target: str = ""


def record(command: Sequence[str], folder: Path, log: Path) -> list[Step]:
    """Run a program that works in a folder; what it did there, and what it told."""
    strace = ["strace", "-qq", "-xx", "-y", "-s", "16777216", "-o", str(log), "-e", f"trace={_CALLS}"]
    subprocess.run([*strace, *command], stdout=subprocess.DEVNULL, check=True)
    with log.open("rb") as lines:
        found = [_step(line.decode("latin-1"), str(folder)) for line in lines]
    return [step for step in found if step is not None]


def _step(line: str, folder: str) -> Step | None:
    if made := _MADE.match(line):
        return _inside(Step("create", _bytes(made["path"]).decode()), folder)
    if named := _ON_NAME.match(line):
        kind = "rename" if named["call"] == "rename" else "remove"
        target = _bytes(named["target"] or "").decode()
        return _inside(Step(kind, _bytes(named["path"]).decode(), target=target), folder)
    done = _ON_FILE.match(line)
    if done is None:
        return None
    path, data = _bytes(done["path"]).decode(), _bytes(done["data"] or "")
    if done["call"] == "write":
        return Step("told", "", data=data) if done["fd"] == "1" else None
    numbers = [int(number) for number in (done["numbers"] or "").split(", ") if number]
    step = Step("sync", path)
    if done["call"] == "pwrite64":
        step = Step("write", path, numbers[1], data[: int(done["result"])])
    elif done["call"] == "ftruncate":
        step = Step("cut", path, numbers[0])
    return _inside(step, folder)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _inside(step: Step, folder: str) -> Step | None:
    """Only the folder counts; memory that processes share, and locks, are gone with them."""
    if not step.path.startswith(folder) or step.path.endswith(("-shm", ".lock")):
        return None
    return step


@dataclass(slots=True)
class _File:
    safe: bytearray = field(default_factory=bytearray)
    waiting: list[Step] = field(default_factory=list)


class Disk:
    """A folder on a disk, step by step."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._now: dict[str, _File] = {}
        self._safe: dict[str, _File] = {}
        self._waiting: list[tuple[Step, _File | None]] = []
        self.told = 0

    def do(self, step: Step) -> None:
        """Take one step further."""
        match step.kind:
            case "told":
                self.told += step.data.count(b"\n")
            case "create":
                if step.path not in self._now:
                    self._name(step, _File())
            case "rename" | "remove":
                self._name(step, self._now.get(step.path))
            case "sync" if step.path == self._folder:
                for waiting in self._waiting:
                    _rename(self._safe, *waiting)
                self._waiting.clear()
            case "sync":
                file = self._now[step.path]
                for change in file.waiting:
                    _apply(file.safe, change)
                file.waiting.clear()
            case _:
                self._now[step.path].waiting.append(step)

    def _name(self, step: Step, file: _File | None) -> None:
        _rename(self._now, step, file)
        self._waiting.append((step, file))

    def killed(self) -> dict[str, bytes]:
        """The files as they are: a process that dies takes nothing with it."""
        return {path: _content(file, file.waiting) for path, file in self._now.items()}

    def power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files as they may be found when the power comes back."""
        names = dict(self._safe)
        for waiting in self._waiting[: chance.randint(0, len(self._waiting))]:
            _rename(names, *waiting)
        return {path: _content(file, _survivors(file.waiting, chance)) for path, file in names.items()}

    @property
    def at_risk(self) -> int:
        """How many steps are not synchronised."""
        return len(self._waiting) + sum(len(file.waiting) for file in self._now.values())


def put(files: dict[str, bytes], folder: Path, place: Path) -> None:
    """Lay files of a folder into another one."""
    place.mkdir()
    for path, content in files.items():
        (place / os.path.relpath(path, folder)).write_bytes(content)


def _rename(names: dict[str, _File], step: Step, file: _File | None) -> None:
    if step.kind != "create":
        names.pop(step.path, None)
    if step.kind != "remove" and file is not None:
        names[step.target or step.path] = file


def _survivors(waiting: Sequence[Step], chance: random.Random) -> list[Step]:
    """All, none, those before a moment, or any; a write may be torn between sectors."""
    share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
    if chance.random() < 0.3:
        return list(waiting[: chance.randint(0, len(waiting))])
    kept: list[Step] = []
    for step in waiting:
        if chance.random() >= share:
            continue
        if step.kind == "write" and len(step.data) > SECTOR and chance.random() < 0.2:
            sectors = [place for place in range(0, len(step.data), SECTOR) if chance.random() < 0.5]
            kept += [Step("write", step.path, step.at + at, step.data[at : at + SECTOR]) for at in sectors]
        else:
            kept.append(step)
    return kept


def _content(file: _File, changes: Sequence[Step]) -> bytes:
    content = bytearray(file.safe)
    for change in changes:
        _apply(content, change)
    return bytes(content)


def _apply(content: bytearray, step: Step) -> None:
    end = step.at + len(step.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if step.kind == "cut":
        del content[step.at :]
    else:
        content[step.at : end] = step.data
