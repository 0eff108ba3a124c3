-- Lock wallets against bets, desks and settlements, in the order of their ids; those that exist. A function of the owner: who may
-- lock a row may change it, and the application changes no account.
CREATE OR REPLACE FUNCTION lock_wallets(p_wallets bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT id FROM accounts WHERE id = ANY(p_wallets) AND kind = 'wallet' ORDER BY id FOR NO KEY UPDATE;  -- wallets
END $$;

REVOKE EXECUTE ON FUNCTION lock_wallets(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_wallets(bigint[]) TO toteboard_app, toteboard_break_glass;
