"""The addresses a configuration may hold: of pages, of people, of the mail server, of chat channels, of the store.

Every function raises ValueError with a message that ends in the remedy. Only messages about pages quote what was
written, and these without user name, password and query; the others never do, for a secret may stand anywhere in it.
Templates (`${NAME}`, `file:PATH`) are judged as they are written: what they stand for is not looked at here.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from urllib.parse import SplitResult, parse_qsl, urlsplit

from watcher.config.secrets import MARK, is_file, marked
from watcher.config.wording import closest, shown
from watcher.fetcher.spelling import odd_host

_LONGEST = 2000
_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{0,63}"
    r"(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,63})*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
# Letters of any script: an international name is made plain when it is looked up, and judged again then.
_HOST = re.compile(r"[\w.:-]+")
_SCHEMA = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://)?")
_MAIL_SCHEMAS = ("smtp", "smtps", "smtp+insecure")
_STORE_SCHEMAS = ("postgresql", "postgres")
# Webhooks and topics whose address alone is no secret. Of all other channels the address is the key.
_OPEN_SCHEMAS = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "ntfy", "ntfys"})
# Channels whose name may be repeated in a message; of an unknown word nobody knows whether it is a secret.
_CHANNELS = frozenset(
    """
    bark bluesky brevo discord feishu gchat gotify gotifys guilded ifttt jira lark line mailgun
    mastodon mastodons matrix matrixs mmost mmosts msteams nctalk nctalks opsgenie pagerduty pbul
    pover push rocket rockets sendgrid ses signal signals slack smtp2go sns sparkpost splunk
    synology synologys telegram tgram threema twilio victorops webex wecombot whatsapp workflow
    workflows wxteams zulip
    """.split()  # noqa: SIM905 - a list would take sixty lines
)
_SECRET_NAME = re.compile(
    r"(?:token|secret|key|pass(?:word|wd)?|pwd|auth|authorization|signature|cookie|credentials?)$"
    r"|(?:^|[^a-z])(?:token|secret|key|sig)(?:$|[^a-z])"
)
# A run of letters and digits this long is no room and no host.
_TOKEN = re.compile(r"(?=[A-Za-z_-]*[0-9])(?=[0-9_-]*[A-Za-z])[A-Za-z0-9_-]{16,}")


def page(value: str) -> str:
    """The address of a public page, as written. Raises ValueError."""
    if any(c.isspace() or not c.isprintable() for c in value):
        raise ValueError(f"{_bare(value)} holds white space or a control character (take it out)")
    if len(value) > _LONGEST:
        raise ValueError(f"the address has {len(value)} characters (at most {_LONGEST})")
    if "\\" in value:
        raise ValueError(f"{_bare(value)} holds a backslash (write / instead)")
    if "${" in value or is_file(value):
        raise ValueError("the address of a page takes no secret (write a public address)")
    scheme = value.partition(":")[0].lower()
    if scheme not in {"http", "https"} or not value[len(scheme) :].startswith("://"):
        raise ValueError(f"{_bare(value)} is no web address (write https://…)")
    parts = _split(value)
    if "@" in parts.netloc:
        raise ValueError(f"{_bare(value)} holds a user name or password (take out all before the @)")
    if not parts.hostname:
        raise ValueError(f"{_bare(value)} names no host (write https://example.org/privacy)")
    if not _HOST.fullmatch(parts.hostname):
        raise ValueError(f"{_bare(value)} has a host of odd characters (look at the address)")
    if fault := odd_host(parts.hostname):
        raise ValueError(f"{_bare(value)} is not fetched: {fault} (look at the address)")
    return value


def same_page(value: str) -> str:
    """What two addresses of one page have in common: the case of the host, a fragment, a default port do not count."""
    try:
        parts = urlsplit(value)
        default = {"http": 80, "https": 443}.get(parts.scheme)
        port = "" if parts.port in {None, default} else f":{parts.port}"
    except ValueError:
        return value
    return f"{parts.scheme}://{(parts.hostname or '').rstrip('.')}{port}{parts.path or '/'}?{parts.query}"


def is_mailbox(value: str) -> bool:
    """True for exactly one plain address: no name, no list, no control character, no leading "-"."""
    return len(value) <= 254 and _MAILBOX.fullmatch(value) is not None


def is_sender(value: str) -> bool:
    """True for one address, with or without a name before it."""
    return value.isprintable() and value.count("@") == 1 and is_mailbox(parseaddr(value)[1])


def sender(value: str) -> str:
    """A From line: an address, or a name with the address in angle brackets. Raises ValueError."""
    if marked(value) != value or is_file(value):
        return value
    if not is_sender(value):
        raise ValueError('not a sender (write "clausewatch <alerts@example.org>")')
    return value


def mail_server(value: str) -> str:
    """The template of the mail server's address. Raises ValueError."""
    if is_file(value):
        return value
    example = 'write "smtp://user:${SMTP_PASSWORD}@mail.example.org:587"'
    text = _plain(value)
    schema = text.partition("://")[0]
    if schema not in _MAIL_SCHEMAS:
        raise ValueError(f"not a mail server (begin with {', '.join(f'{name}://' for name in _MAIL_SCHEMAS)})")
    rest = text[len(schema) + 3 :]
    user = rest.rpartition("@")[0]
    if user.partition(":")[2].strip(MARK):
        raise ValueError(f"a password stands here in plain sight ({example})")
    parts = _split(text)
    if not parts.hostname:
        raise ValueError(f"names no host ({example})")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"holds more than user, host and port ({example})")
    return value


