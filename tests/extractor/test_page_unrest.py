"""What sites do around and within a document on their own: no two captures of one text are told as a change."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from storage.model import BlockKind, Capture, ChangeKind, Comparison, Document, Verdict
from watcher.differ import compare
from watcher.extractor import extract
from watcher.extractor.gate import gate

WORDS = {
    "en": (
        "Privacy policy",
        "We keep your personal data for as long as you use the service, and delete it after that.",
    ),
    "nl": ("Privacyverklaring", "Wij bewaren uw persoonsgegevens zolang u de dienst gebruikt, en wissen ze daarna."),
    "de": (
        "Datenschutzerklärung",
        "Wir speichern Ihre personenbezogenen Daten, solange Sie den Dienst nutzen, und löschen sie danach in allem.",
    ),
    "fr": (
        "Politique de confidentialité",
        "Nous conservons vos données personnelles tant que vous utilisez le service, puis nous les supprimons.",
    ),
}


def page(above: str = "", below: str = "", within: str = "", language: str = "en") -> str:
    """A policy of our own with something above its text, within it, and below it."""
    title, said = WORDS[language]
    text = "".join(f"<h2>{number}. {title}</h2><p>{said} ({number}a)</p>" for number in range(1, 6))
    return (
        f'<html lang="{language}"><head><title>{title}</title></head><body><main><h1>{title}</h1>{above}{text}{within}'
        f"<h2>6. Contact</h2><p>{said}</p>{below}</main></body></html>"
    )


def read(text: str) -> Document:
    """The document of a page."""
    body = text.encode()
    url = "https://vendor.example/privacy"
    when = datetime(2026, 1, 1, tzinfo=UTC)
    found = extract(Capture(url, url, when, 200, (), "text/html", "utf-8", hashlib.sha256(body).hexdigest(), body))
    assert gate(found).passed
    return found.document


def between(before: str, after: str) -> Comparison:
    """How two pages compare."""
    return compare(read(before), read(after))


def links(*names: str) -> str:
    """A list of links."""
    return "<ul>" + "".join(f'<li><a href="/{place}">{name}</a></li>' for place, name in enumerate(names)) + "</ul>"


def shares(*names: str) -> str:
    """Links that hand the page on."""
    return "".join(f'<a href="https://{name}.example/share?u=x">{name}</a> ' for name in names)


TEASERS = ("Planning your week in ten minutes", "The harbour office is open", "Version nine is here", "Meet our team")
ART = "<pre> /\\_/\\\n( o.o )\n &gt; ^ &lt;</pre>"
TABLE = "<table><tr><th>Name</th><th>Place</th></tr>{}</table>"


def rows(*names: str) -> str:
    """A table of names."""
    return TABLE.format("".join(f"<tr><td>{name} Ltd</td><td>{name} City</td></tr>" for name in names))


ABOVE = {
    "age en": ("en", "<p>Updated 3 days ago</p>", "<p>Updated 4 days ago</p>"),
    "age nl": ("nl", "<p>2 weken geleden bijgewerkt</p>", "<p>3 weken geleden bijgewerkt</p>"),
    "age de": ("de", "<p>Aktualisiert vor 2 Monaten</p>", "<p>Aktualisiert vor 3 Monaten</p>"),
    "age fr": ("fr", "<p>Mis à jour il y a 2 jours</p>", "<p>Mis à jour il y a 5 jours</p>"),
    "views en": ("en", "<p>1,204 views</p>", "<p>1,377 views</p>"),
    "views nl": ("nl", "<p>410 keer bekeken</p>", "<p>460 keer bekeken</p>"),
    "views de": ("de", "<p>1.204 Aufrufe</p>", "<p>1.377 Aufrufe</p>"),
    "views fr": ("fr", "<p>980 vues</p>", "<p>1 013 vues</p>"),
    "glued views": ("en", "<p>1.2M viewsWatch our film</p>", "<p>1.3M viewsWatch our film</p>"),
    "reading time en": ("en", "<p>7 min read</p>", "<p>8 min read</p>"),
    "reading time nl": ("nl", "<p>Leestijd: 7 minuten</p>", "<p>Leestijd: 8 minuten</p>"),
    "reading time de": ("de", "<p>7 Min. Lesezeit</p>", "<p>9 Min. Lesezeit</p>"),
    "reading time fr": ("fr", "<p>Temps de lecture : 7 min</p>", "<p>Temps de lecture : 9 min</p>"),
    "share bar": ("en", "", f'<div class="share"><span>Share</span>{shares("alpha", "beta")}</div>'),
    "share bar without a name": ("en", "", f"<div>{shares('alpha', 'beta', 'gamma')}</div>"),
    "picker": ("en", "", f'<div class="lang-picker"><button>English</button>{links("Deutsch", "Français")}</div>'),
    "signed media": ("en", '<img src="/a.png?sig=aa1" alt="">', '<img src="/a.png?sig=bb2&amp;e=9" alt="">'),
    "alt texts": ("en", '<img src="/a.png" alt="A harbour">', '<img src="/b.png" alt="Two people at a desk">'),
    "figure": ("en", "", '<figure><img src="/a.png" alt="A harbour"></figure>'),
    "art": ("en", "", ART),
    "art in a paragraph": ("en", "<p>~~~ o0o ~~~</p>", "<p>+----+ | X | +----+</p>"),
    "embedded film": ("en", "", '<iframe src="https://film.example/1" title="Our film"></iframe>'),
}


@pytest.mark.parametrize("name", ABOVE)
def test_what_stands_above_the_text_is_no_change(name: str) -> None:
    """Ages, counters, share bars, pickers, pictures and art come, go and tick without a word of the document."""
    language, before, after = ABOVE[name]
    found = between(page(above=before, language=language), page(above=after, language=language))
    assert found.verdict in {Verdict.SAME, Verdict.NOISE}, found.changes


BELOW = {
    "related en": ("en", f"<h2>Related</h2>{links(*TEASERS[:3])}", f"<h2>Related</h2>{links(*TEASERS[1:])}"),
    "related nl": ("nl", f"<h3>Lees ook</h3>{links(*TEASERS[:3])}", f"<h3>Lees ook</h3>{links(*TEASERS[1:])}"),
    "related de": ("de", f"<h3>Siehe auch</h3>{links(*TEASERS[:3])}", f"<h3>Siehe auch</h3>{links(TEASERS[3])}"),
    "related fr": ("fr", f"<h3>Voir aussi</h3>{links(*TEASERS[:3])}", f"<h3>Voir aussi</h3>{links(*TEASERS[1:])}"),
    "related turned": ("en", f"<h2>See also</h2>{links(*TEASERS)}", f"<h2>See also</h2>{links(*TEASERS[::-1])}"),
    "helpful en": ("en", "<p>12 out of 14 found this helpful</p>", "<p>13 out of 15 found this helpful</p>"),
    "helpful nl": ("nl", "<p>12 van de 14 vonden dit nuttig</p>", "<p>13 van de 15 vonden dit nuttig</p>"),
    "helpful de": ("de", "<p>12 von 14 fanden dies hilfreich</p>", "<p>13 von 15 fanden dies hilfreich</p>"),
    "helpful fr": ("fr", "<p>12 sur 14 ont trouvé cela utile</p>", "<p>13 sur 15 ont trouvé cela utile</p>"),
    "newsletter en": ("en", "", "<h3>Subscribe to our newsletter</h3><p>Stay up to date with product news.</p>"),
    "newsletter nl": ("nl", "", "<h3>Onze nieuwsbrief</h3><p>Blijf op de hoogte van het product.</p>"),
    "newsletter de": ("de", "", "<h3>Newsletter abonnieren</h3><p>Bleiben Sie auf dem Laufenden.</p>"),
    "newsletter fr": ("fr", "", "<h3>Notre infolettre</h3><p>Restez informé de nos nouveautés.</p>"),
    "feedback": ("en", "", "<div><p>Was this page helpful?</p><button>Yes</button><button>No</button></div>"),
}  # fmt: skip


@pytest.mark.parametrize("name", BELOW)
def test_what_stands_below_the_text_is_no_change(name: str) -> None:
    """Related links, votes and boxes that sell come, go and change places without a word of the document."""
    language, before, after = BELOW[name]
    found = between(page(below=before, language=language), page(below=after, language=language))
    assert found.unrest or found.verdict in {Verdict.SAME, Verdict.NOISE}, found.changes


def test_signs_of_one_meaning_are_one() -> None:
    """Ligatures, hyphens, ellipses, apostrophes, decomposed accents and invisible signs are not told apart."""
    before = page(within="<p>The profile of a café's first guest - and so on...</p>")
    after = page(within="<p>The pro\ufb01le of a cafe\u0301\u2019s \ufb01rst guest \u2010 and\u200b so on\u2026</p>")
    assert between(before, after).verdict is Verdict.SAME


@pytest.mark.parametrize("sign", ["#", "¶", "\U0001f517", "§"])
def test_signs_that_copy_the_address_of_a_heading_are_no_text(sign: str) -> None:
    """A link in a heading to itself that has no words is left out; one with a word stays."""
    anchor = '<a class="anchor" href="#a">{}</a>'
    before, after = (page(within=f"<h2 id=a>Appendix{put}</h2><p>More.</p>") for put in ("", anchor.format(sign)))
    assert between(before, after).verdict is Verdict.SAME
    assert "Appendix B" in [
        block.text for block in read(before.replace("Appendix", f"Appendix {anchor.format('B')}")).blocks
    ]


def test_copies_for_small_and_wide_screens_are_told_once() -> None:
    """The whole text once more, in which a part stood twice already, is no change."""
    part = "".join(f"<h3>Part {number}</h3><p>{'Said once more in other words. ' * 5}{number}</p>" for number in "abc")
    once = page(within=part + part)
    inner = once[once.index("<main>") + 6 : once.index("</main>")]
    twice = once.replace("</main>", f'<div class="mobile">{inner}</div></main>')
    assert between(once, twice).verdict is Verdict.SAME


def test_an_address_hidden_from_robots_is_the_address() -> None:
    """What a script would put in place of "[email protected]" is read; another address behind it is a change."""

    def hidden(address: str, key: int) -> str:
        code = bytes([key, *(sign ^ key for sign in address.encode())]).hex()
        return (
            f'<p>Write to <a href="/cdn-cgi/l/email-protection" data-cfemail="{code}">[email&#160;protected]</a>.</p>'
        )

    plain = page(within="<p>Write to dpo@vendor.example.</p>")
    assert between(plain, page(within=hidden("dpo@vendor.example", 17))).verdict is Verdict.SAME
    assert between(plain, page(within=hidden("cfo@vendor.example", 99))).verdict is Verdict.MATERIAL


@pytest.mark.parametrize("code", ["", "zz", "11", "1144", "00" * 600])
def test_a_hidden_address_that_is_none_stays_as_shown(code: str) -> None:
    """A code that is broken, too long or no address is not read."""
    text = f'<p>Write to <a href="/x" data-cfemail="{code}">our desk</a>.</p>'
    assert "Write to our desk." in [block.text for block in read(page(within=text)).blocks]


SHOWN = {
    "en": ("Showing 1 to {} of {} entries", "Previous 1 2 Next"),
    "nl": ("1 tot {} van {} resultaten", "Vorige 1 2 Volgende"),
    "de": ("1 bis {} von {} Einträgen", "Zurück 1 2 Weiter"),
    "fr": ("Affichage de 1 à {} sur {} éléments", "Précédent 1 2 Suivant"),
}
NAMES = ("Alba", "Brix", "Cato", "Dorn", "Elmo", "Faro")


@pytest.mark.parametrize("language", SHOWN)
def test_a_pager_over_rows_that_all_stand_in_the_page_is_no_text(language: str) -> None:
    """Where the page holds all rows, what it shows of them is nothing to tell."""
    shown, pager = SHOWN[language]
    whole = rows(*NAMES)
    after = f"{whole}<div>{shown.format(2, 6)}</div><p>{pager}</p>"
    assert between(page(within=whole, language=language), page(within=after, language=language)).verdict is Verdict.SAME


def partial(names: tuple[str, ...], total: int) -> str:
    """A page with a table that shows some of its rows."""
    return page(within=f"{rows(*names)}<p>1-{len(names)} of {total}</p>")


def test_a_row_that_leaves_the_visible_page_was_not_removed() -> None:
    """In a table that shows 4 of 6, a new row that pushes the last one out is one addition and no removal."""
    found = between(partial(NAMES[:4], 6), partial(("Apex", *NAMES[:3]), 7))
    assert found.recipients.removed == ()
    assert [change.kind for change in found.changes if change.before and not change.after] == []
    assert [change.after for change in found.changes if change.kind is ChangeKind.ADDED] == ["Apex Ltd | Apex City"]


def test_rows_in_another_order_of_a_partial_table_were_not_removed() -> None:
    """Other rows of the same list come to stand on the visible page: none is told as taken out."""
    found = between(partial(NAMES[:4], 6), partial(NAMES[2:6], 6))
    assert [change for change in found.changes if change.kind is ChangeKind.REMOVED] == []


def test_more_rows_gone_than_a_table_can_hide_are_removals() -> None:
    """Where three of four rows are missing and one row is unseen, some were taken out: all are told."""
    found = between(partial(NAMES[:4], 5), partial(("Alba", "Gale", "Hilo", "Ivor"), 5))
    assert sum(change.before is not None for change in found.changes) >= 3


def test_a_longer_list_behind_the_same_rows_is_told() -> None:
    """Equal rows of which "1-4 of 6" becomes "1-4 of 7": a row that nobody sees was added, so it is no noise."""
    found = between(partial(NAMES[:4], 6), partial(NAMES[:4], 7))
    assert found.verdict not in {Verdict.SAME, Verdict.NOISE}


def test_a_row_gone_from_a_whole_table_is_a_removal() -> None:
    """A table that tells of no other rows loses a row: that is told."""
    found = between(page(within=rows(*NAMES)), page(within=rows(*NAMES[:5])))
    assert [change.kind for change in found.changes] == [ChangeKind.REMOVED]
    assert found.verdict is Verdict.MATERIAL


def test_a_word_in_an_inline_element_stays() -> None:
    """A long clause with `<wbr>` and `<span>` in it is no page of its own: no word of it is the site's."""
    words = ["liability", "damages", "warranty", "remedies", "agreement", "services", "content", "customers"]
    clause = "We limit our {} to what the law demands of us in each case, and to no more than the fees of a year. "
    plain = f"<div>{''.join(clause.format(word) for word in words)}</div>"
    marked = (
        plain.replace("the law", "<span>the law</span>")
        .replace("each case", "each<wbr> case")
        .replace("fees", "<b>fees</b>")
    )
    before, after = (
        f"<html lang=en><body><h1>Terms of use</h1><p>As they stand.</p>{text}</body></html>"
        for text in (plain, marked)
    )
    assert between(before, after).verdict is Verdict.SAME


