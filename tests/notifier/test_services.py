"""How long a message is where it arrives, counted as the service counts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier_samples import RETENTION, SOURCE, parcel

from notifier import chat
from notifier.manner import USUAL, Manner
from notifier.plaintext import ChatText, octets, units
from notifier.render import render
from storage.model import Change

# apprise loads it to replace it; in production the child process does that, out of sight.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

LONG = "This clause says in many words what we do with the data of those who write to us. "
ESCAPED = '\\ " <b> & \u2192 \U0001f600 \u65e5\u672c e\u0301 *x* _y_ [a](b) `c`. '


def changed(words: str) -> Change:
    """A change whose wording, summary and section say that, at length."""
    said = words * 30
    return replace(RETENTION, summary=words * 4, before=said, after=said, spans=(), section=(words,))


def sent(address: str, words: str, manner: Manner = USUAL, changes: int = 20) -> dict[str, Any]:
    """What the channel asks its child: a message of twenty changes."""
    message = render([parcel(*[changed(words)] * changes, source=replace(SOURCE, vendor=words))], manner=manner)
    return {
        "address": address,
        "title": message.subject,
        "text": json.loads(json.dumps(asdict(message.chat))),
        "data": message.data,
        "key": "k" * 32,
    }


def utf16(text: str) -> int:
    """The length in UTF-16 code units, as JavaScript, Java and C# count."""
    return len(text.encode("utf-16-le")) // 2


