"""A store with hostile text in every field that a page shows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from storage_samples import DAY, LEASE, START, capture, change, document, new_version, result, source

from storage.connect import open_store
from storage.model import (
    FACT_FIELDS,
    Block,
    BlockKind,
    Cell,
    Comparison,
    Deadline,
    Document,
    Fact,
    FactType,
    Hop,
    Link,
    NewVersion,
    Outcome,
    Reason,
    Recipient,
    RecipientChange,
    RecipientDelta,
    ReviewEvent,
    ReviewState,
    Severity,
    Span,
    Topic,
    Verdict,
)

MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'><svg/onload=alert(3)>",
    "&lt;script&gt;alert(4)&lt;/script&gt;",
    "</title></style></textarea><iframe src=//evil.example/x>",
    "{{7*7}}${x}{0.__class__}%s{% raw %}",
    "]]>\x0b<!--",
    "\x1b[2J\x9b2J\u202egnp.exe\u2028\u0000Bcc: evil@example.org\r\nX: y",
    "javascript:alert(5)",
    "<base href=//evil.example/><meta http-equiv=refresh content=0;url=//evil.example/>",
    "@everyone <!channel> [x](http://evil.example) `*_~",
    "\u27e6marked\u27e7 \ud83d\ude00 " + "W" * 3000,
)
URLS = (
    "javascript:alert(6)",
    "data:text/html,<script>alert(7)</script>",
    "//evil.example/x",
    'https://evil.example/"onmouseover="alert(8)',
    "https://user:secret@evil.example/",
    "vbscript:msgbox(9)",
)


def evil(number: int) -> str:
    """One of the texts, told apart by its number."""
    return f"{MARKUP[number % len(MARKUP)]} q{number}"


def hostile_document(number: int) -> Document:
    """Blocks of every kind, hostile in text, heading, column, cell and link."""
    blocks = []
    for place in range(24):
        text = evil(number + place) if place % 5 else f"{evil(place)} stays"
        kind = list(BlockKind)[place % len(BlockKind)]
        cells = (Cell(evil(place + 1), text), Cell(evil(place + 2), "x")) if kind is BlockKind.TABLE_ROW else ()
        path = (evil(place), evil(place + 3))
        links = (Link(evil(place), URLS[place % len(URLS)]),)
        blocks.append(
            Block(
                kind,
                text,
                path,
                hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
                1 + place % 9,
                cells,
                links,
            )
        )
    plain = document("x")
    return replace(
        plain, title=evil(number), language='en"><script>', blocks=tuple(blocks), fingerprint=f"{number:064x}"
    )


def hostile_version(source_id: str, number: int) -> NewVersion:
    """A version whose every text is hostile."""
    when = START + number * DAY
    made = new_version(source_id, number, when, [evil(number)])
    text = hostile_document(number * 7)
    page = capture(f"page {number} of {source_id}", when)
    version = replace(
        made.version,
        fingerprint=text.fingerprint,
        title=evil(number),
        language='en"><script>',
        extraction=evil(3),
        captures=(page.sha256,),
        blocks=len(text.blocks),
        words=text.words,
    )
    facts = tuple(_fact(kind, place) for place, kind in enumerate(FactType))
    delta = RecipientDelta(
        (Recipient(evil(1), evil(2), evil(3), evil(4)),),
        (Recipient(evil(5)),),
        (RecipientChange(evil(6), "location", evil(7), evil(8)), RecipientChange(evil(6), evil(9), None, evil(1))),
    )
    changes = tuple(
        replace(
            change(topic, severity),
            topics=(topic, f"own-{place}", evil(place)),
            section=(evil(place), evil(place + 1)),
            before=evil(place) if place % 2 else None,
            after=text.blocks[place].text,
            spans=(Span("delete", evil(place)), Span("equal", " "), Span("insert", text.blocks[place].text)),
            summary=evil(place),
            rules=(evil(place),),
        )
        for place, (topic, severity) in enumerate(zip(list(Topic)[:8], list(Severity) * 2, strict=True))
    )
    comparison = None if number == 1 else Comparison(Verdict.MATERIAL, 'en"><script>', changes, delta)
    due = Deadline(date(2026, 1, 9), date(2025, 12, 1), True, evil(0), False, "NL", source_id, evil(1))
    return replace(
        made,
        version=replace(version, verdict=comparison.verdict if comparison else None),
        document=text,
        facts=facts,
        comparison=comparison,
        deadline=due if number > 1 else None,
    )


def hostile_store(path: Path) -> None:
    """Three sources with three versions each, one of them failing, with reviews."""
    store = open_store(path, write=True, repeatable=True)
    keys = ["acme/privacy", "acme/list", "other/terms"]
    sources = [
        replace(source(key), vendor=evil(place), urls=(URLS[place],), tags=(evil(place),))
        for place, key in enumerate(keys)
    ]
    store.sync_sources(sources, START)
    for number in (1, 2, 3):
        for key in keys:
            when = START + number * DAY
            (claim,) = store.claim("w", when, LEASE, limit=1, only=[key])
            page = replace(
                capture(f"page {number} of {key}", when),
                url=URLS[number],
                final_url=URLS[number + 1],
                media_type=evil(2),
                headers=(("X", evil(3)),),
                hops=(Hop(URLS[0], 301, evil(1)),),
            )
            outcome = Outcome.FIRST if number == 1 else Outcome.CHANGED
            done = result(claim, when, outcome, captures=(page,), versions=(hostile_version(key, number),))
            store.commit([done])
    when = START + timedelta(days=5)
    (claim,) = store.claim("w", when, LEASE, limit=1, only=["other/terms"])
    store.commit([result(claim, when, Outcome.FAILED, reason=Reason.HTTP_STATUS, detail=evil(1))])
    store.add_reviews([ReviewEvent("acme/privacy", 2, 0, when, evil(1), ReviewState.ACKNOWLEDGED, evil(2), evil(3))])
    store.close()


def _fact(kind: FactType, place: int) -> Fact:
    values = {name: evil(place + number) for number, name in enumerate(FACT_FIELDS[kind])}
    return Fact.of(kind, quote=evil(place), section=(evil(place),), **values)
