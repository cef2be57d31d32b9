"""The commands.

Each lives in the module of its noun and is imported only when it is called, so that --help is quick.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import sys
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any, NoReturn, TextIO

import click

from notifier.sinks import visible
from storage.errors import ClausewatchError, UsageError
from watcher.loglines import TextLines

# name: (module, attribute, what --help says), by what people want to do. Read by --help without importing anything.
SECTIONS: dict[str, dict[str, tuple[str, str, str]]] = {
    "Start": {
        "demo": ("demo", "demo", "Run the whole job on sample vendors, on this machine alone."),
        "init": ("setup", "init", "Write a first sources.toml."),
        "sources": ("sources", "sources", "Find, add, try, import and export what is watched."),
        "subscribers": ("subscribers", "subscribers", "List subscribers and send them a sample."),
    },
    "Work": {
        "check": ("check", "check", "Check what is due, record what changed, and send alerts."),
        "run": ("run", "run", "Keep checking and alerting until stopped."),
        "worker": ("many", "worker", "Work on one store together with other machines."),
        "deliveries": ("deliveries", "deliveries", "Look at the outbox, send again, give up."),
    },
    "Read": {
        "status": ("health", "status", "Show the health of every source."),
        "log": ("history", "log", "List changes over all sources, newest first."),
        "diff": ("diff", "diff", "Show what changed between two versions."),
        "history": ("history", "history", "List versions."),
        "show": ("history", "show", "Print one version: SOURCE, SOURCE@N or SOURCE@DATE."),
        "search": ("history", "search", "Find words in every version."),
        "recipients": ("questions", "recipients", "Say which vendors use a company, and since when."),
        "matrix": ("questions", "matrix", "Set side by side what the vendors state."),
        "facts": ("files", "facts", "List what a file states: periods, recipients, rights, contacts."),
        "deadlines": ("calendar", "deadlines", "List until when you may object."),
        "review": ("review", "review", "Note what you do about a change."),
        "compare": ("files", "compare", "Compare two files."),
    },
    "Publish": {
        "serve": ("web", "serve", "Show the history in a browser."),
        "site": ("web", "site", "Write the history as a folder of web pages."),
        "feeds": ("calendar", "feeds", "Write feeds of changes and a calendar of deadlines."),
        "mcp": ("mcp", "mcp", "Answer an assistant's questions (MCP)."),
    },
    "Prove": {
        "verify": ("evidence", "verify", "Check that the history was not touched."),
        "stamp": ("stamp", "stamp", "Have the history stamped by an authority now."),
        "export": ("evidence", "export", "Print the history as tables, or bundle the evidence."),
    },
    "Care": {
        "doctor": ("care", "doctor_command", "Look at what may go wrong on this machine."),
        "backup": ("care", "backup", "Copy the store into a new file, while checks go on."),
        "restore": ("care", "restore_command", "Put a backup in the place of the store."),
        "backfill": ("backfill", "backfill_command", "Feed recorded captures into the history."),
        "reextract": ("reextract", "reextract_command", "Read the kept pages anew by the rules of today."),
        "prune": ("care", "prune_command", "Let go of old raw pages; texts and chain stay."),
        "forget": ("care", "forget", "Take a source out of the store with all its history."),
        "store": ("many", "store", "Copy the history into another kind of database."),
        "schema": ("many", "schema", "Make the tables of a PostgreSQL store."),
    },
}
COMMANDS = {name: found for section in SECTIONS.values() for name, found in section.items()}


class LazyGroup(click.Group):
    """A group that knows its commands' names and first lines, and imports a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command, None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"watcher.cli.{module}"), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is told with its nearest neighbour."""
        near = get_close_matches(args[0], COMMANDS, n=1)
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), about) for name, (_, _, about) in section.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="The configuration (else $CLAUSEWATCH_CONFIG, ./sources.toml).")
@click.option("--store", metavar="PATH", help="The history (else $CLAUSEWATCH_STORE, `store` in the configuration).")
@click.option("-v", "--verbose", count=True, help="Say more on standard error; twice for details.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.option("--no-color", is_flag=True, help="No colours (also: NO_COLOR in the environment).")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Write standard error as text, or as JSON Lines with one line for each check.",
)
@click.version_option(version("clausewatch"), prog_name="clausewatch")
@click.pass_context
def cli(
    ctx: click.Context,
    config: str | None,
    store: str | None,
    verbose: int,
    log_format: str,
    *,
    debug: bool,
    no_color: bool,
) -> None:
    """Watch vendors' privacy pages, find what changed in meaning, and tell the people who depend on them.

    Example: clausewatch check && clausewatch log --since 7d
    """
    for option, value in (("--config", config), ("--store", store)):
        if value == "":
            raise UsageError(f"{option}: is empty (give a path, or leave the option out)")
    level = logging.DEBUG if debug or verbose > 1 else logging.INFO if verbose else logging.ERROR
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(TextLines("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[lines], force=True)
    for talker in ("urllib3", "apprise"):  # their details hold whole addresses, and that of a channel is the key to it
        logging.getLogger(talker).setLevel(max(level, logging.INFO))
    logging.getLogger("clausewatch").setLevel(logging.NOTSET)  # as the root has it
    if log_format == "json":
        importlib.import_module("watcher.journal").log_as_json()
    app = importlib.import_module("watcher.cli.app")
    color = not no_color and not os.environ.get("NO_COLOR")
    ctx.obj = app.App(config=config, store_location=store, color=color, verbose=verbose)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; errors are one line each, tracebacks only with --debug."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            # Closed by the caller (`2>&-`). The null device also takes the number that a database would else get.
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115, PTH123 - for the whole run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows no "▼" shows \u25bc; it must not end the command.
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else arguments
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of a pipe has gone (`clausewatch log | head`): nothing to tell, and nothing more to flush.
        code = 0
    except Exception as error:  # the last place that can say it in one line
        if "--debug" in words:
            raise
        code = 1
        _complain(_unforeseen(error))
    for stream in (sys.stdout, sys.stderr):
        _settle(stream)
    sys.exit(code)


def _run(words: list[str]) -> int:
    try:
        code: Any = cli.main(args=words, prog_name="clausewatch", standalone_mode=False)
    except SystemExit as end:
        code = end.code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("stopped")
        return 130
    except ClausewatchError as error:
        if "--debug" in words:
            raise
        _complain(str(error))
        return error.exit_code
    return code if isinstance(code, int) else 0


def _complain(line: str) -> None:
    """Say why, where nothing else may be set up; no word of it can steer the terminal."""
    with contextlib.suppress(OSError):
        journal = sys.modules.get("watcher.journal")  # imported where lines are written as JSON
        if journal is not None and journal.is_json():
            logging.getLogger("clausewatch").error("%s", line)
        else:
            print(visible(line), file=sys.stderr)  # noqa: T201 - the terminal is what is meant


def _unforeseen(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'output'}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "there is not enough memory for this page; give a smaller part of it (--selector)"
    if isinstance(error, RecursionError):
        return "this page is nested too deeply to be read; give a smaller part of it (--selector)"
    return f"internal error: {type(error).__name__}: {error} (--debug before the command shows where; please report it)"


def _settle(stream: TextIO) -> None:
    """Flush; what cannot be written any more is let go, so that the interpreter does not complain at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
