-- Lock markets against betting and everybody else, in the order of their ids; those that exist.
--
-- PostgreSQL lets new FOR SHARE holders overtake a waiting FOR UPDATE: under constant betting on several lanes a close would
-- wait for ever. So both come through a gate that queues fairly: sets of bets hold it shared (place_bets.sql), this one alone.
-- The rows' own locks stay what decides; the gate only says whose turn it is.
CREATE OR REPLACE FUNCTION market_gate(p_market bigint) RETURNS int
LANGUAGE sql IMMUTABLE
AS $$ SELECT (p_market % 2147483647)::int $$;

CREATE OR REPLACE FUNCTION lock_markets(p_markets bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(29807, gate) FROM (SELECT DISTINCT market_gate(id) AS gate FROM unnest(p_markets) id ORDER BY 1) gates;
    RETURN QUERY SELECT id FROM markets WHERE id = ANY(p_markets) ORDER BY id FOR UPDATE;  -- markets, first of all
END $$;
