"""Which tables the database logs and keeps from being rewritten: three lists in SQL that have to agree."""

import re

import asyncpg

# What a wrong row in each of the others is found or bounded by.
OTHERS = {
    "accounts": "follows from transfers, people and limits; `toteboard audit` derives it again",
    "outcome_totals": "follows from bets; derived again",
    "feeds": "follows from events; derived again",
    "identity_marks": "made from a provider's decision; who is barred by one is derived again",
    "currencies": "given by migrations; the application may not write it",
    "migration_log": "the owner's, written while migrating",
    "function_log": "the owner's, written while migrating",
    "tries": "counts wrong passwords for minutes",
    "feedback": "what people wrote to the operator",
}


async def test_every_table_is_logged_or_only_added_to_or_named_here(database: str) -> None:
    conn = await asyncpg.connect(database)
    try:
        rows = await conn.fetch(
            """-- Triggers of ours, by table.
               SELECT relname, array_agg(tgname::text) AS names FROM pg_class
                 LEFT JOIN pg_trigger ON tgrelid = pg_class.oid AND NOT tgisinternal
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') GROUP BY relname"""
        )
        derivation = await conn.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'watched_rows'")
    finally:
        await conn.close()
    triggers = {row["relname"]: set(row["names"]) for row in rows}

    def having(*names: str) -> set[str]:
        return {table for table, here in triggers.items() if here & set(names)}

    logged = having("log_inserted", "log_cash")
    assert having("log_inserted") == having("log_updated") == having("log_deleted")
    assert set(re.findall(r"(?:\)|fields) FROM (\w+)", derivation)) == logged
    assert logged <= having("by_the_program")
    assert set(triggers) - having("by_the_program", "only_added") == set(OTHERS)
