-- Add bets as they were taken elsewhere, with their stakes, balances, totals and audit rows. Markets and wallets are locked.
-- Their times are the file's, and each has its row in the audit log, written here, which says so, of which import, and when.
-- The import is one of this transaction; a market whose result is known takes nothing over.
CREATE OR REPLACE FUNCTION take_over_bets(
    p_import bigint, p_bet uuid[], p_user bigint[], p_outcome bigint[], p_stake bigint[], p_odds int[], p_at timestamptz[]
) RETURNS TABLE (outcome_id bigint, stakes bigint, bets bigint, returns bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    i imports;
BEGIN
    SELECT * INTO i FROM imports WHERE id = p_import AND at >= now();
    IF i.id IS NULL OR EXISTS (
        SELECT FROM unnest(p_outcome, p_odds) AS asked (outcome_id, odds_milli)
          LEFT JOIN outcomes outcome ON outcome.id = asked.outcome_id AND outcome.tournament_id = i.tournament_id
          LEFT JOIN markets market ON market.id = outcome.market_id
         WHERE market.id IS NULL OR market.status NOT IN ('draft', 'open', 'suspended', 'closed')
            OR asked.odds_milli IS NULL OR asked.odds_milli NOT BETWEEN 1000 AND 1000000
    ) THEN
        RAISE EXCEPTION 'import % does not take these bets over', p_import;
    END IF;

    RETURN QUERY
    WITH asked AS (
        SELECT asked.*, wallet.id AS wallet_id, outcome.market_id, escrow.id AS escrow_id, market.kind
          FROM unnest(p_bet, p_user, p_outcome, p_stake, p_odds, p_at)
               WITH ORDINALITY AS asked (id, user_id, outcome_id, stake, odds_milli, placed_at, no)
          JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = i.tournament_id AND wallet.user_id = asked.user_id
          JOIN outcomes outcome ON outcome.id = asked.outcome_id
          JOIN markets market ON market.id = outcome.market_id
          JOIN accounts escrow ON escrow.kind = 'escrow' AND escrow.market_id = outcome.market_id
    ), placed AS (
        INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)
        SELECT id, i.tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at FROM asked ORDER BY no
    ), moved AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, at)
        SELECT i.tournament_id, wallet_id, escrow_id, stake, 'stake', id, placed_at FROM asked ORDER BY no
    ), balanced AS (
        UPDATE accounts SET balance = balance + sums.amount
          FROM (SELECT account_id, sum(amount)::bigint AS amount
                  FROM (SELECT wallet_id AS account_id, -stake AS amount FROM asked UNION ALL SELECT escrow_id, stake FROM asked) sides
                 GROUP BY account_id) sums
         WHERE accounts.id = sums.account_id
    ), logged AS (
        INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
        SELECT i.tournament_id, acting_user(), acting_ip(), 'bet.taken_over', 'bet:' || id,
               json_build_object('user_id', user_id, 'outcome', outcome_id, 'stake', stake, 'odds', odds_milli, 'placed_at', placed_at,
                                 'file', i.file_name, 'import_id', i.id)
          FROM asked ORDER BY no
    )
    UPDATE outcome_totals SET stakes = outcome_totals.stakes + sums.stakes, bets = outcome_totals.bets + sums.bets,
                              returns = outcome_totals.returns + sums.returns
      FROM (SELECT asked.outcome_id, sum(stake)::bigint AS stakes, count(*) AS bets,
                   sum(CASE kind WHEN 'fixed' THEN stake * odds_milli / 1000 ELSE 0 END)::bigint AS returns
              FROM asked GROUP BY asked.outcome_id) sums
     WHERE outcome_totals.outcome_id = sums.outcome_id
    RETURNING outcome_totals.outcome_id, outcome_totals.stakes, outcome_totals.bets, outcome_totals.returns;
END $$;

REVOKE EXECUTE ON FUNCTION take_over_bets(bigint, uuid[], bigint[], bigint[], bigint[], int[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_over_bets(bigint, uuid[], bigint[], bigint[], bigint[], int[], timestamptz[]) TO toteboard_app, toteboard_break_glass;
