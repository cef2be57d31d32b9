"""Names of parties: what may be one, where one stands in a sentence, and when two spellings mean the same party."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from rapidfuzz import fuzz, process

from watcher.differ.places import place_code
from watcher.differ.recipients.forms import COMMON, FORM, JOINT, SUFFIX, WORD

_COMPANY = re.compile(
    rf"(?<![\w@/.-])(?P<name>{WORD}(?:,?\s(?:(?:{JOINT}|\([^()]{{1,30}}\))\s)?(?!{SUFFIX}(?!\w)){WORD}){{0,6}}{FORM})"
)
_ANY_FORM = re.compile(rf"\s{SUFFIX}(?!\w)")
_NAME = 120  # characters of a name whose key is remembered
_LONGEST = 90  # characters of a text that may be a name and nothing else
_SENTENCE = 2000  # characters of a text whose companies are remembered
_ENDS_IN_FORM = re.compile(rf"^(?P<core>.+?)(?:,?\s+(?:{SUFFIX}))+[.,]?$")
_BREAKS = re.compile(r"[\s,/()]+")
_PARTS = re.compile(r"[\s/,]+")
_BLANK = re.compile(" ")
_SHORT = 5  # letters of a name in which a wrong one counts
_SPELLED = 88  # of a hundred: how much of two spellings must be the same
_SITE = re.compile(r"[\w-]+\.(?:com|io|ai|nl|de|fr|net|org|eu|app|co)")
_AROUND_WORDS = "(),;\"'“”„«»–-"
_SIGNS = frozenset(("", "&", "+"))
_PERSONAL = frozenset(("we", "you", "your", "our", "wij", "uw", "onze", "wir", "ihr", "nous", "vous", "votre"))
_NO_LETTER = re.compile(r"[^a-z]")
_KEY_WORD = re.compile(r"[\w+&]+")
_LONG_FORMS = {"limited": "ltd", "incorporated": "inc", "corporation": "corp"}
_TRADING = re.compile(r"\s*\((?P<inner>[^()]*)\)")
_FORMER = re.compile(
    r"\s*(?:formerly|previously|f/?k/?a|now|voorheen|vroeger|eerder|vormals|früher|ehemals|anciennement|ex-?)\b"
    r"(?:\s(?:known as|called|bekend als|genaamd|genannt|connue? sous le nom de))?[\s:]*",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\s*(?:an?|part of|member of|owned by|subsidiary of|trading as|d/?b/?a|t/a|een|onderdeel van|"
    r"dochter(?:onderneming)? van|eine?|teil (?:der|von)|tochter\w* (?:der|von)|une|filiale de|groupe|membre d[eu])\s",
    re.IGNORECASE,
)
# A company and the name under which it trades: "Example Ltd dba Sample".
_TRADES_AS = re.compile(
    r"\s+(?:d[./]?b[./]?a\.?|t/a|(?:trading|doing business|operating) as|h\.?o\.?d\.?n\.?|handelend onder de naam|"
    r"handelnd unter(?: dem namen)?|firmierend (?:als|unter)|(?:exerçant|opérant) sous (?:le nom|la marque)(?: de)?|"
    r"sous le nom commercial)\s+",
    re.IGNORECASE,
)
_FORM_WITHIN = re.compile(rf"(?P<core>[^()]+?)(?P<form>(?:,?\s+(?:{SUFFIX}))+)\s+\((?P<inner>[^()]+)\)")
# Authorities and laws: they get data by law or are cited, and are written with capitals like names.
_PUBLIC = re.compile(
    r"\b(?:commission(?:er(?:['’]s)?)?|authority|ministry|court|police|parliament|tribunal|revenue service|autoriteit|"
    r"belastingdienst|politie|rechtbank|ministerie|bundes\w+|landes\w+|finanzamt|\w*gericht|polizei|ministerium|\w*behörde|"
    r"ministère|préfecture|trésor public|règlement|verordnung|verordening|\w*gesetz|\w*-grundverordnung)\b"
    r"|\b(?:act|regulation|directive|law|office|code civil|loi)$",
    re.IGNORECASE,
)
# A German or Dutch compound before a name that says what kind of party it is ("IT-Dienstleister Example GmbH").
_KIND = re.compile(
    r"(?:dienstleister\w{0,2}|leverancier|anbieters?|dienstverlener|inkassobüros?|\w{4,}partners?|inkassounternehmen|incassobureau|hostingpartner|paketdienst)$"
)
# A legal form that is written without stops, at the end of a sentence.
_STOPPED = re.compile(r"\s(?!Inc|Ltd|Corp|Co)[A-Za-z]{2,5}\.$")
_ARTICLES = frozenset(("the", "de", "het", "die", "der", "das", "le", "la", "les"))
_OF = frozenset(("of", "van", "der", "von", "de", "des", "du"))
_GEOGRAPHY = frozenset(
    "ireland irland ierland irlande emea europe europa uk usa us germany deutschland france nederland netherlands "  # noqa: SIM905  # a list of words
    "international eu luxembourg sweden singapore operations ops switzerland denmark norway finland belgium global "
    "holdings holding group".split()
)


@dataclass(frozen=True, slots=True)
class EntityKey:
    """What two spellings of one party share.

    `strict` is the name without legal form, case and punctuation, `loose` also without places, `form` the legal form.
    """

    strict: str
    loose: str
    form: str


def entity_key(name: str) -> EntityKey:
    """The key of a name ("Example Ireland Ltd." -> strict "example ireland", loose "example")."""
    return _short_key(name) if len(name) <= _NAME else _entity_key(name)


def _entity_key(name: str) -> EntityKey:
    plain = _TRADES_AS.split(name.strip(), maxsplit=1)[0]
    within = _FORM_WITHIN.fullmatch(plain) if "(" in plain else None
    if within and not _is_remark(within["inner"]):
        plain = f"{within['core']} {within['inner']}{within['form']}"
    elif "(" in plain:
        plain = _TRADING.sub(lambda m: "" if _is_remark(m["inner"]) else f" {m['inner']}", plain).strip()
    match = _ENDS_IN_FORM.match(plain)
    core = match["core"] if match else plain
    form = _NO_LETTER.sub("", normalize("NFD", plain[len(core) :].lower())) if match else ""
    form = _LONG_FORMS.get(form, form)
    words = _KEY_WORD.findall(core.lower())
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    strict = " ".join(words)
    loose = strict if _GEOGRAPHY.isdisjoint(words) else " ".join([w for w in words if w not in _GEOGRAPHY] or words)
    return EntityKey(strict, loose, form)


def _is_remark(inner: str) -> bool:
    """True for words in parentheses that are no part of a name: another company, the group, a former name."""
    return has_form(inner) or bool(_REMARK.match(inner) or _FORMER.match(inner))


def former_names(name: str) -> tuple[str, ...]:
    """The names that a name says the party had before, or trades under ("Example Ltd (formerly Sample Ltd)")."""
    inner = (_FORMER.sub("", match["inner"]) for match in _TRADING.finditer(name) if _FORMER.match(match["inner"]))
    return tuple(one.strip() for one in (*inner, *_TRADES_AS.split(name.strip())[1:]) if one.strip())


_short_key = lru_cache(maxsize=8192)(_entity_key)


def similar(one: EntityKey, other: EntityKey) -> bool:
    """True for a renamed or respelled party: one name begins the other, or all but a letter or two are the same."""
    return bool(alike_names([one.loose], [other.loose]))


def alike_names(gone: Sequence[str], came: Sequence[str]) -> dict[int, int]:
    """The places of similar names, old to new, each with the first that is left.

    The names are loose keys. The cost grows with the product of both, but a pair costs next to nothing.
    """
    begun: dict[str, list[int]] = {}
    whole: dict[str, list[int]] = {}
    for place, name in enumerate(came):
        whole.setdefault(name, []).append(place)
        for beginning in _beginnings(name):
            begun.setdefault(beginning, []).append(place)
    left: list[str | None] = [name or None for name in came]
    pairs: dict[int, int] = {}
    for at, name in enumerate(gone):
        if not name:
            continue
        found = [*begun.get(name, ()), *(place for start in _beginnings(name) for place in whole.get(start, ()))]
        if len(name) > _SHORT:
            near = process.extract_iter(name, left, scorer=fuzz.ratio, score_cutoff=_SPELLED)
            found += [place for other, _, place in near if len(other) > _SHORT]
        best = min((place for place in found if left[place] is not None), default=None)
        if best is not None:
            pairs[at] = best
            left[best] = None
    return pairs


def _beginnings(name: str) -> list[str]:
    """The first word of a name, the first two, and so on to the whole."""
    return [name[: blank.start()] for blank in _BLANK.finditer(name)] + [name]


def has_form(text: str) -> bool:
    """True when a text ends in a legal form ("B.V.", "Inc.")."""
    return bool(_ENDS_IN_FORM.match(text.strip()))


def companies(text: str) -> tuple[tuple[str, int], ...]:
    """Names with a legal form in a text, with their places."""
    return _short_companies(text) if len(text) <= _SENTENCE else _companies(text)


def _companies(text: str) -> tuple[tuple[str, int], ...]:
    if not _ANY_FORM.search(text):
        return ()
    found = []
    for match in _COMPANY.finditer(text):
        name = trimmed(match["name"])
        if name and not is_generic(name):
            found.append((name, match.start() + match["name"].find(name)))
    return tuple(found)


# What is remembered is bounded by number and by length, so that a hostile text cannot fill the memory.
_short_companies = lru_cache(maxsize=2048)(_companies)


def trimmed(name: str) -> str:
    """A name without words that only begin the sentence or end a compound ("Our Example-account" -> "Example")."""
    name = name.strip(" ,;:")
    if name.count(")") > name.count("("):
        name = name.rstrip(")")
        if "(" not in name:  # what stands before it ends the aside of the party before: "hosting, Canada), Example Ltd"
            name = name.rpartition(")")[2].strip(" ,;:")
    words = name.split()
    while len(words) > 1 and (words[0].lower().strip(",") in COMMON.openers or _KIND.search(words[0].lower())):
        words = words[1:]
    while len(words) > 1 and words[-1].lower() in _ARTICLES:
        words = words[:-1]  # the next sentence has begun
    if len(words) > 2 and words[1] in _OF and _is_plain(words[0].lower()):
        words = words[2:]  # "servers of Example Ltd"
    rest = re.sub(r"-[a-zà-ÿ]\w+$", "", " ".join(words))
    if rest.endswith(".") and (not has_form(rest) or _STOPPED.search(rest)):
        rest = rest.rstrip(".")
    return rest


def is_generic(name: str) -> bool:
    """True for what policies say instead of a name: "Payment processors", "IT-Dienstleister", a place, a number."""
    return _is_generic(name, _ENDS_IN_FORM.match(name.strip()))


def _is_generic(name: str, formal: re.Match[str] | None) -> bool:
    """The same for a name of which the legal form is known."""
    if place_code(name) is not None:
        return True
    if formal:
        name = name[: len(name) - len(name.lstrip())] + formal["core"]
    words = [word for word in _BREAKS.split(name.lower()) if word not in _SIGNS]
    if not any(char.isalpha() for char in name) or (len(words) > 1 and not formal and words[-1] in COMMON.tails):
        return True
    if not formal and _PUBLIC.search(name):
        return True
    if not _PERSONAL.isdisjoint(words[1:]):
        return True
    return all(_is_plain(word.strip(".'’\"")) for word in words)


def _is_plain(word: str) -> bool:
    if word in COMMON.generic or not any(map(str.isalpha, word)) or word.endswith(COMMON.endings):
        return True
    return "-" in word and all(part in COMMON.generic or not part for part in word.split("-"))


def looks_like_name(text: str) -> bool:
    """True when a text is a name and nothing else: a few words, all in capitals but for joints, and not generic."""
    text = text.strip()
    return 1 < len(text) <= _LONGEST and _is_name(text)


def looks_like_long_name(text: str) -> bool:
    """True for what may be a name where a column of parties holds it: of any length, but no sentence.

    Each word has a capital, a digit or a sign in it but for joints, or there is but one.
    """
    text = text.strip()
    if len(text) <= _LONGEST or "@" in text or ". " in text or text.endswith((":", "?", "!")):
        return False
    if text.isalnum():
        return True
    words = [bare for word in text.split() if (bare := word.strip(_AROUND_WORDS))]
    whole = not text.endswith(".") or has_form(text[-_LONGEST:])
    return whole and all(map(_is_name_word, words)) and not is_generic(text[:_LONGEST])


# The names of a table stand on both sides of a comparison.
@lru_cache(maxsize=32_768)
def _is_name(text: str) -> bool:
    """The same for a text that is short enough."""
    if len(text.split()) > 9 or text.endswith((":", "?", "!")) or "@" in text:
        return False
    if len(names := _TRADES_AS.split(text)) > 1:
        return all(map(_is_name, names))
    plain = (_TRADING.sub("", text).strip() or text) if "(" in text else text
    formal = _ENDS_IN_FORM.match(plain)
    if _is_generic(plain, formal):
        return False
    if formal:
        return True
    if text.endswith(".") or plain.split()[0].lower() in COMMON.openers:
        return False
    return all(_is_name_word(word) for word in _PARTS.split(plain) if word)


def _is_name_word(word: str) -> bool:
    if word.lower() in _JOINTS or word[0].isupper() or word[0].isdigit():
        return True
    return any(map(str.isupper, word)) or bool(_SITE.fullmatch(word))


_JOINTS = frozenset(
    ("of", "the", "and", "&", "+", "de", "la", "der", "van", "für", "von", "des", "du", "et", "en", "und", "by", "a/s")
)
