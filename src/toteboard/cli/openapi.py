"""`toteboard openapi`: the API's description, without a database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from toteboard.cli.terminal import Failed, note


def openapi(
    out: Annotated[Path | None, typer.Argument(help="Where to write it; without it, to stdout.")] = None,
) -> None:
    """Write the OpenAPI description of the API as JSON."""
    # Only here: the whole application takes its time to load, and most commands do without.
    from toteboard.api.description import API

    text = json.dumps(API.openapi(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Failed(f"{out}: {error.strerror}") from None
    note(f"Wrote {out}.")
