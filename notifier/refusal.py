"""How a refusal is told apart: one message, one address, or the whole way there."""

from __future__ import annotations

from storage.errors import DeliveryError


class WayBlocked(DeliveryError):
    """Nothing can be sent this way now (no connection, no login): what else waits for it is not tried in this run."""


def is_permanent(status: int) -> bool:
    """Whether an HTTP status means that the same message will be refused again.

    408, 425, 429 and every 5xx pass; a redirect is not followed and asks for a new address in the configuration.
    """
    return 300 <= status < 500 and status not in {408, 425, 429}
