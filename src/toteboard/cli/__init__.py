"""The command line: a file per command beside this one. An error for people is one line on stderr, no traceback."""

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from toteboard.backups.place import BackupFailed
from toteboard.cli.terminal import Failed
from toteboard.embedded.unavailable import DatabaseUnavailable
from toteboard.http.problems import text_of
from toteboard.ledger.ledger import Outage
from toteboard.ledger.migrate import MigrationRefused
from toteboard.rules.refusals import Refused
from toteboard.settings import SettingRefused
from toteboard.spreadsheets.reading import FileRefused

# Where each command stands: its module here, and its function or group there.
COMMANDS = {
    "serve": ("serve", "serve"),
    "sandbox": ("sandbox", "sandbox"),
    "migrate": ("migrate", "migrate"),
    "import": ("import_", "import_file"),
    "export": ("export", "export_sheet"),
    "report": ("report", "report"),
    "audit": ("audit", "audit"),
    "backup": ("backup", "backup"),
    "restore": ("restore", "restore"),
    "drill": ("drill", "drill"),
    "doctor": ("doctor", "doctor"),
    "upgrade": ("upgrade", "upgrade"),
    "openapi": ("openapi", "openapi"),
    "admin": ("admin", "app"),
}


def command_line(wanted: Iterable[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands. What the others need is not loaded, which takes longer than most of them run."""
    app = typer.Typer(
        name="toteboard",
        help="The live betting ledger for tournaments.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for name in wanted:
        module, member = COMMANDS[name]
        command = getattr(import_module(f"toteboard.cli.{module}"), member)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"toteboard {version('toteboard')}")
        raise typer.Exit


def _options(
    wanted: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    pass


# What people can cause or mend; anything else is a bug and shows its traceback.
EXPECTED = (Failed, BackupFailed, DatabaseUnavailable, MigrationRefused, SettingRefused, Outage, FileRefused, Refused)


def main() -> None:
    """Runs the command line. Exit codes: 0 done, 1 it could not be done or the books differ, 2 asked wrongly."""
    try:
        wanted = [word for word in sys.argv[1:2] if word in COMMANDS]
        command_line(wanted or COMMANDS)()
    except EXPECTED as error:
        text = text_of(error) if isinstance(error, Refused) else str(error)
        for line in text.splitlines() or [type(error).__name__]:
            typer.echo(f"toteboard: {line}", err=True)
        sys.exit(getattr(error, "exit_code", 1))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
