"""The folder that the demo leaves behind: sources.toml, clausewatch.db, and the mails."""

from __future__ import annotations

from pathlib import Path

from storage.connect import open_store
from storage.errors import ClausewatchError, Locked, StoreError, UsageError
from watcher.demo.story import Vendor

# The first line of the sources.toml of a demo: what tells a folder of ours from all others.
MARK = "# Written by `clausewatch demo`, which begins this folder anew every time it runs."
CONFIGURATION = "sources.toml"
STORE = "clausewatch.db"
_HEAD = """{mark}
#
# A real configuration. Its five vendors are invented; their pages and the mail server were on this machine and are gone
# since the demo ended. So the commands that read (log, diff, search, history, show) work, but `check` finds nobody in.

store = "{store}"

[fetch]
contact = "demo@example.org"
allow_networks = ["127.0.0.0/8"]

[mail]
url = "smtp+insecure://127.0.0.1:{port}"
from = "clausewatch <alerts@example.org>"

[[subscriber]]
name = "privacy-team"
reminders = false
to = ["mailto:privacy@example.org"]

[[subscriber]]
name = "procurement"
reminders = false
to = ["console:"]
topics = ["subprocessors", "ai"]
"""
_SOURCE = """
[[source]]
id = "{vendor.id}"
vendor = "{vendor.name}"
document = "{vendor.document.value}"
url = "{site}/{vendor.id}"
language = "{vendor.language}"
"""


def prepare(folder: Path) -> Path:
    """Make the folder, or empty one that an earlier demo left; returns the folder for the mails.

    Raises UsageError for a folder that holds anything else, Locked while another run holds its store.
    """
    mails = folder / "mail"
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise UsageError(f"{folder}: is no folder; give another one with --dir")
        if folder.is_dir() and any(folder.iterdir()):
            _begin_anew(folder, mails)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CONFIGURATION).write_text(f"{MARK}\n", encoding="utf-8")  # first of all: a demo that dies is ours too
        mails.mkdir(exist_ok=True)
    except OSError as error:
        raise ClausewatchError(f"{folder}: cannot be used ({error.strerror}); give another --dir") from error
    return mails


def write_configuration(folder: Path, vendors: tuple[Vendor, ...], site: str, mail_port: int) -> Path:
    """Write the sources.toml of the demo; returns its path."""
    path = folder / CONFIGURATION
    text = _HEAD.format(mark=MARK, store=STORE, port=mail_port)
    text += "".join(_SOURCE.format(vendor=vendor, site=site) for vendor in vendors)
    path.write_text(text, encoding="utf-8")
    return path


def _begin_anew(folder: Path, mails: Path) -> None:
    """Remove what an earlier demo wrote, and only that. The configuration, which marks the folder, stays."""
    configuration = folder / CONFIGURATION
    if not _is_ours(configuration):
        raise UsageError(f"{folder}: is not empty, and no demo of clausewatch made it; give another folder with --dir")
    store = folder / STORE
    _require_unused(store)
    for part in ("", "-wal", "-shm", "-journal", ".lock", ".new"):
        store.with_name(f"{STORE}{part}").unlink(missing_ok=True)
    if mails.is_dir() and not mails.is_symlink():
        for kept in sorted((*mails.glob("[0-9][0-9]-*.eml"), *mails.glob("[0-9][0-9]-*.html"))):
            kept.unlink()


def _is_ours(configuration: Path) -> bool:
    try:
        with configuration.open(encoding="utf-8") as file:
            return file.readline().rstrip("\n") == MARK
    except (OSError, UnicodeDecodeError):
        return False


def _require_unused(store: Path) -> None:
    """Raise Locked while another run holds the store. A store that is damaged, or gone, is no hindrance."""
    if not store.is_file():
        return
    try:
        open_store(store, write=True).close()
    except Locked:
        raise
    except StoreError:
        return
