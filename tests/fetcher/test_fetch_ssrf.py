"""No way leads to a forbidden address: every attempt to connect is recorded, and there is none."""

from __future__ import annotations

import ipaddress
import random
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure
from watcher.fetcher.blocks import _BLOCKS
from watcher.fetcher.http import HttpFetcher

from .conftest import Wire

OPEN = ("127.0.0.2/32",)  # where a server of the tests may be contacted, as if it were public
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REFUSED = {Reason.BLOCKED_ADDRESS, Reason.BLOCKED_SCHEME}
PUBLIC = "93.184.215.14"

Attempts = list[str]


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Attempts:
    """The addresses to which the fetcher tried to connect: its sockets write them down, and work as ever."""
    made: Attempts = []

    class Recorded(socket.socket):
        def connect(self, address: Any) -> None:
            if self.type == socket.SOCK_STREAM:  # a datagram socket sends nothing when it is connected
                made.append(address[0])
            super().connect(address)

    monkeypatch.setattr("watcher.fetcher.connection.socket.socket", Recorded)
    return made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What a resolver answers: for each name one list of addresses after another, the last one for ever."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def answer(host: str, port: int, *rest: int) -> list[Any]:
        if rest[-1] == socket.AI_NUMERICHOST:
            return list(real(host, port, *rest))
        answers = known.get(host.rstrip(".").lower())
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in addresses for entry in real(address, port, 0, socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.fixture
def guarded(make_fetcher: Callable[..., HttpFetcher]) -> HttpFetcher:
    """A fetcher for which 127.0.0.2 alone is open."""
    return make_fetcher(networks=OPEN)


@pytest.fixture
def victim(wire: Wire) -> Iterator[int]:
    """The port of a server on 127.0.0.1 that nobody may contact; at the end it has seen nobody."""
    port = int(wire.serve(PAGE).rstrip("/").rpartition(":")[2])
    yield port
    assert wire.connections == 0


class Turnstile:
    """A server on 127.0.0.2 that redirects to whatever it is told next, over kept connections."""

    def __init__(self, wire: Wire) -> None:
        """Serve."""
        self._wire = Wire()
        self.location = ""
        self._wire.serve_at("127.0.0.2", self._play)
        self.url = self._wire.urls[-1]
        self.close = self._wire.close

    def _play(self, peer: Any) -> None:
        while peer.read():
            location = self.location.translate({13: None, 10: None}).encode()
            peer.send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n")


@pytest.fixture
def turnstile(wire: Wire) -> Iterator[Turnstile]:
    """A redirecting server, closed at the end."""
    one = Turnstile(wire)
    yield one
    one.close()


def reason_of(outcome: object) -> Reason:
    """The reason of an outcome, which must be a failure."""
    assert isinstance(outcome, FetchFailure), outcome
    return outcome.reason


HOSTS = [
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "100.64.0.1",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "0.0.0.0",
    "[::]",
    "[::1]",
    "[fe80::1]",
    "192.168.1.1",
    "localhost",
]


@pytest.mark.parametrize("host", HOSTS)
def test_private_addresses_are_refused(
    guarded: HttpFetcher, attempts: Attempts, victim: int, names: dict[str, list[list[str]]], host: str
) -> None:
    """H18: asked for directly, each is refused before a connection, for good, with the remedy."""
    names["localhost"] = [["127.0.0.1"]]
    outcome = guarded.fetch(f"http://{host}:{victim}/")
    assert reason_of(outcome) is Reason.BLOCKED_ADDRESS
    assert isinstance(outcome, FetchFailure)
    assert not outcome.transient
    assert "allow_networks" in outcome.detail
    assert attempts == []


@pytest.mark.parametrize("host", HOSTS)
def test_redirects_to_private_addresses_are_refused(
    guarded: HttpFetcher,
    attempts: Attempts,
    victim: int,
    turnstile: Turnstile,
    names: dict[str, list[list[str]]],
    host: str,
) -> None:
    """H18: every hop is judged like the first; no byte is sent."""
    names["localhost"] = [["127.0.0.1"]]
    turnstile.location = f"http://{host}:{victim}/latest/meta-data/"
    assert reason_of(guarded.fetch(turnstile.url)) is Reason.BLOCKED_ADDRESS
    assert set(attempts) == {"127.0.0.2"}


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "127.0.0.1."],
)
def test_odd_spellings_are_refused(guarded: HttpFetcher, attempts: Attempts, victim: int, host: str) -> None:
    """H19: all of them reach 127.0.0.1 in other programs; here they are refused, even where 127.0.0.1 is open."""
    assert reason_of(guarded.fetch(f"http://{host}:{victim}/")) is Reason.BLOCKED_ADDRESS
    assert attempts == []


def test_an_odd_spelling_of_an_open_address_is_refused(make_fetcher: Callable[..., HttpFetcher], victim: int) -> None:
    """H19: what is written oddly is not repaired, wherever it leads."""
    fetcher = make_fetcher(networks=("127.0.0.0/8",))
    assert reason_of(fetcher.fetch(f"http://127.1:{victim}/")) is Reason.BLOCKED_ADDRESS


