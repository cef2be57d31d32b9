"""What a site puts beside, above and into a document: boxes, art, anchors, hidden addresses, pagers."""

# ruff: noqa: ARG001 - every mutation takes the page, its language and a source of chance
from __future__ import annotations

import random
import re
import unicodedata

from bench.raw_places import TOKEN, Noise, Pair, at_end, at_start, in_text, mark, named, texts, under_title

_HEADING_END = re.compile(r"</(h[2-4])\s*>", re.IGNORECASE)
_LINK_END = re.compile(r"(?<=\w)</a\s*>", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_STRONG = re.compile(r"<(/?)(?:b|strong)(?=[\s>])", re.IGNORECASE)
_DETAILS = re.compile(r"<details(\s+open)?\b", re.IGNORECASE)
_ART = (
    " /\\_/\\\n( o.o )\n &gt; ^ &lt;",
    "+-----+\n|  *  |\n+-----+",
    "~~~~~ o0o ~~~~~",
    "  ___\n /   \\\n|  X  |\n \\___/",
)
_READ = {"en": "{} min read", "nl": "{} min leestijd", "de": "{} Min. Lesezeit", "fr": "{} min de lecture"}
_HELPFUL = {
    "en": ("Was this page helpful?", "Yes", "No", "{} out of {} found this helpful"),
    "nl": ("Was deze pagina nuttig?", "Ja", "Nee", "{} van de {} vonden dit nuttig"),
    "de": ("War diese Seite hilfreich?", "Ja", "Nein", "{} von {} fanden dies hilfreich"),
    "fr": ("Cette page vous a-t-elle été utile ?", "Oui", "Non", "{} sur {} ont trouvé cela utile"),
}
_LETTER = {
    "en": ("Subscribe to our newsletter", "Stay up to date with our product news.", "Subscribe"),
    "nl": ("Schrijf je in voor onze nieuwsbrief", "Blijf op de hoogte van productnieuws.", "Inschrijven"),
    "de": ("Newsletter abonnieren", "Bleiben Sie bei Produktneuigkeiten auf dem Laufenden.", "Abonnieren"),
    "fr": ("Abonnez-vous à notre infolettre", "Restez informé de nos nouveautés.", "S'abonner"),
}
_SEE_ALSO = {
    "en": "Related articles",
    "nl": "Gerelateerde artikelen",
    "de": "Ähnliche Artikel",
    "fr": "Articles similaires",
}
_TEASERS = {
    "en": ("Five ways to plan your week", "Our office moves to the harbour", "Spring release is out", "Meet the team"),
    "nl": (
        "Vijf manieren om te plannen",
        "Ons kantoor verhuist",
        "De voorjaarsrelease is er",
        "Maak kennis met het team",
    ),
    "de": ("Fünf Wege zu planen", "Unser Büro zieht um", "Die Frühjahrsversion ist da", "Lernen Sie das Team kennen"),
    "fr": ("Cinq façons de planifier", "Nos bureaux déménagent", "La version de printemps", "Découvrez l'équipe"),
}
_OPENS = {"en": "opens in a new tab", "nl": "opent in een nieuw tabblad", "de": "öffnet in neuem Tab"}
_OPENS["fr"] = "s'ouvre dans un nouvel onglet"
_SHOWN = {
    "en": "Showing 1 to {0} of {1} entries",
    "nl": "1 tot {0} van {1} resultaten",
    "de": "1 bis {0} von {1} Einträgen",
    "fr": "Affichage de 1 à {0} sur {1} éléments",
}
_PAGES = {"en": ("Previous", "Next"), "nl": ("Vorige", "Volgende"), "de": ("Zurück", "Weiter")}
_PAGES["fr"] = ("Précédent", "Suivant")


def boxes() -> dict[str, Noise]:
    """All of them by name: each makes of a page a pair of pages that say the same."""
    return {
        "ASCII art": _art,
        "glyph swaps": _glyphs,
        "inline markup": _inline,
        "heading anchors": _anchors,
        "reader-only text": _reader_only,
        "hidden addresses": _addresses,
        "feedback box": _feedback,
        "votes": _votes,
        "breadcrumbs": _crumbs,
        "reading time": _reading,
        "newsletter box": _newsletter,
        "related articles": _teasers,
        "articles in another order": _turned,
        "pager of a table": _pager,
        "open details": _details,
        "embedded media": _media,
    }


def _art(page: str, language: str, chance: random.Random) -> Pair | None:
    one, other = chance.sample(_ART, 2)
    tag = chance.choice(("pre", "p", "div"))
    place = chance.choice((at_start, under_title, at_end, in_text))
    first = chance.choice(("", f"<{tag}>{one}</{tag}>", f"<!--\n{one}\n-->"))
    return place(page, first, f"<{tag}>{other}</{tag}>")


def _glyphs(page: str, language: str, chance: random.Random) -> Pair:
    signs = {"fi": "\ufb01", "fl": "\ufb02", "-": "\u2010", "...": "\u2026", "'": "\u02bc"}

    def put(text: str) -> str:
        for sign, other in signs.items():
            text = text.replace(sign, other)
        return unicodedata.normalize("NFD", text)

    return page, texts(page, put)


def _inline(page: str, language: str, chance: random.Random) -> Pair:
    def put(text: str) -> str:
        return re.sub(
            r"(?<=[a-z] )[a-z]{4,}(?= [a-z])",
            lambda word: chance.choice(("{}", "{}", "<span>{}</span>", "<!-- x -->{}", "{}<wbr>")).format(word[0]),
            text,
        )

    new = _STRONG.sub(lambda match: f"<{match[1]}{'strong' if match[0].lower().endswith('b') else 'b'}", page)
    return page, texts(new, put)


def _anchors(page: str, language: str, chance: random.Random) -> Pair:
    sign = chance.choice(("#", "¶", "\U0001f517", ""))
    return page, _HEADING_END.sub(
        lambda match: f' <a class="anchor" href="#{mark(chance, 5)}" aria-label="Permalink">{sign}</a>{match[0]}', page
    )


def _reader_only(page: str, language: str, chance: random.Random) -> Pair:
    said = chance.choice(
        (
            f'<span class="sr-only"> ({_OPENS[language]})</span>',
            f'<span class="visually-hidden">{_OPENS[language]}</span>',
            '<i class="material-icons" aria-hidden="true">open_in_new</i>',
        )
    )
    return page, _LINK_END.sub(lambda match: said + match[0], page)


def _addresses(page: str, language: str, chance: random.Random) -> Pair | None:
    key = chance.randrange(256)

    def hide(match: re.Match[str]) -> str:
        code = bytes([key, *(sign ^ key for sign in match[0].encode())]).hex()
        return f'<a href="/cdn-cgi/l/email-protection" data-cfemail="{code}">[email&#160;protected]</a>'

    body = TOKEN.sub("", page)
    if not _MAIL.search(body):
        return None
    return page, texts(page, lambda text: _MAIL.sub(hide, text))


def _box(chance: random.Random, inner: str, *names: str) -> str:
    tag = chance.choice(("div", "section", "aside"))
    return f"<{tag}{named(chance, *names)}>{inner}</{tag}>"


def _feedback(page: str, language: str, chance: random.Random) -> Pair | None:
    question, yes, no, _ = _HELPFUL[language]
    inner = f"<p>{question}</p><button>{yes}</button><button>{no}</button>"
    return chance.choice((at_end, in_text))(page, "", _box(chance, inner, "feedback-widget", "article-votes"))


def _votes(page: str, language: str, chance: random.Random) -> Pair | None:
    said = _HELPFUL[language][3]
    count = chance.randrange(4, 90)
    name = named(chance, "votes", "article-votes-count")
    one, other = (f"<div{name}>{said.format(count + more, count + 9)}</div>" for more in (0, 2))
    return chance.choice((at_end, in_text))(page, one, other)


def _crumbs(page: str, language: str, chance: random.Random) -> Pair | None:
    name = named(chance, "breadcrumb", "crumbs")

    def made(*entries: str) -> str:
        links = " / ".join(f'<a href="/{entry.lower()}">{entry}</a>' for entry in entries)
        return f"<div{name}>{links}</div>"

    return at_start(page, made("Home", "Legal"), made("Home", "Company", "Legal"))


def _reading(page: str, language: str, chance: random.Random) -> Pair | None:
    name = named(chance, "reading-time", "meta")
    one, other = (f"<p{name}>{_READ[language].format(minutes)}</p>" for minutes in (7, 8))
    return under_title(page, one, other)


def _newsletter(page: str, language: str, chance: random.Random) -> Pair | None:
    title, said, button = _LETTER[language]
    inner = f'<h3>{title}</h3><p>{said}</p><form><input type="email"><button>{button}</button></form>'
    return chance.choice((at_end, in_text))(page, "", _box(chance, inner, "newsletter", "subscribe-box"))


def _list(language: str, entries: list[str]) -> str:
    links = "".join(f'<li><a href="/blog/{place}">{entry}</a></li>' for place, entry in enumerate(entries))
    return f"<h2>{_SEE_ALSO[language]}</h2><ul>{links}</ul>"


def _teasers(page: str, language: str, chance: random.Random) -> Pair | None:
    tag, name = chance.choice(("div", "section")), named(chance, "related", "recommended-posts")
    entries = list(_TEASERS[language])
    one, other = (f"<{tag}{name}>{_list(language, part)}</{tag}>" for part in (entries[:3], entries[1:]))
    return chance.choice((at_end, in_text))(page, one, other)


def _turned(page: str, language: str, chance: random.Random) -> Pair | None:
    tag, name = chance.choice(("div", "section")), named(chance, "related", "recommended-posts")
    entries = list(_TEASERS[language])
    one, other = (f"<{tag}{name}>{_list(language, part)}</{tag}>" for part in (entries, entries[::-1]))
    return chance.choice((at_end, in_text))(page, one, other)


def _pager(page: str, language: str, chance: random.Random) -> Pair | None:
    previous, following = _PAGES[language]
    end = _TABLE_END.search(page)
    if end is None:
        return None
    inner = page[page.rfind("<table", 0, end.start()) : end.start()].lower()
    rows = sum("<td" in row for row in inner.split("<tr")) or 1
    said = _SHOWN[language].format(max(1, rows // 3), rows)  # the others stand in the page, and are not shown
    box = (
        f"<div{named(chance, 'dataTables_info', 'table-info')}>{said}</div><div{named(chance, 'pagination')}>"
        f'<a href="#">{previous}</a><a href="#">1</a><a href="#">2</a><a href="#">{following}</a></div>'
    )
    return page, page[: end.end()] + box + page[end.end() :]


def _details(page: str, language: str, chance: random.Random) -> Pair | None:
    new = _DETAILS.sub(lambda match: "<details" if match[1] else "<details open", page)
    return (page, new) if new != page else None


def _media(page: str, language: str, chance: random.Random) -> Pair | None:
    box = (
        f'<figure><iframe src="https://video.example/{mark(chance)}" title="Our film"></iframe></figure><noscript>'
        f'<img src="/m/{mark(chance)}.png" alt="Our team"></noscript><picture><img data-src="/l.webp" alt=""></picture>'
    )
    return under_title(page, "", box)
