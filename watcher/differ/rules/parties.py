"""Rules on who: recipients, those data are shared with or sold to, contacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from storage.model import BlockKind, ChangeKind, Recipient, RecipientChange, Topic
from watcher.differ.evidence import holds, starts_in
from watcher.differ.lexicon import plain_words
from watcher.differ.places import REGION, find_places
from watcher.differ.recipients.names import companies
from watcher.differ.recipients.prose import prose_mentions
from watcher.differ.rules.finding import BETTER, HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.signs import load_signs
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.telling import told_words
from watcher.differ.rules.wording import without_asking
from watcher.differ.rules.wordlists import says
from watcher.differ.words import fold, fold_word, token_kind

# How contracts call a consent that is given once for all processors; folded.
_GENERAL = (
    *("general authorisation", "general authorization", "general written authori", "general prior", "general consent"),
    *("algemene toestemming", "algemene schriftelijke toestemming", "algemene machtiging", "algemene voorafgaande"),
    *("general permission", "general approval", "generally authori", "standing authori", "blanket"),
    *("generieke toestemming", "in algemene zin", "in het algemeen", "algemeen akkoord", "bij voorbaat"),
    *("allgemeine genehmigung", "allgemeine zustimmung", "allgemeine schriftliche", "allgemeine einwilligung"),
    *(
        "allgemein erteilt",
        "allgemein genehmigt",
        "generell",
        "pauschal",
        "allgemeinen genehmigung",
        "im voraus allgemein",
    ),
    *("autorisation generale", "autorisation ecrite generale", "accord general", "autorisation globale"),
)
# A line of so few words is a title.
_TITLE = 6
# A longer name is cut where more is told of the party.
_NAME = 48
# Where a tool that is put to use is told by its name too.
_WITH_TOOLS = frozenset({Topic.PURPOSES, Topic.AI, Topic.OTHER, Topic.CONTACT, Topic.DATA_COLLECTED})
# So many tools are named in a title.
_TOOLS = 3


def recipients(case: Case) -> Iterator[Finding]:
    """Named parties that came or went, or whose entry changed."""
    piece = case.evidence.piece
    before, after = piece.before or "", piece.after or ""
    for recipient in case.recipients.added:
        if holds(after, (recipient.name,)) and not holds(before, (recipient.name,)):
            if _only_named(case, recipient, after):
                told = f"also named here: {_short(recipient.name)}"
                yield Finding("recipient.named-again", MEDIUM, NEUTRAL, Topic.SUBPROCESSORS, told)
                continue
            bare = piece.block.kind is BlockKind.HEADING and not (recipient.purpose or recipient.location)
            detail = f"New recipient: {_entry(recipient)}"
            yield Finding("recipient.added", MEDIUM if bare else HIGH, WORSE, Topic.SUBPROCESSORS, detail)
    listed = case.kind is ChangeKind.ADDED and case.joined and case.lead is Topic.SUBPROCESSORS
    if listed and after.endswith(":"):
        yield Finding("recipient.list", HIGH, WORSE, Topic.SUBPROCESSORS, "a list of recipients was added")
    yield from _left(case, before, after)
    for change in case.recipients.changed:
        told = before + " " + after + (f" {piece.section[-1]}" if piece.section else "")
        if holds(told, (change.name,)) and _shown(change, before, after):
            yield _entry_changed(case, change)
            if _leaves(change):
                yield Finding(
                    "transfer.added", MEDIUM, WORSE, Topic.TRANSFERS, f"{_short(change.name)} moves to {change.after}"
                )


def _left(case: Case, before: str, after: str) -> Iterator[Finding]:
    """Named parties that went."""
    for recipient in case.recipients.removed:
        gone = holds(before, (recipient.name,)) and not holds(after, (recipient.name,))
        if gone and not _only_named(case, recipient, before):
            detail = f"Recipient gone: {_short(recipient.name)}"
            yield Finding("recipient.removed", MEDIUM, BETTER, Topic.SUBPROCESSORS, detail)


def _only_named(case: Case, recipient: Recipient, text: str) -> bool:
    """True for prose that names a recipient whose own entry, with what it is for, came or went elsewhere."""
    block = case.evidence.piece.block
    prose = block.kind is BlockKind.PARAGRAPH and not block.cells and case.kind is ChangeKind.MODIFIED
    about = [value for value in (recipient.purpose, recipient.location) if value]
    return prose and len(about) > 1 and not any(holds(text, (value,)) for value in about)


def authorised(case: Case) -> Iterator[Finding]:
    """Consent to each processor that became a general one, or the other way (GDPR, Art. 28(2))."""
    evidence = case.evidence
    if Topic.SUBPROCESSORS not in case.topics[:2] or case.kind is not ChangeKind.MODIFIED:
        return
    was, now = (starts_in(side, _GENERAL) for side in (evidence.stale, evidence.fresh))
    if now and not was and starts_in(evidence.stale, evidence.lexicon.lists["consent"]):
        told = "general authorisation instead of consent to each"
        yield Finding("authorisation.general", HIGH, WORSE, Topic.SUBPROCESSORS, told)
    elif not was and not now:
        yield from _authorised_anew(case)
    elif was and not now and starts_in(evidence.fresh, evidence.lexicon.lists["consent"]):
        told = "consent to each instead of a general authorisation"
        yield Finding("authorisation.specific", MEDIUM, BETTER, Topic.SUBPROCESSORS, told)


def _authorised_anew(case: Case) -> Iterator[Finding]:
    """Consent to processors that is no longer asked, or is asked now."""
    asked = [_asked_before(text, case) for text in (case.evidence.stale, case.evidence.fresh)]
    if asked == [True, False]:
        told = "processors are engaged without asking"
        yield Finding("authorisation.dropped", HIGH, WORSE, Topic.SUBPROCESSORS, told, leads=True)
    elif asked == [False, True]:
        told = "processors are engaged after consent only"
        yield Finding("authorisation.asked", MEDIUM, BETTER, Topic.SUBPROCESSORS, told, leads=True)


def _asked_before(text: str, case: Case) -> bool:
    """True for a text that has a processor engaged after consent only: "with consent", "not without consent"."""
    evidence = case.evidence
    asked = starts_in(text, load_signs()["consent"][1][evidence.lexicon.language])
    return asked and says(text, "engage", evidence.language) and not without_asking(text, evidence)


def _entry_changed(case: Case, change: RecipientChange) -> Finding:
    """Another purpose or place of a recipient: better where it came home to the region, worse in every other place."""
    was, now = change.before or "", change.after or ""
    more = now.removeprefix(was).strip(" ,;&") if was and now.startswith(was) else ""
    told = f'now also "{more}"' if more else f"{was or 'not stated'} -> {now or 'not stated'}"
    if change.field == "name":
        return Finding("recipient.changed", MEDIUM, NEUTRAL, Topic.SUBPROCESSORS, f"Recipient now called: {told}")
    detail = f"{_short(change.name)}: {change.field} {told}"
    if change.field != "location":
        return Finding("recipient.changed", MEDIUM, NEUTRAL, Topic.SUBPROCESSORS, detail)
    old, new = ({code for code, _, _ in find_places(side)} for side in (was, now))
    if new and new <= REGION and old - REGION:
        return Finding("recipient.changed", MEDIUM, BETTER, Topic.SUBPROCESSORS, detail)
    grave = HIGH if starts_in(now, case.evidence.lexicon.lists["abroad"]) or (new - old - REGION) else MEDIUM
    return Finding("recipient.changed", grave, WORSE, Topic.SUBPROCESSORS, detail)


def _leaves(change: RecipientChange) -> bool:
    """True when a recipient that was told to be in the region is now told to be outside."""
    was, now = ({code for code, _, _ in find_places(side or "")} for side in (change.before, change.after))
    return change.field == "location" and bool(was) and was <= REGION and bool(now - REGION)


def _entry(recipient: Recipient) -> str:
    """A recipient with what is told of it: "Name (purpose, place)"."""
    about = ", ".join(value for value in (recipient.purpose, recipient.location) if value)
    return f"{_short(recipient.name)} ({about})" if about else recipient.name


def _short(name: str) -> str:
    """A name as it stands in a sentence that has more to say."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1].rstrip()}…"


