"""What a verification found, and a time stamp, as JSON and in lines for a person."""

from __future__ import annotations

from collections.abc import Sequence

from storage.model import DroppedPage, Stamp
from watcher.bundle import Checked
from watcher.report.contract import Json, moment
from watcher.timestamps.judging import Judged
from watcher.timestamps.token import MISSING


def stamp_json(stamp: Stamp) -> Json:
    """One time stamp, or an attempt at one."""
    return {
        "record": stamp.seq,
        "head": stamp.head,
        "authority": stamp.authority,
        "at": moment(stamp.at),
        "error": stamp.error,
    }


def judged_json(judged: Sequence[Judged] | None) -> list[Json] | None:
    """Time stamps as they were judged; null where they could not be."""
    if judged is None:
        return None
    return [
        {
            "record": one.seq,
            "head": one.head,
            "authority": one.authority or None,
            "at": moment(one.at),
            "signature": "bad" if one.problem else "good" if one.signed else "unchecked",
            "problem": one.problem,
        }
        for one in judged
    ]


def bundle_json(checked: Checked) -> Json:
    """What a bundle holds and what is wrong with it."""
    return {
        "source": checked.source,
        "versions": list(checked.versions),
        "records": checked.records,
        "head": checked.head,
        "problems": list(checked.problems),
        "stamps": judged_json(checked.stamps),
        "trust": checked.trust,
        "dropped": list(checked.dropped),
    }


def store_json(head: str, problems: Sequence[str], judged: list[Judged] | None, dropped: Sequence[DroppedPage]) -> Json:
    """What the verification of a store found."""
    return {
        "head": head,
        "problems": list(problems),
        "stamps": judged_json(judged),
        "dropped": {"pages": len(dropped), "last": moment(max((one.at for one in dropped), default=None))},
    }


def stamps_line(judged: Sequence[Judged] | None, trust: str) -> str:
    """How the time stamps stand; "" where there are none."""
    if judged is None:
        return f"time stamps were not checked: {MISSING}"
    good = [one for one in judged if one.problem is None and one.at is not None]
    if not good:
        return ""
    last = max(good, key=lambda one: (one.seq, one.at))
    count = f"{len(good)} time stamp{'s' * (len(good) != 1)}"
    told = f"{last.at:%Y-%m-%d %H:%M:%S} UTC"
    by = {
        "given": "signatures hold",
        "bundle": "signatures hold by the certificate in the bundle; give the authority's own by --ca",
        "none": "signatures not checked; name the authority's certificates by --ca, or `ca` in [timestamps]",
    }
    return f"{count}, the last of record {last.seq}: {told} ({by[trust]})"


def dropped_line(dropped: Sequence[DroppedPage]) -> str:
    """How many raw pages were let go of; "" where none was."""
    if not dropped:
        return ""
    last = max(one.at for one in dropped)
    pages = f"{len(dropped)} raw page{'s' * (len(dropped) != 1)}"
    return f"{pages} dropped by retention, last on {last:%Y-%m-%d}; their records stay"
