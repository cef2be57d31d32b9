"""How a source lets us in: headers, cookies, a login, a proxy, a client certificate; all but the files as templates.

Every function that judges one value raises ValueError with a message that ends in the remedy. No message quotes a
value: a secret may stand in any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from watcher.config.addresses import looks_secret, names_secret
from watcher.config.locate import Path
from watcher.config.secrets import MARK, is_file, marked
from watcher.config.wording import kind

NO_PROXY = "none"

_LONGEST = 4096
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110, 5.6.2
_FIELD = re.compile(rf"[\x21-\x7e{MARK}](?:[\x20-\x7e{MARK}]*[\x21-\x7e{MARK}])?")  # RFC 9110, 5.5, in ASCII
_COOKIE = re.compile(rf"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e{MARK}]+")  # RFC 6265, 4.1.1
_FILLED = re.compile(r"[\x21-\x7e\xa0-\xff](?:[\x20-\x7e\xa0-\xff]*[\x21-\x7e\xa0-\xff])?")
_SESSION = re.compile(r"sess|(?:^|[^a-z])sid(?:$|[^a-z])|jwt|csrf|xsrf|login", re.IGNORECASE)
_CONNECTION = "the connection is the affair of the program (take it out)"
_CONDITION = "the program itself asks whether the page has changed (take it out)"
_NO_BODY = "nothing is sent but a question (take it out)"
_FORBIDDEN = {
    "host": "it follows from the address (take it out)",
    "user-agent": "it says who asks (write contact in [fetch])",
    "accept-encoding": "only what is asked for can be decoded (take it out)",
    "cookie": 'write cookies = { name = "${COOKIE}" }',
    "range": "a part is never taken for the page (take it out)",
    "content-length": _NO_BODY,
    "content-type": _NO_BODY,
    "content-encoding": _NO_BODY,
    "transfer-encoding": _NO_BODY,
    "trailer": _NO_BODY,
    "expect": _NO_BODY,
    "connection": _CONNECTION,
    "keep-alive": _CONNECTION,
    "te": _CONNECTION,
    "upgrade": _CONNECTION,
    "http2-settings": _CONNECTION,
}
_FORBIDDEN_STARTS = {
    "if-": _CONDITION,
    "proxy-": 'what the proxy is told stands in its address (write proxy = "http://user:${PROXY_PASSWORD}@host:3128")',
}


def pairs(value: object, key: str) -> tuple[tuple[str, str], ...]:
    """A table of texts, as pairs. Its entries are judged one by one, by `entry_fault`."""
    if not isinstance(value, dict):
        raise ValueError(f'is {kind(value)} (write {key} = {{ Name = "value" }})')  # noqa: TRY004 # told as a fault
    return tuple((name, text) for name, text in value.items() if isinstance(text, str))


def auth(value: str) -> str:
    """The template of a login: a name and a password. Raises ValueError."""
    if is_file(value):
        return value
    example = 'write "user:${PASSWORD}"'
    text = _plain(value)
    name, colon, password = text.partition(":")
    if not colon and MARK not in text:
        raise ValueError(f"is no login ({example})")
    if password.strip(MARK) or (MARK not in password and colon) or (not colon and name.strip(MARK)):
        raise ValueError(f"a password stands here in plain sight ({example})")
    return value


def proxy(value: str) -> str:
    """The template of a proxy's address, or `none`. Raises ValueError."""
    if value == NO_PROXY or is_file(value):
        return value
    example = 'write "http://user:${PROXY_PASSWORD}@proxy.example.org:3128", or "none"'
    text = _plain(value)
    if text == MARK:
        return value
    if not text.startswith(("http://", "https://")) or " " in text:
        raise ValueError(f"is no proxy ({example})")
    authority = re.split(r"[/?#]", text.partition("://")[2], maxsplit=1)[0]
    if "@" in text.partition("://")[2].removeprefix(authority) or authority.rpartition("@")[0].partition(":")[2].strip(
        MARK
    ):
        raise ValueError(f"a password stands here in plain sight ({example})")
    if not is_proxy(text.replace(MARK, "1")):
        raise ValueError(f"names no host and port, or more than these ({example})")
    return value


def file(value: str) -> str:
    """The path of a file. Raises ValueError."""
    if not value or not value.isprintable() or "${" in value or is_file(value):
        raise ValueError('is no path (write client_cert = "client.pem")')
    return value


def templates(data: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Every value in which a placeholder counts, with its place."""
    defaults = data.get("defaults")
    if isinstance(defaults, Mapping):
        yield ("defaults", "proxy"), defaults.get("proxy")
    sources = data.get("source")
    for number, source in enumerate(sources if isinstance(sources, list) else ()):
        if not isinstance(source, Mapping):
            continue
        yield from ((("source", number, key), source.get(key)) for key in ("auth", "proxy"))
        for key in ("headers", "cookies"):
            table = source.get(key)
            if isinstance(table, Mapping):
                yield from ((("source", number, key, str(name)), value) for name, value in table.items())


def fits(key: str, value: str) -> bool:
    """Whether a filled-in value of `headers`, `cookies`, `auth` or `proxy` can be sent."""
    if key == "auth":
        return ":" in value
    if key == "proxy":
        return value == NO_PROXY or is_proxy(value)
    if key == "cookies":
        return _COOKIE.fullmatch(value) is not None
    return _FILLED.fullmatch(value) is not None


def is_proxy(value: str) -> bool:
    """True for an address of a proxy with its login filled in."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - the property itself raises
    except ValueError:
        return False
    sound = parts.scheme in {"http", "https"} and parts.hostname and value.isprintable() and " " not in value
    return bool(sound) and parts.path in {"", "/"} and not parts.query and not parts.fragment


def entry_fault(key: str, name: str, value: object, *, shared: bool) -> str:
    """What is wrong with one entry of `headers` or `cookies`; `shared` means those of all sources."""
    if not _TOKEN.fullmatch(name):
        return "is not a name that can be sent (write letters, digits and -)"
    if key == "headers" and (why := _reserved(name.lower())):
        return why
    if not isinstance(value, str):
        return f"is {kind(value)} (write a text in quotes)"
    if is_file(value):
        text = MARK
    else:
        try:
            text = marked(value)
        except ValueError as error:
            return str(error)
    return _value(key, name, text, shared=shared)


def _value(key: str, name: str, text: str, *, shared: bool) -> str:
    """What is wrong with a template of a header or a cookie, each placeholder one mark."""
    form = _COOKIE if key == "cookies" else _FIELD
    if len(text) > _LONGEST or not form.fullmatch(text):
        also = ', blanks and the signs " , ; \\' if key == "cookies" else ", and a blank at its ends"
        return f"is empty, too long, or holds what cannot be sent (take out all beyond ASCII, line ends{also})"
    if MARK in text:
        return "a secret here would go to every vendor (write it in the [[source]] that wants it)" if shared else ""
    if names_secret(name) or looks_secret(text) or (key == "cookies" and _SESSION.search(name)):
        return 'a secret stands here in plain sight (write "${NAME}")'
    return ""


def _reserved(name: str) -> str:
    return _FORBIDDEN.get(name) or next((why for start, why in _FORBIDDEN_STARTS.items() if name.startswith(start)), "")


def _plain(value: str) -> str:
    """The template with each placeholder as one mark. Raises ValueError."""
    if not value.isprintable() or len(value) > _LONGEST:
        raise ValueError("holds a control character or is too long (shorten it)")
    return marked(value)
