"""The programs that are measured: how each is installed, set up and called.

Peers live in environments of their own under bench/.envs, made when first needed, at the versions named here. All get
the same addresses in the same order, a folder of their own, and report to standard output.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENTS = Path(__file__).parent / ".envs"


@dataclass(frozen=True, slots=True)
class Tool:
    """One program with one set of options.

    `prepare(folder, urls)` writes its files; `command(folder, urls)` is what a user would type; `database` are the
    names in the folder that count as its database. A `slow` one is run in fewer rounds. `package` is None for ours.
    """

    name: str
    package: str | None
    prepare: Callable[[Path, Sequence[str]], None]
    command: Callable[[Path, Sequence[str]], list[str]]
    database: str
    slow: bool = False


def install(tool: Tool) -> None:
    """Make the environment of a peer unless it is there. Raises CalledProcessError when it cannot be had."""
    if tool.package is None or _program(tool.package).exists():
        return
    place = _environment(tool.package)
    print(f"installing {tool.package}", file=sys.stderr)
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, place], check=True)
        installer = [uv, "pip", "install", "--quiet", "--python", str(place / "bin" / "python")]
    else:
        venv.create(place, with_pip=True, clear=True)
        installer = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    # webchanges uses requests for `http_client: requests`, and does not install it by itself.
    subprocess.run([*installer, tool.package, "requests"], check=True)


def _environment(package: str) -> Path:
    return ENVIRONMENTS / package.replace("==", "-")


def _program(package: str) -> Path:
    return _environment(package) / "bin" / package.partition("==")[0]


def _ours(folder: Path, urls: Sequence[str]) -> None:
    parts = [f'store = "{folder / "clausewatch.db"}"\n[fetch]\nallow_networks = ["127.0.0.0/8"]\n']
    parts.append('[[subscriber]]\nname = "reader"\nto = ["console:"]\n')
    parts += [
        f'[[source]]\nid = "{_source(number)}"\nvendor = "Vendor {number}"\n'
        f'document = "privacy-policy"\nurl = "{url}"\n'
        for number, url in enumerate(urls)
    ]
    (folder / "sources.toml").write_text("\n".join(parts), "utf-8")


def _source(number: int) -> str:
    return f"vendor-{number}/privacy"


def _our_command(folder: Path, urls: Sequence[str]) -> list[str]:
    # Named sources are checked due or not, with the same conditional requests as due ones.
    program = Path(sys.executable).parent / "clausewatch"
    return [str(program), "--config", str(folder / "sources.toml"), "check", *map(_source, range(len(urls)))]


def _jobs(options: str) -> Callable[[Path, Sequence[str]], None]:
    """Jobs as both peers read them; new pages are not printed, which spares them work that we do not do either."""

    def prepare(folder: Path, urls: Sequence[str]) -> None:
        jobs = [f"name: page {number}\nurl: {json.dumps(url)}\n{options}" for number, url in enumerate(urls)]
        (folder / "jobs.yaml").write_text("---\n".join(jobs), "utf-8")
        (folder / "config.yaml").write_text(
            "display:\n  new: false\n  error: true\n  unchanged: false\n"
            "report:\n  stdout:\n    enabled: true\n    color: false\n",
            "utf-8",
        )
        (folder / "hooks.py").write_text("", "utf-8")

    return prepare


def _webchanges(*more: str) -> Callable[[Path, Sequence[str]], list[str]]:
    def command(folder: Path, _urls: Sequence[str]) -> list[str]:
        files = ("--jobs", "jobs.yaml", "--config", "config.yaml", "--hooks", "hooks.py", "--database", "snapshots.db")
        return [str(_program(WEBCHANGES)), *(str(folder / word) if "." in word else word for word in files), *more]

    return command


def _urlwatch(folder: Path, _urls: Sequence[str]) -> list[str]:
    files = ("--urls", "jobs.yaml", "--config", "config.yaml", "--hooks", "hooks.py", "--cache", "cache.db")
    return [str(_program(URLWATCH)), *(str(folder / word) if "." in word else word for word in files)]


WEBCHANGES = "webchanges==3.37.0"
URLWATCH = "urlwatch==2.29"

TOOLS = (
    Tool("clausewatch", None, _ours, _our_command, "clausewatch.db*"),
    Tool("urlwatch", URLWATCH, _jobs("filter:\n  - html2text: re\n"), _urlwatch, "cache.db*"),
    Tool(
        "webchanges best",
        WEBCHANGES,
        _jobs("http_client: requests\nfilters:\n  - html2text: strip_tags\n"),
        _webchanges("--max-workers", "2"),
        "snapshots.db*",
    ),
    Tool("webchanges", WEBCHANGES, _jobs("filters:\n  - html2text\n"), _webchanges(), "snapshots.db*", slow=True),
)
