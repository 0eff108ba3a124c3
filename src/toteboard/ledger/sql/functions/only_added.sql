-- What happened is never rewritten, and the times at which it happened are the database's own. By nobody: not by the owner, and
-- not by a superuser, short of taking the triggers away. Who has to works as toteboard_break_glass, and leaves a row.

CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF acting_role() = 'toteboard_break_glass' THEN
        INSERT INTO audit_log (action, subject, details)
        VALUES ('break_glass.used', 'table:' || TG_TABLE_NAME,
                json_build_object('command', TG_OP, 'login', session_user, 'statement', left(current_query(), 1000)));
        RETURN NULL;
    END IF;
    RAISE insufficient_privilege
    USING MESSAGE = format('%s on %s is refused: only Toteboard adds to it and changes it', TG_OP, TG_TABLE_NAME),
          HINT = 'Who has to works as toteboard_break_glass, which leaves a row in the audit log (docs/operating.md).';
END $$;

-- Only added: columns that are fixed, DELETE and TRUNCATE.
CREATE OR REPLACE TRIGGER only_added BEFORE DELETE OR TRUNCATE
OR UPDATE OF id, no, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, min_odds_milli, placed_at ON bets
FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE OR REPLACE TRIGGER only_added BEFORE DELETE OR TRUNCATE
OR UPDATE OF id, tournament_id, market_id, version, kind, result, terms, started_at, gross, refunds, takeout, paid, breakage,
house_added, house_won, bets, reverses, decided_by, decided_at, carried_in, carried_out, carried_out_gross, carried_before ON settlements
FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE OR REPLACE TRIGGER only_added BEFORE DELETE OR TRUNCATE OR UPDATE OF id, code_hash, role, created_by, created_at, tournament_id
ON invitations FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['transfers', 'events', 'audit_log', 'change_log', 'limits', 'outcome_names', 'kyc_messages',
                               'invitation_uses', 'imports'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()', one);
    END LOOP;
    -- Written by the program alone, the owner may not either; and logged by change_log.sql whoever it was. Where it is the
    -- program no function is called, not even acting_role(), which would be worked out anew for each set of bets.
    FOREACH one IN ARRAY ARRAY['bets', 'transfers', 'events', 'limits', 'users', 'sessions', 'password_codes', 'kyc_checks',
                               'tournaments', 'members', 'matches', 'markets', 'outcomes', 'outcome_names', 'settlements', 'invitations',
                               'imports', 'identity_marks'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER by_the_program BEFORE INSERT OR DELETE OR TRUNCATE%s ON %I FOR EACH STATEMENT'
                       ' WHEN (current_setting(''role'') <> ''toteboard_app'''
                       ' AND (current_setting(''role'') <> ''none'' OR session_user <> ''toteboard_app''))'
                       ' EXECUTE FUNCTION refuse_rewriting()',
                       -- What is paid is marked on its bet: only_added refuses the columns that stay.
                       CASE WHEN one <> 'bets' THEN ' OR UPDATE' END, one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['audit_log', 'change_log'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER by_the_program BEFORE INSERT ON %I FOR EACH STATEMENT'
                       ' WHEN (current_setting(''role'') NOT IN (''toteboard_app'', ''toteboard_break_glass'')'
                       ' AND (current_setting(''role'') <> ''none'' OR session_user NOT IN (''toteboard_app'', ''toteboard_break_glass''))'
                       ' AND pg_trigger_depth() < 1) EXECUTE FUNCTION refuse_rewriting()', one);
    END LOOP;
END $$;

-- When something ends is when it is said: whatever time is given becomes now. The column is the trigger's argument.
CREATE OR REPLACE FUNCTION end_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF to_jsonb(NEW) ->> TG_ARGV[0] IS DISTINCT FROM to_jsonb(OLD) ->> TG_ARGV[0] AND to_jsonb(NEW) ->> TG_ARGV[0] IS NOT NULL
       AND acting_role() <> 'toteboard_break_glass' THEN
        NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], clock_timestamp()));
    END IF;
    RETURN NEW;
END $$;
DO $$
DECLARE one text[];
BEGIN
    FOREACH one SLICE 1 IN ARRAY ARRAY[
        ['users', 'deleted_at'], ['sessions', 'revoked_at'], ['password_codes', 'used_at'], ['kyc_checks', 'changed_at'],
        ['tournaments', 'archived_at'], ['tournaments', 'stopped_at'], ['outcomes', 'withdrawn_at'], ['settlements', 'finished_at'], ['invitations', 'ended_at']
    ] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE UPDATE OF %I ON %I FOR EACH ROW EXECUTE FUNCTION end_now(%L)',
                       one[2] || '_now', one[2], one[1], one[2]);
    END LOOP;
END $$;

-- A market was closed when it was to close, or now, whichever is earlier.
CREATE OR REPLACE FUNCTION close_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF NEW.closed_at IS DISTINCT FROM OLD.closed_at AND NEW.closed_at IS NOT NULL AND acting_role() <> 'toteboard_break_glass' THEN
        NEW.closed_at := least(NEW.closes_at, clock_timestamp());
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER close_now BEFORE UPDATE OF closed_at ON markets FOR EACH ROW EXECUTE FUNCTION close_now();

-- A limit counts from now on or later.
CREATE OR REPLACE FUNCTION count_from_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    NEW.effective_at := greatest(NEW.effective_at, clock_timestamp());
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER count_from_now BEFORE INSERT ON limits FOR EACH ROW EXECUTE FUNCTION count_from_now();
