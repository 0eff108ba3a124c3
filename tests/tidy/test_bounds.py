"""One bound, one place: whatever else says a bound of rules/bounds.py says the same."""

import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from toteboard.rules import bounds
from toteboard.rules.market_terms import PROMISED, TERM_NAMES, TERMS

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "web" / "src"


def test_the_pages_know_the_same_bounds() -> None:
    text = (PAGES / "shared" / "bounds.ts").read_text(encoding="utf-8")
    found = dict(re.findall(r"^export const (\w+) = ([\d_]+)$", text, re.MULTILINE))
    assert len(found) >= 6
    assert {name: int(value) for name, value in found.items()} == {name: getattr(bounds, name) for name in found}


def test_no_page_says_a_bound_of_its_own() -> None:
    large = re.compile(r"10 \*\* (?:11|15)\b|100_000_000_000\b|1_000_000_000_000_000\b")
    own = [path for path in PAGES.rglob("*.ts*") if path.name != "bounds.ts" and ".test." not in path.name]
    assert [path.name for path in own if large.search(path.read_text(encoding="utf-8"))] == []


def test_no_other_file_of_the_server_says_a_large_bound() -> None:
    large = re.compile(r"10 ?\*\* ?(?:11|15)\b|100_000_000_000\b|1_000_000_000_000_000\b")
    source = [path for path in (ROOT / "src" / "toteboard").rglob("*.py") if path.name != "bounds.py"]
    assert [path.name for path in source if large.search(path.read_text(encoding="utf-8"))] == []


def test_the_pages_promise_what_the_server_promises() -> None:
    text = (PAGES / "features" / "desk" / "marketTerms.ts").read_text(encoding="utf-8")
    record = text.partition("export const MARKET_TERMS")[2].partition("\n}\n")[0]
    rules = re.split(r"\n  (?=[a-z_]+: )", record)[1:]
    named = {rule.partition(":")[0]: rule for rule in rules}
    assert tuple(named) == TERM_NAMES
    assert tuple(name for name, rule in named.items() if "isPromised: true" in rule) == PROMISED


# SQL ----------------------------------------------------------------------------------------------------------------

# A constraint that bounds one column: its table, column, and the bounds that must stand in it.
COLUMNS = [
    ("markets", "takeout_bps", bounds.TAKEOUT_BPS_MAX),
    ("markets", "break_to_milli", bounds.BREAK_TO_MILLI_MAX),
    ("markets", "minimum_milli", bounds.MINIMUM_MILLI_MAX),
    ("markets", "places", bounds.PLACES_MAX),
    ("markets", "stake_max", bounds.AMOUNT_MAX),
    ("markets", "total_max", bounds.TOTAL_MAX),
    ("outcomes", "odds_milli", bounds.ODDS_MAX_MILLI),
]


@pytest.mark.parametrize(("table", "column", "most"), COLUMNS)
async def test_the_database_holds_a_column_to_its_bound(database: str, table: str, column: str, most: int) -> None:
    conn = await asyncpg.connect(database)
    try:
        checks = await conn.fetchval(
            """SELECT string_agg(pg_get_constraintdef(con.oid), ' ') FROM pg_constraint con
                 JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = ANY(con.conkey)
                WHERE con.conrelid = $1::regclass AND con.contype = 'c' AND att.attname = $2""",
            table,
            column,
        )
    finally:
        await conn.close()
    assert str(most) in _numbers(checks or ""), checks


@pytest.mark.parametrize("term", [term for term in TERMS if term.most is not None], ids=lambda term: term.name)
async def test_the_default_of_a_term_is_the_databases(database: str, term: Any) -> None:
    conn = await asyncpg.connect(database)
    try:
        default = await conn.fetchval(
            """SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                 JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
                WHERE adrelid = 'markets'::regclass AND attname = $1""",
            term.name,
        )
    finally:
        await conn.close()
    assert _numbers(default or "") == ([] if term.default is None else [str(term.default)])


def test_functions_say_only_bounds_that_are_known() -> None:
    known = {str(getattr(bounds, name)) for name in vars(bounds) if name.isupper()}
    # Thousandths and basis points of one, a second in milliseconds; the last year that is said, the numbers of locks.
    units = {"1000", "10000", "9999", "29807", "29808", "29809", "29810"}
    for path in (ROOT / "src" / "toteboard" / "ledger" / "sql").rglob("*.sql"):
        code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
        large = {number for number in _numbers(code) if len(number) >= 4}
        assert large <= known | units, path.name


def _numbers(text: str) -> list[str]:
    return re.findall(r"(?<![\w.])\d+(?![\w.])", text)
