"""How the headers of a mail are written where the email package would fold them in ways that programs trip over."""

from __future__ import annotations

from email.header import Header
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, EmailPolicy, Policy
from typing import Any

_LINE = 76  # characters of a line of a header with encoded words (RFC 2047 section 2)


class _WholeHeader:
    """A header in one line: the email package would write a long address as an encoded word, which no program reads."""

    max_count = 1
    name: str
    parse = staticmethod(UnstructuredHeader.parse)

    def fold(self, *, policy: Policy) -> str:
        """The header as it stands; line ends cannot be in it, its makers see to that."""
        return f"{self.name}: {self}{policy.linesep}"


class _Subject:
    """A subject that every program shows as it was meant: in one line if it is ASCII, else all of it in encoded words.

    The email package folds at blanks, which some programs then show twice, and reads what looks like an encoded word as
    one, so that a page could hide a line end in it. A line may have 998 characters (RFC 5322 section 2.1.1); white
    space between encoded words is dropped by all (RFC 2047 section 6.2).
    """

    max_count = 1
    name: str

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the value as it is."""
        kwds["decoded"], kwds["parse_tree"] = str(value), None

    def fold(self, *, policy: Policy) -> str:
        """The header in one line, or in lines of at most 76 characters."""
        text = str(self)
        whole = f"{self.name}: {text}"
        if not text.isascii() or "=?" in text:
            words = Header(text, "utf-8", maxlinelen=_LINE, header_name=self.name)
            whole = f"{self.name}: {words.encode(linesep=policy.linesep)}"
        return f"{whole}{policy.linesep}"


def _policy() -> EmailPolicy[Any]:
    headers = HeaderRegistry()
    headers.map_to_type("subject", _Subject)  # type: ignore[arg-type] # as the package makes its own types
    headers.map_to_type("list-unsubscribe", _WholeHeader)  # type: ignore[arg-type] # as the package makes its own types
    return SMTP.clone(header_factory=headers)


POLICY = _policy()
