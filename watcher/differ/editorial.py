"""Is a difference only of form? Names the rule that says so, or says nothing.

Every substitution in a clause must be harmless on its own: case, marks, accents, spelling, function words, wordings of
the same meaning, form of address, a date of the last update, numbering, or a name that the whole document changed.
A number with a unit, a negation, a word of permission or duty, "only" and "all" never are. What no rule calls
harmless is a change of meaning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from storage.model import BlockKind, ChangeKind
from watcher.differ.canonical import is_light, same_form
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.lexicon import Lexicon, plain_words
from watcher.differ.numbering import Substitution, is_bare_number, is_numbering
from watcher.differ.plainly import denial_passes
from watcher.differ.recipients.names import has_form
from watcher.differ.renames import lengthens, renames
from watcher.differ.sentences import sentences
from watcher.differ.slips import is_own_name, repeats
from watcher.differ.spelling import same_spelling
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import term_scores
from watcher.differ.turned import turns
from watcher.differ.words import fold, fold_word, token_kind, tokens, words_of
from watcher.differ.zones import opening_notes, page_hits

# From the weakest to the strongest: the last that fired names the change.
_ORDER = (
    "typography",
    "punctuation",
    "encoding",
    "link",
    "renumbered",
    "date.only",
    "renamed",
    "moved",
    "grammar",
    "spelling",
    "synonym",
    "wording",
)
_CRITICAL = ("negation", "weak", "strong", "only", "scope", "count", "consent", "optout", "sell")
# A sentence that points to another document has at most so many words.
_POINTER = 50
_UPDATE_LINE = 200
_BARE_LINE = 60
# A heading of so many words is a statement.
_TITLE = 8
# A clause of so many words that stands elsewhere too is no coincidence.
_TELLING = 6
# A score that only a sure term of a topic reaches.
_SURE = 6.0
# So many words beside the date may differ in a line that tells it ("Thursday").
_FEW = 6


def editorial_rule(evidence: Evidence, around: Surroundings) -> str | None:
    """The rule by which a piece changes no meaning; None when it may."""
    piece = evidence.piece
    if piece.kind is ChangeKind.MOVED:
        return "moved"
    if piece.before is None or piece.after is None:
        return _one_sided(evidence, around)
    rule = _two_sided(piece.before, piece.after, evidence, around)
    if rule and piece.before != piece.after and turns(piece.before, piece.after, evidence.lexicon):
        return None
    return None if rule and any(denial_passes(*pair, evidence.lexicon.language) for pair in evidence.reworded) else rule


def _two_sided(before: str, after: str, evidence: Evidence, around: Surroundings) -> str | None:
    """The rule by which two wordings of a clause say the same, whatever the order of their words means."""
    if not evidence.gone and not evidence.came:
        return _same_words(evidence)
    whole = _as_a_whole(before, after, evidence)
    form = whole or _word_for_word(evidence, around)
    if form is None and same_form(before, after, evidence.lexicon):
        return "synonym"
    return form or _points_elsewhere(evidence) or ("heading" if _is_retitled(evidence) else None)


def _is_retitled(evidence: Evidence) -> bool:
    """True for a short heading in other words of no weight: what stands below it is told for itself."""
    piece = evidence.piece
    if piece.block.kind is not BlockKind.HEADING or any(evidence.periods):
        return False
    if has_form(piece.before or "") and has_form(piece.after or ""):
        return False  # a card of another company, or of one that is called otherwise
    short = all(len(plain_words(text or "")) < _TITLE for text in (piece.before, piece.after))
    sides = [fold(text).strip() for text in (evidence.deleted, evidence.inserted)]
    compound = all(sides) and (sides[0].endswith(sides[1]) or sides[1].endswith(sides[0]))  # "Sicherheit"
    return short and (compound or not any(speaks_of_policy(text, evidence) for text in sides))


def _as_a_whole(before: str, after: str, evidence: Evidence) -> str | None:
    """The rule by which two wordings as a whole say the same."""
    lexicon = evidence.lexicon
    words = [word for word in (*evidence.gone, *evidence.came) if not any(char.isdigit() for char in word)]
    if len(words) <= _FEW and not _weighty(words, lexicon) and all(is_update_line(t, lexicon) for t in (before, after)):
        return "date.only"
    return "encoding" if _garbled(before, after) else None


def _points_elsewhere(evidence: Evidence) -> str | None:
    """The rule for sentences that only send the reader to another document, before and after."""
    lexicon = evidence.lexicon
    if any(evidence.periods) or _weighty([*evidence.gone, *evidence.came], lexicon):
        return None
    for side in (evidence.stale, evidence.fresh):
        parts = sentences(side, evidence.language)
        if not parts or not all(_is_pointer(part) for part in parts):
            return None
    return "link"


def _is_pointer(sentence: str) -> bool:
    """True for a sentence of middle length that points ("for more information see") to a document of this kind."""
    few = len(words_of(sentence)) <= _POINTER
    return few and page_hits(sentence, "pointer") > 0 and page_hits(sentence, "title") > 0


def _word_for_word(evidence: Evidence, around: Surroundings) -> str | None:
    """The strongest of the rules that call every substitution harmless; None when one is not."""
    if any(evidence.periods):
        return None
    rules = set()
    for substitution in _substitutions(evidence):
        rule = _harmless(substitution, evidence, around)
        if rule is None:
            return None
        rules.add(rule)
    return max(rules, key=_ORDER.index) if rules else "punctuation"


def _one_sided(evidence: Evidence, around: Surroundings) -> str | None:
    """The rule for a clause that was added or removed without changing the meaning of the document."""
    piece, lexicon = evidence.piece, evidence.lexicon
    text = piece.text
    words = plain_words(fold(text))
    elsewhere = around.old_sentences if piece.before is None else around.new_sentences
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("punctuation", lambda: not words),
        ("date.only", lambda: is_update_line(text, lexicon)),
        ("link", lambda: _is_links(text)),
        ("repeated", lambda: len(words) >= _TELLING and " ".join(words) in elsewhere),
        ("repeated", lambda: bool(piece.block.cells) and around.has_row(piece.block)),
        ("moved", lambda: len(words) >= _TELLING and around.stays(words)),
        (
            "renumbered",
            lambda: is_bare_number(text) and piece.block.kind is not BlockKind.TABLE_ROW,
        ),
        ("heading", lambda: piece.block.kind is BlockKind.HEADING and len(words) < _TITLE),
        ("grammar", lambda: set(words) <= lexicon.lists["grammar"]),
    )
    return next((rule for rule, holds_good in tests if holds_good()), None)


def is_update_line(text: str, lexicon: Lexicon) -> bool:
    """True for a line that only tells when the document was changed or takes effect."""
    if len(text) > _UPDATE_LINE or not any(token_kind(token) == "date" for token in tokens(text)):
        return False
    rest = [word for word in words_of(text) if token_kind(word) not in {"date", "number"}]
    return holds(text, lexicon.lists["updated"]) or (len(text) <= _BARE_LINE and len(rest) <= 2)


def _same_words(evidence: Evidence) -> str | None:
    """Equal words in equal number: marks, capitals and order, unless numbers or negations changed places."""
    weighty = {word for name in _CRITICAL for word in evidence.lexicon.lists[name]}

    def order(side: list[str]) -> list[str]:
        folded = map(fold_word, side)
        return [word for word in folded if word in weighty or any(char.isdigit() for char in word)]

    if order(evidence.before) != order(evidence.after):
        return None
    return "typography" if evidence.before == evidence.after else "punctuation"


def _substitutions(evidence: Evidence) -> Iterator[Substitution]:
    """Each run of changed words with its surroundings; words that only changed places are left out on both sides."""
    gone, came = Counter(evidence.gone), Counter(evidence.came)
    spans = evidence.spans
    place = 0
    while place < len(spans):
        if spans[place].op == "equal":
            place += 1
            continue
        run = [span for span in spans[place : place + 2] if span.op != "equal"]
        was = _kept("".join(span.text for span in run if span.op == "delete"), gone)
        now = _kept("".join(span.text for span in run if span.op == "insert"), came)
        left = spans[place - 1].text if place else ""
        right = "".join(span.text for span in spans[place + len(run) : place + len(run) + 4] if span.op != "delete")
        place += len(run)
        if was or now:
            yield Substitution(was, now, left, right)


def _kept(text: str, balance: Counter[str]) -> str:
    """The words of a changed run that count on balance, joined by blanks."""
    kept = []
    for token in tokens(text):
        word = fold_word(token)
        if token_kind(token) not in {"space", "other"} and balance[word] > 0:
            balance[word] -= 1
            kept.append(token)
    return " ".join(kept)


def _harmless(sub: Substitution, evidence: Evidence, around: Surroundings) -> str | None:
    """The rule that calls one substitution harmless; None when none does."""
    gone, came = words_of(sub.gone), words_of(sub.came)
    tests = (
        ("typography", "".join(plain_words(fold(sub.gone))) == "".join(plain_words(fold(sub.came)))),
        ("synonym", _same_meaning(gone, came, evidence.lexicon)),
        ("date.only", _is_dates(sub.gone) and _is_dates(sub.came) and _tells_version(evidence)),
        ("renumbered", is_numbering(sub, evidence.piece)),
        ("link", _is_links(sub.gone) and _is_links(sub.came)),
        ("link", _is_link_text(sub, gone + came, evidence)),
        ("link", not (gone and came) and " ".join(plain_words(fold(sub.gone or sub.came))) in opening_notes()),
        ("link", _drops_link(sub, evidence, around)),
        ("renamed", _in_a_new_name(sub, evidence, around)),
        ("spelling", _is_stray_letter(sub)),
        ("moved", _moves(sub, around)),
        ("spelling", not (gone and came) and repeats(gone or came, sub.left, sub.right)),
        ("renamed", not ((gone and came) or _weighty(gone + came, evidence.lexicon)) and _is_own(sub, around)),
    )
    plain = next((rule for rule, holds_good in tests if holds_good), None) or _light(sub, gone, came, evidence, around)
    return plain or ("synonym" if same_form(sub.gone, sub.came, evidence.lexicon) else None)


def _is_own(sub: Substitution, around: Surroundings) -> bool:
    """True for the document's own name put before a term, or taken from it."""
    return is_own_name(sub.gone or sub.came, sub.right, around)


