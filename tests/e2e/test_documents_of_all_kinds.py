"""PDFs over HTTP and as files, and histories out of git: by the command, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

CONFIG = """
store = "history.db"

[fetch]
allow_networks = ["127.0.0.0/8"]

[[source]]
id = "quay/dpa"
vendor = "Quay"
document = "dpa"
url = "{url}/dpa.pdf"
"""
TEXT = (
    "This data processing agreement governs how the processor handles personal data on behalf of the controller. "
    "We keep the personal data of your customers for {months} months after the end of the agreement, and erase them "
    "afterwards. The processor takes appropriate security measures and notifies the controller of a breach."
)
VENDORS = [
    ("Name", "Purpose", "Location"),
    ("Quillwharf Oy", "Hosting of the platform", "Finland"),
    ("Ambertide GmbH", "Support tickets", "Germany"),
]


def agreement(months: int, *, more: bool = False) -> bytes:
    """An agreement with a list of sub-processors, as a PDF of two pages or more."""
    paper = FPDF()
    paper.set_creation_date(datetime(2026, 1, months, tzinfo=UTC))
    paper.add_page()
    paper.set_font("helvetica", "B", 18)
    paper.multi_cell(0, 9, "Data processing agreement", new_x="LMARGIN", new_y="NEXT")
    for number in range(1, 9):
        paper.set_font("helvetica", "B", 11)
        paper.multi_cell(0, 9, f"{number}. Clause of the agreement", new_x="LMARGIN", new_y="NEXT")
        paper.set_font("helvetica", size=11)
        text = (
            TEXT.format(months=months) if number == 4 else TEXT.format(months=24).replace("We keep", f"{number} keep")
        )
        paper.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    paper.set_font("helvetica", "B", 11)
    paper.multi_cell(0, 9, "Sub-processors", new_x="LMARGIN", new_y="NEXT")
    paper.set_font("helvetica", size=10)
    rows = [*VENDORS, ("Voxmill Inc.", "Speech recognition", "United States")] if more else VENDORS
    with paper.table(text_align="LEFT") as table:
        for cells in rows:
            row = table.row()
            for cell in cells:
                row.cell(cell)
    return bytes(paper.output())


def test_two_pdfs_are_compared(run: Callable[..., Any], tmp_path: Path) -> None:
    """A longer period in a clause and a new row in a table are found; facts come out of a PDF too."""
    (tmp_path / "old.pdf").write_bytes(agreement(12))
    (tmp_path / "new.pdf").write_bytes(agreement(24, more=True))
    found = json.loads(run("compare", "old.pdf", "new.pdf", "--json").out)
    assert found["verdict"] == "material"
    assert [each["name"] for each in found["subprocessors"]["added"]] == ["Voxmill Inc."]
    assert "retention" in {change["topic"] for change in found["changes"]}
    assert json.loads(run("compare", "old.pdf", "old.pdf", "--json").out)["verdict"] == "same"
    facts = json.loads(run("facts", "new.pdf", "--json").out)
    assert facts["title"] == "Data processing agreement"
    names = {fact["name"] for fact in facts["facts"] if fact["type"] == "recipient"}
    assert {"Quillwharf Oy", "Ambertide GmbH", "Voxmill Inc."} <= names


def test_a_pdf_is_watched(run: Callable[..., Any], tmp_path: Path, site: Any) -> None:
    """Fetched, stored, noticed when it changes; a locked one fails with the reason and its bytes are kept."""
    (tmp_path / "sources.toml").write_text(CONFIG.format(url=site.url))
    site.put("/dpa.pdf", agreement(12))
    assert run("check").code == 0
    site.put("/dpa.pdf", agreement(24, more=True))
    done = run("check", "--force", "--json")
    assert done.code == 0
    (line,) = [json.loads(text) for text in done.out.splitlines()]
    assert line["verdict"] == "material"
    site.put("/dpa.pdf", agreement(24)[:-500])
    done = run("check", "--force")
    assert done.code == 3
    assert "cut off" in done.err
    assert len(json.loads(run("history", "--json").out)) == 2


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A repository in the form of Open Terms Archive with three texts of one document."""
    path = tmp_path / "versions"
    path.mkdir()
    kept = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "-q"], cwd=path, env=kept, check=True)
    for month, months in ((1, 12), (2, 12), (3, 36)):
        place = path / "Quay" / "Data Processing Agreement.md"
        place.parent.mkdir(exist_ok=True)
        clauses = [f"## Clause {n}\n\n{TEXT.format(months=months if n == 4 else 24)} Clause {n}." for n in range(1, 9)]
        place.write_text(
            "# Data processing agreement\n\n" + "\n\n".join(clauses) + f"\n\n![](token-{month})\n", encoding="utf-8"
        )
        stamp = f"@{int(datetime(2025, month, 1, tzinfo=UTC).timestamp())} +0000"
        who = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        subprocess.run(["git", "add", "-A"], cwd=path, env=kept, check=True)
        subprocess.run(["git", "commit", "-q", "-m", "x"], cwd=path, env=kept | who | dates, check=True)
    return path


def test_a_repository_becomes_history(run: Callable[..., Any], tmp_path: Path, archive: Path) -> None:
    """Each commit is a capture with its own time; a second run skips them all; the evidence names the commit."""
    (tmp_path / "sources.toml").write_text(CONFIG.format(url="https://quay.example"))
    place = ["--from", str(archive), "--page", "Quay/Data Processing Agreement"]
    lines = [json.loads(line) for line in run("backfill", *place, "--json").out.splitlines()]
    assert [(line["date"][:10], line["outcome"], line["version"]) for line in lines] == [
        ("2025-01-01", "first", 1),
        ("2025-02-01", "noise", None),
        ("2025-03-01", "material", 2),
    ]
    assert lines[2]["file"].endswith(":Quay/Data Processing Agreement.md")
    assert run("backfill", "quay/dpa", *place).code == 0
    again = run("backfill", "quay/dpa", *place, "--json")
    assert {json.loads(line)["outcome"] for line in again.out.splitlines()} == {"skipped"}
    assert "3 captures passed over" in again.err
    assert [each["first_seen"][:10] for each in json.loads(run("history", "--json").out)] == [
        "2025-01-01",
        "2025-03-01",
    ]
    assert run("verify").code == 0
    wrong = run("backfill", "--from", str(archive), "--page", "Quay/Data Procesing Agreement")
    assert wrong.code == 2
    assert 'did you mean "Quay/Data Processing Agreement"' in wrong.err
