"""The four ways into the stages that read pages, as the pipeline takes them.

The stages load slowly, with parsers and all their lexicons, and a run in which no page is new must not wait for them:
so each is imported where it is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.model import Capture, Comparison, Document, Extraction, ExtractRules, Fact, Interest

if TYPE_CHECKING:
    from watcher.extractor import GateVerdict


def read(captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
    """All pages of a document as one extraction. Raises ExtractError."""
    from watcher.extractor import combine, extract  # noqa: PLC0415 - heavy, see above

    return combine([extract(capture, rules) for capture in captures])


def gate(extraction: Extraction, before: Document | None) -> GateVerdict:
    """Whether it is the document at all."""
    from watcher import extractor  # noqa: PLC0415 - heavy, see above

    return extractor.gate(extraction, before)


def compare(old: Document, new: Document, interests: Sequence[Interest] = ()) -> Comparison:
    """What differs between two documents, with what the user follows."""
    from watcher import differ  # noqa: PLC0415 - heavy, see above

    return differ.compare(old, new, interests)


def find_facts(document: Document) -> tuple[Fact, ...]:
    """What a document states."""
    from watcher import differ  # noqa: PLC0415 - heavy, see above

    return differ.find_facts(document)