def _light(sub: Substitution, gone: list[str], came: list[str], evidence: Evidence, around: Surroundings) -> str | None:
    """The rule for runs without a word of weight: function words, spelling, words that say nothing of a policy."""
    lexicon = evidence.lexicon
    single = [word for word in came if not _doubled(word, sub, lexicon)]
    if _weighty(gone, lexicon) or _weighty(single, lexicon):
        return None
    if set(gone) | set(came) <= lexicon.lists["grammar"]:
        return "grammar"
    if same_spelling(gone, came, lexicon, around):
        return "spelling"
    return "wording" if is_light(" ".join([*gone, *single]), lexicon) else None


def _weighty(words: list[str], lexicon: Lexicon) -> bool:
    """True when a run holds a word that carries meaning, or a number."""
    return any(char.isdigit() for word in words for char in word) or any(
        word in lexicon.lists[name] for word in words for name in _CRITICAL
    )


def speaks_of_policy(text: str, evidence: Evidence) -> bool:
    """True when a term is one of weight in a policy: a number, a word of duty, or a sure word of a topic."""
    words = words_of(text)
    return _weighty(words, evidence.lexicon) or max(term_scores(text, evidence.language).values(), default=0.0) >= _SURE


def _doubled(word: str, sub: Substitution, lexicon: Lexicon) -> bool:
    """True for a word of limitation beside another one that stood already: "only if strictly needed"."""
    limits = lexicon.lists["only"]
    beside = words_of(sub.left)[-2:] + words_of(sub.right)[:3]
    return word in limits and any(other in limits for other in beside)


