-- Wallets for these people, where they are members of the tournament and have none there yet; those that were opened. A wallet stays
-- when its owner goes.
CREATE OR REPLACE FUNCTION open_wallets(p_tournament bigint, p_users bigint []) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    INSERT INTO accounts (tournament_id, kind, user_id)
    SELECT tournament_id, 'wallet', user_id FROM members WHERE tournament_id = p_tournament AND user_id = ANY (p_users) ORDER BY user_id
    ON CONFLICT (tournament_id, user_id) WHERE kind = 'wallet' DO NOTHING
    RETURNING id
$$;

REVOKE EXECUTE ON FUNCTION open_wallets(bigint, bigint []) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_wallets(bigint, bigint []) TO toteboard_app, toteboard_break_glass;
