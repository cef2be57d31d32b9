"""Secrets come from outside, are looked for when asked, and are never told."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from config_samples import CANARY, GOOD, MAIL, mail, target
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import ConfigError
from watcher.config import expand, load


def secret_faults(path: Path, text: str, environ: dict[str, str]) -> list[str]:
    """The faults that only a look at the secrets shows."""
    path.write_text(text)
    load(path)
    with pytest.raises(ConfigError) as caught:
        load(path, secrets=True, environ=environ)
    assert CANARY not in str(caught.value)
    return [line.replace(f"{path}:", "") for line in caught.value.faults]


def test_a_variable_takes_its_place(tmp_path: Path) -> None:
    """Every ${NAME} is filled in, all else stays."""
    environ = {"A": "one", "B": "two/three"}
    assert expand("slack://${A}/${B}/#room$", tmp_path, environ) == "slack://one/two/three/#room$"


def test_the_environment_of_the_process_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a mapping the process's own variables count."""
    monkeypatch.setenv("SOME_TOKEN", "x1")
    assert expand("slack://${SOME_TOKEN}", tmp_path) == "slack://x1"


def test_a_file_is_read_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    """`file:` takes the whole text, `${file:}` a part; white space around the content is dropped."""
    (tmp_path / "token").write_text(" abc\r\n")
    assert expand("file:token", tmp_path, {}) == "abc"
    assert expand("slack://${file:token}/x", tmp_path, {}) == "slack://abc/x"
    assert expand(f"file:{tmp_path / 'token'}", Path("/nowhere"), {}) == "abc"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1))
def test_any_password_survives_the_way_through_an_address(password: str) -> None:
    """What is filled in before the @ is percent-encoded: reading the address gives the password back."""
    url = urlsplit(expand("smtp://me@example.org:${P}@mail.example.org:587", Path(), {"P": password}))
    assert unquote(url.password or "") == password
    assert (url.username, url.hostname, url.port) == ("me@example.org", "mail.example.org", 587)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("slack://${NOPE}", "the environment variable NOPE is not set (export NOPE=…)"),
        ("slack://${EMPTY}", "the environment variable EMPTY is not set (export EMPTY=…)"),
        ("slack://${LINES}", "the environment variable LINES holds a control character or more than one line"),
        ("file:nope", "the file nope is not there (put the secret into it)"),
        ("slack://${file:nope}", "the file nope is not there (put the secret into it)"),
        ("file:.", "the file . is no regular file (put the secret into it)"),
        ("file:empty", "the file empty is empty or not UTF-8 (put the secret into it)"),
        ("file:latin", "the file latin is empty or not UTF-8 (put the secret into it)"),
        ("file:large", "the file large is larger than 65536 bytes (put the secret into it)"),
        ("file:lines", "the file lines holds a control character or more than one line"),
        ("file:a\0b", "the file a\0b "),
    ],
)
def test_a_missing_secret_is_named_and_never_told(tmp_path: Path, template: str, message: str) -> None:
    """The variable or the file is named, whatever it holds is not."""
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "latin").write_bytes(CANARY.encode() + b"\xe9")
    (tmp_path / "large").write_text(CANARY * 10_000)
    (tmp_path / "lines").write_text(f"{CANARY}\n{CANARY}")
    with pytest.raises(ConfigError) as caught:
        expand(template, tmp_path, {"EMPTY": "", "LINES": f"{CANARY}\n"})
    assert str(caught.value).startswith(message)
    assert CANARY not in str(caught.value)


def test_a_first_look_asks_for_no_secret(tmp_path: Path) -> None:
    """Reading commands work where the secrets are not."""
    path = tmp_path / "sources.toml"
    path.write_text(target("slack://${NOPE}"))
    assert load(path).subscribers[0].targets[0].template == "slack://${NOPE}"


def test_every_missing_secret_is_told_at_its_line(tmp_path: Path) -> None:
    """All places are looked at, each fault names line and variable."""
    text = 'store = "postgresql://me:${PG}@db/x"\n' + mail("smtp://me:${SMTP}@mail.example.org")
    text += '[[subscriber]]\nname = "team"\nto = ["slack://${S}",\n"file:hook"]\n'
    assert secret_faults(tmp_path / "sources.toml", text, {}) == [
        "1: store: the environment variable PG is not set (export PG=…)",
        "9: mail: url: the environment variable SMTP is not set (export SMTP=…)",
        "13: subscriber team: to, entry 1: the environment variable S is not set (export S=…)",
        "14: subscriber team: to, entry 2: the file hook is not there (put the secret into it)",
    ]


