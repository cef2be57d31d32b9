"""Recipients that a text names without a verb: beside their own web address, by their cookies, in parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from storage.model import Block, BlockKind
from watcher.differ.recipients.forms import NAME
from watcher.differ.recipients.names import companies, entity_key, has_form, is_generic, looks_like_name, trimmed
from watcher.differ.recipients.phrases import PHRASES

_LONGEST = 20_000  # characters of a block that is read for names
# "Example Ltd. https://www.example.com/privacy": a name beside its own address.
_ADDRESS = re.compile(r"https?://(?:www\.)?(?P<host>[\w.-]+)")
_BEFORE_ADDRESS = re.compile(rf"(?<!\S)(?P<name>{NAME})\s*[:(–-]?\s*$")
_NAME_CHARS = 80
_MOST_HOSTS = 40
_PAIR = 2  # cells of a row that says something of what its first cell names
_HOST = re.compile(r"(?<![\w@/])[*.]*(?P<label>[a-z][a-z0-9-]{2,})\.(?:com|net|org|io|eu|co|nl|de|fr|ai|app)(?![\w/])")
_PARENTHESES = re.compile(rf"(?<=[a-zà-ÿ])\s\((?P<names>{NAME}(?:,\s{NAME})*)\)")


def named_aside(block: Block) -> Iterator[str]:
    """The names that a block mentions without a verb, in the order of their kinds."""
    if len(block.text) > _LONGEST:
        return
    if "://" in block.text:
        yield from _beside_address(block.text)
    if block.kind is BlockKind.TABLE_ROW and len(block.cells) == _PAIR:
        yield from _beside_label(block)
    if block.kind is BlockKind.TABLE_ROW and "." in block.text:
        yield from _of_hosts(block.text)
    if " (" in block.text and _PARENTHESES.search(block.text) and _speaks_of_parties(block):
        yield from _in_parentheses(block.text)


def _beside_address(text: str) -> Iterator[str]:
    """Names directly before an address whose host holds them."""
    for match in _ADDRESS.finditer(text):
        before = _BEFORE_ADDRESS.search(text[max(0, match.start() - _NAME_CHARS) : match.start()])
        if before is None:
            continue
        name = trimmed(before["name"])
        core = re.sub(r"\W", "", entity_key(name).loose)
        if (
            len(core) > 2
            and not (name.isupper() and len(name) < 5)
            and core in re.sub(r"\W", "", match["host"].lower())
        ):
            yield name


def _beside_label(block: Block) -> Iterator[str]:
    """The companies beside a cell that announces them, in a row without headings ("Recipients | Example Ltd")."""
    label, told = block.cells
    if not label.column and not told.column and PHRASES.strong.match(label.text.lower()):
        yield from (name for name, _ in companies(told.text))


def _of_hosts(text: str) -> Iterator[str]:
    """Names in a row that also gives their domain ("*.example.com | 1 year | Used by Example to ...")."""
    for match in islice(_HOST.finditer(text), _MOST_HOSTS):
        for named in re.finditer(rf"(?<![\w.]){re.escape(match['label'])}(?![\w.])", text, re.IGNORECASE):
            if named[0][0].isupper():
                yield named[0]
                break


def _speaks_of_parties(block: Block) -> bool:
    lower = block.text.lower()
    return bool(PHRASES.strong.search(lower) or any(PHRASES.strong.search(one.lower()) for one in block.path[-1:]))


def _in_parentheses(text: str) -> Iterator[str]:
    """Names in parentheses behind what they do ("personal advertising (Example Manager)"), of two words or a form."""
    for match in _PARENTHESES.finditer(text):
        for name in re.split(r",\s(?!Inc|Ltd|LLC)", match["names"]):
            long = len(name.split()) > 1 and not name.isupper()
            if (long or has_form(name)) and looks_like_name(name) and not _titles_text(name):
                yield name


def _titles_text(name: str) -> bool:
    """True for the titles of laws, notices and programmes, which look like names."""
    last = name.rsplit(maxsplit=1)[-1]
    return not has_form(name) and is_generic(last) and last.lower() in PHRASES.tails
