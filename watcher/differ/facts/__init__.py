"""What a document states, as typed facts with the words they were read from.

Rules only: phrases of four languages (`lexicon/facts_*.toml`), shapes of lists and tables. Every quote stands verbatim
in the text of a block.
"""

from __future__ import annotations

from watcher.differ.facts.find import find_facts

__all__ = ["find_facts"]
