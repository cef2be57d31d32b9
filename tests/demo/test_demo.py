"""The demo: played once in-process and looked at from all sides, and once through the installed command."""

from __future__ import annotations

import email
import email.policy
import io
import shlex
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from storage.connect import open_store
from storage.errors import Locked, UsageError
from storage.model import Cause, Outcome, Severity, Topic, Verdict
from watcher.cli.demo import ROOM, commands
from watcher.config import load
from watcher.demo.folder import MARK, prepare
from watcher.demo.play import Chapter, Stage, play
from watcher.demo.site import Site, serving
from watcher.demo.story import PAGES, Story, read_story
from watcher.demo.tell import Teller, make_console
from watcher.demo.texts import read_text
from watcher.demo.verify import differences, false_alarms

COMMAND = str(Path(sys.executable).with_name("clausewatch"))


@dataclass
class Played:
    """One whole demo: where, what it told, and what each round came to."""

    folder: Path
    text: str
    stage: Stage
    chapters: tuple[Chapter, ...]
    threads: set[str]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo, played into an empty folder."""
    folder = tmp_path_factory.mktemp("demo") / "here"
    told = io.StringIO()
    teller = Teller(make_console(told, color=False))
    stages: list[Stage] = []

    def begin(stage: Stage) -> None:
        stages.append(stage)
        teller.begin(stage)

    before = set(threading.enumerate())
    chapters = play(folder, begin, teller.tell)
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    teller.end(chapters, folder, commands(folder), commands(folder, ROOM)[0], as_meant=True)
    return Played(folder, told.getvalue(), stages[0], chapters, left)


def test_everything_is_what_the_authors_meant(played: Played) -> None:
    """Every check of every round comes out as the table beside the pages says, and there is no false alarm."""
    assert [fault for chapter in played.chapters for fault in differences(chapter)] == []
    assert sum(false_alarms(chapter) for chapter in played.chapters) == 0
    assert sum(chapter.report.checked for chapter in played.chapters) == 30


def test_no_thread_is_left(played: Played) -> None:
    """Web server, mail server, fetcher and worker have all ended."""
    assert played.threads == set()


def test_noise_makes_no_version(played: Played) -> None:
    """A round in which only page machinery changed makes no version, no alert and no mail."""
    quiet = played.chapters[1]
    assert all(result.versions == () for _, result in quiet.checks)
    assert (quiet.report.alerts, quiet.mails, quiet.console) == (0, (), ())
    # The pages did change: all but the steady one were read and judged to be noise.
    assert sum(result.noise for _, result in quiet.checks) == 4
    assert "nothing but page machinery: no version, no alert" in played.text


def test_a_wall_is_never_a_version(played: Played) -> None:
    """The bot wall (status 200) and the 503 are held; both documents return with the next version number."""
    bad, back = played.chapters[3], played.chapters[4]
    outcomes = {source.id: result.outcome for source, result in bad.checks}
    assert outcomes["harrowmere/privacy"] is Outcome.BLOCKED
    assert outcomes["ostrelle/privacy"] is Outcome.FAILED
    assert all(result.versions == () for _, result in bad.checks)
    numbers = {source.id: result.versions[0].version.number for source, result in back.checks}
    assert set(numbers.values()) == {3}
    store = open_store(played.folder / "clausewatch.db", write=False)
    try:
        versions = store.versions()
        texts = [block.text for v in versions for block in store.document(v.source_id, v.number).blocks]
        assert store.verify() == []
    finally:
        store.close()
    assert len(versions) == 20
    assert not any("human" in text for text in texts)
    assert {version.cause for version in versions} == {Cause.FIRST, Cause.CHANGED}


@pytest.mark.parametrize(
    ("number", "source_id", "topic"),
    [
        (2, "harrowmere/privacy", Topic.SUBPROCESSORS),
        (2, "vrijdagbord/privacy", Topic.RETENTION),
        (2, "ostrelle/privacy", Topic.SHARING),
        (2, "pelgrimspost/subprocessors", Topic.SUBPROCESSORS),
        (4, "tolwacht/privacy", Topic.AI),
        (4, "ostrelle/privacy", Topic.RETENTION),
        (5, "harrowmere/privacy", Topic.AI),
        (5, "vrijdagbord/privacy", Topic.SHARING),
        (5, "tolwacht/privacy", Topic.SUBPROCESSORS),
    ],
)
def test_a_clause_is_told_with_its_topic(played: Played, number: int, source_id: str, topic: Topic) -> None:
    """What the author changed leads the comparison, under its topic and with some weight."""
    result = next(result for source, result in played.chapters[number].checks if source.id == source_id)
    comparison = result.versions[0].comparison
    assert comparison is not None
    assert comparison.verdict is Verdict.MATERIAL
    assert comparison.changes[0].topic is topic
    assert comparison.changes[0].severity.rank >= Severity.MEDIUM.rank


def test_subscribers_hear_what_they_asked_for(played: Played) -> None:
    """Mail goes to the privacy team for every material version; procurement hears of two topics only."""
    told: dict[str, set[tuple[str, int]]] = {}
    for chapter in played.chapters:
        for _, result in chapter.checks:
            for made in result.versions:
                for alert in made.alerts:
                    told.setdefault(alert.subscriber, set()).add((alert.source_id, alert.version))
    assert len(told["privacy-team"]) == 10
    assert len(told["procurement"]) == 6
    assert told["procurement"] < told["privacy-team"]
    assert ("vrijdagbord/privacy", 2) not in told["procurement"]


def test_mails_are_whole(played: Played) -> None:
    """Each saved mail parses, is addressed to the privacy team, is dated in the story, and its HTML lies beside it."""
    files = sorted((played.folder / "mail").glob("*.eml"))
    assert len(files) == 10
    subjects = []
    for path in files:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert text is not None
        assert html is not None
        assert path.with_suffix(".html").read_text(encoding="utf-8") == html.get_content().replace("\r\n", "\n")
        assert mail["To"] == "privacy@example.org"
        assert mail.defects == []
        assert path.name[3:13] == f"{mail['Date'].datetime:%Y-%m-%d}"
        subjects.append(str(mail["Subject"]))
    assert sum("Quillwharf Inc." in subject for subject in subjects) == 1


def test_the_story_fits_a_pipe(played: Played) -> None:
    """Without a terminal nothing is wider than 80 columns but what is pasted, and nothing is coloured."""
    before, _, after = played.text.partition("Try next\n")
    # The alert is quoted as the subscriber got it, address and command unbroken.
    assert [line for line in before.splitlines() if len(line) > 80 and not line.startswith("  | ")] == []
    assert "\x1b" not in played.text
    assert before == "\n".join(line.rstrip() for line in before.split("\n"))
    pasted, _, room = after.partition("\nOr in a browser\n")
    assert len(pasted.splitlines()) == 3
    assert [line.split()[-1] for line in room.splitlines()] == ["serve"]
    assert "16 alerts: 10 mails delivered, 6 on the console" in before
    assert "0 false alarms" in before


def test_the_configuration_is_real(played: Played) -> None:
    """The sources.toml that stays loads without a warning and names the five vendors."""
    settings = load(played.folder / "sources.toml", secrets=True)
    assert settings.warnings == ()
    assert {source.id for source in settings.sources} == {vendor.id for vendor in read_story().vendors}


def test_a_wrong_result_is_found(played: Played) -> None:
    """Were the authors' table different, each difference would be named: the check can fail."""
    spring = played.chapters[2]
    meant = dict(spring.chapter.expect)
    meant["harrowmere/privacy"] = replace(meant["harrowmere/privacy"], topics=(Topic.CHILDREN,), added=("Nobody Ltd",))
    meant["vrijdagbord/privacy"] = replace(meant["vrijdagbord/privacy"], periods=("P1M", "P2M"), told=())
    meant["tolwacht/privacy"] = replace(meant["tolwacht/privacy"], verdict=Verdict.MATERIAL)
    meant["ostrelle/privacy"] = replace(meant["ostrelle/privacy"], outcome=Outcome.UNCHANGED)
    wrong = replace(spring, chapter=replace(spring.chapter, expect=meant), mails=())
    found = differences(wrong)
    for words in (
        "about children",
        "Nobody Ltd",
        "P1M -> P2M",
        "nobody",
        "judged editorial",
        "came out as changed",
        "led by",
    ):
        assert any(words in fault for fault in found), words
    assert any("0 mails" in fault for fault in found)
    assert false_alarms(wrong) == 2  # both alerts about Harrowmere would then be false