def target(value: str) -> str:
    """The template of one subscriber's address. Raises ValueError."""
    if value == "console:" or is_file(value):
        return value
    text = _plain(value)
    match = _SCHEMA.match(text)
    if match is None:
        raise ValueError(_no_schema(text))
    schema = match[1]
    if schema != schema.lower() and schema.lower() in {"mailto", "console", *_OPEN_SCHEMAS, *_CHANNELS}:
        raise ValueError(f'write "{schema.lower()}:" in lower case')
    if schema == "mailto":
        return _mail_target(value, text)
    if schema == "console":
        raise ValueError('the console has no address (write "console:")')
    if not text.startswith("://", match.end(1)):
        raise ValueError('not an address with a schema (write "mailto:privacy@example.org" or "json://host/path")')
    if schema in _OPEN_SCHEMAS:
        _open_target(schema, text)
    else:
        _secret_target(schema, text)
    return value


def store(value: str) -> str:
    """The template of the store's place: a path, or the address of a PostgreSQL database. Raises ValueError."""
    if not value or not value.isprintable():
        raise ValueError('is empty or holds a control character (write store = "clausewatch.db")')
    if is_file(value) or "://" not in marked(value):
        return value
    example = 'write "postgresql://user:${PGPASSWORD}@db.example.org/clausewatch"'
    text = _plain(value)
    schema, _, rest = text.partition("://")
    if schema not in _STORE_SCHEMAS:
        raise ValueError(f"not a store (a path, or {example.removeprefix('write ')})")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in rest.removeprefix(authority).partition("?")[0] or authority.rpartition("@")[0].partition(":")[2].strip(
        MARK
    ):
        raise ValueError(f"a password stands here in plain sight ({example})")
    _no_secret_in_query(rest.partition("?")[2], example)
    return value


def names_secret(name: str) -> bool:
    """True for the name of a header, a cookie or a parameter whose value nobody should read."""
    return _SECRET_NAME.search(name.lower()) is not None


def looks_secret(value: str) -> bool:
    """True for a value a word of which looks like a key."""
    return any(_TOKEN.fullmatch(word) for word in re.split(r"[^A-Za-z0-9_-]+", value))