def texts(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


def slack(told: Any) -> list[tuple[int, int]]:
    """4,000 characters are shown of a text (40,000 taken), its entities counted as they are written."""
    (attachment,) = told["attachments"]
    return [(utf16(attachment["text"]), 4_000), (utf16(attachment["title"]), 300)]


def slack_blocks(told: Any) -> list[tuple[int, int]]:
    """3,000 characters in the text of a section, 150 in a header."""
    found = {block["type"]: block["text"]["text"] for block in told["attachments"][0]["blocks"] if "text" in block}
    return [(utf16(found["section"]), 3_000), (utf16(found["header"]), 150)]


def discord(told: Any) -> list[tuple[int, int]]:
    """2,000 characters of content, its title among them."""
    return [(utf16(told["content"]), 2_000)]


def telegram(told: Any) -> list[tuple[int, int]]:
    """4,096 UTF-16 code units after the entities were read."""
    return [(utf16(html.unescape(told["text"])), 4_096)]


def teams(told: Any) -> list[tuple[int, int]]:
    """28 kB, the whole card as JSON."""
    return [(len(json.dumps(told)), 28_000)]


def ntfy(told: Any) -> list[tuple[int, int]]:
    """4,096 bytes of UTF-8; what is longer becomes an attachment."""
    return [(len(told["message"].encode()), 4_096), (len(told["title"].encode()), 1_000)]


def mattermost(told: Any) -> list[tuple[int, int]]:
    """4,000 characters on the oldest servers."""
    return [(utf16(told["text"]), 4_000)]


def webhook(told: Any) -> list[tuple[int, int]]:
    """No service of its own: a screenful."""
    return [(utf16(told["message"]), 4_000)]


SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
SERVICES: dict[str, tuple[str, Callable[[Any], list[tuple[int, int]]]]] = {
    "slack": (SLACK, slack),
    "slack blocks": (f"{SLACK}?blocks=yes", slack_blocks),
    "discord": ("discord://123456789012345678/abcdefghij_abcdefghijabcdefghijabcdefghij", discord),
    "telegram": ("tgram://123456789:abcdefg_hijklmnop/12315544/", telegram),
    "teams": ("workflows://prod-00.westus.logic.azure.com:443/643e69f83c8944/iscPnP4N", teams),
    "ntfy": ("ntfy://ntfy.example/topic", ntfy),
    "mattermost": ("mmost://chat.example/abcdefghijklmnopqrstuvwx", mattermost),
    "webhook": ("json://hook.example/x", webhook),
}


@pytest.mark.parametrize("words", [LONG, ESCAPED], ids=["sentences", "signs"])
@pytest.mark.parametrize("name", SERVICES)
def test_a_long_message_fits_and_says_how_many_more_there_are(name: str, words: str, wire: list[str]) -> None:
    """One request, within the limit of the service, with the number of what is left out and where it is to be found."""
    address, measured = SERVICES[name]
    assert chat.send(sent(address, words))["ok"]
    (body,) = wire
    told = json.loads(body)
    for length, most in measured(told):
        assert length <= most
    told.pop("alert", None)
    longest = max(texts(told), key=len).replace("\\", "")
    assert " more changes." in html.unescape(longest)
    assert "clausewatch diff acme/privacy 3 4" in longest
    assert "https://acme.example/privacy" in longest


def test_matrix_events_stay_below_64_kilobytes(wire: list[str]) -> None:
    """The event of a room message, as JSON, plain and formatted body together."""
    assert chat.send(sent("matrix://user:pass@chat.example/!room:chat.example", ESCAPED))["ok"]
    events = [body for body in wire if '"body"' in body]
    assert len(events) == 1
    assert len(events[0].encode()) <= 65_536
    assert "more changes" in events[0]


def test_a_single_long_change_ends_after_a_sentence(wire: list[str]) -> None:
    """Where not even one change fits whole, it is cut where a sentence ends."""
    text = ChatText("Head", (f"{LONG * 60}",), "https://acme.example\nclausewatch log", ("… and 1 more change.", ""))
    request = {"title": "t", "text": json.loads(json.dumps(asdict(text))), "data": None, "key": "k"}
    for address, key in (("discord://123456789012345678/" + "a" * 60, "content"), ("ntfy://n.example/t", "message")):
        assert chat.send({**request, "address": address})["ok"]
        shown = json.loads(wire.pop())[key]
        assert "those who write to us. …\n\nhttps://acme.example" in shown


def test_teams_gets_links_and_signs_that_stay_signs(wire: list[str]) -> None:
    """Its cards are Markdown: our addresses are links, each line its own, all else is escaped."""
    manner = Manner(archive="https://web.archive.org/web/{seen}/{url}")
    assert chat.send(sent(SERVICES["teams"][0], "# One *two* [x](http://e) https://evil.example 1. ", manner, 1))["ok"]
    card = json.loads(wire.pop())["attachments"][0]["content"]["body"]
    text = card[1]["text"]
    page = "https://acme.example/privacy?lang=en&page=1"
    assert re.findall(r"(?<!\\)\]\((.*?)\)", text) == [page, f"https://web.archive.org/web/20261123060000/{page}"]
    assert "\n\n\\#" not in text
    assert not re.search(r"(?<!\n)\n(?!\n)", text)
    assert not re.search(r"(?<![\\\]])[*_(#]", text.replace("](", ""))


@pytest.mark.parametrize("address", ["gchat://space/key/token", "webex://" + "a" * 80])
def test_services_with_a_markdown_of_their_own_get_plain_text(address: str, wire: list[str]) -> None:
    """Backslashes would be shown, and would break the address of the page."""
    chat.send(sent(address, LONG, changes=1))
    bodies = [body for body in wire if "clausewatch diff" in body]
    assert bodies
    assert all("https://acme.example/privacy" in body and "acme\\\\." not in body for body in bodies)


def test_own_lines_go_along_where_there_is_room(wire: list[str]) -> None:
    """Intro and outro stand around the message; where they would take a third of it they are left out."""
    address = SERVICES["discord"][0]
    short = Manner(intro="For {subscriber}: @everyone look", outro="Ask Ada.")
    assert chat.send(sent(address, LONG, short))["ok"]
    shown = json.loads(wire.pop())["content"]
    assert "For privacy-team: @\u200beveryone look\n\n" in shown
    assert shown.endswith("\n\nAsk Ada.")
    assert chat.send(sent(address, LONG, Manner(intro="x" * 600, outro="y" * 600)))["ok"]
    shown = json.loads(wire.pop())["content"]
    assert "xxx" not in shown
    assert "yyy" not in shown
    assert "more changes" in shown


@given(
    st.lists(st.text("ab .<&\U0001f600\u2192\n", max_size=200), max_size=6),
    st.text("ab<\u2192", max_size=40),
    st.integers(80, 2000),
    st.sampled_from([units, octets]),
    st.text("xy ", max_size=700),
)
@settings(deadline=None)
def test_no_text_is_longer_than_asked(
    items: list[str], foot: str, limit: int, measure: Callable[[str], int], intro: str
) -> None:
    """Whatever the items, the message is within the limit in the measure of the service."""
    more = tuple(f"… and {n} more." for n in range(len(items) + 1))
    assert measure(ChatText("Head", tuple(items), foot, more, intro, intro).fitted(limit, measure)) <= limit


def test_the_gravest_change_of_all_documents_comes_first(wire: list[str]) -> None:
    """In a digest a grave change of the second document stands before a small one of the first."""
    small = replace(RETENTION, severity=RETENTION.severity.LOW, summary="Small")
    grave = replace(RETENTION, summary="Grave")
    first = parcel(grave, small, source=replace(SOURCE, id="a/a", vendor="A"), key="1" * 32, group="daily:2026-11-23")
    second = parcel(small, grave, source=replace(SOURCE, id="b/b", vendor="B"), key="2" * 32, group="daily:2026-11-23")
    items = render([second, first]).chat.items
    assert [item.splitlines()[0].rpartition(" ")[2] for item in items] == ["Grave", "Grave", "Small", "Small"]
