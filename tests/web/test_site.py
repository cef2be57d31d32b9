"""The folder of files: whole, linked, written once, and never somebody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from storage_samples import DAY, START, change, checked, new_version, source
from web_crawl import broken_links, crawl
from web_tabs import NOW, serving

from storage.connect import open_store
from storage.errors import UsageError
from storage.model import Severity, Topic
from storage.protocol import Store
from watcher.web.site import MANIFEST, SiteSettings, write_site


@pytest.fixture
def growing(tmp_path: Path) -> Store:
    """Two sources with two versions each, open for writing."""
    store = open_store(tmp_path / "store.db", write=True, repeatable=True)
    store.sync_sources([source(), source("other/terms")], START)
    for number in (1, 2):
        for key in ("acme/privacy", "other/terms"):
            when = START + number * DAY
            checked(store, key, when, new_version(key, number, when, [f"text {number} of {key}", "the same"]))
    return store


def test_every_link_leads_to_a_file_and_a_place(files: Path) -> None:
    """No link of any page, style, script or form is broken, and no page leans on the root of a server."""
    assert broken_links(files) == []
    assert all('="/' not in page.read_text("utf-8") for page in files.rglob("*.html"))


def test_the_files_are_the_pages_of_the_server(files: Path, played: Store) -> None:
    """What the server links without choices of a reader is there as a file; the words of a page are the same."""
    with serving(played) as room:
        pages = dict(crawl(room))
    missing = [path for path in pages if not (files / path / "index.html").is_file() and "?" not in path]
    assert missing == []
    assert len(pages) > 60
    shown = (files / "source/ostrelle/privacy/2-3/index.html").read_text("utf-8")
    assert "24 months" in shown
    assert "24 months" in pages["source/ostrelle/privacy/2-3/"]


def test_a_second_run_writes_nothing(growing: Store, tmp_path: Path) -> None:
    """With the same history and day nothing is touched; on another day only what tells the day."""
    settings = SiteSettings(tmp_path / "public")
    first = write_site(growing, settings, START + 3 * DAY)
    before = {path: path.stat().st_mtime_ns for path in settings.folder.rglob("*")}
    again = write_site(growing, settings, START + 3 * DAY + timedelta(hours=1))
    assert (first.files, first.written, again.files, again.written) == (first.files, first.files, first.files, 0)
    assert {path: path.stat().st_mtime_ns for path in settings.folder.rglob("*")} == before
    later = write_site(growing, settings, START + 400 * DAY)
    assert 0 < later.written < 8


def test_a_new_version_writes_what_it_touches(growing: Store, tmp_path: Path) -> None:
    """Pages of other documents' versions stay as they are; the old newest version gains its way onward."""
    settings = SiteSettings(tmp_path / "public")
    write_site(growing, settings, START + 4 * DAY)
    kept = [settings.folder / f"source/other/terms/{name}/index.html" for name in ("1", "2", "1-2")]
    old = settings.folder / "source/acme/privacy/2/index.html"
    before, shown = [path.stat().st_mtime_ns for path in kept], old.read_text("utf-8")
    when = START + 3 * DAY
    made = new_version("acme/privacy", 3, when, ["text 3"], changes=[change(Topic.AI, Severity.HIGH)])
    checked(growing, "acme/privacy", when, made)
    done = write_site(growing, settings, START + 4 * DAY)
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert old.read_text("utf-8") != shown
    assert (settings.folder / "source/acme/privacy/2-3/index.html").is_file()
    assert done.written < done.files
    assert broken_links(settings.folder) == []


def test_what_was_forgotten_goes(growing: Store, tmp_path: Path) -> None:
    """The pages of a source that was forgotten are taken away with its folders, and those of others stay."""
    settings = SiteSettings(tmp_path / "public")
    write_site(growing, settings, START + 4 * DAY)
    growing.sync_sources([source()], START + 4 * DAY)
    growing.forget("other/terms", START + 4 * DAY, "contract ended")
    done = write_site(growing, settings, START + 4 * DAY)
    assert done.removed >= 4
    assert not (settings.folder / "source/other").exists()
    assert (settings.folder / "source/acme/privacy/1-2/index.html").is_file()
    assert broken_links(settings.folder) == []


def test_all_pairs_are_compared_on_request(growing: Store, tmp_path: Path) -> None:
    """Without the wish neighbours alone, with it every two versions."""
    when = START + 3 * DAY
    checked(growing, "acme/privacy", when, new_version("acme/privacy", 3, when, ["We sell data.", "the same"]))
    write_site(growing, SiteSettings(tmp_path / "some"), START + 4 * DAY)
    write_site(growing, SiteSettings(tmp_path / "all", all_pairs=True), START + 4 * DAY)
    assert not (tmp_path / "some/source/acme/privacy/1-3").exists()
    assert "We sell data." in (tmp_path / "all/source/acme/privacy/1-3/index.html").read_text("utf-8")


def test_a_folder_of_somebody_else_is_left_alone(growing: Store, tmp_path: Path) -> None:
    """A folder with other files is refused, and so is one that cannot be written."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not write"):
        write_site(growing, SiteSettings(tmp_path / "home"), NOW)
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["thesis.txt"]
    with pytest.raises(UsageError, match="no address"):
        write_site(growing, SiteSettings(tmp_path / "x", base_url="ftp://host/"), NOW)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be"):
        write_site(growing, SiteSettings(tmp_path / "file" / "below"), NOW)


def test_a_forged_list_takes_nothing_away_outside(growing: Store, tmp_path: Path) -> None:
    """Names in the list of the last run that lead out of the folder are not followed, nor are links in it."""
    settings = SiteSettings(tmp_path / "public")
    write_site(growing, settings, START + 4 * DAY)
    (tmp_path / "precious").write_text("stay")
    path = settings.folder / MANIFEST
    told = json.loads(path.read_text())
    told["made"]["x"] = ["", ["../precious", str(tmp_path / "precious")]]
    path.write_text(json.dumps({**told, "state": ""}))
    page = settings.folder / "about" / "index.html"
    page.unlink()
    page.symlink_to(tmp_path / "precious")
    write_site(growing, settings, START + 5 * DAY)
    assert (tmp_path / "precious").read_text() == "stay"
    assert not page.is_symlink()


def test_a_broken_list_is_begun_anew(growing: Store, tmp_path: Path) -> None:
    """A list that cannot be read costs time, not the site."""
    settings = SiteSettings(tmp_path / "public")
    first = write_site(growing, settings, START + 4 * DAY)
    (settings.folder / MANIFEST).write_text("[not json")
    again = write_site(growing, settings, START + 4 * DAY)
    assert (again.files, again.written) == (first.files, 0)


def test_reviews_stay_at_home_unless_wished(hostile: Store, tmp_path: Path) -> None:
    """What people noted is not published by itself."""
    write_site(hostile, SiteSettings(tmp_path / "public"), NOW)
    write_site(hostile, SiteSettings(tmp_path / "inside", reviews=True), NOW)
    page = "source/acme/privacy/2/index.html"
    assert 'id="notes"' not in (tmp_path / "public" / page).read_text("utf-8")
    assert 'id="open"' not in (tmp_path / "public" / "index.html").read_text("utf-8")
    assert 'id="open"' in (tmp_path / "inside" / "index.html").read_text("utf-8")
