"""Which addresses may be contacted."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Reason
from watcher.fetcher.blocks import _BLOCKS
from watcher.fetcher.failure import FetchError
from watcher.fetcher.lookup import Address
from watcher.fetcher.netguard import Guard

PUBLIC = ["8.8.8.8", "93.184.215.14", "1.1.1.1", "100.63.255.255", "172.32.0.1", "192.0.1.1", "198.20.0.1"]
PUBLIC_V6 = ["2606:4700::1111", "2a00:1450::1", "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
FORBIDDEN = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:7f00:0:100::",
    "100::1",
    "100:0:0:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:0:7f00:1::f7f7:f7f7",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2a00:1450::5efe:10.0.0.1",
    "2a00:1450::200:5efe:192.168.0.1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_V6)
def test_public_addresses_pass(address: str) -> None:
    """The public Internet is open, also by a mapped address and through NAT64."""
    assert Guard().refuse(address) is None


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden_addresses_are_refused(address: str) -> None:
    """H18: whatever way an address that is not public is written in, it is refused with a reason."""
    assert Guard().refuse(address)


@pytest.mark.parametrize(
    "address", ["", "localhost", "2130706433", "127.1", "0x7f.1", "1.2.3", "[::1]", "::1]", "\x00"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """H19: the guard takes what a socket tells, and nothing that is to be looked up yet."""
    assert Guard().refuse(address)


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("64:ff9b::a9fe:a9fe", "169.254.169.254"),
        ("2002:a00:1::1", "10.0.0.1"),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", "127.0.0.1"),  # the client of Teredo
        ("2001:0:7f00:1::f7f7:f7f7", "127.0.0.1"),  # the server of Teredo
        ("2a00:1450::5efe:a00:1", "10.0.0.1"),
        ("::a00:1", "10.0.0.1"),
        ("64:ff9b:1:a00:0:100::", "10.0.0.1"),
        ("64:ff9b:1::10.0.0.1", "10.0.0.1"),
    ],
)
def test_the_reason_names_the_address_inside(address: str, stands_for: str) -> None:
    """A person is told which IPv4 address an IPv6 address leads to."""
    assert f"it stands for {stands_for} " in (Guard().refuse(address) or "")


@given(
    st.ip_addresses(v=4)
    | st.ip_addresses(v=6)
    | st.sampled_from([str(one) for one, _ in _BLOCKS]).flatmap(lambda block: st.ip_addresses(network=block))
)
def test_nothing_passes_that_python_takes_for_private(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """The table is at least as strict as the flags of the standard library, block by block."""
    passes = Guard().refuse(str(address)) is None
    assert not (passes and (address.is_private or address.is_multicast or address.is_reserved) and not _nat64(address))
    assert not (passes and (address.is_loopback or address.is_link_local or address.is_unspecified))


def _nat64(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Python takes the well-known prefix of NAT64 for reserved; what counts is the address inside."""
    mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
    return mapped or address in ipaddress.ip_network("64:ff9b::/96")


@given(st.ip_addresses(v=4))
def test_every_disguise_is_as_refused_as_what_it_hides(address: ipaddress.IPv4Address) -> None:
    """A refused IPv4 address is refused in each IPv6 form that leads to it."""
    number = int(address)
    if Guard().refuse(str(address)) is None:
        return
    for bits in (
        0xFFFF << 32 | number,
        number,
        0x0064_FF9B << 96 | number,
        0x0064_FF9B_0001 << 80 | number,
        0x0064_FF9B_0001 << 80 | (number >> 16) << 64 | (number & 0xFFFF) << 40,
        0x2002 << 112 | number << 80,
        0x2001_0000 << 96 | number << 64,
        0x2001_0000 << 96 | 0x0808_0808 << 64 | number ^ 0xFFFF_FFFF,
        0x2A00_1450 << 96 | 0x5EFE << 32 | number,
        0x2A00_1450 << 96 | 0x0200_5EFE << 32 | number,
    ):
        assert Guard().refuse(str(ipaddress.IPv6Address(bits)))


