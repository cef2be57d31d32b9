"""Secrets come from outside the configuration: `${NAME}` from the environment, `file:PATH` from a file.

A template is a text that holds such places. Templates are stored and shown; what they stand for exists only between
`expand` and the sending of a message. No message of this module ever holds a value, only names and paths.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from storage.errors import ConfigError

# Stands for one placeholder while a template is judged. A private-use character: no template may hold it itself.
MARK = "\ue000"
_PLACE = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FILE = "file:"
_MOST_BYTES = 65_536
# scheme://user:password@ - the part of an address in which every other character must be percent-encoded.
_USER = re.compile(r"(?<=://)[^/?#]*(?=@)")


def expand(template: str, base: Path, environ: Mapping[str, str] | None = None) -> str:
    """The text that a template stands for.

    `${NAME}` is an environment variable, `${file:PATH}` the content of a file, and a template that begins with `file:`
    is the content of that file as a whole. Relative paths start at `base`, the folder of the configuration. White space
    around a file's content is dropped. In `scheme://user:password@host` what is filled in before the @ is
    percent-encoded, so that a secret is written in the environment just as it is. Raises ConfigError that names the
    variable or the file, never its content.
    """
    environ = os.environ if environ is None else environ
    if is_file(template):
        return _content(template.removeprefix(_FILE), base)
    guarded = _PLACE.sub(MARK, template)
    user = _USER.search(guarded)
    start, end = (user.start(), user.end()) if user else (0, 0)
    parts: list[str] = []
    places = _PLACE.finditer(template)
    for position, char in enumerate(guarded):
        if char != MARK:
            parts.append(char)
            continue
        value = _value(next(places)[1], base, environ)
        parts.append(quote(value, safe="") if start <= position < end else value)
    return "".join(parts)


def filled_in(template: str, base: Path, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The values that `expand` fills into a template, as they are: what must be shown nowhere. Raises ConfigError."""
    environ = os.environ if environ is None else environ
    if is_file(template):
        return (_content(template.removeprefix(_FILE), base),)
    return tuple(_value(match[1], base, environ) for match in _PLACE.finditer(template))


def is_file(template: str) -> bool:
    """True when the whole text is to be read from a file."""
    return template.startswith(_FILE)


def marked(template: str) -> str:
    """The template with one `MARK` for each placeholder. Raises ValueError when a placeholder is not well written."""
    if MARK in template:
        raise ValueError("holds a control character (take it out)")
    for match in _PLACE.finditer(template):
        if not _NAME.fullmatch(match[1]) and not match[1].startswith(_FILE):
            raise ValueError('a ${…} that names no variable (write "${NAME}" with letters, digits and _)')
    text = _PLACE.sub(MARK, template)
    if "${" in text:
        raise ValueError('a "${" without its end (write "${NAME}")')
    return text


def _value(name: str, base: Path, environ: Mapping[str, str]) -> str:
    if name.startswith(_FILE):
        return _content(name.removeprefix(_FILE), base)
    value = environ.get(name, "")
    if not value:
        raise ConfigError([f"the environment variable {name} is not set (export {name}=…)"])
    return _sound(value, f"the environment variable {name}")


def _content(name: str, base: Path) -> str:
    """A secret's file, read. The file is small: a wrong path must not fill the memory."""
    path = base / Path(name).expanduser()
    place = f"the file {name}"
    problem, data = None, b""
    try:
        if not path.is_file():
            problem = "is not there" if not path.exists() else "is no regular file"
        else:
            with path.open("rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as exc:
        problem = f"cannot be read: {getattr(exc, 'strerror', None) or 'not a path'}"
    if problem is None and len(data) > _MOST_BYTES:
        problem = f"is larger than {_MOST_BYTES} bytes"
    text = data.decode("utf-8", "replace").strip()
    if problem is None and (not text or "\ufffd" in text):
        problem = "is empty or not UTF-8"
    if problem:
        raise ConfigError([f"{place} {problem} (put the secret into it)"])
    return _sound(text, place)


def _sound(value: str, place: str) -> str:
    """The value, if it is one line without control characters."""
    if any(ord(c) < 32 or ord(c) == 127 for c in value):  # the control characters of ASCII
        raise ConfigError([f"{place} holds a control character or more than one line (put one line into it)"])
    return value
