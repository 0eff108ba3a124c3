"""Finds what the numbers in rows of the audit log are called now. Changes no row and knows no HTTP."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from toteboard.ledger.connection import Conn
from toteboard.ledger.statements import statements

_SQL = statements("audit")

KINDS = ("outcome", "market", "match", "wallet", "user")
# Lists of outcomes in a result.
_MARKED = ("winners", "void", "half_void", "tied")


class Called(NamedTuple):
    """`name` is "Ada Ferreira"; `of` is where that is found: "Final, Match winner"."""

    name: str
    of: str | None


def keys_of(row: dict[str, Any]) -> set[str]:
    """What a row is about and what its details number: "market:42", "outcome:7"."""
    return {f"{kind}:{number}" for kind, number in _numbers(row)}


async def called(conn: Conn, rows: Sequence[dict[str, Any]]) -> dict[str, Called]:
    """What is called something, of all that the rows number, by key; what is gone has no name any more."""
    wanted: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for row in rows:
        for kind, number in _numbers(row):
            wanted[kind].add(number)
    found = await conn.fetch(_SQL["called"], *(sorted(wanted[kind]) for kind in KINDS))
    return {row["key"]: Called(row["name"], row["of"]) for row in found}


def _numbers(row: dict[str, Any]) -> Iterator[tuple[str, int]]:
    kind, _, text = row["subject"].partition(":")
    if kind in KINDS and text.isascii() and text.isdigit() and len(text) < 19:
        yield kind, int(text)
    details = row["details"]
    if not isinstance(details, dict):
        return
    for name in (*KINDS, *(f"{kind}_id" for kind in KINDS)):
        yield from _whole(name.removesuffix("_id"), details.get(name))
    for result in (details, details.get("result"), details.get("before")):
        if isinstance(result, dict):
            for name in _MARKED:
                for outcome in result[name] if isinstance(result.get(name), list) else ():
                    yield from _whole("outcome", outcome)


def _whole(kind: str, value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        yield kind, value