def _mail_target(value: str, text: str) -> str:
    if MARK in text or is_mailbox(text.removeprefix("mailto:")):
        return value
    raise ValueError('not one valid mail address (write "mailto:privacy@example.org", one address in each entry)')


def _open_target(schema: str, text: str) -> None:
    """A webhook: host and path may be read by anybody, a password or a token may not."""
    example = f'write "{schema}://user:${{WEBHOOK_PASSWORD}}@host/path"'
    parts = _split(text)
    if not parts.netloc:
        raise ValueError(f'names no host (write "{schema}://host/path")')
    user, _, _ = parts.netloc.rpartition("@")
    name, colon, password = user.partition(":")
    if (password if colon else name).strip(MARK):
        raise ValueError(f"a password or token stands here in plain sight ({example})")
    _no_secret_in_query(text.partition("?")[2], f'write "{schema}://host/path?token=${{WEBHOOK_TOKEN}}"')


def _secret_target(schema: str, text: str) -> None:
    """A chat channel: its address is the key to it, so what matters in it comes from outside the file."""
    known = schema if schema in _CHANNELS else None
    example = f'write "{known or "NAME"}://${{{(known or "NAME").upper()}_TOKENS}}"'
    near = None if known else closest(schema, _CHANNELS)
    hint = f'{example}; did you mean "{near}://"?' if near and schema not in {"http", "https"} else example
    if schema in {"http", "https"} and MARK not in text:
        hint = 'for a webhook write "json://" or "jsons://"; of a chat channel take the tokens out: "slack://${SLACK_TOKENS}"'
    rest = text.partition("://")[2]
    if MARK not in rest:
        raise ValueError(f"the address of a chat channel is a secret and stands here in plain sight ({hint})")
    place, _, query = rest.partition("?")
    authority, *segments = place.split("/")
    password = authority.rpartition("@")[0].partition(":")[2] if "@" in authority else _no_port(authority)
    words = [word for part in (authority, *segments) for word in re.split(r"[@:]", part)]
    if password.strip(MARK) or any(_TOKEN.fullmatch(word) for word in words):
        raise ValueError(f"a part of the address looks like a secret and stands here in plain sight ({hint})")
    _no_secret_in_query(query, example)


def _no_port(authority: str) -> str:
    """What stands after the colon of `host:port` if it is no port."""
    after = authority.partition(":")[2]
    return "" if after.isdigit() else after


def _no_secret_in_query(query: str, example: str) -> None:
    for name, value in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        if names_secret(name) and MARK not in value:
            raise ValueError(f"a secret stands here in plain sight in the part after the ? ({example})")


def _no_schema(text: str) -> str:
    if is_mailbox(text):
        return f'{shown(text)} has no schema (write "mailto:{text}")'
    return 'not an address with a schema (write "mailto:privacy@example.org" or "json://host/path")'


def _plain(value: str) -> str:
    """The template with each placeholder as one mark. Raises ValueError."""
    if any(c.isspace() or not c.isprintable() for c in value):
        raise ValueError("holds white space or a control character (take it out)")
    if len(value) > _LONGEST:
        raise ValueError(f"has {len(value)} characters (at most {_LONGEST})")
    return marked(value)


def _split(value: str) -> SplitResult:
    """The parts of an address with a sound port. Raises ValueError that does not repeat it."""
    try:
        parts = urlsplit(value.replace(MARK, "1"))
        parts.port  # noqa: B018 - the property itself raises
    except ValueError:
        parts = None
    if parts is None:
        raise ValueError("not a valid address (look at the host, the brackets and the port)")
    return urlsplit(value) if MARK in value else parts


def _bare(value: str) -> str:
    """A page's address for a message: without user name, password and query, where secrets stand."""
    scheme, separator, rest = value.partition("://")
    if "@" in rest:
        rest = "…@" + rest.rpartition("@")[2]
    return shown(re.split(r"[?#]", f"{scheme}{separator}{rest}", maxsplit=1)[0])
