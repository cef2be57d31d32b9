"""A capture into a document: decode, find the main content, walk it into blocks, read its dates and language."""

from __future__ import annotations

from watcher.extractor.document import EXTRACTOR_VERSION, combine, extract, extraction_key
from watcher.extractor.files import media_type_of, read_file

__all__ = ["EXTRACTOR_VERSION", "combine", "extract", "extraction_key", "media_type_of", "read_file"]
