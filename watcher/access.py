"""The manner in which each source is asked, its secrets filled in: they exist from here to the sending of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.errors import ConfigError
from storage.model import Access, Source
from watcher.config import Settings, expand, filled_in
from watcher.config.access import NO_PROXY, fits
from watcher.fetcher import Manner
from watcher.fetcher.login import basic, proxy_parts
from watcher.worker import plain_manner


def manners(settings: Settings, sources: Iterable[Source] | None = None) -> Callable[[Source], Manner]:
    """How each source of a configuration, or of some of it, is asked. Reads the environment and files of secrets once.

    Raises ConfigError that names the source, the key, and the variable or the file, never what stands in it.
    """
    base = settings.path.parent
    asked = settings.sources if sources is None else sources
    filled = {source.id: _fill(source, base) for source in asked if source.access != Access()}

    def manner(source: Source) -> Manner:
        plain, own = plain_manner(source), filled.get(source.id)
        if own is None:
            return plain
        return replace(
            plain,
            headers=own.headers,
            secrets=own.secrets,
            proxy=own.proxy,
            certificate=own.certificate,
            hidden=own.hidden,
        )

    return manner


def _fill(source: Source, base: Path) -> Manner:
    """What the access of a source stands for."""
    access = source.access
    headers: list[tuple[str, str]] = []
    secrets: list[tuple[str, str]] = []
    hidden: list[str] = []

    def value(key: str, template: str, name: str = "") -> str:
        place = ": ".join(part for part in (source.id, key, name) if part)
        try:
            text, own = expand(template, base), filled_in(template, base)
        except ConfigError as error:
            raise ConfigError([f"source {place}: {error}"]) from error
        if not fits(key, text):
            raise ConfigError([f"source {place}: what is filled in cannot be sent (look at the variable or the file)"])
        hidden.extend((*own, *((text,) if own else ())))
        return text

    for name, template in access.headers:
        before = len(hidden)
        text = value("headers", template, name)
        (headers if len(hidden) == before else secrets).append((name, text))
    if access.cookies:
        cookies = [f"{name}={value('cookies', template, name)}" for name, template in access.cookies]
        secrets.append(("Cookie", "; ".join(cookies)))
    if access.auth is not None:
        user, _, password = value("auth", access.auth).partition(":")
        secrets.append(("Authorization", basic(user, password)))
        hidden += [password, basic(user, password).removeprefix("Basic ")]
    proxy = value("proxy", access.proxy) if access.proxy is not None else None
    if proxy is not None and proxy != NO_PROXY:
        hidden += [(proxy_parts(proxy)[1] or "").removeprefix("Basic "), unquote(urlsplit(proxy).password or "")]
    return Manner(
        headers=tuple(headers),
        secrets=tuple(secrets),
        proxy="" if proxy == NO_PROXY else proxy,
        certificate=_certificate(access, base),
        hidden=tuple(dict.fromkeys(text for text in hidden if text)),
    )


def _certificate(access: Access, base: Path) -> tuple[str, str | None] | None:
    """The files of a certificate and its key, from the folder of the configuration."""
    if access.client_cert is None:
        return None
    key = str(base / Path(access.client_key).expanduser()) if access.client_key is not None else None
    return str(base / Path(access.client_cert).expanduser()), key