def test_every_request_gets_other_machinery() -> None:
    """Two answers to the same question differ in bytes, except for the page that has no machinery."""
    story = read_story()
    site = Site(story.vendors, lambda: datetime(2025, 1, 6, tzinfo=UTC))
    site.show(story.rounds[0])
    for vendor in story.vendors:
        first, second = site.answer(f"/{vendor.id}"), site.answer(f"/{vendor.id}")
        assert first[0] == second[0] == 200
        assert (first[1] == second[1]) is (vendor.shape == "layout")


def test_a_client_that_hangs_up_is_passed_over(capfd: pytest.CaptureFixture[str]) -> None:
    """A reset connection writes nothing to the terminal and does not keep the server from ending."""
    site = Site(read_story().vendors, lambda: datetime(2025, 1, 6, tzinfo=UTC))
    with serving(site) as address:
        host, port = address.removeprefix("http://").split(":")
        for _ in range(5):
            with socket.create_connection((host, int(port))) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
                client.sendall(b"GET /harrowmere/privacy HTTP/1.1\r\nHost: x\r\n\r\n")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert client.makefile("rb").readline().split()[1] == b"404"
    assert capfd.readouterr() == ("", "")


def test_sample_texts_are_policies() -> None:
    """Each edition has a title, sections and the length of a short policy, and differs from the one before."""
    for vendor in read_story().vendors:
        editions = [read_text(vendor.id.partition("/")[0], number) for number in (1, 2, 3, 4)]
        for title, parts in editions:
            words = " ".join(str(cell) for part in parts for run in part.runs for row in run.rows for cell in row)
            assert title
            assert len(parts) > 6
            assert 400 <= len(words.split()) <= 900
        assert all(str(editions[number]) != str(editions[number + 1]) for number in range(3))


