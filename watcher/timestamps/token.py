"""Requests and tokens of RFC 3161, checked without a network.

What is signed is the link of a record as the SHA-256 that it is, so `openssl ts -verify -digest LINK` checks a token.
The request is written here, for rfc3161-client hashes what it is given and cannot ask for a policy; reading and
checking what comes back is that library's.
"""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse, TimeStampTokenInfo

MISSING = "the package rfc3161-client is not installed (pip install 'clausewatch[stamps]')"
# id-sha256 with its absent parameters written as NULL, as most authorities expect it (RFC 5754, 2).
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_INTEGER, _BITS, _OBJECT, _SEQUENCE, _TAGGED = 0x02, 0x04, 0x06, 0x30, 0xA0
_REASON = re.compile(r'reason: "([^"]{1,100})"')
_GRANTED = {0, 1}
# No authority's answer is larger: a token with the certificates of its chain takes 3 to 10 kB.
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Token:
    """What a token states. `signed` is True where its signature was checked against certificates that are trusted."""

    at: datetime
    policy: str
    signed: bool


def installed() -> bool:
    """Whether tokens can be read here."""
    return importlib.util.find_spec("rfc3161_client") is not None


def request_for(link: str, nonce: int, policy: str | None = None) -> bytes:
    """A TimeStampReq in DER for the link of a record; the certificate of the signer is asked for too."""
    imprint = _der(_SEQUENCE, _SHA256 + _der(_BITS, bytes.fromhex(link)))
    wanted = _der(_OBJECT, _object(policy)) if policy else b""
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    version = _der(_INTEGER, b"\x01")
    return _der(_SEQUENCE, version + imprint + wanted + _der(_INTEGER, number) + b"\x01\x01\xff")


def check_token(
    token: bytes, link: str, *, trusted: bytes | None = None, nonce: int | None = None, policy: str | None = None
) -> Token:
    """What a token (TimeStampResp in DER) states about the link of a record.

    `trusted` holds certificates in PEM; without them the signature is not looked at. Certificates must have been valid
    at the time that the token states. Raises ValueError with what is wrong with it, UsageError where the package for it
    is missing.
    """
    answer = _read(token)
    if answer.status not in _GRANTED:
        said = "; ".join(answer.status_string)[:200]
        raise ValueError(f"the authority refused (status {answer.status}{f': {said}' if said else ''})")
    info = _info(answer)
    if info.message_imprint.message.hex() != link:
        raise ValueError("it is for something else")
    if nonce is not None and info.nonce != nonce:
        raise ValueError("it answers another request")
    stated = info.policy.dotted_string
    if policy is not None and stated != policy:
        raise ValueError(f"it is by the policy {stated}, not {policy}")
    if trusted is not None:
        _verify(answer, link, trusted)
    return Token(info.gen_time.astimezone(UTC), stated, signed=trusted is not None)


def _read(token: bytes) -> TimeStampResponse:
    if not installed():
        raise UsageError(MISSING)
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 - an extra

    if len(token) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    try:
        return decode_timestamp_response(_in_order(token))
    except Exception as error:  # whatever the parser says of a stranger's bytes
        raise ValueError("it is no answer of a time-stamping authority") from error


def _info(answer: TimeStampResponse) -> TimeStampTokenInfo:
    try:
        return answer.tst_info
    except Exception as error:
        raise ValueError("it holds no time stamp") from error


def _verify(answer: TimeStampResponse, link: str, trusted: bytes) -> None:
    """Check the signature up to a trusted certificate. Raises ValueError."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - an extra
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415 - an extra

    try:
        builder = VerifierBuilder()
        for certificate in dict.fromkeys(load_pem_x509_certificates(trusted)):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify(answer, bytes.fromhex(link))
    except (VerificationError, ValueError) as error:
        said = " ".join(str(error).split())
        reason = _REASON.search(said)
        raise ValueError(f"its signature does not hold ({reason[1] if reason else said[:200]})") from error


def _in_order(token: bytes) -> bytes:
    """The token with its certificates in the order of DER.

    OpenSSL, and authorities that run on it, leave them as they are configured, and the parser refuses that. They are
    not part of what is signed. What is no such structure stays as it is.
    """
    try:
        place = _inside(token, 0, _SEQUENCE)  # TimeStampResp
        place = _inside(token, _behind(token, place), _SEQUENCE)  # ContentInfo, behind the status
        place = _inside(token, _behind(token, place), _TAGGED)  # content, behind its type
        place = _inside(token, place, _SEQUENCE)  # SignedData
        for _ in ("version", "digestAlgorithms", "encapContentInfo"):
            place = _behind(token, place)
        end = _behind(token, place)
        place = _inside(token, place, _TAGGED)  # certificates
        found: list[bytes] = []
        start = place
        while place < end:
            after = _behind(token, place)
            found.append(token[place:after])
            place = after
    except (IndexError, ValueError):
        return token
    return token[:start] + b"".join(sorted(found)) + token[end:]


def _inside(data: bytes, place: int, tag: int) -> int:
    """Where the content of the value at a place begins. Raises IndexError, ValueError."""
    if data[place] != tag:
        raise ValueError(f"no {tag:#x} at {place}")
    first = data[place + 1]
    return place + 2 + (first & 0x7F if first & 0x80 else 0)


def _behind(data: bytes, place: int) -> int:
    """Where the value at a place ends. Raises IndexError, ValueError."""
    start = _inside(data, place, data[place])
    digits = data[place + 2 : start]
    end = start + (int.from_bytes(digits, "big") if data[place + 1] & 0x80 else data[place + 1])
    if end > len(data):
        raise ValueError(f"the value at {place} is cut")
    return end


def _der(tag: int, content: bytes) -> bytes:
    """One value in DER; none here is longer than 127 bytes but by a long policy."""
    size = len(content)
    if size < 128:
        return bytes((tag, size)) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


def _object(name: str) -> bytes:
    """An object identifier (X.690, 8.19)."""
    first, second, *rest = map(int, name.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        parts = [arc & 0x7F]
        while arc := arc >> 7:
            parts.append(arc & 0x7F | 0x80)
        out += bytes(reversed(parts))
    return bytes(out)