def test_a_second_answer_of_the_resolver_is_never_asked_for(
    guarded: HttpFetcher, attempts: Attempts, victim: int, turnstile: Turnstile, names: dict[str, list[list[str]]]
) -> None:
    """H20: a name that was public when it was judged and private when it is used: it is looked up once."""
    names["flips.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    port = turnstile.url.rstrip("/").rpartition(":")[2]
    turnstile.location = f"http://flips.example:{victim}/"
    assert reason_of(guarded.fetch(f"http://flips.example:{port}/")) is Reason.BLOCKED_ADDRESS
    assert attempts == ["127.0.0.2"]


def test_a_name_of_public_and_private_addresses_is_refused(
    guarded: HttpFetcher, attempts: Attempts, victim: int, names: dict[str, list[list[str]]]
) -> None:
    """H20: not even its public address is contacted."""
    names["both.example"] = [[PUBLIC, "127.0.0.1"]]
    assert reason_of(guarded.fetch(f"http://both.example:{victim}/")) is Reason.BLOCKED_ADDRESS
    assert attempts == []


def test_the_system_has_the_last_word_on_where_it_connected(
    make_fetcher: Callable[..., HttpFetcher], wire: Wire
) -> None:
    """Linux connects 0.0.0.0 to 127.0.0.1: the peer is judged too, and gets no byte when it is another one."""
    port = wire.serve(PAGE).rstrip("/").rpartition(":")[2]
    outcome = make_fetcher(networks=("0.0.0.0/8",)).fetch(f"http://0.0.0.0:{port}/")
    assert reason_of(outcome) is Reason.BLOCKED_ADDRESS
    assert isinstance(outcome, FetchFailure)
    assert "(127.0.0.1)" in outcome.detail
    assert wire.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}\\@example.com/",
        "http://example.com@127.0.0.1:{port}/",
        "http://user:pw@127.0.0.1:{port}/",
        "http://127.0.0.1\t:{port}/",
        "http://127.0.0.1\n:{port}/",
        "http:///127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "http://[::1%25lo]:{port}/",
    ],
)
def test_what_parsers_read_differently_is_refused(
    guarded: HttpFetcher, attempts: Attempts, victim: int, url: str
) -> None:
    """H21: refused before a fetch too, whoever let it into the configuration."""
    assert reason_of(guarded.fetch(url.format(port=victim))) is Reason.BLOCKED_ADDRESS
    assert attempts == []


def test_an_open_network_is_contacted(guarded: HttpFetcher) -> None:
    """What the configuration opens is fetched as ever."""
    wire = Wire()
    wire.serve_at("127.0.0.2", PAGE)
    assert isinstance(guarded.fetch(wire.urls[-1]), Capture)
    wire.close()


# Ten thousand addresses


