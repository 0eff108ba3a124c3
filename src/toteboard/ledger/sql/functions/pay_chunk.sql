-- Pay the next bets of a settlement: whole wallets in order, about p_bets bets. Returns how far it came and who was paid what.
--
-- Settle, void and resettle are one thing here: a bet was paid `before` (0 at first) and is due `after`, by the settlement's
-- terms. Phase 1 takes the wallets that have to give back, phase 2 the others, so that the escrow never pays what it has not.
-- bets.settlement_id says that a bet is done: however often this is interrupted, each is paid once.
CREATE OR REPLACE FUNCTION pay_chunk(p_settlement bigint, p_bets int, OUT o_done boolean, OUT o_bets_done bigint, OUT o_paid json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    s settlements;
    v_escrow bigint;
    v_receivable bigint;
    v_last bigint;
    v_now timestamptz;
BEGIN
    SELECT * INTO s FROM settlements WHERE id = p_settlement FOR NO KEY UPDATE;  -- one payer at a time
    o_bets_done := s.bets_done;
    o_done := s.status = 'paid';
    IF o_done THEN
        RETURN;
    END IF;
    SELECT max(wallet_id) INTO v_last
      FROM (SELECT wallet_id FROM bets WHERE market_id = s.market_id AND wallet_id > s.cursor_wallet
             ORDER BY wallet_id LIMIT p_bets) next;
    IF v_last IS NULL THEN
        o_done := s.phase = 2;
        IF s.phase = 1 THEN
            UPDATE settlements SET phase = 2, cursor_wallet = 0 WHERE id = s.id;
        END IF;
        RETURN;
    END IF;
    SELECT id INTO v_escrow FROM accounts WHERE kind = 'escrow' AND market_id = s.market_id;
    SELECT id INTO v_receivable FROM accounts WHERE kind = 'receivable' AND tournament_id = s.tournament_id;

    PERFORM 1 FROM accounts
      WHERE id IN (SELECT wallet_id FROM bets WHERE market_id = s.market_id AND wallet_id > s.cursor_wallet AND wallet_id <= v_last)
      ORDER BY id FOR NO KEY UPDATE;  -- wallets; no market is locked here
    v_now := clock_timestamp();

    WITH terms AS (
        SELECT (t ->> 0)::bigint AS outcome_id, (t ->> 1)::numeric AS a, (t ->> 2)::numeric AS b, (t ->> 3)::numeric AS c, t ->> 4 AS label,
               coalesce((t ->> 5)::timestamptz, '-infinity') AS since, coalesce((t ->> 6)::timestamptz, 'infinity') AS until
          FROM jsonb_array_elements(s.terms) t
    ),
    lines AS MATERIALIZED (
        SELECT bet.id, bet.wallet_id, bet.user_id, coalesce(bet.payout, 0) AS before,
               payout(bet.stake, bet.odds_milli, bet.placed_at, s.started_at, terms.a, terms.b, terms.c) AS after,
               CASE WHEN bet.placed_at > s.started_at THEN 'void' ELSE terms.label END AS label
          FROM bets bet JOIN terms ON terms.outcome_id = bet.outcome_id AND bet.placed_at >= terms.since AND bet.placed_at < terms.until
         WHERE bet.market_id = s.market_id AND bet.wallet_id > s.cursor_wallet AND bet.wallet_id <= v_last
           AND bet.settlement_id IS DISTINCT FROM s.id
    ),
    nets AS MATERIALIZED (
        SELECT lines.wallet_id, wallet.balance, wallet.owed, sum(lines.after - lines.before)::bigint AS net
          FROM lines JOIN accounts wallet ON wallet.id = lines.wallet_id
         GROUP BY lines.wallet_id, wallet.balance, wallet.owed
        HAVING s.phase = 2 OR sum(lines.after - lines.before) < 0
    ),
    -- What a wallet cannot give back is lent to it; what it was lent before is paid back first.
    balanced AS MATERIALIZED (
        SELECT *, greatest(0, -(balance + net)) AS lent, least(owed, greatest(0, net)) AS repaid FROM nets
    ),
    due AS MATERIALIZED (SELECT lines.* FROM lines JOIN nets USING (wallet_id)),
    loans AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id, at)
        SELECT s.tournament_id, v_receivable, wallet_id, lent, 'receivable', s.id, v_now FROM balanced WHERE lent > 0 ORDER BY wallet_id
    ),
    reversals AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, settlement_id, reverses, at)
        SELECT s.tournament_id, due.wallet_id, v_escrow, due.before, 'reversal', due.id, s.id, paid.id, v_now
          FROM due CROSS JOIN LATERAL (
                 SELECT id FROM transfers WHERE transfers.bet_id = due.id AND settlement_id IS NOT NULL AND kind IN ('payout', 'refund')
                  ORDER BY id DESC LIMIT 1) paid
         WHERE due.before > 0 AND due.before <> due.after ORDER BY due.wallet_id, due.id
    ),
    payouts AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, settlement_id, at)
        SELECT s.tournament_id, v_escrow, wallet_id, after, CASE label WHEN 'void' THEN 'refund' ELSE 'payout' END, id, s.id, v_now
          FROM due WHERE after > 0 AND before <> after ORDER BY due.wallet_id, due.id
    ),
    repayments AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id, at)
        SELECT s.tournament_id, wallet_id, v_receivable, repaid, 'receivable', s.id, v_now FROM balanced WHERE repaid > 0 ORDER BY wallet_id
    ),
    wallets AS (
        UPDATE accounts SET balance = accounts.balance + balanced.net + balanced.lent - balanced.repaid,
                            owed = accounts.owed + balanced.lent - balanced.repaid
          FROM balanced WHERE accounts.id = balanced.wallet_id
        RETURNING accounts.id, accounts.user_id, accounts.balance, accounts.owed
    ),
    escrow AS (
        UPDATE accounts SET balance = accounts.balance - total.net FROM (SELECT coalesce(sum(net), 0)::bigint AS net FROM nets) total
         WHERE accounts.id = v_escrow
    ),
    receivable AS (
        UPDATE accounts SET balance = accounts.balance - total.net
          FROM (SELECT coalesce(sum(lent - repaid), 0)::bigint AS net FROM balanced) total
         WHERE accounts.id = v_receivable AND total.net <> 0
    ),
    marked AS (
        UPDATE bets SET status = due.label, payout = due.after, settlement_id = s.id FROM due WHERE bets.id = due.id
    ),
    slips AS (SELECT wallet_id, count(*) AS bets, json_agg(json_build_array(id, label, after)) AS paid FROM due GROUP BY wallet_id)
    SELECT s.bets_done + coalesce(sum(slips.bets), 0),
           coalesce(json_agg(json_build_array(wallets.user_id, wallets.id, wallets.balance, wallets.owed, slips.paid)), '[]')
      INTO o_bets_done, o_paid
      FROM wallets JOIN slips ON slips.wallet_id = wallets.id;
    UPDATE settlements SET cursor_wallet = v_last, bets_done = o_bets_done WHERE id = s.id;
END $$;

REVOKE EXECUTE ON FUNCTION pay_chunk(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pay_chunk(bigint, int) TO toteboard_app, toteboard_break_glass;
