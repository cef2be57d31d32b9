"""Who answers for the data: controller, data protection officer, representative, addresses; and the authority."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

from storage.model import Block, BlockKind, Fact, FactType
from watcher.differ.facts.contract import called_controller, is_contract
from watcher.differ.facts.passages import Found, Passage, Reading, lowered
from watcher.differ.recipients.beside import NAMED_AS_CUSTOMER
from watcher.differ.recipients.names import companies, has_form, is_generic, looks_like_name
from watcher.differ.recipients.phrases import PHRASES as RECIPIENT_WORDS
from watcher.differ.recipients.prose import prose_mentions
from watcher.differ.sentences import sentences

_EMAIL = re.compile(r"(?<![^\W_])(?<![.+-])[^\W_][\w.+-]{0,63}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
# An address that is written so that no machine reads it: "info(at)example.org", "info [@] example.org".
_AT = re.compile(r"(?<=[\w.-])\s?[(\[{]\s?(?:at|@|ät|apenstaartje|arobase)\s?[)\]}]\s?(?=[\w-])", re.IGNORECASE)
_OFFICER = re.compile(r"(?:dpo|fg|dsb|dpd|datenschutzbeauftragte\w*)\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d[\d()./\s–-]{6,22}\d(?![\w@])")
_DIGITS = re.compile(r"\d[\d()./\s–-]{6,22}\d")  # looked for first: it begins with a digit, so that letters are skipped
_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ][\w'’-]+|[A-ZÀ-ÖØ-Þ]\.(?:[A-ZÀ-ÖØ-Þ]\.)*)"
_PERSON = re.compile(
    r"(?:(?i:dhr|mw|mevrouw|mr|mrs|ms|drs?|prof|ir|ing|mag|herrn?|frau|madame|monsieur|m|mme)\.?\s){0,4}"
    rf"((?:{_CAPITAL}\s)(?:(?:van|de|der|den|von|du|la|le|ten|ter)\s){{0,2}}(?:{_CAPITAL})(?:\s{_CAPITAL})?)"
)
_IS_OFFICER = re.compile(rf"{_PERSON.pattern}(?:,|\s(?:is|ist|est|has|was|were|wurde|werd|a|acts))\s(?:\w+\s){{0,4}}$")
_OFFICER_MADE = re.compile(
    rf"[^.;:]{{0,40}}?\s(?:wurde|ist|werd|is|hebben\swij|haben\swir|nous\savons)\s{_PERSON.pattern}\s"
    r"(?:bestellt|benannt|ernannt|aangesteld|benoemd|aangewezen|désigné)"
)
_THE_OFFICER = re.compile(
    rf"(?i:functionaris|officer|beauftragte[rn]?|déléguée?|dpo|fg)\b\s?,\s?{_PERSON.pattern}"
)  # where the heading says which officer
_OFFICER_IS = re.compile(rf"\s?(?:\([^()]*\))?\s?[,:|]\s?{_PERSON.pattern}")
_POINTS_BACK = re.compile(r"(?:zij|hij|deze|she|he|they|you|sie|er|elle|il|u kunt|diese[rn]?)\s", re.IGNORECASE)
# Words of a sentence in which a document speaks of itself or its vendor, so that a company in it is the vendor.
_SELF = re.compile(
    r"(?<!\w)(?:we|us|our|privacy|this|wij|we|ons|onze|deze|dit|wir|uns|unser\w*|diese[rsnm]?|datenschutz\w*|nous|notre|nos|"
    r"la présente|le présent|cette|confidentialité|website|site)(?!\w)"
)
# What others do for the vendor: "a service of X", "X runs our servers".
_FOR_US = re.compile(
    r"\b(?:from|von|van|des)\s(?:the\s)?(?:servers?|servern|serveurs)\s(?:of|der|von|van|de)\b|"
    r"(?<!\w)(?:we|wij|wir|nous)\s(?:\w+\s)?(?:use|engage|work|rely|gebruiken|werken|nutzen|verwenden|setzen|arbeiten|utilisons|"
    r"travaillons)\b|\b(?:gebruiken|nutzen|verwenden|setzen)\s(?:wij|we|wir)\b|\b(?:service|dienst|tool|outil|programm\w?|programme)\s(?:of|by|from|"
    r"van|der|von|de)\b|\b(?:runs?|operates?|hosts?|manages?|maintains?|handles|provides|beheert|verzorgt|levert|onderhoudt|"
    r"betreibt|verwaltet|hostet|liefert|übernimmt|exploite|gère|héberge|fournit)\s(?:our|onze?|unser\w*|nos|notre)\b"
)
# A controller of its own, beside the vendor: "as a separate controller", "die selbst Verantwortliche ist".
_SEPARATE = re.compile(
    r"\b(?:separate|independent|own|itself|themselves|own right|another|selbst|selber|eigen\w*|zelf\w*|"
    r"aparte?|afzonderlijke?|"
    r"eigenständig\w*|(?:elle|lui|eux|elles)-mêmes?|indépendante?s?|distincte?s?|à part entière|autonomes?)\b"
)
_SMALL = (
    r"(?:of|the|for|and|van|voor|de|het|der|des|du|den|die|und|für|en|et|la|le|les|zu|am|an|im|in|sur|aux?|d['’]|l['’])"
)
_BODY_KIND = (
    r"(?:(?:college\svan\s(?:burgemeester\sen\swethouders|b&w)|bestuur|gemeenteraad)\svan\s(?:de\s|het\s)?)?"
    r"(?:gemeente|provincie|waterschap|stichting|vereniging|commune|ville|mairie|région|département|"
    r"city|town|borough|county|district|municipality)\s"
)
_BODY_NAME = (
    rf"(?P<name>(?:{_BODY_KIND}(?:{_SMALL}\s?){{0,2}})?{_CAPITAL}(?:\s(?:{_SMALL}\s?){{0,3}}{_CAPITAL}){{0,6}})"
)
_THE = r"(?:(?:the|die|der|das|dem|de|het|la|le|les)\s|l['’])?"
_BODY_IS = re.compile(
    rf"(?i:{_THE}){_BODY_NAME}(?:,[^,]{{3,80}},?|\s\([^()]{{2,60}}\))?\s(?i:is|are|ist|sind|est|acts?\sas)\s(?:\S+\s){{0,4}}$"
)
_IS_BODY = re.compile(rf"\s(?:[^.,;:]{{0,60}}\s)?(?i:is|are|ist|sind|est)\s(?i:{_THE}){_BODY_NAME}")
# Words of which one stands in the name of a public body, a school, a club, a house of care.
_BODY = re.compile(
    r"(?i)\b(?:city|town|borough|county|district|municipality|council|university|college|school|academy|hospital|clinic|ministry|"
    r"department|agency|office|institute|foundation|trust|association|society|club|charity|church|library|museum|board|"
    r"gemeente|provincie|waterschap|universiteit|hogeschool|school|ziekenhuis|ministerie|dienst|stichting|vereniging|"
    r"bibliotheek|museum|kerk|instituut|kamer|stadt|gemeinde|landkreis|kreis|landratsamt|universität|hochschule|schule|"
    r"gymnasium|krankenhaus|klinikum|ministerium|behörde|amt|\w+amt|stiftung|verein|verband|kammer|bibliothek|kirche|institut|"
    r"ville|commune|mairie|métropole|département|région|université|école|lycée|collège|hôpital|ministère|agence|fondation|"
    r"association|bibliothèque|musée|église|chambre|syndicat|communauté|verwaltung\w*|stadtverwaltung|kommune|genossenschaft|"
    r"coöperatie|cooperative|coopérative|office)\b"
)
_CLUB = re.compile(r"[A-ZÄÖÜ][^,;:()]{2,60}?\se\.\s?V\.")
# Where an address begins behind a name on the same line: "Praxis Dr. Example Kornmarkt 3".
_STREET = re.compile(r"\s[A-ZÀ-Þ][\w'’ßäöü.-]*(?:\s(?:straße|str\.|weg|platz|allee))?\s\d{1,4}\s?[a-z]?(?:\s|,|$)")
_BESIDE = 30  # characters beside the word for the controller in which such words stand
_OPENING = 20  # characters before a company that opens a text
_NEAR = 120  # characters between the controller's name and the word for it
_TOP = 20  # blocks in which a document introduces itself
_PHONE_DIGITS = range(9, 16)
_MOST_ADDRESSES = 40  # addresses that one block may give; one with more is a directory, or hostile
_MOST_NUMBERS = 1000  # runs of digits of one block that are looked at
_GROUP = 6  # blocks after a lead-in that still belong to it


def contact_facts(reading: Reading) -> Found:
    """The controller and the officer by name, and addresses for questions with their role, each once."""
    if controller := _controller(reading):
        yield controller
    seen: set[tuple[tuple[str, str | None], ...]] = set()
    blocks = reading.document.blocks
    taken: set[int] = set()
    for index, block in enumerate(blocks):
        if index in taken or block.kind is BlockKind.HEADING:
            continue
        group = _group(blocks, index)
        for place, fact in _of_group(group, index, reading):
            if fact.fields not in seen:
                seen.add(fact.fields)
                yield place, fact
        taken |= set(range(index, index + len(group)))


def _group(blocks: tuple[Block, ...], index: int) -> list[Block]:
    """A lead-in with the items of its list ("our officer:" "Name: ..." "E-mail: ..."); else the block alone."""
    block = blocks[index]
    if not block.text.endswith(":"):
        return [block]
    group = [block]
    for following in blocks[index + 1 : index + 1 + _GROUP]:
        if following.kind is BlockKind.HEADING or len(following.text.split()) > 12:
            break
        group.append(following)
    return group


def _of_group(group: list[Block], index: int, reading: Reading) -> Iterator[tuple[int, Fact]]:
    emails = _first_of(group, _emails)
    phones = _first_of(group, lambda block: _phones(block, reading))
    text = " ".join(block.text for block in group)
    if not emails and not phones and "people" not in reading.phrases.cues.families(lowered(text)):
        return
    section = group[0].path[-1] if group[0].path else ""
    role = _role(text, section, reading)
    officer = reading.phrases["contact.dpo"].search(lowered(f"{section} {text}"))
    name, place = _person(group, reading) if officer else (None, None)
    if name is None and role == "representative":
        name, place = _representative(group)
    if not emails and not phones and (name is None or role == "contact"):
        return
    for number in range(max(len(emails), len(phones), 1)):
        email = emails[number] if number < len(emails) else None
        phone = phones[number] if number < len(phones) else None
        home, value = email or phone or (place or group[0], name or "")
        own = _own_role(group, email or phone, section, role, reading)
        mine = name if own == "dpo" or (own == "representative" and has_form(name or "")) else None
        quote = _sentence(home, value, reading)
        if mine:
            quote, name = home.text if mine not in quote and mine in home.text else quote, None
        yield (
            index,
            Fact.of(
                FactType.CONTACT,
                quote=quote,
                section=home.path,
                role=own,
                name=mine,
                email=email[1] if email else None,
                phone=phone[1] if phone else None,
            ),
        )


def _first_of(group: list[Block], find: Callable[[Block], Iterator[str]]) -> list[tuple[Block, str]]:
    """What is found in the blocks of a group, with its block; each value once, and no more than a page could mean."""
    found: dict[str, Block] = {}
    for block in group:
        for value in islice(find(block), _MOST_ADDRESSES):
            found.setdefault(value, block)
    return [(block, value) for value, block in islice(found.items(), _MOST_ADDRESSES)]


def _emails(block: Block) -> Iterator[str]:
    text = _AT.sub("@", block.text) if _AT.search(block.text) else block.text
    if "@" in text:
        yield from (match[0].rstrip(".") for match in _EMAIL.finditer(text))


def _own_role(group: list[Block], value: tuple[Block, str] | None, section: str, role: str, reading: Reading) -> str:
    """The role of one address: by itself ("dpo@"), by its sentence, or by its list's lead-in."""
    if value is None or len(group) > 1:
        return role
    if _OFFICER.match(value[1]):
        return "dpo"
    return _role(_around(value[0], value[1], reading), section, reading)


