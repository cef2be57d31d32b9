"""What the names, roles and styles of an element say about it: machinery of the site, an overlay, or nothing."""

from __future__ import annotations

import re
from functools import lru_cache

from bs4 import Tag

from watcher.extractor.tags import attribute, heading_level, names, shows_address

# Words in class or id that name machinery. Each may also stand on real text, so they only count beside structure.
_MACHINERY = names(
    "nav navbar navigation navmenu menu submenu megamenu breadcrumb breadcrumbs crumb crumbs kruimelpad brotkrumen "
    "skip skiplink skiplinks share sharing sharebar social socials sharedaddy addtoany addthis related recommended "
    "recirculation newsletter subscribe subscription signup chat chatbot livechat intercom helpwidget feedback survey "
    "helpful toc tableofcontents cookie cookies cookiebar cookiebanner consent cmp gdpr cc banner modal popup "
    "overlay toast toolbar pagination pager search searchbox login footer sidebar promo advert ads "
    "sponsor language languages lang locale langswitch langpicker backtotop totop cta comments disqus print "
    "noprint tooltip notification announcement topbar masthead header hdr ftr"
)
# Words of which one alone is enough for a small element, wherever it stands.
_CERTAIN = names(
    "navbar navigation navmenu megamenu breadcrumb breadcrumbs crumb crumbs kruimelpad brotkrumen skiplink skiplinks "
    "sharebar sharedaddy addtoany addthis chatbot livechat cookiebar cookiebanner backtotop totop pagination toc "
    "tableofcontents noprint"
)
# Words of boxes that ask the reader to click: certain when there is a link or a button and no sentence.
_PROMPTS = names("share sharing social socials related recommended newsletter subscribe feedback helpful skip")
_CONSENT = names("cookie cookies cookiebar cookiebanner cookiebot consent cmp gdpr cc onetrust usercentrics didomi")
# A name made with one of these is a part of the text: section-header, cookie-policy, card-footer.
_CONTENT = names(
    "section accordion card panel table block item content text title article entry post tab tabs collapse heading "
    "list row col column body policy declaration statement document page main details paragraph clause chapter"
)
_ROLES = names("navigation banner contentinfo search menu menubar toolbar tablist tooltip")
_ASIDES = names("complementary status alert")
_TAGS = frozenset({"nav", "footer", "dialog"})
_DIALOGS = frozenset({"dialog", "alertdialog"})
_FIXED = re.compile(r"position\s*:\s*(?:fixed|sticky)", re.IGNORECASE)
# What the buttons of consent boxes say in the four languages that are watched most.
_AGREE = re.compile(
    r"(?:(?:yes|ja|oui),? )?(?:i |we |ik |ich |j'|je )?"
    r"(?:accept|agree|allow|got it|ok|okay|understood|consent|continue|akkoord|accepteer|accepteren|toestaan|sta toe|"
    r"begrepen|prima|ga akkoord|stimme zu|zustimmen|akzeptieren?|einverstanden|erlauben|verstanden|accepter?|accepte|"
    r"autoriser|d'accord|compris)\b.{0,30}",
    re.IGNORECASE,
)
# What a box says that asks for an address to send news to.
_NEWS = re.compile(
    r"news\W?letter|nieuwsbrief|infolettre|lettre d['’]info|bulletin|mailing list|mailinglijst|mailverteiler|"
    r"\bsubscribe|\bsign up|schrijf je in|inschrijven|aanmelden|abonnier|\banmelden|s['’]abonner|abonnez|s['’]inscrire",
    re.IGNORECASE,
)
# Addresses that hand a page on: `/sharer`, `/intent/post`, `mailto:?subject=`, `send?text=`.
_HANDS_ON = re.compile(
    r"^mailto:\?|^whatsapp:|/(?:share(?:r|article)?(?:\.php)?|intent/\w+|send)/?\?|/sharing/share"
    r"|[?&](?:print|pdf)=|/mailto/\?",
    re.IGNORECASE,
)
_BACK = re.compile(r"javascript:\s*(?:window\.)?(?:history|print)\b", re.IGNORECASE)
# What stands in the place of a map or a film that another company would send, until the reader agrees.
_TO_LOAD = re.compile(
    r"\b(?:load|display|show|view)\b|\b(?:an)?zeigen\b|\bladen\b|\b(?:af|be)?spelen\b|\b(?:weergeven|bekijken|tonen)\b|"
    r"\b(?:charger|afficher|visionner)\b",
    re.IGNORECASE,
)
_CONSENTED = re.compile(r"consent|cookie|zustimm|einwillig|toestemming|accepte|autoris", re.IGNORECASE)
_SPLIT = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAME_CHARS = 80  # longer names are not remembered
_NEVER = frozenset({"html", "body", "main", "a", "td", "th", "tr", "tbody", "article"})


