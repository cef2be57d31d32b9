"""Due deliveries packed into messages: a digest's together, a flood's together, all others alone. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from notifier.cadence import REMINDER
from storage.model import NoticeParcel, Post

FLOOD = 5  # more immediate alerts than this for one subscriber and target at once go out as one message

MAIL = "mail"
CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one target. `key` is the delivery's own, or a hash of all its deliveries' keys.

    `again` says that it may have been sent before: until it is known to have arrived it stays as it is.
    """

    key: str
    target: str
    parcels: tuple[Post, ...]
    again: bool = False

    @property
    def thread(self) -> str:
        """The conversation it belongs to: its source, the health of that, or the subscriber's digests or notices."""
        first = self.parcels[0]
        if isinstance(first, NoticeParcel):
            alone = first.source if len(self.parcels) == 1 else None
            return f"health|{alone.id}" if alone else f"notices|{first.delivery.subscriber}"
        reminds = first.delivery.group.startswith(f"{REMINDER}:")
        if len(self.parcels) == 1 and (reminds or not first.delivery.group):
            return f"source|{first.source.id}"
        return f"digest|{first.delivery.subscriber}|{first.delivery.group.partition(':')[0]}"


def pack(parcels: Sequence[Post]) -> list[Envelope]:
    """One envelope for each message to send, in the order of the parcels.

    Deliveries of one group for one subscriber and target are one message. So are more than five without a group: a
    vendor that changes a line on 500 pages, or an outbox that lay still for days, makes one message and not 500. Alerts
    and notices do not mix.
    """
    piles: dict[tuple[str, str, str, bool], list[Post]] = defaultdict(list)
    for parcel in parcels:
        delivery = parcel.delivery
        piles[(delivery.subscriber, delivery.target, delivery.group, delivery.notice)].append(parcel)
    envelopes: list[Envelope] = []
    for (_, target, group, _), pile in piles.items():
        if group or len(pile) > FLOOD:
            envelopes.append(Envelope(_key(pile), target, tuple(pile)))
        else:
            envelopes += [Envelope(parcel.delivery.key, target, (parcel,)) for parcel in pile]
    return envelopes


def lane_of(target: str, address: str) -> str:
    """What a target shares its way with: all mail is "mail", else "console", or the target as configured alone.

    Only the expanded address tells: a target may be `file:PATH`.
    """
    scheme = address.partition(":")[0].lower()
    return MAIL if scheme == "mailto" else CONSOLE if scheme == "console" else target


def _key(pile: Sequence[Post]) -> str:
    keys = sorted(parcel.delivery.key for parcel in pile)
    return keys[0] if len(keys) == 1 else hashlib.sha256("|".join(keys).encode()).hexdigest()[:32]
