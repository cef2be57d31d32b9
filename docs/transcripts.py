"""Plays the pages of the documentation: writes their files, runs their commands, and gives back what was printed.

A page is its code blocks, in order. A block whose info string ends in a file name (```` ```toml sources.toml ````) is
that file. A `console` block holds commands behind `$ ` and what they print; "…" on a line stands for lines left out.
A `json` block right below one is an example of what its last command prints: it has the same keys, shorter lists.
A command that ends in `&` is a server: it is started and stays until the session is closed. `clausewatch` runs in this
process, all else in a shell. Ports that a page names are replaced by free ones.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watcher.cli import main

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
# Pages that are played one after the other in one folder, each list in a folder of its own.
TUTORIAL = (
    "docs/tutorial.md",
    "docs/how-to/add-a-source.md",
    "docs/how-to/choose-selectors.md",
    "docs/how-to/alerts.md",
    "docs/how-to/run-it-regularly.md",
    "docs/how-to/evidence.md",
    "docs/how-to/backfill.md",
    "docs/reference/contracts.md",
    "docs/reference/store.md",
)
README = ("README.md",)
LEFT_OUT = "…"
PATIENCE = 20.0
# The one address of the internet on the pages that are played, and what is served in its place.
_REAL = "https://docs.github.com/en/site-policy/privacy-policies/github-general-privacy-statement"
# How the configuration begins that asks for it; this machine may only be asked where it is allowed.
_BARE = '[[source]]\nid = "github/privacy"\n'
_ELSEWHERE = """<!doctype html><html lang="en"><title>Privacy statement</title><main><h1>Privacy statement</h1>
<p>This statement says which personal data we process, for which purposes, and which rights you have.</p>
<h2>Retention</h2><p>We keep your personal data for as long as your account exists, then we delete it.</p>
<h2>Rights</h2><p>You have the right of access to your personal data, and the right to object.</p></main></html>
"""
_SHELL = re.compile(r"[|&;<>*$]|^(?!\./clausewatch |clausewatch )")
_BROKEN = ("internal error", "Traceback (most recent call last)")
_VOLATILE = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?Z?"), "TIME"),
    (re.compile(r"\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "TIME"),
    (re.compile(r"\b[0-9a-f]{7,64}\b"), "HASH"),
    (re.compile(r"clausewatch at \S+?,? for"), "clausewatch at HOST, for"),
    (re.compile(r"─+"), "─"),
    (re.compile(r"[ \t]+"), " "),
)


@dataclass(frozen=True, slots=True)
class Block:
    """One code block of a page: where its body starts and ends, and what kind it is."""

    kind: str
    file: str | None
    body: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One command and what the page says it prints."""

    command: str
    shown: str


def blocks(text: str) -> list[Block]:
    """The code blocks of a page."""
    found = []
    for match in BLOCK.finditer(text):
        kind, _, name = match["info"].strip().partition(" ")
        found.append(Block(kind, name.strip() or None, match["body"], match.start("body"), match.end("body")))
    return found


def steps(body: str) -> list[Step]:
    """The commands of a console block with what is shown below each; a command may go on behind `> `."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1] = (f"{found[-1][0]}\n{line[2:]}", [])
        elif found:
            found[-1][1].append(line)
    return [Step(command, "\n".join(shown)) for command, shown in found]


def normal(text: str) -> list[str]:
    """The lines of an output without what differs from run to run: times, ports, hashes, widths, blank lines."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def missing(shown: str, printed: str) -> str | None:
    """The first shown line that was not printed where it should be; None when the page tells the truth.

    The runs of lines between two "…" must stand in the output in this order, each of them unbroken.
    """
    rest = normal(printed)
    runs: list[list[str]] = [[]]
    for line in normal(shown):
        if line == LEFT_OUT:
            runs.append([])
        else:
            runs[-1].append(line)
    if len(runs) == 1:
        wanted = runs[0]
        if wanted == rest:
            return None
        pairs = zip([*wanted, "(the end)"], [*rest, "(the end)"], strict=False)
        return next((f"{one!r} is not {other!r}" for one, other in pairs if one != other), "the lengths differ")
    for run in filter(None, runs):
        place = next((at for at in range(len(rest)) if rest[at : at + len(run)] == run), None)
        if place is None:
            return next((line for line in run if line not in rest), f"{run[0]!r} and the lines below it")
        rest = rest[place + len(run) :]
    return None


