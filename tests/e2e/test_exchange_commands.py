"""Lists of sources from other programs and for them, as the user asks for them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watcher.config import load

SERVICE = {
    "name": "Northwind",
    "terms": {
        "Privacy Policy": {"fetch": "https://northwind.example/privacy", "select": ["main"], "filter": ["dropMenus"]},
        "Trackers Policy": {"fetch": "https://northwind.example/cookies", "select": ["main"]},
        "Brand Guidelines": {"fetch": "ftp://northwind.example/brand"},
    },
}


def test_import_prints_or_adds(run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path) -> None:
    """What is printed loads; what is added is kept once, and a second time nothing is."""
    folder = tmp_path / "declarations"
    folder.mkdir()
    (folder / "Northwind.json").write_text(json.dumps(SERVICE), encoding="utf-8")
    path = configure('# ours\n[[source]]\nid = "a/b"\nvendor = "A"\ndocument = "dpa"\nurl = "https://a.example/dpa"\n')
    printed = run("sources", "import", str(folder))
    assert printed.code == 3
    assert [one["id"] for one in tomllib.loads(printed.out)["source"]] == [
        "northwind/privacy-policy",
        "northwind/trackers-policy",
    ]
    assert "filter dropMenus is not kept" in printed.err
    assert "2 sources; 1 source left out" in printed.err
    assert run("sources", "import", str(folder), "--add").code == 3
    assert path.read_text(encoding="utf-8").count("# ours\n") == 1
    assert len(load(path).sources) == 3
    again = json.loads(run("sources", "import", str(folder), "--add", "--json").out)
    assert (again["sources"], again["added"]) == ([], [])
    assert sum("is watched already" in note["text"] for note in again["notes"]) == 2
    assert len(load(path).sources) == 3


def test_export_from_the_command_line(run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path) -> None:
    """A table by default, addresses, declarations into a folder that is named."""
    configure('[[source]]\nid = "a/b"\nvendor = "A"\ndocument = "dpa"\nurl = "https://a.example/dpa"\n')
    assert run("sources", "export").out.splitlines() == [
        "id,vendor,document,url,language,every,fetcher,tags,select,remove",
        "a/b,A,dpa,https://a.example/dpa,,1d,http,,,",
    ]
    assert run("sources", "export", "--format", "urls").out == "https://a.example/dpa\n"
    assert run("sources", "export", "--form", "urls").out == "https://a.example/dpa\n"  # the name of before
    wrong = run("sources", "export", "--format", "declarations")
    assert wrong.code == 2
    assert "--to FOLDER" in wrong.err
    assert run("sources", "export", "--format", "declarations", "--to", str(tmp_path / "d")).code == 0
    assert (tmp_path / "d" / "A.json").is_file()
