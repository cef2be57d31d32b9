"""Lists of sources as other programs write them: read into ours, and ours written for them.

What is read comes from strangers: sizes are capped, nothing in it is run or fetched, and every source is judged as if
it stood in `sources.toml`. What another program can do and ours cannot is named, never dropped in silence.
"""

from __future__ import annotations

from watcher.exchange.reading import FORMS, read_sources, without_known
from watcher.exchange.taken import Note, Taken
from watcher.exchange.writing import WRITTEN, write_declarations, write_sources

__all__ = ["FORMS", "WRITTEN", "Note", "Taken", "read_sources", "without_known", "write_declarations", "write_sources"]
