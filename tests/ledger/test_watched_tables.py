"""Which tables the database logs and keeps from being rewritten: three lists in SQL that have to agree."""

import re

import asyncpg

from toteboard.ledger.migrate import FUNCTIONS

# What a wrong row in each of the others is found or bounded by.
OTHERS = {
    "accounts": "follows from transfers, people and limits; `toteboard audit` derives it again",
    "outcome_totals": "follows from bets; derived again",
    "feeds": "follows from events; derived again",
    "currencies": "given by migrations; the application may not write it",
    "change_log_key": "the owner's, written once",
    "migration_log": "the owner's, written while migrating",
    "function_log": "the owner's, written while migrating",
    "tries": "counts wrong passwords for minutes; the application ends none early",
    "backups": "the owner's: when one was taken, for /ops and alerts; the application may not write it",
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


# What the application may write in a watched row, and what of it nobody is told.
NOT_SAID = {
    ("sessions", "label"): "what somebody calls a token of theirs",
    ("kyc_checks", "changed_at"): "the database's own time",
    ("kyc_checks", "ask_at"): "when a provider is asked next",
    ("kyc_checks", "asked"): "how often it was",
    ("matches", "version"): "counts changes",
    ("markets", "version"): "counts changes",
}
# Kept as one hash.
HASHED = {
    **{("users", column): "who" for column in ("name", "email", "password_hash")},
    **{("kyc_checks", column): "told" for column in ("note", "reference", "born_on", "page_url")},
}


def listed() -> set[tuple[str, str, str]]:
    """Kind, command and column of every change that the audit log has to tell."""
    rows = re.findall(r"\('(\w+)', '(insert|update|delete)', '([\w ]+)'", (FUNCTIONS / "changes_told.sql").read_text())
    return {(kind, command, key) for kind, command, keys in rows for key in keys.split()}


async def test_every_column_that_the_application_may_change_is_said_or_named_here(database: str) -> None:
    conn = await asyncpg.connect(database)
    try:
        watched = [
            row["relname"]
            for row in await conn.fetch(
                "SELECT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid WHERE tgname = 'log_updated'"
            )
        ]
        rows = await conn.fetch(
            """-- What the application may do with each column of a watched table.
               SELECT relname, attname, has_column_privilege('toteboard_app', attrelid, attnum, 'INSERT') AS inserts,
                      has_column_privilege('toteboard_app', attrelid, attnum, 'UPDATE') AS updates,
                      has_table_privilege('toteboard_app', attrelid, 'DELETE') AS deletes
                 FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
                WHERE relname = ANY ($1) AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped""",
            watched,
        )
    finally:
        await conn.close()
    said = listed()

    def kind(table: str) -> str:
        return "match" if table == "matches" else table.removesuffix("s")

    updates = {(row["relname"], row["attname"]) for row in rows if row["updates"]}
    unsaid = {
        (table, column)
        for table, column in updates
        if (kind(table), "update", HASHED.get((table, column), column)) not in said
    }
    assert unsaid == set(NOT_SAID)
    for command, right in (("insert", "inserts"), ("delete", "deletes")):
        of_tables = {kind(row["relname"]) for row in rows if row[right]}
        assert of_tables <= {of for of, said_command, _ in said if said_command == command}, command
