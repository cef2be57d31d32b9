"""Recordings come from anywhere: every fault is told by place and value, nothing outside their folder is read."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage.errors import UsageError
from watcher.recording import open_recording

PAGE: dict[str, Any] = {
    "page": "acme",
    "url": "https://acme.example/p",
    "archive": "a.tgz",
    "captures": [{"file": "1.html", "date": "2024-01-01"}, {"file": "2.html", "date": "2024-02-01T12:00:00+02:00"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an archive of two pages, one broken archive, and a secret beside the folder."""
    (tmp_path / "secret.html").write_text("secret")
    inside = tmp_path / "recording"
    inside.mkdir()
    with tarfile.open(inside / "a.tgz", "w:gz") as archive:
        for name, body in (("./1.html", b"one"), ("2.html", b"two"), ("../3.html", b"three")):
            member = tarfile.TarInfo(name)
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
        link = tarfile.TarInfo("link.html")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret.html")
        archive.addfile(link)
    (inside / "cut.tgz").write_bytes((inside / "a.tgz").read_bytes()[:60])
    (inside / "2024-01-01.html").write_text("one")
    (inside / "link.html").symlink_to(tmp_path / "secret.html")
    return inside


def index(folder: Path, value: object) -> Path:
    """Write an index; a text is written as it is."""
    path = folder / "index.json"
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def test_captures_come_in_time_order_in_utc(folder: Path) -> None:
    """Offsets are honoured, a time without one is UTC, and two captures of one moment are a second apart."""
    twice = [*reversed(PAGE["captures"]), {"file": "../3.html", "date": "2024-02-01T10:00:00Z"}]
    recording = open_recording(index(folder, {"pages": [{**PAGE, "captures": twice}]}))
    assert [(capture.body, capture.fetched_at) for capture in recording.read()] == [
        (b"one", datetime(2024, 1, 1, tzinfo=UTC)),
        (b"three", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        (b"two", datetime(2024, 2, 1, 10, 0, 1, tzinfo=UTC)),
    ]
    assert {path.name for path in folder.parent.iterdir()} == {"recording", "secret.html"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "cannot be read as JSON"),
        ("\x00", "cannot be read as JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ("[]", "the file is list"),
        ({"pages": {}}, '"pages" is missing, empty or no list'),
        ({"pages": []}, '"pages" is missing, empty or no list'),
        ({"pages": [1]}, "a page is int"),
        ({"pages": [{}]}, '"page" is missing'),
        ({"pages": [PAGE, {**PAGE, "page": "b"}]}, "name one with --page: acme, b"),
        ({"pages": [{**PAGE, "captures": []}]}, "page 'acme': \"captures\" is missing, empty"),
        ({"pages": [{**PAGE, "captures": [1]}]}, "a capture is int"),
        ({"pages": [{**PAGE, "captures": [{"file": "1.html"}]}]}, '"date" is missing'),
        ({"pages": [{**PAGE, "captures": [{"file": "1.html", "date": "soon"}]}]}, "'soon' is not a time"),
        (
            {"pages": [{**PAGE, "captures": [{"file": "1.html", "date": "9999-12-31T23:59:59-12:00"}]}]},
            "lies outside the years 1990 to 2199",
        ),
        ({"pages": [{**PAGE, "url": "javascript:alert(1)"}]}, "is no address of a page"),
        ({"pages": [{**PAGE, "archive": None}]}, '"archive" is missing'),
        ({"pages": [{**PAGE, "archive": "../secret.html"}]}, "there is no '../secret.html' in it"),
        ({"pages": [{**PAGE, "archive": "/etc"}]}, "there is no '/etc' in it"),
        ({"pages": [{**PAGE, "archive": "."}]}, "there is no '.' in it"),
        ({"pages": [{**PAGE, "archive": "\x00"}]}, "is no usable path"),
        ({"pages": [{**PAGE, "archive": "index.json"}]}, "not an archive that can be unpacked"),
        ({"pages": [{**PAGE, "archive": "cut.tgz"}]}, "not an archive that can be unpacked"),
        (
            {"pages": [{**PAGE, "captures": [*PAGE["captures"], {"file": "9.html", "date": "2024-09-09"}]}]},
            "there is no file '9.html' in it",
        ),
        (
            {"pages": [{**PAGE, "captures": [{"file": "link.html", "date": "2024-09-09"}]}]},
            "there is no file 'link.html' in it",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_before_anything_is_fed(folder: Path, value: object, said: str) -> None:
    """Broken, incomplete, hostile: one UsageError that names the file and the value."""
    with pytest.raises(UsageError) as error:
        next(open_recording(index(folder, value)).read())
    assert said in str(error.value)
    assert str(folder) in str(error.value)


def test_a_page_that_is_too_large_is_refused_by_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever size the archive claims, only so many bytes are read."""
    for module in ("tape", "index"):
        monkeypatch.setattr(f"watcher.recording.{module}.MAX_BYTES", 2)
    with pytest.raises(UsageError, match=r"'1\.html' is larger than 2 bytes"):
        next(open_recording(index(folder, {"pages": [PAGE]})).read())


def test_a_folder_gives_its_dated_files_and_nothing_else(folder: Path) -> None:
    """Hidden files, backups, links, impossible days and files without a date are passed over."""
    for name in (".2024-01-02.html", "2024-01-03.html~", "2024-02-30.html", "0001-01-01.html", "notes.html"):
        (folder / name).write_text("no")
    (folder / "2024-01-04.html").symlink_to(folder.parent / "secret.html")
    (folder / "20240105_083000.html").write_text("five")
    recording = open_recording(folder)
    assert [(name, when.isoformat()) for name, when in recording.captures] == [
        ("2024-01-01.html", "2024-01-01T00:00:00+00:00"),
        ("20240105_083000.html", "2024-01-05T08:30:00+00:00"),
    ]
    assert [capture.body for capture in recording.read()] == [b"one", b"five"]
    for path in (folder.parent / "nowhere", folder / "cut.tgz"):
        with pytest.raises(UsageError, match=path.name):
            open_recording(path)


def test_an_index_may_name_a_folder_but_nothing_beside_it(folder: Path) -> None:
    """A file name that leads out of the folder, by dots or by a link, is refused."""
    (folder / "pages").mkdir()
    (folder / "pages" / "1.html").write_text("one")
    (folder / "pages" / "out.html").symlink_to(folder.parent / "secret.html")
    good = {**PAGE, "archive": "pages", "captures": [{"file": "1.html", "date": "2024-01-01"}]}
    assert next(open_recording(index(folder, {"pages": [good]})).read()).body == b"one"
    for name in ("../../secret.html", "out.html", str(folder.parent / "secret.html"), "nope.html"):
        bad = {**good, "captures": [*good["captures"], {"file": name, "date": "2024-02-01"}]}
        with pytest.raises(UsageError, match="there is no"):
            next(open_recording(index(folder, {"pages": [bad]})).read())
