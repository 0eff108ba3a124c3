-- A page of a statement costs what the page costs: movements are found newest first by their time, and the balance after each
-- is counted back from the account's. Bets of a wallet are found by time in the same index as before, 8 bytes wider.
DROP INDEX bets_wallet;
CREATE INDEX bets_wallet ON bets (wallet_id, placed_at, no);
DROP INDEX transfers_debit;
DROP INDEX transfers_credit;
CREATE INDEX transfers_debit ON transfers (debit_account, at, id) WHERE kind <> 'stake';
CREATE INDEX transfers_credit ON transfers (credit_account, at, id) WHERE kind <> 'stake';
-- Debts are few, and of one moment come before or after what else moved: each is a stream of its own.
CREATE INDEX transfers_debt_debit ON transfers (debit_account, at, id) WHERE kind = 'receivable';
CREATE INDEX transfers_debt_credit ON transfers (credit_account, at, id) WHERE kind = 'receivable';
