-- Move an amount between a wallet and its tournament's cash: `deposit` or `withdrawal`, once a key; no row where the key was used.
-- What the wallet owes is paid back out of a deposit at the same moment, so that the two are found together, and before anything
-- goes out. A function of the owner: nobody else says between whom money moved, or when.
CREATE OR REPLACE FUNCTION move_cash(p_wallet bigint, p_kind text, p_amount bigint, p_key uuid, OUT id bigint, OUT repaid bigint)
RETURNS SETOF record
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    w accounts;
    v_cash bigint;
    v_receivable bigint;
    v_at timestamptz;
BEGIN
    SELECT * INTO w FROM accounts WHERE accounts.id = p_wallet AND kind = 'wallet' FOR NO KEY UPDATE;  -- wallets
    IF w.id IS NULL OR p_amount IS NULL OR p_kind IS NULL OR p_kind NOT IN ('deposit', 'withdrawal')
       OR p_kind = 'withdrawal' AND p_amount > w.balance - w.owed THEN
        RAISE EXCEPTION 'a % of % is not moved for account %', p_kind, p_amount, p_wallet;
    END IF;
    SELECT accounts.id INTO v_cash FROM accounts WHERE tournament_id = w.tournament_id AND kind = 'cash';
    SELECT accounts.id INTO v_receivable FROM accounts WHERE tournament_id = w.tournament_id AND kind = 'receivable';

    INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, key, at)
    VALUES (w.tournament_id, CASE p_kind WHEN 'deposit' THEN v_cash ELSE w.id END, CASE p_kind WHEN 'deposit' THEN w.id ELSE v_cash END,
            p_amount, p_kind, p_key, clock_timestamp())
    ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
    RETURNING transfers.id, transfers.at INTO id, v_at;
    IF id IS NULL THEN
        RETURN;
    END IF;
    repaid := CASE p_kind WHEN 'deposit' THEN least(p_amount, w.owed) ELSE 0 END;
    IF repaid > 0 THEN
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)
        VALUES (w.tournament_id, w.id, v_receivable, repaid, 'receivable', v_at);
    END IF;
    UPDATE accounts SET balance = balance + CASE p_kind WHEN 'deposit' THEN p_amount - repaid ELSE -p_amount END, owed = owed - repaid
     WHERE accounts.id = w.id;
    UPDATE accounts SET balance = balance + CASE p_kind WHEN 'deposit' THEN -p_amount ELSE p_amount END WHERE accounts.id = v_cash;
    IF repaid > 0 THEN
        UPDATE accounts SET balance = balance + repaid WHERE accounts.id = v_receivable;
    END IF;
    RETURN NEXT;
END $$;

REVOKE EXECUTE ON FUNCTION move_cash(bigint, text, bigint, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_cash(bigint, text, bigint, uuid) TO toteboard_app, toteboard_break_glass;
