"""A git repository as Open Terms Archive keeps it: `<Service>/<Document>.md` or `.html`, one commit per capture.

Only the objects of the repository are read, by git itself, out of a repository of our own that borrows them: so none of
the configuration, hooks, attributes or remotes that came with it can have any effect, and nothing is checked out.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import quote

from storage.errors import UsageError
from watcher.files import media_type_of
from watcher.history import did_you_mean
from watcher.recording import tape
from watcher.recording.tape import YEARS, Recording, Taken, from_file, spread

# A document that is renamed keeps this share of its lines, in per cent.
_LIKENESS = 60
_MOST_COMMITS = 1_000_000
_LONGEST_PATH = 4096
_SHOWN = 10
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/(?!.*\.\.)[\w./+@-]{1,250}")
_REGULAR = frozenset({b"100644", b"100755"})


def is_repository(path: Path) -> bool:
    """Whether a folder is a git repository, bare or with its files beside."""
    return (path / ".git").exists() or all((path / name).exists() for name in ("HEAD", "objects", "refs"))


def open_repository(path: Path, page: str | None, url: str | None) -> Recording:
    """The history of one document, through renames, without merges. `page` is `Service/Document`.

    Raises UsageError when git is missing, the repository cannot be read, or there is no such document.
    """
    with _borrowed(path) as own:
        known = _documents(path, own)
        places = _chosen(path, own, known, page)
        found = [entry for place in places for entry in _history(path, own, place)]
    ids: dict[str, str] = {}
    captures: list[tuple[str, datetime]] = []
    found.reverse()  # git tells the newest first; commits of one second stay in the order of the history
    for name, when, blob in sorted(found, key=lambda entry: entry[1]):
        # A rename alone is no capture.
        if not captures or ids[captures[-1][0]] != blob:
            ids[name] = blob
            captures.append((name, when))
    if not captures:
        raise UsageError(f"{path}: no commit holds {places[0]!r}")
    place = PurePosixPath(places[0])
    address = url or f"{path.resolve().as_uri()}/{quote(os.fsencode(places[0]))}"
    return Recording(
        page=place.with_suffix("").as_posix(),
        vendor=place.parent.name or path.name,
        url=address,
        captures=spread(captures),
        bodies=partial(_bodies, path, ids),
    )


def _documents(path: Path, own: Path) -> list[str]:
    """The documents of today: files in folders, of a kind that can be read."""
    names: list[str] = []
    with _git(path, own, "ls-tree", "-r", "-z", "--full-tree", "HEAD") as stream:
        for entry in _tokens(stream, path):
            head, _, name = entry.partition(b"\t")
            if head[:6] in _REGULAR and b"/" in name and media_type_of(name.decode("utf-8", "replace")):
                names.append(os.fsdecode(name))
    return names


def _chosen(path: Path, own: Path, known: Sequence[str], page: str | None) -> list[str]:
    """The files of the document that is asked for: HTML and PDF of one name are one document."""
    pages: dict[str, list[str]] = {}
    for name in known:
        pages.setdefault(_page(name), []).append(name)
    if page is None and len(pages) == 1:
        page = next(iter(pages))
    if page is None:
        some = ", ".join(map(repr, sorted(pages)[:_SHOWN])) + (", …" if len(pages) > _SHOWN else "")
        raise UsageError(
            f"{path}: holds {len(pages)} documents; name one with --page: {some}"
            if pages
            else f"{path}: holds no document (Service/Document.md or .html)"
        )
    if page in known:
        return [page]
    if page in pages:
        kinds = {media_type_of(name) == "text/markdown" for name in pages[page]}
        if len(kinds) > 1:
            raise UsageError(f"{path}: {page!r} is there as {' and '.join(map(repr, pages[page]))}; name one of them")
        return pages[page]
    gone = [page + suffix for suffix in ("", ".md", ".html", ".pdf") if _is_plain(page + suffix)]
    if gone and _was_there(path, own, gone):
        for name in gone:
            if next(_history(path, own, name), None):
                return [name]
    raise UsageError(f"{path}: there is no document {page!r} in it{did_you_mean(page, list(pages))}")


def _page(name: str) -> str:
    return name[: -len(PurePosixPath(name).suffix)]


def _is_plain(name: str) -> bool:
    """Whether a name may be a path inside a repository."""
    return (
        "\0" not in name
        and "/" in name
        and len(name) < _LONGEST_PATH
        and ".." not in PurePosixPath(name).parts
        and name[:1] != "/"
    )


def _was_there(path: Path, own: Path, names: Sequence[str]) -> bool:
    """Whether any commit wrote one of the files; one pass over the history, without looking for renames."""
    with _git(path, own, "log", "-1", "--format=%H", "HEAD", "--", *names) as stream:
        return bool(stream.read(1))


def _history(path: Path, own: Path, place: str) -> Iterator[tuple[str, datetime, str]]:
    """Every commit that wrote a document, newest first: (commit:path, time, id of the bytes)."""
    log = ("log", "--follow", "--no-merges", "--full-history", f"-M{_LIKENESS}%", "-l500", "--raw", "--no-abbrev", "-z")
    with _git(path, own, *log, "--format=%H%x00%at", "HEAD", "--", place) as stream:
        tokens = _tokens(stream, path)
        commit, when = "", b""
        count = 0
        for token in tokens:
            change = token.lstrip(b"\n")
            if not change.startswith(b":"):
                commit, when = token.decode("ascii", "replace"), next(tokens, b"")
                count += 1
                if count > _MOST_COMMITS:
                    raise UsageError(f"{path}: more than {_MOST_COMMITS} commits of {place!r}")
                continue
            _, mode, _, blob, status = change.split(b" ")
            name = next(tokens, b"")
            if status[:1] in b"RC":
                name = next(tokens, b"")
            if mode in _REGULAR:
                shown = name.decode("utf-8", "replace")
                yield f"{commit[:12]}:{shown}", _moment(path, commit, when), blob.decode("ascii", "replace")


def _moment(path: Path, commit: str, seconds: bytes) -> datetime:
    """When the author of a commit made it; copying a history keeps that and changes the committer's time."""
    try:
        when = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        when = None
    if when is None or when.year not in YEARS:
        shown = seconds[:30].decode("ascii", "replace")
        raise UsageError(
            f"{path}: commit {commit[:12]}: its time {shown!r} lies outside the years {YEARS.start} to {YEARS.stop - 1}"
        )
    return when


