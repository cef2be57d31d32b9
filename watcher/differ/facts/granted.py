"""Rights that a text grants without naming them: by the verbs of what the reader may do, or by its heading."""

from __future__ import annotations

import re

_READERS = (
    r"(?:you|i|one|anyone|everyone|residents|citizens|clients|customers|patients|members|users|pupils|students|"
    r"parents|tenants|"
    r"employees|applicants|visitors|participants|subscribers|guests|donors|individuals|people|persons|data subjects)"
)
_LEZERS = (
    r"(?:u|je|jij|jullie|ik|iedereen|inwoners|burgers|cliënten|klanten|patiënten|leden|gebruikers|leerlingen|"
    r"studenten|ouders|huurders|"
    r"werknemers|medewerkers|sollicitanten|bezoekers|deelnemers|donateurs|betrokkenen)"
)
_LESER = (
    r"(?:sie|du|ihr|ich|jede[rn]?|einwohner|bürger|klienten|kunden|patienten|mitglieder|nutzer|schüler|"
    r"studierende|eltern|mieter|"
    r"beschäftigte|bewerber|besucher|teilnehmer|spender|betroffene)"
)
_LECTEURS = (
    r"(?:vous|habitants|citoyens|clients|patients|membres|adhérents|utilisateurs|élèves|étudiants|parents|"
    r"locataires|salariés|"
    r"candidats|visiteurs|participants|donateurs|personnes concernées|chacun|tous)"
)
# Who reads may do something: "you can", "kunt u", "können Sie", "les habitants peuvent".
_MAY = re.compile(
    rf"(?<!\w)(?:{_READERS} (?:\w+ )?(?:can|may|could|are (?:able|free|entitled|welcome|allowed) to|have the right to)|"
    rf"(?:can|may|could) {_READERS}|{_LEZERS} (?:\w+ )?(?:kunt|kan|mag|mogen|kunnen)|(?:kunt|kan|mag|mogen|"
    rf"kunnen) {_LEZERS}|"
    rf"{_LESER} (?:\w+ )?(?:können|kann|kannst|könnt|dürfen|darf|darfst)|"
    rf"(?:können|kann|kannst|könnt|dürfen|darf|darfst) {_LESER}|{_LECTEURS} (?:\w+ )?(?:pouvez|peuvent|peut)|puis-je|"
    r"pouvez-vous|peut-on)(?!\w)"
)
# What it is done to; what merely says where ("in your account") is left out first.
_WHERE = re.compile(
    r"(?<!\w)(?:in|via|from|on|through|with|within|under|op|vanuit|bij|im|auf|über|unter|dans|sur|depuis|par)\s"
    r"(?:(?:your|the|our|uw|je|het|de|onze|ihre[mnr]?|dem|der|den|unsere[mnr]?|votre|vos|le|la|les|notre)\s)?"
    r"(?:\w+\s)?(?:account|profiel|profile|profil|konto|compte|files?|records?)(?!\w)"
)
_THING = re.compile(
    r"(?<!\w)(?:(?:personal )?data|details|information|files?|records?|profile|account|everything|all of it|"
    r"it all|\w*gegevens|dossiers?|"
    r"profiel|alles|\w*daten|angaben|akten?|profil|konto|données|dossier|fiche|compte|tout|informations)(?!\w)"
)
_VERBS = {
    "access": re.compile(
        r"(?<!\w)(?:view|see|inspect|look (?:at|into|through|up)|consult|access|review|download|inzien|bekijken|"
        r"raadplegen|opvragen|"
        r"inkijken|downloaden|einsehen|ansehen|anschauen|abrufen|einzusehen|herunterladen|consulter|voir|accéder|"
        r"examiner|"
        r"télécharger)(?!\w)"
    ),
    "rectification": re.compile(
        r"(?<!\w)(?:correct(?:ed)?|change|amend(?:ed)?|rectif(?:y|ied)|update|edit|fix(?:ed)?|adjust|put right|"
        r"wijzigen|verbeteren|"
        r"aanpassen|corrigeren|herstellen|rectificeren|bijwerken|ändern|berichtigen|korrigieren|aktualisieren|"
        r"verbessern|"
        r"anpassen|richtigstellen|corriger|modifier|rectifier|mettre à jour)(?!\w)"
    ),
    "erasure": re.compile(
        r"(?<!\w)(?:delete[sd]?|erased?|removed?|wiped?|wissen|verwijderen|vernietigen|weggooien|weghalen|löschen|"
        r"entfernen|vernichten|"
        r"supprimer|effacer|détruire)(?!\w)"
    ),
    "portability": re.compile(
        r"(?<!\w)(?:export|port|take (?:it|them|your \w+|everything|all of it) (?:with|to|else)\w*|"
        r"(?:move|transfer) (?:it|them|your \w+) (?:to|else)\w*|exporteren|meenemen|overzetten|exportieren|mitnehmen|"
        r"mitzunehmen|umziehen|exporter|emporter)(?!\w)"
    ),
    "objection": re.compile(
        r"(?<!\w)(?:object to|opt out of|oppose|bezwaar (?:te )?maken tegen|verzetten tegen|widersprechen|"
        r"widerspruch einlegen|"
        r"opposer (?:à|au|aux))(?!\w)"
    ),
    "restriction": re.compile(
        r"(?<!\w)(?:restrict(?:ed)?|freeze|frozen|put on hold|beperken|bevriezen|stilleggen|einschränken|sperren|"
        r"aussetzen|limiter|"
        r"geler|suspendre)(?!\w)"
    ),
}
_CORE = frozenset({"access", "erasure", "portability"})  # of which one is among them
# The names of rights; three in one sentence are a list of them, whatever it says ("Articles 15 to 21 give you ...").
_NOUNS = {
    "access": "access inzage auskunft auskunftsrecht accès",
    "rectification": "rectification correction rectificatie correctie berichtigung",
    "erasure": "erasure deletion wissing gegevenswissing verwijdering löschung effacement suppression",
    "restriction": "restriction beperking einschränkung limitation",
    "portability": "portability overdraagbaarheid gegevensoverdraagbaarheid dataportabiliteit übertragbarkeit "
    "datenübertragbarkeit portabilité",
    "objection": "objection bezwaar widerspruch opposition",
}
_RIGHT_OF = {noun: right for right, nouns in _NOUNS.items() for noun in nouns.split()}
# Words of which one begins each of the verbs: looked up first, for the patterns cost a hundred times more.
_BEGIN = {
    "access": "view see inspect look consult access review download inzien bekijken raadplegen opvragen inkijken "
    "downloaden "
    "einsehen ansehen anschauen abrufen einzusehen herunterladen consulter voir accéder examiner télécharger",
    "rectification": "correct corrected change amend amended rectify rectified update edit fix fixed adjust put "
    "wijzigen "
    "verbeteren aanpassen corrigeren herstellen rectificeren bijwerken ändern berichtigen korrigieren aktualisieren "
    "verbessern anpassen richtigstellen corriger modifier rectifier mettre",
    "erasure": "delete deletes deleted erase erased remove removed wipe wiped wissen verwijderen vernietigen weggooien "
    "weghalen löschen entfernen vernichten supprimer effacer détruire",
    "portability": "export port take move transfer exporteren meenemen overzetten exportieren mitnehmen "
    "mitzunehmen umziehen "
    "exporter emporter",
    "objection": "object opt oppose bezwaar verzetten widersprechen widerspruch opposer",
    "restriction": "restrict restricted freeze frozen beperken bevriezen stilleggen einschränken sperren "
    "aussetzen limiter "
    "geler suspendre",
}
_BEGINS = {word: right for right, words in _BEGIN.items() for word in words.split()}
_MARKS = str.maketrans(dict.fromkeys(",;:.!?()'’\"“”„«»/", " "))
_TELLING = frozenset((*_BEGINS, *_RIGHT_OF))
_LISTED = 3
_LEAST = 2  # verbs of different rights: one alone is said of many things
_COMPANY = re.compile(r"(?<!\w)(?:we|wij|wir|nous) (?:can|may|kunnen|mogen|können|dürfen|pouvons)(?!\w)")
# How a text below the name of a right goes on: the reader asks, or the vendor does it.
_ASK_US = re.compile(
    r"(?<!\w)(?:(?:ask|tell|mail|e-?mail|contact|write(?: to)?|let) us|(?:on|at your|upon) request|send (?:us|an?)|"
    r"schrijf|vraag|mail|stuur|laat het ons|(?:op|na) (?:uw )?verzoek|schreiben sie|fragen sie|senden sie|teilen sie|"
    r"auf (?:ihren )?(?:antrag|wunsch|anfrage)|écrivez|demandez|envoyez|contactez|(?:sur|à votre) demande|"
    r"you (?:can|may|have)|(?:u|je) (?:kunt|kan|mag|hebt|heeft)|sie (?:können|dürfen|haben)|vous (?:pouvez|avez))(?!\w)"
)
_UNHAPPY = re.compile(
    r"\b(?:(?:not|un|dis)[ -]?(?:happy|satisfied|content)|disagree|no agreement|niet tevreden|ontevreden|"
    r"niet eens|komen .{0,20}niet uit|"
    r"nicht zufrieden|unzufrieden|nicht einverstanden|pas satisfait\w*|mécontent\w*|insatisfait\w*|pas d['’]accord)\b"
)


