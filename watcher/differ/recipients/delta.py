"""What happened to the named recipients between two documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from storage.model import Block, Document, Recipient, RecipientChange, RecipientDelta
from watcher.differ.places import place_code
from watcher.differ.recipients.mentions import recipient_mentions
from watcher.differ.recipients.names import EntityKey, entity_key, similar
from watcher.differ.recipients.structure import Mention

_FIELDS = ("purpose", "location", "role")
_ROW_WORDS = 25


def recipient_delta(old: Document, new: Document) -> RecipientDelta:
    """Who came, who went, whose entry changed.

    Parties are matched by name without legal form, case and punctuation, then without places ("Example Ireland Ltd." is
    "Example"), then as renamed. Rows of tables and lists are compared with rows; a party that only a sentence names
    counts when the words say that it handles or gets the data and the other document does not name it at all.
    """
    before, after = recipient_mentions(old), recipient_mentions(new)
    pairs, gone, came = _match(_rows(before), _rows(after))
    told = _texts(old), _texts(new)
    gone = [one for one in gone if not _still_listed(one.recipient.name, new.blocks)]
    came = [one for one in came if not _still_listed(one.recipient.name, old.blocks)]
    prose_pairs, prose_gone, prose_came = _match(_prose(before, told[1]), _prose(after, told[0]))
    known = [entity_key(one.recipient.name) for one in (*_rows(before), *_rows(after))]
    fresh = [one for one in prose_came if not _known(one, known)]
    lost = [one for one in prose_gone if not _known(one, known)]
    changed = [change for pair in (*pairs, *prose_pairs) for change in _changes(*pair)]
    return RecipientDelta(
        tuple(one.recipient for one in (*came, *fresh)),
        tuple(one.recipient for one in (*gone, *lost)),
        tuple(changed),
    )


def _rows(mentions: Sequence[Mention]) -> list[Mention]:
    return [one for one in mentions if one.structural]


def _prose(mentions: Sequence[Mention], other: str) -> list[Mention]:
    """Mentions in sentences that count: explicit, and not named by the other document in whatever words."""
    return [one for one in mentions if not one.structural and one.explicit and not _occurs(one.recipient.name, other)]


def _texts(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks)


def _occurs(name: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _still_listed(name: str, blocks: Sequence[Block]) -> bool:
    """True when the other document holds the name in a short block: a list that was laid out anew."""
    return any(len(block.text.split()) <= _ROW_WORDS and _occurs(name, block.text) for block in blocks)


def _known(mention: Mention, keys: Sequence[EntityKey]) -> bool:
    """True when a sentence names a party whose list entry begins with the same word."""
    first = entity_key(mention.recipient.name).loose.split()[:1]
    return any(key.loose.split()[:1] == first for key in keys)


_Pair = tuple[Recipient, Recipient]


def _match(before: list[Mention], after: list[Mention]) -> tuple[list[_Pair], list[Mention], list[Mention]]:
    """Pairs of the same party, then who is left on either side: by strict key, loose key, then likeness."""
    keys = {id(one): entity_key(one.recipient.name) for one in (*before, *after)}
    pairs: list[_Pair] = []
    steps: tuple[Callable[[EntityKey, EntityKey], bool], ...] = (
        lambda one, other: one.strict == other.strict,
        lambda one, other: one.loose == other.loose,
        similar,
    )
    gone, came = list(before), list(after)
    for same in steps:
        for one in list(gone):
            other = next((each for each in came if same(keys[id(one)], keys[id(each)])), None)
            if other is not None:
                pairs.append((one.recipient, other.recipient))
                gone.remove(one)
                came.remove(other)
    return pairs, gone, came


def _changes(before: Recipient, after: Recipient) -> list[RecipientChange]:
    """The fields that differ in more than spelling; a new legal form is a new name, one that is only added is not."""
    found = []
    one, other = entity_key(before.name), entity_key(after.name)
    if one.strict != other.strict or (one.form and other.form and one.form != other.form):
        found.append(RecipientChange(after.name, "name", before.name, after.name))
    for field in _FIELDS:
        was, now = getattr(before, field), getattr(after, field)
        if was is not None and now is not None and _plain(was) != _plain(now):
            found.append(RecipientChange(after.name, field, was, now))
    return found


def _plain(text: str) -> str:
    return place_code(text) or " ".join(re.findall(r"\w+", text.lower()))
