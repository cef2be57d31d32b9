"""One small judge for each kind of value in `sources.toml`, and the annotated types that the tables are written in.

A judge takes what stands in the file and gives the value the program works with, or raises ValueError with a message
that quotes the value (unless a secret may stand there) and ends in the remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, PlainValidator

from notifier.fields import unknown
from notifier.manner import ARCHIVE_FIELDS, FIELDS, LANGUAGES
from storage.model import Attachment, Cadence, Direction, DocumentType, QuietHours, Severity
from watcher import cron
from watcher.config import access, addresses
from watcher.config.durations import parse_duration, parse_period, parse_size
from watcher.config.wording import kind, meant, shown

FETCHERS = ("http", "browser", "auto")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_LONGEST_TERM = 100
_ID = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_-]*")


def _text(value: object, example: str, *, secret: bool = False) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{kind(value) if secret else shown(value)} is not a text (write {example})")


def _label(example: str) -> Callable[[object], str]:
    """A name that people read: one line, no blanks around it, at most 100 characters."""

    def judge(value: object) -> str:
        text = _text(value, example)
        if not text or text != text.strip() or not text.isprintable() or len(text) > 100:
            raise ValueError(f"{shown(text)} is not a name of 1 to 100 characters on one line (write {example})")
        return text

    return judge


def _span(example: str, least: timedelta, most: timedelta, bounds: str) -> Callable[[object], timedelta]:
    def judge(value: object) -> timedelta:
        span = parse_duration(value) if isinstance(value, str) else None
        if span is None:
            raise ValueError(f"{shown(value)} is not a duration (write {example})")
        if not least <= span <= most:
            raise ValueError(f"{shown(value)} is out of bounds (write {bounds})")
        return span

    return judge


_EVERY = _span('"5m" or "1d"', timedelta(minutes=1), timedelta(days=366), '"1m" to "366d"')


def _every(value: object) -> timedelta | str:
    """A duration, or a cron expression as it is kept."""
    if isinstance(value, str) and (len(value.split()) >= 4 or "*" in value):
        try:
            return cron.judged(value)
        except ValueError as error:
            raise ValueError(f"{shown(value)} {error}") from None
    return _EVERY(value)


def _word(kind_of: type[StrEnum]) -> Callable[[object], StrEnum]:
    words = [member.value for member in kind_of]

    def judge(value: object) -> StrEnum:
        if isinstance(value, str) and value in words:
            return kind_of(value)
        raise ValueError(f"{shown(value)} is unknown ({meant(value if isinstance(value, str) else '', words)})")

    return judge


def _source_id(value: object) -> str:
    text = _text(value, '"vendor/document"')
    if not _ID.fullmatch(text) or len(text) > 100:
        lower = re.sub(r"[^a-z0-9/_-]+", "-", text.lower())
        example = lower if _ID.fullmatch(lower) and len(lower) <= 100 else "vendor/document"
        raise ValueError(f'{shown(text)} is not a source id (write "{example}")')
    return text


def _slug(value: object) -> str:
    text = _text(value, '"data-centre"')
    if not _SLUG.fullmatch(text) or len(text) > 50:
        lower = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:50]
        raise ValueError(f'{shown(text)} is not an id of 1 to 50 characters (write "{lower or "data-centre"}")')
    return text


def _term(value: object) -> str:
    """A term as the lexicons hold them: words that must be there, "$" only at the end."""
    text = _text(value, '"data centre"')
    if not any(char.isalnum() for char in text):
        raise ValueError(f'{shown(text)} holds no word (write "data centre")')
    if "$" in text.rstrip()[:-1]:
        raise ValueError(f'{shown(text)} has a "$" that is not at its end (it stands for: the word ends here)')
    if len(text) > _LONGEST_TERM or not text.isprintable():
        raise ValueError(f"{shown(text)} is not a term of 1 to {_LONGEST_TERM} characters on one line (shorten it)")
    return text


def _terms(value: object) -> object:
    if value == []:
        raise ValueError('is empty (write terms = ["data centre"])')
    return value


def _watched(value: object) -> Severity:
    levels = [level.value for level in Severity if level is not Severity.INFO]
    if isinstance(value, str) and value in levels:
        return Severity(value)
    raise ValueError(f"{shown(value)} is unknown ({meant(value if isinstance(value, str) else '', levels)})")


def _fetcher(value: object) -> str:
    if isinstance(value, str) and value in FETCHERS:
        return value
    raise ValueError(f"{shown(value)} is unknown ({meant(value if isinstance(value, str) else '', FETCHERS)})")


def _browser(value: object) -> str:
    """A program: its absolute path, or a name that is looked for on PATH."""
    text = _text(value, '"/usr/bin/chromium"')
    if not re.fullmatch(r"/[^\x00-\x1f\x7f]{1,4094}|[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", text):
        raise ValueError(f'{shown(text)} is neither a path from the root nor a name (write "/usr/bin/chromium")')
    return text


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{shown(value)} is neither yes nor no (write true or false, without quotes)")


def _language(value: object) -> str:
    text = _text(value, '"nl"')
    if not re.fullmatch(r"[a-z]{2}", text):
        example = text[:2].lower() if re.match(r"[A-Za-z]{2}(?:[-_]|$)", text) else "nl"
        raise ValueError(f'{shown(text)} is not a language of two letters (write "{example}")')
    return text


def _time_of_day(value: object) -> time:
    """A time by the local clock, as a text or as TOML has it."""
    if isinstance(value, time) and value.tzinfo is None and not (value.second or value.microsecond):
        return value
    if isinstance(value, str) and re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value):
        return time.fromisoformat(value)
    raise ValueError(f'{shown(value)} is not a time of day (write "08:00")')


def _quiet_hours(value: object) -> QuietHours:
    start, dash, end = _text(value, '"22:00-07:00"').partition("-")
    try:
        hours = QuietHours(_time_of_day(start.strip()), _time_of_day(end.strip()))
    except ValueError:
        dash = ""
    if not dash:
        raise ValueError(f'{shown(value)} is not a span of the day (write "22:00-07:00")')
    if hours.start == hours.end:
        raise ValueError(f'{shown(value)} has no length (write "22:00-07:00")')
    return hours


def _objection(value: object) -> str:
    period = parse_period(value) if isinstance(value, str) else None
    if period is None:
        raise ValueError(f'{shown(value)} is not a period (write "30d" or "P30D")')
    return period


def _checks(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{shown(value)} is not a number (write 5)")
    if not 1 <= value <= 1000:
        raise ValueError(f"{shown(value)} is out of bounds (write 1 to 1000)")
    return value


def _max_bytes(value: object) -> int:
    size = parse_size(value) if isinstance(value, str) else None
    if type(value) is int:
        size = value
    if size is None:
        raise ValueError(f'{shown(value)} is not a size (write "10MB")')
    if not 10_000 <= size <= 100_000_000:
        raise ValueError(f"{shown(value)} is out of bounds (write 10kB to 100MB)")
    return size


def _network(value: object) -> str:
    text = _text(value, '"127.0.0.0/8"')
    try:
        network = ip_network(text, strict=False)
        exact = str(network) == text or str(network.network_address) == text
    except ValueError:
        raise ValueError(f'{shown(text)} is not a network (write "127.0.0.0/8")') from None
    if not exact:
        raise ValueError(f'{shown(text)} is not written as a network (write "{network}")')
    if network.prefixlen == 0:
        raise ValueError(f'{shown(text)} is every address there is (name the networks, e.g. "10.0.0.0/8")')
    return str(network)


def _zone(value: object) -> str:
    text = _text(value, '"Europe/Amsterdam"')
    if text == "UTC":
        return text
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{shown(text)} is not a time zone this machine knows ({_zone_hint(text)})") from None
    return text


def _country(value: object) -> str:
    """A country, or a part of one, whose public holidays are known."""
    text = _text(value, '"NL"')
    code, _, part = text.partition("-")
    if not re.fullmatch(r"[A-Z]{2}(?:-[A-Za-z0-9]{1,20})?", text):
        near = f"{code[:2].upper()}" if re.match(r"[A-Za-z]{2}(?:-|$)", text) else "NL"
        raise ValueError(f'{shown(text)} is not a country of two letters (write "{near}" or "DE-BW")')
    from holidays.utils import list_supported_countries  # noqa: PLC0415 - thousands of rules, for those who ask alone

    known = list_supported_countries()
    if code not in known or (part and part not in known[code]):
        raise ValueError(f'{shown(text)} has no holidays that are known (write "NL", or leave it out)')
    return text


def _zone_hint(text: str) -> str:
    """All names are read only now: there are six hundred of them."""
    names = available_timezones()
    tails = {name.rpartition("/")[2].lower(): name for name in sorted(names)}
    if (full := tails.get(text.lower().replace(" ", "_"))) is not None:
        return f'write "{full}"'
    hint = meant(text, names)
    return hint if hint.startswith("did") else 'write "Europe/Amsterdam" or "UTC"'


def _contact(value: object) -> str:
    text = _text(value, '"privacy@example.org"')
    web = re.fullmatch(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~%/?=&#-]*)?", text)
    if len(text) > 254 or not (web or addresses.is_mailbox(text)):
        raise ValueError(f'{shown(text)} is neither a mail nor a web address (write "privacy@example.org")')
    return text


def _unsubscribe(value: object) -> str:
    """Where one who wants no more mail turns to; only printable ASCII may stand in the header."""
    text = _text(value, '"https://example.org/stop?who={subscriber}"')
    plain = text.replace("{subscriber}", "")
    if len(text) > 500 or not re.fullmatch(r"(?:https://|mailto:)[A-Za-z0-9][A-Za-z0-9._~%@:/?=&#+-]*", plain):
        raise ValueError(f'{shown(text)} is neither https:// nor mailto: (write "mailto:privacy@example.org")')
    return text


def _lang(value: object) -> str:
    """A language of messages."""
    if isinstance(value, str) and value in LANGUAGES:
        return value
    raise ValueError(f"{shown(value)} is unknown ({meant(value if isinstance(value, str) else '', LANGUAGES)})")


def _template(example: str, most: int, known: Collection[str], *, lines: bool = False) -> Callable[[object], str]:
    """A text with places in braces: at most so many characters, on one line unless `lines` are allowed."""

    def judge(value: object) -> str:
        text = _text(value, example)
        if not text.strip() or len(text) > most or not text.replace("\n" if lines else "", "").isprintable():
            form = "a text" if lines else "one line"
            raise ValueError(f"{shown(text)} is not {form} of 1 to {most} characters (write {example})")
        if strange := unknown(text, known):
            told = ", ".join(strange[:10])
            several = "are no fields" if len(strange) > 1 else "is no field"
            fields = ", ".join(f"{{{name}}}" for name in known)
            raise ValueError(f"{told} {several} (there are {fields}; {{{{ is a brace)")
        return text

    return judge


_ARCHIVE = _template('"https://web.archive.org/web/{seen}/{url}"', 500, ARCHIVE_FIELDS)


def _archive(value: object) -> str:
    text = _ARCHIVE(value)
    if not re.match(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?/", text) or re.search(r"[\s\"'<>`\\]", text):
        raise ValueError(f'{shown(text)} is no web address (write "https://web.archive.org/web/{{seen}}/{{url}}")')
    return text


def _last_day(value: object) -> date:
    """A day, as TOML has it or as a text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(f"{shown(value)} is not a day (write 2025-03-01)")


