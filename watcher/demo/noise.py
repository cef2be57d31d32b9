"""What a real page changes with every request, though its document stays: tokens, file names, menus, banners, ages."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

_WORDS = {
    "en": {
        "menu": ["Product", "Pricing", "Customers", "Help", "Company", "Log in", "Start for free", "What's new"],
        "related": [
            "Five ways to answer faster",
            "Our roadmap for the coming year",
            "Meet us at the fair",
            "How a school saved ten hours a week",
            "New: keyboard shortcuts",
            "We are hiring",
        ],
        "related_title": ["Related articles", "Read more", "You may also like"],
        "cookies": [
            "We use cookies to improve our site. Choose which ones you allow.",
            "This website uses cookies for statistics. You can change your choice later.",
        ],
        "accept": ["Accept all", "Allow cookies", "Got it"],
        "reviewed": ["Reviewed {} days ago"],
    },
    "nl": {
        "menu": ["Product", "Prijzen", "Klanten", "Hulp", "Over ons", "Inloggen", "Probeer gratis", "Nieuws"],
        "related": [
            "Zo maakt u een rooster in tien minuten",
            "Onze plannen voor het komende jaar",
            "Ontmoet ons op de beurs",
            "Nieuw: diensten ruilen in de app",
            "Werken bij ons",
            "Vijf tips voor de planning",
        ],
        "related_title": ["Gerelateerde artikelen", "Lees ook", "Meer lezen"],
        "cookies": [
            "Wij gebruiken cookies om onze site te verbeteren. Kies welke u toestaat.",
            "Deze website gebruikt cookies voor statistiek. U kunt uw keuze later aanpassen.",
        ],
        "accept": ["Alles accepteren", "Cookies toestaan", "Akkoord"],
        "reviewed": ["Nagekeken: {} dagen geleden"],
    },
}


@dataclass(frozen=True, slots=True)
class Noise:
    """The page machinery of one answer."""

    token: str
    session: str
    build: str
    served: int
    menu: list[str]
    related: list[str]
    related_title: str
    cookies: str
    accept: str
    reviewed: str
    year: int


def make_noise(vendor: str, count: int, language: str, now: datetime) -> Noise:
    """The machinery of the `count`-th answer of a vendor: the same again in every run of the demo, never twice in one.

    Only the age ("3 days ago") and the year hang on the day alone, as they do on real pages.
    """
    chance = random.Random(f"{vendor}|{count}")
    words = _WORDS[language]
    return Noise(
        token=f"{chance.getrandbits(128):032x}",
        session=f"{chance.getrandbits(96):024x}",
        build=f"{chance.getrandbits(48):012x}",
        served=count,
        menu=chance.sample(words["menu"], chance.randint(5, 7)),
        related=chance.sample(words["related"], 3),
        related_title=chance.choice(words["related_title"]),
        cookies=chance.choice(words["cookies"]),
        accept=chance.choice(words["accept"]),
        reviewed=words["reviewed"][0].format(2 + now.toordinal() % 9),
        year=now.year,
    )
