"""From the templates of a source to the manner in which it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.errors import ConfigError
from storage.model import Source
from watcher.access import manners
from watcher.config import Settings, load
from watcher.fetcher import Manner
from watcher.fetcher.login import basic

SOURCE = """\
[[source]]
id = "{name}/privacy"
vendor = "Example"
document = "privacy-policy"
url = "https://{name}.example.org/privacy"
language = "nl"
{lines}
"""
SECRET = "c4n4ry-s3cr3t"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One source with everything, one with a proxy of none, one with nothing."""
    monkeypatch.setenv("CANARY", SECRET)
    (tmp_path / "key").write_text(f" {SECRET}-file\n")
    lines = (
        'headers = { X-Region = "nl", X-Key = "file:key", Accept = "a ${CANARY}" }\n'
        'cookies = { consent = "all", session = "${CANARY}" }\n'
        'auth = "me:${CANARY}"\n'
        'proxy = "http://me:${CANARY}@proxy.example.org:3128"\n'
        'client_cert = "c.pem"\nclient_key = "/k.pem"'
    )
    path = tmp_path / "sources.toml"
    path.write_text(
        SOURCE.format(name="all", lines=lines)
        + SOURCE.format(name="past", lines='proxy = "none"')
        + SOURCE.format(name="plain", lines="")
    )
    return load(path)


def asked(settings: Settings, name: str) -> Manner:
    """How one source is asked."""
    return manners(settings)(source(settings, name))


def source(settings: Settings, name: str) -> Source:
    """One source."""
    return next(one for one in settings.sources if one.id == f"{name}/privacy")


def test_secrets_are_filled_in_and_kept_apart(settings: Settings, tmp_path: Path) -> None:
    """What comes from outside goes to the source alone, whatever its name; what is written in the file goes along."""
    manner = asked(settings, "all")
    assert manner.language == "nl"
    assert manner.headers == (("X-Region", "nl"),)
    assert manner.secrets == (
        ("X-Key", f"{SECRET}-file"),
        ("Accept", f"a {SECRET}"),
        ("Cookie", f"consent=all; session={SECRET}"),
        ("Authorization", basic("me", SECRET)),
    )
    assert manner.proxy == f"http://me:{SECRET}@proxy.example.org:3128"
    assert manner.certificate == (str(tmp_path / "c.pem"), "/k.pem")


def test_whatever_is_filled_in_is_hidden(settings: Settings) -> None:
    """The secret itself, the whole value, and the forms in which a login is sent."""
    hidden = asked(settings, "all").hidden
    assert {SECRET, f"{SECRET}-file", basic("me", SECRET).removeprefix("Basic ")} <= set(hidden)
    assert "" not in hidden
    assert "nl" not in hidden
    assert SECRET not in repr(asked(settings, "all"))


@pytest.mark.parametrize("template", ["${PROXY}", "file:proxy"])
def test_a_whole_proxy_may_come_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str) -> None:
    """As other programs have it in the environment; its password is hidden wherever it stands."""
    address = f"http://me:{SECRET}%21@proxy.example.org:3128"
    monkeypatch.setenv("PROXY", address)
    (tmp_path / "proxy").write_text(f"{address}\n")
    path = tmp_path / "sources.toml"
    path.write_text(SOURCE.format(name="one", lines=f'proxy = "{template}"'))
    manner = asked(load(path, secrets=True), "one")
    assert manner.proxy == address
    assert {f"{SECRET}!", address, basic("me", f"{SECRET}!").removeprefix("Basic ")} <= set(manner.hidden)


def test_a_source_goes_past_the_proxy(settings: Settings) -> None:
    """`none` is no address: it keeps those of the environment away too."""
    assert asked(settings, "past").proxy == ""
    assert asked(settings, "plain") == Manner(language="nl")


def test_only_the_secrets_that_are_needed_must_be_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at one source does not ask for the secrets of another."""
    monkeypatch.delenv("CANARY")
    assert manners(settings, [source(settings, "plain")])(source(settings, "plain")) == Manner(language="nl")
    with pytest.raises(ConfigError, match="source all/privacy: headers: Accept: the environment variable CANARY"):
        manners(settings)


def test_what_cannot_be_sent_is_named_and_not_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody looked before the run."""
    monkeypatch.setenv("CANARY", f"{SECRET}\u20ac")
    with pytest.raises(
        ConfigError, match="source all/privacy: headers: Accept: what is filled in cannot be sent"
    ) as caught:
        manners(settings)
    assert SECRET not in str(caught.value)
