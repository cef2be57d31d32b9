"""What the tests of messages share: chat services that are not on this machine."""

from __future__ import annotations

from chat_wire import wire

__all__ = ["wire"]
