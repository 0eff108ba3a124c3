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
                               'imports', 'identity_marks', 'invitation_uses', 'kyc_messages'] LOOP
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

CREATE OR REPLACE FUNCTION refuse_again(p_table text, p_column text) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE insufficient_privilege
    USING MESSAGE = format('%s of %s is said once', p_column, p_table),
          HINT = 'Who has to works as toteboard_break_glass, which leaves a row in the audit log (docs/operating.md).';
END $$;

-- When something ends is when it is said: whatever time is given becomes now. The column is the trigger's argument; with a second
-- one it ends for good.
CREATE OR REPLACE FUNCTION end_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF to_jsonb(NEW) ->> TG_ARGV[0] IS NOT DISTINCT FROM to_jsonb(OLD) ->> TG_ARGV[0] OR acting_role() = 'toteboard_break_glass' THEN
        RETURN NEW;
    END IF;
    IF TG_NARGS > 1 AND to_jsonb(OLD) ->> TG_ARGV[0] IS NOT NULL THEN
        PERFORM refuse_again(TG_TABLE_NAME, TG_ARGV[0]);
    ELSIF to_jsonb(NEW) ->> TG_ARGV[0] IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], clock_timestamp()));
    END IF;
    RETURN NEW;
END $$;
DO $$
DECLARE one text[];
BEGIN
    FOREACH one SLICE 1 IN ARRAY ARRAY[
        ['users', 'deleted_at', ', 1'], ['sessions', 'revoked_at', ', 1'], ['password_codes', 'used_at', ', 1'], ['kyc_checks', 'changed_at', ''],
        ['tournaments', 'archived_at', ', 1'], ['tournaments', 'stopped_at', ''], ['outcomes', 'withdrawn_at', ''],
        ['settlements', 'finished_at', ', 1'], ['invitations', 'ended_at', ', 1']
    ] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE UPDATE OF %I ON %I FOR EACH ROW EXECUTE FUNCTION end_now(%L%s)',
                       one[2] || '_now', one[2], one[1], one[2], one[3]);
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

-- What is decided is not open again, and a result that was entered may be another one and never none: bets would come in on what is
-- known (rules/market.py).
CREATE OR REPLACE FUNCTION stay_decided() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF (OLD.status IN ('resulted', 'settling', 'settled', 'voiding', 'void') AND NEW.status IN ('draft', 'open', 'suspended', 'closed')
        OR OLD.result IS NOT NULL AND NEW.result IS NULL) AND acting_role() <> 'toteboard_break_glass' THEN
        PERFORM refuse_again(TG_TABLE_NAME, 'a decision');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stay_decided BEFORE UPDATE OF status, result ON markets FOR EACH ROW EXECUTE FUNCTION stay_decided();

-- Who has excluded themselves stays so until then.
CREATE OR REPLACE FUNCTION stay_excluded() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF OLD.excluded_until > clock_timestamp() AND (NEW.excluded_until IS NULL OR NEW.excluded_until < OLD.excluded_until)
       AND acting_role() <> 'toteboard_break_glass' THEN
        PERFORM refuse_again(TG_TABLE_NAME, 'an exclusion');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stay_excluded BEFORE UPDATE OF excluded_until ON users FOR EACH ROW EXECUTE FUNCTION stay_excluded();

-- A settlement begins to be paid when it is decided, behind the one before it, by the true start that was entered.
CREATE OR REPLACE FUNCTION begin_paying() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE v_last settlements;
BEGIN
    IF acting_role() = 'toteboard_break_glass' THEN
        RETURN NEW;
    END IF;
    SELECT * INTO v_last FROM settlements WHERE market_id = NEW.market_id ORDER BY version DESC LIMIT 1;
    NEW.status := 'paying';
    NEW.reverses := v_last.id;
    NEW.version := coalesce(v_last.version, 0) + 1;
    NEW.phase := CASE WHEN v_last.id IS NULL THEN 2 ELSE 1 END;
    NEW.started_at := (SELECT matches.started_at FROM markets JOIN matches ON matches.id = markets.match_id WHERE markets.id = NEW.market_id);
    IF v_last.status = 'paying' THEN
        PERFORM refuse_again(TG_TABLE_NAME, 'what is being paid');
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER begin_paying BEFORE INSERT ON settlements FOR EACH ROW EXECUTE FUNCTION begin_paying();

-- A limit counts from now on or later, a higher one than there is from a day on (people/users.py: INCREASE_DELAY); what counts until
-- then is what counts now.
CREATE OR REPLACE FUNCTION count_from_now() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
DECLARE v_earliest timestamptz := clock_timestamp();
BEGIN
    IF acting_role() <> 'toteboard_break_glass' THEN
        NEW.before := (SELECT amount FROM limits_of(NEW.user_id, NEW.tournament_id, ARRAY[NEW.kind], v_earliest) WHERE period = NEW.period);
        IF NEW.amount > NEW.before OR NEW.amount IS NULL AND NEW.before IS NOT NULL THEN
            v_earliest := v_earliest + interval '24 hours';
        END IF;
    END IF;
    NEW.effective_at := greatest(NEW.effective_at, v_earliest);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER count_from_now BEFORE INSERT ON limits FOR EACH ROW EXECUTE FUNCTION count_from_now();
