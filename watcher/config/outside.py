"""Whether all that the configuration takes from outside is there: the variables and the files of its secrets."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from storage.errors import ConfigError
from watcher.config import access, addresses
from watcher.config.faults import Faults
from watcher.config.locate import Path as Place
from watcher.config.secrets import expand

_MAIL_SERVER = re.compile(r"(?:smtps?|smtp\+insecure)://[^/\s]+/?")
_TARGET = re.compile(r"(?!mailto:)[a-z][a-z0-9+.-]*://[^/\s]")


def check_secrets(data: Mapping[str, Any], base: Path, environ: Mapping[str, str] | None, faults: Faults) -> None:
    """Fill in every template that has no fault yet and judge what comes out; only names and paths are told."""
    _certificates(data, base, faults)
    _authority(data, base, faults)
    for place, template in _templates(data):
        if faults.at(place):
            continue
        try:
            value = expand(template, base, environ)
        except ConfigError as exc:
            faults.add(place, str(exc))
            continue
        if value == template:
            continue
        if not _fits(place, value):
            faults.add(place, "what is filled in does not make a valid address (look at the variable or the file)")
        elif "to" in place and value.startswith("mailto:") and "mail" not in data:
            faults.add(place, 'mail needs a [mail] table (write [mail] with "url" and "from")')


def _certificates(data: Mapping[str, Any], base: Path, faults: Faults) -> None:
    """See that each client certificate is there and fits its key, which has no password."""
    for number, source in enumerate(_list(data.get("source"))):
        place = ("source", number, "client_cert")
        cert, key = (
            source.get(name) if isinstance(source, Mapping) else None for name in ("client_cert", "client_key")
        )
        if isinstance(cert, str) and isinstance(key, str | None) and not faults.at(place):
            problem = _certificate_problem(base, cert, key)
            if problem:
                faults.add(place, f"{problem} (look at client_cert and client_key)")


def _authority(data: Mapping[str, Any], base: Path, faults: Faults) -> None:
    """See that the certificates of the time-stamping authority are there."""
    table = data.get("timestamps")
    named, place = table.get("ca") if isinstance(table, Mapping) else None, ("timestamps", "ca")
    if not isinstance(named, str) or faults.at(place):
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(base / Path(named).expanduser())
    except ssl.SSLError:
        faults.add(place, "holds no certificate in PEM (name the file of the authority's certificates)")
    except (OSError, ValueError, RuntimeError) as exc:
        faults.add(place, f"cannot be read: {getattr(exc, 'strerror', None) or 'not a path'} (look at the path)")


def _certificate_problem(base: Path, cert: str, key: str | None) -> str:
    try:
        own = base / Path(key).expanduser() if key is not None else None
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(base / Path(cert).expanduser(), own, password="")
    except ssl.SSLError:
        return "is no certificate in PEM with the key that belongs to it, without a password"
    except (OSError, ValueError, RuntimeError) as exc:
        return f"cannot be read: {getattr(exc, 'strerror', None) or 'not a path'}"
    return ""


def _templates(data: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Every text in which a placeholder counts, with its place."""
    mail = data.get("mail")
    found: list[tuple[Place, object]] = [(("store",), data.get("store"))]
    if isinstance(mail, Mapping):
        found += [(("mail", key), mail.get(key)) for key in ("url", "from")]
    authority = data.get("timestamps")
    if isinstance(authority, Mapping):
        found.append((("timestamps", "auth"), authority.get("auth")))
    subscribers = data.get("subscriber")
    told: list[tuple[Place, object]] = [(("operator",), data.get("operator"))]
    told += [(("subscriber", number), entry) for number, entry in enumerate(_list(subscribers))]
    for place, entry in told:
        targets = entry.get("to") if isinstance(entry, Mapping) else None
        found += [((*place, "to", position), target) for position, target in enumerate(_list(targets))]
    found += access.templates(data)
    yield from ((place, value) for place, value in found if isinstance(value, str))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _fits(place: Place, value: str) -> bool:
    """Whether a filled-in template is of the form that its place asks for."""
    if place == ("mail", "from"):
        return addresses.is_sender(value)
    if place == ("mail", "url"):
        return _MAIL_SERVER.fullmatch(value) is not None
    if place == ("store",):
        return True
    if place[0] in {"source", "defaults", "timestamps"}:
        return access.fits(str(place[2 if place[0] == "source" else 1]), value)
    if value.startswith("mailto:"):
        return addresses.is_mailbox(value.removeprefix("mailto:"))
    return value == "console:" or _TARGET.match(value) is not None
