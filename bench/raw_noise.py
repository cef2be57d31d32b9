"""What a site does to its pages without touching the document: ids, hashes, menus, banners, markup, signs, dates."""

# ruff: noqa: ARG001 - every mutation takes the page, its language and a source of chance
from __future__ import annotations

import hashlib
import html
import random
import re
from collections.abc import Callable, Sequence
from datetime import date

from babel.dates import format_date, get_month_names

from bench.raw_boxes import boxes
from bench.raw_places import TOKEN, Noise, Pair, at_end, at_start, in_text, mark, named, tags, texts, under_title

_HREF = re.compile(r"""(<a\b[^>]*?\bhref\s*=\s*)(["'])([^"'#<>]*)(#[^"'<>]*)?\2""", re.IGNORECASE)
_SOURCE = re.compile(
    r"""(<(?:img|source|video|script)\b[^>]*?\bsrc\s*=\s*)(["'])([^"'<>?]+)[^"'<>]*\2""", re.IGNORECASE
)
_ATTRIBUTE = re.compile(r"""\s+([\w:-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
_MAIN = re.compile(r"<(main|article)\b[^>]*>(.*)</\1\s*>", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(
    r"(<ul\b[^>]*>)((?:\s*+<li\b[^>]*+>(?:(?!</?(?:li|ul|ol|p|div)\b).)*+</li\s*+>){3,}+\s*+)(</ul\s*>)",
    re.DOTALL | re.IGNORECASE,
)
_PLACED = re.compile(r"\b(?:above|bovenstaand|obig|oben|ci-dessus|précède)", re.IGNORECASE)
_STEPS = re.compile(r"\b(?:steps|stappen|schritten?|étapes)\b", re.IGNORECASE)
_COUNTED = re.compile(r"[(\[]?(?:\d{1,2}(?:\.\d+)*|[ivx]{1,5}|[A-Za-z])[.)\]:]|(?i:step|stap|schritt|[eé]tape)\s\d")
_ITEM = re.compile(r"<li\b.*?</li\s*>", re.DOTALL | re.IGNORECASE)
_AGO = {"en": "Updated {} days ago", "nl": "{} dagen geleden bijgewerkt", "de": "Aktualisiert vor {} Tagen"}
_AGO["fr"] = "Mis à jour il y a {} jours"
_VIEWS = {"en": "{} views", "nl": "{} keer bekeken", "de": "{} Aufrufe", "fr": "{} vues"}
_FORMS = {
    "en": ("d MMMM y", "MMMM d, y"),
    "nl": ("d MMMM y", "dd-MM-y"),
    "de": ("d. MMMM y", "dd.MM.y"),
    "fr": ("d MMMM y", "dd/MM/y"),
}


def noises() -> dict[str, Noise]:
    """All of them by name: each makes of a page a pair of pages that say the same."""
    return {
        "tracking ids in links": _tracked,
        "session ids in links": _session,
        "nonces": _nonces,
        "tokens in forms and head": _tokens,
        "build hashes in classes": _classes,
        "asset paths": _assets,
        "signed media": _media,
        "relative times": _ago,
        "counters": _counters,
        "comments and scripts": _scripts,
        "attribute order": _attributes,
        "tag case": _case,
        "white space": _space,
        "wrappers": _wrappers,
        "zero-width characters": _zero_width,
        "no-break spaces": _no_break,
        "entities for characters": _entities,
        "typographic quotes": _quotes,
        "menu entries": _menu,
        "footer year": _year,
        "share bar": _share,
        "related links": _related,
        "cookie banner": _banner,
        "chat bubble": _chat,
        "inline drawings": _svg,
        "images and alt texts": _images,
        "mobile copy": _mobile,
        "date format": _dates,
        "order of list items": _items,
        "language picker": _languages,
        "back to top and print": _jumps,
        **boxes(),
    }


def _query(page: str, make: Callable[[str], str]) -> str:
    """The page with something at the end of the addresses of its links to pages."""

    def put(match: re.Match[str]) -> str:
        address = match[3]
        if not address or address.startswith(("mailto:", "tel:", "javascript:", "data:")):
            return match[0]
        return f"{match[1]}{match[2]}{make(address)}{match[4] or ''}{match[2]}"

    return _HREF.sub(put, page)


def _tracked(page: str, language: str, chance: random.Random) -> Pair:
    def make(salt: str) -> Callable[[str], str]:
        return lambda url: f"{url}{'&amp;' if '?' in url else '?'}utm_source=web&amp;fbclid={salt}"

    return _query(page, make(mark(chance))), _query(page, make(mark(chance)))


def _session(page: str, language: str, chance: random.Random) -> Pair:
    def make(salt: str) -> Callable[[str], str]:
        return lambda url: f"{url}{'&amp;' if '?' in url else '?'}sid={salt}"

    return page, _query(page, make(mark(chance, 26)))


def _nonces(page: str, language: str, chance: random.Random) -> Pair:
    def put(salt: str) -> str:
        return re.sub(r"<(script|style)\b", rf'<\1 nonce="{salt}"', page, flags=re.IGNORECASE)

    return put(mark(chance)), put(mark(chance))


def _tokens(page: str, language: str, chance: random.Random) -> Pair:
    def put(salt: str) -> str:
        head = re.sub(r"(</head\s*>)", rf'<meta name="csrf-token" content="{salt}">\1', page, count=1)
        form = f'<form><input type="hidden" name="_token" value="{salt}"></form>'
        return re.sub(r"(</body\s*>)", rf"{form}\1", head, count=1, flags=re.IGNORECASE)

    return put(mark(chance)), put(mark(chance))


def _classes(page: str, language: str, chance: random.Random) -> Pair:
    def put(salt: str) -> str:
        return re.sub(r'(<[a-z][^<>]*?\bclass=")([^"<>]*)"', rf'\1\2 css-{salt}"', page)

    return put(mark(chance, 6)), put(mark(chance, 6))


def _assets(page: str, language: str, chance: random.Random) -> Pair:
    def put(salt: str) -> str:
        links = f'<link rel="stylesheet" href="/_a/{salt}/main.css"><script src="/_a/app.{salt}.js"></script>'
        return re.sub(r"(</head\s*>)", rf"{links}\1", page, count=1)

    return put(mark(chance)), put(mark(chance))


def _media(page: str, language: str, chance: random.Random) -> Pair:
    def put(salt: str) -> str:
        return _SOURCE.sub(lambda m: f"{m[1]}{m[2]}{m[3]}?Expires={chance.random()}&amp;Signature={salt}{m[2]}", page)

    return put(mark(chance, 30)), put(mark(chance, 30))


def _ago(page: str, language: str, chance: random.Random) -> Pair | None:
    days = chance.randrange(2, 20)
    name = named(chance, "meta", "post-date")
    one, other = (f"<p{name}>{_AGO[language].format(count)}</p>" for count in (days, days + 3))
    return under_title(page, one, other)


def _counters(page: str, language: str, chance: random.Random) -> Pair | None:
    name = named(chance, "views", "counter")
    one, other = (f"<div{name}>{_VIEWS[language].format(chance.randrange(200, 900))}</div>" for _ in "ab")
    return under_title(page, one, other)


def _scripts(page: str, language: str, chance: random.Random) -> Pair | None:
    def made() -> str:
        data = f'{{"t":"{mark(chance)}","n":{chance.randrange(10**9)}}}'
        return f"<!-- built {mark(chance)} --><script>window.__S={data}</script>"

    return at_end(page, made(), made() + "<!-- cached -->")


def _attributes(page: str, language: str, chance: random.Random) -> Pair:
    def put(match: re.Match[str]) -> str:
        found = [attribute[0] for attribute in _ATTRIBUTE.finditer(match[3])]
        if len(found) < 2 or "".join(found) != match[3].rstrip():
            return match[0]
        return f"<{match[1]}{match[2]}{''.join(reversed(found))}>"

    return page, tags(page, put)


def _case(page: str, language: str, chance: random.Random) -> Pair:
    return page, tags(page, lambda m: f"<{m[1]}{m[2].upper()}{m[3]}>")


def _space(page: str, language: str, chance: random.Random) -> Pair:
    return page, texts(page, lambda text: re.sub(r"[ \n]+", lambda _: chance.choice((" ", "\n    ", "  ")), text))


def _wrappers(page: str, language: str, chance: random.Random) -> Pair | None:
    new = re.sub(r"<(p|table)\b([^>]*)>(.*?)</\1\s*>", r"<div><\1\2>\3</\1></div>", page, flags=re.DOTALL)
    return at_start(new, "", '<div id="__app">') and (page, new)


def _zero_width(page: str, language: str, chance: random.Random) -> Pair:
    def put(text: str) -> str:
        return re.sub(r"(?<=[a-z]{3}) (?=[a-z]{3})", lambda _: chance.choice((" ", "\u200b ", " \ufeff")), text)

    return page, texts(page, lambda text: re.sub(r"(?<=[a-z]{3})(?=[a-z]{4}\b)", "\u00ad", put(text)))


def _no_break(page: str, language: str, chance: random.Random) -> Pair:
    return page, texts(
        page, lambda text: re.sub(r"(?<=\w) (?=\w)", lambda _: chance.choice((" ", "&nbsp;", "\u202f")), text)
    )


def _entities(page: str, language: str, chance: random.Random) -> Pair:
    def put(text: str) -> str:
        return "".join(f"&#{ord(sign)};" if ord(sign) > 126 else sign for sign in text)

    return texts(page, html.unescape) if "&lt;" not in page else page, texts(page, put)


def _quotes(page: str, language: str, chance: random.Random) -> Pair:
    signs = {"'": "\u2019", "\u2019": "'", "\u201c": "\u201e", "\u2013": "-", "\u2026": "..."}
    return page, texts(page, lambda text: "".join(signs.get(sign, sign) for sign in text))


def _menu(page: str, language: str, chance: random.Random) -> Pair | None:
    tag, name = chance.choice(("nav", "header", "div")), named(chance, "site-nav", "main-menu")

    def made(entries: Sequence[str]) -> str:
        items = "".join(f'<li><a href="/{entry.lower()}">{entry}</a></li>' for entry in entries)
        return f"<{tag}{name}><ul>{items}</ul></{tag}>"

    entries = ["Home", "Pricing", "Careers", "Partners", "Academy"]
    return at_start(page, made(entries), made([*entries[1:], chance.choice(("Webinars", "Labs"))]))


def _year(page: str, language: str, chance: random.Random) -> Pair | None:
    one, other = (
        f'<div class="site-footer"><p>© {year} Vendor. All rights reserved.</p></div>' for year in (2025, 2026)
    )
    return at_end(page, one, other)


def _share(page: str, language: str, chance: random.Random) -> Pair | None:
    names = ("Facebook", "LinkedIn", "WhatsApp", "E-mail")
    links = "".join(f'<a href="https://{name.lower()}.example/share?u={mark(chance)}">{name}</a>' for name in names)
    name = named(chance, "share-buttons", "social-icons")
    return under_title(page, "", f"<div{name}><span>Share</span>{links}</div>")


def _related(page: str, language: str, chance: random.Random) -> Pair | None:
    name = named(chance, "related-articles", "recommended")

    def made(names: Sequence[str]) -> str:
        items = "".join(f'<li><a href="/blog/{place}">{name}</a></li>' for place, name in enumerate(names))
        return f"<aside{name}><h3>Read more</h3><ul>{items}</ul></aside>"

    place = chance.choice((at_end, in_text))
    return place(page, made(("Five ways to plan", "Our new office")), made(("Spring release", "Meet the team")))


def _banner(page: str, language: str, chance: random.Random) -> Pair | None:
    style = chance.choice(('role="dialog"', 'style="position: fixed; bottom: 0"', ""))
    box = (
        f"<div{named(chance, 'cookie-banner', 'consent')} {style}><p>We use cookies to improve your visit and to "
        "measure how our pages are read.</p><button>Accept all</button><button>Reject</button></div>"
    )
    return chance.choice((at_start, at_end))(page, "", box)


def _chat(page: str, language: str, chance: random.Random) -> Pair | None:
    box = (
        '<div id="chat-widget" class="chat-bubble"><p>Hi there! How can we help?</p><button>Start a chat</button></div>'
    )
    return at_end(page, "", box)


def _svg(page: str, language: str, chance: random.Random) -> Pair | None:
    drawing = f'<svg viewBox="0 0 9 9"><title>Icon {mark(chance, 4)}</title><text>ok</text><path d="M1 1h{{}}"/></svg>'
    return under_title(page, drawing.format(3), drawing.format(7) * 2)


def _images(page: str, language: str, chance: random.Random) -> Pair | None:
    image = '<figure><img src="/m/{0}.webp" alt="Team at a table, {0}"></figure>'
    return under_title(page, image.format(mark(chance)), image.format(mark(chance)))


def _mobile(page: str, language: str, chance: random.Random) -> Pair | None:
    match = _MAIN.search(page)
    if match is None:
        return None
    copy = re.sub(r'\sid="[^"]*"', "", match[2])
    return page, f'{page[: match.end(2)]}<div class="d-md-none mobile-only">{copy}</div>{page[match.end(2) :]}'


def _dates(page: str, language: str, chance: random.Random) -> Pair | None:
    names = get_month_names("wide", locale=language)
    months = {name.lower(): month for month, name in names.items()}
    words = "|".join(names.values())
    written, other = _FORMS[language]
    forms = {True: rf"\b(\d{{1,2}})\.? ({words}) (20\d\d)\b", False: rf"\b({words}) (\d{{1,2}}), (20\d\d)\b"}
    day_first = bool(re.search(forms[True], page)) or language != "en"

    def put(match: re.Match[str]) -> str:
        day, name = (match[1], match[2]) if day_first else (match[2], match[1])
        try:
            stated = date(int(match[3]), months[name.lower()], int(day))
        except ValueError:
            return match[0]
        return str(format_date(stated, other if day_first else written, locale=language))

    new = texts(page, lambda text: re.sub(forms[day_first], put, text, flags=re.IGNORECASE))
    return (page, new) if new != page else None


def _items(page: str, language: str, chance: random.Random) -> Pair | None:
    salt = mark(chance)

    def put(match: re.Match[str]) -> str:
        said = [html.unescape(TOKEN.sub("", item)).strip() for item in _ITEM.findall(match[2])]
        if any(item.endswith(":") or _PLACED.search(item) or _COUNTED.match(item) for item in said):
            return match[0]  # one leads to the next or speaks of those before it, or they are counted
        if _STEPS.search(page[max(0, match.start() - 400) : match.start()]):
            return match[0]
        # By what they say: a list that stands on the page twice comes out alike both times.
        found = sorted(_ITEM.findall(match[2]), key=lambda item: hashlib.sha256(f"{salt} {item}".encode()).digest())
        return f"{match[1]}{''.join(found)}{match[3]}"

    new = _LIST.sub(put, page)
    return (page, new) if new != page else None


def _languages(page: str, language: str, chance: random.Random) -> Pair | None:
    items = "".join(f'<li><a href="/{code}">{name}</a></li>' for code, name in (("de", "Deutsch"), ("fr", "Français")))
    name = named(chance, "language-picker", "lang")
    return at_start(page, "", f"<div{name}><button>English</button><ul>{items}</ul></div>")


def _jumps(page: str, language: str, chance: random.Random) -> Pair | None:
    jump = '<a class="skip-link" href="#main">Skip to content</a><button onclick="print()">Print</button>'
    return at_start(page, "", jump)
