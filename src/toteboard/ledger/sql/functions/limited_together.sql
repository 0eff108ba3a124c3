-- The wallets of a person that an own limit set in a tournament counts together, with the tournaments whose limits count.
-- That is the tournament's own; where the server says that limits hold across tournaments (the setting
-- limits_everywhere, which the application's connections bring), all of the same currency.
CREATE OR REPLACE FUNCTION limited_together(p_user bigint, p_tournament bigint) RETURNS TABLE (wallet_id bigint, tournament_id bigint)
LANGUAGE sql STABLE
AS $$
    SELECT wallet.id, wallet.tournament_id FROM accounts wallet
     WHERE wallet.kind = 'wallet' AND wallet.user_id = p_user
       AND (wallet.tournament_id = p_tournament
            OR current_setting('toteboard.limits_everywhere', true) = 'on'
           AND EXISTS (SELECT FROM tournaments mine JOIN tournaments other ON other.currency = mine.currency
                        WHERE mine.id = p_tournament AND other.id = wallet.tournament_id))
$$;
