"""A message as plain text for mail, and as short paragraphs for chat."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from notifier.excerpt import Piece
from notifier.language import Words
from notifier.sinks import cut, cut_at_sentence, defused
from notifier.views import ChangeView, Digest, DocumentView, FactView
from storage.model import Direction

WIDTH = 76  # RFC 5322 section 2.1.1 asks for less than 78
_CHAT_SIDE = 280  # characters of one wording in chat
_BETWEEN = "\n\n"
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def units(text: str) -> int:
    """The length of a text as the strictest chat services count it: UTF-16, with &, < and > as their entities."""
    escaped = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return len(text.encode("utf-16-le", "replace")) // 2 + escaped


def octets(text: str) -> int:
    """The length of a text in bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class ChatText:
    """A chat message in parts, so that it can be cut between changes: a head line, one item a change, a foot.

    `more[n]` says how many things are left out where n items are shown, "" for none. `intro` and `outro` are the
    reader's own words around it, left out where they would take a third of the room; `links` are the addresses in it
    that may be clicked.
    """

    head: str
    items: tuple[str, ...]
    foot: str
    more: tuple[str, ...] = ()
    intro: str = ""
    outro: str = ""
    links: tuple[str, ...] = ()

    def fitted(self, limit: int, measure: Callable[[str], int] = units) -> str:
        """The whole message in at most `limit` as counted by `measure`, or the gravest changes and how many are left.

        The first item is shown even if it must be cut, at the end of a sentence where there is one.
        """
        if measure(self.intro) + measure(self.outro) > limit // 3:
            return replace(self, intro="", outro="").fitted(limit, measure)
        for shown in range(len(self.items), 0, -1):
            text = self._joined(self.items[:shown])
            if measure(text) <= limit:
                return text
        room = limit - measure(self._joined(("",))) - len(_BETWEEN)
        text = self._joined(tuple(filter(None, [_fitting(self.items[0], room, measure) if self.items else ""])))
        return text if measure(text) <= limit else _fitting(text, limit, measure)

    def _joined(self, items: Sequence[str]) -> str:
        more = self.more[len(items)] if len(items) < len(self.more) else ""
        return _BETWEEN.join(part for part in (self.intro, self.head, *items, more, self.foot, self.outro) if part)


