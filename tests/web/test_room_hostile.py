"""A store with hostile text in every field: words stay words, on the server, in the files and in a real browser."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from web_crawl import crawl, faults_of
from web_samples import MARKUP
from web_tabs import NOW, OpenTab, serving

from storage.protocol import Store
from watcher.web.site import SiteSettings, write_site

SEARCH = "search/?q=%3Cscript%3Ealert(1)%3C/script%3E%22%27onload=alert(2)"


def test_no_page_has_markup_that_is_not_ours(hostile: Store) -> None:
    """Every page that can be reached has our elements and attributes alone, and shows the hostile words as words."""
    shown = ""
    with serving(hostile) as room:
        pages = dict(crawl(room))
    for path, text in pages.items():
        assert faults_of(text) == [], path
        shown += text
    assert len(pages) > 40
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "{{7*7}}${x}{0.__class__}%s" in shown
    assert not any(char in shown for char in "\x1b\x9b\u202e\x00\u2028")


def test_the_browser_runs_and_asks_nothing(hostile: Store, open_tab: OpenTab) -> None:
    """In Chromium no page opens a dialog, reports an error, or asks anybody but us; nothing reaches beyond a phone."""
    with serving(hostile) as room:
        pages = [path for path, _ in crawl(room)]
        tab = open_tab(room, width=320)
        for path in (*pages, SEARCH, f"recipients/?q={SEARCH[10:]}"):
            tab.page.goto(f"{room}{path}", wait_until="domcontentloaded")
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320, path
    assert tab.faults == []


def test_the_files_are_as_harmless_as_the_pages(hostile: Store, tmp_path: Path) -> None:
    """A folder of files has our markup alone, scripts of data that are data, and feeds that are well-formed."""
    folder = tmp_path / "public"
    write_site(hostile, SiteSettings(folder, all_pairs=True, reviews=True), NOW)
    for path in folder.rglob("*.html"):
        assert faults_of(path.read_text("utf-8")) == [], path
    for path in folder.rglob("*.atom"):
        ET.parse(path)
    for path in (folder / "search").rglob("*.js"):
        told = path.read_text("ascii")
        assert "<" not in told or told.startswith("Object.assign(clausewatch.passages,{"), path
        assert told.count("\n") == 1
    outside = [path for path in tmp_path.rglob("*") if folder not in path.parents and path != folder]
    assert outside == []
    assert len(MARKUP) == 12