def test_the_way_to_a_page_is_no_text() -> None:
    """Breadcrumbs without a name above the text: another way is noise, and a line with words of its own is not."""
    way = '<p><a href="/">Home</a> / <a href="/l">Legal</a></p>'
    longer = way.replace("/ <a", '/ <a href="/c">Company</a> / <a')
    before, after = (f"<html lang=en><body>{text}{page()[page().index('<h1>') :]}" for text in (way, longer))
    assert between(before, after).verdict in {Verdict.SAME, Verdict.NOISE}


def test_a_list_of_contents_is_known_in_any_order() -> None:
    """Items that are headings below are contents where they are most of a list, and text where they are a few."""
    parts = "".join(f"<h2>{name}</h2><p>What we say of it.</p>" for name in ("Alpha", "Beta", "Gamma"))
    names = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")

    def told(*items: str) -> list[str]:
        text = page(above=f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>", within=parts)
        return sorted(block.text for block in read(text).blocks if block.kind is BlockKind.LIST_ITEM)

    assert told(*names[:3]) == []
    assert told(*names[:4]) == told(*names[3::-1]) == ["Delta"]
    assert told(*names) == told("Delta", "Alpha", "Epsilon", "Beta", "Zeta", "Gamma") == sorted(names)


def test_a_list_of_contents_may_leave_out_the_numbers_of_its_headings() -> None:
    """The headings are numbered and the lines of the list are not: still a list of contents."""
    parts = "".join(
        f"<h2>{at}. {name}</h2><p>What we say of it.</p>" for at, name in enumerate(("Alpha", "Beta", "Gamma"))
    )
    listed = "<ul><li>Alpha</li><li>Beta</li><li>Gamma</li></ul>"
    assert read(page(above=listed, within=parts)).blocks == read(page(within=parts)).blocks


def test_another_day_in_a_notice_above_the_title_is_told() -> None:
    """A banner that says from when the new text holds: its day is the document's, whatever stands around it."""
    said = (
        "<p>We have updated our policy so that it is easier to read and to find your way in, and the new one is in "
        "force from {} June 2026. Until then you can still read the previous version, which holds for all others.</p>"
    )
    whole = page()
    before, after = (whole.replace("<main>", f"<main>{said.format(day)}") for day in (12, 13))
    assert between(before, after).verdict not in {Verdict.SAME, Verdict.NOISE}


def linked(*names: str) -> str:
    """A list that is nothing but links."""
    items = "".join(f'<li><a href="https://{name}.example/help">{name}</a></li>' for name in names)
    return f"<ul>{items}</ul>"


SAID = "".join(f"<h3>Part {number}</h3><p>{WORDS['en'][1]} ({number})</p>" for number in "abc")
MENU = linked("prices", "blog", "jobs")
INDEX = linked("markets", "opinion", "video")
COPIED = {
    "links in the text": f"<h3>Privacy policy</h3>{SAID}{MENU}<h3>More</h3><p>{WORDS['en'][1]}</p>"
    "<table><tr><td>Name</td><td>Use</td></tr><tr><td>Mail</td><td>To write to you</td></tr></table>",
    "menus above the title": f"{MENU}<p><a href='/in'>Log in</a></p>{INDEX}<p>BTC</p><h1>Our policy</h1>{SAID}",
    "menus above a title of the second level": f"{MENU}{INDEX}<h2>Our policy</h2>{SAID}",
    "a menu above the title, links below": f"<div>{MENU}<h1>Our policy</h1></div>{SAID}{INDEX}",
}


@pytest.mark.parametrize("inner", COPIED.values(), ids=COPIED)
@pytest.mark.parametrize("tag", ["div", "section"])
def test_a_copy_is_read_as_what_it_copies(inner: str, tag: str) -> None:
    """What is a menu in the text is one in its copy for small screens: the copy is told once with it, and no change."""
    once, twice = (
        f"<html lang=en><body><main>{inner}{copy}</main></body></html>"
        for copy in ("", f'<{tag} class="d-md-none">{inner}</{tag}>')
    )
    assert between(once, twice).verdict is Verdict.SAME
    assert [block.text for block in read(once).blocks] == [block.text for block in read(twice).blocks]


def test_links_in_the_midst_of_the_text_are_text() -> None:
    """A list of links above the first table or the first heading of the second level is a menu only at the start."""
    found = read(f"<html lang=en><body><main>{COPIED['links in the text']}</main></body></html>")
    assert {"prices", "blog", "jobs"} <= {block.text for block in found.blocks}
    assert "prices" not in {
        block.text for block in read(f"<body><main>{COPIED['menus above the title']}</main></body>").blocks
    }


def test_links_above_another_title_of_the_same_page_are_text() -> None:
    """A second document on the page has its own title: the list of links that stands above it is not the site's."""
    found = read(f"<body><main><h1>Our policy</h1>{SAID}<div>{INDEX}<h1>Our terms</h1>{SAID}</div></main></body>")
    assert {"markets", "opinion", "video"} <= {block.text for block in found.blocks}
