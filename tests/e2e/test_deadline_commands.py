"""A new sub-processor, until when one may object to it, and who is reminded: from the page to the calendar."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import icalendar
import pytest

MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8
DPA = (
    "<html lang=en><title>DPA</title><main><h1>Data processing agreement</h1><h2>Sub-processors</h2><p>We inform you "
    f"of any new sub-processor at least 30 days in advance, and you may object.</p><p>{MORE}</p></main></html>"
)


def listed(*names: str) -> str:
    """A list of sub-processors of our own."""
    rows = "".join(f"<tr><td>{name}</td><td>Hosting</td><td>Germany</td></tr>" for name in names)
    return (
        f"<html lang=en><title>List</title><main><h1>Sub-processors</h1><p>{MORE}</p><table><tr><th>Name</th>"
        f"<th>Purpose</th><th>Location</th></tr>{rows}</table></main></html>"
    )


@pytest.mark.parametrize("own", ["", 'objection = "14d"\n'])
def test_from_the_page_to_the_calendar(
    site: Any, run: Callable[..., Any], configure: Callable[..., Path], tmp_path: Path, own: str
) -> None:
    """The period stands in another document of the vendor, or in the configuration, which comes first."""
    one = '[[source]]\nid = "acme/{0}"\nvendor = "Acme"\ndocument = "{0}"\nurl = "{1}/{0}"\nlanguage = "en"\n'
    configure(one.format("dpa", site.url) + one.format("subprocessors", site.url) + own)
    site.put("/dpa", DPA)
    for names in (("Initech GmbH",), ("Initech GmbH", "Hooli B.V.")):
        site.put("/subprocessors", listed(*names))
        assert run("check", "--force").code == 0
    (due,) = json.loads(run("deadlines", "--json").out)
    assert (due["source"], due["version"]) == ("acme/subprocessors", 2)
    assert due["period"] == ("P14D" if own else "P30D")
    assert due["quoted_from"] == (None if own else "acme/dpa")
    told = run("deadlines").out
    assert f"{14 if own else 30} days" in told
    assert "Hooli" in told
    (event,) = icalendar.Calendar.from_ical(run("deadlines", "--ics").out).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == due["object_by"]
    done = run("feeds", str(tmp_path / "feeds"), "--base-url", "https://intranet.example/feeds")
    assert (done.code, (tmp_path / "feeds/source/acme/subprocessors.atom").is_file()) == (0, True)
    assert ", 0 written" in run("feeds", str(tmp_path / "feeds"), "--base-url", "https://intranet.example/feeds").err


def test_where_nothing_is_granted(site: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> None:
    """Nothing is made up; a country without holidays that are known is a fault of the configuration."""
    source = f'[[source]]\nid = "a/subprocessors"\nvendor = "A"\ndocument = "subprocessors"\nurl = "{site.url}/s"\n'
    path = configure(source)
    text = path.read_text(encoding="utf-8")
    path.write_text('country = "NL"\n' + text, encoding="utf-8")
    for names in (("Initech GmbH",), ("Initech GmbH", "Hooli B.V.")):
        site.put("/s", listed(*names))
        run("check", "--force")
    assert json.loads(run("deadlines", "--json").out) == []
    # Not that there is nothing to object to: a vendor may have stated no period.
    assert run("deadlines").err.startswith("no deadline is known that lies ahead (`objection`")
    assert run("deadlines", "--ics", "--json").code == 2
    path.write_text('country = "Netherlands"\n' + text, encoding="utf-8")
    assert 'country: "Netherlands" is not a country of two letters' in run("check").err
