"""Notations of one meaning come to one form: numbering, citations of the law, lists that are denied."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Verdict
from watcher.differ import compare
from watcher.differ.plainly import plainly

SAME = {
    "nl": [
        (
            "Wij gebruiken geen pixels, geen bakens en geen profielen.",
            "Wij gebruiken geen pixels, bakens of profielen.",
        ),
        ("Grondslag: art. 6 lid 1 sub b/f AVG.", "Grondslag: artikel 6, eerste lid, onder b en f, AVG."),
        ("2. Hoe lang wij foto's bewaren", "Hoe lang wij foto's bewaren"),
        ("Wij verhuren of lenen de foto's niet.", "Wij verhuren de foto's niet en lenen ze niet."),
        ("Vraag ons om verwijdering.", "Vraag ons de gegevens te verwijderen."),
        ("Losse bestanden worden doorgestuurd.", "Losse bestanden sturen wij door."),
    ],
    "en": [
        ("We set no pixels, no beacons and no profiles.", "We set neither pixels nor beacons nor profiles."),
        ("It rests on Article 6(1)(f) GDPR.", "It rests on Art. 6 para. 1 point (f) GDPR."),
        ("Article 4. Photographs", "4 - Photographs"),
        ("Frequently asked questions (FAQs)", "FREQUENTLY ASKED QUESTIONS (FAQS)"),
    ],
    "de": [
        ("Wir setzen keine Pixel und keine Profile ein.", "Wir setzen weder Pixel noch Profile ein."),
        ("Grundlage ist Art. 6 Abs. 1 lit. f DSGVO.", "Grundlage ist Artikel 6 Absatz 1 Buchstabe f DSGVO."),
        ("Wir verkaufen oder vermieten die Fotos nicht.", "Wir verkaufen die Fotos nicht und vermieten sie nicht."),
        (
            "Wir geben keine Fotos zu Werbezwecken an Dritte weiter.",
            "An Dritte werden keine Fotos zu Werbezwecken weitergegeben.",
        ),
        ("3. Fotografien", "Fotografien"),
        (
            "Wir führen die Dateien zusammen, um sie sicherzustellen.",
            "Wir führen die Dateien zusammen, um die Sicherstellung.",
        ),
    ],
    "fr": [
        ("Nous n'utilisons ni pixels ni balises.", "Nous n'utilisons pas pixels ou balises."),
        (
            "Fondement : article 6, paragraphe 1, point f), du RGPD.",
            "Fondement : art. 6 paragraphe 1 lettre f du RGPD.",
        ),
        ("Article 8. Photographies", "8 - Photographies"),
    ],
}
OTHER = [
    ("en", "They may be able to see the photographs.", "They are able to see the photographs."),
    ("en", "The photographs are sent over HTTPS.", "The photographs are sent over HTTP."),
    ("nl", "Wij verhuren of lenen de foto's niet.", "Wij verhuren de foto's niet en lenen ze."),
    ("nl", "Wij bewaren de foto's en de gegevens van leden.", "Wij bewaren de foto's van leden."),
    ("de", "Wir verkaufen oder vermieten die Fotos nicht.", "Wir verkaufen die Fotos nicht und vermieten sie."),
    ("de", "Wir erheben und speichern keine Fotos.", "Wir erheben Fotos, speichern sie aber nicht."),
    ("en", "We set no pixels. No profiles are made.", "We set no pixels. Profiles are made."),
    ("en", "12 photographers see it.", "13 photographers see it."),
    ("de", "Wir setzen keine Pixel ein und löschen Profile.", "Wir setzen keine Pixel ein und löschen keine Profile."),
    ("nl", "Grondslag: art. 6 lid 1 sub b AVG.", "Grondslag: art. 6 lid 1 sub f AVG."),
    ("nl", "Wij delen geen foto's, wel namen.", "Wij delen geen foto's, geen namen."),
    ("fr", "Nous n'utilisons pas de pixels et utilisons des balises.", "Nous n'utilisons ni pixels ni balises."),
]


def _verdict(before: str, after: str, language: str) -> Verdict:
    """What a comparison of two pages that differ in one clause says."""
    old, new = (document([block(FILLER[0]), block(text), block(FILLER[1])], language) for text in (before, after))
    return compare(old, new).verdict


@pytest.mark.parametrize(("language", "pair"), [(one, pair) for one, pairs in SAME.items() for pair in pairs])
def test_one_meaning_in_two_notations_is_quiet(language: str, pair: tuple[str, str]) -> None:
    """A reader is not told of it, whichever of them is the newer."""
    assert [_verdict(*both, language) for both in (pair, pair[::-1])] == [Verdict.EDITORIAL] * 2


@pytest.mark.parametrize(("language", "before", "after"), OTHER)
def test_what_only_looks_like_a_notation_is_told(language: str, before: str, after: str) -> None:
    """A denial that is gone, another number, day or letter of the law."""
    assert _verdict(before, after, language) is Verdict.MATERIAL


@given(st.text(max_size=300), st.sampled_from(("nl", "en", "de", "fr")))
def test_plain_notation_is_final(text: str, language: str) -> None:
    """A plain text stays as it is, whatever it holds."""
    once = plainly(text, language)
    assert plainly(once, language).split() == once.split() or once.lstrip()[:1].isdigit()
