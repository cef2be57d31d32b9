"""Requests and tokens of RFC 3161 against openssl: what it signs holds here, what is forged does not."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stamp_authority import OTHER_POLICY, POLICY, StampAuthority, make_authority

from watcher.timestamps.token import check_token, request_for

LINK = "0f" * 31 + "ab"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> StampAuthority:
    """An authority of our own."""
    return make_authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def token(authority: StampAuthority) -> bytes:
    """Its token for `LINK`."""
    return authority.reply(request_for(LINK, 77))


def _openssl(folder: Path, *words: str) -> str:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True).stdout


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 2**31, 2**63 - 1])
@pytest.mark.parametrize("policy", [None, OTHER_POLICY, "2.999.16384.1"])
def test_openssl_reads_the_request(authority: StampAuthority, tmp_path: Path, nonce: int, policy: str | None) -> None:
    """Its digest is the link itself; nonce, policy and the wish for the certificate are what was asked for."""
    (tmp_path / "q").write_bytes(request_for(LINK, nonce, policy))
    told = _openssl(tmp_path, "ts", "-query", "-in", "q", "-text")
    data = "".join(line.split("-", 1)[1][:48] for line in told.splitlines() if " - 0f" in line)
    assert data.replace(" ", "").replace("-", "") == LINK
    stated = told.split("Nonce: ")[1].splitlines()[0]
    assert int(stated, 16) == nonce
    assert f"Policy OID: {policy or 'unspecified'}" in told
    assert "Certificate required: yes" in told


def test_a_token_of_openssl_holds(authority: StampAuthority, token: bytes) -> None:
    """Here and for `openssl ts -verify`; the time is now."""
    found = check_token(token, LINK, trusted=authority.ca.read_bytes(), nonce=77, policy=POLICY)
    assert found.signed
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)
    (authority.folder / "t").write_bytes(token)
    told = _openssl(authority.folder, "ts", "-verify", "-digest", LINK, "-in", "t", "-CAfile", "ca.pem")
    assert "Verification: OK" in told
    assert not check_token(token, LINK).signed


def test_what_does_not_fit_is_named(authority: StampAuthority, token: bytes, tmp_path: Path) -> None:
    """Another link, nonce, policy or root; a refusal; and what is no answer at all."""
    stranger = make_authority(tmp_path).ca.read_bytes()
    for wrong, said in (
        ({"link": "1" * 64}, "for something else"),
        ({"nonce": 78}, "another request"),
        ({"policy": OTHER_POLICY}, f"by the policy {POLICY}"),
        ({"trusted": stranger}, "signature does not hold"),
        ({"trusted": b"junk"}, "signature does not hold"),
        ({"token": authority.reply(request_for(LINK, 1, "1.9.9.9"))}, "the authority refused"),
        ({"token": b"<html>Welcome</html>"}, "no answer of a time-stamping authority"),
        ({"token": b""}, "no answer"),
        ({"token": bytes(300_000)}, "more than"),
    ):
        with pytest.raises(ValueError, match=said):
            check_token(**{"token": token, "link": LINK, **wrong})  # type: ignore[arg-type] # by name


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_changed_token_never_states_anything_else(
    authority: StampAuthority, token: bytes, data: st.DataObject
) -> None:
    """Any bytes may change or be cut: then it is refused, or what it states is what was signed."""
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.binary(max_size=3))
    changed = token[:place] + other + token[place + len(other) :]
    if data.draw(st.booleans()):
        changed = changed[: data.draw(st.integers(0, len(changed)))]
    sound = check_token(token, LINK, trusted=authority.ca.read_bytes())
    try:
        found = check_token(changed, LINK, trusted=authority.ca.read_bytes())
    except ValueError:
        return
    assert found == sound
