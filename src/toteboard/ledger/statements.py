"""Reads named SQL statements out of the `.sql` files beside this module. Knows no connection and no rule.

A file holds statements one after the other, each opened by its name and contract:

    -- name: user_by_email
    -- One person, or none, by the lower-cased address.
    SELECT … WHERE email = $1;

`{terms}` stands for the columns of a market's terms (rules/market_terms.py), `{market.terms}` for the same with a prefix;
`{outcome_as_taken}` for what an outcome was called when a bet on it was taken, where the two are `outcome` and `bet`.
"""

import re
from functools import cache
from importlib.resources import files

from toteboard.rules.market_terms import TERM_NAMES

_TERMS = re.compile(r"\{(\w+\.)?terms\}")
# An outcome with bets that was renamed keeps its name for them.
_AS_TAKEN = (
    "coalesce((SELECT before.name FROM outcome_names before"
    " WHERE before.outcome_id = outcome.id AND before.until > bet.placed_at ORDER BY before.until LIMIT 1), outcome.name)"
)
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def statements(room: str) -> dict[str, str]:
    """All statements of `sql/<room>.sql` by name. A name used twice is a bug and crashes at import."""
    text = files("toteboard.ledger").joinpath("sql", f"{room}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    assert len(names) == len(set(names)), f"sql/{room}.sql names a statement twice"
    return {name: _written_out(body) for name, body in zip(names, bodies, strict=True)}


def _written_out(body: str) -> str:
    return _TERMS.sub(_columns, body).replace("{outcome_as_taken}", _AS_TAKEN).strip().rstrip(";")


def _columns(found: re.Match[str]) -> str:
    return ", ".join(f"{found[1] or ''}{name}" for name in TERM_NAMES)