@dataclass(frozen=True, slots=True)
class Played:
    """A step with what it printed, the block it stands in, and the JSON example of its output where there is one."""

    step: Step
    printed: str
    block: Block
    example: Block | None = None


@dataclass
class Session:
    """A folder in which pages are played, with servers that last until `close`.

    `rewrites` replaces texts in files and commands, for addresses that are not to be asked for.
    """

    folder: Path
    rewrites: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _ports: dict[str, str] = field(default_factory=dict)

    def write(self, name: str, text: str) -> None:
        """A file of a page."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._here(text), encoding="utf-8")
        path.chmod(0o644)  # whatever the umask: a file that others may write is warned of

    def run(self, command: str) -> str:
        """What a command prints, both streams as they come; a server's is nothing. Ports are shown as on the page."""
        here = self._here(command)
        if here.endswith("&"):
            self._serve(here[:-1].strip())
            return ""
        printed = self._shell(here) if _SHELL.search(here) else self._command(here)
        for port, free in self._ports.items():
            printed = re.sub(rf"\b{free}\b", port, printed)
        return printed

    def close(self) -> None:
        """End the servers."""
        for server in self._servers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait()
        self._servers.clear()

    def _here(self, text: str) -> str:
        for port in dict.fromkeys(re.findall(r"\b(80[0-9]{2})\b", text)):
            self._ports.setdefault(port, str(_free_port()))
        for was, now in (*self.rewrites.items(), *self._ports.items()):
            text = text.replace(was, now)
        return text

    def _command(self, command: str) -> str:
        out = io.StringIO()
        with contextlib.ExitStack() as stack:
            stack.enter_context(_environ(self._environment()))
            stack.enter_context(contextlib.chdir(self.folder))
            stack.enter_context(contextlib.redirect_stdout(out))
            stack.enter_context(contextlib.redirect_stderr(out))
            with contextlib.suppress(SystemExit):
                main(shlex.split(command)[1:])
        return out.getvalue()

    def _shell(self, command: str) -> str:
        done = subprocess.run(  # noqa: S603 - commands of our own pages
            ["/bin/bash", "-c", command],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace")

    def _serve(self, command: str) -> None:
        port = next(free for free in self._ports.values() if free in command)
        self._servers.append(
            subprocess.Popen(  # noqa: S603 - the same
                ["/bin/bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
            except OSError:
                if time.monotonic() > until or self._servers[-1].poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        folders = {name: str(self.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        return {**kept, "PATH": programs, **folders, "PYTHONDONTWRITEBYTECODE": "1", **self.environment}


@contextlib.contextmanager
def session(folder: Path) -> Iterator[Session]:
    """A session in `folder`: pages of the internet are asked for on this machine, programs are called by their name."""
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "index.html").write_text(_ELSEWHERE, encoding="utf-8")
    served = {_REAL: "http://127.0.0.1:8099/", _BARE: f'[fetch]\nallow_networks = ["127.0.0.0/8"]\n\n{_BARE}'}
    here = Session(folder, served, {"CLAUSEWATCH_COMMAND": "./clausewatch"})
    try:
        here.run("python -m http.server 8099 --bind 127.0.0.1 --directory elsewhere &")
        yield here
    finally:
        here.close()


def play(here: Session, text: str) -> Iterator[Played]:
    """Play a page: every command of it with what it printed."""
    found = blocks(text)
    for place, block in enumerate(found):
        if block.file is not None:
            here.write(block.file, block.body)
        elif block.kind == "console":
            below = found[place + 1] if place + 1 < len(found) else None
            told = steps(block.body)
            for number, step in enumerate(told):
                last = number == len(told) - 1 and not step.shown
                near = below is not None and text[block.end : below.start].split() == ["```", "```json"]
                example = below if last and near else None
                yield Played(step, here.run(step.command), block, example)


def fault(played: Played) -> str | None:
    """What is not true about a command's output on its page; None when it is."""
    if played.example is None:
        wrong = missing(played.step.shown, played.printed)
    else:
        wrong = _unlike(json.loads(played.example.body), _parsed(played.printed))
    return f"$ {played.step.command}: {wrong}" if wrong else None


def refreshed(text: str, played: Iterable[Played]) -> str:
    """The page with the outputs as they are now, where they differ in more than times and the like.

    Raises RuntimeError when a command broke: that is no output to show.
    """
    edits: dict[Block, str] = {}
    for one in played:
        if fault(one) is None:
            continue
        if any(sign in one.printed for sign in _BROKEN):
            raise RuntimeError(f"$ {one.step.command}\n{one.printed}")
        if one.example is not None:
            edits[one.example] = json.dumps(_shortened(_parsed(one.printed)), ensure_ascii=False, indent=2) + "\n"
            continue
        body = edits.get(one.block, one.block.body)
        head = "$ " + one.step.command.replace("\n", "\n> ") + "\n"
        was = head + (one.step.shown + "\n" if one.step.shown else "")
        edits[one.block] = body.replace(was, head + _respliced(one.step.shown, one.printed), 1)
    for block in sorted(edits, key=lambda each: -each.start):
        text = text[: block.start] + edits[block] + text[block.end :]
    return text


def _respliced(shown: str, printed: str) -> str:
    """The output with the same parts left out, found again by the first and the last line of each part."""
    lines = [line.rstrip() for line in printed.rstrip().splitlines()]
    if LEFT_OUT not in shown.splitlines():
        return "".join(f"{line}\n" for line in lines)
    parts: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line == LEFT_OUT:
            parts.append([])
        else:
            parts[-1].append(line)
    keys = [" ".join(normal(line)) for line in lines]
    fresh = []
    for part in parts:
        ends = [" ".join(normal(line)) for line in (part[0], part[-1])] if part else []
        if part and all(end in keys for end in ends):
            first = keys.index(ends[0])
            fresh.append("\n".join(lines[first : keys.index(ends[1], first) + 1]))
        else:
            fresh.append("\n".join(part))
    return f"\n{LEFT_OUT}\n".join(fresh).lstrip("\n").rstrip("\n") + "\n"


def _parsed(printed: str) -> Any:
    """The first JSON value of an output: the whole document, or the first of JSON Lines; talk before it is skipped."""
    start = re.search(r"^[\[{]", printed, re.MULTILINE)
    return json.JSONDecoder().raw_decode(printed[start.start() :])[0] if start else None


def _keys(value: Any, place: str = "") -> set[str]:
    """Every key of a value by its path, lists as `[]`."""
    if isinstance(value, dict):
        return {f"{place}.{key}" for key in value}.union(*(_keys(value[key], f"{place}.{key}") for key in value))
    if isinstance(value, list):
        return set().union(*(_keys(each, f"{place}[]") for each in value))
    return set()


def _unlike(example: Any, real: Any) -> str | None:
    """A key that is in one and not in the other. A list that is cut short in the example may lack keys of facts."""
    ours, theirs = _keys(example), _keys(real)
    if gone := sorted(ours - theirs):
        return f"{gone[0]} is not printed"
    empty = tuple(f"{key}[]" for key in ours if not any(other.startswith(f"{key}[]") for other in ours))
    fresh = sorted(key for key in theirs - ours if not key.startswith(empty) and ".facts[]" not in key)
    return f"{fresh[0]} is not in the example" if fresh else None


def _shortened(value: Any) -> Any:
    """A value with at most one entry in each list of objects, and no long text."""
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each) for each in (value[:1] if value and isinstance(value[0], dict) else value)]
    return value


def _free_port() -> int:
    """A port of four digits, as on the pages: tables must not become wider."""
    while True:
        port = random.randint(5000, 7999)
        with socket.socket() as reserved, contextlib.suppress(OSError):
            reserved.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def _environ(wanted: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
