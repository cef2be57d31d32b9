"""Made-up policy pages of a realistic size: `page(number, edition)` gives the same bytes on every machine.

A page has 2,000 to 6,000 words of policy inside 40 to 400 kB of markup: menus, styles, drawings, scripts, a footer. An
edition changes one clause and nothing else, as a vendor would. A nonce stands in a script and changes no text.
"""

from __future__ import annotations

import random
from functools import lru_cache

SMALLEST, LARGEST = 40_000, 400_000  # bytes of a page
FEWEST, MOST = 2_000, 6_000  # words of the policy in it
_DENSE_BYTES = 6.5  # of a word of policy with its markup

_SLOTS: dict[str, tuple[str, ...]] = {
    "who": ("account holders", "visitors", "members of your team", "applicants", "customers", "people who write to us"),
    "data": (
        "names and work addresses",
        "billing details",
        "log entries",
        "device identifiers",
        "messages sent to support",
        "the settings of a workspace",
        "answers to surveys",
        "files uploaded to a project",
        "rough location drawn from the network address",
    ),
    "aim": (
        "to run the service",
        "to send invoices",
        "to find and mend faults",
        "to answer questions",
        "to keep intruders out",
        "to meet duties under tax law",
        "to plan capacity",
        "to tell you about maintenance",
    ),
    "basis": ("our contract with you", "your consent", "our legitimate interest", "a duty under the law"),
    "party": (
        "a hosting provider",
        "our payment processor",
        "a provider of support software",
        "auditors bound to secrecy",
        "a mail delivery service",
        "authorities with a valid order",
    ),
    "place": ("Ireland", "the Netherlands", "Germany", "the United States", "Canada", "Finland", "Japan"),
    "guard": (
        "encryption in transit and at rest",
        "access limited to staff who need it",
        "yearly tests by an outside firm",
        "two separate keys for each backup",
        "training for everyone who handles requests",
    ),
    "right": (
        "ask for a copy",
        "have errors corrected",
        "object to the use",
        "withdraw consent",
        "take your data elsewhere",
        "complain to a supervisory authority",
    ),
    "time": ("thirty days", "six months", "one year", "two years", "ninety days", "seven years"),
    "way": ("in the settings", "by mail", "through the support form", "in writing", "from the account page"),
    "when": (
        "when an account is closed",
        "as soon as the contract ends",
        "after the last payment",
        "once the request is answered",
        "when the project is archived",
    ),
    "also": (
        "",
        " This holds for trial accounts too.",
        " Where local law asks for more, local law decides.",
        " We review this every spring.",
        " Nothing here limits your statutory rights.",
        " A record of the decision is kept.",
    ),
}

# Heading, then the sentences a section is made of.
_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What we collect",
        (
            "We collect {data} from {who} {aim}.{also}",
            "When you sign up we ask {who} for {data}, and nothing that is not needed {aim}.{also}",
            "Some {data} reach us by themselves, for instance when {who} open a page; we use them {aim}.{also}",
        ),
    ),
    (
        "Why we use it and on what basis",
        (
            "We use {data} {aim}; the basis is {basis}.{also}",
            "Where the basis is {basis}, {who} may {right} {way}.{also}",
            "No {data} are used for a purpose other than those named here without telling {who} first.{also}",
        ),
    ),
    (
        "Who receives personal data",
        (
            "We share {data} with {party} {aim}, and only under a written agreement.{also}",
            "From {who} we pass on {data} to {party} where the basis is {basis}.{also}",
            "We do not sell {data}, and {party} may not use them for purposes of its own.{also}",
        ),
    ),
    (
        "How long we keep it",
        (
            "We keep {data} for {time} {when} and then erase them.{also}",
            "Backups that hold {data} are overwritten after {time}.{also}",
            "If a dispute is open, {data} of {who} are kept until it is settled, at most {time} longer.{also}",
        ),
    ),
    (
        "Where it is processed",
        (
            "We store {data} in {place}; a copy is held in {place} for emergencies.{also}",
            "If {party} works from {place}, standard contractual clauses apply to {data}.{also}",
            "You may learn {way} in which country {data} of {who} are stored.{also}",
        ),
    ),
    (
        "How we protect it",
        (
            "We protect {data} by {guard} and by {guard}.{also}",
            "If {data} are exposed, we tell {who} without undue delay and describe what we have done.{also}",
            "Every year {party} looks at our measures, among them {guard}.{also}",
        ),
    ),
    (
        "Your rights",
        (
            "You may {right} {way}; we answer within {time}.{also}",
            "All {who} can {right} free of charge where {basis} is the basis.{also}",
            "To {right} we may ask for proof that the {data} are yours.{also}",
        ),
    ),
    (
        "Cookies and similar techniques",
        (
            "We set cookies {aim}; they hold {data} and expire after {time}.{also}",
            "Cookies that are not needed are set only with your consent, which {who} can take back {way}.{also}",
            "Our pages load no scripts of advertisers, and {party} sees no {data} through cookies.{also}",
        ),
    ),
    (
        "Automated decisions",
        (
            "No decision with legal effect on {who} is taken by a machine alone.{also}",
            "Models that sort requests are trained on {data} only where {basis} allows it.{also}",
            "You may ask {way} for a person to look at a decision that rests on {data}.{also}",
        ),
    ),
    (
        "Changes to this policy",
        (
            "We announce changes {time} ahead {way}, so that {who} can {right} before they take effect.{also}",
            "Earlier editions can be had {way}; they say how {data} were handled then.{also}",
            "If a change needs {basis}, we ask {who} for it first.{also}",
        ),
    ),
)
_COMPANIES = ("Harbour", "Lintel", "Fernway", "Quillon", "Marlpit", "Osier", "Brindle", "Tamsin", "Corvane", "Wexley")
_TRADES = ("Hosting", "Analytics", "Mail", "Payments", "Support", "Storage", "Search", "Telephony", "Translation")
_WORDS = ("account", "value", "state", "render", "node", "index", "token", "frame", "queue", "button", "menu", "panel")
_NAMES = ("layout", "theme", "query", "result", "cache", "event", "handler", "module", "stream", "buffer", "cursor")


