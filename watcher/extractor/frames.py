"""Put the pages that frames carry in themselves (`srcdoc`) where a reader sees them."""

from __future__ import annotations

from collections.abc import Callable

from bs4 import BeautifulSoup

from watcher.extractor.tags import attribute

_MOST_FRAMES = 10
_MOST_CHARS = 5_000_000
_FEWEST_WORDS = 30  # a player or a map says less


def with_frames(soup: BeautifulSoup, parse: Callable[[str], BeautifulSoup]) -> BeautifulSoup:
    """Replace each frame that carries a text with that text; frames in frames stay closed. Changes the tree."""
    for frame in soup.find_all("iframe", srcdoc=True, limit=_MOST_FRAMES):
        source = attribute(frame, "srcdoc")
        if len(source) > _MOST_CHARS:
            continue
        inner = parse(source)
        body = inner.body or inner
        for silent in body.find_all(["script", "style"]):
            silent.extract()
        if len(body.get_text(" ").split()) >= _FEWEST_WORDS:
            box = soup.new_tag("div")
            frame.replace_with(box)
            box.extend(list(body.contents))
    return soup
