"""The commands.

Each lives in the module of its noun and is imported only when it is called, so that --help is quick.
"""

from __future__ import annotations

import importlib
import io
import logging
import os
import sys
from importlib.metadata import version
from typing import Any, NoReturn

import click

from storage.errors import ClausewatchError

# name: (module, attribute, what --help says). Read by --help without importing anything.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": ("demo", "demo", "Run the whole job on sample vendors, on this machine alone."),
    "init": ("setup", "init", "Write a first sources.toml."),
    "check": ("check", "check", "Check what is due, record what changed, and send alerts."),
    "run": ("check", "run", "Keep checking and alerting until stopped."),
    "status": ("health", "status", "Show the health of every source."),
    "history": ("history", "history", "List versions."),
    "show": ("history", "show", "Print one version: SOURCE, SOURCE@N or SOURCE@DATE."),
    "diff": ("diff", "diff", "Show what changed between two versions."),
    "log": ("history", "log", "List changes over all sources, newest first."),
    "search": ("history", "search", "Find words in every version."),
    "verify": ("health", "verify", "Check that the history was not touched."),
    "compare": ("files", "compare", "Compare two files."),
    "facts": ("files", "facts", "List what a file states: periods, recipients, rights, contacts."),
    "backfill": ("backfill", "backfill_command", "Feed recorded captures into the history."),
    "sources": ("sources", "sources", "List and test the sources of the configuration."),
    "subscribers": ("subscribers", "subscribers", "List subscribers and send them a sample."),
    "deliveries": ("deliveries", "deliveries", "Look at the outbox, send again, give up."),
}


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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, _, about) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="The configuration (else $CLAUSEWATCH_CONFIG, ./sources.toml).")
@click.option("--store", metavar="PATH", help="The history (else $CLAUSEWATCH_STORE, `store` in the configuration).")
@click.option("-v", "--verbose", count=True, help="Say more on standard error; twice for details.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.option("--no-color", is_flag=True, help="No colours (also: NO_COLOR in the environment).")
@click.version_option(version("clausewatch"), prog_name="clausewatch")
@click.pass_context
def cli(
    ctx: click.Context, config: str | None, store: str | None, verbose: int, *, debug: bool, no_color: bool
) -> None:
    """Watch vendors' privacy pages, find what changed in meaning, and tell the people who depend on them.

    Example: clausewatch check && clausewatch log --since 7d
    """
    level = logging.DEBUG if debug or verbose > 1 else logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True)
    app = importlib.import_module("watcher.cli.app")
    color = not no_color and not os.environ.get("NO_COLOR")
    ctx.obj = app.App(config=config, store_location=store, color=color, verbose=verbose)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; errors are one line each, tracebacks only with --debug."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows no "▼" shows \u25bc; it must not end the command.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments))


def _run(words: list[str]) -> int:
    try:
        code: Any = cli.main(args=words, prog_name="clausewatch", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("stopped", file=sys.stderr)  # noqa: T201 - the last word, where nothing else may be set up
        return 130
    except ClausewatchError as error:
        if "--debug" in words:
            raise
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    except BrokenPipeError:
        # The reader of a pipe has gone (`clausewatch log | head`): nothing to tell, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0
