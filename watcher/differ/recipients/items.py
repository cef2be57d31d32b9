"""Recipients in the items of lists: "Name (purpose, country)", "Name - purpose", "kind of service (e.g. One, Two)"."""

from __future__ import annotations

import re

from storage.model import Recipient
from watcher.differ.places import find_places, place_code
from watcher.differ.recipients.names import companies, has_form, looks_like_name

_EXAMPLES = re.compile(
    r"\(\s*(?:e\.g\.,?|eg\.?|i\.e\.,?|for example,?|such as|like|including|bijv\.?|bijvoorbeeld|zoals|waaronder|o\.a\.|"
    r"z\.\s?B\.|wie|u\.\s?a\.|par exemple|p\.\s?ex\.|comme|notamment|tels? que)\s*:?\s*(?P<names>[^()]+)\)",
    re.IGNORECASE,
)
_BRIEF = re.compile(r"[^()]{2,60}\s\([a-zà-ÿ][^()]{2,40}\)[.;,]?")  # "Example (hosting)"
# A single word that is hardly a noun: of letters that German nouns and English words seldom end with.
_BRAND = re.compile(
    r"[A-Z][a-z]{2,}(?:ify|ly|io|zy|fy|box|chimp|desk|base|hub|soft|web|net|forms?|mail|pay|post|host|cloud)"
)
_EMPTY = re.compile(r"-|–|n/a|n\.?v\.?t\.?|sccs?|scc's|dpf|none|geen|keine|entfällt|néant", re.IGNORECASE)
_IN_FRONT = re.compile(r"\((?P<inner>[^()]{2,80})\)\s*[:,;–-]\s*(?P<rest>\S.*)$")  # "(Ireland): hosting"
_TAIL = re.compile(r"(?P<what>[^\s()][^()]*?)\s\((?P<tail>[^()]+)\)")  # "hosting (Ireland)", "Canada (clauses)"
_BETWEEN = re.compile(r"[,;]\s+|\s[–—-]\s")
_TOWN = re.compile(r"(?P<name>[^,]{2,60}),\s(?P<place>[A-ZÀ-ÖØ-Þ][\w'’-]+)")  # "Example Mail, Bremen: newsletters"
_TOWN_FIRST = re.compile(r"(?P<place>[A-ZÀ-ÖØ-Þ][\w'’-]+):\s(?P<what>\S.*)")
_TWO = re.compile(
    r"(?P<one>[A-ZÀ-Þ][^(),;:]{1,60}\s\([^()]{2,80}\))\s(?:and|en|und|et|sowie)\s(?P<other>[A-ZÀ-Þ][^(),;:]{1,60}\s\([^()]{2,80}\))"
)
# "Example. Network protection.": a name as a sentence of its own; not the end of an abbreviation.
_FULL_STOP = re.compile(r"(?<=[^\W_]{2})\.\s+(?=\S)")
_NAME_WORDS = 5
_OPENING = re.compile(r"(?P<name>[^.:;()]{2,60}?(?:\.[a-z]{2,3})?)(?:\.|\s?:|\s[–—-])\s+(?P<rest>\S.*)")
# What speaks of the parties, the reader or the vendor tells no purpose ("Secrecy. They keep it.").
_PRONOUN = re.compile(
    r"\b(?:they|them|their|you|your|we|our|most|each|all|zij|ze|hun|u|uw|je|jouw|wij|we|onze?|elke?|ieder\w*|sie|ihnen|ihre?\w?|wir|"
    r"uns\w*|jede\w?|ils|elles|leurs?|vous|vos|votre|nous|nos|notre|chaque|tou(?:s|tes))\b",
    re.IGNORECASE,
)
LONG_DETAIL = 16  # words; a list item with more after its colon explains a case, not a party


def examples(text: str) -> list[Recipient]:
    """The names in "kind of service (e.g. One, Two)", with the kind as purpose."""
    found = []
    for match in _EXAMPLES.finditer(text):
        purpose = text[: match.start()].strip(" ,;:-") or None
        if purpose and len(purpose.split()) > LONG_DETAIL:
            continue
        for part in re.split(r",\s+(?!Inc|LLC|Ltd|L\.)|;|/|\s(?:and|or|en|of|und|oder|et|ou)\s", match["names"]):
            name = part.strip(" .")
            if looks_like_name(name):
                found.append(Recipient(name, purpose))
    return found


def pair_of(text: str) -> list[str]:
    """The entries of an item: two where it names two, each with words behind it ("One (hosting) and Two (maps)")."""
    match = _TWO.match(text)
    return [match["one"], match["other"]] if match else [text]


def item_of(text: str, context: str) -> Recipient | None:
    """The recipient of a list item: "Name (purpose, country)", "Name - purpose", "Name: purpose", "Name | a | b"."""
    name, details = split_item(text)
    name, details, town = _with_town(name, details)
    behind = companies(text)
    if details and behind and behind[0][1] > len(name) and not has_form(name):
        return Recipient(behind[0][0], name)
    if not looks_like_name(name):
        return _named_behind(name, details) if context == "strong" else None
    brief = context == "sharing" and bool(_BRIEF.fullmatch(text))
    short = context == "strong" and len(" ".join(details).split()) <= LONG_DETAIL
    if not (brief or short or has_form(name)):
        return None
    purpose, location = _details(details)
    return Recipient(name, purpose, location or town)


