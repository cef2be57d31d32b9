"""Who is asked for time stamps, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority.

    `ca` is a file of certificates in PEM that its signatures lead to; None: signatures are not checked here. `policy`
    is the object identifier of the policy to ask for; None for the authority's own. `auth` is a login as a template. At
    most one stamp is asked for in `every`.
    """

    url: str
    ca: Path | None = None
    policy: str | None = None
    auth: str | None = None
    every: timedelta = timedelta(hours=1)
