"""Names stand where a reader looks for them."""

from __future__ import annotations

from notifier.alphabet import in_register


def test_an_accent_does_not_send_a_name_to_the_end() -> None:
    """Nor does a capital; names that differ in accents alone have one order, always the same."""
    names = ["Zeta", "Îlot", "ikea", "Élan", "Elan", "zulu", "Ærø", "Øst", "Çelik", "Aal"]
    assert sorted(names, key=in_register)[:6] == ["Aal", "Çelik", "Elan", "Élan", "ikea", "Îlot"]
    assert sorted(["Élan", "Elan"], key=in_register) == sorted(["Elan", "Élan"], key=in_register) == ["Elan", "Élan"]
