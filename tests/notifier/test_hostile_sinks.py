"""Whatever a page says, it stays text in every place that it is told in; the HTML is opened in Chromium."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import icalendar
import pytest
from notifier_samples import SOURCE, parcel
from pytest_httpserver import HTTPServer
from sink_samples import DEADLINE, Arrived, send
from test_notices import carried, crowd, notice
from test_render import hostile_change, hostile_parcel

from notifier.manner import Manner
from notifier.render import render
from notifier.sinks import defused, plain
from storage.model import Comparison, NoticeKind, Reason, Recipient

# The rows O01 to O05 and O09: markup, addresses, commands of chats and of terminals, headers, templates.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> &lt;script&gt;',
    "<a href='https://evil.example'>a</a> <style>*{display:none}</style>",
    "</style></title></head><body onload=alert(1)>",
    "javascript:alert(1) //evil.example/x data:text/html,x",
    "https://evil.example/a.png www.evil.example",
    "<https://evil.example|click> <!channel> <@U123> @everyone @here",
    "[x](http://evil.example) ![y](http://evil.example/y.png)",
    "*bold* _slanted_ ~~out~~ ||hidden|| ```code```",
    "\x1b[2J\x1b]0;title\x07 \x9b31m \x1b]8;;http://evil.example\x1b\\",
    "Hello\r\nBcc: evil@example.org\r\n\r\n.\r\nATTENDEE:mailto:x@example.org",
    "\u202egnp.exe\u202c \u2066iso\u2069 \u2028line\u2029par \x00nul",
    "{{7*7}} ${HOME} {vendor} {0.__class__} %s {% raw %}",
    "=?utf-8?q?=0d=0aBcc:_evil@example.org?=",
)
PAGE = SOURCE.urls[0]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arrived]:
    """A change for each of them, told of a vendor of that name with own lines that name the vendor."""
    like = hostile_parcel(HOSTILE[0])
    changes = tuple(replace(hostile_change(words), rules=("rule",)) for words in HOSTILE)
    delta = replace(like.comparison.recipients, added=tuple(Recipient(words, words, words) for words in HOSTILE))
    found = Comparison(like.comparison.verdict, "en", changes, delta)
    with HTTPServer(port=0) as server:
        yield send(
            tmp_path_factory.mktemp("hostile"),
            server,
            source=replace(SOURCE, vendor=" ".join(HOSTILE[i] for i in (0, 10, 13))),
            found=found,
            deadline=replace(DEADLINE, quote=" ".join(HOSTILE)),
            subject="[x] {vendor} {headline}",
            intro="About {vendor}",
            outro="{headline}",
        )


def is_calm(text: str) -> bool:
    """No character that controls, turns round or hides; line ends are."""
    return all(
        char in "\n\u200b\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for char in text
    )


def test_it_adds_no_header_and_no_part(hostile: Arrived) -> None:
    """The headers and parts of a calm mail and no other, the subject one calm line."""
    names = [name.lower() for name in hostile.mail]
    assert "bcc" not in names
    assert len(names) == len(set(names))
    kinds = [part.get_content_type() for part in hostile.mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/html",
        "text/calendar",
    ]
    assert is_calm(hostile.mail["Subject"].replace("\n", "?"))
    assert hostile.mail["To"] == "ada@example.org"


def test_it_is_calm_text_in_mail_console_and_files(hostile: Arrived) -> None:
    """Shown as what it is, without a character that acts; no template of ours or of theirs was worked out."""
    for text in (hostile.part("plain"), hostile.console, hostile.part("html"), *hostile.attached().values()):
        assert is_calm(text.replace("\r\n", "\n"))
    said = " ".join(hostile.part("plain").split())
    for words in HOSTILE:
        assert plain(words) in said.replace("{+new+} ", "")
    assert not re.search(r"<script|<img|<a [^>]*evil", hostile.part("html") + hostile.attached()["changes.html"])
    assert not re.search(r"\b49\b", hostile.part("plain"))


def test_it_stays_in_its_field_of_the_calendar(hostile: Arrived) -> None:
    """One event of the known properties, and no line of its own."""
    (event,) = icalendar.Calendar.from_ical(hostile.attached()["deadline.ics"]).walk("VEVENT")
    names = {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "DESCRIPTION", "TRANSP", "URL"}
    assert set(event.keys()) == names
    assert "<script>alert(1)</script>" in str(event["description"])
    assert "ATTENDEE" not in event


@pytest.mark.parametrize("name", ["slack", "ntfy", "hook"])
def test_it_is_no_command_in_a_chat(name: str, hostile: Arrived) -> None:
    """No mention, link, picture, slanted or hidden word, no control character; the words can be read."""
    told = dict(getattr(hostile, name))
    told.pop("alert", None)
    words = "\n".join(value for value in told.values() if isinstance(value, str)).replace("\r\n", "\n")
    for danger in (
        *("<!channel>", "<@U123>", "@everyone", "@here", "<https://evil", "](http", "```", "||", "~~", "*bold*"),
        *("_slanted_", "https://evil", "http://evil", "www.evil"),
    ):
        assert danger not in words
    assert is_calm(words)
    shown = words.replace("\u200b", "")
    assert "<script>alert(1)</script>" in shown
    assert words.count(PAGE) == 1


def test_a_program_gets_the_words_as_they_are(hostile: Arrived) -> None:
    """JSON keeps any text as text; what the page said is there whole."""
    (document,) = hostile.hook["alert"]["documents"]
    assert [change["after"] for change in document["changes"]] == [f"new {words}" for words in HOSTILE]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_each_of_them_can_still_be_read_in_a_chat(words: str) -> None:
    """But for signs that look alike and a space that is not seen, it is what the page said."""
    shown = defused(plain(words)).replace("\u200b", "")
    assert shown.translate(str.maketrans("\u2217\u02cd\u223c", "*_~")) == plain(words).replace("`", "'")


class Room:
    """A page of Chromium that counts what happens in it."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._open: list[Any] = []
        self.events: list[str] = []

    def opened(self, page: str, *, width: int = 760) -> Any:
        """The page in a tab of its own, scripts allowed, as a careless mail program would show it."""
        tab = self._browser.new_page(viewport={"width": width, "height": 800})
        for kind in ("dialog", "request", "popup", "console", "pageerror", "download"):
            tab.on(kind, lambda event, kind=kind: self._heard(kind, event))
        self._open.append(tab)
        tab.set_content(page, wait_until="load")
        return tab

    def close(self) -> None:
        """Close what was opened."""
        for tab in self._open:
            tab.close()

    def _heard(self, kind: str, event: Any) -> None:
        self.events.append(f"{kind}: {event}")
        if kind == "dialog":
            event.dismiss()