def page(number: int, edition: int = 0, nonce: int = 0) -> bytes:
    """The HTML of a page, UTF-8. Editions of a page differ in one clause."""
    chance = random.Random(f"page {number}")
    size = chance.randint(SMALLEST, LARGEST)
    words = chance.randint(FEWEST, MOST)
    name = f"{chance.choice(_COMPANIES)} {chance.choice(_TRADES)} {number}"
    return _assembled(chance, name, size, _policy(chance, name, words, edition), nonce)


def sized_page(size: int, *, dense: bool = False) -> bytes:
    """A page of about `size` bytes, with as much machinery as the others; a dense one is policy from end to end."""
    chance = random.Random(f"size {size}")
    name = f"{chance.choice(_COMPANIES)} {chance.choice(_TRADES)}"
    words = int(size / _DENSE_BYTES) if dense else size * MOST // LARGEST
    return _assembled(chance, name, size, _policy(chance, name, words, 0), 0)


def _assembled(chance: random.Random, name: str, size: int, policy: str, nonce: int) -> bytes:
    """Menus, styles, drawings and scripts around a policy, up to a size in bytes."""
    head, top, foot = _head(chance, name), _menu(chance, name), _foot(chance, name)
    room = size - len(policy) - len(head) - len(top) - len(foot)
    scripts = _scripts(chance, room)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body class="page">\n'
        f"<script>var n={nonce}</script>\n{top}"
        f'<main id="content"><article>{policy}</article></main>\n{foot}{scripts}</body>\n</html>\n'
    ).encode()


def _policy(chance: random.Random, name: str, words: int, edition: int) -> str:
    out = [f"<h1>Privacy Policy</h1>\n<p>Last updated: {1 + chance.randrange(28)} March 2026</p>\n"]
    out.append(f"<p>This privacy policy explains how {name} handles personal data.</p>\n")
    months, row = 12 + chance.randrange(6), chance.randrange(40)
    have = 0
    part = 0
    while have < words:
        heading, patterns = _SECTIONS[part % len(_SECTIONS)]
        round_, part = part // len(_SECTIONS), part + 1
        out.append(f"<h2>{part}. {heading}{f' ({_TRADES[round_ % len(_TRADES)]})' if round_ else ''}</h2>\n")
        if part == 3:
            out.append(_recipients(chance, row))
        if part == 4:
            out.append(f"<p>Records of an account are kept for {months + edition} months after it is closed.</p>\n")
        for _ in range(chance.randint(3, 6)):
            text = " ".join(_sentence(chance, patterns) for _ in range(chance.randint(2, 5)))
            have += text.count(" ") + 1
            out.append(f'<p class="legal-copy">{text}</p>\n')
        if chance.random() < 0.5:
            items = [_sentence(chance, patterns) for _ in range(chance.randint(3, 7))]
            have += sum(item.count(" ") + 1 for item in items)
            out.append("<ul>" + "".join(f"<li><span>{item}</span></li>\n" for item in items) + "</ul>\n")
    out.append(f"<h2>Contact</h2>\n<p>Write to privacy@{name.lower().replace(' ', '-')}.example.</p>\n")
    return "".join(out)


