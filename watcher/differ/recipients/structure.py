"""Recipients that stand in the structure of a document: table rows, list items, definitions, headings with labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from storage.model import Block, BlockKind, Recipient
from watcher.differ.places import find_places, place_code
from watcher.differ.recipients.names import companies, has_form, is_generic, looks_like_name
from watcher.differ.recipients.phrases import PHRASES

_LISTS = {BlockKind.LIST_ITEM, BlockKind.DEFINITION}
_EXAMPLES = re.compile(
    r"\(\s*(?:e\.g\.,?|eg\.?|i\.e\.,?|for example,?|such as|like|including|bijv\.?|bijvoorbeeld|zoals|waaronder|o\.a\.|"
    r"z\.\s?B\.|wie|u\.\s?a\.|par exemple|p\.\s?ex\.|comme|notamment|tels? que)\s*:?\s*(?P<names>[^()]+)\)",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"-|–|n/a|n\.?v\.?t\.?|sccs?|scc's|dpf|none|geen|keine|entfällt|néant", re.IGNORECASE)
_LONGEST = 1000  # characters of a list item or cell that may still be an entry
_AROUND = 6  # items on either side that tell whether a list holds names
_LONG_DETAIL = 16  # words; a list item with more after its colon explains a case, not a party


@dataclass(frozen=True, slots=True)
class Mention:
    """A recipient with the place it was read from. `explicit`: the words say that it gets or handles the data."""

    recipient: Recipient
    block: Block
    quote: str
    structural: bool
    explicit: bool


def structural_mentions(blocks: Sequence[Block]) -> Iterator[Mention]:
    """The recipients of tables, lists, definitions, grids and labelled headings, in reading order."""
    lead: Block | None = None
    above: dict[int, str] = {}
    for index, block in enumerate(blocks):
        for name, found in _from_layout(blocks, index):
            yield Mention(found, name, name.text, structural=True, explicit=True)
        if block.kind is BlockKind.HEADING:
            lead = None
        elif block.kind is BlockKind.PARAGRAPH and not (lead and lead.text.endswith(":") and _short(block)):
            lead = block
        else:
            parent = next((above[level] for level in range(block.level - 1, 0, -1) if level in above), "")
            words = parent or (lead.text if lead and lead.path == block.path else "")
            for recipient in _of_block(block, _context(block, words)):
                if block.kind is BlockKind.LIST_ITEM and not _believable(blocks, index, recipient):
                    continue
                yield Mention(recipient, block, block.text, structural=True, explicit=True)
        above = {level: text for level, text in above.items() if level < block.level}
        if block.kind is BlockKind.LIST_ITEM:
            above[block.level] = block.text


def _believable(blocks: Sequence[Block], index: int, recipient: Recipient) -> bool:
    """A name without a legal form counts in a list where at least half of the items around it begin with names."""
    if has_form(recipient.name) or recipient.name not in blocks[index].text[: len(recipient.name)]:
        return True
    block = blocks[index]
    near = [
        one
        for one in blocks[max(0, index - _AROUND) : index + _AROUND + 1]
        if one.kind is block.kind and one.path == block.path and one.level == block.level
    ]
    return 2 * sum(looks_like_name(split_item(one.text)[0]) for one in near) >= len(near)


def _from_layout(blocks: Sequence[Block], index: int) -> list[tuple[Block, Recipient]]:
    """Recipients that begin at a block that is a heading with labels under it, or the first column name of a grid."""
    block = blocks[index]
    if block.kind is BlockKind.HEADING and (found := _labelled_heading(blocks, index)):
        return [(block, found)]
    if block.kind in {BlockKind.HEADING, BlockKind.PARAGRAPH} and len(block.text) < 40 and _is_party_column(block.text):
        return _grid(blocks, index)
    return []


def _is_party_column(text: str) -> bool:
    return column_kind(text) == "party"


def _grid(blocks: Sequence[Block], index: int) -> list[tuple[Block, Recipient]]:
    """A table that the page lays out with boxes: column names one after another, then the cells of each row."""
    kinds = [column_kind(block.text) if len(block.text) < 40 else "" for block in blocks[index : index + 5]]
    width = next((i for i, kind in enumerate(kinds) if not kind), len(kinds))
    if width < 2 or not {"location", "purpose"} & set(kinds[:width]):
        return []
    found: list[tuple[Block, Recipient]] = []
    place = index + width
    while place + width <= len(blocks):
        cells = blocks[place : place + width]
        if not all(cell.kind is BlockKind.PARAGRAPH and _short(cell) for cell in cells) or not looks_like_name(
            cells[0].text
        ):
            break
        values = dict(zip(kinds, (cell.text for cell in cells), strict=False))
        found.append(
            (cells[0], Recipient(cells[0].text, values.get("purpose"), values.get("location"), values.get("role")))
        )
        place += width
    return found


def row_of(block: Block) -> Recipient | None:
    """The recipient of one block by its own columns, headings and shape."""
    return next(iter(_of_block(block, _context(block, ""))), None)


def _of_block(block: Block, context: str) -> list[Recipient]:
    if block.kind is BlockKind.TABLE_ROW and block.cells:
        return _of_row(block, context)
    if block.kind is BlockKind.HEADING or not context:
        return []
    if len(block.text) > _LONGEST:
        return []
    if found := _examples(block.text):
        return found
    item = _of_item(block.text, context)
    return [item] if item else []


def _context(block: Block, lead: str) -> str:
    """How surely the words above a block announce recipients: "strong", "sharing", "cookies" or ""."""
    above = [lead[-300:].lower(), *(heading.lower() for heading in reversed(block.path[-2:]))]
    for text in above:
        if text and PHRASES.strong.search(text) and not _excludes(text):
            return "strong"
        if text and PHRASES.cookies.search(text):
            return "cookies"
    return "sharing" if any(PHRASES.sharing.search(text) for text in above) else ""


def _excludes(text: str) -> bool:
    """A lead-in that speaks of cookies, or of data that come from others, announces no recipients."""
    return bool(re.search(r"cookie|we (?:collect|receive|obtain)|verzamelen wij|wir erhalten|nous recevons", text))


def _short(block: Block) -> bool:
    return len(block.text.split()) <= _LONG_DETAIL


def _of_row(block: Block, context: str) -> list[Recipient]:
    """The recipient of a table row; a header row, a row of cookies or of kinds of data has none."""
    cells = block.cells
    if all(cell.column == cell.text for cell in cells):
        return []
    kinds = [column_kind(cell.column) for cell in cells]
    if "cookie" in kinds or (context == "cookies" and "party" not in kinds):
        return []
    place = _name_column(kinds, context)
    if place is None:
        return []
    name = cells[place].text.strip()[:_LONGEST]
    if not looks_like_name(name):
        return [Recipient(company) for company, _ in companies(name)]
    if "data" in kinds and place > 0 and not has_form(name):
        return []
    values = {kind: cells[i].text for i, kind in reversed(list(enumerate(kinds))) if i != place and cells[i].text}
    return [Recipient(name, values.get("purpose"), values.get("location"), values.get("role"))]


def _name_column(kinds: list[str], context: str) -> int | None:
    """Which column names the party; a column called only "name" counts beside a location or under a telling lead-in."""
    if "party" in kinds:
        return kinds.index("party")
    if "name" in kinds and "data" not in kinds and (context == "strong" or "location" in kinds):
        return kinds.index("name")
    if context == "strong" and not any(kinds):
        return 0
    return None


def column_kind(header: str) -> str:
    """What a column holds by its name: cookie, location, purpose, data, party, role, name or "" for anything else."""
    text = header.lower().strip(" *:")
    if not text:
        return ""
    patterns = PHRASES.columns
    if patterns["cookie"].search(text):
        return "cookie"
    party = patterns["party"].search(text)
    location = patterns["location"].search(text)
    if location and not (party and re.search(r"\band\b|&|\bund\b|\ben\b|\bet\b|/", text)):
        return "location"
    starts = next((kind for kind in ("purpose", "data", "role") if patterns[kind].match(text)), "")
    if starts and not (party and party.start() == 0):
        return starts
    if party:
        return "party"
    return next((kind for kind in ("role", "purpose", "data", "name") if patterns[kind].search(text)), "")


def _examples(text: str) -> list[Recipient]:
    """The names in "kind of service (e.g. One, Two)", with the kind as purpose."""
    found = []
    for match in _EXAMPLES.finditer(text):
        purpose = text[: match.start()].strip(" ,;:-") or None
        if purpose and len(purpose.split()) > _LONG_DETAIL:
            continue
        for part in re.split(r",\s+(?!Inc|LLC|Ltd|L\.)|;|/|\s(?:and|or|en|of|und|oder|et|ou)\s", match["names"]):
            name = part.strip(" .")
            if looks_like_name(name):
                found.append(Recipient(name, purpose))
    return found


def _of_item(text: str, context: str) -> Recipient | None:
    """The recipient of a list item: "Name (purpose, country)", "Name - purpose", "Name: purpose", "Name | a | b"."""
    name, details = split_item(text)
    if not looks_like_name(name):
        return None
    formal = has_form(name)
    if not formal and (context != "strong" or len(" ".join(details).split()) > _LONG_DETAIL):
        return None
    purpose, location = _details(details)
    return Recipient(name, purpose, location)


def split_item(text: str) -> tuple[str, list[str]]:
    """A list item as the name it begins with and the details after it."""
    text = text.strip().rstrip(";,")
    if " | " in text:
        name, *details = (part.strip() for part in text.split(" | "))
        return name, [part for part in details if part]
    if (found := companies(text)) and found[0][1] == 0:
        return found[0][0], _parts(text[len(found[0][0]) :].strip(" ,.:;–-"))
    if match := re.match(r"(?P<name>[^():|]{2,80}?)\s*\((?P<inner>[^()]{2,200})\)[\s.,:;–-]*(?P<rest>.*)$", text):
        if not has_form(match["inner"]) or "," in match["inner"].replace(", ", " ", 1):
            return match["name"], [*_parts(match["inner"]), *([match["rest"]] if match["rest"] else [])]
        return f"{match['name']} ({match['inner']})", [match["rest"].strip(" .,:;–-")] if match["rest"] else []
    if match := re.match(r"(?P<name>.{2,80}?)(?:\s+[-–—]\s*|\s?:\s+)(?P<rest>\S.*)$", text):
        return match["name"], _parts(match["rest"])
    name, *details = _parts(text) or [text]
    return (name, details) if len(details) <= 3 else (text, [])


def _parts(text: str) -> list[str]:
    """The details in a text: parts between commas, semicolons and dashes, without signs that stand for no statement."""
    text = text.strip()
    if text.startswith("(") and text.rstrip(" .;,").endswith(")"):
        text = text.rstrip(" .;,")[1:-1]
    parts = [part.strip(" .") for part in re.split(r"[,;]\s+|\s[–—-]\s", text)]
    found: list[str] = []
    for part in parts:
        tail = re.fullmatch(r"(?P<what>[a-zà-ÿ].*?)\s\((?P<where>[^()]+)\)", part)
        found += [tail["what"], tail["where"]] if tail and _is_place(tail["where"]) else [part]
    return [part for part in found if part and not _EMPTY.fullmatch(part)]


def _details(details: list[str]) -> tuple[str | None, str | None]:
    """Purpose and location of the details: places go to the location, the rest is the purpose."""
    places = [part for part in details if _is_place(part)]
    others = [part for part in details if not _is_place(part)]
    return (", ".join(others)[:200] or None), (", ".join(places) or None)


def _is_place(text: str) -> bool:
    text = text.rstrip(" )")
    if not text[:1].isupper():
        return False
    if place_code(text) is not None:
        return True
    parts = re.split(r"[/,&+]|\s(?:and|en|und|et)\s", text)
    if len(parts) > 1 and all(place_code(part) for part in parts):
        return True
    places = find_places(text)
    return bool(places) and len(text.split()) <= len(places[-1][1].split()) + 2 and text.endswith(places[-1][1])


def _labelled_heading(blocks: Sequence[Block], index: int) -> Recipient | None:
    """A heading that is a name, with paragraphs "Purpose: ..." and "Location: ..." under it."""
    heading = blocks[index]
    if not looks_like_name(heading.text) or is_generic(heading.text):
        return None
    values: dict[str, str] = {}
    for block in blocks[index + 1 : index + 6]:
        if block.kind is BlockKind.HEADING:
            break
        for kind, pattern in PHRASES.labels.items():
            if match := pattern.match(block.text):
                values.setdefault(kind, match["value"].strip())
    told = any(PHRASES.strong.search(text.lower()) for text in heading.path)
    if len(values) == 2 or (values and told):
        return Recipient(heading.text, values.get("purpose"), values.get("location"))
    return None
