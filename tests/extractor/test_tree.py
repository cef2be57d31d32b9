"""The tree that the walk reads: built the short way, it is the tree of Beautiful Soup's own builder."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder
from bs4.exceptions import ParserRejectedMarkup
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.extractor import tree

PAGES = sorted((Path(__file__).parent.parent / "pages30").rglob("*.html"))
PARTS = (
    "<p>",
    "</p>",
    "<div class=' a  b\tc ' id=x>",
    "</div>",
    "<b>",
    "</b>",
    "<pre>\n ",
    "</pre>",
    "<textarea> ",
    "</textarea>",
    "<script>var a = '<b>'</script>",
    "<style>p {}</style>",
    "<template><p>",
    "</template>",
    "<ruby>r<rt>t</rt></ruby>",
    "<table><tr><td headers='a b'>",
    "</table>",
    "<a rel='nofollow noopener' href='?a=1&amp;b=2'>",
    "</a>",
    "<br>",
    "<img alt=''/>",
    "<!-- c -->",
    "<?pi x?>",
    "<!DOCTYPE html>",
    "<html lang=nl>",
    "<head><meta charset=utf-8><title>T</title></head>",
    "<body>",
    "</body></html>",
    "<svg:rect xlink:href='#a'/>",
    "<{a}b {c}d=1>",
    "<meta http-equiv=Content-Type content='text/html; charset=latin1'>",
    "<h1>",
    "</h1>",
    " \n\t",
    "text & more é ",
    "&nbsp;&#0;&lt;",
    "<![CDATA[x]]>",
    "</nothing>",
)


def _tree(source: bytes, builder: type[LXMLTreeBuilder]) -> object:
    try:
        return tree._shape(BeautifulSoup(source, builder=builder, from_encoding="utf-8"))
    except ParserRejectedMarkup:
        return "rejected"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=30))
def test_short_way_makes_the_same_tree(parts: list[str]) -> None:
    """Whatever the markup, every node, attribute and tie between nodes is that of Beautiful Soup's own builder."""
    source = "".join(parts).encode()
    assert _tree(source, tree._Builder) == _tree(source, LXMLTreeBuilder)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_short_way_makes_the_same_tree_of_whole_pages(page: Path) -> None:
    """Whole pages give the same tree too."""
    source = page.read_bytes()
    assert _tree(source, tree._Builder) == _tree(source, LXMLTreeBuilder)


def test_short_way_is_taken() -> None:
    """With the release of Beautiful Soup that is installed, pages are read the short way."""
    assert tree._BUILDER is tree._Builder
    assert tree._choose() is tree._Builder


def test_long_way_is_taken_when_the_trees_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that keeps its trees otherwise is read with its own builder."""
    monkeypatch.setattr(tree, "_append", lambda soup, node: soup.currentTag.contents.append(node))
    assert tree._choose() is LXMLTreeBuilder
