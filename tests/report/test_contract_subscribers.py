"""What programs read of a subscriber: every key that the configuration knows, spelled as there."""

from __future__ import annotations

from datetime import time

from storage.model import Attachment, QuietHours, Subscriber, Target
from watcher.config.schema import keys
from watcher.report.contract import subscriber_json


def test_no_key_of_the_configuration_is_left_out() -> None:
    """A key that comes to `[[subscriber]]` comes to `subscribers list --json`, under the same name."""
    assert set(subscriber_json(Subscriber("team", (Target("console:"),)))) == set(keys("subscriber"))


def test_values_stand_as_the_configuration_writes_them() -> None:
    """Times of the day, spans and attachments; an address is shown unexpanded."""
    told = subscriber_json(
        Subscriber(
            "team",
            (Target("json://${KEY}@hook.example"),),
            languages=("nl",),
            at=time(6, 5),
            quiet=QuietHours(time(22), time(7, 30)),
            proof=True,
            reminders=False,
            attach=(Attachment("diff"),),
        )
    )
    assert told["to"] == ["json://${KEY}@hook.example"]
    assert (told["languages"], told["at"], told["quiet_hours"]) == (["nl"], "06:05", "22:00-07:30")
    assert (told["proof"], told["reminders"], told["attach"]) == (True, False, ["diff"])
