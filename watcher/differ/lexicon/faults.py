"""What may be wrong with the file of a language, all of it at once, in words that say what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.model import Topic
from watcher.differ.words import fold, words_of

# Tables that a file of a language may hold at its top.
_TABLES = frozenset({"language", "topic", "words"})


def faults(data: Mapping[str, Any], weights: Sequence[str], lists: Sequence[str]) -> list[str]:
    """Every fault of a lexicon file; `weights` are the groups a topic may have, `lists` the word lists it needs."""
    found = []
    if not isinstance(data.get("language"), str):
        found.append('language is missing: write language = "xx"')
    found += [f"[{name}] is no table of a lexicon: remove it" for name in data if name not in _TABLES]
    topics = data.get("topic", {})
    if not isinstance(topics, dict) or not topics:
        found.append("no topics: write at least one [topic.NAME]")
        topics = {}
    for topic, groups in topics.items():
        if topic not in set(Topic):
            found.append(f"[topic.{topic}] is no topic: use one of {', '.join(sorted(Topic))}")
        found += [f"[topic.{topic}] {fault}" for fault in _topic_faults(groups, weights)]
    return [*found, *_list_faults(data.get("words", {}), lists)]


def _topic_faults(groups: Mapping[str, Any], weights: Sequence[str]) -> Iterator[str]:
    """Every fault of one topic: its groups, its terms, and terms that stand in it twice."""
    places: dict[str, str] = {}
    for group, terms in groups.items():
        if group not in weights:
            yield f"{group} is no weight: use one of {', '.join(weights)}"
            continue
        if not isinstance(terms, list):
            yield f'{group} is no list: write {group} = ["..."]'
            continue
        for term in terms:
            fault = _term_fault(term)
            if fault:
                yield f"{group}: {term!r} {fault}"
                continue
            # A term may stand once for clauses and once more for headings only.
            key = f"{group == 'headings'} {_plain(term)}"
            if key in places:
                yield f"{group}: {term!r} stands in {places[key]} too: keep one of them"
            places.setdefault(key, group)


def _term_fault(term: object) -> str:
    """What is wrong with a term; nothing where it is right."""
    if not isinstance(term, str) or not words_of(term.rstrip("$")):
        return "holds no word: write text in quotes"
    body = term.strip()
    if "$" in body[:-1]:
        return 'has a "$" that is not its end: only the last word of a term can be asked for as a whole'
    if any("*" in word[:-1] for word in body.split()) or body.endswith("*"):
        return 'has a "*" in the wrong place: it stands behind a word that goes on, and the last word does so by itself'
    if body != term:
        return "begins or ends with a blank: remove it"
    return ""


def _plain(term: str) -> str:
    """A term as it is compared with others."""
    return " ".join(fold(term).split())


def _list_faults(words: Mapping[str, Any], lists: Sequence[str]) -> Iterator[str]:
    """Every fault of the word lists: those that lack, those that nothing reads, and what stands in them."""
    for name in (*lists, "same"):
        if name not in words:
            yield f"[words] {name} is missing: write {name} = [...]"
    for name, entries in words.items():
        if name not in {*lists, "same"}:
            yield f"[words] {name} is read by nothing: use one of {', '.join(sorted(lists))}"
        elif not isinstance(entries, list):
            yield f"[words] {name} is no list: write {name} = [...]"
        elif name == "same":
            bad = [group for group in entries if not _is_group(group)]
            yield from (f"[words] same: {group!r} is no group of two wordings or more" for group in bad)
        else:
            bad = [entry for entry in entries if not isinstance(entry, str) or not entry.strip()]
            yield from (f"[words] {name}: {entry!r} holds no word: write text in quotes" for entry in bad)
            texts = [_plain(entry) for entry in entries if isinstance(entry, str)]
            twice = {text for text in texts if texts.count(text) > 1}
            yield from (f"[words] {name}: {text!r} stands twice: keep one of them" for text in sorted(twice))


def _is_group(group: object) -> bool:
    """True for at least two wordings that are said to mean the same."""
    return isinstance(group, list) and len(group) > 1 and all(isinstance(one, str) and one.strip() for one in group)
