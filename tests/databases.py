"""Databases that are put back to how they were: made once, emptied and filled again between tests.

What a test may do to the tables is undone row by row. What it does to the schema is not: an event trigger notes it,
and such a database is thrown away and made anew.
"""

import asyncpg

from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.migrate import migrate

TEMPLATE = "migrated"

# Rows are kept in tables of the schema `pristine`, sequences by their state.
_PREPARE = """
CREATE SCHEMA pristine;
CREATE TABLE pristine.kept_sequences (name text PRIMARY KEY, last_value bigint NOT NULL, is_called boolean NOT NULL);
CREATE TABLE pristine.changed_schema (command text NOT NULL);

CREATE FUNCTION pristine.tables() RETURNS SETOF name LANGUAGE sql STABLE AS $$
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname
$$;

CREATE FUNCTION pristine.keep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one name;
BEGIN
    FOR one IN SELECT * FROM pristine.tables() LOOP
        EXECUTE format('DROP TABLE IF EXISTS pristine.%I', one);
        EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', one, one);
    END LOOP;
    DELETE FROM pristine.kept_sequences;
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' LOOP
        EXECUTE format('INSERT INTO pristine.kept_sequences SELECT %L, last_value, is_called FROM public.%I', one, one);
    END LOOP;
    DELETE FROM pristine.changed_schema;
END $$;

CREATE FUNCTION pristine.put_back() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica AS $$
DECLARE one name;
BEGIN
    FOR one IN SELECT * FROM pristine.tables() LOOP
        IF pg_relation_size(format('public.%I', one)) > 1000000 THEN
            EXECUTE format('TRUNCATE public.%I CASCADE', one);
        ELSE
            EXECUTE format('DELETE FROM public.%I', one);
        END IF;
    END LOOP;
    FOR one IN SELECT * FROM pristine.tables() LOOP
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM pristine.%I', one, one);
    END LOOP;
    PERFORM setval(format('public.%I', name)::regclass, last_value, is_called) FROM pristine.kept_sequences;
END $$;

CREATE FUNCTION pristine.note_change() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO pristine.changed_schema
    SELECT command_tag FROM pg_event_trigger_ddl_commands() WHERE schema_name IS DISTINCT FROM 'pg_temp';
END $$;
CREATE FUNCTION pristine.note_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO pristine.changed_schema
    SELECT object_type FROM pg_event_trigger_dropped_objects() WHERE schema_name IS DISTINCT FROM 'pg_temp';
END $$;
"""
_WATCH = """
CREATE EVENT TRIGGER note_change ON ddl_command_end EXECUTE FUNCTION pristine.note_change();
CREATE EVENT TRIGGER note_drop ON sql_drop EXECUTE FUNCTION pristine.note_drop();
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def template_of(postgres: EmbeddedPostgres) -> str:
    """The name of a migrated database, made once a server."""
    await _sql(postgres, "postgres", f"CREATE DATABASE {TEMPLATE}")
    await migrate(postgres.endpoint.dsn(database=TEMPLATE))
    return TEMPLATE


async def by_hand(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """A connection that may write past the program, as whoever breaks the glass: what it does is logged as that."""
    return await asyncpg.connect(dsn, server_settings={"role": "toteboard_break_glass"})


class Slot:
    """A database of a worker, used by one test after the other."""

    def __init__(self, postgres: EmbeddedPostgres, template: str, name: str):
        self.dsn = postgres.endpoint.dsn(database=name)
        self._postgres = postgres
        self._template = template
        self._name = name
        self._conn: asyncpg.Connection[asyncpg.Record] | None = None

    async def make(self) -> None:
        """The database, a copy of its template."""
        # Measured without syncing: 120 ms to make and 20 to drop, 15 to put one back.
        await _sql(
            self._postgres,
            "postgres",
            f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY file_copy",
        )

    async def close(self) -> None:
        """Leaves it to the server, which goes with the session. What is never closed warns whenever it is collected: at the
        session's end that is while modules are being parsed, which Python 3.11 does not survive (cpython 106905).
        """
        if self._conn is not None:
            await self._conn.close()
            self._conn = None

    async def drop(self) -> None:
        await self.close()
        await _sql(self._postgres, "postgres", f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    async def keep(self) -> None:
        """From now on it is put back to how it is now."""
        if self._conn is None:
            self._conn = await asyncpg.connect(self.dsn)
            await self._conn.execute(_PREPARE)
        else:
            await self._conn.execute("DROP EVENT TRIGGER note_change; DROP EVENT TRIGGER note_drop")
        await self._conn.execute("SELECT pristine.keep()")
        await self._conn.execute(_WATCH)

    async def renewed(self) -> str:
        """The DSN of the database as it was when it was kept; made where it is not there or its schema was changed."""
        if self._conn is not None and await self._put_back():
            return self.dsn
        await self.drop()
        await self.make()
        await self.keep()
        return self.dsn

    async def _put_back(self) -> bool:
        assert self._conn is not None
        try:
            await self._conn.execute(_END_OTHERS)
            if await self._conn.fetchval("SELECT EXISTS (SELECT FROM pristine.changed_schema)"):
                return False
            await self._conn.execute("SELECT pristine.put_back()")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            # The test has done something to the server; a fresh database shows whether it is well.
            self._conn.terminate()
            self._conn = None
            return False
        return True


async def _sql(postgres: EmbeddedPostgres, database: str, sql: str) -> None:
    conn = await asyncpg.connect(postgres.endpoint.dsn(database=database))
    try:
        await conn.execute(sql)
    finally:
        await conn.close()
