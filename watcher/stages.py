"""The ways into the stages that judge pages, as the pipeline takes them.

The stages load slowly, with parsers and all their lexicons, and a run in which no page is new must not wait for them:
so each is imported where it is first needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from storage.model import Capture, Comparison, Document, Extraction, ExtractRules, Fact, Interest
from watcher.extraction import GateVerdict, extraction_key


class Stages(Protocol):
    """What the pipeline needs of the stages: here (`HERE`), or in a process of their own (`watcher.sandbox`).

    Each raises ExtractError where a page needs more memory or time than it may have.
    """

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """All pages of a document as one extraction. Raises ExtractError."""
        ...

    def gate(self, extraction: Extraction, before: Document | None) -> GateVerdict:
        """Whether it is the document at all."""
        ...

    def compare(
        self, old: Document, new: Document, interests: Sequence[Interest] = (), *, whole: bool = False
    ) -> Comparison:
        """What differs between two documents, with what the user follows; `whole` says that the new one is not cut."""
        ...

    def find_facts(self, document: Document) -> tuple[Fact, ...]:
        """What a document states."""
        ...

    def warm(self) -> None:
        """Get ready in the background: a page will have to be read."""
        ...


class InProcess:
    """The stages in the process that asks. A page that breaks the process breaks it: for tests and single files."""

    def read(self, captures: Sequence[Capture], rules: ExtractRules) -> Extraction:
        """All pages of a document as one extraction. Raises ExtractError."""
        from watcher.extractor import combine, extract  # noqa: PLC0415 - heavy, see above

        whole = combine([extract(capture, rules.of_page(number)) for number, capture in enumerate(captures)])
        # Read by the rules of each page, and known under the rules of the whole.
        return replace(whole, document=replace(whole.document, extraction=extraction_key(rules)))

    def gate(self, extraction: Extraction, before: Document | None) -> GateVerdict:
        """Whether it is the document at all."""
        from watcher import extractor  # noqa: PLC0415 - heavy, see above

        return extractor.gate(extraction, before)

    def compare(
        self, old: Document, new: Document, interests: Sequence[Interest] = (), *, whole: bool = False
    ) -> Comparison:
        """What differs between two documents, with what the user follows; `whole` says that the new one is not cut."""
        from watcher import differ  # noqa: PLC0415 - heavy, see above

        return differ.compare(old, new, interests, whole=whole)

    def find_facts(self, document: Document) -> tuple[Fact, ...]:
        """What a document states."""
        from watcher import differ  # noqa: PLC0415 - heavy, see above

        return differ.find_facts(document)

    def warm(self) -> None:
        """Nothing: the first page loads what it needs."""


HERE = InProcess()
