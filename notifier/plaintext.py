"""A message as plain text for mail, and as short paragraphs for chat."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from notifier.excerpt import Piece
from notifier.phrases import counted
from notifier.sinks import cut, cut_at_sentence, defused
from notifier.views import ChangeView, Digest, DocumentView

WIDTH = 76  # RFC 5322 section 2.1.1 asks for less than 78
_CHAT_SIDE = 280  # characters of one wording in chat
_BETWEEN = "\n\n"
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True, slots=True)
class ChatText:
    """A chat message in parts, so that it can be cut between changes: a head line, one item a change, a foot.

    `count` is the number of changes that the message is about, shown or not; `noun` says what they are, if not changes.
    """

    head: str
    items: tuple[str, ...]
    foot: str
    count: int
    noun: str = "change"

    def fitted(self, limit: int) -> str:
        """The whole message in at most `limit` units, or the gravest changes and how many more there are.

        Units are UTF-16 code units with &, < and > counted as their entities: what the strictest services count. The
        first item is shown even if it must be cut, at the end of a sentence where there is one.
        """
        for shown in range(len(self.items), 0, -1):
            text = self._joined(self.items[:shown])
            if units(text) <= limit:
                return text
        room = limit - units(self._joined(("",))) - len(_BETWEEN)
        text = self._joined(tuple(filter(None, [_fitting(self.items[0], room) if self.items else ""])))
        return text if units(text) <= limit else _fitting(text, limit)

    def _joined(self, items: Sequence[str]) -> str:
        left = self.count - len(items)
        more = ""
        if left:
            more = f"… and {counted(left, f'more {self.noun}') if items else counted(self.count, self.noun)}."
        return _BETWEEN.join(part for part in (self.head, *items, more, self.foot) if part)


def units(text: str) -> int:
    """The length of a text as the strictest chat services count it."""
    escaped = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return len(text.encode("utf-16-le", "replace")) // 2 + escaped


def _fitting(text: str, limit: int) -> str:
    """The text in at most `limit` units, cut after a sentence where one ends late enough; "" where nothing fits."""
    while text and units(text) > limit:
        text = cut_at_sentence(text, min(len(text) - 1, max(limit, 0)))
        if text == "…":
            return ""
    return text


def mail_text(digest: Digest, instance: str) -> str:
    """The text part of a mail, wrapped to 76 columns but for addresses and commands."""
    parts = [digest.title] if digest.title else []
    parts += [_document(document) for document in digest.documents]
    if digest.brief:
        parts.append("\n".join(["Also changed", *(_brief(document) for document in digest.brief)]))
    if digest.more:
        parts.append(f"… and {counted(digest.more, 'more document')}: clausewatch log")
    if digest.head:
        parts[-1] += f"\n\nEvidence: {digest.head}\n(note it: clausewatch verify --head proves with it what stood then)"
    parts.append(f"-- \nclausewatch at {instance}, for {digest.subscriber}")  # the sign that mail programs fold away
    return f"\n\n{'-' * WIDTH}\n\n".join(parts[:-1]) + f"\n\n{parts[-1]}\n"


def chat_text(digest: Digest) -> ChatText:
    """The chat form: all words of others are defused."""
    several = len(digest.documents) + len(digest.brief) > 1
    items = [
        _chat_item(document, change, several=several) for document in digest.documents for change in document.changes
    ]
    return ChatText(
        head=defused(_chat_head(digest, several=several)),
        items=tuple(items),
        foot="\n".join(_chat_foot(document, several=several) for document in digest.documents[:3]),
        count=digest.total,
    )


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


def _document(document: DocumentView) -> str:
    lines = [wrapped(f"{document.vendor}: {document.kind}"), wrapped(document.counts)]
    if document.in_force:
        lines.append(f"In force from {document.in_force}, as the page says")
    if document.objection:
        lines += [wrapped(part) for part in (document.objection, document.granted) if part]
    blocks = ["\n".join(lines), *(_change(change) for change in document.changes)]
    if document.more:
        blocks.append(f"… and {counted(document.more, 'more change')}: {document.command}")
    if document.recipients:
        blocks.append(_recipients(document))
    return "\n\n".join([*blocks, _evidence(document)])


def _change(change: ChangeView) -> str:
    head = f"{change.number}. [{change.severity.upper()}] {change.summary}"
    lines = [wrapped(head, hanging="   ")]
    lines.append(wrapped(f"{change.direction_words}; {change.severity_words}; {change.topics}; {change.kind}", "   "))
    if change.section:
        lines.append(wrapped(f"Section: {change.section}", "   "))
    lines += [wrapped(f"{fact.label}: {fact.before} -> {fact.after}", "   ") for fact in change.facts]
    if change.before:
        lines.append(wrapped(f"Before: {marked(change.before, '[-', '-]')}", "   ", "           "))
    if change.after:
        lines.append(wrapped(f"Now:    {marked(change.after, '{+', '+}')}", "   ", "           "))
    return "\n".join(lines)


def _recipients(document: DocumentView) -> str:
    lines = ["Recipients of data"]
    lines += [
        wrapped(f"{_SIGNS[each.what]} {each.name}{f' ({each.detail})' if each.detail else ''}, {each.what}", "   ")
        for each in document.recipients
    ]
    if document.more_recipients:
        lines.append(f"   … and {document.more_recipients} more")
    return "\n".join(lines)


def _evidence(document: DocumentView) -> str:
    seen = f"First seen as after on {document.seen_after} UTC"
    if document.seen_before:
        seen = f"Last seen as before on {document.seen_before} UTC; first seen as after on {document.seen_after} UTC"
    versions = document.versions.replace("→", "->")
    return "\n".join(
        [
            wrapped(seen),
            f"Page:      {document.url}",
            f"Source:    {document.source_id}, version {versions}",
            f"Read more: {document.command}",
        ]
    )


def _brief(document: DocumentView) -> str:
    line = f"* [{document.severity}] {_name(document)}: {document.first_summary}"
    return f"{wrapped(line, '', '  ')}\n  {document.counts}; {document.command}"


def _chat_item(document: DocumentView, change: ChangeView, *, several: bool) -> str:
    where = f"{_name(document)}: " if several else ""
    lines = [f"{change.direction_sign} [{change.severity}] {where}{change.summary}", change.direction_words]
    if change.section:
        lines[-1] += f"; {change.section}"
    lines += [f"{fact.label}: {fact.before} → {fact.after}" for fact in change.facts]
    if change.before:
        lines.append(f"Before: {cut(marked(change.before, '[-', '-]'), _CHAT_SIDE)}")
    if change.after:
        lines.append(f"Now: {cut(marked(change.after, '{+', '+}'), _CHAT_SIDE)}")
    return defused("\n".join(lines))


def _chat_foot(document: DocumentView, *, several: bool) -> str:
    page = document.link or defused(document.url)
    if several:
        page = f"{defused(document.vendor)}: {page}"
    if several or not document.seen_before:
        return f"{page} | {document.command}"
    objection = f"{document.objection}\n" if document.objection else ""
    seen = f"{objection}Between {document.seen_before} and {document.seen_after} UTC"
    return f"{seen}\n{page}\n{document.command}"


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