# The articles of the Regulation that grant rights, and how a text cites one or a span of them.
_BY_ARTICLE = {
    13: "information", 14: "information", 15: "access", 16: "rectification", 17: "erasure", 18: "restriction",
    20: "portability", 21: "objection", 22: "automated-decision", 77: "complaint",
}  # fmt: skip
_ARTICLE = re.compile(
    r"(?<!\w)art(?:icles?|ikeln?|ikelen|\.|s\.)?\s?(?P<first>\d{2})"
    r"(?:\s?(?:-|–|to|bis|tot(?: en met)?|t/m|à|through)\s?"
    r"(?:art(?:icles?|ikel|\.)?\s)?(?P<last>\d{2}))?\b[^.;]{0,60}?(?:gdpr|dsgvo|ds-gvo|avg|rgpd)\b"
)


def by_article(lower: str) -> tuple[str, ...]:
    """The rights of the articles that a text cites as a span ("the rights in Articles 15 to 21 GDPR")."""
    spans = ((int(match["first"]), int(match["last"])) for match in _ARTICLE.finditer(lower) if match["last"])
    return tuple(
        dict.fromkeys(right for first, last in spans for at, right in _BY_ARTICLE.items() if first <= at <= last)
    )


def words_of(lower: str) -> frozenset[str]:
    """The words of a sentence of which one may name or begin a right."""
    return _TELLING.intersection(lower.translate(_MARKS).split())


def coordinated(lower: str, words: frozenset[str]) -> frozenset[str]:
    """The rights of which a sentence names the acts, two at least ("you can view, change and delete your data")."""
    begun = {_BEGINS[word] for word in words if word in _BEGINS}
    if len(begun) < _LEAST or not _MAY.search(lower) or _COMPANY.search(lower):
        return frozenset()
    if not _THING.search(_WHERE.sub(" ", lower)):
        return frozenset()
    found = frozenset(right for right in begun if _VERBS[right].search(lower))
    return found if len(found) >= _LEAST and found & _CORE else frozenset()


def named_together(words: frozenset[str]) -> frozenset[str]:
    """The rights that a sentence lists by their names, three at least; a definition of processing names fewer."""
    found = frozenset(_RIGHT_OF[word] for word in words if word in _RIGHT_OF)
    return found if len(found) >= _LISTED else frozenset()


def invites(lower: str) -> bool:
    """True for a sentence that lets the reader ask for what its heading names."""
    return bool(_ASK_US.search(lower))


def complains(lower: str, earlier: str) -> bool:
    """True where a reader who is not content, here or in the sentence before, is sent on."""
    return bool(_UNHAPPY.search(lower) or _UNHAPPY.search(earlier))
