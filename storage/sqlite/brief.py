"""What versions tell in brief: its JSON without what is always the same or follows from the rest, and back to the byte.

JSON escapes every sign below U+0020, so these mark what was left out: `FORM` stands at the front, `MARK` before each
fact, `TURN` before each change. A fact lists its values, then quote and headings; a change its times where they are not
those of the one before, then signs for kind, severity and direction, topics, headings, runs of words, facts, summary
and rules. What has another shape stands in full behind `RAW`. Frames are made of this form: the tables are never
edited, what comes later is put behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PLACE = b'{"position":,'  # where a fact or a change begins; its number follows from its place
CHANGES = b',"changes":[' + PLACE
FORM, MARK, TURN = b"\x00", b"\x01", b"\x0e"
NONE, BREAK, LIST, RAW, MORE = b"\x02", b"\x03", b"\x05", b"\x06", b"\x0f"
# Behind the last fact; behind each other one there is a comma.
_ENDS = {b"\x07": b"]", b"\x08": b'],"changes":[]'}
_FACTS: dict[bytes, tuple[bytes, tuple[bytes, ...]]] = {
    b"A": (b"retention", (b"subject", b"period")),
    b"B": (b"recipient", (b"name", b"role", b"location", b"purpose")),
    b"C": (b"transfer", (b"mechanism", b"destination")),
    b"D": (b"ai", (b"statement",)),
    b"E": (b"contact", (b"role", b"name", b"email", b"phone")),
    b"F": (b"right", (b"id",)),
    b"G": (b"legal-basis", (b"basis", b"purpose", b"article")),
    b"H": (b"security", (b"measure",)),
    b"I": (b"notice-period", (b"of", b"period", b"days")),
    b"J": (b"authority", (b"name",)),
    b"K": (b"governing-law", (b"name",)),
    b"L": (b"data-category", (b"name",)),
}
_KINDS = {b"A": b"added", b"R": b"removed", b"M": b"modified", b"V": b"moved"}
_SEVERITIES = {b"0": b"info", b"1": b"low", b"2": b"medium", b"3": b"high"}  # their ranks are their signs
_DIRECTIONS = {b"W": b"worse", b"B": b"better", b"N": b"neutral"}
_OPS = {b"\x0b": b"equal", b"\x0c": b"insert", b"\x10": b"delete"}
_SIGNS = {word: sign for words in (_KINDS, _SEVERITIES, _DIRECTIONS, _OPS) for sign, word in words.items()}
_CONTROL = re.compile(rb"[\x00-\x1f]")
_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_VALUE = rb"(?:null|%b)" % _TEXT
_LIST = rb"(?:%b(?:,%b)*)?" % (_TEXT, _TEXT)
_FULL = {
    sign: b'"type":"%b","fields":[%b],"quote":%%b,"section":[%%b]}'
    % (kind, b",".join(b'["%b",%%b]' % name for name in names))
    for sign, (kind, names) in _FACTS.items()
}
_FACT = re.compile(rb'"type":"([a-z-]+)","fields":\[(.*?)\],"quote":(%b),"section":\[(%b)\]\}' % (_TEXT, _LIST))
_FIELDS = {
    kind: (sign, re.compile(b",".join(rb'\["%b",(%b)\]' % (name, _VALUE) for name in names)))
    for sign, (kind, names) in _FACTS.items()
}
_SPAN = rb'\{"op":"(equal|insert|delete)","text":(%b)\}' % _TEXT
_MOVE = rb'\{"type":"([a-z-]+)","subject":(%b),"before":(%b),"after":(%b)\}' % (_VALUE, _VALUE, _VALUE)
_SPANS, _MOVES = re.compile(_SPAN), re.compile(_MOVE)
_CHANGE = re.compile(
    rb'"seen_before":"([^"\\]*)","seen_after":"([^"\\]*)","rank":([0-3]),"topic":%b,"topics":\[(%b)\],'
    rb'"kind":"([a-z]+)","severity":"([a-z]+)","direction":"([a-z]+)","section":\[(%b)\],"before":%b,"after":%b,'
    rb'"spans":\[(.*?)\],"facts":\[(.*?)\],"summary":(%b),"rules":\[(%b)\]\}'
    % (_TEXT, _LIST, _LIST, _VALUE, _VALUE, _TEXT, _LIST)
)
_WRITTEN = (
    b'"seen_before":"%b","seen_after":"%b","rank":%b,"topic":%b,"topics":[%b],"kind":"%b","severity":"%b",'
    b'"direction":"%b","section":[%b],"before":%b,"after":%b,"spans":[%b],"facts":[%b],"summary":"%b","rules":[%b]'
)
_SPANNED = {sign: b'{"op":"%b","text":"%%b"}' % op for sign, op in _OPS.items()}
_MOVED = b'{"type":"%b","subject":%b,"before":%b,"after":%b}'
_RUN = re.compile(rb"([\x0b\x0c\x10])")


def shorten(bare: bytes) -> bytes:
    """The brief form of what a version tells, its places without numbers; as it is where it would not come back."""
    if _CONTROL.search(bare):
        return bare
    place = bare.rfind(CHANGES)
    told, changed = (bare, b"") if place < 0 else (bare[:place], bare[place:])
    head, *parts = told.split(PLACE)
    short, times = MARK.join([FORM + head, *map(_fact, parts)]), b""
    for part in changed.split(PLACE)[1:]:
        turn, times = _turn(part, times)
        short += TURN + turn
    return short if lengthen(short) == bare else bare


def lengthen(short: bytes, known: dict[bytes, bytes] | None = None) -> bytes:
    """What was shortened. Raises ValueError for damage. Facts that are known in full need not be made."""
    if short[:1] != FORM:
        return short
    told, turns = parted(short)
    head, *parts = told.split(MARK)
    return PLACE.join([head[1:], *facts(parts, {} if known is None else known)]) + PLACE.join(changes(turns))


def without_facts(short: bytes) -> bytes:
    """Likewise, but for the facts. Raises ValueError."""
    if short[:1] == FORM:
        told, turns = parted(short)
        head, changed = told.partition(MARK)[0][1:], PLACE.join(changes(turns))
    else:
        place = short.rfind(CHANGES)
        told, changed = (short, b"") if place < 0 else (short[:place], short[place:])
        head = told.partition(PLACE)[0]
    return head[: head.rfind(b',"facts":[')] + (changed or b',"changes":[]')


def parted(short: bytes) -> tuple[bytes, list[bytes]]:
    """A brief form up to the last fact, and its changes."""
    told, mark, turns = short.partition(TURN)
    return told, turns.split(TURN) if mark else []


def facts(parts: Sequence[bytes], known: dict[bytes, bytes]) -> list[bytes]:
    """Facts in full; those that are not known become so. Raises ValueError."""
    return [known.get(one) or known.setdefault(one, fact(one)) for one in parts]


def fact(part: bytes) -> bytes:
    """A fact in full with what is behind it, up to the next. Raises ValueError."""
    if part[:1] == RAW:
        return part[1:]
    end = _ENDS.get(part[-1:])
    *values, section = (part[1:] if end is None else part[1:-1]).split(BREAK)
    try:
        return _FULL[part[:1]] % (*map(_value, values), _listed(section)) + (b"," if end is None else end)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no fact: {part[:40]!r}") from error


def changes(turns: Sequence[bytes]) -> list[bytes]:
    """Changes in full, each with what is behind it; in front what begins their list. Raises ValueError."""
    made, times = [CHANGES[: -len(PLACE)]] if turns else [], b""
    for turn in turns:
        part, times = (turn[1:], times) if turn[:1] == RAW else _change(turn, times)
        made.append(part if turn[:1] == RAW else part + b"},")
    if turns and turns[-1][:1] != RAW:
        made[-1] = made[-1][:-1] + b"]"
    return made


def topics(turns: Sequence[bytes]) -> list[tuple[int, list[str]]] | None:
    """Rank and topics of each change; None where one stands in full or is damaged."""
    found = []
    for turn in turns:
        _, signs, listed, *_ = (*turn.split(BREAK, 3), b"", b"")
        if turn[:1] == RAW or signs[1:2] not in _SEVERITIES or b"\\" in listed:
            return None
        found.append((int(signs[1:2]), listed.decode(errors="replace").split("\x05")))
    return found


def _fact(part: bytes) -> bytes:
    found = _FACT.match(part)
    if found is None or found[1] not in _FIELDS:
        return RAW + part
    sign, pattern = _FIELDS[found[1]]
    fields, behind = pattern.fullmatch(found[2]), part[found.end() :]
    end = b"" if behind == b"," else next((one for one, stands in _ENDS.items() if stands == behind), None)
    if fields is None or end is None:
        return RAW + part
    return sign + BREAK.join([*map(_bare, fields.groups()), _bare(found[3]), _short(found[4])]) + end


def _turn(part: bytes, last: bytes) -> tuple[bytes, bytes]:
    """A change in brief, and its times, which are left out where they are those of the last."""
    found = _CHANGE.match(part)
    if found is None or part[found.end() :] not in {b",", b"]"}:
        return RAW + part, last
    before, after, rank, topics, kind, severity, direction, section, spans, facts, summary, rules = found.groups()
    times = before + LIST + after
    signs = b"".join([_SIGNS.get(one, b"?") for one in (kind, severity, direction)])
    turn = BREAK.join(
        (
            b"" if times == last else times,
            signs,
            _short(topics),
            _short(section),
            b"".join([_SIGNS[op] + text[1:-1] for op, text in _SPANS.findall(spans)]),
            MORE.join([LIST.join([name, *map(_bare, values)]) for name, *values in _MOVES.findall(facts)]),
            summary[1:-1],
            _short(rules),
        )
    )
    try:
        whole = _SEVERITIES.get(rank) == severity and _change(turn, last)[0] + b"}" == found[0]
    except ValueError:
        whole = False
    return (turn, times) if whole else (RAW + part, last)


def _change(turn: bytes, last: bytes) -> tuple[bytes, bytes]:
    """A change in full but for its end, and its times. Raises ValueError."""
    try:
        times, signs, topics, section, spans, facts, summary, rules = turn.split(BREAK)
        times = times or last
        seen_before, seen_after = times.split(LIST)
        rank, listed = signs[1:2], _listed(topics)
        _, *pieces = _RUN.split(spans)
        runs = list(zip(pieces[::2], pieces[1::2], strict=True))
        moves = [one.split(LIST) for one in facts.split(MORE)] if facts else []
        return _WRITTEN % (
            *(seen_before, seen_after, rank, listed.partition(b'","')[0].removesuffix(b'"') + b'"', listed),
            *(_KINDS[signs[:1]], _SEVERITIES[rank], _DIRECTIONS[signs[2:]], _listed(section)),
            *(_joined(runs, b"\x0c"), _joined(runs, b"\x10")),
            b",".join([_SPANNED[sign] % text for sign, text in runs]),
            b",".join([_MOVED % (name, *map(_value, values)) for name, *values in moves]),
            summary,
            _listed(rules),
        ), times
    except (KeyError, TypeError) as error:
        raise ValueError(f"no change: {turn[:40]!r}") from error


def _joined(runs: Sequence[tuple[bytes, bytes]], without: bytes) -> bytes:
    """One side of a change from its runs of words."""
    texts = [text for sign, text in runs if sign != without]
    return b'"%b"' % b"".join(texts) if texts else b"null"


def _bare(value: bytes) -> bytes:
    return NONE if value == b"null" else value[1:-1]


def _value(bare: bytes) -> bytes:
    return b"null" if bare == NONE else b'"%b"' % bare


def _short(items: bytes) -> bytes:
    """A list of texts; no text holds what stands between two."""
    return items[1:-1].replace(b'","', LIST) if items else NONE


def _listed(short: bytes) -> bytes:
    return b"" if short == NONE else b'"%b"' % short.replace(LIST, b'","')
