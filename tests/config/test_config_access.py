"""Headers, cookies, logins, proxies and certificates in `sources.toml`: judged where they stand, never repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme
from config_samples import CANARY, GOOD, changed, faults_of, source

from storage.errors import ConfigError
from storage.model import Access
from watcher.config import load
from watcher.config.access import fits, is_proxy

AT = "source example/privacy: "


def access_of(path: Path, text: str) -> Access:
    """The access of the one source of a sound text."""
    path.write_text(text, encoding="utf-8")
    return load(path).sources[0].access


def test_access_is_kept_as_it_is_written(tmp_path: Path) -> None:
    """Templates stay templates; the pairs keep their order."""
    text = source(
        'headers = { X-Region = "nl", Authorization = "Bearer ${TOKEN}", X-Key = "file:key" }\n'
        'cookies = { consent = "all", session = "${file:session}" }\n'
        'auth = "reader:${PASSWORD}"\n'.replace("auth", "# auth")
        + 'proxy = "http://me:${P}@proxy.example.org:3128"\n'
        'client_cert = "a.pem"\nclient_key = "a.key"'
    )
    assert access_of(tmp_path / "sources.toml", text) == Access(
        headers=(("X-Region", "nl"), ("Authorization", "Bearer ${TOKEN}"), ("X-Key", "file:key")),
        cookies=(("consent", "all"), ("session", "${file:session}")),
        proxy="http://me:${P}@proxy.example.org:3128",
        client_cert="a.pem",
        client_key="a.key",
    )


def test_a_source_without_access_has_none(tmp_path: Path) -> None:
    """Nothing is sent but what every source is asked with."""
    assert access_of(tmp_path / "sources.toml", GOOD) == Access()


def test_defaults_hold_where_a_source_says_nothing(tmp_path: Path) -> None:
    """Headers are joined by name, whatever its case; a proxy of the source's own goes before."""
    defaults = '[defaults]\nheaders = { X-A = "1", X-B = "1" }\nproxy = "http://proxy.example.org"\n'
    path = tmp_path / "sources.toml"
    assert access_of(path, defaults + GOOD).proxy == "http://proxy.example.org"
    own = access_of(path, defaults + source('headers = { x-b = "2" }\nproxy = "none"'))
    assert own == Access(headers=(("X-A", "1"), ("x-b", "2")), proxy="none")