def _sentence(chance: random.Random, patterns: tuple[str, ...]) -> str:
    return chance.choice(patterns).format_map(_Draw(chance))


class _Draw(dict[str, str]):
    """Fills each slot of a sentence as it is read."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    def __missing__(self, key: str) -> str:
        return self._chance.choice(_SLOTS[key])


def _recipients(chance: random.Random, first: int) -> str:
    rows = "".join(
        f"<tr><td>{_COMPANIES[(first + n) % len(_COMPANIES)]} {_TRADES[n % len(_TRADES)]} Ltd</td>"
        f"<td>{_TRADES[n % len(_TRADES)]}</td><td>{chance.choice(_SLOTS['place'])}</td></tr>\n"
        for n in range(chance.randint(4, 9))
    )
    head = "<tr><th>Recipient</th><th>Service</th><th>Country</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>\n"


def _head(chance: random.Random, name: str) -> str:
    style = "".join(
        f".{chance.choice(_WORDS)}-{n}{{margin:{chance.randrange(40)}px;color:#{chance.randrange(1 << 24):06x}}}"
        for n in range(chance.randint(40, 160))
    )
    return (
        f'<meta charset="utf-8"><title>Privacy Policy | {name}</title>'
        f'<meta name="description" content="How {name} handles personal data">'
        f'<link rel="stylesheet" href="/static/{chance.randrange(1 << 32):08x}.css"><style>{style}</style>'
    )


def _menu(chance: random.Random, name: str) -> str:
    links = "".join(
        f'<li class="nav-item"><a class="nav-link" href="/{chance.choice(_WORDS)}/{n}">'
        f"{chance.choice(_TRADES)} {chance.choice(_WORDS)}</a></li>\n"
        for n in range(chance.randint(30, 120))
    )
    return (
        f'<a class="skip" href="#content">Skip to content</a><header><div class="logo">{name}</div>'
        f'<nav aria-label="Main"><ul>{links}</ul></nav></header>\n'
    )


def _foot(chance: random.Random, name: str) -> str:
    links = "".join(
        f'<li><a href="/{chance.choice(_WORDS)}">{chance.choice(_WORDS).title()}</a></li>'
        for _ in range(chance.randint(15, 50))
    )
    return f'<footer><nav aria-label="Footer"><ul>{links}</ul></nav><p>© 2026 {name}</p></footer>\n'


def _scripts(chance: random.Random, room: int) -> str:
    """Scripts and drawings that fill the page up to its size."""
    pool = _pool()
    out: list[str] = []
    while room > 0:
        piece = chance.choice(pool)
        out.append(piece)
        room -= len(piece)
    return "".join(out)


@lru_cache(maxsize=1)
def _pool() -> tuple[str, ...]:
    """Pieces of markup without text of their own, 1 to 8 kB each."""
    chance = random.Random("pool")
    return tuple(_piece(chance, n) for n in range(400))


def _piece(chance: random.Random, number: int) -> str:
    count = chance.randint(20, 120)
    if number % 4 == 0:
        path = " ".join(
            f"{chance.choice('MLCQ')}{chance.random() * 99:.2f} {chance.random() * 99:.1f}" for _ in range(count)
        )
        return f'<svg class="icon" viewBox="0 0 99 99" aria-hidden="true"><path d="{path}"/></svg>\n'
    if number % 4 == 1:
        state = ",".join(
            f'"{chance.choice(_WORDS)}_{n}":{{"id":"{chance.randrange(1 << 48):012x}","on":{chance.randrange(2)}}}'
            for n in range(count)
        )
        return f'<script type="application/json" id="state-{number}">{{{state}}}</script>\n'
    body = "".join(
        f"function {chance.choice(_WORDS)}{n}(e,t){{return e.{chance.choice(_WORDS)}===t?"
        f"{chance.randrange(9999)}:e.{chance.choice(_NAMES)}({chance.choice(_WORDS)}.{chance.choice(_NAMES)})}}"
        for n in range(count)
    )
    return f"<script>!function(){{{body}}}();</script>\n"
