"""The wheel: everything that the program reads is in it, and it starts without the development packages."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = {".bin", ".toml", ".jinja", ".md", ".html", ".txt"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = place.glob("*.whl")
    return made


def test_everything_the_program_reads_is_packed(wheel: Path) -> None:
    """Lexicons, phrases, templates and sample pages are in the wheel; tests and benchmarks are not."""
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for package in ("storage", "notifier", "watcher"):
        for file in (ROOT / package).rglob("*"):
            if file.suffix in DATA | {".py"} and "__pycache__" not in file.parts:
                assert file.relative_to(ROOT).as_posix() in packed
    assert "watcher/sources.example.toml" in packed
    assert not [name for name in packed if name.startswith(("tests/", "bench/"))]


def test_the_wheel_starts(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, with nothing of this checkout on the path, the command runs and reads its own data."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "a.md").write_text("# Privacy policy\n\nWe keep personal data for 12 months.\n" * 3, encoding="utf-8")
    code = (
        "import sys; sys.path.insert(0, 'site'); import watcher; from watcher.cli import main\n"
        "print(watcher.__file__, file=sys.stderr); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "facts", "a.md", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "site") in done.stderr
    assert '"P12M"' in done.stdout
