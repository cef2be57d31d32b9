"""Matched blocks cut into the clauses that are told: a block, or the differing sentences of a long one.

One piece becomes one change. A short block is told whole, so that a reader sees the clause; of a long one only the
sentences that differ, each run of them on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from storage.model import Block, BlockKind, ChangeKind, Topic
from watcher.differ.align import Match, in_place
from watcher.differ.leads import Lead, denying_leads, introduced, joined
from watcher.differ.sentences import is_one, sentences
from watcher.differ.topics import likely_topic, sure_topic
from watcher.differ.words import fold, words_of
from watcher.differ.zones import Zone, zones

# A clause up to this length (characters of the longer side) is told whole when only one place of it differs.
_WHOLE = 700
# Two differing runs with less than this between them are one.
_BRIDGE = 30
# Beyond so many sentences the edit script is that of blocks, which needs no matrix of the whole.
_SENTENCES = 2_000
# A clause of so many characters may turn from one topic to another.
_TURNING = 160
_SIGNS = re.compile(r"[^0-9A-Za-z]+")
_NO_LETTERS = re.compile(r"[^a-z]+")
# Words that begin a sentence on somebody or something that the one before named; not "this", which may be all of it.
POINTING = frozenset("these it they deze zij ze dieser diese er ce cet cette ces il elle ils elles".split())  # noqa: SIM905
# So many pieces are cut where the topic turns, and short ones into sentences; nobody reads the later ones one by one.
_FINELY = 300


class Piece(NamedTuple):
    """One differing clause: what it said before and after (None where it did not stand), and where.

    `blocks` counts the blocks it comes from; `block` is the first of them, of the new document where it stands there.
    `zone` tells whether the block stands in the document or in the page around it, `place` how far down (0 to 1);
    `last` marks a modified one that ends the new document. `links` are the texts of the links on both sides.
    `leads` are the lead-ins above it that deny what it says, of the old and of the new document; `hangs` tells that it
    came or went below words with a colon that say what the vendor or the reader does.

    A tuple: a comparison may have tens of thousands.
    """

    kind: ChangeKind
    before: str | None
    after: str | None
    section: tuple[str, ...]
    block: Block
    blocks: int = 1
    zone: Zone = Zone.BODY
    place: float = 1.0
    last: bool = False
    links: tuple[str, ...] = ()
    leads: tuple[Lead | None, Lead | None] = (None, None)
    hangs: bool = False

    def in_full(self) -> Piece:
        """The piece as whole sentences: with the lead-in that denies it ("We do not" before "sell your data")."""
        if not any(self.leads):
            return self
        return self._replace(before=joined(self.leads[0], self.before), after=joined(self.leads[1], self.after))

    @property
    def text(self) -> str:
        """The wording that stands now, or the one that stood."""
        return self.after if self.after is not None else self.before or ""


def cut(matches: Sequence[Match], old: Sequence[Block], new: Sequence[Block], language: str | None) -> list[Piece]:
    """Cut matches into pieces, in the order of the matches; where there are very many, the later ones less finely."""
    pieces: list[Piece] = []
    for piece in _cut(matches, old, new, language, pieces):
        pieces += _by_topic(piece, language) if len(pieces) < _FINELY else (piece,)
    return pieces


def _by_topic(piece: Piece, language: str | None) -> Iterator[Piece]:
    """A long clause that came or went, cut where its sentences turn to another topic; anything else as it is."""
    text = piece.text
    if piece.kind not in {ChangeKind.ADDED, ChangeKind.REMOVED} or len(text) < _TURNING or piece.block.cells:
        yield piece
        return
    groups: list[tuple[Topic | None, list[str]]] = []
    for sentence in sentences_of(text, language):
        topic = _topic_of(sentence, piece.section, language)
        if groups and (topic is None or groups[-1][0] in {None, topic}):
            groups[-1] = (groups[-1][0] or topic, [*groups[-1][1], sentence])
        else:
            groups.append((topic, [sentence]))
    for _, parts in groups:
        part = " ".join(parts)
        added = piece.kind is ChangeKind.ADDED
        yield piece._replace(before=None if added else part, after=part if added else None)


def _topic_of(sentence: str, section: tuple[str, ...], language: str | None) -> Topic | None:
    """What a sentence of a clause turns to; None in doubt, and for one that points back ("They receive ...")."""
    if sentence.partition(" ")[0].casefold() in POINTING:
        return None
    return sure_topic(sentence, language) or likely_topic(sentence, section, language)


def _cut(
    matches: Sequence[Match], old: Sequence[Block], new: Sequence[Block], language: str | None, done: Sequence[Piece]
) -> Iterator[Piece]:
    """Cut each match into pieces; `done` are those that there are by then."""
    old_zones, new_zones = zones(old, language), zones(new, language)
    old_leads, new_leads = denying_leads(old, language), denying_leads(new, language)
    some = bool(old_leads or new_leads)
    old_hung, new_hung = introduced(old, language), introduced(new, language)
    hung = bool(old_hung or new_hung)
    leads: tuple[Lead | None, Lead | None] = (None, None)
    for match in matches:
        if some:
            leads = (_lead(old_leads, match.old), _lead(new_leads, match.new))
        if not hung and len(match.old) + len(match.new) == 1:  # nearly all, where much is new
            at, came = (match.new[0], True) if match.new else (match.old[0], False)
            block = new[at] if came else old[at]
            zone, place = (new_zones[at], at / len(new)) if came else (old_zones[at], at / len(old))
            before, after = (None, block.text) if came else (block.text, None)
            yield Piece(match.kind, before, after, block.path, block, 1, zone, place, leads=leads)
            continue
        olds, news = [old[i] for i in match.old], [new[j] for j in match.new]
        if match.kind is ChangeKind.MODIFIED:
            zone, place = new_zones[match.new[0]], match.new[0] / len(new)
            ends = match.new[-1] == len(new) - 1
            links = tuple(link.text for block in (*olds, *news) for link in block.links)
            for kind, before, after in _modified(olds, news, language, finely=len(done) < _FINELY):
                count = len(news) if kind is None else 1
                yield Piece(
                    kind or match.kind, before, after, news[0].path, news[0], count, zone, place, ends, links, leads
                )
            continue
        block = (news or olds)[0]
        before, after = _text(olds), _text(news)
        zone = new_zones[match.new[0]] if match.new else old_zones[match.old[0]]
        place = match.new[0] / len(new) if match.new else match.old[0] / len(old)
        count = len(news) or len(olds)
        hangs = not (old_hung.isdisjoint(match.old) and new_hung.isdisjoint(match.new))
        yield Piece(match.kind, before, after, block.path, block, count, zone, place, leads=leads, hangs=hangs)
    yield from _turned(matches, old, new, (old_leads, new_leads))


def _text(blocks: Sequence[Block]) -> str | None:
    """The texts of blocks, one after the other; None where there are none."""
    if len(blocks) == 1:
        return blocks[0].text
    return " ".join([each.text for each in blocks]) if blocks else None


def _turned(
    matches: Sequence[Match], old: Sequence[Block], new: Sequence[Block], leads: Sequence[dict[int, Lead]]
) -> Iterator[Piece]:
    """Items that stand on both sides, and on one of them only below words that deny what they say.

    Where those words themselves were put in others, that is told and speaks for all items.
    """
    if not any(leads):
        return
    reworded = [
        {place for match in matches if match.kind is ChangeKind.MODIFIED for place in (match.old, match.new)[side]}
        for side in (0, 1)
    ]
    sides = (old, new)
    plain = [{block.text: block for at, block in enumerate(sides[side]) if at not in leads[side]} for side in (0, 1)]
    for side in (0, 1):
        for place, lead in leads[side].items():
            text = sides[side][place].text
            there = plain[1 - side].get(text)
            if lead.place in reworded[side] or there is None or text in plain[side]:
                continue
            block = there if side == 0 else new[place]
            whole = f"{lead.text} {text}"
            texts = (whole, text) if side == 0 else (text, whole)
            ours = (lead, None) if side == 0 else (None, lead)
            yield Piece(ChangeKind.MODIFIED, *texts, block.path, block, leads=ours)


def _lead(leads: dict[int, Lead], places: Sequence[int]) -> Lead | None:
    """The denying lead-in of a single block."""
    return leads.get(places[0]) if len(places) == 1 else None


def _modified(
    olds: list[Block], news: list[Block], language: str | None, *, finely: bool
) -> Iterator[tuple[ChangeKind | None, str | None, str | None]]:
    """The differing sentences of a pair with what became of them; the whole pair, of no kind, when it is short."""
    before, after = " ".join(block.text for block in olds), " ".join(block.text for block in news)
    coarse = not finely and max(len(before), len(after)) <= _WHOLE
    if coarse or news[0].kind is BlockKind.TABLE_ROW or (is_one(before) and is_one(after)):
        yield None, before, after
        return
    left, right = sentences_of(before, language), sentences_of(after, language)
    runs = list(_runs(left, right))
    if len(runs) > 1:
        runs = list(_joined(runs, left))
    told_whole = len(runs) <= 1 and max(len(before), len(after)) <= _WHOLE
    if told_whole or not runs or max(len(left), len(right)) == 1:
        yield None, before, after
        return
    for i, i_end, j, j_end in runs:
        was, now = " ".join(left[i:i_end]) or None, " ".join(right[j:j_end]) or None
        if _same_words(was or "", now or ""):
            continue
        yield ChangeKind.ADDED if was is None else ChangeKind.REMOVED if now is None else ChangeKind.MODIFIED, was, now


def _same_words(was: str, now: str) -> bool:
    """True when two texts hold the same words; plain letters that differ tell at once that they do not."""
    if was.isascii() and now.isascii():
        differ = _SIGNS.sub("", was).lower() != _SIGNS.sub("", now).lower()
    else:
        differ = _NO_LETTERS.sub("", fold(was)) != _NO_LETTERS.sub("", fold(now))
    if differ:
        return False
    return words_of(was) == words_of(now)


def sentences_of(text: str, language: str | None) -> tuple[str, ...]:
    """The sentences of a text, with one blank between them; those that are parted otherwise stay together."""
    found = sentences(text, language)
    if " ".join(found) == text:
        return found
    parts: list[str] = []
    end = 0
    for sentence in found:
        place = text.find(sentence, end)
        if place < 0:
            return (text,)
        if parts and text[end:place] == " ":
            parts.append(sentence)
        else:
            parts = [*parts[:-1], (parts[-1] if parts else "") + text[end : place + len(sentence)]]
        end = place + len(sentence)
    return tuple(parts) if " ".join(parts) == text else (text,)


def _runs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches of sentences that differ: from, to on both sides."""
    if max(len(left), len(right)) > _SENTENCES:
        i, j = 0, 0
        for i_equal, j_equal in [*in_place(left, right), (len(left), len(right))]:
            if i_equal > i or j_equal > j:
                yield i, i_equal, j, j_equal
            i, j = i_equal + 1, j_equal + 1
        return
    for code in Indel.opcodes(left, right):
        if code.tag != "equal":
            yield code.src_start, code.src_end, code.dest_start, code.dest_end


def _joined(runs: list[tuple[int, int, int, int]], left: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs with next to nothing between them as one; a deletion and an insertion side by side belong together."""
    current = runs[0]
    for run in runs[1:]:
        between = sum(len(text) for text in left[current[1] : run[0]])
        if between <= _BRIDGE:
            current = (current[0], run[1], current[2], run[3])
        else:
            yield current
            current = run
    yield current
