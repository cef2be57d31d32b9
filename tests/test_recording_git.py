"""Histories out of git repositories: every commit of one document, and nothing that came with the repository is run."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import UsageError
from watcher.recording import open_recording, tape

NAME = "Brightwater/Privacy Policy"


class Repository:
    """A real repository in which every commit has a time of its own."""

    def __init__(self, path: Path) -> None:
        """Make an empty one."""
        self.path = path
        self.day = datetime(2024, 1, 1, tzinfo=UTC)
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        """Run git as its owner would, without the settings of the person who runs the tests."""
        stamp = f"@{int(self.day.timestamp())} +0000"
        people = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        bare = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env={**bare, **people, **dates}, check=True, capture_output=True
        )
        return done.stdout.decode("utf-8", "replace")

    def write(self, files: dict[str, bytes], day: int) -> str:
        """Commit files as of a day of January 2024; the commit's id."""
        self.day = datetime(2024, 1, day, tzinfo=UTC)
        for name, body in files.items():
            place = self.path / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"day {day}")
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Three captures of a document, which was renamed between the second and the third, among others."""
    made = Repository(tmp_path / "versions")
    lines = b"".join(b"We keep line %d of the records.\n" % n for n in range(20))
    made.write({"README.md": b"read me", "Brightwater/Privacy.md": lines, "Quay/Terms.md": b"terms"}, 1)
    made.write({"Brightwater/Privacy.md": lines + b"More.\n"}, 2)
    made.git("mv", "Brightwater/Privacy.md", f"{NAME}.md")
    made.write({}, 3)
    made.write({f"{NAME}.md": lines + b"Still more.\n"}, 4)
    made.write({"Quay/Terms.md": b"new terms"}, 5)
    return made


def days(recording: tape.Recording) -> list[int]:
    """The days of January on which the captures were taken."""
    return [when.day for _, when in recording.captures]


@pytest.mark.parametrize("kind", ["files", "bare", "packed", "detached"])
def test_a_document_has_the_commits_that_wrote_it(repository: Repository, tmp_path: Path, kind: str) -> None:
    """Oldest first, with the time of each, through a rename; other documents do not count."""
    path = repository.path
    if kind == "bare":
        repository.git("clone", "-q", "--bare", str(path), str(tmp_path / "bare.git"))
        path = tmp_path / "bare.git"
    elif kind == "packed":
        repository.git("gc", "-q")
        repository.git("pack-refs", "--all")
    elif kind == "detached":
        repository.git("checkout", "-q", "--detach")
    recording = open_recording(path, page=NAME)
    assert (recording.page, recording.vendor) == (NAME, "Brightwater")
    assert days(recording) == [1, 2, 4]
    read = list(recording.read())
    assert [capture.body.splitlines()[-1] for capture in read] == [
        b"We keep line 19 of the records.",
        b"More.",
        b"Still more.",
    ]
    assert {capture.media_type for capture in read} == {"text/markdown"}
    assert [capture.fetched_at for capture in read] == [when for _, when in recording.captures]


def test_a_capture_says_where_it_comes_from(repository: Repository) -> None:
    """Repository, commit, path and object stand beside the capture, and the address names the file."""
    commit = repository.git("rev-parse", "HEAD~1").strip()
    blob = repository.git("rev-parse", f"HEAD:{NAME}.md").strip()
    capture = list(open_recording(repository.path, page=NAME).read())[-1]
    assert capture.header("Clausewatch-Recorded") == f"git versions {commit[:12]}:{NAME}.md blob {blob}"
    assert capture.url.startswith("file://")
    assert capture.url.endswith("/Brightwater/Privacy%20Policy.md")
    named = open_recording(repository.path, page=NAME, url="https://brightwater.example/privacy")
    assert next(named.read()).url == "https://brightwater.example/privacy"


def test_reading_goes_on_where_it_was_left(repository: Repository) -> None:
    """What is known already is not read again."""
    recording = open_recording(repository.path, page=NAME)
    assert [capture.fetched_at.day for capture in recording.read(after=datetime(2024, 1, 2, tzinfo=UTC))] == [4]


def test_merges_are_no_captures_and_side_branches_count(repository: Repository) -> None:
    """A capture on a branch that was merged is one; the merge itself is none."""
    repository.git("checkout", "-q", "-b", "side")
    body = (repository.path / f"{NAME}.md").read_bytes()
    repository.write({f"{NAME}.md": body + b"Side.\n"}, 6)
    repository.git("checkout", "-q", "main")
    repository.write({"Quay/Terms.md": b"newest terms"}, 7)
    repository.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    assert days(open_recording(repository.path, page=NAME)) == [1, 2, 4, 6]


def test_html_and_pdf_of_one_name_are_one_document(tmp_path: Path) -> None:
    """A snapshot that changed its kind goes on; text versions beside snapshots must be named."""
    made = Repository(tmp_path / "snapshots")
    made.write({f"{NAME}.html": b"<p>one</p>"}, 1)
    made.write({f"{NAME}.pdf": b"%PDF-1.7 two"}, 2)
    recording = open_recording(made.path)
    assert days(recording) == [1, 2]
    assert [capture.media_type for capture in recording.read()] == ["text/html", "application/pdf"]
    made.write({f"{NAME}.md": b"three"}, 3)
    with pytest.raises(UsageError, match="name one of them"):
        open_recording(made.path, page=NAME)
    assert days(open_recording(made.path, page=f"{NAME}.md")) == [3]


def test_a_document_that_is_gone_has_its_history(repository: Repository) -> None:
    """A file that was deleted is found by its last name."""
    (repository.path / "Quay" / "Terms.md").unlink()
    repository.write({}, 8)
    assert days(open_recording(repository.path, page="Quay/Terms")) == [1, 5]


def test_commits_of_one_second_stay_in_order(tmp_path: Path) -> None:
    """The history decides, and each has a moment of its own."""
    made = Repository(tmp_path / "r")
    for number in range(6):
        made.write({"A/B.md": b"%d" % number}, 1)
    read = list(open_recording(made.path).read())
    assert [capture.body for capture in read] == [b"0", b"1", b"2", b"3", b"4", b"5"]
    assert [capture.fetched_at.second for capture in read] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (None, "holds 2 documents; name one with --page: 'Brightwater/Privacy Policy', 'Quay/Terms'"),
        ("Brightwater/Privacy Polici", 'did you mean "Brightwater/Privacy Policy"'),
        ("README", "there is no document 'README'"),
        ("../versions/Quay/Terms", "there is no document"),
        ("/etc/passwd", "there is no document"),
        ("--output=/tmp/x", "there is no document"),
        (":(top)Quay/Terms", "there is no document"),
        ("Quay/*", "there is no document"),
        ("Quay\n/Terms", "there is no document"),
        ("x" * 5000, "there is no document"),
        ("a\0b", "there is no document"),
    ],
)
def test_a_page_that_is_not_there_is_told_with_what_is(repository: Repository, page: str | None, said: str) -> None:
    """Names are names: no option, no pattern, no path out of the repository."""
    with pytest.raises(UsageError) as error:
        open_recording(repository.path, page=page)
    assert said in str(error.value)
    assert str(repository.path) in str(error.value)


def test_names_of_any_bytes(tmp_path: Path) -> None:
    """New lines, quotes, tabs, and bytes that are no UTF-8 in names are read; links and modules are no documents."""
    made = Repository(tmp_path / "r")
    names = ["A/new\nline", 'A/quo"te', "A/tab\there", "A/:(top)", "A/-option", "A/sp ace #2"]
    made.write({f"{name}.md": name.encode() for name in names}, 1)
    (made.path / "A" / "link.md").symlink_to("/etc/passwd")
    made.write({os.fsdecode(b"A/latin\xe9") + ".md": b"latin"}, 2)
    for name in names:
        (capture,) = open_recording(made.path, page=name).read()
        assert capture.body == name.encode()
        assert str(capture.header("Clausewatch-Recorded")).isprintable()
    (latin,) = open_recording(made.path, page=os.fsdecode(b"A/latin\xe9")).read()
    assert latin.body == b"latin"
    with pytest.raises(UsageError, match="no document"):
        open_recording(made.path, page="A/link")


def test_nothing_that_came_with_a_repository_is_run(repository: Repository, tmp_path: Path) -> None:
    """Configuration, hooks, attributes, pagers, filters, helpers and remotes of the repository have no effect."""
    trap = tmp_path / "trap"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    keys = ["core.fsmonitor", "core.pager", "diff.external", "diff.x.textconv", "gpg.program", "core.sshCommand"]
    keys += ["filter.x.smudge", "pager.log", "core.alternateRefsCommand", "alias.log", "credential.helper"]
    for key in keys:
        repository.git("config", key, str(script))
    repository.git("config", "log.showSignature", "true")
    repository.git("config", "core.hooksPath", str(tmp_path))
    repository.git("config", "remote.origin.url", f"ext::{script}")
    repository.git("config", "remote.origin.promisor", "true")
    repository.git("config", "extensions.partialClone", "origin")
    (repository.path / ".git" / "info" / "attributes").write_text("* diff=x filter=x\n")
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(script, repository.path / ".git" / "hooks" / hook)
    trap.unlink(missing_ok=True)
    recording = open_recording(repository.path, page=NAME)
    assert len(list(recording.read())) == 3
    blob = repository.path.joinpath(".git", "objects")
    for file in [file for file in blob.rglob("*") if file.is_file()]:
        trap.unlink(missing_ok=True)
        kept = file.read_bytes()
        file.chmod(0o644)
        file.unlink()
        try:
            list(open_recording(repository.path, page=NAME).read())
        except UsageError as error:
            assert str(repository.path) in str(error)
        assert not trap.exists()
        file.write_bytes(kept)


def test_a_repository_that_leads_elsewhere_is_refused(repository: Repository, tmp_path: Path) -> None:
    """Linked work trees, borrowed objects and links: nothing outside the repository is read."""
    repository.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "other")
    repository.git("clone", "-q", "--shared", str(repository.path), str(tmp_path / "shared"))
    outside = tmp_path / "outside"
    shutil.copytree(repository.path, outside, symlinks=True)
    shutil.rmtree(outside / ".git" / "objects")
    (outside / ".git" / "objects").symlink_to(repository.path / ".git" / "objects")
    for path, said in ((tmp_path / "linked", "leads elsewhere"), (tmp_path / "shared", "borrows"), (outside, "lie")):
        with pytest.raises(UsageError, match=said):
            open_recording(path, page=NAME)


def test_broken_and_empty_repositories_are_told(repository: Repository, tmp_path: Path) -> None:
    """No commit, a damaged object, a name in HEAD that leads out."""
    empty = Repository(tmp_path / "empty")
    with pytest.raises(UsageError, match="no commit"):
        open_recording(empty.path)
    for head in ("ref: refs/../../secret", "ref: refs/heads/none", "", "\xff", "0" * 39):
        (repository.path / ".git" / "HEAD").write_text(head, encoding="latin-1")
        with pytest.raises(UsageError, match="no commit"):
            open_recording(repository.path)
    (repository.path / ".git" / "HEAD").write_text("1" * 40)
    with pytest.raises(UsageError, match="git cannot read it"):
        open_recording(repository.path)


def test_a_blob_that_is_too_large_is_refused_by_name(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is known before a byte of it is read."""
    monkeypatch.setattr(tape, "MAX_BYTES", 300)
    with pytest.raises(UsageError, match=r"Privacy\.md' is larger than 300 bytes"):
        list(open_recording(repository.path, page=NAME).read())


def test_a_time_out_of_this_world_is_told(tmp_path: Path) -> None:
    """A commit from before the web names itself."""
    made = Repository(tmp_path / "r")
    made.write({"A/B.md": b"one"}, 1)
    made.day = datetime(1971, 1, 1, tzinfo=UTC)
    (made.path / "A" / "B.md").write_bytes(b"two")
    made.git("commit", "-q", "-a", "-m", "old")
    with pytest.raises(UsageError, match=r"commit [0-9a-f]{12}: its time '31536000' lies outside"):
        open_recording(made.path)


def test_without_git_it_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without git names what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="git is not installed"):
        open_recording(repository.path)


def test_shallow_clones_give_what_they_have(repository: Repository, tmp_path: Path) -> None:
    """The commits that were cloned are the history."""
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.path}", str(tmp_path / "shallow"))
    assert days(open_recording(tmp_path / "shallow", page=NAME)) == [4]
