"""What was handed out together stays together until it is known what became of it.

A message of several deliveries has a Message-ID that follows from which ones they are. Before it is tried, that id is
written beside each of them, in the group: a process that is killed in the middle, or a server that goes silent after
the text, leave it there, and the next try is the same message under the same id, whatever has come in between. It is
taken off again where the answer to the first try says that the message was not taken; later answers say nothing of the
first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from notifier.envelope import Envelope
from storage.model import Delivery, Post

_SEAL = "|"


def unseal(parcels: Sequence[Post]) -> tuple[list[Envelope], list[Post]]:
    """The messages that may have been sent before, as they were then, and the parcels that have still to be packed.

    Deliveries of the messages have their group without the id.
    """
    piles: dict[tuple[str, str, str], list[Post]] = defaultdict(list)
    fresh: list[Post] = []
    for parcel in parcels:
        group, sealed, key = parcel.delivery.group.partition(_SEAL)
        if sealed:
            opened = replace(parcel, delivery=replace(parcel.delivery, group=group))
            piles[parcel.delivery.subscriber, parcel.delivery.target, key].append(opened)
        else:
            fresh.append(parcel)
    return [Envelope(key, target, tuple(pile), again=True) for (_, target, key), pile in piles.items()], fresh


def seals(envelopes: Sequence[Envelope]) -> dict[str, str]:
    """The group to write for each delivery, by its key, before its message is tried."""
    return {
        parcel.delivery.key: sealed(parcel.delivery, envelope.key).group
        for envelope in envelopes
        for parcel in envelope.parcels
    }


def sealed(delivery: Delivery, message: str) -> Delivery:
    """The delivery with the id of the message that it is in."""
    return replace(delivery, group=f"{delivery.group}{_SEAL}{message}")


def is_sealed(delivery: Delivery) -> bool:
    """Whether it was in a message of which nobody knows what became of it."""
    return _SEAL in delivery.group


def group_of(delivery: Delivery) -> str:
    """The group as it was made, without the id of a message."""
    return delivery.group.partition(_SEAL)[0]
