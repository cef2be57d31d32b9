"""The history as tools: a real client of the Model Context Protocol talks to the command."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
from jsonschema import Draft202012Validator
from mcp.client.session import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client

from watcher.programs.tools import LONGEST


def asked(store: Path, calls: list[tuple[str, dict[str, Any]]]) -> tuple[list[Any], list[Any]]:
    """The tools of the server, and what it answers; asked from another thread: a browser's loop may run in ours."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLAUSEWATCH_")}
    server = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from watcher.cli import main; main()", "--store", str(store), "mcp"],
        env=environment,
        cwd=str(Path(__file__).parents[2]),
    )

    async def talk() -> tuple[list[Any], list[Any]]:
        async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            return list(tools), [await session.call_tool(name, given) for name, given in calls]

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(anyio.run, talk).result()


def test_an_assistant_reads_the_history(history: Path) -> None:
    """Every tool says that it only reads, has a valid schema and answers; faults are told, none ends the server."""
    calls: list[tuple[str, dict[str, Any]]] = [
        ("list_sources", {}),
        ("changes_since", {"since": "2020-01-01", "limit": 2}),
        ("diff", {"source": "harrowmere/privacy", "old": "1", "new": "3"}),
        ("facts", {"types": ["retention"]}),
        ("recipients", {}),
        ("deadlines", {}),
        ("changes_since", {"limit": 0, "colour": "blue"}),
        ("diff", {"source": "nobody/privacy"}),
        ("erase", {}),
        ("evidence", {}),
    ]
    tools, answers = asked(history, calls)
    assert {"list_sources", "changes_since", "diff", "facts", "recipients", "deadlines"} <= {one.name for one in tools}
    for tool in tools:
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
    told = [answer.content[0].text for answer in answers]
    assert [bool(answer.is_error) for answer in answers] == [False] * 6 + [True] * 3 + [False]
    changes = json.loads(told[1])
    assert (len(changes["items"]), changes["next_offset"]) == (2, 2)
    assert json.loads(told[2])["verdict"] == "material"
    assert {fact["type"] for fact in json.loads(told[3])["items"]} == {"retention"}
    assert "limit:" in told[6]
    assert "colour: is not known" in told[6]
    assert "no source 'nobody/privacy'" in told[7]
    assert "there is no tool 'erase'" in told[8]
    assert len(json.loads(told[9])["head"]) == 64
    assert max(map(len, told)) <= LONGEST + 100
