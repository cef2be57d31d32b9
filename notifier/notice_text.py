"""Notices as plain text for mail, and as short paragraphs for chat."""

from __future__ import annotations

from notifier.notice_view import CauseView, NoticeDigest, NoticeView
from notifier.plaintext import WIDTH, ChatText, wrapped
from notifier.sinks import defused


def notice_text(digest: NoticeDigest, instance: str) -> str:
    """The text part of a mail, wrapped to 76 columns but for addresses and commands."""
    parts = f"\n\n{'-' * WIDTH}\n\n".join(_cause(cause, digest.listing) for cause in digest.causes)
    if digest.head:
        parts += f"\n\nEvidence: {digest.head}\n(note it: clausewatch verify --head proves with it what stood then)"
    return f"{parts}\n\n-- \nclausewatch at {instance}, for {digest.subscriber}\n"


def notice_chat(digest: NoticeDigest) -> ChatText:
    """The chat form: all words of others are defused."""
    items = [_chat_item(cause, notice) for cause in digest.causes for notice in cause.notices]
    first = digest.causes[0]
    foot = [line for line in (first.remedy, first.notices[0].command if digest.total == 1 else digest.listing) if line]
    return ChatText(
        head=defused("; ".join(cause.title for cause in digest.causes[:3])),
        items=tuple(items),
        foot=defused("\n".join(foot)),
        count=digest.total,
        noun="document" if digest.head else "notice",
    )


def _cause(cause: CauseView, listing: str) -> str:
    head = [wrapped(cause.title), wrapped(cause.about)]
    if cause.remedy:
        head.append(wrapped(f"What to do: {cause.remedy}"))
    blocks = ["\n".join(head), *(_notice(notice) for notice in cause.notices)]
    if cause.more:
        blocks.append(f"… and {cause.more} more: {listing}")
    return "\n\n".join(blocks)


def _notice(notice: NoticeView) -> str:
    lines = [wrapped(f"* {notice.name}", hanging="  ")]
    lines += [wrapped(f"{label}: {value}", "  ", "    ") for label, value in notice.facts]
    lines += [f"  Page: {notice.page}"] if notice.page else []
    return "\n".join([*lines, f"  {notice.command}"])


def _chat_item(cause: CauseView, notice: NoticeView) -> str:
    facts = "; ".join(f"{label.lower()} {value}" for label, value in notice.facts)
    page = notice.link or defused(notice.page)
    head = defused(f"[{cause.badge}] {notice.name}: {facts}" if facts else f"[{cause.badge}] {notice.name}")
    return f"{head}\n{page}" if page else head
