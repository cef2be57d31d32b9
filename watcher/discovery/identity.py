"""Whose page it is: the organisation behind a host, its name and the word that its sources begin with."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from watcher.discovery.lexicon import fold, lexicon
from watcher.discovery.page import PageLook

_LEGAL_FORMS = (
    r"b\.?v\.?|n\.?v\.?|v\.?o\.?f\.?|gmbh(?: & co\.? kg)?|ag|kg|ug|se|s\.?a\.?s\.?u?|s\.?a\.?r\.?l\.?|s\.?a\.?|"
    r"s\.?r\.?l\.?|inc\.?|llc|ltd\.?|limited|corp\.?|corporation|plc|ab|a/s|as|oy|pty"
)
_LEGAL_FORM = re.compile(rf"[\s,]+(?:{_LEGAL_FORMS})$", re.IGNORECASE)
_PARTS = re.compile(r"\s+[|•·»:–—-]+\s+|[|•»]")
_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST_SLUG = 40
_NAME_WORDS = 3


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who runs a site: the registrable part of its host, the name for people, the word for ids, the name's words.

    `hosts` are those under other domains that were seen to be its own: a trust center, a store of files.
    """

    domain: str
    name: str
    slug: str
    words: frozenset[str]
    hosts: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """The domain without its suffix ("acme" of acme.co.uk)."""
        return label_of(self.domain)


def organisation(looks: Iterable[PageLook], url: str) -> Organisation:
    """Who runs the site at an address, by what its pages say of themselves. Pure."""
    domain = registrable(url)
    name = _name(list(looks), domain)
    slug = slug_of(label_of(domain)) if not _is_address(domain) else slug_of(name)
    words = {word for word in fold(f"{name} {label_of(domain)}").split() if len(word) > 1}
    return Organisation(
        domain, name, slug or "vendor", frozenset(words | {fold(label_of(domain)).strip().replace(" ", "")})
    )


def registrable(url: str) -> str:
    """The part of a host that one organisation registers ("acme.co.uk"); the host itself where there is none."""
    host = host_of(url)
    if _is_address(host):
        return host
    return _suffixes().privatesuffix(host) or host


def host_of(url: str) -> str:
    """The host of an address, lower case."""
    return (urlsplit(url).hostname or "").rstrip(".").lower()


def same_organisation(url: str, whose: Organisation) -> bool:
    """True for a host of the organisation: the same registered domain, or the same name under another suffix."""
    domain = registrable(url)
    if domain == whose.domain or host_of(url) in whose.hosts:
        return True
    return (
        not _is_address(domain)
        and not _is_address(whose.domain)
        and label_of(domain) == whose.label
        and len(whose.label) > 3
    )


def label_of(domain: str) -> str:
    """The name in a registered domain."""
    if _is_address(domain):
        return domain
    suffix = _suffixes().publicsuffix(domain) or ""
    return domain.removesuffix(suffix).strip(".").rpartition(".")[2] or domain


def slug_of(text: str) -> str:
    """A text as a part of an id: lower case letters and digits with hyphens between."""
    return _SLUG.sub("-", fold(text).strip()).strip("-")[:_LONGEST_SLUG].strip("-")


def plain_name(text: str) -> str:
    """The name of an organisation without its legal form."""
    return _LEGAL_FORM.sub("", text.strip()).strip(" ,.") or text.strip()


def _name(looks: list[PageLook], domain: str) -> str:
    """What a site calls itself: its structured data, else what all its titles share, else its domain."""
    label = fold(label_of(domain)).strip().replace(" ", "")
    stated = [name for page in looks for name in (page.site_name, page.organisation) if name]
    alike = [name for name in stated if _alike(name, label)]
    if alike or (stated and _is_address(domain)):
        return plain_name((alike or stated)[0])
    parts = [part.strip() for page in looks for part in _PARTS.split(page.title or "") if 0 < len(part.strip()) <= 40]
    for part in parts:
        if _alike(part, label):
            return plain_name(part)
    if _is_address(domain):
        shared = Counter(
            part for page in looks for part in {part.strip() for part in _PARTS.split(page.title or "") if part.strip()}
        )
        # "Privacy" is what the page is, and shorter than most names.
        best = max(shared, key=lambda part: (shared[part], _names_more(part), -len(part)), default=domain)
        return plain_name(best)
    if stated and _is_name(stated[0]):
        return plain_name(stated[0])
    return label_of(domain).replace("-", " ").title() if "-" in label_of(domain) else label_of(domain).capitalize()


def _alike(name: str, label: str) -> bool:
    """True for a name that the domain is made of ("Acme Desk" of acmedesk.com, "Acme" of acme-software.de)."""
    folded = fold(plain_name(name)).strip()
    squeezed = folded.replace(" ", "")
    if not squeezed or len(squeezed) > 40:
        return False
    initials = "".join(word[0] for word in folded.split())
    return (
        squeezed == label
        or (len(squeezed) > 2 and (squeezed in label or squeezed.startswith(label)))
        or (len(initials) > 1 and initials == label)
    )


def _is_name(text: str) -> bool:
    """True for a few words, none of which says what a page is."""
    words = fold(text).split()
    return 0 < len(words) <= _NAME_WORDS and not lexicon().fill.intersection(words)


def _names_more(part: str) -> bool:
    """True for a part of a title that says more than which document the page is."""
    words, said = lexicon(), fold(part)
    for kind in words.types.values():
        said = kind.names.sub(" ", kind.words.sub(" ", kind.names.sub(" ", said)))
    return any(word not in words.fill for word in said.split())


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
