"""What versions tell, followed one after the other, is what each of them tells by itself."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sqlite import standing
from storage.sqlite.telling import Series

# Few of each, so that facts come again, stand twice, and begin like others.
FACTS = st.tuples(st.sampled_from(["ai", "right"]), st.sampled_from(["a", "ab", '{"position":,']))
VERSIONS = st.lists(st.tuples(st.lists(FACTS, max_size=6), st.integers(0, 2)), max_size=6)


def _told(facts: list[tuple[str, str]], changes: int, *, counted: bool) -> str:
    """Members of a record, with and without positions."""

    def member(place: int, rest: str) -> str:
        return f'{{"position":{place if counted else ""},{rest}}}'

    stated = [
        member(place, f'"type":"{kind}","fields":[{json.dumps(field)}],"quote":"q{place % 2}"')
        for place, (kind, field) in enumerate(facts)
    ]
    changed = [member(place, '"topic":"ai"') for place in range(changes)]
    return f'"comparison":null,"facts":[{",".join(stated)}],"changes":[{",".join(changed)}]'


@settings(max_examples=80, deadline=None)
@given(VERSIONS)
def test_versions_followed_are_those_read_alone(versions: list[tuple[list[tuple[str, str]], int]]) -> None:
    """Their positions come back, and the list of what stood is that made from all facts of each."""
    series, followed = Series(), standing.Followed()
    stood: list[standing.Stood] = []
    for number, (facts, changes) in enumerate(versions, start=1):
        told = series.follow(_told(facts, changes, counted=False).encode())
        assert told.text.decode() == _told(facts, changes, counted=True)
        assert told.text.endswith(told.changes)
        followed.follow(number, told.gone, told.came)
        now = {(kind, f"[{json.dumps(field)}]"): None for kind, field in facts}
        stood = standing.followed(stood, number, now)
        assert followed.stood() == stood