def _page(value: object) -> str:
    return addresses.page(_text(value, '"https://example.org/privacy"'))


def _secret(judge: Callable[[str], str], example: str) -> Callable[[object], str]:
    return lambda value: judge(_text(value, example, secret=True))


def _pairs(key: str) -> Callable[[object], tuple[tuple[str, str], ...]]:
    return lambda value: access.pairs(value, key)


def one_or_list(value: object) -> object:
    """One value as a list of one."""
    return value if isinstance(value, list) else [value]


DAY = timedelta(days=1)
Every = Annotated[timedelta | str, PlainValidator(_every)]
Patience = Annotated[timedelta, PlainValidator(_span('"3d"', timedelta(hours=1), 366 * DAY, '"1h" to "366d"'))]
Checks = Annotated[int, PlainValidator(_checks)]
Window = Annotated[timedelta, PlainValidator(_span('"3d"', timedelta(minutes=1), 30 * DAY, '"1m" to "30d"'))]
Deadline = Annotated[
    timedelta, PlainValidator(_span('"30s"', timedelta(seconds=1), timedelta(minutes=10), '"1s" to "10m"'))
]
Gap = Annotated[timedelta, PlainValidator(_span('"2s"', timedelta(0), timedelta(minutes=10), '"0s" to "10m"'))]
Tag = Annotated[str, PlainValidator(_label('"hr"'))]
Vendor = Annotated[str, PlainValidator(_label('"Example"'))]
Name = Annotated[str, PlainValidator(_label('"privacy-team"'))]
SourceId = Annotated[str, PlainValidator(_source_id)]
Page = Annotated[str, PlainValidator(_page)]
LastDay = Annotated[date, PlainValidator(_last_day)]
Language = Annotated[str, PlainValidator(_language)]
Fetcher = Annotated[str, PlainValidator(_fetcher)]
Browser = Annotated[str, PlainValidator(_browser)]
Flag = Annotated[bool, PlainValidator(_flag)]
TimeOfDay = Annotated[time, PlainValidator(_time_of_day)]
Quiet = Annotated[QuietHours, PlainValidator(_quiet_hours)]
Objection = Annotated[str, PlainValidator(_objection)]
Network = Annotated[str, PlainValidator(_network)]
RawAge = Annotated[timedelta, PlainValidator(_span('"730d"', DAY, 36600 * DAY, '"1d" to "36600d"'))]
StampEvery = Annotated[timedelta, PlainValidator(_span('"1h"', timedelta(minutes=1), 366 * DAY, '"1m" to "366d"'))]
MaxBytes = Annotated[int, PlainValidator(_max_bytes)]
Country = Annotated[str, PlainValidator(_country)]
Zone = Annotated[str, PlainValidator(_zone)]
Contact = Annotated[str, PlainValidator(_contact)]
Target = Annotated[str, PlainValidator(_secret(addresses.target, '"mailto:privacy@example.org"'))]
Place = Annotated[str, PlainValidator(_secret(addresses.store, '"clausewatch.db"'))]
MailServer = Annotated[str, PlainValidator(_secret(addresses.mail_server, '"smtp://mail.example.org:587"'))]
Sender = Annotated[str, PlainValidator(_secret(addresses.sender, '"alerts@example.org"'))]
Headers = Annotated[tuple[tuple[str, str], ...], PlainValidator(_pairs("headers"))]
Cookies = Annotated[tuple[tuple[str, str], ...], PlainValidator(_pairs("cookies"))]
Login = Annotated[str, PlainValidator(_secret(access.auth, '"user:${PASSWORD}"'))]
Proxy = Annotated[str, PlainValidator(_secret(access.proxy, '"http://proxy.example.org:3128"'))]
CertificateFile = Annotated[str, PlainValidator(_secret(access.file, '"client.pem"'))]
DocumentId = Annotated[DocumentType, PlainValidator(_word(DocumentType))]
TopicId = Annotated[str, PlainValidator(_slug)]
Terms = Annotated[tuple[Annotated[str, PlainValidator(_term)], ...], BeforeValidator(_terms)]
WatchSeverity = Annotated[Severity, PlainValidator(_watched)]
SeverityId = Annotated[Severity, PlainValidator(_word(Severity))]
DirectionId = Annotated[Direction, PlainValidator(_word(Direction))]
AttachmentId = Annotated[Attachment, PlainValidator(_word(Attachment))]
Archive = Annotated[str, PlainValidator(_archive)]
Lang = Annotated[str, PlainValidator(_lang)]
Subject = Annotated[str, PlainValidator(_template('"[privacy] {vendor}: {headline}"', 200, FIELDS))]
Lines = Annotated[str, PlainValidator(_template('"For the file of {vendor}."', 600, FIELDS, lines=True))]
Unsubscribe = Annotated[str, PlainValidator(_unsubscribe)]
CadenceId = Annotated[Cadence, PlainValidator(_word(Cadence))]
