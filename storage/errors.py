"""Every error that a person may see, in one tree; each knows its exit code (docs/reference/contracts.md).

A page that cannot be had is no exception but a value (`watcher.fetcher.FetchFailure`): it happens every day.

    ClausewatchError            1  the base; its docstring is the message where none is given
    ├── ConfigError             2  the configuration or the command line is wrong; all faults at once
    ├── UsageError              2  a command was given something that does not exist
    ├── ExtractError            1  a page was had but no text could be taken out of it
    ├── DeliveryError           1  a message was refused; says whether for good
    └── StoreError              1  the store cannot be read or written
        ├── StoreMissing        2  there is no store yet
        ├── WrongPlace          2  the place that was named is none for a store, or is taken
        ├── SchemaTooNew        1  the store was written by a newer program
        ├── LeaseLost           1  another worker has taken the source over
        └── Locked             75  another run holds the store (EX_TEMPFAIL of sysexits.h)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.model import Reason


class ClausewatchError(Exception):
    """Something went wrong."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str | None = None) -> None:
        """Use the class's docstring as message when none is given."""
        super().__init__(message or (self.__doc__ or "").splitlines()[0])


class ConfigError(ClausewatchError):
    """The configuration has faults; `faults` lists every one as `place: message`."""

    exit_code: ClassVar[int] = 2

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep all faults, one line each."""
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class UsageError(ClausewatchError):
    """The command was given something that does not exist."""

    exit_code: ClassVar[int] = 2


class ExtractError(ClausewatchError):
    """A page was had but no text could be taken out of it; `reason` is `selector-missing` or `extract-failed`."""

    def __init__(self, reason: Reason, message: str) -> None:
        """Keep the typed reason beside the message."""
        self.reason = reason
        super().__init__(message)


class DeliveryError(ClausewatchError):
    """A message was refused. `permanent` means that trying again is useless; `retry_after` is in seconds.

    `unsure` means that it may have been taken all the same: the answer did not come.
    """

    def __init__(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None, unsure: bool = False
    ) -> None:
        """Keep whether the refusal is for good, and whether it is one."""
        self.permanent = permanent
        self.retry_after = retry_after
        self.unsure = unsure
        super().__init__(message)


class StoreError(ClausewatchError):
    """The store cannot be read or written."""


class StoreMissing(StoreError):
    """There is no store yet; run `clausewatch check` first."""

    exit_code: ClassVar[int] = 2


class WrongPlace(StoreError):
    """The place that was named is none for a store, or something else is there already."""

    exit_code: ClassVar[int] = 2


class SchemaTooNew(StoreError):
    """The store was written by a newer clausewatch; upgrade the program."""


class LeaseLost(StoreError):
    """Another worker has taken the source over; nothing was written."""


class Locked(StoreError):
    """Another run holds the store."""

    exit_code: ClassVar[int] = 75