def may_be_machinery(tag: Tag) -> bool:
    """Tell whether machinery can be that element at all: no heading, no cell, no paragraph but a breadcrumb."""
    if tag.name in {"p", "li"}:
        return are_certain(machinery_words(tag))
    return tag.name not in _NEVER and not heading_level(tag)


def is_marked(tag: Tag) -> bool:
    """Tell whether the element's own tag or role says that it belongs to the site, not to the text."""
    return tag.name in _TAGS or tag.attrs.get("role") in _ROLES


def is_aside(tag: Tag) -> bool:
    """Tell whether tag or role may mean the site as well as a remark inside the text."""
    return tag.name in {"aside", "header", "form"} or tag.attrs.get("role") in _ASIDES


def is_dialog(tag: Tag) -> bool:
    """Tell whether an element is a dialog over the page."""
    return tag.name == "dialog" or tag.attrs.get("role") in _DIALOGS or tag.attrs.get("aria-modal") == "true"


def is_fixed(tag: Tag) -> bool:
    """Tell whether an element says that it floats over the page."""
    style = tag.attrs.get("style")
    return style is not None and bool(_FIXED.search(str(style)))


def machinery_words(tag: Tag) -> frozenset[str]:
    """Return the words in class and id that name machinery; a name that also speaks of text counts for nothing."""
    attrs = tag.attrs
    if "class" not in attrs and "id" not in attrs:
        return _NOTHING
    found: set[str] = set()
    for token in f"{attribute(tag, 'class')} {attribute(tag, 'id')}".split():
        words = words_of(token)
        if words.isdisjoint(_CONTENT):
            found |= words & _MACHINERY
    return frozenset(found) if found else _NOTHING


_NOTHING: frozenset[str] = frozenset()


def words_of(name: str) -> frozenset[str]:
    """Return the words that a name is made of."""
    return _words_of(name) if len(name) <= _NAME_CHARS else _words_of.__wrapped__(name)


@lru_cache(maxsize=4096)
def _words_of(name: str) -> frozenset[str]:
    """Return the same, remembered: the elements of a page bear a few names many times."""
    return frozenset(_SPLIT.split(_CAMEL.sub(" ", name).lower()))


def are_certain(words: frozenset[str], *, clickable: bool = False) -> bool:
    """Tell whether one of the words is enough for a small element, in which there may be something to click."""
    return not words.isdisjoint(_CERTAIN) or (clickable and not words.isdisjoint(_PROMPTS))


def name_consent(tag: Tag) -> bool:
    """Tell whether class or id speak of consent to cookies."""
    if "class" not in tag.attrs and "id" not in tag.attrs:
        return False
    for token in f"{attribute(tag, 'class')} {attribute(tag, 'id')}".split():
        words = words_of(token)
        if not words.isdisjoint(_CONSENT) and words.isdisjoint(_CONTENT):
            return True
    return False


def asks_for_address(tag: Tag) -> bool:
    """Tell whether a small box speaks of a newsletter, and of no fact of its own: a number, an address of somebody."""
    text = tag.get_text(" ")
    return bool(_NEWS.search(text)) and not shows_address(tag) and not any(map(str.isdigit, text))


def shares(tag: Tag) -> bool:
    """Tell whether most links of a box hand the page on: to networks and by mail, whatever the box is called."""
    targets = [attribute(link, "href") for link in tag.find_all("a", limit=20)]
    return 2 * sum(bool(_HANDS_ON.search(target)) for target in targets) > len(targets)


def leads_on(tag: Tag) -> bool:
    """Tell whether a box has a link that does anything else than hand the page on."""
    targets = (attribute(link, "href") for link in tag.find_all("a", limit=60))
    return any(not _HANDS_ON.search(target) for target in targets)


def asks_for_consent(tag: Tag) -> bool:
    """Tell whether a small box speaks of cookies and lets the reader agree: a banner, whatever it is called."""
    return "cookie" in tag.get_text(" ").lower() and _lets_agree(tag)


def asks_to_load(tag: Tag) -> bool:
    """Tell whether a small box asks for consent to load what another company sends, and lets the reader agree."""
    text = tag.get_text(" ")
    return bool(_CONSENTED.search(text) and _TO_LOAD.search(text)) and _lets_agree(tag)


def goes_back(tag: Tag) -> bool:
    """Tell whether the link in an element leads back in the history of the browser, or prints the page."""
    link = tag.find("a")
    return link is not None and bool(_BACK.match(attribute(link, "href")))


def _lets_agree(tag: Tag) -> bool:
    """Tell whether an element has a button by which the reader agrees."""
    return any(
        _AGREE.fullmatch(" ".join(button.get_text(" ").split()))
        for button in tag.find_all(True, limit=60)
        if button.name in {"a", "button"} or button.attrs.get("role") == "button"
    )