def test_the_environment_is_off_unless_asked_for(tmp_path: Path) -> None:
    """`[fetch] environment` takes its proxies and logins in."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD)
    assert load(path).fetch.environment is False
    path.write_text("[fetch]\nenvironment = true\n" + GOOD)
    assert load(path).fetch.environment is True


EXAMPLE = 'write "http://user:${PROXY_PASSWORD}@proxy.example.org:3128", or "none"'
SENT = (
    "is empty, too long, or holds what cannot be sent (take out all beyond ASCII, line ends, and a blank at its ends)"
)
PLAIN_SIGHT = 'a secret stands here in plain sight (write "${NAME}")'
FAULTS = {
    "headers-text": ('headers = "x"', 'headers: is a text (write headers = { Name = "value" })'),
    "headers-list": ('headers = ["X: y"]', 'headers: is a list (write headers = { Name = "value" })'),
    "cookies-text": ('cookies = "a=b"', 'cookies: is a text (write cookies = { Name = "value" })'),
    "header-number": ("headers = { X-A = 1 }", "headers: X-A: is a number (write a text in quotes)"),
    "header-name": (
        'headers = { "X A" = "1" }',
        "headers: X A: is not a name that can be sent (write letters, digits and -)",
    ),
    "header-name-colon": (
        'headers = { "X: y\\r\\nEvil" = "1" }',
        "headers: X: y\\r\\nEvil: is not a name that can be sent (write letters, digits and -)",
    ),
    "header-injection": (f'headers = {{ X-A = "{CANARY}\\r\\nEvil: 1" }}', f"headers: X-A: {SENT}"),
    "header-newline": ('headers = { X-A = "a\\nb" }', f"headers: X-A: {SENT}"),
    "header-nul": ('headers = { X-A = "a\\u0000b" }', f"headers: X-A: {SENT}"),
    "header-unicode": ('headers = { X-A = "één" }', f"headers: X-A: {SENT}"),
    "header-blank": ('headers = { X-A = " a" }', f"headers: X-A: {SENT}"),
    "header-empty": ('headers = { X-A = "" }', f"headers: X-A: {SENT}"),
    "header-long": (f'headers = {{ X-A = "{"a" * 5000}" }}', f"headers: X-A: {SENT}"),
    "header-mark": ('headers = { X-A = "\ue000" }', "headers: X-A: holds a control character (take it out)"),
    "header-half": (
        'headers = { X-A = "${A" }',
        'headers: X-A: a "${" without its end (write "${NAME}")',
    ),
    "header-host": ('headers = { Host = "a" }', "headers: Host: it follows from the address (take it out)"),
    "header-agent": (
        'headers = { user-agent = "a" }',
        "headers: user-agent: it says who asks (write contact in [fetch])",
    ),
    "header-encoding": (
        'headers = { Accept-Encoding = "br" }',
        "headers: Accept-Encoding: only what is asked for can be decoded (take it out)",
    ),
    "header-cookie": ('headers = { Cookie = "a=b" }', 'headers: Cookie: write cookies = { name = "${COOKIE}" }'),
    "header-range": (
        'headers = { Range = "bytes=0-1" }',
        "headers: Range: a part is never taken for the page (take it out)",
    ),
    "header-length": (
        'headers = { Content-Length = "3" }',
        "headers: Content-Length: nothing is sent but a question (take it out)",
    ),
    "header-chunks": (
        'headers = { Transfer-Encoding = "chunked" }',
        "headers: Transfer-Encoding: nothing is sent but a question (take it out)",
    ),
    "header-connection": (
        'headers = { Connection = "close" }',
        "headers: Connection: the connection is the affair of the program (take it out)",
    ),
    "header-condition": (
        'headers = { If-None-Match = "*" }',
        "headers: If-None-Match: the program itself asks whether the page has changed (take it out)",
    ),
    "header-proxy": (
        'headers = { Proxy-Authorization = "Basic x" }',
        (
            "headers: Proxy-Authorization: what the proxy is told stands in its address "
            '(write proxy = "http://user:${PROXY_PASSWORD}@host:3128")'
        ),
    ),
    "header-twice": (
        'headers = { X-A = "1", x-a = "2" }',
        "headers: x-a: is there twice; upper and lower case count for nothing (take one out)",
    ),
    "header-secret-name": (
        f'headers = {{ Authorization = "Bearer {CANARY}" }}',
        f"headers: Authorization: {PLAIN_SIGHT}",
    ),
    "header-secret-key": (f'headers = {{ X-Api-Key = "{CANARY}" }}', f"headers: X-Api-Key: {PLAIN_SIGHT}"),
    "header-secret-value": (f'headers = {{ X-Id = "a {CANARY}12345678" }}', f"headers: X-Id: {PLAIN_SIGHT}"),
    "cookie-session": (f'cookies = {{ PHPSESSID = "{CANARY}" }}', f"cookies: PHPSESSID: {PLAIN_SIGHT}"),
    "cookie-sid": (f'cookies = {{ connect_sid = "{CANARY}" }}', f"cookies: connect_sid: {PLAIN_SIGHT}"),
    "cookie-semicolon": (
        'cookies = { a = "b; c=d" }',
        (
            "cookies: a: is empty, too long, or holds what cannot be sent "
            '(take out all beyond ASCII, line ends, blanks and the signs " , ; \\)'
        ),
    ),
    "auth-none": (f'auth = "{CANARY}"', 'auth: is no login (write "user:${PASSWORD}")'),
    "auth-plain": (
        f'auth = "me:{CANARY}"',
        'auth: a password stands here in plain sight (write "user:${PASSWORD}")',
    ),
    "auth-half-plain": (
        f'auth = "me:${{P}}{CANARY}"',
        'auth: a password stands here in plain sight (write "user:${PASSWORD}")',
    ),
    "auth-empty": ('auth = "me:"', 'auth: a password stands here in plain sight (write "user:${PASSWORD}")'),
    "auth-list": ('auth = ["me"]', 'auth: a list is not a text (write "user:${PASSWORD}")'),
    "auth-lines": ('auth = "me\\n:${P}"', "auth: holds a control character or is too long (shorten it)"),
    "auth-twice": (
        'auth = "me:${P}"\nheaders = { authorization = "Bearer ${T}" }',
        'auth: stands beside the header "Authorization" (write one of the two)',
    ),
    "proxy-schema": ('proxy = "socks5://h:1"', f"proxy: is no proxy ({EXAMPLE})"),
    "proxy-bare": ('proxy = "proxy.example.org:3128"', f"proxy: is no proxy ({EXAMPLE})"),
    "proxy-plain": (
        f'proxy = "http://me:{CANARY}@h:1"',
        f"proxy: a password stands here in plain sight ({EXAMPLE})",
    ),
    "proxy-slash": (
        f'proxy = "http://me:{CANARY}/${{X}}@h:1"',
        f"proxy: a password stands here in plain sight ({EXAMPLE})",
    ),
    "proxy-path": ('proxy = "http://h:1/x"', f"proxy: names no host and port, or more than these ({EXAMPLE})"),
    "proxy-port": ('proxy = "http://h:x"', f"proxy: names no host and port, or more than these ({EXAMPLE})"),
    "proxy-host": ('proxy = "http://"', f"proxy: names no host and port, or more than these ({EXAMPLE})"),
    "proxy-table": ("proxy = { http = 1 }", 'proxy: a table is not a text (write "http://proxy.example.org:3128")'),
    "cert-template": ('client_cert = "${C}"', 'client_cert: is no path (write client_cert = "client.pem")'),
    "cert-empty": ('client_cert = ""', 'client_cert: is no path (write client_cert = "client.pem")'),
    "key-alone": ('client_key = "k"', 'client_key: stands without "client_cert" (name the certificate too)'),
    "browser": (
        'fetcher = "browser"\nheaders = { X-Key = "${KEY}" }',
        'headers: X-Key: a browser cannot keep a secret header to its host (write fetcher = "http")',
    ),
    "auto": (
        'fetcher = "auto"\nclient_cert = "client.pem"',
        'client_cert: a browser does not send it (write fetcher = "http")',
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_is_one_line(tmp_path: Path, name: str) -> None:
    """Each is told at its key, with the remedy; no value is repeated."""
    line, fault = FAULTS[name]
    found = faults_of(tmp_path / "sources.toml", source(line))
    assert [text.split(": ", 1)[1] for text in found] == [AT + fault]
    assert CANARY not in "".join(found)


def test_all_faults_come_at_once_each_on_its_line(tmp_path: Path) -> None:
    """A table over several lines: the faults are told in the lines of their entries."""
    text = source('[source.headers]\nHost = "a"\nX-Fine = "b"\nX-Token = "c"\n[source.cookies]\na = 1')
    found = faults_of(tmp_path / "sources.toml", text)
    assert [int(fault.split(":")[1]) for fault in found] == [8, 10, 12]


def test_a_secret_for_all_vendors_is_refused(tmp_path: Path) -> None:
    """What is filled in under [defaults] would go to every vendor there is."""
    text = '[defaults]\nheaders = { X-Fine = "a", X-Own = "${SECRET}" }\n' + GOOD
    (fault,) = faults_of(tmp_path / "sources.toml", text)
    assert fault.startswith("sources.toml:2: defaults: headers: X-Own: a secret here would go to every vendor (write")


def test_a_browser_gets_what_it_can_keep(tmp_path: Path) -> None:
    """Cookies, a login, a proxy and headers that are no secret are fine for a page that is rendered."""
    line = 'fetcher = "auto"\ncookies = { a = "${B}" }\nauth = "me:${P}"\nheaders = { X-Region = "nl" }'
    path = tmp_path / "sources.toml"
    path.write_text('[defaults]\nproxy = "http://h:1"\n' + source(line), encoding="utf-8")
    assert load(path).sources[0].access.auth == "me:${P}"


def test_too_many_headers_are_refused(tmp_path: Path) -> None:
    """Fifty are enough for anybody."""
    table = "[source.headers]\n" + "".join(f'X-{number} = "a"\n' for number in range(51))
    (fault,) = faults_of(tmp_path / "sources.toml", source(table))
    assert fault.endswith("headers: has 51 entries (at most 50)")


def test_a_secret_over_http_is_warned_of(tmp_path: Path) -> None:
    """It is sent as the person wants it, and the person is told who can read it."""
    path = tmp_path / "sources.toml"
    path.write_text(changed("https:", "http:") + 'auth = "me:${P}"\n')
    (warning,) = load(path).warnings
    assert "a secret goes over http, where anybody on the way can read it: example/privacy" in warning


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "１２７.0.0.1", "127.0.0.1."])
def test_a_number_in_disguise_is_refused(tmp_path: Path, host: str) -> None:
    """H19, H21: the configuration is the first door."""
    (fault,) = faults_of(tmp_path / "sources.toml", changed("example.org", host))
    assert "is not fetched: its host is a number and no plain address" in fault


# What comes from outside

OUTSIDE = {
    "headers": ('headers = { X-A = "${BAD}" }', "headers: X-A"),
    "cookies": ('cookies = { a = "${BLANK}" }', "cookies: a"),
    "auth": ('auth = "${BAD}"', "auth"),
    "proxy": ('proxy = "${BAD}"', "proxy"),
    "shared": ('[defaults]\nproxy = "${BAD}"', "proxy"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_filled_in_is_judged_too(tmp_path: Path, name: str) -> None:
    """A value that cannot be sent is found before the run, and not repeated."""
    line, place = OUTSIDE[name]
    path = tmp_path / "sources.toml"
    path.write_text(source(line))
    environ = {"BAD": f"{CANARY}\u20ac", "BLANK": f"{CANARY} ; x=y"}
    with pytest.raises(ConfigError) as caught:
        load(path, secrets=True, environ=environ)
    (fault,) = caught.value.faults
    assert f"{place}: what is filled in" in fault
    assert CANARY not in fault


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    """The variable, not its value."""
    line, place = OUTSIDE[name]
    path = tmp_path / "sources.toml"
    path.write_text(source(line))
    load(path)
    with pytest.raises(ConfigError, match=f"{place}: the environment variable B[A-Z]+ is not set"):
        load(path, secrets=True, environ={})


def test_a_certificate_is_looked_at_before_the_run(tmp_path: Path) -> None:
    """A file that is not there, that holds no key, and a key of another certificate; a good one passes."""
    authority = trustme.CA()
    mine, other = authority.issue_cert("a@example.org"), authority.issue_cert("b@example.org")
    mine.private_key_and_cert_chain_pem.write_to_path(tmp_path / "whole.pem")
    mine.cert_chain_pems[0].write_to_path(tmp_path / "bare.pem")
    other.private_key_pem.write_to_path(tmp_path / "other.key")
    path = tmp_path / "sources.toml"

    def told(lines: str) -> str:
        path.write_text(source(lines))
        load(path)
        with pytest.raises(ConfigError) as caught:
            load(path, secrets=True, environ={})
        return str(caught.value)

    assert f"{AT}client_cert: cannot be read: No such file or directory (look at" in told('client_cert = "gone.pem"')
    for lines in ('client_cert = "bare.pem"', 'client_cert = "bare.pem"\nclient_key = "other.key"'):
        assert "client_cert: is no certificate in PEM with the key that belongs to it, without" in told(lines)
    path.write_text(source('client_cert = "whole.pem"'))
    assert load(path, secrets=True, environ={}).sources[0].access.client_cert == "whole.pem"


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("auth", "a:b", True),
        ("auth", "ab", False),
        ("headers", "a b", True),
        ("headers", "a ", False),
        ("headers", "a\r\nb", False),
        ("headers", "\u20ac", False),
        ("cookies", "a=b", True),
        ("cookies", "a;b", False),
        ("proxy", "none", True),
        ("proxy", "http://h:1", True),
        ("proxy", "ftp://h:1", False),
    ],
)
def test_what_can_be_sent(key: str, value: str, good: bool) -> None:
    """The same judge before the run and in it."""
    assert fits(key, value) is good


@pytest.mark.parametrize(
    "value", ["", "http://h:99999", "http://[::1", "http://h/x", "http://h?x", "http://a b", "h:1"]
)
def test_what_is_no_proxy(value: str) -> None:
    """Scheme, host and port, and nothing more."""
    assert not is_proxy(value)
