"""The bytes of pages that made no version, for those who keep every one (`keep_raw = "all"`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storage.model import Capture, CheckResult, Outcome
from watcher.job import Fetched


def with_raw(result: CheckResult, fetched: Sequence[Fetched], *, every: bool = True) -> CheckResult:
    """The result of a check that found nothing new, with the pages whose bytes are others than in the check before.

    Every other result is left as it is: what made a version or was held back is kept anyway. Without `every`,
    all are.
    """
    if not every or result.outcome is not Outcome.UNCHANGED or result.captures:
        return result
    known = {page.url: page.sha256 for page in result.claim.state.pages}
    others = tuple(one for one in fetched if isinstance(one, Capture) and known.get(one.url) != one.sha256)
    return replace(result, captures=others) if others else result
