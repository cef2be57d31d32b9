"""By which way of extracting a text was had, and what a gate says: known without loading the extractor itself.

A run in which nothing is new asks for this alone: parsing libraries and lexicons take longer to load than a hundred
such pages to check.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from storage.model import ExtractRules, PageRules, Range, Reason

# Raise this whenever the same bytes may give another text: stored pages are then extracted anew, without an alert.
EXTRACTOR_VERSION = "6"


@lru_cache(maxsize=256)
def extraction_key(rules: ExtractRules) -> str:
    """Return what names this way of extracting: the extractor's version and a hash of the rules."""
    parts = _parts(rules)
    if rules.pages:
        parts.append([_parts(page) for page in rules.pages])
    stated = json.dumps(parts, ensure_ascii=True)
    return f"{EXTRACTOR_VERSION}-{hashlib.sha256(stated.encode()).hexdigest()[:12]}"


def _parts(rules: PageRules) -> list[object]:
    parts: list[object] = [rules.select, rules.remove, rules.language]
    if rules.select_ranges or rules.remove_ranges:
        parts += [[_named(one) for one in several] for several in (rules.select_ranges, rules.remove_ranges)]
    return parts


def _named(wanted: Range) -> tuple[str | bool | None, ...]:
    """What tells a range from others. The usual bounds add nothing: keys that were stored stay what they are."""
    bounds = (wanted.after, wanted.through)
    return (wanted.start, wanted.end, *(bounds if any(bounds) else ()))


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """Whether a page is the document. Not passed and certain means blocked, not passed and not certain suspect.

    `foreign` says of a suspect one that it has next to no words of such a document: a home page, a shop, a blog.
    """

    passed: bool
    reason: Reason | None = None
    certain: bool = True
    detail: str = ""
    foreign: bool = False
