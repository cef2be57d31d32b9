"""The list of which test gives the input of which row of the fault catalogue is whole and names tests that exist."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = tomllib.loads((TESTS / "fault_rows.toml").read_text(encoding="utf-8"))
WANTED = [
    *(f"X{number:02}" for number in range(1, 15)),
    *(f"R{number:02}" for number in range(1, 6)),
    "H10",
    "H11",
    *(f"H{number}" for number in range(27, 40)),
]
_NAMED = re.compile(r"(?P<file>[\w/]+\.py)::(?P<test>test_\w+)(?:\[(?P<case>.+)\])?")


@cache
def parsed(name: str) -> tuple[dict[str, str | None], str]:
    """The tests of a file with their docstrings, and all that it says in strings."""
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    found = {node.name: ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return found, "\n".join(strings)


def test_every_row_has_its_tests() -> None:
    """None is missing, none is there that the catalogue does not have, and each says what its input is."""
    assert list(ROWS) == WANTED
    assert all(row["tests"] and row["input"] for row in ROWS.values())


@pytest.mark.parametrize("row", WANTED)
def test_the_tests_of_a_row_exist(row: str) -> None:
    """Each is a test with a fact that it proves; a case that is named is among the names of its file."""
    for named in ROWS[row]["tests"]:
        match = _NAMED.fullmatch(named)
        assert match, named
        tests, strings = parsed(match["file"])
        assert tests.get(match["test"]), named
        for part in (match["case"] or "").split(" ", 1):
            assert part in strings, named