def _shown(change: RecipientChange, before: str, after: str) -> bool:
    """True when a clause holds the value that went or came."""
    return bool(change.before and change.before in before) or bool(change.after and change.after in after)


def companies_named(case: Case) -> Iterator[Finding]:
    """Companies that the old document did not name at all, where a clause tells who gets data."""
    given = case.lead in {Topic.SUBPROCESSORS, Topic.SHARING, Topic.TRACKING, Topic.TRANSFERS}
    if not given and case.lead not in _WITH_TOOLS:
        return
    listed = {one.name for one in case.recipients.added} | {one.name for one in case.recipients.changed}
    named = [name for name, _ in companies(case.evidence.inserted) if not any(name in one for one in listed)]
    for name in _unknown(case, named) if given else ():
        yield Finding("recipient.named", HIGH, WORSE, Topic.SUBPROCESSORS, f"New name: {name}")
    if tools := [name for name in _new_tools(case) if name not in named and not any(name in one for one in listed)]:
        gone = [name for name in _tools(case, old=True) if name not in (case.evidence.piece.after or "")]
        if len(gone) == len(tools):
            yield Finding("recipient.replaced", MEDIUM, NEUTRAL, None, f"{_listed(gone)} -> {_listed(tools)}")
        else:
            told = f"New name{'s' if len(tools) > 1 else ''}: {_listed(tools)}"
            yield Finding("recipient.named", MEDIUM, WORSE, None, told)  # of what kind, the clause tells


