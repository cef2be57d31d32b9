"""Every page in Debian's Chromium: what a person sees, by keys, in the dark, on a phone, on paper, without scripts."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from web_tabs import OpenTab, Watched

DIFF = "source/pelgrimspost/subprocessors/1-2/"
PAGES = (
    "",
    "vendors/",
    "vendor/harrowmere-desk/",
    "source/harrowmere/privacy/",
    "source/harrowmere/privacy/4/",
    "source/harrowmere/privacy/3-4/",
    "source/harrowmere/privacy/1-4/",
    DIFF,
    "changes/",
    "changes/topic/ai/",
    "recipients/",
    "recipients/fernwacht-versand/",
    "matrix/",
    "deadlines/",
    "status/",
    "search/?q=data",
    "about/",
    "no/such/page/",
)
# One page of each kind of mark and text.
DARK = ("", "vendor/harrowmere-desk/", "source/harrowmere/privacy/", DIFF, "changes/", "status/", "search/?q=data")
QUICK = {"resultTypes": ["violations"], "iframes": False}


def go(tab: Watched, path: str) -> None:
    """Open a page of the origin of the tab."""
    answer = tab.page.goto(f"{tab.origin}{path}")
    assert answer is not None
    assert answer.status == (404 if path.startswith("no/") else 200), path
    if answer.status == 404:  # the browser itself notes that on its console
        tab.faults.clear()


def test_axe_finds_no_violation_on_any_page(room: str, open_tab: OpenTab) -> None:
    """All rules of axe-core, WCAG 2.2 AA among them, in light; and nothing but our own origin is asked."""
    tab, axe, found = open_tab(room), Axe(), []
    for path in (*PAGES, "?lang=nl", f"{DIFF}?lang=nl"):
        go(tab, path)
        found += [
            (path, one["id"], one["nodes"][0]["html"])
            for one in axe.run(tab.page, options=QUICK).response["violations"]
        ]
    assert (found, tab.faults) == ([], [])


def test_contrast_holds_in_the_dark(room: str, open_tab: OpenTab) -> None:
    """In the dark the page is dark, and every text has its contrast."""
    tab, axe, found = open_tab(room, dark=True), Axe(), []
    options = {**QUICK, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
    for path in DARK:
        go(tab, path)
        found += [(path, one["nodes"][0]["html"]) for one in axe.run(tab.page, options=options).response["violations"]]
    background = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (found, tab.faults) == ([], [])
    assert max(int(part) for part in background.strip("rgb()").split(",")) < 60


def test_no_page_is_wider_than_a_phone(room: str, open_tab: OpenTab) -> None:
    """At 320 pixels nothing has to be scrolled sideways, in either view of a comparison."""
    tab = open_tab(room, width=320)
    for path in (*PAGES, "?lang=nl", f"{DIFF}?lang=nl"):
        go(tab, path)
        for view in ("#v-side", "#v-inline") if tab.page.locator("#v-inline").count() else ("",):
            if view:
                tab.page.check(view, force=True)
            wide = tab.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320, (path, view, wide)
    assert tab.faults == []


def test_a_name_in_the_status_is_no_column_of_words(room: str, open_tab: OpenTab) -> None:
    """Beside days that do not break, the name of a document still has room for most of itself."""
    tab = open_tab(room, width=1200)
    go(tab, "status/")
    assert tab.page.evaluate("document.querySelector('.states tbody th').getBoundingClientRect().width") >= 200


def test_a_newcomer_finds_a_new_recipient_in_two_clicks(room: str, open_tab: OpenTab) -> None:
    """From the overview to the vendor, from the day in its timeline to the comparison with its evidence."""
    tab = open_tab(room)
    go(tab, "")
    tab.page.click(".vendors >> text=Pelgrimspost")
    tab.page.click(".use:has-text('Tallowmere Insights') .when a")
    assert tab.page.url.endswith(DIFF)
    assert "10 March 2025" in tab.page.inner_text(".head .facts")
    assert "Tallowmere Insights Inc." in tab.page.inner_text(".recipients ins")
    assert len(tab.page.inner_text(".proof .evidence code >> nth=0")) == 64
    assert tab.faults == []


def test_a_comparison_prints_as_a_report(room: str, open_tab: OpenTab) -> None:
    """On paper stand the changes, both wordings and all hashes; the menu and the filters do not."""
    tab = open_tab(room)
    go(tab, DIFF)
    hashes = tab.page.locator(".evidence code").all_inner_texts()
    paper = pypdfium2.PdfDocument(io.BytesIO(tab.page.pdf(format="A4")))
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in paper)
    paper.close()
    assert "NewRecipient:Tallowmere" in text.replace("Newrecipient", "NewRecipient")
    assert len(hashes) >= 8
    assert all("".join(one.split()) in text for one in hashes)
    assert "Sidebyside" not in text


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_filters_hide_what_does_not_fit(room: str, open_tab: OpenTab, *, scripts: bool) -> None:
    """A weight, a direction and a topic each narrow the list and the text; no script is needed for it."""
    tab = open_tab(room, scripts=scripts)
    go(tab, "source/harrowmere/privacy/3-4/")
    lines, places = tab.page.locator(".entries .line:visible"), tab.page.locator(".place:visible")
    before = lines.count(), places.count()
    tab.page.select_option("#f-severity", "high")
    assert (lines.count(), places.count()) == (1, 1)
    assert lines.first.get_attribute("data-severity") == "high"
    if scripts:
        assert tab.page.inner_text("#count") == "1 change shown"
    tab.page.select_option("#f-severity", "")
    tab.page.select_option("#f-direction", "better")
    assert [one.get_attribute("data-direction") for one in lines.all()] == ["better"]
    tab.page.select_option("#f-direction", "")
    tab.page.select_option("#f-topic", "ai")
    assert [one.get_attribute("data-topics") for one in lines.all()] == ["ai"]
    tab.page.select_option("#f-topic", "")
    assert (lines.count(), places.count()) == before


def test_keys_go_from_change_to_change(room: str, open_tab: OpenTab) -> None:
    """N and p move the focus along the text and the address with it; v turns the view; none acts while typing."""
    tab = open_tab(room)
    go(tab, DIFF)
    focused = "document.activeElement.id"
    order = [one.get_attribute("id") for one in tab.page.locator("h3[id^=change-]").all()]
    for expected in order[:3]:
        tab.page.keyboard.press("n")
        assert tab.page.evaluate(focused) == expected
        assert tab.page.url.endswith(f"#{expected}")
    tab.page.keyboard.press("p")
    assert tab.page.evaluate(focused) == order[1]
    tab.page.keyboard.press("v")
    assert tab.page.is_checked("#v-inline")
    tab.page.locator("#find").fill("n")
    tab.page.keyboard.press("p")
    assert tab.page.evaluate(focused) == "find"
    assert tab.faults == []


def test_both_views_show_the_same_words(room: str, open_tab: OpenTab) -> None:
    """Side by side each side has its own words alone; inline the one text has both, marked for the ear too."""
    tab = open_tab(room)
    go(tab, "source/harrowmere/privacy/1-4/")
    place = tab.page.locator(".place.modified").filter(has_text="Last updated").first
    was, now = place.locator(".was-text"), place.locator(".now-text")
    assert was.locator("del").is_visible()
    assert not was.locator("ins").is_visible()
    assert not now.locator("del").is_visible()
    tab.page.check("#v-inline", force=True)
    assert not was.is_visible()
    assert now.locator("del").is_visible()
    assert now.locator("ins").is_visible()
    assert "deleted:" in (now.locator("del").text_content() or "")


def test_a_permalink_opens_at_its_change(room: str, open_tab: OpenTab) -> None:
    """The address of a change scrolls to it, and its own link has that address."""
    tab = open_tab(room)
    go(tab, f"{DIFF}#change-2")
    box = tab.page.locator("#change-2").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 900
    assert tab.page.locator("#change-2 .permalink").get_attribute("href") == "#change-2"


def test_any_two_versions_are_compared_by_a_form(room: str, open_tab: OpenTab) -> None:
    """The form of a document leads to the comparison of the versions that were chosen, without scripts too."""
    tab = open_tab(room, scripts=False)
    go(tab, "source/ostrelle/privacy/")
    tab.page.select_option("select[name=old]", "1")
    tab.page.select_option("select[name=new]", "3")
    tab.page.click(".compare button")
    assert tab.page.url == f"{room}source/ostrelle/privacy/1-3/"
    assert "1 → 3" in tab.page.inner_text("h1")


def test_a_search_leads_to_the_words(room: str, open_tab: OpenTab) -> None:
    """The box above finds marked passages, and a hit leads to the version that says so."""
    tab = open_tab(room, scripts=False)
    go(tab, "")
    tab.page.fill("#find", "tallowmere insights")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(".hits mark")
    assert {text.lower() for text in tab.page.locator(".snippet mark").all_inner_texts()} >= {"tallowmere"}
    tab.page.click(".hits a >> nth=0")
    assert "Tallowmere Insights Inc." in tab.page.inner_text("article.text")


def test_dutch_words_stay_on_every_link(room: str, open_tab: OpenTab) -> None:
    """A reader who chooses Dutch keeps it from page to page, and the page says its language."""
    tab = open_tab(room)
    go(tab, "")
    tab.page.click("footer a[hreflang=nl]")
    tab.page.click(".bar nav a >> nth=1")
    assert tab.page.inner_text("h1") == "Leveranciers"
    assert tab.page.get_attribute("html", "lang") == "nl"
    tab.page.click("footer a[hreflang=en]")
    assert tab.page.inner_text("h1") == "Vendors"


def test_the_folder_of_files_works_from_the_disk(files: Path, open_tab: OpenTab) -> None:
    """Opened without any server: styles, links, filters and the search work, and nothing is asked of anybody."""
    tab = open_tab(files.as_uri() + "/")
    tab.page.goto(f"{tab.origin}index.html")
    assert tab.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 246)"
    tab.page.click(".vendors >> text=Pelgrimspost")
    tab.page.click(".use:has-text('Tallowmere Insights') .when a")
    assert tab.page.url.endswith(f"{DIFF}index.html")
    told = tab.page.locator(".entries .line:visible")
    everything = told.count()
    tab.page.select_option("#f-severity", "high")
    assert told.count() == 1 < everything  # the new company, with its purpose and place
    tab.page.fill("#find", "Tallowmére insi")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("#hits li")
    assert {text.lower() for text in tab.page.locator("#hits mark").all_inner_texts()} == {"tallowmere", "insights"}
    tab.page.click("#hits a >> nth=0")
    assert "Tallowmere" in tab.page.inner_text("article.text")
    assert tab.faults == []
