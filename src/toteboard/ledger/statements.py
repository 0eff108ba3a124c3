"""Reads named SQL statements out of the `.sql` files beside this module. Knows no connection and no rule.

A file holds statements one after the other, each opened by its name and contract:

    -- name: user_by_email
    -- One person, or none, by the lower-cased address.
    SELECT … WHERE email = $1;
"""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def statements(room: str) -> dict[str, str]:
    """All statements of `sql/<room>.sql` by name. A name used twice is a bug and crashes at import."""
    text = files("toteboard.ledger").joinpath("sql", f"{room}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    assert len(names) == len(set(names)), f"sql/{room}.sql names a statement twice"
    return {name: body.strip().rstrip(";") for name, body in zip(names, bodies, strict=True)}