def _in_a_new_name(sub: Substitution, evidence: Evidence, around: Surroundings) -> bool:
    """True when a run puts a name that the whole document changed in the place of the old one."""
    if sub.gone:
        return renames(sub.gone, sub.came, sub.left, around.renamed, around.old_text)
    return lengthens(sub.came, evidence.piece.after or "", around.renamed)


def _is_stray_letter(sub: Substitution) -> bool:
    """True for one letter stuck to what stands before it, which makes no word there: "Site(s)n /"."""
    letter = sub.gone or sub.came
    stuck = sub.left[-1:] in {")", "]", "/", ";"} and sub.right[:1] not in {"'", "\u2019"}
    return not (sub.gone and sub.came) and len(letter) == 1 and letter.isalpha() and stuck


def _moves(sub: Substitution, around: Surroundings) -> bool:
    """True for a long run put into a clause, or taken out of it, that the document has in another place."""
    if sub.gone and sub.came:
        return False
    words = plain_words(fold(sub.gone or sub.came))
    return len(words) >= _TELLING and around.stays(words)


def _is_links(text: str) -> bool:
    """True when a run holds addresses of pages and nothing else."""
    solid = [token for token in tokens(text) if token_kind(token) not in {"space", "other"}]
    return bool(solid) and all(token_kind(token) == "url" or _HOST.fullmatch(token) for token in solid)


