"""The child of the delivery campaign: sends what is due from a store to a mail server, until it is killed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from notifier.deliver import DeliverSettings, deliver
from notifier.mail import MailSettings
from storage.connect import open_store


def main() -> None:
    """`delivery_sender.py STORE PORT MOMENT TARGETS`."""
    place, port, moment, people = sys.argv[1:]
    mail = MailSettings(f"smtp+insecure://127.0.0.1:{port}", "clausewatch <alerts@example.org>")
    targets = {f"mailto:p{i}@example.org": f"mailto:p{i}@example.org" for i in range(int(people))}
    now = datetime.fromisoformat(moment).astimezone(UTC)
    store = open_store(Path(place), write=True)
    deliver(store, DeliverSettings(mail=mail, targets=targets), lambda: now)
    store.close()


if __name__ == "__main__":
    main()