@pytest.mark.parametrize(
    ("networks", "address", "open_"),
    [
        (["127.0.0.0/8"], "127.0.0.1", True),
        (["127.0.0.0/8"], "::ffff:127.0.0.1", True),
        (["127.0.0.0/8"], "64:ff9b::7f00:1", True),
        (["127.0.0.0/8"], "2002:7f00:1::", False),
        (["127.0.0.0/8"], "10.0.0.1", False),
        (["127.0.0.0/8"], "::1", False),
        (["::ffff:127.0.0.0/104"], "127.0.0.1", True),
        (["10.1.2.3"], "10.1.2.3", True),
        (["10.1.2.3"], "10.1.2.4", False),
        (["::1"], "::1", True),
        (["fc00::/7"], "fd12::1", True),
        (["fe80::/10"], "fe80::1%eth0", True),
        (["2002::/16"], "2002:808:808::1", True),
        (["2002::/16"], "2002:7f00:1::", False),
        (["2002::/16"], "2002:7f00:1::5efe:808:808", False),
        (["2001::/32"], "2001:0:808:808::f7f7:f7f7", True),
        (["2001::/32"], "2001:0:808:808::80ff:fffe", False),
        (["64:ff9b:1::/48"], "64:ff9b:1::8.8.8.8", True),
        (["64:ff9b:1::/48"], "64:ff9b:1:808:8:800::", True),
        (["64:ff9b:1::/48"], "64:ff9b:1::10.0.0.1", False),
        (["64:ff9b:1::/48", "10.0.0.0/8"], "64:ff9b:1::10.0.0.1", True),
    ],
)
def test_networks_are_opened_one_by_one(networks: list[str], address: str, open_: bool) -> None:
    """What is opened is open, and a way through a translator is open only if its end is."""
    assert (Guard(networks).refuse(address) is None) is open_


def places(*addresses: str) -> list[Address]:
    """What a resolver answers."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, (address, 80)) for address in addresses]


def test_a_name_with_one_private_address_is_refused_as_a_whole() -> None:
    """H20: a public and a private address under one name are no accident."""
    with pytest.raises(FetchError) as caught:
        Guard().admit("vendor.example", places("93.184.215.14", "127.0.0.1"))
    assert caught.value.reason is Reason.BLOCKED_ADDRESS
    assert not caught.value.transient
    assert not isinstance(caught.value, OSError)
    assert caught.value.detail.startswith("vendor.example (127.0.0.1) is not contacted: 127.0.0.0/8 is this machine")
    assert "allow_networks" in caught.value.detail


def test_an_address_of_this_machine_is_refused_though_it_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a firewall hides from the Internet can be reached from inside; whoever means it opens the address."""
    monkeypatch.setattr("watcher.fetcher.blocks._BLOCKS", ())  # as if loopback were public
    with pytest.raises(
        FetchError, match=r"vendor.example \(127.0.0.1\) is not contacted: it is an address of this machine"
    ):
        Guard().admit("vendor.example", places("127.0.0.1"))
    assert Guard(["127.0.0.1"]).admit("vendor.example", places("127.0.0.1"))
    assert Guard().admit("vendor.example", places("93.184.215.14"))


def test_of_an_open_host_only_the_open_addresses_are_used() -> None:
    """`localhost` has two addresses; whoever opened one of them is not refused for the other."""
    found = Guard(["127.0.0.0/8"]).admit("localhost", places("::1", "127.0.0.1"))
    assert [address[3][0] for address in found] == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "127.1", "[::1]", "::ffff:127.0.0.1", "localhost"])
def test_resolving_refuses(host: str) -> None:
    """H18, H19: one who connects by himself gets no address that he may not contact."""
    with pytest.raises(FetchError) as caught:
        Guard().resolve(host, 80)
    assert caught.value.reason is Reason.BLOCKED_ADDRESS


def test_resolving_gives_numeric_addresses() -> None:
    """Each address once, in the order of the resolver."""
    assert Guard(["127.0.0.0/8"]).resolve("127.0.0.1", 80) == ("127.0.0.1",)


def test_a_name_that_is_not_known_is_a_dns_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """H26: the same typed error as of a fetch."""

    def fail(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(FetchError) as caught:
        Guard().resolve("vendor.invalid", 80)
    assert caught.value.reason is Reason.DNS


@pytest.mark.parametrize("networks", [["lan"], ["10.0.0.1/8"]])
def test_what_is_no_network_is_a_mistake(networks: list[str]) -> None:
    """The configuration has judged them; the guard takes no guess."""
    with pytest.raises(ValueError, match=r"does not appear|host bits"):
        Guard(networks)
