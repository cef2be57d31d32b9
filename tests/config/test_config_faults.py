"""Every kind of fault in the values, keys and tables of `sources.toml`, with the exact line that a person reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from config_samples import GOOD, MAIL, changed, faults_of, source, subscriber

from storage.errors import ConfigError
from watcher.config import load

AT = "source example/privacy: "

TABLE: list[tuple[str, str, str]] = [
    # times and sizes
    ("every-words", source('every = "5 mins"'), f'7: {AT}every: "5 mins" is not a duration (write "5m" or "1d")'),
    ("every-number", source("every = 3600"), f'7: {AT}every: 3600 is not a duration (write "5m" or "1d")'),
    ("every-negative", source('every = "-1d"'), f'7: {AT}every: "-1d" is not a duration (write "5m" or "1d")'),
    ("every-zero", source('every = "0m"'), f'7: {AT}every: "0m" is out of bounds (write "1m" to "366d")'),
    ("every-short", source('every = "59s"'), f'7: {AT}every: "59s" is out of bounds (write "1m" to "366d")'),
    ("every-long", source('every = "367d"'), f'7: {AT}every: "367d" is out of bounds (write "1m" to "366d")'),
    (
        "every-huge",
        source('every = "999999999w"'),
        f'7: {AT}every: "999999999w" is out of bounds (write "1m" to "366d")',
    ),
    (
        "deadline",
        '[fetch]\ndeadline = "1h"\n' + GOOD,
        '2: fetch: deadline: "1h" is out of bounds (write "1s" to "10m")',
    ),
    ("max-bytes", '[fetch]\nmax_bytes = "10 MB"\n' + GOOD, '2: fetch: max_bytes: "10 MB" is not a size (write "10MB")'),
    (
        "max-bytes-true",
        "[fetch]\nmax_bytes = true\n" + GOOD,
        '2: fetch: max_bytes: true is not a size (write "10MB")',
    ),
    (
        "max-bytes-tiny",
        "[fetch]\nmax_bytes = 5\n" + GOOD,
        "2: fetch: max_bytes: 5 is out of bounds (write 10kB to 100MB)",
    ),
    (
        "objection-words",
        source('objection = "10 business days"'),
        f'7: {AT}objection: "10 business days" is not a period (write "30d" or "P30D")',
    ),
    (
        "objection-minutes",
        source('objection = "1m"'),
        f'7: {AT}objection: "1m" is not a period (write "30d" or "P30D")',
    ),
    ("objection-empty", source('objection = "P"'), f'7: {AT}objection: "P" is not a period (write "30d" or "P30D")'),
    # words
    (
        "id-case",
        changed("example/privacy", "Example/Privacy Policy"),
        (
            '2: source Example/Privacy Policy: id: "Example/Privacy Policy" is not a source id '
            '(write "example/privacy-policy")'
        ),
    ),
    (
        "id-alone",
        changed('"example/privacy"', '"privacy"'),
        '2: source privacy: id: "privacy" is not a source id (write "vendor/document")',
    ),
    (
        "id-number",
        changed('"example/privacy"', "7"),
        '2: source #1: id: 7 is not a text (write "vendor/document")',
    ),
    (
        "document",
        changed('"privacy-policy"', '"privacy"'),
        f'4: {AT}document: "privacy" is unknown (did you mean "privacy-policy"?)',
    ),
    (
        "document-far",
        changed('"privacy-policy"', '"xyzzy"'),
        (
            f'4: {AT}document: "xyzzy" is unknown '
            "(one of privacy-policy, dpa, subprocessors, cookies, terms, security or other)"
        ),
    ),
    ("fetcher", source('fetcher = "browsr"'), f'7: {AT}fetcher: "browsr" is unknown (did you mean "browser"?)'),
    (
        "confirm",
        source('confirm = "no"'),
        f'7: {AT}confirm: "no" is neither yes nor no (write true or false, without quotes)',
    ),
    (
        "language-region",
        source('language = "nl-NL"'),
        f'7: {AT}language: "nl-NL" is not a language of two letters (write "nl")',
    ),
    (
        "language-word",
        source('language = "Dutch"'),
        f'7: {AT}language: "Dutch" is not a language of two letters (write "nl")',
    ),
    (
        "vendor-blank",
        changed('"Example"', '" Example"'),
        f'3: {AT}vendor: " Example" is not a name of 1 to 100 characters on one line (write "Example")',
    ),
    (
        "vendor-escape",
        changed('"Example"', r'"Ex\u001bample"'),
        f'3: {AT}vendor: "Ex\\u001bample" is not a name of 1 to 100 characters on one line (write "Example")',
    ),
    ("tags", changed('["hr"]', '"hr"'), f'6: {AT}tags: "hr" is not a list (write ["hr"])'),
    (
        "zone-city",
        'zone = "Amsterdam"\n' + GOOD,
        '1: zone: "Amsterdam" is not a time zone this machine knows (write "Europe/Amsterdam")',
    ),
    (
        "zone-typo",
        'zone = "Europe/Amsterdm"\n' + GOOD,
        '1: zone: "Europe/Amsterdm" is not a time zone this machine knows (did you mean "Europe/Amsterdam"?)',
    ),
    (
        "zone-path",
        'zone = "../../etc/passwd"\n' + GOOD,
        '1: zone: "../../etc/passwd" is not a time zone this machine knows (write "Europe/Amsterdam" or "UTC")',
    ),
    (
        "contact",
        '[fetch]\ncontact = "the privacy team"\n' + GOOD,
        '2: fetch: contact: "the privacy team" is neither a mail nor a web address (write "privacy@example.org")',
    ),
    (
        "network",
        '[fetch]\nallow_networks = ["lan"]\n' + GOOD,
        '2: fetch: allow_networks: "lan" is not a network (write "127.0.0.0/8")',
    ),
    (
        "network-host-bits",
        '[fetch]\nallow_networks = ["10.0.0.0/8", "192.168.1.1/16"]\n' + GOOD,
        '2: fetch: allow_networks, entry 2: "192.168.1.1/16" is not written as a network (write "192.168.0.0/16")',
    ),
    (
        "network-all",
        '[fetch]\nallow_networks = ["0.0.0.0/0"]\n' + GOOD,
        '2: fetch: allow_networks: "0.0.0.0/0" is every address there is (name the networks, e.g. "10.0.0.0/8")',
    ),
    # keys and tables
    ("unknown-key", source('evry = "1d"'), f'7: {AT}evry: unknown key (did you mean "every"?)'),
    (
        "unknown-key-escape",
        source(r'"a\u202eb" = 1'),
        f"7: {AT}a\\u202Eb: unknown key (see the reference)",
    ),
    (
        "unknown-key-far",
        MAIL + 'xyzzy = "1d"\n' + GOOD,
        "4: mail: xyzzy: unknown key (one of url, from or unsubscribe)",
    ),
    (
        "language-of-messages",
        subscriber('language = "nl"'),
        (
            "13: subscriber team: language: unknown key "
            '(write lang = "nl" for Dutch messages; languages = ["nl"] chooses documents by theirs)'
        ),
    ),
    ("unknown-table", GOOD + '[[sources]]\nid = "a/b"\n', "7: sources: unknown key (did you mean [[source]]?)"),
    (
        "stray-key",
        'max_bytes = "10MB"\n' + GOOD,
        "1: max_bytes: unknown key at the top of the file (it belongs in [fetch])",
    ),
    (
        "store-below",
        GOOD + 'store = "x.db"\n',
        f"7: {AT}store: unknown key here (write store at the top of the file, above the first table)",
    ),
    (
        "one-bracket",
        GOOD.replace("[[source]]", "[source]"),
        "1: source: is a table (write [[source]] with two brackets)",
    ),
    (
        "two-brackets",
        '[[fetch]]\ndeadline = "30s"\n' + GOOD,
        "1: fetch: is a list (write [fetch] with one bracket and its keys below)",
    ),
    ("table-value", "fetch = 3\n" + GOOD, "1: fetch: is a number (write [fetch] and its keys below)"),
    (
        "missing-document",
        changed('document = "privacy-policy"\n', ""),
        f'1: {AT}"document" is missing (write document = "privacy-policy")',
    ),
    (
        "missing-id",
        changed('id = "example/privacy"\n', ""),
        '1: source #1: "id" is missing (write id = "vendor/privacy")',
    ),
    (
        "missing-url",
        changed('url = "https://example.org/privacy"\n', ""),
        f'1: {AT}"url" is missing (write url = "https://example.org/privacy")',
    ),
    (
        "both-urls",
        source('urls = ["https://example.org/b"]'),
        f'7: {AT}urls: stands beside "url" (write one of the two)',
    ),
    (
        "no-urls",
        changed('url = "https://example.org/privacy"', "urls = []"),
        f'5: {AT}urls: is empty (write url = "https://example.org/privacy")',
    ),
    (
        "mail-without-from",
        GOOD + '[mail]\nurl = "smtp://mail.example.org"\n',
        '7: mail: "from" is missing (write from = "clausewatch <alerts@example.org>")',
    ),
    ("empty", "", '1: no [[source]] in it (add one with "id", "vendor", "document" and "url")'),
    ("only-comment", "# nothing\n", '1: no [[source]] in it (add one with "id", "vendor", "document" and "url")'),
    # selectors
    (
        "selector",
        source('select = ["main", "a["]'),
        (
            f'7: {AT}select, entry 2: "a[" is not a CSS selector: '
            'Malformed attribute selector at position 1 (write "main" or "#content")'
        ),
    ),
    (
        "selector-long",
        source(f'remove = ["{"div " * 60}"]'),
        f"7: {AT}remove: the selector has 240 characters (at most 200: name a class or an id)",
    ),
    (
        "selector-empty",
        source('select = [""]'),
        f'7: {AT}select: "" is not a CSS selector (write "main" or "#content")',
    ),
    # duplicates
    (
        "same-id",
        GOOD + GOOD.replace("org/privacy", "org/b"),
        f'8: {AT}id: "example/privacy" is there twice (choose another id)',
    ),
    (
        "same-page",
        GOOD + GOOD.replace('"example/privacy', '"example/other').replace("https://e", "https://E"),
        (
            "11: source example/other: url: the same page as source example/privacy "
            '(take one out, or give each its own "select")'
        ),
    ),
    (
        "same-page-within",
        changed('url = "https://example.org/privacy"', 'urls = [\n "https://a.org",\n "https://a.org/#x"]'),
        f"7: {AT}urls, entry 2: the same page twice in one source (take one out)",
    ),
    (
        "same-name",
        subscriber('[[subscriber]]\nname = "Team"\nto = ["console:"]'),
        '14: subscriber Team: name: "Team" differs from "team" only by upper and lower case (choose another name)',
    ),
    # filters
    (
        "filter-vendor",
        subscriber('vendors = ["example"]'),
        '13: subscriber team: vendors: no source has the vendor "example" (did you mean "Example"?)',
    ),
    (
        "filter-tag",
        subscriber('tags = ["hr", "finance"]'),
        '13: subscriber team: tags, entry 2: no source has the tag "finance" (one of hr)',
    ),
    (
        "filter-topic",
        subscriber('topics = ["subprocessor"]'),
        '13: subscriber team: topics: "subprocessor" is unknown (did you mean "subprocessors"?)',
    ),
    (
        "filter-own-topic",
        subscriber('topics = ["cost"]\n[[topic]]\nid = "costs"\nterms = ["fee"]'),
        '13: subscriber team: topics: "cost" is unknown (did you mean "costs"?)',
    ),
    (
        "topic-built-in",
        GOOD + '[[topic]]\nid = "ai"\nterms = ["robot"]\n',
        '8: topic ai: id: "ai" is a topic of clausewatch (choose another id)',
    ),
    (
        "topic-and-watch",
        GOOD + '[[topic]]\nid = "costs"\nterms = ["fee"]\n[[watch]]\nid = "costs"\nterms = ["fee"]\n',
        '11: watch costs: id: "costs" is there twice (choose another id)',
    ),
    (
        "topic-id",
        GOOD + '[[topic]]\nid = "Our Costs!"\nterms = ["fee"]\n',
        '8: topic Our Costs!: id: "Our Costs!" is not an id of 1 to 50 characters (write "our-costs")',
    ),
    (
        "topic-empty",
        GOOD + '[[topic]]\nid = "costs"\nterms = []\n',
        '9: topic costs: terms: is empty (write terms = ["data centre"])',
    ),
    (
        "topic-terms",
        GOOD + '[[topic]]\nid = "costs"\n',
        '7: topic costs: "terms" is missing (write terms = ["data centre"])',
    ),
    (
        "topic-no-word",
        GOOD + '[[topic]]\nid = "costs"\nterms = ["fee", "--"]\n',
        '9: topic costs: terms, entry 2: "--" holds no word (write "data centre")',
    ),
    (
        "topic-mark",
        GOOD + '[[topic]]\nid = "costs"\nterms = ["fee$ paid"]\n',
        '9: topic costs: terms: "fee$ paid" has a "$" that is not at its end (it stands for: the word ends here)',
    ),
    (
        "watch-severity",
        GOOD + '[[watch]]\nid = "region"\nterms = ["Frankfurt"]\nseverity = "info"\n',
        '10: watch region: severity: "info" is unknown (one of high, medium or low)',
    ),
    (
        "filter-severity",
        subscriber('min_severity = "critical"'),
        '13: subscriber team: min_severity: "critical" is unknown (one of high, medium, low or info)',
    ),
    (
        "filter-direction",
        subscriber('direction = "worst"'),
        '13: subscriber team: direction: "worst" is unknown (did you mean "worse"?)',
    ),
    (
        "cadence",
        subscriber('cadence = "hourly"'),
        '13: subscriber team: cadence: "hourly" is unknown (one of immediate, daily or weekly)',
    ),
]


@pytest.mark.parametrize(("text", "fault"), [pytest.param(text, fault, id=name) for name, text, fault in TABLE])
def test_one_fault_is_one_exact_line(tmp_path: Path, text: str, fault: str) -> None:
    """A file with one fault gives that fault alone: file, line, place, value, remedy."""
    assert faults_of(tmp_path / "sources.toml", text) == [f"sources.toml:{fault}"]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Faults of every kind, in every table, are told together, sorted by line."""
    text = """\
zone = "Mars"
[fetch]
deadline = "0s"
intervall = 3   # [fetch] intervall
[[source]]
id = "a/privacy"
vendor = '''
[[source]]
every = "x"'''
every = "5 mins"
url = "gopher://a"
[[source]]
id = "a/privacy"
vendor = "A"
document = "dpa"
url = "https://a.example"
[[subscriber]]
name = "team"
to = [
  "console:",  # ] and "quotes"
  "mailto:nobody",
]
vendors = ["B"]
"""
    found = faults_of(tmp_path / "sources.toml", text)
    lines = [int(fault.split(":")[1]) for fault in found]
    assert lines == [1, 3, 4, 5, 7, 10, 11, 13, 21, 21, 23]
    assert len(set(found)) == len(found)


