"""Pages and texts that were made to break a reader, each with the input that is known to: read whole, or refused.

Named after the rows of the fault catalogue: X for extraction, R for patterns and diffs. X04 to X09 and X12 to X14 have
more tests beside the parts that they are about (tests/extractor, tests/differ, tests/test_pipeline.py).
"""

from __future__ import annotations

import hashlib
import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.errors import ExtractError
from storage.model import Capture, Document, DocumentType, ExtractRules, Interest, Reason, Source, Verdict
from watcher import pipeline
from watcher.job import Candidate, Job
from watcher.sandbox import Limits, Sandbox

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
URL = "https://vendor.example/privacy"
RULES = ExtractRules()
PROSE = "We process personal data for the purposes that are described in this policy, and for no other purpose. " * 4
POLICY = (
    "<html lang=en><head><title>Privacy policy</title></head><body><main><h1>Privacy policy</h1><p>We keep your data "
    "for 30 days and do not sell it.</p><p>{prose}</p><h2>Rights</h2><p>You have the right of access.</p></main></body>"
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """With more processor time than usual, so that a slow machine decides nothing."""
    with Sandbox(Limits(seconds=60, deadline=600)) as made:
        yield made


def capture(source: str | bytes, media: str = "text/html") -> Capture:
    """A page as it was fetched."""
    body = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return Capture(URL, URL, NOW, 200, (), media, None, hashlib.sha256(body).hexdigest(), body)


def document(sandbox: Sandbox, source: str | bytes, rules: ExtractRules = RULES) -> Document | None:
    """What is read from a page; None when it is refused with the one reason that there is for it."""
    try:
        return sandbox.read([capture(source)], rules).document
    except ExtractError as error:
        assert error.reason is Reason.EXTRACT_FAILED
        assert str(error)
        return None


def words(found: Document | None) -> str:
    """The text of a document that was read."""
    assert found is not None
    return " ".join(block.text for block in found.blocks)


def many(request: pytest.FixtureRequest, count: int) -> int:
    """The full number in the long campaign, a twentieth in every run."""
    return count if request.config.getoption("--long") else count // 20


@pytest.mark.parametrize(
    "nest", [("<div>", "</div>"), ("<span>", "</span>"), ("<table><tr><td>", "</td></tr></table>")]
)
@pytest.mark.parametrize("depth", [256, 300, 100_000])
def test_x01_depth(request: pytest.FixtureRequest, sandbox: Sandbox, nest: tuple[str, str], depth: int) -> None:
    """KEEPME inside and TAIL after: both are in the text, or the page is refused."""
    depth = many(request, depth) if depth > 1000 and nest[0] != "<div>" else depth
    found = document(sandbox, f"{nest[0] * depth}KEEPME{nest[1] * depth}<p>TAIL</p>")
    assert found is None or ("KEEPME" in words(found) and "TAIL" in words(found))
    assert found is not None or depth > 1000


@pytest.mark.parametrize(
    ("start", "again", "end", "count"),
    [
        ("<p>KEEPME</p><p ", "a{}=x ", ">TAIL</p>", 100_000),
        ("<p>KEEPME</p><p ", "a{}=x ", ">TAIL</p>", 1_000_000),
        ("<p>KEEPME</p>", "<b><p>", "TAIL", 100_000),
        ("<p>KEEPME</p>", "<", "", 100_000),
        ("<p>KEEPME</p>", "<!--", "", 100_000),
        ("<p>KEEPME</p><ul>", "<li>x", "</ul><p>TAIL</p>", 50_000),
        ("<p>KEEPME</p><dl>", "<dt>a<dd>b", "</dl><p>TAIL</p>", 200_000),
        ("<p>KEEPME</p>", "a<br>", "<p>TAIL</p>", 500_000),
        ("<p>KEEPME</p><p>", "<a href='#x'>y</a>", "</p><p>TAIL</p>", 200_000),
        ("<p>KEEPME</p><p>", "&amp;&#x41;&nbsp;&hellip;&unknown;", "</p><p>TAIL</p>", 300_000),
        ("<p>KEEPME</p><svg>", "<path d='M0 0'/>", "</svg><p>TAIL</p>", 300_000),
        (
            "<p>KEEPME</p><table>",
            "<tr><td rowspan=1000000 colspan=1000000>a<td rowspan=1000000>b",
            "</table><p>TAIL",
            2_000,
        ),
        ("<p>KEEPME</p><table>", "<tr><td colspan=1000 rowspan=65534>a<td colspan=1000>b", "</table><p>TAIL", 2_000),
    ],
)
def test_x02_masses(
    request: pytest.FixtureRequest, sandbox: Sandbox, start: str, again: str, end: str, count: int
) -> None:
    """Attributes, tags, cells that span the world: what stands around them is read, or the page is refused."""
    count = many(request, count)
    middle = "".join(again.format(at) for at in range(count)) if "{}" in again else again * count
    found = document(sandbox, f"{start}{middle}{end}")
    if found is not None:
        assert "KEEPME" in words(found)
        assert "TAIL" in words(found) or "TAIL" not in end
        sandbox.gate(sandbox.read([capture(f"{start}{middle}{end}")], RULES), None)


@pytest.mark.parametrize("filler", ["word ", "w", "\u202e\u0301"])
@pytest.mark.parametrize("size", [1_000_000, 50_000_000])
def test_x02_one_huge_text(request: pytest.FixtureRequest, filler: str, size: int) -> None:
    """A text of 50 MB in one element is refused for its memory or its time; the next page is read."""
    if size > 10_000_000 and filler != "w" and not request.config.getoption("--long"):
        pytest.skip("long campaign: run ./test --long")
    with Sandbox(Limits(seconds=30, deadline=600)) as made:
        found = document(made, "<p>KEEPME " + filler * (size // len(filler)) + "</p>")
        assert found is None or "KEEPME" in words(found)
        assert found is not None or size > 10_000_000
        assert "30 days" in words(document(made, POLICY.format(prose=PROSE)))


def test_x02_a_huge_picture_in_the_page_is_passed_over(sandbox: Sandbox) -> None:
    """Nine megabytes of base64 in an attribute, and in a style."""
    data = "data:image/png;base64," + "A" * 9_000_000
    page = f'<p>KEEPME</p><img src="{data}"><p style="background:url({data})">TAIL</p>'
    assert words(document(sandbox, page)) == "KEEPME TAIL"


@pytest.mark.parametrize("page", ["<![(", "<!", "<?", "<!DOCTYPE", "<![CDATA[", "<html", "\0", "&", "&#", "<a <b <c"])
def test_x03_what_stops_other_parsers(sandbox: Sandbox, page: str) -> None:
    """Markup that is no markup: read or refused, and the text behind it is not lost."""
    found = document(sandbox, page)
    assert found is None or isinstance(found, Document)
    assert "TAIL" in words(document(sandbox, f"{page}></a><p>TAIL</p>"))


LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))


@pytest.mark.parametrize("media", ["text/html", "application/xhtml+xml", "application/xml"])
@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY l0 "lol">' + LAUGHS + "<!ENTITY e '&l9;'>",
        f'<!ENTITY e "{"lol" * 100_000}">',
        '<!ENTITY e SYSTEM "file:///etc/passwd">',
        '<!ENTITY e SYSTEM "http://127.0.0.1:{port}/x">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/x"> %p;',
    ],
)
def test_x04_entities(sandbox: Sandbox, entity: str, media: str) -> None:
    """Nothing is expanded, no file is read, and nobody connects."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0)
        stated = entity.replace("{port}", str(server.getsockname()[1]))
        page = f'<?xml version="1.0"?><!DOCTYPE r [{stated}]><html><body><p>&e;&e; end</p></body></html>'
        try:
            text = words(sandbox.read([capture(page, media)], RULES).document)
        except ExtractError:
            text = ""
        assert "root:" not in text
        assert text.count("lol") <= page.count("lol")
        assert len(text) < 2 * len(page)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_x05_signs_that_no_database_keeps(sandbox: Sandbox, tmp_path: Path) -> None:
    """NUL, half surrogates in the page and in its JSON: stored, and read back equal."""
    shell = "".join(f"word{at} " for at in range(40))
    pages = (
        POLICY.format(prose=f"a\0b&#0;c&#xD800;d \ud800 {PROSE}"),
        f'<body><div id=root></div><script>x = {{"text": "<p>Data \\ud800 {shell}</p><p>{PROSE * 3}</p>"}}</script>',
    )
    for at, page in enumerate(pages):
        source = Source(f"v{at}/privacy", "V", DocumentType.PRIVACY_POLICY, (URL,))
        with closing(open_store(str(tmp_path / f"{at}.db"), write=True)) as store:
            store.sync_sources([source], NOW)
            (claim,) = store.claim("test", NOW, timedelta(minutes=1), limit=1, only=[source.id])
            job = Job(source, claim, (), NOW, stages=sandbox)
            outcome = pipeline.examine(job, [capture(page)], store, NOW)
            assert isinstance(outcome, Candidate)
            store.commit([pipeline.settle(outcome, None, NOW)])
            kept = store.document(source.id, 1)
            assert kept == outcome.extraction.document
            assert "\0" not in words(kept)
            words(kept).encode()


def test_x06_signs_that_look_alike(sandbox: Sandbox) -> None:
    """What no reader sees makes no difference; a letter of another alphabet does."""
    plain = POLICY.format(prose=PROSE)
    base = document(sandbox, plain)
    assert base is not None
    for odd in ("30\u00a0days", "30 da\u00adys", "30\u200b days", "30 days\u200e", "30\u2009days"):
        found = document(sandbox, plain.replace("30 days", odd))
        assert found is not None
        assert found.fingerprint == base.fingerprint, odd
    changed = document(sandbox, plain.replace("data", "d\u0430t\u0430", 1))
    assert changed is not None
    assert sandbox.compare(base, changed).verdict not in {Verdict.SAME, Verdict.NOISE}


def test_x07_what_is_not_to_be_seen(sandbox: Sandbox) -> None:
    """Scripts, styles, templates, comments and hidden elements are no text."""
    unseen = (
        "<script>GONE</script><style>GONE</style><noscript>GONE</noscript><template>GONE</template><!-- GONE -->"
        '<p style="display:none">GONE</p><p aria-hidden="true">GONE</p><p hidden>GONE</p>'
    )
    assert "GONE" not in words(document(sandbox, POLICY.format(prose=PROSE).replace("<h2>", f"{unseen}<h2>")))


def test_x08_and_x09_what_counts(sandbox: Sandbox) -> None:
    """Markup, white space and names of classes are no change; a number, a "not" and a date are."""
    plain = POLICY.format(prose=PROSE)
    base = document(sandbox, plain)
    assert base is not None
    churned = plain.replace("<p>", '<p class="css-1x9" id=q7>\n  ').replace(" and ", "\n<span>and</span>  ")
    same = document(sandbox, churned)
    assert same is not None
    assert same.fingerprint == base.fingerprint
    for old, new in (("30 days", "90 days"), ("do not sell", "do sell")):
        other = document(sandbox, plain.replace(old, new))
        assert other is not None
        assert sandbox.compare(base, other).verdict is Verdict.MATERIAL


def test_x11_selectors(sandbox: Sandbox) -> None:
    """None, one or two matches; a selector of five hundred steps is refused."""
    page = f"<div class=a>ONE {PROSE}</div><div class=b>TWO</div><div class=b>THREE</div>"
    assert words(document(sandbox, page, ExtractRules(select=(".b",)))) == "TWO THREE"
    assert words(document(sandbox, page, ExtractRules(select=(".a",)))).startswith("ONE")
    with pytest.raises(ExtractError) as caught:
        sandbox.read([capture(page)], ExtractRules(select=(".c",)))
    assert caught.value.reason is Reason.SELECTOR_MISSING
    assert document(sandbox, page, ExtractRules(select=(" ".join(["div"] * 500),))) is None


def test_x14_one_text_everywhere(started_afresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred readings in threads, processes with other hash seeds and time zones: one fingerprint."""
    seen = set()
    page = capture(POLICY.format(prose=PROSE))
    for seed, zone in (("0", "UTC"), ("7", "Asia/Tokyo")):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("TZ", zone)
        with Sandbox(size=2) as made, ThreadPoolExecutor(20) as threads:
            seen |= {one.document for one in threads.map(lambda _: made.read([page], RULES), range(100))}
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("(x+x+)+y", "x" * 10_000),
        (r"^(\w+\s?)*$", "word " * 2_000 + "!"),
        ("(.*a){25}b", "a" * 40),
    ],
)
def test_r01_no_pattern_of_a_user_is_run(sandbox: Sandbox, term: str, text: str) -> None:
    """What a user follows is taken as words, whatever it looks like."""
    old, new = (document(sandbox, POLICY.format(prose=f"{PROSE} {end}")) for end in ("", text))
    assert old is not None
    assert new is not None
    followed = sandbox.compare(old, new, (Interest("mine", (term,)),))
    assert followed.verdict is sandbox.compare(old, new).verdict
    assert not [change for change in followed.changes if "mine" in change.topics]