def _sentence(block: Block, value: str, reading: Reading) -> str:
    """The sentence of a block that holds a value, else the block's text."""
    return next((passage.text for passage in reading.of_block(block) if value in passage.text), block.text)


def _role(text: str, section: str, reading: Reading) -> str:
    """The role that words give to an address; what the address itself looks like does not count here."""
    words = _EMAIL.sub(" ", lowered(text)) if "@" in text else lowered(text)
    if reading.phrases["contact.representative"].search(words):
        return "representative"
    if reading.phrases["contact.dpo"].search(words) or reading.phrases["contact.dpo"].search(section.lower()):
        return "dpo"
    return "contact"


def _around(block: Block, value: str, reading: Reading) -> str:
    """The sentence of a value in its block, with the one before when it only points back ("She is reached at")."""
    parts = sentences(block.text, reading.document.language)
    for index, part in enumerate(parts):
        if value in part:
            return f"{parts[index - 1]} {part}" if index and _POINTS_BACK.match(part) else part
    return block.text


def _person(group: list[Block], reading: Reading) -> tuple[str | None, Block | None]:
    """The officer's name: a person's name after "is", "named", "Name:", or before "is our officer"."""
    named = "|".join(reading.phrases.words["contact.named"])
    for block in group:
        lower = lowered(block.text)
        found = [_PERSON.match(block.text, match.end()) for match in re.finditer(rf"(?<!\w)(?:{named})\s", lower)]
        if block.path and reading.phrases["contact.dpo"].search(block.path[-1].lower()):
            found.append(_THE_OFFICER.search(block.text))
        for officer in reading.phrases["contact.dpo"].finditer(lower):
            found += [
                _IS_OFFICER.search(block.text[max(0, officer.start() - _NEAR) : officer.start()]),
                _OFFICER_IS.match(block.text, officer.end()),
                _OFFICER_MADE.match(block.text, officer.end()),
            ]
        for person in found:
            if person and not is_generic(person[1]) and not companies(person[1]):
                return person[1].strip(), block
    return None, None


