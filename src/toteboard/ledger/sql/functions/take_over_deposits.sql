-- Pay in an opening balance for each of these people, once; the wallets are locked. `p_at` is before their first bet of the file:
-- a time of the past, which only this function and take_over_bets write. The audit log says beside it when the file came.
CREATE OR REPLACE FUNCTION take_over_deposits(p_tournament bigint, p_user bigint[], p_amount bigint[], p_at timestamptz[])
RETURNS TABLE (id bigint, wallet_id bigint, amount bigint, user_id bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH asked AS (
        SELECT asked.user_id, asked.amount, least(asked.at, clock_timestamp()) AS at, wallet.id AS wallet_id, cash.id AS cash_id
          FROM unnest(p_user, p_amount, p_at) AS asked (user_id, amount, at)
          JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = p_tournament AND wallet.user_id = asked.user_id
          JOIN accounts cash ON cash.kind = 'cash' AND cash.tournament_id = p_tournament
    ), paid AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, key, at)
        SELECT p_tournament, cash_id, wallet_id, amount, 'deposit',
               md5('toteboard opening balance ' || p_tournament || ' ' || user_id)::uuid, at FROM asked ORDER BY wallet_id
        RETURNING transfers.id, transfers.credit_account, transfers.amount
    ), credited AS (
        UPDATE accounts SET balance = balance + paid.amount FROM paid WHERE accounts.id = paid.credit_account
    ), debited AS (
        UPDATE accounts SET balance = balance - (SELECT sum(paid.amount)::bigint FROM paid)
         WHERE accounts.kind = 'cash' AND accounts.tournament_id = p_tournament AND EXISTS (SELECT FROM paid)
    )
    SELECT paid.id, paid.credit_account, paid.amount, asked.user_id
      FROM paid JOIN asked ON asked.wallet_id = paid.credit_account ORDER BY paid.id
$$;

REVOKE EXECUTE ON FUNCTION take_over_deposits(bigint, bigint[], bigint[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_over_deposits(bigint, bigint[], bigint[], timestamptz[]) TO toteboard_app;