def test_the_story_names_only_what_is_there() -> None:
    """Every round says what is meant for every vendor, in the order of time, and every vendor has text and template."""
    story: Story = read_story()
    ids = {vendor.id for vendor in story.vendors}
    assert [chapter.at for chapter in story.rounds] == sorted(chapter.at for chapter in story.rounds)
    for chapter in story.rounds:
        assert set(chapter.expect) == ids
        assert {*chapter.wall, *chapter.down} <= ids
    for vendor in story.vendors:
        assert (PAGES / f"{vendor.id.partition('/')[0]}.txt").is_file()
        assert (PAGES / f"{vendor.shape}.html").is_file()


def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    """A folder that is not empty and has no mark of ours is left as it is, and so is a file."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"not empty.*--dir"):
        prepare(tmp_path)
    (tmp_path / "sources.toml").write_text('store = "clausewatch.db"\n')
    with pytest.raises(UsageError, match="no demo of clausewatch made it"):
        prepare(tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        prepare(tmp_path / "letter.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letter.txt", "sources.toml"]


def test_a_demo_folder_is_begun_anew_and_no_more(tmp_path: Path) -> None:
    """What an earlier demo wrote goes; what a person put beside it stays."""
    mails = prepare(tmp_path / "demo")
    old = mails / "01-2025-03-10-harrowmere-privacy.eml"
    for path in (old, old.with_suffix(".html"), mails / "notes.eml", tmp_path / "demo" / "notes.txt"):
        path.write_text("x")
    open_store(tmp_path / "demo" / "clausewatch.db", write=True).close()
    assert prepare(tmp_path / "demo") == mails
    left = {str(path.relative_to(tmp_path / "demo")) for path in (tmp_path / "demo").rglob("*")}
    assert left == {"mail", "mail/notes.eml", "notes.txt", "sources.toml"}
    assert (tmp_path / "demo" / "sources.toml").read_text() == f"{MARK}\n"


def test_a_store_in_use_is_not_taken_away(tmp_path: Path) -> None:
    """While another run holds the demo's store, the demo does not begin anew."""
    prepare(tmp_path / "demo")
    store = open_store(tmp_path / "demo" / "clausewatch.db", write=True)
    try:
        with pytest.raises(Locked):
            prepare(tmp_path / "demo")
        assert store.versions() == []
    finally:
        store.close()


def test_the_commands_begin_as_the_program_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three commands start with the script of a checkout where that was used, and quote an odd folder."""
    assert all(command.startswith("clausewatch --store 'an odd/") for command in commands(Path("an odd")))
    monkeypatch.setenv("CLAUSEWATCH_COMMAND", "./clausewatch")
    assert all(command.startswith("./clausewatch --store demo/") for command in commands(Path("demo")))


def test_the_installed_command(tmp_path: Path) -> None:
    """`clausewatch demo` exits 0, and the three commands it ends with work when pasted."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CLAUSEWATCH_COMMAND": COMMAND}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60
        )

    done = run(COMMAND, "demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clausewatch-demo"]
    pasted = [line.strip() for line in done.stdout.partition("Try next\n")[2].partition("\nOr in")[0].splitlines()]
    assert len(pasted) == 3
    expected = ["Quillwharf Inc.", "train the machine learning models", "Quillwharf Inc."]
    for line, words in zip(pasted, expected, strict=True):
        tried = run(*shlex.split(line))
        assert tried.returncode == 0, tried.stderr
        assert words in tried.stdout
    refused = run(COMMAND, "demo", "--dir", ".")
    assert refused.returncode == 2
    assert "not empty" in refused.stderr
