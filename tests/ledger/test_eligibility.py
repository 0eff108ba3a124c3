"""What may bar somebody, kept in their wallets: derived for one person without looking at everybody else."""

from scenarios import LedgerScenario, ledger_scenario

OTHERS = 2000


async def _read(scenario: LedgerScenario) -> int:
    """Rows of accounts that this connection has read so far."""
    return int(
        await scenario.conn.fetchval(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'accounts'"
        )
    )


async def test_a_person_is_found_by_index_however_many_others_there_are(database: str) -> None:
    async with ledger_scenario(database) as scenario:
        conn = scenario.conn
        await conn.execute(
            "INSERT INTO users (email, name, password_hash) SELECT n || '@test', 'n' || n, '' FROM generate_series(1, $1) n",
            OTHERS,
        )
        await conn.execute(
            "INSERT INTO accounts (tournament_id, kind, user_id) SELECT $1, 'wallet', id FROM users",
            scenario.tournament_id,
        )
        await conn.execute("ANALYZE accounts, users")
        # As a connection plans that has asked often, and PostgreSQL before 18 within a function always.
        await conn.execute("SET plan_cache_mode = force_generic_plan")
        async with conn.transaction():
            before = await _read(scenario)
            await scenario.bettor(0)
            assert await _read(scenario) - before < 50, "everybody's wallets were read"
