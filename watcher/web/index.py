"""The words of the newest versions as small scripts, for the search of a folder of files: no server, no `fetch`.

`search/index.js` names the files of words, by the first two letters; each lists the passages that hold a word.
Passages lie in files of `SIZE`. A page loads the few that a search needs, from a disk as well.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from watcher.web.places import version_path
from watcher.web.reading import Reading
from watcher.web.render import harmless
from watcher.web.rooms.catalogue import catalogue

SIZE = 100
LONGEST = 900
_WORD = re.compile(r"[^\W_]+")


def index_files(reading: Reading) -> Iterator[tuple[str, bytes]]:
    """Every file of the index with its name: the same history, the same bytes."""
    words: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    waiting: list[list[object]] = []
    count = 0
    for passage in _passages(reading):
        for word in sorted(set(_WORD.findall(folded(str(passage[-1]))))):
            words[bucket(word)][word].append(count)
        waiting.append(passage)
        count += 1
        if len(waiting) == SIZE:
            yield _passage_file(count - SIZE, waiting)
            waiting = []
    if waiting:
        yield _passage_file(count - len(waiting), waiting)
    for name, index in sorted(words.items()):
        told = json.dumps(index, separators=(",", ":"), sort_keys=True)
        yield f"search/w/{name}.js", f'clausewatch.words["{name}"]={told};\n'.encode()
    told = json.dumps(sorted(words), separators=(",", ":"))
    yield "search/index.js", f"clausewatch.size={SIZE};clausewatch.buckets={told};\n".encode()


def folded(text: str) -> str:
    """A text as words are compared: without accents, in lower case. The script of the page does the same."""
    taken = unicodedata.normalize("NFKD", text)
    return "".join(char for char in taken if not unicodedata.category(char).startswith("M")).lower()


def bucket(word: str) -> str:
    """The name of the file that has a word: its first two letters as numbers, so that any script fits a file name."""
    return "-".join(f"{ord(char):x}" for char in word[:2])


def _passages(reading: Reading) -> Iterator[list[object]]:
    """Where each passage of the newest versions stands, and its words."""
    for source_id, state in catalogue(reading).states.items():
        if not state.version:
            continue
        path = version_path(source_id, state.version)
        for number, block in enumerate(reading.store.document(source_id, state.version).blocks, 1):
            text, section = harmless(block.text[:LONGEST]), harmless(" › ".join(block.path))
            yield [f"{path}index.html#b{number}", f"{harmless(state.vendor)} · {source_id}", section, text]


def _passage_file(first: int, passages: list[list[object]]) -> tuple[str, bytes]:
    told = json.dumps(dict(enumerate(passages, first)), separators=(",", ":"))
    return f"search/p/{first // SIZE}.js", f"Object.assign(clausewatch.passages,{told});\n".encode()
