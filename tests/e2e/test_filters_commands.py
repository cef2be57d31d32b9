"""Who hears what: every filter of a subscriber, from the page to the mailbox, and nobody sees another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

DUTY = "We process personal data only on the instructions of our customers and as the law demands. " * 8
PLICHT = (
    "Wij verwerken persoonsgegevens uitsluitend in opdracht van onze klanten en zoals de wet dat voorschrijft. " * 8
)
ENGLISH = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep your "
    "personal data for {0} months after the end of the contract, then we delete it.</p><p>Log files are deleted after "
    "{1} days.</p><h2>Hosting</h2><p>Our servers stand in the data centre {2}.</p><h2>Fees</h2><p>{3}</p>"
    f"<h2>Rights</h2><p>{DUTY}</p></main></html>"
)
DUTCH = (
    "<html lang=nl><title>Verwerkersovereenkomst</title><main><h1>Verwerkersovereenkomst</h1><h2>Bewaartermijn</h2><p>"
    "Wij bewaren uw persoonsgegevens {0} maanden na het einde van de overeenkomst en verwijderen ze daarna.</p>"
    f"<h2>Verwerking</h2><p>{PLICHT}</p></main></html>"
)
CONFIG = """
[[source]]
id = "acme/privacy"
vendor = "Acme"
document = "privacy-policy"
url = "{url}/en"
tags = ["critical"]
[[source]]
id = "bolt/dpa"
vendor = "Bolt"
document = "dpa"
url = "{url}/nl"
[[topic]]
id = "costs"
terms = ["surcharge"]
[[watch]]
id = "region"
terms = ["eu-west-9"]
severity = "high"
"""
WORSE, BETTER, REGION, COSTS, DUTCH_ONE = "36 months", "14 days", "eu-west-9", "surcharge", "12 maanden"
EVERYTHING = {WORSE, BETTER, REGION, COSTS, DUTCH_ONE}
FILTERS = {
    "all": ("", EVERYTHING),
    "by-vendor": ('vendors = ["Acme"]', EVERYTHING - {DUTCH_ONE}),
    "by-document": ('documents = ["dpa"]', {DUTCH_ONE}),
    "by-tag": ('tags = ["critical"]', EVERYTHING - {DUTCH_ONE}),
    "by-topic": ('topics = ["retention"]', {WORSE, BETTER, DUTCH_ONE}),
    "by-own-topic": ('topics = ["costs"]', {COSTS}),
    "by-watch": ('topics = ["region"]', {REGION}),
    "by-direction": ('direction = "better"', {BETTER, DUTCH_ONE}),
    "by-two-filters": ('direction = ["worse"]\ntopics = ["retention"]', {WORSE}),
    "by-language": ('languages = ["nl"]', {DUTCH_ONE}),
    "by-severity": ('min_severity = "high"\ntopics = ["retention", "region"]', {WORSE, REGION}),
    "by-nothing-of-it": ('vendors = ["Acme"]\nlanguages = ["nl"]', set()),
}


def people() -> str:
    """A subscriber for each filter, with an address of its own."""
    return "".join(
        f'[[subscriber]]\nname = "{name}"\nto = ["mailto:{name}@example.org"]\n{keys}\n'
        for name, (keys, _) in FILTERS.items()
    )


@pytest.fixture
def changed(site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path]) -> str:
    """Two pages that changed, and all who hear of it; what the run said."""
    configure(CONFIG.format(url=site.url) + people(), mail_port=post.port)
    site.put("/en", ENGLISH.format(12, 30, "in Frankfurt", "There are no fees for requests."))
    site.put("/nl", DUTCH.format(24))
    assert run("check").code == 0
    site.put("/en", ENGLISH.format(36, 14, "eu-west-9", "There is a surcharge for requests."))
    site.put("/nl", DUTCH.format(12))
    done = run("-vv", "--debug", "check", "--force")
    assert done.code == 0, done.err
    return str(done.out + done.err)


def test_every_filter_lets_through_what_it_names(changed: str, post: Any, run: Callable[..., Any]) -> None:
    """By vendor, document, tag, topic, own topic, watch, direction, language and severity: these changes, no others."""
    heard: dict[str, set[str]] = {name: set() for name in FILTERS}
    for recipient, letter in post.letters:
        words = letter.get_body(("plain",)).get_content().replace("{+", "").replace("+}", "")
        heard[recipient.partition("@")[0]] |= {mark for mark in EVERYTHING if mark in words}
    assert heard == {name: expected for name, (_, expected) in FILTERS.items()}
    listed = {one["name"]: one for one in json.loads(run("subscribers", "list", "--json").out)}
    assert listed["by-watch"]["topics"] == ["region"]
    assert listed["by-language"]["languages"] == ["nl"]
    assert listed["by-direction"]["direction"] == ["better"]


def test_no_subscriber_sees_another(changed: str, post: Any) -> None:
    """One recipient a mail; no other name, address or filter in its headers, its parts or the names of its threads."""
    assert len(post.letters) == len({str(letter["Message-ID"]) for _, letter in post.letters})
    for recipient, letter in post.letters:
        whole = letter.as_string() + "".join(
            part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"
        )
        others = {name for name in FILTERS if name not in {"all", recipient.partition("@")[0]}}
        assert letter["To"] == recipient
        assert [name for name in others if f"{name}@" in whole or f"for {name}" in whole] == []
    own = [line for line in changed.splitlines() if " mail.log: " not in line]  # the server of the test talks too
    assert [line for line in own if "@example.org" in line] == [], "the log names no address"


def test_a_webhook_sees_nobody(
    site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path], httpserver: HTTPServer
) -> None:
    """What a webhook gets names its own subscriber at most."""
    httpserver.expect_request("/hook").respond_with_data("ok")
    hook = f'[[subscriber]]\nname = "machine"\nto = ["json://127.0.0.1:{httpserver.port}/hook"]\n'
    configure(CONFIG.format(url=site.url) + people() + hook, mail_port=post.port)
    for months in (12, 36):
        site.put("/en", ENGLISH.format(months, 30, "in Frankfurt", "There are no fees."))
        site.put("/nl", DUTCH.format(24))
        assert run("check", "--force").code == 0
    ((request, _),) = httpserver.log
    sent = request.get_data(as_text=True) + str(request.headers)
    assert "machine" in sent or "36 months" in sent
    assert [name for name in FILTERS if name != "all" and name in sent] == []
    assert "example.org" not in sent.replace("alerts@example.org", "").replace("clausewatch.example.org", "")
