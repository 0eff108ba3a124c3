-- Accounts, totals and feeds come with what they are of (functions/accounts_of.sql), and a wallet with a member
-- (functions/open_wallets.sql); the application makes and takes away none.
REVOKE INSERT (tournament_id, kind, user_id, market_id) ON accounts FROM toteboard_app;
REVOKE INSERT (outcome_id, market_id) ON outcome_totals FROM toteboard_app;
REVOKE INSERT (tournament_id) ON feeds FROM toteboard_app;
REVOKE DELETE ON accounts, outcome_totals FROM toteboard_app;

-- What somebody at a desk wrote about a document is for desks: reports and audits do without.
REVOKE SELECT ON kyc_checks FROM toteboard_auditor, toteboard_reporter;
GRANT SELECT (id, user_id, provider, status, tournament_id, decided_by, created_at, changed_at, born_on, same_as)
ON kyc_checks TO toteboard_auditor, toteboard_reporter;