def _representative(group: list[Block]) -> tuple[str | None, Block | None]:
    """The company that represents the vendor: the first that the blocks name."""
    return next(((name, block) for block in group for name, _ in companies(block.text)), (None, None))


def _phones(block: Block, reading: Reading) -> Iterator[str]:
    """Telephone numbers: with a country code, or where the block says so or is nothing but the number."""
    if not _DIGITS.search(block.text):
        return
    matches = list(islice(_PHONE.finditer(block.text), _MOST_NUMBERS))
    lower = lowered(block.text) if matches else ""
    mailed: bool | None = None
    for match in matches:
        text = match[0].strip(" -–.")
        digits = sum(map(str.isdigit, text))
        around = lower[max(0, match.start() - 40) : match.start()]
        if digits not in _PHONE_DIGITS or reading.phrases["contact.fax"].search(around[-12:]):
            continue
        mailed = bool(_EMAIL.search(block.text)) if mailed is None else mailed
        beside = len(block.text) - len(text) < 12 or mailed
        said = bool(reading.phrases["contact.phone"].search(around)) or (beside and text[0] in "0(")
        if said or text.startswith(("+", "00")):
            yield text


def _controller(reading: Reading) -> tuple[int, Fact] | None:
    """Who the document says is responsible: outright, or as the company that calls itself "we".

    In a contract on processing the vendor is the processor: there only a party that it calls controller is one.
    """
    if is_contract(reading.document):
        for passage in reading.passages:
            if name := _labelled(passage, reading) or called_controller(passage):
                return passage.fact(FactType.CONTACT, role="controller", name=name)
        return None
    for finder in (_outright, _below, _headed, _trading, _we, _introduced, _most_named):
        if found := finder(reading):
            passage, name = found
            return passage.fact(FactType.CONTACT, role="controller", name=name)
    return None


