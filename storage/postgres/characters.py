"""Every text as it is: PostgreSQL holds any character but U+0000, so that one is written by another name.

U+FFFF stands nowhere in interchanged text (Unicode calls it a noncharacter). It begins a pair: U+FFFF 0 is U+0000,
U+FFFF 1 is U+FFFF itself. Both ways together are exact, so records have the same digests in every store.
"""

from __future__ import annotations

from psycopg.abc import AdaptContext, Buffer
from psycopg.types.string import StrDumper, TextLoader

_SIGN = "\uffff"


def put_in(text: str) -> str:
    """A text as the database holds it."""
    if "\0" not in text and _SIGN not in text:
        return text
    return text.replace(_SIGN, f"{_SIGN}1").replace("\0", f"{_SIGN}0")


def take_out(text: str) -> str:
    """The text whose `put_in` this is."""
    return text if _SIGN not in text else text.replace(f"{_SIGN}0", "\0").replace(f"{_SIGN}1", _SIGN)


class _Dumper(StrDumper):
    def dump(self, obj: str) -> Buffer | None:
        return super().dump(put_in(obj))


class _Loader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        loaded = super().load(data)
        return take_out(loaded) if isinstance(loaded, str) else loaded


def adapt(context: AdaptContext) -> None:
    """Let a connection write and read texts that way."""
    context.adapters.register_dumper(str, _Dumper)
    for kind in ("text", "varchar"):
        context.adapters.register_loader(kind, _Loader)
