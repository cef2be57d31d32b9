"""Writes the parts of the documentation that are made by the program: `python -m docs.make_reference`.

That is docs/reference/commands.md as a whole, from the commands themselves, and what commands print on the pages that
`docs.transcripts` plays. `tests/test_docs.py` says when any of it is stale.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from docs.transcripts import README, ROOT, TUTORIAL, play, refreshed, session
from watcher.cli import COMMANDS, cli

PAGE = Path(__file__).resolve().parent / "reference" / "commands.md"
_HEAD = """# The commands

<!-- Written by `python -m docs.make_reference`; change the commands and run it again. -->

`clausewatch` has one command for each thing it does. Data goes to standard output, talk and progress to standard
error. Every command knows `--help`.

## Global options

They stand before the command: `clausewatch --store history.db log`.
"""
_TAIL = """## Exit codes

| code | meaning |
|---|---|
| 0 | fine |
| 1 | failed; or, with `--exit-code`, there is a material change; or `verify` found something broken |
| 2 | wrong usage or configuration; nothing was fetched |
| 3 | done, but some sources could not be had, their host wants to be left alone, or a signal came before their turn |
| 75 | another run holds the store; try again later |
| 130 | stopped by Ctrl-C before anything could be finished |

What each error means is in [errors.md](errors.md). What the JSON holds is in [contracts.md](contracts.md).
"""


def commands_page() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="clausewatch")
    parts = [_HEAD, _options(cli)]
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context))
    return "\n".join([*parts, _TAIL])


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, click.Group):
        yield f"## `{context.command_path}`\n\n{_prose(command)}\n"
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _command(below, click.Context(below, info_name=name, parent=context))
        return
    usage = command.get_usage(context).partition(": ")[2]
    level = "###" if context.parent is not None and context.parent.parent is not None else "##"
    yield f"{level} `{context.command_path}`\n\n{_prose(command)}\n\n```text\n{' '.join(usage.split())}\n```\n"
    options = _options(command)
    if options:
        yield options


def _prose(command: click.Command) -> str:
    """The help text, its example as code."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    told = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return "\n\n".join(
        f"Example: `{paragraph.removeprefix('Example: ')}`" if paragraph.startswith("Example: ") else paragraph
        for paragraph in told
    )


def _options(command: click.Command) -> str:
    rows = [_row(option) for option in command.params if isinstance(option, click.Option)]
    return "\n".join(["| option | default | meaning |", "|---|---|---|", *rows, ""]) if rows else ""


def _row(option: click.Option) -> str:
    about = (option.help or "").replace("|", "\\|")
    value = ""
    if isinstance(option.type, click.Choice):
        value = f" {option.name}".upper()
        about = f"{about} One of {', '.join(f'`{choice}`' for choice in option.type.choices)}.".strip()
    elif not option.is_flag and not option.count:
        number = isinstance(option.type, click.IntRange)
        value = f" {option.metavar or ('N' if number else option.opts[0].lstrip('-').upper())}"
    names = ", ".join(f"`{name}{value}`" for name in option.opts)
    default = (
        option.default if isinstance(option.default, str | int) and not option.is_flag and not option.count else ""
    )
    return f"| {names} | {f'`{default}`' if default else ''} | {about} |"


def main() -> int:
    """Write what has changed."""
    PAGE.write_text(commands_page(), encoding="utf-8")
    for pages in (TUTORIAL, README):
        with tempfile.TemporaryDirectory() as folder, session(Path(folder)) as here:
            for name in pages:
                path = ROOT / name
                text = path.read_text(encoding="utf-8")
                fresh = refreshed(text, list(play(here, text)))
                if fresh != text:
                    path.write_text(fresh, encoding="utf-8")
                    print(f"refreshed {name}", file=sys.stderr)  # noqa: T201 - a script
    return 0


if __name__ == "__main__":
    sys.exit(main())