def _unknown(case: Case, names: Iterable[str]) -> list[str]:
    """The names that the old document did not hold, each once."""
    return [name for name in dict.fromkeys(names) if f" {' '.join(plain_words(fold(name)))} " not in case.old_text]


def _listed(names: Sequence[str]) -> str:
    """The first of some names, as a title holds them."""
    return ", ".join(map(_short, names[:_TOOLS]))


def _new_tools(case: Case) -> list[str]:
    """The tools that a clause names and the old document did not."""
    return _unknown(case, _tools(case))


def _tools(case: Case, *, old: bool = False) -> list[str]:
    """The names among the words that came, or went, which their sentences put to use: "we use Example for mail"."""
    evidence = case.evidence
    text, words = (evidence.stale, evidence.deleted) if old else (evidence.fresh, evidence.inserted)
    if case.kind is not ChangeKind.MODIFIED or evidence.piece.block.cells:
        return []
    mentions = prose_mentions((replace(evidence.piece.block, text=text),), evidence.language)
    return list(dict.fromkeys(one.recipient.name for one in mentions if one.recipient.name.split()[0] in words))


def sharing(case: Case) -> Iterator[Finding]:
    """Selling, advertising, tracking, and others who now get data."""
    evidence = case.evidence
    about = set(case.topics[:3])
    if not {Topic.SHARING, Topic.TRACKING, Topic.SUBPROCESSORS, Topic.TRANSFERS} & about:
        return
    if changed_hands := _changes_hands(case):
        yield Finding("sharing.takeover", MEDIUM, WORSE, Topic.SHARING, "data may pass to a buyer of the business")
    elif _begun(case, "sell") and Topic.SHARING in case.topics:
        yield Finding("sharing.sale", HIGH, WORSE, Topic.SHARING, "data may be sold")
    if _begun(case, "advertise"):
        asked = _stance(case, "advertise") is Stance.ASKED
        yield Finding("advertising.added", MEDIUM if asked else HIGH, WORSE, None, "advertising added")
    if _begun(case, "track") and Topic.TRACKING in about and evidence.piece.block.kind is not BlockKind.HEADING:
        asked = _stance(case, "track") is Stance.ASKED and case.kind is ChangeKind.ADDED
        tools = _new_tools(case)
        told = f"adds {_listed(tools)}" if tools else "a tracking technique is new"
        yield Finding("tracking.added", MEDIUM if asked else HIGH, WORSE, Topic.TRACKING, told)
    if _wider(case) and not changed_hands:
        known = _stance(case, "share") is not Stance.ASKED or _silent(case)
        yield Finding("sharing.widened", HIGH if known else MEDIUM, WORSE, Topic.SHARING, _whom(case))


def _changes_hands(case: Case) -> bool:
    """True when all that a clause newly says of sharing is what happens when the business is taken over."""
    evidence = case.evidence
    lists, language = evidence.lexicon.lists, evidence.language
    told = [text for text in (*evidence.brought, *(now for _, now in evidence.reworded)) if len(text.split()) > _TITLE]
    sold = [says(text, "takeover", language) for text in told]
    shared = [starts_in(text, lists["share"] | lists["sell"]) for text in told]
    new = any(sold) and all(one for one, other in zip(sold, shared, strict=True) if other)
    return new and not says(evidence.stale, "takeover", language)


