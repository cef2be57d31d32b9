"""Which of our documents a title or an address speaks of, in Dutch, English, German and French."""

from __future__ import annotations

from storage.model import DocumentType
from watcher.discovery.naming import read_address, read_title


def document_of(title: str, url: str) -> DocumentType:
    """The document that the title names, else the one that the address names, else "other"."""
    return read_title(title or None).type or read_address(url).type or DocumentType.OTHER
