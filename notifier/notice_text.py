"""Notices as plain text for mail, and as short paragraphs for chat."""

from __future__ import annotations

from notifier.language import Words
from notifier.notice_view import CauseView, NoticeDigest, NoticeView
from notifier.plaintext import ChatText, framed, left_out, signed, wrapped
from notifier.sinks import defused


def notice_text(digest: NoticeDigest, instance: str) -> str:
    """The text part of a mail, wrapped to 76 columns but for addresses and commands."""
    parts = [framed(digest.intro)] if digest.intro else []
    parts += [_cause(cause, digest.listing, digest.words) for cause in digest.causes]
    parts += [framed(digest.outro)] if digest.outro else []
    return signed(parts, digest.head, digest.subscriber, instance, digest.words)


def notice_chat(digest: NoticeDigest) -> ChatText:
    """The chat form: all words of others are defused."""
    items = [_chat_item(cause, notice) for cause in digest.causes for notice in cause.notices]
    first = digest.causes[0]
    foot = [line for line in (first.remedy, first.notices[0].command if digest.total == 1 else digest.listing) if line]
    noun = "more.document" if digest.head else "more.notice"
    return ChatText(
        head=defused("; ".join(cause.title for cause in digest.causes[:3])),
        items=tuple(items),
        foot=defused("\n".join(foot)),
        more=left_out(digest.words, noun, digest.total, len(items)),
        intro=defused("\n".join(digest.intro)),
        outro=defused("\n".join(digest.outro)),
        links=tuple(notice.link for cause in digest.causes for notice in cause.notices if notice.link),
    )


def _cause(cause: CauseView, listing: str, words: Words) -> str:
    head = [wrapped(cause.title), wrapped(cause.about)]
    if cause.remedy:
        head.append(wrapped(f"{words.say('alert.what-to-do')}: {cause.remedy}"))
    blocks = ["\n".join(head), *(_notice(notice, words) for notice in cause.notices)]
    if cause.more:
        blocks.append(f"{cause.more}: {listing}")
    return "\n\n".join(blocks)


def _notice(notice: NoticeView, words: Words) -> str:
    lines = [wrapped(f"* {notice.name}", hanging="  ")]
    lines += [wrapped(f"{label}: {value}", "  ", "    ") for label, value in notice.facts]
    lines += [f"  {words.say('alert.page')}: {notice.page}"] if notice.page else []
    return "\n".join([*lines, f"  {notice.command}"])


def _chat_item(cause: CauseView, notice: NoticeView) -> str:
    facts = "; ".join(f"{label[:1].lower()}{label[1:]} {value}" for label, value in notice.facts)
    page = notice.link or defused(notice.page)
    head = defused(f"[{cause.badge}] {notice.name}: {facts}" if facts else f"[{cause.badge}] {notice.name}")
    return f"{head}\n{page}" if page else head
