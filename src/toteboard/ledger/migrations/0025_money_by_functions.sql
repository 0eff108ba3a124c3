-- Money and the feed are written by functions of the owner alone (sql/functions): each works out from the row that was decided
-- what it moves and between whom, so that the application can move nothing else. docs/adr/0044.
REVOKE INSERT (tournament_id, debit_account, credit_account, amount, kind, bet_id, settlement_id, reverses) ON transfers FROM toteboard_app;
REVOKE UPDATE (balance, owed) ON accounts FROM toteboard_app;
REVOKE UPDATE (stakes, bets, returns) ON outcome_totals FROM toteboard_app;
REVOKE UPDATE (status, payout, settlement_id) ON bets FROM toteboard_app;
REVOKE UPDATE (status, phase, cursor_wallet, bets_done, finished_at) ON settlements FROM toteboard_app;
REVOKE UPDATE (carried, carried_gross) ON markets FROM toteboard_app;
REVOKE INSERT (tournament_id, seq, kind, payload) ON events FROM toteboard_app;
REVOKE UPDATE (seq) ON feeds FROM toteboard_app;

-- Tries that still count are not forgotten: functions/forget_tries.sql.
REVOKE DELETE ON tries FROM toteboard_app;

-- What keeps hashes of names and addresses in change_log from being guessed. Nobody's but the owner's.
CREATE TABLE change_log_key (key bytea NOT NULL CHECK (length(key) = 32));
INSERT INTO change_log_key (key) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- Their arguments, or what they give, were others.
DROP FUNCTION IF EXISTS watched_rows();
DROP FUNCTION IF EXISTS transfer_cash(bigint, bigint, bigint, bigint, text, uuid, bigint);
DROP FUNCTION IF EXISTS take_over_deposits(bigint, bigint[], bigint[], timestamptz[]);
DROP FUNCTION IF EXISTS take_over_bets(bigint, uuid[], bigint[], bigint[], bigint[], int[], timestamptz[], bigint, inet, text);
