"""What would go to chat services that are not on this machine."""

from __future__ import annotations

from typing import Any

import pytest
import requests

_FINE = b'{"ok": true, "result": {"message_id": 1}, "user_id": "@a:x", "access_token": "x", "home_server": "x"}'


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bodies that would have gone over the wire; every service says that all is well."""
    sent: list[str] = []

    def answer(adapter: Any, prepared: requests.PreparedRequest, **options: Any) -> requests.Response:
        body = prepared.body or b""
        sent.append(body if isinstance(body, str) else body.decode())
        response = requests.Response()
        response.status_code = 200
        response._content = b"ok" if "slack" in str(prepared.url) else _FINE
        response.request = prepared
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", answer)
    return sent