def _outright(reading: Reading) -> tuple[Passage, str] | None:
    """A company that stands close to the word for the controller."""
    for passage in reading.passages:
        if "contact" not in passage.families or RECIPIENT_WORDS.strong.search(passage.lower):
            continue
        word = reading.phrases["contact.controller"].search(passage.lower)
        if label := _labelled(passage, reading):
            return passage, label
        near = [name for name, place in companies(passage.text) if word and abs(place - word.start()) < _NEAR]
        if near and word and not _SEPARATE.search(passage.lower, max(0, word.start() - _BESIDE), word.end() + _BESIDE):
            return passage, near[0]
        if word and (name := _institution(passage, word)):
            return passage, name
    return None


def _institution(passage: Passage, word: re.Match[str]) -> str | None:
    """A body without a legal form that is said to be the controller: "The City of Example is the controller"."""
    before = _BODY_IS.match(passage.text[: word.start()])
    found = before or _IS_BODY.match(passage.text, word.end())
    if found is None or _SEPARATE.search(passage.lower, max(0, word.start() - _BESIDE), word.end() + _BESIDE):
        return None
    name = found["name"].strip()
    return name if _BODY.search(name) and not is_generic(name) else None


def _below(reading: Reading) -> tuple[Passage, str] | None:
    """A company, or a name of a line of its own, below words that announce the controller ("Responsible is:")."""
    for before, passage in pairwise(reading.passages):
        word = before.text.endswith(":") and reading.phrases["contact.controller"].search(before.lower)
        if not word or before.block is passage.block or _SEPARATE.search(before.lower):
            continue
        found = companies(passage.text)
        if found and found[0][1] <= _OPENING:
            return passage, found[0][0]
        if club := _CLUB.match(passage.text):
            return passage, club[0]
        name = re.split(r",|;|\n|\s[–—-]\s|\.(?:\s|$)", passage.block.text, maxsplit=1)[0].strip()
        address = _STREET.search(name)
        name = name[: address.start()].strip() if address else name
        if passage.first and looks_like_name(name) and len(name.split()) in range(2, 8):
            return passage, name
    return None


