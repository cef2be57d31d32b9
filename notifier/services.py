"""How long a message may be where it goes, and how that service counts.

Whatever a service takes, nobody reads more than a screen in a chat: Slack shows 4,000 characters and folds the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notifier.plaintext import octets, units

_READ = (
    3800  # UTF-16 code units; also as JSON with every character escaped far below the 28 kB of Teams, 64 kB of Matrix
)
_BLOCK = 2900  # of Slack's 3,000 in the text of a block (docs.slack.dev/reference/block-kit/blocks/section-block)
_NTFY = 4000  # bytes of UTF-8: beyond 4,096 ntfy makes the message an attachment (docs.ntfy.sh/publish)
_MARGIN = 0.92  # services count the marks that apprise adds
# Where apprise knows of less than the service takes: a workflow of Teams takes 28 kB as JSON.
_TEAMS = frozenset({"workflow", "workflows", "msteams"})


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most`, as `measure` counts."""

    most: int
    measure: Callable[[str], int] = units


def limit_of(service: Any) -> Limit:
    """The limit for the text of a message to a service of apprise, its title not counted."""
    schemas = _schemas(service.protocol) | _schemas(service.secure_protocol)
    if schemas & {"ntfy", "ntfys"}:
        return Limit(_NTFY, octets)
    if "slack" in schemas and getattr(service, "use_blocks", False):
        return Limit(_BLOCK)
    if schemas & _TEAMS:
        return Limit(_READ)
    return Limit(int(min(_READ, service.body_maxlen * _MARGIN)))


def _schemas(named: str | tuple[str, ...] | None) -> set[str]:
    return {named} if isinstance(named, str) else set(named or ())
