"""What happened to the named recipients between two documents."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from storage.model import Document, Recipient, RecipientChange, RecipientDelta
from watcher.differ.places import place_code
from watcher.differ.recipients.mentions import recipient_mentions
from watcher.differ.recipients.names import EntityKey, alike_names, entity_key, former_names
from watcher.differ.recipients.structure import Mention
from watcher.differ.words import word_finder

_words_in = word_finder(r"[\w+&]+", "_+&")
_letters_in = word_finder(r"\w+", "_")
_FIELDS = ("purpose", "location", "role")
_ROW_CHARS = 200  # a shorter block may be an entry of a list that was laid out anew
_MOST_ROWS = 5000  # entries that are read and compared; no list of parties has more, and every row is told anyway
_MOST_PROSE = 500  # names in sentences that are looked up in the other document; no policy has more
_MOST_PAIRS = 250_000  # pairs of names that are compared for likeness
_LONG = 200_000  # characters of a text in which names are looked up by their rarest word
_OFTEN = 3  # a company that is named so often and everywhere in other words is called otherwise
_REMNANT = 0.1  # with less than this share of its text left, a document was not shortened: its capture broke off


def recipient_delta(old: Document, new: Document) -> RecipientDelta:
    """Who came, who went, whose entry changed.

    Only what does not stand in both documents is read. Parties are matched by name without legal form, case and
    punctuation, then without places ("Example Ireland Ltd." is "Example"), then as renamed. Rows of tables and lists
    are compared with rows, then with sentences; a party that only a sentence names counts when the words say that it
    handles or gets the data and the other document does not name it at all. A new document that is nothing but the
    beginning of the old one is a capture that broke off: nobody left.
    """
    if _broke_off(old, new):
        return RecipientDelta((), (), ())
    keys = _Keys()
    shared = {block.text for block in old.blocks} & {block.text for block in new.blocks}
    before, after = (recipient_mentions(one, shared, keys.of, most=_MOST_ROWS) for one in (old, new))
    if not before and not after:
        return RecipientDelta((), (), ())
    names = [one.recipient.name for one in (*before, *after)]
    was, now = _Text(old, keys, names), _Text(new, keys, names)
    told_before, told_after = _prose(before), _prose(after)
    pairs, gone, came = _match(_rows(before), _rows(after), keys)
    into_prose, gone, _ = _match(gone, told_after, keys, likeness=False)
    from_prose, _, came = _match(told_before, came, keys, likeness=False)
    gone = [one for one in gone if not now.lists(one.recipient.name)]
    came = [one for one in came if not was.lists(one.recipient.name)]
    prose_pairs, prose_gone, prose_came = _match(_not_in(now, told_before), _not_in(was, told_after), keys)
    known = {keys.first(one) for one in (*_rows(before), *_rows(after))} if prose_gone or prose_came else set()
    lost = [one for one in prose_gone if keys.first(one) not in known and not now.names(one.recipient.name)]
    fresh = [one for one in prose_came if keys.first(one) not in known and not was.names(one.recipient.name)]
    called_anew, lost, fresh = _throughout(lost, fresh, was, now)
    prose_pairs += called_anew
    matched = dict.fromkeys((*pairs, *into_prose, *from_prose, *prose_pairs))
    return RecipientDelta(
        tuple(one.recipient for one in (*came, *fresh)),
        tuple(one.recipient for one in (*gone, *lost)),
        tuple(change for pair in matched for change in _changes(*pair, keys)),
    )


def _throughout(
    gone: list[Mention], came: list[Mention], was: _Text, now: _Text
) -> tuple[list[_Pair], list[Mention], list[Mention]]:
    """Pairs of a company and the one that has its place all over the document, and who is left.

    They begin with the same word, have the same legal form, and the one is named as often as the other was: a company
    that is called otherwise. A supplier in the place of another shares no word with it.
    """
    pairs: list[_Pair] = []
    sisters: dict[tuple[str, str], list[Mention]] = {}
    for other in came:
        sisters.setdefault((was.keys.of(other.recipient.name).form, was.keys.first(other)), []).append(other)
    taken: set[int] = set()
    for one in gone:
        name = one.recipient.name
        form = was.keys.of(name).form
        others = sisters.get((form, was.keys.first(one)), [])
        if not form or len(others) != 1 or (times := was.times(name)) < _OFTEN:
            continue
        if now.times(others[0].recipient.name) == times:
            pairs.append((one.recipient, others[0].recipient))
            taken |= {id(one), id(others.pop())}
    return pairs, [one for one in gone if id(one) not in taken], [one for one in came if id(one) not in taken]


def _broke_off(old: Document, new: Document) -> bool:
    """True when the new document is a small first part of the old one, its last block cut off or not."""
    was, now = [block.text for block in old.blocks], [block.text for block in new.blocks]
    if not now or len(now) >= len(was) or sum(map(len, now)) >= _REMNANT * sum(map(len, was)):
        return False
    return was[: len(now) - 1] == now[:-1] and was[len(now) - 1].startswith(now[-1])


def _rows(mentions: Sequence[Mention]) -> list[Mention]:
    return [one for one in mentions if one.structural]


def _prose(mentions: Sequence[Mention]) -> list[Mention]:
    return [one for one in mentions if not one.structural and one.explicit][:_MOST_PROSE]


def _not_in(text: _Text, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions whose names, as they are spelled, do not stand in the other document."""
    return [one for one in mentions if not text.holds(one.recipient.name)]


