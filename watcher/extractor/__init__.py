"""A capture into a document: decode, find the main content, walk it into blocks, read its dates and language."""

from __future__ import annotations

from watcher.extraction import EXTRACTOR_VERSION, GateVerdict, extraction_key
from watcher.extractor.document import combine, extract
from watcher.extractor.gate import gate
from watcher.files import media_type_of, read_file

__all__ = [
    "EXTRACTOR_VERSION",
    "GateVerdict",
    "combine",
    "extract",
    "extraction_key",
    "gate",
    "media_type_of",
    "read_file",
]
