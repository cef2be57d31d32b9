"""Rules on who: recipients, those data are shared with or sold to, contacts."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import holds
from watcher.differ.lexicon import plain_words
from watcher.differ.recipients.names import companies
from watcher.differ.rules.finding import BETTER, HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding, is_denied
from watcher.differ.words import fold, fold_word, token_kind


def recipients(case: Case) -> Iterator[Finding]:
    """Named parties that came or went."""
    before, after = case.evidence.piece.before or "", case.evidence.piece.after or ""
    for recipient in case.recipients.added:
        if holds(after, (recipient.name,)) and not holds(before, (recipient.name,)):
            yield Finding("recipient.added", HIGH, WORSE, Topic.SUBPROCESSORS, f"New recipient: {recipient.name}")
    listed = case.kind is ChangeKind.ADDED and case.recipients.added and case.lead is Topic.SUBPROCESSORS
    if listed and after.endswith(":"):
        yield Finding("recipient.list", HIGH, WORSE, Topic.SUBPROCESSORS, "a list of recipients was added")
    for recipient in case.recipients.removed:
        if holds(before, (recipient.name,)) and not holds(after, (recipient.name,)):
            yield Finding("recipient.removed", MEDIUM, BETTER, Topic.SUBPROCESSORS, f"Recipient gone: {recipient.name}")
    for change in case.recipients.changed:
        if holds(before + " " + after, (change.name,)):
            abroad = change.field == "location"
            detail = f"{change.name}: {change.field} {change.before or '-'} -> {change.after or '-'}"
            yield Finding("recipient.changed", MEDIUM, WORSE if abroad else NEUTRAL, Topic.SUBPROCESSORS, detail)


def companies_named(case: Case) -> Iterator[Finding]:
    """Companies that the old document did not name at all, where a clause tells who gets data."""
    if case.lead not in {Topic.SUBPROCESSORS, Topic.SHARING, Topic.TRACKING, Topic.TRANSFERS}:
        return
    listed = {one.name for one in case.recipients.added}
    for name, _ in companies(case.evidence.inserted):
        if name not in listed and f" {' '.join(plain_words(fold(name)))} " not in case.old_text:
            yield Finding("recipient.named", MEDIUM, WORSE, Topic.SUBPROCESSORS, f"New name: {name}")


def sharing(case: Case) -> Iterator[Finding]:
    """Selling, and others who may advertise."""
    evidence = case.evidence
    sells = evidence.speaks("sell", evidence.inserted) and not evidence.speaks("sell", evidence.deleted)
    lists = evidence.lexicon.lists
    denied = is_denied(
        evidence.piece.after or "",
        lists["sell"] | lists["advertise"],
        lists["negation"] - lists["exception"],
        evidence.language,
    )
    related = {Topic.SHARING, Topic.TRACKING, Topic.SUBPROCESSORS} & set(case.topics)
    if sells and Topic.SHARING in case.topics and not denied:
        yield Finding("sharing.sale", HIGH, WORSE, Topic.SHARING, "data may be sold")
    advertised = evidence.speaks("advertise", evidence.inserted) and not evidence.speaks("advertise", evidence.deleted)
    if advertised and related and not denied:
        asked = evidence.speaks("consent", evidence.inserted)
        yield Finding("advertising.added", MEDIUM if asked else HIGH, WORSE, None, "advertising added")
    promise = evidence.speaks("sell", evidence.deleted) and holds(evidence.deleted, evidence.lexicon.lists["negation"])
    if promise and case.kind is ChangeKind.REMOVED:
        yield Finding("sharing.promise-dropped", HIGH, WORSE, Topic.SHARING, "a promise not to sell is gone")


def contact(case: Case) -> Iterator[Finding]:
    """Addresses, numbers and persons."""
    evidence = case.evidence
    gone, came = evidence.addresses
    modified = case.kind is ChangeKind.MODIFIED
    if (gone or came) and modified:
        kinds = {token_kind(word) for word in (*gone, *came)}
        what = "phone" if "phone" in kinds else "mail" if "mail" in kinds else "address"
        yield Finding(f"contact.{what}", LOW, NEUTRAL, Topic.CONTACT if what != "address" else None, f"{what} changed")
    if case.lead is Topic.CONTACT:
        named = any(token[:1].isupper() for token in evidence.after if evidence.came[fold_word(token)])
        if modified and named and not any(token_kind(word) == "number" for word in (*evidence.gone, *evidence.came)):
            yield Finding("contact.person", MEDIUM, NEUTRAL, None, "a contact changed")
        else:
            yield Finding(f"contact.{case.kind}", LOW, NEUTRAL)