def _bodies(path: Path, ids: dict[str, str], names: Sequence[str]) -> Iterator[Taken]:
    """The bytes of the captures, through one process of git."""
    with _borrowed(path) as own, _batch(own) as (ask, answer):
        for name in names:
            ask.write(ids[name].encode() + b"\n")
            ask.flush()
            head = answer.readline(200).split()
            if len(head) != 3 or head[1] != b"blob":
                raise UsageError(f"{path}: the bytes of {name!r} are not in the repository; clone it as a whole")
            size = int(head[2])
            if size > tape.MAX_BYTES:
                raise UsageError(f"{path}: {name!r} is larger than {tape.MAX_BYTES} bytes")
            body = answer.read(size)
            if len(body) != size or answer.read(1) != b"\n":
                raise UsageError(f"{path}: {name!r} cannot be read; the repository is damaged (git fsck)")
            yield from_file(body, name, f"git {path.name} {name} blob {ids[name]}")


@contextmanager
def _borrowed(path: Path) -> Iterator[Path]:
    """A repository of our own that has the objects of the other one, and nothing else of it."""
    theirs = path / ".git" if (path / ".git").exists() else path
    if not theirs.is_dir():
        raise UsageError(f"{path}: its .git leads elsewhere; name the repository itself")
    objects = (theirs / "objects").resolve()
    if not objects.is_relative_to(path.resolve()) or "\n" in str(objects):
        raise UsageError(f"{path}: its objects lie elsewhere or under an odd name; name the repository itself")
    if (objects / "info" / "alternates").exists():
        raise UsageError(f"{path}: borrows objects of another repository; run there: git repack -a -d, and clone it")
    head = _head(path, theirs)
    with tempfile.TemporaryDirectory(prefix="clausewatch-git-") as folder:
        own = Path(folder)
        (own / "objects" / "info").mkdir(parents=True)
        (own / "refs").mkdir()
        (own / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        (own / "HEAD").write_text(f"{head}\n", encoding="ascii")
        kind = "[extensions]\nobjectFormat = sha256\n" if len(head) == 64 else ""
        (own / "config").write_text(
            f"[core]\nrepositoryFormatVersion = {int(bool(kind))}\nbare = true\ncommitGraph = false\n{kind}",
            encoding="ascii",
        )
        shallow = _lines(theirs / "shallow")
        if shallow and all(map(_ID.fullmatch, shallow)):
            (own / "shallow").write_text("\n".join(shallow) + "\n", encoding="ascii")
        yield own


def _head(path: Path, theirs: Path) -> str:
    """The id of the newest commit, found without asking git: its answer may depend on the configuration."""
    stated = next(iter(_lines(theirs / "HEAD")), "")
    ref = stated.removeprefix("ref:").strip()
    found = [stated]
    if _REF.fullmatch(ref):
        found.append(next(iter(_lines(theirs / ref)), ""))
        packed = (line.partition(" ") for line in _lines(theirs / "packed-refs"))
        found += [commit for commit, _, name in packed if name == ref]
    for commit in found:
        if _ID.fullmatch(commit):
            return commit
    raise UsageError(f"{path}: has no commit that HEAD leads to")


def _lines(place: Path) -> list[str]:
    """The lines of a small file of a repository; none when it is not there, is a link or is no file."""
    try:
        if place.is_symlink() or not place.is_file():
            return []
        with place.open("rb") as file:
            return file.read(20_000_000).decode("utf-8", "replace").splitlines()
    except (OSError, ValueError):
        return []


def _environment(own: Path) -> dict[str, str]:
    """No configuration but our own, no network, no questions."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(own),
        "GIT_DIR": str(own),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


@contextmanager
def _git(path: Path, own: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """What a command of git prints. Raises UsageError when git is missing or fails."""
    with tempfile.TemporaryFile() as trouble, _started(own, arguments, trouble.fileno()) as child:
        assert child.stdout is not None
        whole = False
        try:
            yield child.stdout
            whole = not child.stdout.read(1)
        finally:
            if not whole:
                child.kill()
            code = child.wait()
        if whole and code:
            trouble.seek(0)
            said = trouble.read(2000).decode("utf-8", "replace").strip().splitlines() or ["?"]
            raise UsageError(f"{path}: git cannot read it: {said[0]}")


@contextmanager
def _batch(own: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Where to ask for objects, and where they come."""
    with _started(own, ("cat-file", "--batch"), subprocess.DEVNULL) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            yield child.stdin, child.stdout
        finally:
            child.kill()


def _started(own: Path, arguments: Sequence[str], trouble: int) -> subprocess.Popen[bytes]:
    try:
        # Our own arguments; a path of the repository stands behind `--`.
        return subprocess.Popen(  # noqa: S603
            ["git", "--no-pager", *arguments],  # noqa: S607 - the user's git, wherever it is
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=trouble,
            cwd=own,
            env=_environment(own),
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed; a repository cannot be read without it") from error


def _tokens(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """What stands between NULs."""
    rest = b""
    while chunk := stream.read1(65536) if hasattr(stream, "read1") else stream.read(65536):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > 2 * _LONGEST_PATH:
            raise UsageError(f"{path}: a name in it is longer than {_LONGEST_PATH} bytes")
    if rest.strip():
        yield rest
