-- Where own limits hold across tournaments, what is decided about a person is decided one after the other: two of their wallets
-- share what is left, also of a limit that is being set. Taken before wallets are locked; where the setting is off, nothing is.
CREATE OR REPLACE FUNCTION limits_turn(p_user bigint[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    IF current_setting('toteboard.limits_everywhere', true) = 'on' THEN
        PERFORM pg_advisory_xact_lock(29808, (person & 2147483647)::int)
           FROM (SELECT DISTINCT unnest(p_user) AS person ORDER BY 1) turn;
    END IF;
END $$;
