"""The mail server is down during a run: nothing is lost, all is delivered on a later run."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

PAGE = (
    "<html lang=en><title>Privacy policy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep your "
    "personal data for {months} months after the end of the contract, then we delete it.</p><h2>Rights</h2><p>You "
    "have the right of access to your personal data and the right to lodge a complaint with the supervisory "
    "authority. {more}</p></main>"
)
MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def test_alerts_survive_a_mail_server_that_is_down(
    site: Any, post: Any, run: Callable[..., Any], configure: Callable[..., Path]
) -> None:
    """The alert waits as pending with a reason, and goes out once when the server is back."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    body = (
        f'[[source]]\nid = "acme/privacy"\nvendor = "Acme"\ndocument = "privacy-policy"\nurl = "{site.url}/p"\n'
        '[[subscriber]]\nname = "team"\nto = ["mailto:team@example.org"]\n'
    )
    configure(body, mail_port=port)
    site.put("/p", PAGE.format(months=12, more=MORE))
    assert run("check").code == 0
    site.put("/p", PAGE.format(months=36, more=MORE))
    down = run("check", "--force")
    assert down.code == 0, down.err
    (waiting,) = json.loads(run("deliveries", "list", "--json").out)
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert waiting["last_error"]

    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        assert run("deliveries", "retry", "--all").code == 0
        assert run("check", "--force").code == 0
    finally:
        controller.stop()
    assert [(to, "Acme" in str(message["Subject"])) for to, message in post.letters] == [("team@example.org", True)]
    (sent,) = json.loads(run("deliveries", "list", "--json").out)
    assert sent["state"] == "sent"
