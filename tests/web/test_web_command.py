"""`clausewatch serve` and `site` as their user calls them, with wrong input too."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from storage_samples import DAY, START, checked, new_version, source

from storage.connect import open_store
from watcher.cli import main
from watcher.web.serving import listen

PROGRAM = (sys.executable, "-c", "from watcher.cli import main; main()")
TOKEN = "0123456789abcdef0123"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """One source with two versions."""
    path = tmp_path / "store.db"
    store = open_store(path, write=True, repeatable=True)
    store.sync_sources([source()], START)
    for number in (1, 2):
        checked(
            store,
            "acme/privacy",
            START + number * DAY,
            new_version("acme/privacy", number, START + number * DAY, ["x"]),
        )
    store.close()
    return path


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    code: int
    said: str


@pytest.fixture
def run(store: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command in this process, over the store."""

    def call(*words: str, over: Path = store) -> Done:
        with pytest.raises(SystemExit) as end:
            main(["--store", str(over), *words])
        return Done(int(end.value.code or 0), capsys.readouterr().err)

    return call


def get(url: str, path: str, **headers: str) -> tuple[int, bytes]:
    """One request."""
    where = urlsplit(url)
    client = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    body = answer.read()
    client.close()
    return answer.status, body


def test_the_room_opens_and_closes(store: Path, tmp_path: Path) -> None:
    """It says where, answers with the token from a file, and ends cleanly when told to; the log holds no token."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    words = (
        "-v",
        "--store",
        str(store),
        "serve",
        "--port",
        "0",
        "--token-file",
        str(tmp_path / "token"),
        "--lang",
        "nl",
    )
    room = subprocess.Popen([*PROGRAM, *words], stderr=subprocess.PIPE, text=True)
    assert room.stderr is not None
    try:
        told = room.stderr.readline()
        url = re.findall(r"http://127\.0\.0\.1:\d+/", told)[0]
        assert get(url, "/")[0] == 401
        status, body = get(url, "/", Authorization=f"Bearer {TOKEN}")
        assert (status, b'<html lang="nl">' in body) == (200, True)
        assert get(url, f"/login/?token={TOKEN}")[0] == 303
        room.send_signal(signal.SIGINT)
        assert room.wait(20) in {0, 130}
        assert TOKEN not in told + room.stderr.read()
    finally:
        room.kill()
        room.stderr.close()
        room.wait(20)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "0.0.0.0"), "give a token"),
        (("--host", "::"), "give a token"),
        (("--host", "no.such.host.invalid", "--behind-proxy"), "no address to listen at"),
        (("--token-file", "none"), "cannot be read"),
        (("--port", "99999"), "99999"),
        (("--lang", "xx"), "xx"),
    ],
)
def test_wrong_use_is_refused_in_words(run: Callable[..., Done], words: tuple[str, ...], said: str) -> None:
    """Exit 2 and one line with the remedy, before anything listens."""
    done = run("serve", *words)
    assert (done.code, said in done.said) == (2, True), done.said


def test_a_short_token_is_refused(run: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen characters are the least, also from the environment; what it was is not said."""
    monkeypatch.setenv("CLAUSEWATCH_TOKEN", "hunter2")
    done = run("serve")
    assert (done.code, "16 is the least" in done.said, "hunter2" in done.said) == (2, True, False)


def test_a_taken_port_is_told(run: Callable[..., Done]) -> None:
    """The second room says that it cannot listen there."""
    with listen("127.0.0.1", 0) as (_, url):
        done = run("serve", "--port", str(urlsplit(url).port))
    assert (done.code, "cannot listen there" in done.said) == (2, True)


def test_the_files_are_written_and_counted(run: Callable[..., Done], tmp_path: Path) -> None:
    """The first run writes all, the second nothing; a folder of somebody else is left alone; no store is an error."""
    folder = tmp_path / "public"
    first, again = run("site", str(folder)), run("site", str(folder))
    assert re.search(r"public: (\d+) files, \1 written, 0 removed", first.said), first.said
    assert (again.code, ", 0 written, 0 removed" in again.said) == (0, True)
    assert (folder / "source/acme/privacy/1-2/index.html").is_file()
    refused = run("site", str(tmp_path))
    assert (refused.code, "did not write" in refused.said) == (2, True)
    assert run("site", str(folder), over=tmp_path / "none.db").code != 0
