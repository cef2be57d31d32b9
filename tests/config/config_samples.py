"""Small configurations, whole and broken, for the tests of `watcher.config`."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import ConfigError
from watcher.config import load

CANARY = "hunter2canary"
GOOD = """\
[[source]]
id = "example/privacy"
vendor = "Example"
document = "privacy-policy"
url = "https://example.org/privacy"
tags = ["hr"]
"""
MAIL = """\
[mail]
url = "smtp://mail.example.org"
from = "alerts@example.org"
"""


def faults_of(path: Path, text: str) -> list[str]:
    """The faults of a text, with `sources.toml` as the file's name."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.exit_code == 2
    return [line.replace(str(path), "sources.toml") for line in caught.value.faults]


def source(line: str) -> str:
    """A sound source with one more line, the seventh."""
    return GOOD + line + "\n"


def changed(old: str, new: str) -> str:
    """A sound source with one thing changed."""
    assert old in GOOD
    return GOOD.replace(old, new)


def subscriber(line: str) -> str:
    """A sound subscriber behind a sound source and a mail server; the line is the thirteenth."""
    return GOOD + MAIL + '[[subscriber]]\nname = "team"\nto = ["console:"]\n' + line + "\n"


def target(address: str) -> str:
    """A subscriber with one target; the target is on line twelve."""
    return GOOD + MAIL + f'[[subscriber]]\nname = "team"\nto = ["{address}"]\n'


def mail(address: str) -> str:
    """A sound source and a mail server; its address is on line eight."""
    return GOOD + MAIL.replace("smtp://mail.example.org", address)