class _Keys:
    """The keys of the names of one comparison, each worked out once: a table may hold more than are remembered."""

    def __init__(self) -> None:
        self._known: dict[str, EntityKey] = {}

    def of(self, name: str) -> EntityKey:
        """The key of a name."""
        key = self._known.get(name)
        if key is None:
            key = self._known[name] = entity_key(name)
        return key

    def first(self, mention: Mention) -> str:
        """The word by which sentences call a party whose list entry begins with it."""
        return self.of(mention.recipient.name).loose.partition(" ")[0]


@dataclass(frozen=True)
class _Text:
    """The whole text of a document, worked out when asked. `asked` are all names that are ever looked for in it."""

    document: Document
    keys: _Keys
    asked: Sequence[str]

    @cached_property
    def _all(self) -> str:
        return "\n".join([block.text for block in self.document.blocks]).casefold()

    @cached_property
    def _short(self) -> str:
        return "\n".join(block.text for block in self.document.blocks if len(block.text) <= _ROW_CHARS).casefold()

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        """The texts of the blocks by each of their words that stands in a name which is looked for."""
        found: dict[str, list[str]] = {word: [] for name in self.asked for word in _words_in(name.casefold())}
        wanted = set(found)
        for text, words in self._runs:
            for word in wanted.intersection(words):
                found[word].append(text)
        return found

    @cached_property
    def _runs(self) -> list[tuple[str, list[str]]]:
        """Each block's text with its words."""
        return [(text, _words_in(text)) for text in self._all.split("\n")]

    @cached_property
    def _plain(self) -> str:
        return f" {' '.join([word for _, words in self._runs for word in words])} "

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset().union(*[words for _, words in self._runs])

    def _has_words(self, name: str) -> bool:
        """True when each word of a name stands somewhere: spares most names the search through the text."""
        first = name.partition(" ")[0]
        if first.isalnum() and first not in self._words:
            return False
        return self._words >= set(_words_in(name))

    def holds(self, name: str) -> bool:
        """True when the text has the name as it is spelled."""
        spelled = name.casefold()
        return self._has_words(spelled) and self._spells(spelled, short=False)

    def times(self, name: str) -> int:
        """How often the text has the name, whatever its legal form and marks."""
        return self._plain.count(f" {self.keys.of(name).strict} ")

    def lists(self, name: str) -> bool:
        """True when a short block has the name: a list that was laid out anew."""
        spelled = name.casefold()
        return self._has_words(spelled) and self._spells(spelled, short=True)

    def _spells(self, name: str, *, short: bool) -> bool:
        """True when a block, or a short one, has a name whose words all stand somewhere."""
        words = _words_in(name)
        if len(self._all) < _LONG or not words:
            return _occurs(name, self._short if short else self._all)
        texts = min((self._texts[word] for word in words), key=len)
        return any(_occurs(name, text) for text in texts if not short or len(text) <= _ROW_CHARS)

    def names(self, name: str) -> bool:
        """True when the text has the name, whatever its legal form and marks."""
        strict = self.keys.of(name).strict
        return self._has_words(strict) and f" {strict} " in self._plain


