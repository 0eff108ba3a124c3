"""What the commands share on the terminal: options, one-line failures, notes and progress. Knows no command."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from toteboard import logs
from toteboard.logs import LogFormat

DATA = Path("./toteboard-data")

Data = Annotated[
    Path,
    typer.Option(
        "--data", envvar="TOTEBOARD_DATA", help="Folder of the embedded database; TOTEBOARD_DATABASE_URL wins over it."
    ),
]
Postgres = Annotated[
    Path | None,
    typer.Option(
        "--postgres",
        help="Folder of a PostgreSQL's programs, 16 or newer, to run under --data instead of the one we carry;"
        " for the other commands TOTEBOARD_POSTGRES.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON on stdout, for scripts.")]

# Everything that is not the answer goes to stderr, so that the answer can be piped.
_stderr = Console(stderr=True, highlight=False)


class Failed(Exception):
    """What a command could not do; its text is for the person. `exit_code` 2 is for what was asked wrongly."""

    def __init__(self, text: str, exit_code: int = 1):
        super().__init__(text)
        self.exit_code = exit_code


# Once lines are for machines, so is what a command says beside its answer.
_log = logging.getLogger("toteboard")
_form = LogFormat.TEXT


def log_as(form: LogFormat) -> None:
    """From now on this process logs, in lines of this form, and its notes are such lines where they are for machines."""
    global _form
    _form = form
    logs.begin(form)


def note(text: str) -> None:
    """A line for the person, on stderr."""
    if _form is LogFormat.JSON:
        _log.info("%s", text.strip())
    else:
        _stderr.print(text, markup=False, soft_wrap=True)


def say_json(value: Any) -> None:
    """The answer for a script, on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on stderr, shown only on a terminal and gone when done."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=_stderr, transient=True, disable=not _stderr.is_terminal) as bar:
        yield bar
