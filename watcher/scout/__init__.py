"""Looking at vendors' pages before they are watched, and at sources as they are now: no store, nothing recorded."""

from __future__ import annotations
