"""What a message says, and that no fetched word can become anything but words."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from notifier_samples import (
    PREVIOUS,
    PROCESSOR,
    RECIPIENTS,
    RETENTION,
    RIGHT,
    SOURCE,
    TRAINING,
    VERSION,
    WORDING,
    parcel,
)

from notifier.excerpt import LONGEST_SIDE, excerpt
from notifier.phrases import period_words
from notifier.plaintext import ChatText, marked, units
from notifier.render import Message, render
from notifier.sinks import cut, cut_at_sentence, defused, plain, visible, web_link
from notifier.views import IN_FULL
from storage.model import (
    Change,
    ChangeKind,
    Deadline,
    Direction,
    FactChange,
    FactType,
    Parcel,
    Recipient,
    RecipientChange,
    RecipientDelta,
    Severity,
    Span,
    Topic,
)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "Hello\r\nBcc: evil@example.org",
    "\x1b[2J\x1b]0;title\x07\x9b31m",
    "\u202egnirts desrever\u2066",
    "{{7*7}} ${x} {0.__class__} %s {% include 'x' %}",
    "javascript:alert(1)",
    "<!channel> @everyone <https://evil.example|click> [x](http://evil.example)",
    "a\x00b\u2028c\ud800d\ufeffe\u200bf",
    "]]> --> */ ' onmouseover='alert(1)",
)


def body(message: Message) -> lxml_html.HtmlElement:
    """The HTML of a message as a tree."""
    return lxml_html.document_fromstring(message.html)


def words(message: Message) -> str:
    """The visible words of the HTML, white space folded."""
    parts = (part for each in body(message).find("body").iter() for part in (each.text, each.tail) if part)
    return " ".join(" ".join(parts).split())


def test_text_of_a_single_alert() -> None:
    """The text names vendor, document and changes, gravest first, with both wordings and the evidence."""
    text = render([parcel()], "alerts.example.org").text
    lines = text.splitlines()
    assert lines[:3] == [
        "Acme: privacy policy",
        "4 changes: 2 high, 1 medium, 1 low",
        "In force from 15 December 2026, as the page says",
    ]
    for line in (
        "1. [HIGH] Retention of invoices: 24 months -> 36 months",
        "   worse for you; more risk, or a protection lost; retention; changed",
        "   Section: How long we keep data › Former customers",
        "   Kept for (invoices): 24 months -> 36 months",
        "   Before: When you close your account, we delete your invoices after [-24-]",
        "   Now:    When you close your account, we delete your invoices after {+36+}",
        "4. [LOW] Requests are answered within four weeks instead of six",
        "   + Nimbus Mail (sends our newsletters · United States), added",
        "   - Post Office Ltd (prints letters · Ireland), removed",
        "   ~ Vault Hosting (location: Germany → United States), changed",
        "Last seen as before: 22 November 2026, 06:30 UTC",
        "First seen as after: 23 November 2026, 06:00 UTC",
        "Page:      https://acme.example/privacy?lang=en&page=1",
        "Source:    acme/privacy, version 3 -> 4",
        "Read more: clausewatch diff acme/privacy 3 4",
        "clausewatch at alerts.example.org, for privacy-team",
    ):
        assert line in lines
    assert all(len(line) <= 76 for line in lines)


def test_html_of_a_single_alert() -> None:
    """The HTML says the same, marks words by element and not by colour alone, and links to the page."""
    message = render([parcel()])
    tree = body(message)
    assert [h.text_content() for h in tree.iter("h1")] == ["Acme: privacy policy"]
    assert tree.findtext(".//h2") == "Retention of invoices: 24 months → 36 months"
    assert [each.text_content() for each in tree.iter("del")] == ["24", "six", "Post Office Ltd"]
    assert tree.findtext(".//ins") == "36"
    for element in [*tree.iter("del"), *tree.iter("ins")]:
        style = element.get("style") or ""
        assert "text-decoration: line-through" in style or "text-decoration: underline" in style
        assert "color:" in style
    (link,) = tree.iter("a")
    assert link.get("href") == "https://acme.example/privacy?lang=en&page=1"
    said = words(message)
    for phrase in ("▼ worse for you", "▲ better for you", "● neutral for you", "high", "low", "clausewatch diff"):
        assert phrase in said
    assert "Last seen as before 22 November 2026, 06:30 UTC First seen as after 23 November 2026, 06:00 UTC" in said
    assert [quote.get("lang") for quote in tree.iter("blockquote")] == ["en"] * 6


def test_html_fits_narrow_and_dark_screens() -> None:
    """The rules for 320 pixels and for the dark stay in the head, all else is inlined, nothing is loaded."""
    tree = body(render([parcel()]))
    (style,) = tree.iter("style")
    rules = style.text_content()
    assert "prefers-color-scheme: dark" in rules
    assert "max-width: 480px" in rules
    card = tree.xpath("//div[@class='card']")[0]
    assert "background-color" in card.get("style")
    assert not list(tree.iter("img", "script", "link", "iframe", "object", "form"))


def test_subject() -> None:
    """The subject says how grave, who, what and how much more."""
    assert render([parcel()]).subject == "[high] Acme privacy policy: retention 24 -> 36 months (+3 more)"
    assert render([parcel(RIGHT)]).subject == (
        "[low] Acme privacy policy: Requests are answered within four weeks instead of six"
    )


def test_a_subject_has_no_room_for_a_heading() -> None:
    """The heading that the sentence names in brackets is left out of the subject, and stands in the mail."""
    change = replace(TRAINING, facts=(), summary="AI (How we use what you send to us): adds training of AI (worse)")
    message = render([parcel(change)])
    assert message.subject == "[high] Acme privacy policy: AI: adds training of AI"
    assert "1. [HIGH] AI (How we use what you send to us): adds training of AI" in message.text


def test_subject_of_different_units() -> None:
    """Values in different units are both said in full."""
    change = replace(RETENTION, facts=(FactChange(FactType.RETENTION, None, "P30D", "P1Y6M"),))
    assert render([parcel(change)]).subject == "[high] Acme privacy policy: retention 30 days -> 1 year 6 months"


def test_gravest_first() -> None:
    """Whatever the order of the parcel, the gravest change comes first and equals keep their order."""
    text = render([parcel(WORDING, RIGHT, TRAINING, PROCESSOR, RETENTION)]).text
    assert re.findall(r"^\d+\. (\[\w+\] \w+)", text, re.MULTILINE) == [
        "[HIGH] New",
        "[HIGH] Retention",
        "[MEDIUM] New",
        "[LOW] Requests",
        "[INFO] Wording",
    ]


def test_a_new_clause_states_its_facts_without_what_was_before() -> None:
    """Of a clause that came or went only the side that is there is shown; of one that changed both."""
    fact = FactChange(FactType.AI, None, None, "trains")
    gone = replace(TRAINING, kind=ChangeKind.REMOVED, facts=(replace(fact, before="trains", after=None),))
    changed = replace(TRAINING, kind=ChangeKind.MODIFIED, facts=(fact,))
    for change, shown in (
        (replace(TRAINING, facts=(fact,)), "AI: trains models on data"),
        (gone, "AI: trains models on data"),
        (changed, "AI: not stated -> trains models on data"),
    ):
        message = render([parcel(change)])
        assert f"   {shown}\n" in message.text
        assert shown.replace("->", "→") in message.chat.items[0].splitlines()
        assert shown.replace("AI:", "AI").replace("->", "→") in words(message)


def test_recipients_only_with_their_topics() -> None:
    """Who did not ask for recipients is not shown their list."""
    assert "Nimbus Mail" not in render([parcel(RETENTION, TRAINING)]).text
    assert "Nimbus Mail" in render([parcel(RETENTION, PROCESSOR)]).text


def test_effective_date_only_when_new() -> None:
    """The day a page names is told when it is news."""
    old = parcel(RIGHT)
    same = replace(old, version=replace(VERSION, effective_date=date(2024, 5, 25)))
    assert "In force from 15 December 2026" in render([old]).text
    assert "In force" not in render([same]).text
    assert "In force" in render([replace(same, previous=None)]).text


def test_no_previous_version() -> None:
    """Without the version before, nothing is said about when it was last seen."""
    message = render([replace(parcel(RIGHT), previous=None)])
    assert "Last seen as before" not in message.text
    assert "First seen as after: 23 November 2026, 06:00 UTC" in message.text


def test_more_than_twenty() -> None:
    """Twenty changes are shown in full, the gravest, and the rest is counted with the way to read it."""
    message = render([parcel(*[RIGHT] * 30, *[RETENTION] * 5)])
    assert len(re.findall(r"^\d+\. \[", message.text, re.MULTILINE)) == IN_FULL
    assert len(re.findall(r"^\d+\. \[HIGH", message.text, re.MULTILINE)) == 5
    assert "… and 15 more changes: clausewatch diff acme/privacy 3 4" in message.text
    assert "… and 15 more changes: clausewatch diff acme/privacy 3 4" in words(message)
    assert message.subject.endswith("(+34 more)")


def digest(count: int) -> Message:
    """A daily digest about so many documents."""
    return render(
        [
            parcel(
                RETENTION if i == 7 else RIGHT,
                source=replace(SOURCE, id=f"v{i}/privacy", vendor=f"Vendor {i}"),
                key=f"{i:032d}",
                group="daily:2026-11-23",
            )
            for i in range(count)
        ]
    )


def test_digest() -> None:
    """A digest names its day, the gravest document first, and says all documents."""
    message = digest(9)
    assert message.subject.startswith("[high] 9 changes in 9 documents: Vendor 7, Vendor 0")
    assert message.text.startswith("Daily digest, 23 November 2026\n")
    assert body(message).findtext(".//h1") == "Vendor 7: privacy policy"
    assert message.text.count("Read more: clausewatch diff") == 9


def test_two_versions_of_a_document_are_one_document() -> None:
    """In a digest of a week each has its own part, and the count is of documents."""
    first = parcel(RIGHT, key="1" * 32, group="weekly:2026-11-23")
    second = replace(first, version=replace(first.version, number=first.version.number + 1))
    other = parcel(
        RIGHT, source=replace(SOURCE, id="v/privacy", vendor="Vendor"), key="3" * 32, group=first.delivery.group
    )
    message = render([first, second, other])
    assert "3 changes in 2 documents: " in message.subject
    assert message.text.count("Read more: clausewatch diff") == 3
    alone = render([first, second])
    assert alone.subject.startswith(f"[low] {SOURCE.vendor} privacy policy: ")
    assert alone.subject.endswith("(+1 more)")


def test_a_flood_is_one_readable_message() -> None:
    """500 documents make one message: the gravest in full, some in a line each, the rest counted."""
    message = digest(500)
    assert message.subject.startswith("[high] 500 changes in 500 documents: ")
    assert len(message.subject) < 90
    assert "more documents: clausewatch log" in message.text
    assert "more documents: clausewatch log" in words(message)
    assert len(message.html) < 102_000, "Gmail cuts a message at 102 kB"
    assert "… and 500 more changes." in message.chat.more


LONG = "This clause tells at length how matters are handled in general. " * 40


def test_long_wording_is_shortened_around_the_change() -> None:
    """Of a clause of 5,000 characters the changed words and their surroundings are shown."""
    change = replace(
        RETENTION,
        before=f"{LONG}{RETENTION.before} {LONG}",
        after=f"{LONG}{RETENTION.after} {LONG}",
        spans=(Span("equal", LONG), *RETENTION.spans, Span("equal", f" {LONG}")),
    )
    before, after = excerpt(change)
    for side, shown in ((before, "[-24-]"), (after, "[-36-]")):
        text = marked(side, "[-", "-]")
        assert len(text) < 400
        assert text.startswith("…")
        assert text.endswith("…")
        assert f"we delete your invoices after {shown} months." in text


def test_place_of_an_insertion_is_shown_on_the_other_side() -> None:
    """Where words were only added, the wording before is shortened around the place, not at random."""
    change = replace(
        RIGHT,
        before=f"{LONG}We answer. {LONG}",
        after=f"{LONG}We never answer. {LONG}",
        spans=(Span("equal", f"{LONG}We "), Span("insert", "never "), Span("equal", f"answer. {LONG}")),
    )
    before, _ = excerpt(change)
    assert "We answer." in marked(before, "[-", "-]")


def test_a_moved_clause_shows_its_beginning() -> None:
    """A clause without marked words shows how it begins."""
    change = replace(
        RIGHT,
        kind=ChangeKind.MOVED,
        before=f"Start. {LONG}",
        after=f"Start. {LONG}",
        spans=(Span("equal", f"Start. {LONG}"),),
    )
    before, _ = excerpt(change)
    assert marked(before, "", "").startswith("Start.")


def test_short_wording_is_verbatim() -> None:
    """A short wording is shown as it stands."""
    before, after = excerpt(RETENTION)
    assert marked(before, "", "") == RETENTION.before
    assert marked(after, "", "") == RETENTION.after


def test_no_spans() -> None:
    """A change without spans is marked as a whole."""
    before, after = excerpt(replace(RETENTION, spans=()))
    assert [piece.op for piece in (*before, *after)] == ["mark", "mark"]


spans_of_any_kind = st.lists(
    st.builds(Span, st.sampled_from(["equal", "insert", "delete"]), st.text("ab c…\n\u202e", max_size=300)), max_size=40
)


@given(spans_of_any_kind)
@settings(deadline=None)
def test_excerpt_is_bounded(spans: list[Span]) -> None:
    """Whatever the spans, each side is bounded, and all that is shown stood in the text."""
    before = "".join(span.text for span in spans if span.op != "insert") or None
    after = "".join(span.text for span in spans if span.op != "delete") or None
    for side in excerpt(replace(RETENTION, before=before, after=after, spans=tuple(spans))):
        assert sum(len(piece.text) for piece in side) <= LONGEST_SIDE + 100
        assert all(char in "ab c…" for piece in side for char in piece.text)


def hostile_change(text: str) -> Change:
    """A change that says `text` everywhere."""
    return Change(
        topic=Topic.SUBPROCESSORS,
        topics=(Topic.SUBPROCESSORS,),
        kind=ChangeKind.MODIFIED,
        severity=Severity.HIGH,
        direction=Direction.WORSE,
        section=(text, text),
        before=f"old {text}",
        after=f"new {text}",
        spans=(Span("delete", "old "), Span("insert", "new "), Span("equal", text)),
        facts=(FactChange(FactType.RETENTION, text, text, text), FactChange(FactType.AI, text, None, text)),
        summary=text,
        rules=(text,),
    )


def hostile_parcel(text: str) -> Parcel:
    """A parcel that says `text` in every field."""
    source = replace(SOURCE, id=text, vendor=text, urls=(text,), tags=(text,))
    change = hostile_change(text)
    delta = RecipientDelta(
        added=(Recipient(text, text, text, text),),
        removed=(Recipient(text),),
        changed=(RecipientChange(text, text, text, text),),
    )
    made = parcel(change, source=source, subscriber=text)
    comparison = replace(made.comparison, recipients=delta, language=text)
    return replace(made, comparison=comparison, version=replace(made.version, title=text, language=text))


def is_harmless(text: str) -> bool:
    """No control, bidirectional, invisible or surrogate character but the line end."""
    return all(
        char == "\n" or char in "\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        for char in text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    """A hostile text in every field adds no element, no attribute, no link and no control character anywhere."""
    message = render([hostile_parcel(text)], text)
    calm = body(render([hostile_parcel("calm")], "calm"))
    tree = body(message)

    def skeleton(root: lxml_html.HtmlElement) -> list[tuple[str, list[str]]]:
        return [(each.tag, sorted(set(each.keys()) - {"lang"})) for each in root.iter() if isinstance(each.tag, str)]

    assert skeleton(tree) == skeleton(calm)
    assert not list(tree.iter("a"))
    assert not list(tree.iter(etree.Comment))
    assert plain(text) in words(message) or plain(text, 30).rstrip("…") in words(message)
    assert is_harmless(message.text)
    assert is_harmless(html.unescape(message.html))
    assert is_harmless(message.subject)
    assert "\n" not in message.subject
    assert len(message.subject) < 90
    assert "49" not in message.text.replace("2026", "")


@given(st.text(max_size=400))
@settings(max_examples=40, deadline=None)
def test_any_words_stay_words(text: str) -> None:
    """Any text whatever keeps the skeleton of the page and the subject in one line."""
    message = render([hostile_parcel(text or "x")])
    tree = body(message)
    assert {each.tag for each in tree.iter() if isinstance(each.tag, str)} <= {
        *(
            "html",
            "head",
            "meta",
            "style",
            "title",
            "body",
            "div",
            "p",
            "h1",
            "h2",
            "span",
            "table",
            "tbody",
            "tr",
            "td",
        ),
        *("strong", "blockquote", "del", "ins", "a", "code"),
    }
    assert is_harmless(message.text)
    assert is_harmless(message.subject)
    assert len(message.subject) < 90
    assert units(message.chat.fitted(2000)) <= 2000


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example/x",
        "file:///etc/passwd",
        "https://user:pw@evil.example/",
        "https://evil.example/\nx",
        "https://evil.example/ x",
        'https://evil.example/"onmouseover=x',
        "https://[::1",
        "https://",
        " https://evil.example/",
        "https://evil.example/\u202e",
        "",
    ],
)
def test_what_is_no_link(url: str) -> None:
    """Only an absolute http or https address without tricks may be clicked; all else is shown as text."""
    assert web_link(url) is None


def test_what_is_a_link() -> None:
    """An ordinary address is a link."""
    for url in ("https://acme.example/privacy?x=1&y=%20#a", "http://acme.example:8080/", "https://bücher.example/ü"):
        assert web_link(url) == url


@pytest.mark.parametrize("name", ["message.html.jinja", "notice.html.jinja", "style.css.jinja"])
def test_no_safe_filter(name: str) -> None:
    """No template switches escaping off."""
    template = render.__globals__["_template"](name)
    source = template.environment.loader.get_source(template.environment, template.name)[0]
    assert "safe" not in source
    assert template.environment.autoescape is True


@given(st.text())
@settings(deadline=None)
def test_plain_is_idempotent_and_harmless(text: str) -> None:
    """Made harmless twice is made harmless once, in one line."""
    once = plain(text)
    assert plain(once) == once
    assert is_harmless(once)
    assert "\n" not in once
    assert len(plain(text, 20)) <= 20


@given(st.text(), st.integers(1, 80))
@settings(deadline=None)
def test_cuts_hold_their_limit(text: str, limit: int) -> None:
    """Neither cut makes a text longer than its limit."""
    assert len(cut(text, limit)) <= max(limit, 1)
    assert len(cut_at_sentence(text, limit)) <= max(limit, 1)


def test_cut_keeps_graphemes_and_sentences() -> None:
    """A cut falls between words, leaves no half letter, and after a sentence where asked."""
    assert cut("one two three four", 12) == "one two…"
    assert cut("aaaaaae\u0301\u0301bbbb", 9) == "aaaaaa…"
    assert cut("aaa\U0001f468\u200d\U0001f469\u200d\U0001f467bbbb", 7) == "aaa…"
    assert cut_at_sentence("One is here. Two is here too. Three is long.", 33) == "One is here. Two is here too. …"


def test_visible() -> None:
    """For a terminal every control character is written out; line ends and letters stay."""
    assert visible("a\x1b[2J\x9b\u202eb\nc\té") == "a\\x1b[2J\\x9b\\u202eb\nc\\x09é"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi @everyone and @bob", "hi @\u200beveryone and @\u200bbob"),
        ("dpo@acme.example", "dpo@acme.example"),
        ("x@everyone", "x@\u200beveryone"),
        ("<!channel> <@U1> <https://e|x>", "<\u200b!channel> <\u200b@\u200bU1> <\u200bhttps:\u200b//e|x>"),
        ("[x](http://e)", "[x]\u200b(http:\u200b//e)"),
        (
            "```x``` ||hidden|| **b** ~~s~~",
            "'''x''' |\u200b|hidden|\u200b| *\u200b\u2217b\u2217\u200b* ~\u200b\u223cs\u223c\u200b~",
        ),
        ("a < b [-x-] {+y+}", "a < b [-x-] {+y+}"),
        ("*x* _y_ ~z~", "\u2217x\u2217 \u02cdy\u02cd \u223cz\u223c"),
        ("data* and 2*3*4, snake_case_x, a * b * c", "data* and 2*3*4, snake_case_x, a * b * c"),
        ("www.e.example, HTTPS://e.example", "www\u200b.e.example, HTTPS:\u200b//e.example"),
    ],
)
def test_defused(text: str, expected: str) -> None:
    """Chat commands are cut in two and addresses are left alone."""
    assert defused(text) == expected


def test_chat_is_cut_between_changes() -> None:
    """A chat message shows as many whole changes as fit and counts the others."""
    chat = render([parcel()]).chat
    whole = chat.fitted(10_000)
    assert whole.count("Before: ") == 2
    assert "more change" not in whole
    shorter = chat.fitted(1000)
    assert units(shorter) <= 1000
    assert "[high] Retention of invoices" in shorter
    assert "… and 2 more changes." in shorter
    assert shorter.endswith("clausewatch diff acme/privacy 3 4")


@given(
    st.lists(st.text("ab .<&😀\n", max_size=200), max_size=6),
    st.text("ab<", max_size=40),
    st.integers(60, 2000),
    st.integers(0, 20),
)
@settings(deadline=None)
def test_chat_holds_its_limit(items: list[str], foot: str, limit: int, more: int) -> None:
    """Whatever the items, the message is within the limit of the service."""
    text = ChatText("Head", tuple(items), foot, tuple(f"… and {n} more." for n in range(more))).fitted(limit)
    assert units(text) <= limit


def test_cut_inside_a_long_change_falls_on_a_sentence() -> None:
    """A single change too long for a service ends after a sentence."""
    chat = ChatText("Head", ("First sentence here. Second sentence here. Third sentence is cut.",), "foot")
    assert "First sentence here. Second sentence here. …" in chat.fitted(70)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("P24M", "24 months"),
        ("P1Y6M", "1 year 6 months"),
        ("PT72H", "72 hours"),
        ("P2W", "2 weeks"),
        ("P1DT12H", "1 day 12 hours"),
        ("P", "P"),
        ("PT", "PT"),
        ("soon", "soon"),
    ],
)
def test_period_words(value: str, expected: str) -> None:
    """Periods are said in words, what is none is left alone."""
    assert period_words(value) == expected


def test_same_parcels_same_bytes() -> None:
    """Rendering is pure: twice the same parcels give the same message."""
    assert render([parcel()]) == render([parcel()])
    assert PREVIOUS.number == VERSION.number - 1
    assert RECIPIENTS.added


def test_nothing_to_say() -> None:
    """A message about nothing is refused."""
    with pytest.raises(ValueError, match="at least one parcel"):
        render([])


UNTIL = Deadline(date(2026, 4, 10), date(2026, 3, 11), True, "P30D", False, None, "acme/dpa", "You <b>may</b> object.")


def test_until_when_one_may_object_stands_first() -> None:
    """With how it was counted and the words that grant it, in text, HTML and chat; hostile words stay words."""
    message = render([replace(parcel(), deadline=UNTIL)])
    head = (
        "Object to Nimbus Mail and Vault Hosting by Friday 10 April 2026 "
        "30 days from 11 March 2026, the date that the vendor states, by the vendor's own text."
    )
    assert head in " ".join(message.text.split())
    assert message.text.index("Object to") < message.text.index("[HIGH]")
    assert "“You <b>may</b> object.” (acme/dpa)" in " ".join(message.text.split())
    assert "You &lt;b&gt;may&lt;/b&gt; object." in message.html
    assert head in message.chat.foot.replace("\n", " ")


def test_a_period_that_is_not_known_is_said_so() -> None:
    """Where a sub-processor is new; a message about other things says nothing of it."""
    said = " ".join(render([parcel(PROCESSOR)]).text.split())
    assert "Time to object to Nimbus Mail and Vault Hosting: not stated. What to do: Look for the period" in said
    assert "Time to object" not in render([parcel(RETENTION)]).text


def test_the_head_of_the_evidence_is_in_the_mail() -> None:
    """So that whoever keeps it can prove later what stood; not where there is none, and not in chat."""
    message = render([replace(parcel(), head="ab" * 32)])
    assert f"Evidence: {'ab' * 32}" in message.text
    assert "ab" * 32 in message.html
    assert "ab" * 32 not in message.chat.fitted(100_000)
    assert "Evidence:" not in render([parcel()]).text