def _occurs(name: str, text: str) -> bool:
    """True when a name stands in a text, as whole words."""
    place = text.find(name)
    while place >= 0:
        end = place + len(name)
        if not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum()):
            return True
        place = text.find(name, end)
    return False


_Pair = tuple[Recipient, Recipient]


def _match(
    before: Sequence[Mention], after: Sequence[Mention], names: _Keys, *, likeness: bool = True
) -> tuple[list[_Pair], list[Mention], list[Mention]]:
    """Pairs of the same party, then who is left on either side: by name, strict key, loose key, then likeness."""
    if not before or not after:
        return [], list(before), list(after)
    keys = {id(one): names.of(one.recipient.name) for one in (*before, *after)}
    pairs: list[_Pair] = []
    gone, came = list(before), list(after)
    steps: tuple[Callable[[EntityKey], Hashable], ...] = (
        lambda key: (key.strict, key.form),
        lambda key: key.strict,
        lambda key: key.loose,
    )
    for step in steps:  # mypy has no type for a lambda with a default
        gone, came = _paired(gone, came, pairs, lambda one, step=step: step(keys[id(one)]))  # type: ignore[misc]
    gone, came = _renamed(gone, came, pairs, keys)
    if likeness and len(gone) * len(came) <= _MOST_PAIRS:
        likely = alike_names([keys[id(one)].loose for one in gone], [keys[id(one)].loose for one in came])
        pairs += [(gone[at].recipient, came[other].recipient) for at, other in likely.items()]
        taken = set(likely.values())
        gone = [one for at, one in enumerate(gone) if at not in likely]
        came = [one for at, one in enumerate(came) if at not in taken]
    return pairs, gone, came


def _renamed(
    gone: list[Mention], came: list[Mention], pairs: list[_Pair], keys: Mapping[int, EntityKey]
) -> tuple[list[Mention], list[Mention]]:
    """Add the pairs of which a side says that it had the other's name before or trades as it; give what is left."""
    earlier = {entity_key(old).loose: one for one in came for old in former_names(one.recipient.name)}
    whole = {keys[id(one)].loose: one for one in came}
    taken: set[int] = set()
    left: list[Mention] = []
    for one in gone:
        others = (whole.get(entity_key(old).loose) for old in former_names(one.recipient.name))
        other = earlier.pop(keys[id(one)].loose, None) or next(filter(None, others), None)
        if other is None or id(other) in taken:
            left.append(one)
        else:
            taken.add(id(other))
            pairs.append((one.recipient, other.recipient))
    return left, [one for one in came if id(one) not in taken]


def _paired(
    gone: list[Mention], came: list[Mention], pairs: list[_Pair], key: Callable[[Mention], Hashable]
) -> tuple[list[Mention], list[Mention]]:
    """Add the pairs with equal keys, first with first, and give what is left."""
    waiting: dict[Hashable, list[Mention]] = {}
    for one in reversed(came):
        waiting.setdefault(key(one), []).append(one)
    left: list[Mention] = []
    taken: set[int] = set()
    for one in gone:
        if others := waiting.get(key(one)):
            other = others.pop()
            taken.add(id(other))
            pairs.append((one.recipient, other.recipient))
        else:
            left.append(one)
    return left, [one for one in came if id(one) not in taken]


def _changes(before: Recipient, after: Recipient, keys: _Keys) -> list[RecipientChange]:
    """The fields that differ in more than spelling; a new legal form is a new name, one that is only added is not."""
    found = []
    one, other = keys.of(before.name), keys.of(after.name)
    if one.strict != other.strict or (one.form and other.form and one.form != other.form):
        found.append(RecipientChange(after.name, "name", before.name, after.name))
    for field in _FIELDS:
        was, now = getattr(before, field), getattr(after, field)
        if was is not None and now is not None and was != now and _plain(was) != _plain(now):
            found.append(RecipientChange(after.name, field, was, now))
    return found


def _plain(text: str) -> str:
    return place_code(text) or " ".join(_letters_in(text.lower()))
