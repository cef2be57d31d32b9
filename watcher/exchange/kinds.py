"""Which of our documents a title or an address speaks of, in Dutch, English, German and French."""

from __future__ import annotations

import re

# The first that fits counts: a list of sub-processors is often called an annex to the processing agreement, and every
# one of them stands under `/privacy`.
_SIGNS = {
    "subprocessors": r"sub-?processors?|subverwerkers?|unterauftrag|sous-traitants",
    "dpa": r"\bdpa\b|data[- ]process(?:ing|or)|(?:ver|be)werkersovereenkomst|auftragsverarbeitung|\bavv\b",
    "cookies": r"cookies?\b|cookiebeleid|cookieverklaring|trackers?\b|traceurs",
    "security": r"security|beveiliging|\bsicherheit|s[ée]curit[ée]|vulnerability",
    "privacy-policy": r"privacy|datenschutz|confidentialit[ée]|gegevensbescherming|vie[- ]priv[ée]e|\bavg\b|gdpr",
    "terms": r"\bterms\b|\btos\b|voorwaarden|\bagb\b|nutzungsbedingungen|conditions|\bcg[uv]\b",
}


def document_of(words: str) -> str:
    """The document type that the words speak of; "other" when none."""
    text = re.sub(r"[_+]|%20", " ", words.lower())
    return next((kind for kind, signs in _SIGNS.items() if re.search(signs, text)), "other")