def _headed(reading: Reading) -> tuple[Passage, str] | None:
    """A company that opens the text below a heading that is the word for the controller."""
    for passage in reading.passages:
        if passage.first and not passage.column and reading.phrases["contact.controller"].search(passage.section):
            found = companies(passage.text)
            if found and found[0][1] <= _OPENING and not _SEPARATE.search(passage.section):
                return passage, found[0][0]
    return None


def _labelled(passage: Passage, reading: Reading) -> str | None:
    """The name that stands after "Controller:", whatever its form ("Stichting Example, 1 Street")."""
    if not passage.first or passage.column or not reading.phrases["contact.controller"].match(passage.label.lower()):
        return None
    name = re.split(r",|;|\s[–—-]\s|\.(?:\s|$)", passage.block.text[len(passage.label) :].lstrip(" :–—-|"), maxsplit=1)[
        0
    ]
    return name.strip() if looks_like_name(name) and len(name.split()) > 1 else None


def _trading(reading: Reading) -> tuple[Passage, str] | None:
    """A name with the names it trades under, as a line of its own."""
    for passage in reading.passages:
        match = reading.phrases["contact.trading"].search(passage.lower, 0, 90)
        if match and match.start() < 60 and looks_like_name(passage.text[: match.start()].strip()):
            return passage, passage.text.rstrip(" .,")
    return None


def _we(reading: Reading) -> tuple[Passage, str] | None:
    """A company followed by how the document calls it: "Example B.V. ("we", "us")"."""
    ours = "|".join(reading.phrases.words["contact.ours"])
    for passage in reading.passages:
        for name, place in companies(passage.text):
            after = passage.lower[place + len(name) : place + len(name) + 120]
            if re.match(rf"[^.]{{0,80}}[\"“'‘„«(]\s?(?:{ours})(?!\w)", after):
                return passage, name
    return None


def _introduced(reading: Reading) -> tuple[Passage, str] | None:
    """A company that the beginning of the document gives a short name: "Example Inc. ("Example")"."""
    for passage in reading.passages:
        if passage.index > _TOP or passage.block.kind is not BlockKind.PARAGRAPH:
            continue
        for name, place in companies(passage.text):
            if re.match(r"\s?\((?:[^()]{0,40}[:,]\s)?[\"“'‘„«]", passage.text[place + len(name) :]):
                return passage, name
    return None


def _most_named(reading: Reading) -> tuple[Passage, str] | None:
    """The company that the document names most where it does not speak of those who get the data."""
    counts: Counter[str] = Counter()
    where: dict[str, Passage] = {}
    for passage in reading.passages:
        if passage.block.kind is not BlockKind.PARAGRAPH:
            continue
        found = companies(passage.text)
        if not found or _of_others(passage, reading) or NAMED_AS_CUSTOMER.search(passage.lower):
            continue
        for name, _ in found:
            counts[name] += 1
            where.setdefault(name, passage)
    name, count = counts.most_common(1)[0] if counts else ("", 0)
    first = where[name].lower if count and where[name].index < _TOP else ""
    opens = bool(_SELF.search(first)) and not reading.phrases["transfer.dpf"].search(first)
    if opens and count == 1:
        told = prose_mentions([where[name].block], reading.document.language)
        opens = all(name not in mention.recipient.name for mention in told)
    return (where[name], name) if count > 1 or opens else None


def _of_others(passage: Passage, reading: Reading) -> bool:
    """True for a sentence about parties that get or handle the data, or that represent the vendor."""
    phrases = RECIPIENT_WORDS
    if phrases.strong.search(passage.lower) or reading.phrases["contact.representative"].search(passage.lower):
        return True
    return any(pattern.search(passage.lower) for pattern in (phrases.handles, phrases.sharing, _FOR_US))
