"""Find the document in a page that carries it only as JSON inside a script (an application shell)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence

_STRING = re.compile(r'"(?:[^"\\]|\\.){200,}"')
_TAGS = re.compile(r"<(?:p|h[1-6]|ul|ol|li|div|br|table|section)\b", re.IGNORECASE)
_MAX_SCRIPT = 5_000_000
_MAX_STRINGS = 200
_MAX_DEPTH = 3
_WORDS = 30


def embedded_text(scripts: Sequence[str]) -> str:
    """Return the long texts in the scripts' JSON strings as HTML, in order; "" when there are none.

    A string counts when it holds prose: at least 30 words, and either block markup or mostly letters. Strings that are
    JSON themselves are looked into, three deep. Bounded in size and number.
    """
    found: list[str] = []
    for script in scripts:
        _collect(script[:_MAX_SCRIPT], 0, found)
    return "\n".join(found)


def _collect(source: str, depth: int, found: list[str]) -> None:
    """Add the prose in the string literals of `source`."""
    for match in _STRING.finditer(source):
        if len(found) >= _MAX_STRINGS:
            return
        try:
            text = json.loads(match.group())
        except ValueError:
            continue
        if text.lstrip()[:1] in {"{", "["} and depth < _MAX_DEPTH:
            _collect(text, depth + 1, found)
        elif _TAGS.search(text):
            if len(text.split()) >= _WORDS and text not in found:
                found.append(text)
        elif _is_prose(text):
            lines = (f"<p>{html.escape(line)}</p>" for line in re.split(r"\n\s*\n|\r\n", text) if line.strip())
            joined = "".join(lines)
            if joined not in found:
                found.append(joined)


def _is_prose(text: str) -> bool:
    """Tell whether a string reads like sentences rather than like code."""
    words = text.split()
    letters = sum(1 for char in text if char.isalpha() or char.isspace())
    return len(words) >= _WORDS and letters >= 0.85 * len(text) and "{" not in text
