-- Close the books of a settlement whose bets are all paid: takeout, breakage and the house; the escrow is then empty.
-- Returns false where somebody else did it before.
CREATE OR REPLACE FUNCTION finish_settlement(p_settlement bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    s settlements;
    v_escrow bigint;
    v_left bigint;
BEGIN
    PERFORM lock_markets(carry_targets(ARRAY[(SELECT market_id FROM settlements WHERE id = p_settlement)]));
    SELECT * INTO s FROM settlements WHERE id = p_settlement FOR NO KEY UPDATE;
    IF s.status = 'paid' THEN
        RETURN false;
    END IF;
    IF s.bets_done <> s.bets THEN
        RAISE EXCEPTION 'settlement % has paid % of % bets', s.id, s.bets_done, s.bets;
    END IF;
    SELECT id INTO v_escrow FROM accounts WHERE kind = 'escrow' AND market_id = s.market_id;
    PERFORM 1 FROM accounts WHERE tournament_id = s.tournament_id AND kind IN ('house', 'takeout', 'breakage') ORDER BY id FOR NO KEY UPDATE;

    -- What goes on to a later market, less what went there for good with an earlier version.
    WITH parts (kind, amount) AS (
        VALUES ('carry', s.carried_out - s.carried_before - s.carried_out_gross), ('carry_gross', s.carried_out_gross)
    ),
    moved AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id, at)
        SELECT s.tournament_id, v_escrow, target.id, parts.amount, parts.kind, s.id, clock_timestamp()
          FROM parts JOIN accounts target ON target.kind = 'escrow' AND target.market_id = s.carried_to
         WHERE parts.amount > 0
        RETURNING credit_account, amount
    ),
    balanced AS (
        UPDATE accounts SET balance = accounts.balance + sums.amount
          FROM (SELECT credit_account AS id, sum(amount)::bigint AS amount FROM moved GROUP BY credit_account
                UNION ALL SELECT v_escrow, -sum(amount)::bigint FROM moved HAVING count(*) > 0) sums
         WHERE accounts.id = sums.id
    )
    UPDATE markets SET carried = carried + sums.net, carried_gross = carried_gross + sums.gross, version = version + 1
      FROM (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'carry'), 0)::bigint AS net,
                   coalesce(sum(amount) FILTER (WHERE kind = 'carry_gross'), 0)::bigint AS gross FROM parts) sums
     WHERE markets.id = s.carried_to AND sums.net + sums.gross > 0;

    WITH shares (kind, account_kind, amount, reverses) AS (
        SELECT * FROM (VALUES ('takeout', 'takeout', s.takeout, NULL::bigint), ('breakage', 'breakage', s.breakage, NULL),
                              ('house', 'house', s.house_won, NULL)) now (kind, account_kind, amount, reverses)
        UNION ALL  -- what the house had added to the settlement that this one corrects goes back to it
        SELECT 'reversal', 'house', amount, id FROM transfers
         WHERE settlement_id = s.reverses AND kind = 'house' AND credit_account = v_escrow
    ),
    moved AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id, reverses, at)
        SELECT s.tournament_id, v_escrow, account.id, shares.amount, shares.kind, s.id, shares.reverses, clock_timestamp()
          FROM shares JOIN accounts account ON account.tournament_id = s.tournament_id AND account.kind = shares.account_kind
         WHERE shares.amount > 0
        RETURNING credit_account, amount
    )
    UPDATE accounts SET balance = accounts.balance + sums.amount
      FROM (SELECT credit_account AS id, sum(amount)::bigint AS amount FROM moved GROUP BY credit_account
            UNION ALL SELECT v_escrow, -sum(amount)::bigint FROM moved HAVING count(*) > 0) sums
     WHERE accounts.id = sums.id;

    SELECT balance INTO v_left FROM accounts WHERE id = v_escrow;
    IF v_left <> 0 THEN
        RAISE EXCEPTION 'settlement % would leave % in the escrow of market %', s.id, v_left, s.market_id;
    END IF;
    UPDATE settlements SET status = 'paid', finished_at = clock_timestamp() WHERE id = s.id;
    UPDATE markets SET status = CASE s.kind WHEN 'void' THEN 'void' ELSE 'settled' END WHERE id = s.market_id;
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION finish_settlement(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finish_settlement(bigint) TO toteboard_app, toteboard_break_glass;
