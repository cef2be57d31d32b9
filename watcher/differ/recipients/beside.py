"""Companies in a sentence about the vendor or the reader, whatever its verb: they do something or get something.

A policy has endless words for what others do ("looks after our mail", "hat die Akten in Verwahrung"). A company with a
legal form beside the vendor's own things or the reader's is one of those others, unless the sentence names it for
another reason: it owns the vendor, stands in for it, or is its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watcher.differ.recipients.forms import NAME
from watcher.differ.recipients.names import companies, looks_like_name
from watcher.differ.recipients.phrases import PHRASES

_WORDS = re.VERBOSE | re.IGNORECASE
_PERSONAL = re.compile(
    r"""\b(?:we|us|our|you|your|wij|ons|onze|uw|u|je|jouw|wir|uns|unser\w*|ihre?[nmrs]?|ihnen|sie|nous|notre|nos|
    vous|votre|vos)\b""",
    _WORDS,
)
# What policies have done by others, and what others get.
_THINGS = re.compile(
    r"""(?<![^\W_])(?:\w*data|details?|names?|address\w*|numbers?|files?|letters?|e-?mails?|mail\w*|newsletters?|parcels?|orders?|
    pay\w*|salar\w+|bills?|invoic\w+|servers?|hosting|applications?|apps?|documents?|calls?|phone|messag\w+|questions?|answers?|
    records?|visits?|visitors?|claims?|forms?|photo\w*|videos?|backups?|software|systems?|cards?|bank\w*|bookings?|tickets?|
    chats?|help ?(?:desk|line)|support|website|site|accounts?|books|copies|surveys?|results?|samples?|checks?|cameras?|
    keys?|access|prints?|insur\w+|programm?e?s?|report\w*|bookkeep\w*|translat\w+|statistics|figures|models?|archiv\w*|
    \w*gegevens|\w*naam|\w*namen|\w*adres\w*|\w*nummers?|\w*dossiers?|brie\w+|post\b|nieuwsbrie\w+|\w*pakket\w*|bestelling\w*|
    betal\w+|loon\w*|salaris\w*|rekening\w*|factu\w+|toepassing\w*|document\w*|gesprek\w*|telefo\w+|bericht\w*|vragen|
    antwoord\w*|bezoek\w*|schade\w*|formulier\w*|foto\w*|system\w*|pas(?:sen|je)?|boeking\w*|boekhoud\w*|kopie\w*|
    enquête\w*|uitslag\w*|monster\w*|controle\w*|sleutel\w*|toegang|druk\w*|verzeker\w*|aanvra\w+|referentie\w*|
    \w*daten\w*|\w*name[ns]?|\w*anschrift\w*|\w*adress\w*|\w*nummern?|\w*akten?|brief\w*|\w*paket\w*|bestellung\w*|zahl\w+|
    \w*lohn\w*|gehalt\w*|gehälter|rechnung\w*|\w*forderung\w*|anwendung\w*|dokument\w*|anruf\w*|gespräch\w*|hotline|nachricht\w*|
    fragen?|besuch\w*|schäden|schadens\w*|formular\w*|lichtbild\w*|karten?|buchung\w*|buchhalt\w*|bücher|kopien|umfrage\w*|
    befund\w*|probe\w*|prüf\w*|schlüssel\w*|zugriff\w*|zugang|druck\w*|versicher\w*|zeugnis\w*|bewerb\w*|übersetz\w*|
    donnée\w*|noms?|adresses?|numéros?|lettres?|courri\w+|colis|commandes?|pai\w+|salaires?|bulletins?|factures?|serveurs?|
    hébergement|appels?|messages?|sinistres?|formulaires?|cartes?|banc\w+|réservation\w*|comptab\w*|copies|enquêtes?|
    résultats?|analyses?|clés?|déclarations?|antécédents?|\w*onderzoek\w*|functies|angaben|erklärung\w*|accès|impress\w+|assur\w+|références?|demandes?|standard|audience|logiciels?|candidatures?)(?!\w)""",
    _WORDS,
)
# Words that speak for themselves, without a "we" or "you".
_DOES = re.compile(
    r"""\b(?:in\sthe\shands\sof|forwarded\sto|relayed\sto|passed\s(?:on\s)?to|done\s(?:through|by)|settled\s(?:through|by|via)|
    (?:with|have|has|get|gets|granted)\saccess|(?:background|reference)\schecks?|antecedentenonderzoek|runs?\son|hosted\son|entrusted\sto|in\shanden\svan|hebben?\s(?:\w+\s){0,3}toegang|
    toegang\s(?:hebben|heeft|krijgt|krijgen)|belast\smet|toevertrouwd|in\sden\shänden|zugriff\s(?:haben|hat|erhält|erhalten)|
    (?:haben|hat|erhält|erhalten)\s(?:\w+\s){0,3}zugriff|betraut|zuständig|beauftragt|zum\seinsatz|
    aux\smains\sde|(?:ont|a|y\sont)\s(?:\w+\s){0,2}accès|chargée?\sde|confiée?s?\sà)\b""",
    _WORDS,
)
# Companies that are named for another reason: the vendor itself, who owns it, who stands in for it, whose mark it is.
_ANOTHER = re.compile(
    r"""trade\s?mark|registered|copyright|©|\bparent|subsidiar|\bholding\b|owned\sby|member\sof|\bpart\sof|affiliat|successor|
    \bmerge|acquir|between\syou\sand|agreement\swith|contract\swith|representative|protection\sofficer|\bdpo\b|controller|
    (?:operated|published|run)\sby|publisher|imprint|provider\sof\sthis|responsible|these\sterms|warrant|\bliab|licen[cs]e|
    next\sto|opposite|neighbou?r|near\b|located|premises|
    merk(?:en)?\svan|handelsmerk|geregistreerd|ingeschreven|gevestigd|moeder|dochter|onderdeel\svan|overgenomen|fusie|
    vertegenwoordig|functionaris|\bfg\b|verantwoordelijk|uitgever|uitgegeven|exploitant|tussen\su\sen|aansprakelijk|naast|tegenover|
    marken?\sder|warenzeichen|eingetragen|mutter|tochter|gehört\szu|teil\sder|übernommen\svon|verschmelz|vertreter|
    datenschutzbeauftragt|verantwortlich|betreiber|betrieben|herausgeber|impressum|zwischen\sihnen\sund|\bhaft|\bneben\b|gegenüber|
    marques?\sde|déposée|immatricul|siège|société\smère|filiale|appartient|représentant|délégué|responsable|éditeur|édité|exploité|
    voisin|face\sà|à\scôté""",
    _WORDS,
)
# A company that is named as a customer, or as the one that checks the books, gets nothing.
NAMED_AS_CUSTOMER = re.compile(
    r"""\b(?:(?:name|mention|list|call|quote|refer\sto)\s(?:you|us|your\s\w+)\s(?:\w+\s){0,2}as\s(?:an?\s|our\s|one\s)?(?:\w+\s)?(?:customers?|clients?|
    references?)|(?:our|many|some)\s(?:best-known\s)?customers\s(?:are|include)|als\s(?:klant|referentie)\s(?:te\s)?(?:noemen|vermelden|genoemd)|onze\sklanten\szijn|
    als\s(?:kunden?|referenz(?:kunden?)?)\s(?:\w+\s)?(?:nennen|benennen|anführen|genannt|aufführen)|unsere\skunden\ssind|
    cit(?:er|ée?s?|ons)\s(?:\w+\s)?(?:comme|parmi|en\stant\sque)\s(?:nos\s)?(?:clients?|références?))\b""",
    _WORDS,
)
_AUDITS = re.compile(
    r"""\b(?:auditors?|accounts\sare\s(?:audited|certified)|audits?\sour\s(?:accounts|books)|jaarrekening|abschlussprüf\w*|jahresabschluss|bilanz|
    wirtschaftsprüf\w*|comptes\s(?:\w+\s)?(?:sont|certifi)\w*|commissaires?\saux\scomptes)\b""",
    _WORDS,
)
_GETS = re.compile(
    r"""\b(?:see|sees|saw|receives?|gets?|access|data|invoices?|customers?|zien?t?|krijg\w*|ontvang\w*|inzage|gegevens|factu\w+|sehen|sieht|erhäl\w*|erhalten|
    bekomm\w*|daten|rechnungen|einsicht|voi(?:t|ent)|reçoi\w+|accès|données|factures)\b""",
    _WORDS,
)
_HEADING = 90  # characters of a heading that may name a party
_SMALL = 4  # letters of words that stay small in a heading with capitals
_WITH = re.compile(
    rf"\s(?:with|via|by|through|using|met|door|mit|durch|bei|über|avec|par|chez)\s"
    rf"(?:(?:the|de|het|der|die|das|dem|la|le)\s|l['’])?(?P<name>{NAME})$"
)
_OF = re.compile(r"\s(?:of\sthe|of|der|des|von|van|de)\s")


def beside_us(sentence: str, heading: str) -> Iterator[str]:
    """The companies of a sentence in which they do something for the vendor, or get something of it or the reader.

    Below a heading that speaks of those who get or handle the data every sentence does.
    """
    found = companies(sentence)
    if not found or names_another(sentence):
        return
    ours = _PERSONAL.search(sentence) and _THINGS.search(sentence)
    if ours or _DOES.search(sentence) or PHRASES.strong.search(heading.lower()):
        if names_idly(sentence):
            return
        yield from (_OF.split(name)[-1] for name, place in found if not _denied(sentence, place))


def _denied(sentence: str, place: int) -> bool:
    """True when the part of a sentence in which a company stands denies what it says."""
    start, end = sentence.rfind(";", 0, place) + 1, sentence.find(";", place)
    return bool(PHRASES.negation.search(sentence, start, end if end >= 0 else len(sentence)))


def in_heading(heading: str) -> Iterator[str]:
    """The parties that a heading on a service names: "Hosting (Example Ltd)", "Web analysis with Example Analytics"."""
    if len(heading) > _HEADING or names_another(heading):
        return
    found = [name for name, place in companies(heading) if place]
    if not found and (match := _WITH.search(heading)) and looks_like_name(match["name"]):
        titled = all(word[:1].isupper() for word in heading.split() if len(word) > _SMALL)
        inner = any(map(str.isupper, match["name"][1:]))
        found = [match["name"]] if inner and (not titled or heading.split(maxsplit=1)[0].isupper()) else []
    yield from found


def names_idly(sentence: str) -> bool:
    """True where a company is named as a customer, or as an auditor of the books of whom nothing more is said."""
    if NAMED_AS_CUSTOMER.search(sentence):
        return True
    return bool(_AUDITS.search(sentence)) and not _GETS.search(sentence)


def names_another(text: str) -> bool:
    """True where a company is named for another reason than that it does something or gets something."""
    return bool(_ANOTHER.search(text))
