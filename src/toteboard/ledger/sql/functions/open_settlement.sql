-- Make ready to pay what was just decided: what the settlement that it corrects took out of the escrow comes back into it, what
-- that one carried on too, unless it was used there, and the house puts in what is missing. Markets are locked
-- (settlements.sql: lock_market). Once a settlement: what it moves follows from its row.
CREATE OR REPLACE FUNCTION open_settlement(p_settlement bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    s settlements;
    v_escrow bigint;
    v_house bigint;
    v_carried_to bigint;
    v_target bigint;
BEGIN
    SELECT * INTO s FROM settlements WHERE id = p_settlement AND status = 'paying' FOR NO KEY UPDATE;
    IF s.id IS NULL OR EXISTS (SELECT FROM transfers WHERE settlement_id = p_settlement) THEN
        RAISE EXCEPTION 'settlement % is being paid, or was', p_settlement;
    END IF;
    SELECT id INTO v_escrow FROM accounts WHERE kind = 'escrow' AND market_id = s.market_id;
    SELECT id INTO v_house FROM accounts WHERE kind = 'house' AND tournament_id = s.tournament_id;
    SELECT carried_to INTO v_carried_to FROM settlements WHERE id = s.reverses AND s.carried_before = 0;
    SELECT id INTO v_target FROM accounts WHERE kind = 'escrow' AND market_id = v_carried_to;
    -- The accounts that settlements of different markets share, in the order that all of them keep.
    PERFORM 1 FROM accounts WHERE tournament_id = s.tournament_id AND kind IN ('house', 'takeout', 'breakage') ORDER BY id FOR NO KEY UPDATE;

    WITH before AS (
        SELECT id, debit_account, credit_account, amount, kind FROM transfers
         WHERE settlement_id = s.reverses AND debit_account = v_escrow AND kind IN ('takeout', 'breakage', 'house')
        UNION ALL
        SELECT id, debit_account, credit_account, amount, kind FROM transfers carry
         WHERE debit_account = v_escrow AND credit_account = v_target AND kind IN ('carry', 'carry_gross')
           AND NOT EXISTS (SELECT FROM transfers back WHERE back.reverses = carry.id AND back.settlement_id IS NOT NULL)
    ),
    reversed AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id, reverses)
        SELECT s.tournament_id, credit_account, debit_account, amount, 'reversal', s.id, before.id FROM before ORDER BY before.id
        RETURNING debit_account, credit_account, amount
    ),
    added AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id)
        SELECT s.tournament_id, v_house, v_escrow, s.house_added, 'house', s.id WHERE s.house_added > 0
        RETURNING debit_account, credit_account, amount
    ),
    moved AS (SELECT * FROM reversed UNION ALL SELECT * FROM added),
    balanced AS (
        UPDATE accounts SET balance = accounts.balance + sums.amount
          FROM (SELECT id, sum(amount)::bigint AS amount
                  FROM (SELECT credit_account AS id, amount FROM moved UNION ALL SELECT debit_account, -amount FROM moved) both_sides
                 GROUP BY id) sums
         WHERE accounts.id = sums.id
    )
    UPDATE markets SET carried = carried - sums.net, carried_gross = carried_gross - sums.gross, version = version + 1
      FROM (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'carry'), 0)::bigint AS net,
                   coalesce(sum(amount) FILTER (WHERE kind = 'carry_gross'), 0)::bigint AS gross FROM before) sums
     WHERE markets.id = v_carried_to AND sums.net + sums.gross > 0;
END $$;

REVOKE EXECUTE ON FUNCTION open_settlement(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_settlement(bigint) TO toteboard_app, toteboard_break_glass;
