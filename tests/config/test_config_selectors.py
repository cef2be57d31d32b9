"""CSS selectors: what is taken without the compiler is what the compiler takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import soupsieve
from config_samples import GOOD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher.config import load
from watcher.config.selectors import PLAIN_SELECTOR


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(PLAIN_SELECTOR, fullmatch=True))
def test_every_plain_selector_compiles(selector: str) -> None:
    """The short way accepts nothing that the compiler refuses."""
    assert soupsieve.compile(selector).pattern == selector


@pytest.mark.parametrize(
    "selector",
    [
        "main",
        "div#article-contents",
        "main .content",
        "main > p, h1",
        '[data-name="a b"]',
        ".a.b",
        'select[name="x y"] a',
    ],
)
def test_common_selectors_are_plain(selector: str) -> None:
    """What people mostly write takes the short way."""
    assert PLAIN_SELECTOR.fullmatch(selector)


@pytest.mark.parametrize("selector", ["main:not(.a) > p + p", "a[href^='#']", "main section:last-child", "*", "h1 ~ p"])
def test_other_selectors_are_compiled(tmp_path: Path, selector: str) -> None:
    """What is not plain goes to the compiler and passes."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD + f'select = ["{selector}"]\n')
    assert not PLAIN_SELECTOR.fullmatch(selector)
    assert load(path).sources[0].rules.select == (selector,)


def test_plain_selectors_do_not_load_the_compiler(tmp_path: Path) -> None:
    """A command that only reads the history does not wait for the HTML library."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD + 'select = ["main .content"]\n')
    code = (
        "import sys, pathlib, watcher.config as c; c.load(pathlib.Path(sys.argv[1])); print('soupsieve' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
