"""The log as text: one line for each record, whatever its words try to be.

Apart from `journal`, which knows what a check is, because every command needs this one at its start.
"""

from __future__ import annotations

import copy
import logging

from notifier.sinks import visible


class TextLines(logging.Formatter):
    """Each record as one line in which everything that steers a terminal is written out; a traceback has its own."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and those of the traceback."""
        said = copy.copy(record)  # other handlers have the record as it was
        said.msg, said.args = record.getMessage().replace("\n", "\\n"), None
        return visible(super().format(said))