def _named_behind(label: str, details: list[str]) -> Recipient | None:
    """The recipient of an item that says first what it does: "Mail: Example Mail", "Hosting: ExampleHost, Ireland"."""
    name, *places = details or [""]
    brand = " " in name or any(map(str.isupper, name[1:])) or _BRAND.fullmatch(name)
    if has_form(name) or not brand or not looks_like_name(name) or not all(map(_is_place, places)):
        return None
    return Recipient(name, label, ", ".join(places) or None)


def _with_town(name: str, details: list[str]) -> tuple[str, list[str], str | None]:
    """Name and details without the town that stands between them: "Example Mail, Bremen: newsletters"."""
    beside = _TOWN.fullmatch(name)
    if beside and looks_like_name(beside["name"]) and not has_form(name):
        return beside["name"], details, beside["place"]
    first = _TOWN_FIRST.fullmatch(details[0]) if details and has_form(name) else None
    return (name, [first["what"], *details[1:]], first["place"]) if first else (name, details, None)


def details_of(text: str) -> tuple[str | None, str | None]:
    """Purpose and location in the words that stand in parentheses after a name."""
    return _details(_parts(text))


def place_at_end(text: str) -> str | None:
    """The place behind the last comma of a line: "Example Ltd, Leeds, United Kingdom"."""
    place = text.rstrip(" .)").rpartition(", ")[2]
    return place if _is_place(place) else None


def split_item(text: str) -> tuple[str, list[str]]:
    """A list item as the name it begins with and the details after it."""
    text = text.strip().rstrip(";,")
    if " | " in text:
        name, *details = (part.strip() for part in text.split(" | "))
        return name, [part for part in details if part]
    if (found := companies(text)) and found[0][1] == 0:
        return found[0][0], _parts(text[len(found[0][0]) :].strip(" ,.:;–-"))
    return (". " in text and _stopped(text)) or _split_by_signs(text)


def _split_by_signs(text: str) -> tuple[str, list[str]]:
    """The same by parentheses, then dash or colon, then comma."""
    if match := re.match(
        r"(?P<name>(?:(?!\s[–—-]\s)[^():|]){2,80}?)\s*\((?P<inner>[^()]{2,200})\)[\s.,:;–-]*(?P<rest>.*)$", text
    ):
        if not has_form(match["inner"]) or "," in match["inner"].replace(", ", " ", 1):
            return match["name"], [*_parts(match["inner"]), *([match["rest"]] if match["rest"] else [])]
        return f"{match['name']} ({match['inner']})", [match["rest"].strip(" .,:;–-")] if match["rest"] else []
    if match := re.match(r"(?P<name>.{2,80}?)(?:\s+[-–—]\s*|\s?:\s+)(?P<rest>\S.*)$", text):
        name, _, place = match["name"].rpartition(", ")
        placed = bool(name) and _is_place(place)
        rest = _parts(match["rest"])
        return (name, [place, *rest]) if placed else (match["name"], rest)
    name, *details = _parts(text) or [text]
    return (name, details) if len(details) <= 3 else (text, [])


def opened_by_name(text: str) -> Recipient | None:
    """The party of a paragraph that begins with its name and then speaks of it: "Example. Example sends our mail."."""
    match = _OPENING.match(text)
    if match is None or not match["rest"].startswith(match["name"]) or not looks_like_name(match["name"]):
        return None
    told = match["rest"][len(match["name"]) :].strip(" .,")
    return Recipient(match["name"], told if told and len(told.split()) <= LONG_DETAIL and ". " not in told else None)


def _stopped(text: str) -> tuple[str, list[str]] | None:
    """An item of which the name stands before a full stop: "Example. Network protection."."""
    name, *rest = _FULL_STOP.split(text, maxsplit=1)
    if not rest or len(name.split()) > _NAME_WORDS or not looks_like_name(name) or _PRONOUN.search(rest[0]):
        return None
    return name, _parts(rest[0])


def _parts(text: str) -> list[str]:
    """The details in a text: parts between commas, semicolons, dashes; a place before a colon is a part of its own.

    Signs that stand for no statement are left out.
    """
    text = text.strip()
    if match := _IN_FRONT.match(text):
        return [*_parts(match["inner"]), *_parts(match["rest"])]
    if text.startswith("(") and text.rstrip(" .;,").endswith(")"):
        text = text.rstrip(" .;,")[1:-1]
    parts = [part.strip(" .") for part in _BETWEEN.split(text)]
    found: list[str] = []
    for part in parts:
        where, colon, what = part.partition(": ")
        if colon and _is_place(where):
            found += [where, what.strip()]
            continue
        found += _with_tail(part, told=any(not _is_place(one) for one in found))
    return [part for part in found if part and not _EMPTY.fullmatch(part)]


def _with_tail(part: str, *, told: bool) -> list[str]:
    """A detail and the one in parentheses behind it, where one of them is a place: "hosting (Ireland)".

    What stands behind a place tells no purpose where one was `told` before: "hosting, Canada (standard clauses)".
    """
    tail = _TAIL.fullmatch(part)
    if tail is None:
        return [part]
    first, second = _is_place(tail["what"]), _is_place(tail["tail"])
    if first and not second:
        return [tail["what"]] if told else [tail["what"], tail["tail"]]
    if second and not first and (tail["what"][0].islower() or not told):
        return [tail["what"], tail["tail"]]
    return [part]


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
