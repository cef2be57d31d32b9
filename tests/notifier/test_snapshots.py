"""What arrives is what was approved.

`tests/notifier/approved` holds what one change looks like in every place, in each language. A test that fails says
which line differs. To approve what is sent now: `APPROVE=1 .venv/bin/pytest tests/notifier/test_snapshots.py`,
then read the difference (`git diff tests/notifier/approved`) before it is committed.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sink_samples import send

APPROVED = Path(__file__).with_name("approved")
ARCHIVE = "https://web.archive.org/web/{seen}/{url}"
_VOLATILE = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "HEAD"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "KEY"),
    (re.compile(r"={15}\d+=="), "BOUNDARY"),
)


def compared(name: str, text: str) -> None:
    """The text against the approved one; written anew where that is asked for."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    path = APPROVED / name
    if os.environ.get("APPROVE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{name} was never approved (see {__file__})"
    assert text.splitlines() == path.read_text(encoding="utf-8").splitlines(), f"{name} is not what was approved"


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_one_change_everywhere(lang: str, tmp_path: Path, httpserver: HTTPServer) -> None:
    """The same change by mail (headers, text, HTML, files), to Slack's form, ntfy, a webhook and the console."""
    wishes: dict[str, Any] = {
        "lang": lang,
        "subject": "[privacy] {usual}",
        "intro": "{changes}: {headline} ({vendor}, {seen})",
        "outro": "{deadline}",
    }
    arrived = send(tmp_path, httpserver, archive=ARCHIVE, **wishes)
    heads = "".join(f"{name}: {value}\n" for name, value in arrived.mail.items())
    compared(f"{lang}/mail-headers.txt", heads)
    compared(f"{lang}/mail.txt", arrived.part("plain"))
    compared(f"{lang}/mail.html", arrived.part("html"))
    for name, text in arrived.attached().items():
        compared(f"{lang}/attached-{name}", text.replace("\r\n", "\n"))
    compared(f"{lang}/console.txt", arrived.console)
    for name in ("slack", "ntfy", "hook"):
        compared(f"{lang}/{name}.json", json.dumps(getattr(arrived, name), indent=1, ensure_ascii=False) + "\n")