class Forger:
    """Makes addresses that lead to forbidden places, spelled in all ways that parsers and resolvers know."""

    def __init__(self, seed: int, port: int, names: dict[str, list[list[str]]]) -> None:
        """Forge for a victim on a port; `names` gets the private addresses of the names that are made up."""
        self._chance = random.Random(seed)
        self._port = port
        self._names = names
        self._blocks = [block for block, _ in _BLOCKS]

    def url(self) -> str:
        """One address."""
        chance = self._chance
        scheme = chance.choice(
            ["http"] * 8 + ["https", "HTTP", "hTTp", "file", "gopher", "ftp", "jar:http", "view-source:http"]
        )
        before = chance.choice([""] * 12 + ["user@", "user:pw@", "example.com@", "@", "example.com:80@", "a%40b@"])
        port = chance.choice([f":{self._port}"] * 6 + ["", ":80", ":443", ":", ":0", ":99999"])
        slashes = chance.choice(["//"] * 12 + ["/", "", "///", "\\\\", "/\\"])
        after = chance.choice(
            ["/"] * 6
            + ["", "/latest/meta-data/", "\\@example.com/", "/@example.com", "#@example.com/", "?@example.com"]
        )
        return self._noise(f"{scheme}:{slashes}{before}{self.host()}{port}{after}")

    def host(self) -> str:
        """A host that stands for a forbidden address."""
        ip = self._address()
        forms = [self._v4, self._v4, self._disguised] if isinstance(ip, ipaddress.IPv4Address) else [self._v6]
        return self._chance.choice([*forms, self._name])(ip)

    def _address(self) -> Any:
        chance = self._chance
        if chance.random() < 0.5:
            return ipaddress.ip_address("127.0.0.1")
        block = chance.choice(self._blocks)
        return block[chance.randrange(min(block.num_addresses, 1 << 64))]

    def _v4(self, ip: Any) -> str:
        number, chance = int(ip), self._chance
        octets = str(ip).split(".")
        forms: list[Callable[[], str]] = [
            lambda: str(ip),
            lambda: f"{ip}.",
            lambda: str(number),
            lambda: hex(number),
            lambda: f"0{number:o}",
            lambda: str(number + (1 << 32)),
            lambda: ".".join(f"0{int(octet):o}" for octet in octets),
            lambda: ".".join(hex(int(octet)) for octet in octets),
            lambda: ".".join(chance.choice([octet, hex(int(octet)), f"00{int(octet):o}"]) for octet in octets),
            lambda: f"{octets[0]}.{number & 0xFFFFFF}",
            lambda: f"{octets[0]}.{octets[1]}.{number & 0xFFFF}",
            lambda: self._digits(str(ip)),
            lambda: str(ip).replace(".", chance.choice("。．｡")),
            lambda: quote(str(ip), safe="").replace(".", "%2e"),
            lambda: "".join(f"%{ord(char):02x}" for char in str(ip)),
            lambda: f"[{ip}]",
            lambda: f"{ip}%00.example.com",
        ]
        return chance.choice(forms)()

    def _digits(self, text: str) -> str:
        """Digits of another script or shape."""
        zero = self._chance.choice([0xFF10, 0x1D7CE, 0x0660, 0x0966, 0x2460 - 1])
        return "".join(
            ("⓪" if zero == 0x245F and char == "0" else chr(zero + int(char))) if char.isdigit() else char
            for char in text
        )

    def _disguised(self, ip: Any) -> str:
        number = int(ip)
        bits = self._chance.choice(
            [
                0xFFFF << 32 | number,
                number,
                0x0064_FF9B << 96 | number,
                0x0064_FF9B_0001 << 80 | number,
                0x2002 << 112 | number << 80 | 1,
                0x2001_0000 << 96 | number << 64,
                0x2001_0000 << 96 | 0x0808_0808 << 64 | number ^ 0xFFFF_FFFF,
                0x2A00_1450 << 96 | 0x5EFE << 32 | number,
            ]
        )
        return self._v6(ipaddress.IPv6Address(bits))

    def _v6(self, ip: Any) -> str:
        chance = self._chance
        text = chance.choice(
            [str(ip), ip.exploded, str(ip).upper(), f"::ffff:{ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)}"]
        )
        if text.startswith("::ffff:") and ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF).is_global:
            text = str(ip)
        zone = chance.choice([""] * 6 + ["%25lo", "%lo", "%251", "%eth0", "%25"])
        return chance.choice(["[{}]"] * 8 + ["{}", "[{}", "[[{}]]"]).format(text + zone)

    def _name(self, ip: Any) -> str:
        """A name, some of another script, whose address is that one, alone or among others."""
        name = self._chance.choice(
            ["internal", "a-b", "bücher", "ＡＤＭＩＮ", "xn--bcher-kva", "localhost", "127.0.0.1.nip"]
        )
        name = f"{name}{self._chance.randrange(50)}.example"
        answers = self._chance.choice([[str(ip)], [str(ip), str(ip)], [PUBLIC, str(ip)], [str(ip), PUBLIC]])
        for form in {name, name.lower(), _ascii(name)}:
            self._names[form] = [answers]
        return name

    def _noise(self, url: str) -> str:
        chance = self._chance
        if chance.random() < 0.85:
            return url
        place = chance.randrange(len(url) + 1)
        return url[:place] + chance.choice("\t\n\r\x00\x0b \u00a0\u200b\u202e\ufeff\\%@#?[]") + url[place:]


def _ascii(name: str) -> str:
    """An international name as the resolver gets it."""
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def campaign(count: int, fetch: Callable[[Forger], object], forger: Forger, attempts: Attempts) -> dict[Reason, int]:
    """Fetch so many forged addresses; how often each reason came. No attempt leaves 127.0.0.2."""
    reasons: dict[Reason, int] = {}
    for _ in range(count):
        outcome = fetch(forger)
        assert isinstance(outcome, FetchFailure), outcome
        reasons[outcome.reason] = reasons.get(outcome.reason, 0) + 1
        assert set(attempts) <= {"127.0.0.2"}
    return reasons


def test_no_forged_address_is_contacted(
    guarded: HttpFetcher,
    attempts: Attempts,
    victim: int,
    names: dict[str, list[list[str]]],
    turnstile: Turnstile,
) -> None:
    """H16-H21: ten thousand forged addresses, one third behind a redirect: 0 connections to a forbidden address."""

    def directly(forger: Forger) -> object:
        return guarded.fetch(forger.url())

    def behind_a_redirect(forger: Forger) -> object:
        turnstile.location = forger.url()
        return guarded.fetch(turnstile.url)

    forger = Forger(20261122, victim, names)
    reasons = campaign(7000, directly, forger, attempts)
    assert attempts == []
    assert set(reasons) <= REFUSED | {Reason.DNS}
    assert reasons[Reason.BLOCKED_ADDRESS] > 4000
    reasons = campaign(3000, behind_a_redirect, forger, attempts)
    assert set(reasons) <= REFUSED | {Reason.REDIRECT, Reason.DNS}
    assert reasons[Reason.BLOCKED_ADDRESS] > 500