@pytest.mark.parametrize("rules", [ExtractRules(remove=("*",)), ExtractRules(remove=("main",))])
def test_r02_rules_that_leave_nothing_make_no_document(sandbox: Sandbox, rules: ExtractRules) -> None:
    """A selector that takes everything away leaves an empty text, which the gate holds."""
    found = sandbox.read([capture(POLICY.format(prose=PROSE))], rules)
    assert found.document.blocks == ()
    assert sandbox.gate(found, None).passed is False


@pytest.mark.parametrize(("name", "distinct", "length"), [("r03", 50_000, 1_000_000), ("r04", 4, 100_000)])
def test_r03_and_r04_diffs_that_never_end_elsewhere(
    request: pytest.FixtureRequest, sandbox: Sandbox, name: str, distinct: int, length: int
) -> None:
    """A megabyte of random words, and twenty thousand words of four: compared, or refused within the limits."""
    chance = random.Random(name)
    vocabulary = [f"w{chance.randrange(distinct)}" for _ in range(distinct)]
    count = many(request, length) // 5

    def side() -> Document:
        text = " ".join(chance.choice(vocabulary) for _ in range(count))
        found = document(sandbox, POLICY.format(prose=text))
        assert found is not None
        return found

    old, new = side(), side()
    try:
        assert sandbox.compare(old, new).verdict not in {Verdict.SAME, Verdict.NOISE}
    except ExtractError as error:
        assert error.reason is Reason.EXTRACT_FAILED
    assert sandbox.compare(old, old).verdict is Verdict.SAME


@pytest.fixture
def hurried() -> Iterator[Sandbox]:
    """With so little processor time that a page which costs too much is given up soon."""
    with Sandbox(Limits(seconds=1, deadline=600)) as made:
        yield made


def test_t06_one_of_many_that_breaks_in_every_way(request: pytest.FixtureRequest, hurried: Sandbox) -> None:
    """Deep, refused, broken and whole pages at once, in threads: each gets its own answer."""
    good = capture(POLICY.format(prose=PROSE))
    odd = [
        capture("<div>" * 20_000 + "x"),
        capture(b"\x89PNG\r\n\x1a\n\0", "image/png"),
        capture("<p " + "a=b " * 20_000),
        capture(b"\xff\xfe\0" * 1000),
    ]
    answers: dict[int, str] = {}

    def one(at: int) -> None:
        try:
            answers[at] = words(hurried.read([odd[at // 2 % 4] if at % 2 else good], RULES).document)
        except ExtractError as error:
            answers[at] = error.reason.value

    count = 16 if request.config.getoption("--long") else 8  # each that is odd costs its second
    threads = [threading.Thread(target=one, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == count
    assert {answers[at] for at in range(0, count, 2)} == {words(document(hurried, good.body))}
