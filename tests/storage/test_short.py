"""The short form of a document comes back to the byte, whatever document was made before it."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.codec import dump, load
from storage.model import Block, BlockKind, Cell, Document, Link
from storage.sqlite.bodies import Bodies
from storage.sqlite.short import Restored, outline, restore, shorten
from storage.sqlite.short import document as documented

TEXTS = st.sampled_from(["a", "b", "c d", 'Ä "q" \\ \n e', '{"position":1,', "heading", "\u2028", ""])
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(BlockKind),
    text=TEXTS,
    path=st.lists(TEXTS, max_size=2).map(tuple),
    key=st.sampled_from(["", "k", "40f89e395b66422f"]),
    level=st.integers(0, 7),
    cells=st.lists(st.builds(Cell, TEXTS, TEXTS), max_size=1).map(tuple),
    links=st.lists(st.builds(Link, TEXTS, TEXTS), max_size=1).map(tuple),
    ordered=st.booleans(),
)
DOCUMENTS = st.builds(
    Document,
    title=st.none() | TEXTS,
    language=st.none(),
    effective=st.none(),
    updated=st.none(),
    blocks=st.lists(BLOCKS, max_size=8).map(tuple),
    fingerprint=st.sampled_from(["", "f"]),
    extraction=TEXTS,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(DOCUMENTS, max_size=4))
def test_any_document_comes_back(documents: list[Document]) -> None:
    """Alone, and behind others."""
    last = Restored()
    for document in documents:
        body = dump(document).encode()
        short = shorten(body)
        assert short is not None
        assert restore(short) == body == restore(short, last)
        assert documented(short) == (body, document)
        assert outline(short) == [(block.text, list(block.path)) for block in document.blocks]


@settings(max_examples=40, deadline=None)
@given(st.lists(DOCUMENTS, min_size=2, max_size=4), st.integers(0, 200), st.integers(0, 255))
def test_what_is_damaged_spoils_no_other(documents: list[Document], place: int, byte: int) -> None:
    """Behind one that is none any more, the next comes back."""
    last = Restored()
    for document in documents:
        body = dump(document).encode()
        short = shorten(body)
        assert short is not None
        with suppress(ValueError, KeyError, TypeError, IndexError, AttributeError):
            last.restore(short[:place] + bytes([byte]) + short[place:])
        assert last.restore(short) == body


def test_what_is_no_document_has_no_short_form() -> None:
    """Nor has one with other members, or an empty line in a text."""
    document = Document(None, None, None, None, (Block(BlockKind.PARAGRAPH, "a\n\nb", (), "k"),), "", "")
    for body in (b"", b"[]", b"{}", b'{"blocks":[]}', dump(document).encode(), b" " + dump(document).encode()):
        assert shorten(body) is None


_BODIES = """CREATE TABLE bodies (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, codec INTEGER NOT NULL, base INTEGER,
    beside INTEGER, depth INTEGER NOT NULL, data BLOB) STRICT"""


@settings(max_examples=40, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_any_document_comes_back_from_the_store(documents: list[Document]) -> None:
    """However small it is, with and without others that it may stand upon, and after it was made to stand alone."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(_BODIES)
        kept: list[tuple[int, bytes]] = []
        for document in documents:
            body = dump(document).encode()
            base = kept[-1][0] if kept else None
            kept.append((Bodies(connection).put(body, base=base, document=True), body))
        for number, body in kept:
            assert Bodies(connection).get(number) == body
            assert Bodies(connection).document(number, "wrong") == load(Document, body)
            Bodies(connection).stand_alone(number, frozenset())
            assert Bodies(connection).get(number) == body
