-- What the database itself sees change, and what nobody may rewrite. Its triggers and functions are sql/functions/change_log.sql
-- and only_added.sql; docs/adr/0040.

-- Who may, when all else fails; each use leaves a row in the audit log. Nobody is a member to begin with.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'toteboard_break_glass') THEN
        CREATE ROLE toteboard_break_glass NOLOGIN;
    END IF;
EXCEPTION
    WHEN unique_violation OR duplicate_object THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'this login may not create roles: as a superuser run CREATE ROLE toteboard_break_glass; then migrate again';
END $$;

CREATE TABLE change_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The transaction: what the program said of the change stands in the audit log under the same.
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    -- "found" is a row that was there before this log was.
    command text NOT NULL CHECK (command IN ('found', 'insert', 'update', 'delete')),
    -- "market:42", "member:3/17".
    subject text NOT NULL,
    -- The row as it was afterwards, without secrets and what is personal; null once it is gone.
    image jsonb,
    -- As the transaction said; login is the role that did it, which the database knows.
    user_id bigint,
    ip inet,
    login text NOT NULL
);
CREATE INDEX change_log_subject ON change_log (subject, id);

-- Only the rows from now on: a default given with the column would say that this transaction wrote them all.
ALTER TABLE audit_log ADD COLUMN xact xid8;
ALTER TABLE audit_log ALTER COLUMN xact SET DEFAULT pg_current_xact_id();
ALTER TABLE events ALTER COLUMN at SET DEFAULT clock_timestamp();
ALTER TABLE transfers ALTER COLUMN at SET DEFAULT clock_timestamp();

-- What the application may add and change: no row's number, no time at which something happened, nothing that is fixed once it
-- is there. Bets come by functions of the owner alone.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE INSERT, UPDATE ON users, sessions, kyc_checks, kyc_messages, tournaments, feeds, members, matches, markets, outcomes,
outcome_totals, settlements, limits, imports, invitations, feedback, password_codes FROM toteboard_app;
REVOKE INSERT (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, min_odds_milli, placed_at)
ON bets FROM toteboard_app;
REVOKE INSERT (key, at) ON transfers FROM toteboard_app;
REVOKE INSERT (at) ON events FROM toteboard_app;
REVOKE INSERT (at) ON audit_log FROM toteboard_app;

GRANT INSERT (email, name, password_hash) ON users TO toteboard_app;
GRANT INSERT (token_hash, user_id, kind, label, expires_at) ON sessions TO toteboard_app;
GRANT INSERT (user_id, code_hash, expires_at, created_by) ON password_codes TO toteboard_app;
GRANT INSERT (user_id, provider, reference, status, note, decided_by, tournament_id, page_url, same_as, ask_at)
ON kyc_checks TO toteboard_app;
GRANT INSERT (provider, message_id) ON kyc_messages TO toteboard_app;
GRANT INSERT (slug, name, subtitle, currency, timezone, kyc_provider, staff_may_bet, starting_points) ON tournaments TO toteboard_app;
GRANT INSERT (tournament_id) ON feeds TO toteboard_app;
GRANT INSERT (tournament_id, user_id, role) ON members TO toteboard_app;
GRANT INSERT (tournament_id, name, round, venue, starts_at, score, number, not_played, is_imported) ON matches TO toteboard_app;
GRANT INSERT (
    tournament_id, match_id, import_key, status, name, kind, opens_at, closes_offset_s, closes_at, takeout_bps, break_to_milli,
    minimum_milli, minimum_tiers, started_with, guaranteed, carry_to, carry, places, division, liability_max, stake_min, stake_max,
    total_max
) ON markets TO toteboard_app;
GRANT INSERT (tournament_id, market_id, name, lane_no, odds_milli) ON outcomes TO toteboard_app;
GRANT INSERT (outcome_id, market_id) ON outcome_totals TO toteboard_app;
GRANT INSERT (
    tournament_id, market_id, version, kind, status, result, terms, started_at, gross, refunds, takeout, paid, breakage,
    house_added, house_won, bets, phase, reverses, decided_by, carried_in, carried_out, carried_out_gross, carried_before,
    carried_to
) ON settlements TO toteboard_app;
GRANT INSERT (user_id, tournament_id, kind, period, amount, effective_at) ON limits TO toteboard_app;
GRANT INSERT (tournament_id, file_name, sha256, matches, outcomes, people, bets, schedule, user_id) ON imports TO toteboard_app;
GRANT INSERT (tournament_id, code_hash, role, uses_left, expires_at, created_by) ON invitations TO toteboard_app;
GRANT INSERT (tournament_id, user_id, text) ON feedback TO toteboard_app;

GRANT UPDATE (name, email, password_hash, admin, blocked, kyc, excluded_until, deleted_at) ON users TO toteboard_app;
GRANT UPDATE (revoked_at, label) ON sessions TO toteboard_app;
GRANT UPDATE (used_at, expires_at) ON password_codes TO toteboard_app;
GRANT UPDATE (status, note, decided_by, changed_at, page_url, ask_at, asked, born_on, same_as, reference)
ON kyc_checks TO toteboard_app;
GRANT UPDATE (
    slug, name, subtitle, timezone, kyc_provider, staff_may_bet, deductions, starting_points, four_eyes, min_age, archived_at
) ON tournaments TO toteboard_app;
GRANT UPDATE (seq) ON feeds TO toteboard_app;
GRANT UPDATE (role) ON members TO toteboard_app;
GRANT UPDATE (name, round, venue, starts_at, started_at, score, number, not_played, is_imported, version)
ON matches TO toteboard_app;
GRANT UPDATE (
    status, closed_at, result, version, carried, carried_gross, name, kind, opens_at, closes_offset_s, closes_at, takeout_bps,
    break_to_milli, minimum_milli, minimum_tiers, started_with, guaranteed, carry_to, carry, places, division, liability_max,
    stake_min, stake_max, total_max
) ON markets TO toteboard_app;
GRANT UPDATE (name, odds_milli, odds_version, withdrawn, withdrawn_at, deduction_bps) ON outcomes TO toteboard_app;
GRANT UPDATE (stakes, bets, returns) ON outcome_totals TO toteboard_app;
GRANT UPDATE (status, phase, cursor_wallet, bets_done, finished_at) ON settlements TO toteboard_app;
GRANT UPDATE (uses_left, ended_at) ON invitations TO toteboard_app;

GRANT SELECT ON change_log TO toteboard_app, toteboard_auditor, toteboard_reporter, toteboard_sealer;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO toteboard_break_glass;
