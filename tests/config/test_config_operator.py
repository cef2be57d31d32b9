"""The table `[operator]`: what it holds, what is wrong with it, and that its secrets stay secret."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from config_samples import CANARY, GOOD, MAIL, faults_of

from storage.errors import ConfigError
from storage.model import Operator, Target
from watcher.config import load

OPS = '[operator]\nto = ["console:"]\n'


def test_who_hears_and_when(tmp_path: Path) -> None:
    """Targets as they are written, and three lengths of patience."""
    path = tmp_path / "sources.toml"
    path.write_text(
        GOOD + MAIL + '[operator]\nto = ["mailto:ops@example.org", "ntfy://${TOPIC}"]\nafter_failures = 2\n'
        'after = "12h"\nremind = "2w"\n'
    )
    targets = (Target("mailto:ops@example.org"), Target("ntfy://${TOPIC}"))
    assert load(path).operator == Operator(targets, 2, timedelta(hours=12), timedelta(days=14))


def test_without_the_table_there_is_nobody(tmp_path: Path) -> None:
    """No target; the thresholds stand, for what `check` says by itself."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD)
    assert load(path).operator == Operator((), 5, timedelta(days=3), timedelta(days=7))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[operator]\n", '7: operator: "to" is missing (write to = ["mailto:privacy@example.org"])'),
        ('[operator]\nto = "console:"\n', '8: operator: to: a text is not a list (write ["…"])'),
        ("[operator]\nto = []\n", '8: operator: to: is empty (write to = ["mailto:privacy@example.org"])'),
        (
            '[operator]\nto = ["console:", "console:"]\n',
            "8: operator: to, entry 2: the same address twice (take one out)",
        ),
        (
            '[operator]\nto = ["mailto:ops@example.org"]\n',
            '8: operator: to: mail needs a [mail] table (write [mail] with "url" and "from")',
        ),
        (OPS + 'after_failures = "5"\n', '9: operator: after_failures: "5" is not a number (write 5)'),
        (OPS + "after_failures = true\n", "9: operator: after_failures: true is not a number (write 5)"),
        (OPS + "after_failures = 0\n", "9: operator: after_failures: 0 is out of bounds (write 1 to 1000)"),
        (OPS + 'after = "5m"\n', '9: operator: after: "5m" is out of bounds (write "1h" to "366d")'),
        (OPS + 'remind = "weekly"\n', '9: operator: remind: "weekly" is not a duration (write "3d")'),
        (
            OPS + 'cadence = "daily"\n',
            "9: operator: cadence: unknown key (one of to, after_failures, after, remind or lang)",
        ),
        ("[[operator]]\n", "7: operator: is a list (write [operator] with one bracket and its keys below)"),
        (
            OPS + '[[subscriber]]\nname = "operator"\nto = ["console:"]\n',
            '10: subscriber operator: name: "operator" is kept for [operator] (choose another name)',
        ),
    ],
)
def test_each_fault_is_one_line_with_its_remedy(tmp_path: Path, text: str, fault: str) -> None:
    """The line, the place, what is wrong, what to write."""
    assert faults_of(tmp_path / "sources.toml", GOOD + text) == [f"sources.toml:{fault}"]


def test_a_secret_that_is_missing_is_told_by_name(tmp_path: Path) -> None:
    """The variable is named; a value that does not fit is not shown."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD + '[operator]\nto = ["ntfy://${OPS}", "file:ops.txt"]\n')
    (tmp_path / "ops.txt").write_text(CANARY)
    with pytest.raises(ConfigError) as caught:
        load(path, secrets=True, environ={})
    told = "\n".join(caught.value.faults)
    assert "operator: to, entry 1: the environment variable OPS is not set (export OPS=…)" in told
    assert "operator: to, entry 2: what is filled in does not make a valid address" in told
    assert CANARY not in told
