-- Pay in an opening balance for each of these people, once, with its audit row; the wallets are locked. The import is one of this
-- transaction. `p_at` is just before their first bet of the file: a time of the past, which only this function and take_over_bets
-- write, and which `toteboard audit` holds against those bets.
CREATE OR REPLACE FUNCTION take_over_deposits(p_import bigint, p_user bigint[], p_amount bigint[], p_at timestamptz[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    i imports;
BEGIN
    SELECT * INTO i FROM imports WHERE id = p_import AND at >= now();
    IF i.id IS NULL THEN
        RAISE EXCEPTION 'import % does not take balances over', p_import;
    END IF;
    WITH asked AS (
        SELECT asked.user_id, asked.amount, least(asked.at, clock_timestamp()) AS at, wallet.id AS wallet_id, cash.id AS cash_id
          FROM unnest(p_user, p_amount, p_at) AS asked (user_id, amount, at)
          JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = i.tournament_id AND wallet.user_id = asked.user_id
          JOIN accounts cash ON cash.kind = 'cash' AND cash.tournament_id = i.tournament_id
    ), paid AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, key, at)
        SELECT i.tournament_id, cash_id, wallet_id, amount, 'deposit',
               md5('toteboard opening balance ' || i.tournament_id || ' ' || user_id)::uuid, at FROM asked ORDER BY wallet_id
        RETURNING transfers.id, transfers.credit_account, transfers.amount
    ), credited AS (
        UPDATE accounts SET balance = balance + paid.amount FROM paid WHERE accounts.id = paid.credit_account
    ), debited AS (
        UPDATE accounts SET balance = balance - (SELECT sum(paid.amount)::bigint FROM paid)
         WHERE accounts.kind = 'cash' AND accounts.tournament_id = i.tournament_id AND EXISTS (SELECT FROM paid)
    )
    INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
    SELECT i.tournament_id, acting_user(), acting_ip(), 'wallet.deposited', 'wallet:' || paid.credit_account,
           json_build_object('note', left('opening balance from ' || i.file_name, 200), 'transfer_id', paid.id, 'amount', paid.amount,
                             'import_id', i.id)
      FROM paid ORDER BY paid.id;
END $$;

REVOKE EXECUTE ON FUNCTION take_over_deposits(bigint, bigint[], bigint[], timestamptz[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_over_deposits(bigint, bigint[], bigint[], timestamptz[]) TO toteboard_app, toteboard_break_glass;
