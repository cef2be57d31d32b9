"""The line of every key, whatever stands around it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.config.locate import Lines, Path

TEXT = '''\
# [[source]] in a comment
store = "a # b"  # zone = "x"
"zone" = 'UTC' # c
fetch = { deadline = "30s", "max_bytes" = [1,
  { a = 1 }] }

[ mail ] # x
  url = """
[[source]]
id = \\"""x\\"""
""""" # five quotes end it
from = \'\'\'
[[source]] ' \'\' \'\'\'

[[ source ]]
id = "a/b" # ]
select = [ # [
  "one", # "two",
  'th]ree', """
four""",
  "fi\\"ve" ]
a.b . "c d" = 1
  [source.extra]
  key = 1979-05-27 07:32:00

[[source]]
id = "c/d"
[[source.inner]]
x = 1
[[source.inner]]
x = 2
[subscriber.deep."q\\u0041".'lit.eral']
y = [[1, 2],
 [3]]
'''

PLACES: dict[Path, int] = {
    ("store",): 2,
    ("zone",): 3,
    ("fetch",): 4,
    ("fetch", "deadline"): 4,
    ("fetch", "max_bytes", 0): 4,
    ("fetch", "max_bytes", 1): 5,
    ("fetch", "max_bytes", 1, "a"): 5,
    ("mail",): 7,
    ("mail", "url"): 8,
    ("mail", "from"): 12,
    ("source",): 15,
    ("source", 0): 15,
    ("source", 0, "id"): 16,
    ("source", 0, "select"): 17,
    ("source", 0, "select", 0): 18,
    ("source", 0, "select", 1): 19,
    ("source", 0, "select", 2): 19,
    ("source", 0, "select", 3): 21,
    ("source", 0, "a", "b", "c d"): 22,
    ("source", 0, "extra"): 23,
    ("source", 0, "extra", "key"): 24,
    ("source", 1): 26,
    ("source", 1, "id"): 27,
    ("source", 1, "inner", 0, "x"): 29,
    ("source", 1, "inner", 1): 30,
    ("source", 1, "inner", 1, "x"): 31,
    ("subscriber", "deep", "qA", "lit.eral", "y"): 33,
    ("subscriber", "deep", "qA", "lit.eral", "y", 1): 34,
}


def test_every_key_has_its_line_among_comments_and_strings() -> None:
    """Comments, all kinds of strings, lists over lines, inline tables and nested tables do not mislead."""
    tomllib.loads(TEXT)
    lines = Lines(TEXT)
    assert {path: lines.line(path) for path in PLACES} == PLACES


def test_windows_line_ends_and_a_byte_order_mark_change_no_line() -> None:
    """CRLF is one line end, a mark at the start is none."""
    lines = Lines("\ufeff" + TEXT.replace("\n", "\r\n"))
    assert {path: lines.line(path) for path in PLACES} == PLACES


def test_what_is_not_there_lies_in_its_table() -> None:
    """A missing key is told with the line of the table, a missing table with line one."""
    lines = Lines(TEXT)
    assert lines.line(("source", 1, "vendor")) == 26
    assert lines.line(("source", 0, "select", 9)) == 17
    assert lines.line(("nothing",)) == 1


def test_what_is_not_toml_is_read_as_far_as_it_goes() -> None:
    """Text that no reader accepts raises nothing and keeps the lines before the break."""
    lines = Lines('a = 1\nb = ?"\nc = "\n[[')
    assert (lines.line(("a",)), lines.line(("b",))) == (1, 2)
    assert Lines("x = " + "[" * 100_000).line(("x",)) == 1


@settings(deadline=None)
@given(st.text(alphabet="ab=[]{}\"'#\\\n ,.1\ufeff\r"))
def test_no_text_makes_it_fail(text: str) -> None:
    """Any text gives a line between one and the number of lines."""
    assert 1 <= Lines(text).line(("a", "b", 1)) <= text.count("\n") + 1


KEYS = st.sampled_from(["a", "b-c", '"q [x] # y"', "'lit = 1'", '"\\u00e9\\""'])
STRINGS = st.sampled_from(
    ['"x"', "'y # ['", '"""\n[[t]]\nk = 1 """', "'''\n# ]\n'''", '"\\\\"', '""', "''", '"""\\""" """', '"a\\tb"']
)
SCALARS = STRINGS | st.sampled_from(["1", "-2.5e3", "true", "1979-05-27T07:32:00Z", "inf", "0xff"])
GAPS = st.sampled_from(["", " ", "\n", " # c ] }\n", "\n\n  "])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    """A value as TOML: a scalar, or a list over any number of lines."""
    if depth == 0 or draw(st.booleans()):
        return draw(SCALARS)
    inner = [draw(GAPS) + draw(values(depth=depth - 1)) + draw(GAPS) for _ in range(draw(st.integers(0, 3)))]
    return "[" + ",".join(inner) + draw(GAPS) + "]"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A valid document of tables and lists of tables; each key is told apart by its number."""
    parts: list[str] = []
    number = 0
    for _ in range(draw(st.integers(0, 5))):
        head = draw(st.sampled_from(["[[list]]", "[[list]] # [x]", "  [[ list ]]", f"[t{len(parts)}]"]))
        parts.append(head)
        for _ in range(draw(st.integers(0, 3))):
            number += 1
            parts.append(f"{draw(GAPS)}n{number}.{draw(KEYS)} = {draw(values())}{draw(st.sampled_from(['', ' # c']))}")
    return "\n".join(parts)


def leaves(value: object, path: Path = ()) -> Iterator[Path]:
    """Every path of the parsed data."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from leaves(inner, (*path, key))


@settings(max_examples=150, deadline=None)
@given(documents())
def test_the_line_of_a_key_holds_the_key(text: str) -> None:
    """For any document: the line told for the n-th key is the line in which that key is written."""
    lines = Lines(text)
    rows = text.split("\n")
    for path in leaves(tomllib.loads(text)):
        last = str(path[-1])
        if last[0] in "nt" and last[1:].isdigit():
            row = rows[lines.line(path) - 1]
            assert f"{last}." in row or f"[{last}]" in row
        if path[0] == "list" and len(path) == 2:
            heads = [n for n, line in enumerate(rows, 1) if line.strip().startswith("[[") and "list" in line]
            assert lines.line(path) == heads[int(path[1])]
