"""Each reader gets messages in their own manner: subscribers, the operator, and who is in no configuration any more."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from delivery_samples import Clock, fill, settings, subscriber
from notifier_samples import MOMENT
from test_notices import notice

from notifier.deliver import deliver
from notifier.route import tell_operator
from storage.connect import open_store
from storage.model import NoticeKind, Operator, Target

CONSOLE = "console:"


def test_two_readers_of_one_change(tmp_path: Path) -> None:
    """One reads Dutch under a subject of their own, one English; neither is told of the other."""
    store = open_store(tmp_path / "history.db", write=True)
    ada = subscriber("ada", CONSOLE, lang="nl", subject="[{subscriber}] {headline}", intro="Dag {subscriber}")
    bob = subscriber("bob", CONSOLE)
    fill(store, [ada, bob])
    out = io.StringIO()
    known = replace(settings(None, CONSOLE), subscribers=(ada, bob))
    assert deliver(store, known, Clock(), console=out).sent == 2
    store.close()
    said = out.getvalue()
    second = max(said.index("[ada] "), said.index("[high] Acme"))
    dutch, english = sorted((said[:second], said[second:]), key=lambda text: not text.startswith("[ada]"))
    assert dutch.startswith("[ada] bewaartermijn 24 -> 36 maanden\n\nDag ada\n")
    assert "Acme 0 privacy policy: retention 24 -> 36 months" in english
    assert "bob" not in dutch
    assert "ada" not in english


def test_the_operator_reads_a_language_too(tmp_path: Path) -> None:
    """Notices are told in the language of `[operator]`."""
    store = open_store(tmp_path / "history.db", write=True)
    operator = Operator((Target(CONSOLE),), lang="nl")
    draft = notice(NoticeKind.UNDELIVERED, source_id=None, recipient="ada", target="slack://x", delivery="d" * 32)
    store.record_deliveries([], tell_operator(operator, draft, "notices:1", MOMENT))
    out = io.StringIO()
    known = replace(settings(None, CONSOLE), operator=operator)
    assert deliver(store, known, Clock(), console=out).sent == 1
    store.close()
    assert out.getvalue().startswith("[bericht niet bezorgd] voor ada, slack://x\n\nBericht niet bezorgd: slack://x\n")