@pytest.fixture
def room(chromium: Any) -> Iterator[Room]:
    """A room of its own in the Chromium of all tests."""
    made = Room(chromium)
    yield made
    made.close()


def test_nothing_happens_in_chromium(hostile: Arrived, room: Room) -> None:
    """0 dialogs, 0 requests, 0 scripts, no link but that to the page; every word can be seen."""
    for page in (hostile.part("html"), hostile.attached()["changes.html"]):
        room.events.clear()
        tab = room.opened(page)
        tab.mouse.click(200, 200)
        links = tab.eval_on_selector_all("a", "all => all.map(each => each.getAttribute('href'))")
        assert set(links) <= {PAGE}
        assert tab.locator("script, img, iframe, object, embed, form, base, link, svg, video").count() == 0
        said = tab.inner_text("body")
        for words in HOSTILE:
            assert plain(words) in " ".join(said.split())
        assert room.events == []
        tab.close()


_LOOK = """() => {
  const lum = c => { const f = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
  const faint = [], wide = [];
  for (const e of document.querySelectorAll('body *')) {
    const box = e.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.right > innerWidth + 1 || box.left < -1) wide.push(e.tagName + '.' + e.className);
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) faint.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
  }
  return {faint, wide, scroll: document.documentElement.scrollWidth};
}"""


def samples() -> Iterator[tuple[str, str]]:
    """Every kind of message in both languages, with words that are long and without blanks."""
    long = "x" * 300
    change = replace(hostile_change("word"), summary=f"Sharing at https://acme.example/{long}", section=(long,))
    kept = replace(parcel(), deadline=DEADLINE, head="ab" * 32)
    reminds = replace(kept, delivery=replace(kept.delivery, group="remind:2026-12-23:7"))
    proof = notice(NoticeKind.PROOF, source_id=None, head="ab" * 32)
    told = [carried(notice()), carried(notice(NoticeKind.PAGE_REMOVED, reason=Reason.GONE)), *crowd(3)]
    for lang in ("en", "nl"):
        manner = Manner(lang=lang, intro=f"{{vendor}} {long}", outro="{changes}", archive="https://a.example/{url}")
        yield f"alert {lang}", render([kept], long, manner).html
        yield (
            f"long {lang}",
            render([parcel(change, source=replace(SOURCE, vendor=long, urls=(f"{PAGE}{long}",)))]).html,
        )
        digest = [parcel(group="daily:2026-11-23", key=f"{i:032x}") for i in range(3)]
        yield f"digest {lang}", render(digest, "x", manner).html
        yield f"reminder {lang}", render([reminds], "x", manner).html
        yield f"notices {lang}", render(told, "x", manner).html
        yield f"proof {lang}", render([carried(proof, None)], "x", manner).html


def test_every_message_can_be_read_light_dark_and_narrow(room: Room) -> None:
    """Contrast of at least 4.5 (WCAG 2.2 AA) in both schemes, nothing wider than 320 pixels, nothing loaded."""
    room.events.clear()
    tab = room.opened("", width=320)
    for name, page in samples():
        tab.set_content(page)
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme)
            assert tab.evaluate(_LOOK) == {"faint": [], "wide": [], "scroll": 320}, (name, scheme)
    tab.close()
    assert room.events == []


def test_the_first_line_in_a_list_of_mails_says_what_matters(room: Room) -> None:
    """The text before all else is the deadline and the gravest change; it is not seen in the mail itself."""
    kept = replace(parcel(), deadline=DEADLINE)
    tab = room.opened(render([kept]).html)
    first = tab.evaluate("document.body.firstElementChild.textContent")
    assert first.startswith(
        "Object to Nimbus Mail and Vault Hosting by Tuesday 8 December 2026 · Retention of invoices"
    )
    assert not tab.locator(".preheader").is_visible()
    assert tab.title() == "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)"
    tab.close()