def _drops_link(sub: Substitution, evidence: Evidence, around: Surroundings) -> bool:
    """True for an address put beside a clause, or taken from it, whose host the document names before and after."""
    if sub.gone and sub.came:
        return False
    words = [token for token in tokens(sub.gone or sub.came) if token_kind(token) not in {"space", "other"}]
    links = [word for word in words if _is_links(word)]
    hosts = [" ".join(plain_words(fold(_SCHEME.sub("", link).partition("/")[0]))) for link in links]
    plain = all(word in links or fold_word(word) in evidence.lexicon.lists["grammar"] for word in words)
    texts = (around.old_text, around.new_text)
    return bool(links) and plain and all(f" {host} " in text for host in hosts for text in texts)


def _is_link_text(sub: Substitution, words: list[str], evidence: Evidence) -> bool:
    """True when both runs stand in the text of links to a document or page ("here" -> "our cookie policy")."""
    lexicon = evidence.lexicon
    if not sub.gone or not sub.came or _weighty(words, lexicon):
        return False
    links = [link for link in evidence.piece.links if starts_in(link, lexicon.lists["document"])]
    bare = [" ".join(w for w in words_of(run) if w not in lexicon.lists["grammar"]) for run in (sub.gone, sub.came)]
    runs = [run or whole for run, whole in zip(bare, (sub.gone, sub.came), strict=True)]
    return all(any(holds(link, (run,)) or holds(run, (link,)) for link in links) for run in runs)


def _garbled(before: str, after: str) -> bool:
    """True when one side is the other with letters shown in a wrong encoding."""
    if not _GARBLED.search(before) and not _GARBLED.search(after):
        return False
    return _NOT_ASCII.sub("", before) == _NOT_ASCII.sub("", after)


def _same_meaning(gone: list[str], came: list[str], lexicon: Lexicon) -> bool:
    """True when both runs belong to one group of equal wordings, as a whole or word for word."""
    groups = lexicon.same
    whole = groups.get(" ".join(gone), frozenset()) & groups.get(" ".join(came), frozenset())
    if whole:
        return True
    if not gone or len(gone) != len(came):
        return False
    return all(
        one == other or groups.get(one, frozenset()) & groups.get(other, frozenset())
        for one, other in zip(gone, came, strict=True)
    )


def _is_dates(text: str) -> bool:
    """True when a run holds dates, or parts of one, and nothing else of weight."""
    solid = [token for token in tokens(text) if token_kind(token) not in {"space", "other"}]
    if len(solid) == 1 and fold(solid[0]) in _PERMITTED:
        return False
    return all(token_kind(token) in {"date", "number"} or bool(_MONTHS.fullmatch(fold(token))) for token in solid)


def _tells_version(evidence: Evidence) -> bool:
    """True when the clause is one that tells the document's own date."""
    text = evidence.piece.text
    return is_update_line(text, evidence.lexicon) or (
        len(text) <= _UPDATE_LINE * 2 and holds(text, evidence.lexicon.lists["updated"])
    )


_HOST = re.compile(r"(?:[a-z0-9-]{2,}\.){2,}[a-z]{2,12}")
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
_GARBLED = re.compile("\ufffd|\u00e2\u20ac|\u00c3[\u00a0-\u00bf]|&#?\\w+;")
_NOT_ASCII = re.compile(r"&#?\w+;|[^a-zA-Z0-9]")
# A month that is a word of permission or of trade too stands beside a number when it is one.
_PERMITTED = frozenset({"may", "march", "mars"})
_MONTHS = re.compile(
    r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|january|february|march"
    r"|may|june|july|august|october|januar|februar|marz|mai|dezember|janvier|fevrier|mars|avril|juin|juillet|aout"
    r"|septembre|octobre|novembre|decembre"
)
