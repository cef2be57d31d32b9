"""Time stamps and letting go of raw pages, as the user meets them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stamp_authority import StampAuthority, make_authority, serving_authority

from storage.connect import open_store
from watcher.bundle import check_bundle
from watcher.config import Retention, load
from watcher.daemon import Daemon
from watcher.notify_systemd import from_environment
from watcher.retention import prune
from watcher.stages import HERE

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
# What the README of a bundle asks for, and the shell that its lines are typed into.
TOOLS = ("sha256sum", "openssl", "awk", "sed", "cut", "basename", "tail")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampAuthority]:
    """An authority that answers."""
    with serving_authority(tmp_path_factory.mktemp("tsa")) as authority:
        yield authority


@pytest.fixture
def history(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path], tsa: StampAuthority
) -> Callable[[int], Any]:
    """Checks a page that says so many months, with an authority and bounds for raw pages in the configuration."""
    tsa.status = 200
    configure(
        f'[timestamps]\nurl = "{tsa.url}"\nca = "{tsa.ca}"\nevery = "1m"\n[retention]\nraw_size = "1MB"\n'
        f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n'
    )

    def check(months: int) -> Any:
        text = f"<h1>Privacy policy</h1><h2>Data</h2><p>We keep account data for {months} months.</p><p>{MORE}</p>"
        site.put("/p", f"<html lang=en><title>P</title><main>{text}</main></html>")
        return run("check", "--force")

    return check


def test_a_check_is_stamped_and_the_bundle_proves_it(
    history: Callable[[int], Any], run: Callable[..., Any], tsa: StampAuthority, tmp_path: Path
) -> None:
    """The instructions in the bundle, typed in an empty folder where there is nothing but the tools they name."""
    first = history(12)
    assert first.code == 0
    assert re.search(r"time stamp of record 2: 20\d\d-\d\d-\d\d .* UTC by http://127", first.err)
    history(24)  # within `every`, so that it has no stamp of its own yet
    stamp = run("stamp", "--json")
    assert (stamp.code, json.loads(stamp.out)["record"]) == (0, 4)
    sound = run("verify")
    assert "2 time stamps, the last of record 4" in sound.err
    assert "signatures hold" in sound.err
    told = json.loads(run("verify", "--json").out)
    assert [(one["record"], one["signature"]) for one in told["stamps"]] == [(2, "good"), (4, "good")]
    bundle = tmp_path / "e.zip"
    assert run("export", "acme/privacy", "--bundle", str(bundle)).code == 0
    elsewhere = ("--store", str(tmp_path / "none.db"), "verify", str(bundle))
    found = json.loads(run(*elsewhere, "--json").out)
    assert (found["source"], found["versions"], found["trust"]) == ("acme/privacy", [1, 2], "bundle")
    assert [(one["record"], one["signature"]) for one in found["stamps"]] == [(2, "good"), (4, "good")]
    assert "signatures hold)" in run(*elsewhere, "--ca", str(tsa.ca)).err
    stranger = make_authority(tmp_path / "other").ca
    refused = run(*elsewhere, "--ca", str(stranger))
    assert (refused.code, "time stamp of record 2: its signature does not hold" in refused.err) == (1, True)
    _by_hand(bundle, tmp_path / "by hand")


def _by_hand(bundle: Path, folder: Path) -> None:
    """Follow the README to the letter, then again with a stamp in the wrong place."""
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(folder / "evidence")
    tools = folder / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or name)
    blocks = re.findall(r"(?:^     .*\n)+", (folder / "evidence/README.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert [block.split()[0] for block in blocks] == ["sha256sum", "for", "read", "for"]

    def said(block: str) -> tuple[str, str]:
        done = subprocess.run(
            ["/bin/bash", "-c", block],
            cwd=folder / "evidence",
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
        )
        return done.stdout, done.stderr

    assert [said(block)[0] for block in blocks] == ["", "", "", "Verification: OK\n" * 2]
    stamps = folder / "evidence/stamps"
    (stamps / "000002.tsr").write_bytes((stamps / "000004.tsr").read_bytes())
    assert "Verification: FAILED" in "".join(said(blocks[3]))
    forged = folder / "forged.zip"
    for ca in ((stamps / "ca.pem").read_bytes(), b"junk", b""):
        (stamps / "ca.pem").write_bytes(ca)
        with zipfile.ZipFile(forged, "w") as archive:
            for file in [*(folder / "evidence").rglob("*.*"), folder / "evidence/SHA256SUMS"]:
                if file.is_file():
                    archive.write(file, file.relative_to(folder / "evidence"))
        problems = check_bundle(forged).problems
        assert "stamps/000002.tsr: is not what SHA256SUMS says" in problems
        assert "time stamp of record 2: it is for something else" in problems
        assert ("time stamp of record 4: its signature does not hold" in "".join(problems)) == (ca == b"junk")


def test_an_authority_that_fails_stops_nothing(
    history: Callable[[int], Any], run: Callable[..., Any], tsa: StampAuthority
) -> None:
    """The version is there, the failure is told by check, status and doctor, and the next run asks again."""
    tsa.status = 500
    done = history(12)
    assert done.code == 0
    assert "no time stamp: the server answered with status 500" in done.err
    assert "the next run asks again" in done.err
    assert len(json.loads(run("history", "acme/privacy", "--json").out)) == 1
    assert "no time stamp" in run("status").err
    found = {one["name"]: one for one in json.loads(run("doctor", "--json").out)}
    assert (found["time stamps"]["grade"], "status 500" in found["time stamps"]["text"]) == ("warning", True)
    assert run("stamp").code == 1
    tsa.status = 200
    again = run("check")
    assert (again.code, "time stamp of record 2" in again.err) == (0, True)
    assert "no time stamp" not in run("status").err
    assert {one["name"]: one["grade"] for one in json.loads(run("doctor", "--json").out)}["time stamps"] == "ok"


def test_wrong_use_of_stamp_is_told(run: Callable[..., Any], configure: Callable[..., Path], site: Any) -> None:
    """No authority, no store, certificates that are not there."""
    body = f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n'
    path = configure(body)
    none = run("stamp")
    assert (none.code, "[timestamps]" in none.err) == (2, True)
    configure('[timestamps]\nurl = "http://127.0.0.1:9/"\n' + body)
    assert "no store yet" in run("stamp").err
    assert not (path.parent / "history.db").exists()
    configure('[timestamps]\nurl = "http://127.0.0.1:9/"\nca = "gone.pem"\n' + body)
    lost = run("check")
    assert (lost.code, "timestamps: ca: cannot be read" in lost.err) == (2, True)
    assert run("verify", "--ca", "gone.pem").code != 0


def test_old_pages_are_let_go_of(
    history: Callable[[int], Any], run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path
) -> None:
    """Nothing within the bounds; beyond them all but the latest; a bundle says which pages are not in it."""
    for months in (12, 24):
        assert history(months).code == 0
    within = run("prune", "--dry-run")
    assert (within.code, within.out.startswith("0 raw pages would be let go of")) == (0, True)
    path = tmp_path / "sources.toml"
    path.write_text(path.read_text().replace('raw_size = "1MB"', ""), encoding="utf-8")
    nothing = run("prune")
    assert (nothing.code, "raw_age or raw_size" in nothing.err) == (2, True)
    # The shortest bound is a day, so the clock is put on by hand.
    with closing(open_store(str(tmp_path / "history.db"), write=True)) as store:
        done = prune(store, Retention(age=timedelta(days=2)), datetime.now(UTC) + timedelta(days=3))
    assert done.pages == 1
    sound = run("verify")
    assert (sound.code, "1 raw page dropped by retention, last on" in sound.err) == (0, True)
    bundle = tmp_path / "e.zip"
    assert run("export", "acme/privacy", "--bundle", str(bundle)).code == 0
    told = json.loads(run("verify", str(bundle), "--json").out)
    assert (told["problems"], len(told["dropped"]), told["versions"]) == ([], 1, [1, 2])
    with zipfile.ZipFile(bundle) as archive:
        names = archive.namelist()
        assert sum(name.startswith("pages/") for name in names) == 1
        assert sum(name.endswith("-dropped.json") for name in names) == 1
        assert "PAGES THAT ARE NOT HERE" in archive.read("README.txt").decode()


def test_the_daemon_stamps_and_lets_go(
    history: Callable[[int], Any], site: Any, tsa: StampAuthority, tmp_path: Path
) -> None:
    """Each pass looks after both; an authority that fails is told of once and left alone for a while."""
    assert history(12).code == 0
    site.put("/p", site.pages["/p"].replace(b"12 months", b"48 months"))
    said: list[str] = []
    moments = iter(datetime.now(UTC) + timedelta(days=2, minutes=number) for number in range(1000))
    settings = load(tmp_path / "sources.toml")
    with closing(open_store(str(tmp_path / "history.db"), write=True)) as store:
        daemon = Daemon(
            store,
            replace(settings, retention=Retention(age=timedelta(days=1))),
            HERE,
            lambda: next(moments),
            threads=1,
            manager=from_environment(),
            say=said.append,
            observe=lambda _source, _result: None,
        )
        before = len(store.stamps())
        tsa.status = 500
        daemon._pass()
        assert len(store.versions()) == 2
        assert [one.error is None for one in store.stamps()] == [*[True] * before, False]
        assert ["no time stamp" in line for line in said] == [True, False]
        assert said[1].startswith("1 raw page beyond [retention] let go of")
        asked = len(tsa.requests)
        daemon._pass()
        assert len(tsa.requests) == asked
        tsa.status = 200
        for _ in range(10):
            daemon._pass()
        assert len(store.stamps()) == before + 1
        assert store.stamps()[-1].head == store.head()
        assert store.verify() == []
        daemon.stop()
