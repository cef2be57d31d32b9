"""Where the head of a page ends when nobody says so."""

from __future__ import annotations

import pytest

from watcher.extractor.html import parse

PROSE = "<h1>Privacy policy</h1><p>We keep the personal data in your account for twelve months after you close it.</p>"


@pytest.mark.parametrize(
    "page",
    [
        f"<!doctype html><html lang=en><title>T</title><main>{PROSE}</main></html>",
        f"<title>T</title><meta charset=utf-8><article>{PROSE}</article>",
        f"<html><head><title>T</title><section>{PROSE}</section><script>1</script></head></html>",
        f"<title>T</title><header>Menu</header><main>{PROSE}</main><footer>Imprint</footer>",
    ],
)
def test_content_after_an_open_head_is_in_the_body(page: str) -> None:
    """HTML lets `<head>` and `<body>` be left out; what follows is content all the same, in its order."""
    soup = parse(page)
    assert soup.head is not None
    assert soup.body is not None
    assert soup.head.find(["main", "article", "section", "header"]) is None
    assert "twelve months" in soup.body.get_text()
    assert soup.head.title is not None


def test_a_proper_head_is_left_alone() -> None:
    """Nothing moves when the page is written out."""
    page = f"<html><head><title>T</title><style>p{{}}</style></head><body><main>{PROSE}</main></body></html>"
    soup = parse(page)
    assert [tag.name for tag in soup.head.find_all(recursive=False)] == ["title", "style"]  # type: ignore[union-attr]