def test_other_faults_do_not_hide_a_missing_secret(tmp_path: Path) -> None:
    """Faults of the file and of what is outside it come together."""
    path = tmp_path / "sources.toml"
    path.write_text("zone = 1\n" + target("slack://${NOPE}"))
    with pytest.raises(ConfigError) as caught:
        load(path, secrets=True, environ={})
    assert [fault.split(": ")[1] for fault in caught.value.faults] == ["zone", "subscriber team"]


@pytest.mark.parametrize(
    ("text", "environ"),
    [
        (target("mailto:${WHO}"), {"WHO": f"{CANARY},b@example.org"}),
        (target("file:${X}".replace("${X}", "hook")), {}),
        (mail("smtp://${HOST}"), {"HOST": f"/{CANARY}"}),
        (GOOD + MAIL.replace("alerts@example.org", "${FROM}"), {"FROM": CANARY}),
    ],
)
def test_what_does_not_fit_when_filled_in_is_told_without_it(
    tmp_path: Path, text: str, environ: dict[str, str]
) -> None:
    """A secret that makes no address is a fault that does not repeat it."""
    (tmp_path / "hook").write_text(CANARY)
    (fault,) = secret_faults(tmp_path / "sources.toml", text, environ)
    assert fault.endswith("what is filled in does not make a valid address (look at the variable or the file)")


def test_a_mail_address_out_of_a_file_needs_a_mail_server_too(tmp_path: Path) -> None:
    """What is only known when filled in is checked then."""
    (tmp_path / "who").write_text("mailto:a@example.org")
    text = target("file:who").replace(MAIL, "")
    (fault,) = secret_faults(tmp_path / "sources.toml", text, {})
    assert fault == '9: subscriber team: to: mail needs a [mail] table (write [mail] with "url" and "from")'


def test_a_configuration_with_all_its_secrets_keeps_the_templates(tmp_path: Path) -> None:
    """Settings hold no secret, even when the secrets were looked at."""
    path = tmp_path / "sources.toml"
    (tmp_path / "hook").write_text(f"slack://{CANARY}/b/c")
    text = 'store = "postgresql://me:${PG}@db/x"\n' + mail("smtps://me:${SMTP}@mail.example.org")
    path.write_text(text + '[[subscriber]]\nname = "team"\nto = ["file:hook", "slack://${S}/b", "console:"]\n')
    found = load(path, secrets=True, environ={"PG": CANARY, "SMTP": CANARY, "S": CANARY})
    assert CANARY not in repr(found)
    assert found.mail_url == "smtps://me:${SMTP}@mail.example.org"


# No name of a variable, whatever stands around it: a variable may be named.
SECRET = "hunter2-canary"
SPOTS = st.sampled_from(
    [
        f"slack://{SECRET}",
        f"slack://${{A}}/{SECRET}",
        f"slack://${{A}}/x?token={SECRET}",
        f"tgram://{SECRET}/${{A}}",
        f"json://{SECRET}:x@h/",
        f"json://x:{SECRET}@h/",
        f"json://h:{SECRET}/",
        f"jsons://h/?:password={SECRET}",
        f"mailto:{SECRET}",
        f"mailto://{SECRET}:x@h",
        f"{SECRET}",
        f"{SECRET}://x",
        f"//{SECRET}",
        f"smtp://x:{SECRET}@h",
        f"https://{SECRET}@h/",
        f"https://h:{SECRET}/",
        f"postgresql://x:{SECRET}@h/y",
        f"${{{SECRET}}}",
        f"${{{SECRET}",
    ]
)
NOISE = st.text(alphabet="@:/?#[]\\ ${}&=%+a1\t\u202e", max_size=6)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spot=SPOTS, before=NOISE, after=NOISE, place=st.sampled_from(["to", "mail", "from", "store", "list", "key"]))
def test_no_fault_ever_repeats_a_secret(tmp_path: Path, spot: str, before: str, after: str, place: str) -> None:
    """A canary anywhere in a place for secrets, with anything around it, is in no message."""
    value = f'"""{(before + spot + after).replace(chr(92), chr(92) * 2)}"""'
    text = {
        "to": GOOD + MAIL + f'[[subscriber]]\nname = "team"\nto = [{value}]\nevry = 1\n',
        "mail": GOOD + f'[mail]\nurl = {value}\nfrom = "a@example.org"\nevry = 1\n',
        "from": GOOD + f'[mail]\nurl = "smtp://h"\nfrom = {value}\nevry = 1\n',
        "store": f"store = {value}\nevry = 1\n" + GOOD,
        "list": GOOD + MAIL + f'[[subscriber]]\nname = "team"\nto = {value}\n',
        "key": GOOD + MAIL + f"password = {value}\n",
    }[place]
    path = tmp_path / "sources.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path, secrets=True, environ=dict(os.environ))
    assert SECRET not in str(caught.value)