def _begun(case: Case, name: str) -> bool:
    """True when a clause now does what it did not speak of."""
    evidence = case.evidence
    told = evidence.speaks(name, evidence.inserted) and not evidence.speaks(name, evidence.deleted)
    return told and _stance(case, name) is not Stance.DENIED


def _wider(case: Case) -> bool:
    """True when new words say that data are shared, and the sentence names a kind of party or spoke of no sharing."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    if case.kind is ChangeKind.REMOVED or _stance(case, "share") in {Stance.DENIED, Stance.SILENT}:
        return False
    if case.lead is Topic.LEGAL_TERMS or evidence.piece.block.kind is BlockKind.HEADING:
        return False
    fresh = starts_in(evidence.inserted, lists["share"]) and not starts_in(evidence.deleted, lists["share"])
    told = (*evidence.brought, *(now for _, now in evidence.reworded))
    named = any(starts_in(text, lists["share"]) and starts_in(text, lists["party"]) for text in told)
    prose = not evidence.piece.block.cells and len(evidence.after) > _TITLE
    opened = case.kind is ChangeKind.ADDED and case.lead is Topic.SHARING and prose
    return fresh and (named or opened or _silent(case))


def _silent(case: Case) -> bool:
    """True when a clause on sharing was reworded, and its old sentences did not speak of sharing."""
    old = stance(case.evidence.stale, case.evidence.lexicon.lists["share"], case.evidence.lexicon, None)
    return case.kind is ChangeKind.MODIFIED and case.lead is Topic.SHARING and old is Stance.SILENT


def _whom(case: Case) -> str:
    """Say with whom data are shared, in the clause's own word where that is English."""
    evidence = case.evidence
    words = evidence.inserted.split()
    party = next((word.strip(".,;:()") for word in words if starts_in(word, evidence.lexicon.lists["party"])), "others")
    return f"data now shared with {party}" if evidence.language == "en" else "data now shared with others"


def _stance(case: Case, name: str) -> Stance:
    """The stance of the new sentences on an act."""
    evidence = case.evidence
    return stance(evidence.fresh, evidence.lexicon.lists[name], evidence.lexicon, evidence.language)


def contact(case: Case) -> Iterator[Finding]:
    """Addresses, numbers and persons."""
    evidence = case.evidence
    gone, came = evidence.addresses
    if (gone or came) and case.kind is ChangeKind.MODIFIED:
        kinds = {token_kind(word) for word in (*gone, *came)}
        what = "phone" if "phone" in kinds else "mail" if "mail" in kinds else "address"
        told = _addresses(case) if what != "phone" else _exchange(case)
        yield Finding(f"contact.{what}", LOW, NEUTRAL, Topic.CONTACT if what != "address" else None, told)
    if case.lead is not Topic.CONTACT and Topic.CONTACT in case.topics and _people(case):
        yield Finding("contact.name", LOW, NEUTRAL, None, _exchange(case))
    if case.lead is Topic.CONTACT:
        named = any(token[:1].isupper() for token in evidence.after if evidence.came[fold_word(token)])
        numbers = any(token_kind(word) == "number" for word in (*evidence.gone, *evidence.came))
        if case.kind is ChangeKind.MODIFIED and named and not numbers:
            yield Finding("contact.person", MEDIUM, NEUTRAL, None, _exchange(case))
        elif not gone and not came:
            yield Finding(f"contact.{case.kind}", LOW, NEUTRAL)


def _addresses(case: Case) -> str:
    """Say "old -> new" where one address took the place of one other."""
    gone, came = ("".join(words) if len(words) == 1 else "" for words in case.evidence.addresses)
    return f"{gone} -> {came}" if gone and came else ""


def _exchange(case: Case) -> str:
    """Say "old -> new" where one run of words took the place of one other; nothing where that is not so or too long."""
    was, arrow, now = told_words(case.evidence).partition('" -> "')
    return f"{was[1:]} -> {now[:-1]}" if arrow else ""


def _people(case: Case) -> bool:
    """True when nothing but one name in capitals took the place of another."""
    was, _, now = _exchange(case).partition(" -> ")
    names = [*was.split(), *now.split()]
    return bool(was and now) and len(names) > 2 and all(name[:1].isupper() and name.isalpha() for name in _bare(names))


def _bare(names: list[str]) -> list[str]:
    """Names without hyphens and stops."""
    return [name.replace("-", "").replace(".", "") for name in names]