def _fitting(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """The text in at most `limit`, cut after a sentence where one ends late enough; "" where nothing fits."""
    while text and measure(text) > limit:
        text = cut_at_sentence(text, min(len(text) - 1, max(limit, 0)))
        if text == "…":
            return ""
    return text


def mail_text(digest: Digest, instance: str) -> str:
    """The text part of a mail, wrapped to 76 columns but for addresses and commands."""
    words = digest.words
    parts = [framed(digest.intro)] if digest.intro else []
    parts += [digest.title] if digest.title else []
    parts += [_document(document, words) for document in digest.documents]
    if digest.brief:
        parts.append("\n".join([words.say("alert.also"), *(_brief(document) for document in digest.brief)]))
    if digest.more:
        parts.append(f"{digest.more}: clausewatch log")
    parts += [framed(digest.outro)] if digest.outro else []
    return signed(parts, digest.head, digest.subscriber, instance, words)


def signed(parts: Sequence[str], head: str, subscriber: str, instance: str, words: Words) -> str:
    """The parts with rules between them, the head of the evidence, and the sign that mail programs fold away."""
    told = f"\n\n{'-' * WIDTH}\n\n".join(parts)
    if head:
        told += f"\n\n{words.say('alert.evidence')}: {head}\n{wrapped(kept_words(words))}"
    return f"{told}\n\n-- \n{words.say('alert.signature', instance=instance, subscriber=subscriber)}\n"


def kept_words(words: Words) -> str:
    """What the head of the evidence is good for."""
    return words.say("alert.keep", command="clausewatch verify --head")


def framed(lines: Iterable[str]) -> str:
    """The reader's own lines."""
    return "\n".join(wrapped(line) for line in lines)


def chat_text(digest: Digest) -> ChatText:
    """The chat form, the gravest changes of all documents first: all words of others are defused."""
    words = digest.words
    several = len(digest.all) > 1
    told = [(document, change) for document in digest.documents for change in document.changes]
    told.sort(key=lambda one: (-one[1].severity.rank, one[1].direction != Direction.WORSE))
    return ChatText(
        head=defused(_chat_head(digest, several=several)),
        items=tuple(_chat_item(document, change, words, several=several) for document, change in told),
        foot="\n".join(_chat_foot(document, words, several=several) for document in digest.documents[:3]),
        more=left_out(words, "more.change", digest.total, len(told)),
        intro=defused("\n".join(digest.intro)),
        outro=defused("\n".join(digest.outro)),
        links=tuple(link for each in digest.documents[:3] for link in (each.link, each.archive) if link),
    )


def left_out(words: Words, key: str, total: int, items: int) -> tuple[str, ...]:
    """What to say of those left out of a total where so many items are shown: none of them, one, up to all."""
    return tuple(f"{words.count(key, total - shown)}." if total > shown else "" for shown in range(items + 1))


def _chat_head(digest: Digest, *, several: bool) -> str:
    alone = f"{_name(digest.documents[0])}: {digest.documents[0].counts}"
    return digest.title if several else f"{digest.title}\n{alone}" if digest.reminder else alone


def marked(pieces: Iterable[Piece], opening: str, closing: str) -> str:
    """A wording with its changed words between two signs: `… after [-24-] months.`."""
    return "".join(
        f"{_lead(piece.text)}{opening}{piece.text.strip()}{closing}{_trail(piece.text)}"
        if piece.op == "mark" and piece.text.strip()
        else piece.text
        for piece in pieces
    ).strip()


def _lead(text: str) -> str:
    return " " if text.startswith(" ") else ""


def _trail(text: str) -> str:
    return " " if text.endswith(" ") else ""


def _name(document: DocumentView) -> str:
    return f"{document.vendor} {document.kind}"


def _document(document: DocumentView, words: Words) -> str:
    objection = document.objection
    lines = [wrapped(f"{document.vendor}: {document.kind}"), wrapped(document.counts)]
    if document.in_force:
        lines.append(wrapped(words.sentence(document.in_force)))
    told = [wrapped(part) for part in (objection.head, objection.counted, objection.granted) if part]
    if objection.advice:
        told.append(wrapped(f"{words.say('alert.what-to-do')}: {objection.advice}"))
    blocks = [
        "\n".join(lines),
        *(["\n".join(told)] if told else []),
        *(_change(change, words) for change in document.changes),
    ]
    if document.more:
        blocks.append(f"{document.more}: {document.command}")
    if document.recipients:
        blocks.append(_recipients(document, words))
    return "\n\n".join([*blocks, _evidence(document, words)])


def _change(change: ChangeView, words: Words) -> str:
    head = f"{change.number}. [{change.severity_label.upper()}] {change.summary}"
    lines = [wrapped(head, hanging="   ")]
    lines.append(wrapped(f"{change.direction_words}; {change.severity_words}; {change.topics}; {change.kind}", "   "))
    if change.section:
        lines.append(wrapped(f"{words.say('alert.section')}: {change.section}", "   "))
    lines += [wrapped(f"{fact.label}: {_step(fact, '->')}", "   ") for fact in change.facts]
    lines += [f"   {change.more_facts}"] if change.more_facts else []
    before, now = words.say("alert.before"), words.say("alert.now")
    width = max(len(before), len(now)) + 2
    for label, pieces, signs in ((before, change.before, ("[-", "-]")), (now, change.after, ("{+", "+}"))):
        if pieces:
            lines.append(wrapped(f"{label + ':':{width}}{marked(pieces, *signs)}", "   ", " " * (width + 3)))
    return "\n".join(lines)


def _step(fact: FactView, arrow: str) -> str:
    return f" {arrow} ".join(side for side in (fact.before, fact.after) if side)


def _recipients(document: DocumentView, words: Words) -> str:
    lines = [words.say("alert.recipients")]
    lines += [
        wrapped(f"{_SIGNS[each.what]} {each.name}{f' ({each.detail})' if each.detail else ''}, {each.label}", "   ")
        for each in document.recipients
    ]
    if document.more_recipients:
        lines.append(f"   {document.more_recipients}")
    return "\n".join(lines)


def _evidence(document: DocumentView, words: Words) -> str:
    seen = [("alert.last-seen", document.seen_before), ("alert.first-seen", document.seen_after)]
    rows = [
        ("alert.page", document.url),
        ("alert.archive", document.archive or document.kept),
        ("alert.source", document.version.replace("→", "->")),
        ("alert.decide", document.decide),
        ("alert.read-more", document.command),
    ]
    told = [(words.say(key), value) for key, value in seen if value]
    labels = [(words.say(key), value) for key, value in rows]
    width = max(len(label) for label, _ in labels) + 2
    return "\n".join(
        [*(f"{label}: {value}" for label, value in told), *(f"{label + ':':{width}}{value}" for label, value in labels)]
    )


def _brief(document: DocumentView) -> str:
    line = f"* [{document.severity_label}] {_name(document)}: {document.first_summary}"
    return f"{wrapped(line, '', '  ')}\n  {document.counts}; {document.command}"


def _chat_item(document: DocumentView, change: ChangeView, words: Words, *, several: bool) -> str:
    where = f"{_name(document)}: " if several else ""
    lines = [
        f"{change.direction_sign} [{change.severity_label}] {where}{change.summary}",
        "; ".join(part for part in (change.direction_words, change.topic, change.section) if part),
    ]
    lines += [f"{fact.label}: {_step(fact, '→')}" for fact in change.facts]
    if change.before:
        lines.append(f"{words.say('alert.before')}: {cut(marked(change.before, '[-', '-]'), _CHAT_SIDE)}")
    if change.after:
        lines.append(f"{words.say('alert.now')}: {cut(marked(change.after, '{+', '+}'), _CHAT_SIDE)}")
    return defused("\n".join(lines))


def _chat_foot(document: DocumentView, words: Words, *, several: bool) -> str:
    page = document.link or defused(document.url)
    objection = document.objection
    if several:
        told = f"{defused(document.vendor)}: {page} | {document.command}"
        return f"{defused(objection.head)}\n{told}" if objection.day else told
    seen = [("alert.last-seen", document.seen_before), ("alert.first-seen", document.seen_after)]
    lines = [
        defused(words.sentence(document.in_force)),
        defused(objection.head),
        defused(objection.counted),
        *(f"{words.say(key)}: {value}" for key, value in seen if value),
        page,
        document.archive or "",
        document.command,
    ]
    return "\n".join(line for line in lines if line)


def wrapped(text: str, indent: str = "", hanging: str | None = None) -> str:
    """A paragraph in lines of 76 columns; addresses and long words are left whole."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
