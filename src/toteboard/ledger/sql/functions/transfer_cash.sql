-- Move an amount from an account to another at a desk: one transfer, both balances. No row where the key was used.
-- `p_with` is the deposit, of this transaction, that what is owed is paid back out of: at the same moment, so the two are found
-- together. A function of the owner: nobody else says when money moved.
CREATE OR REPLACE FUNCTION transfer_cash(
    p_tournament bigint, p_debit bigint, p_credit bigint, p_amount bigint, p_kind text, p_key uuid, p_with bigint
) RETURNS TABLE (id bigint, at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH moved AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, key, at)
        SELECT p_tournament, p_debit, p_credit, p_amount, p_kind, p_key,
               coalesce((SELECT deposit.at FROM transfers deposit WHERE deposit.id = p_with AND deposit.at >= now()), clock_timestamp())
         WHERE p_kind IN ('deposit', 'withdrawal', 'receivable')
        ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
        RETURNING transfers.id, transfers.at
    ), balanced AS (
        UPDATE accounts SET balance = balance + CASE accounts.id WHEN p_credit THEN p_amount ELSE -p_amount END
         WHERE accounts.id IN (p_debit, p_credit) AND EXISTS (SELECT FROM moved)
    )
    SELECT moved.id, moved.at FROM moved
$$;

REVOKE EXECUTE ON FUNCTION transfer_cash(bigint, bigint, bigint, bigint, text, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfer_cash(bigint, bigint, bigint, bigint, text, uuid, bigint) TO toteboard_app;