def test_a_place_is_named_by_its_entry_only_in_a_longer_list(tmp_path: Path) -> None:
    """One wrong word of two is told with its position, in the line of the word."""
    text = source('tags = [\n  "fine",\n  " not",\n]').replace('tags = ["hr"]\n', "")
    (found,) = faults_of(tmp_path / "sources.toml", text)
    assert found.startswith(f"sources.toml:8: {AT}tags, entry 2: ")


def test_the_file_is_named_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative name stays relative in every line."""
    monkeypatch.chdir(tmp_path)
    Path("my.toml").write_text("zone = 1\n" + GOOD)
    with pytest.raises(ConfigError) as caught:
        load(Path("my.toml"))
    assert str(caught.value) == 'my.toml:1: zone: 1 is not a text (write "Europe/Amsterdam")'


def test_a_file_without_a_fault_gives_none(tmp_path: Path) -> None:
    """The sound pieces that the table breaks one at a time are sound."""
    for number, text in enumerate([GOOD, GOOD + MAIL, source(""), subscriber("")]):
        (tmp_path / f"{number}.toml").write_text(text)
        assert load(tmp_path / f"{number}.toml").sources


def test_a_name_that_is_a_fault_itself_is_no_remedy(tmp_path: Path) -> None:
    """A source without a vendor's name does not make "nothing" one that a subscriber may choose."""
    text = changed('vendor = "Example"', 'vendor = ""') + MAIL
    text += '[[subscriber]]\nname = "team"\nto = ["console:"]\nvendors = ["Nobody"]\n'
    assert faults_of(tmp_path / "sources.toml", text)[-1].endswith(
        'no source has the vendor "Nobody" (there is none yet)'
    )
