-- The database's own log of what matters: people's rights, identity and sessions, tournaments, matches, markets, odds, results,
-- limits, and money that comes in or goes out. Whoever changes such a row, by whatever program, leaves its image here.
--
-- Written by triggers of the owner, so that the application can neither leave a row out nor write one itself. `toteboard audit`
-- holds against it what stands, and what the program said in the audit log (reconciliation_changes.sql).

CREATE OR REPLACE FUNCTION acting_role() RETURNS text
LANGUAGE sql STABLE
-- Inside a function of the owner current_user is the owner; these two still say who asked.
AS $$ SELECT CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END $$;

-- What a row is called, and what of it is kept: no secrets, nothing personal, and no counters that are derived.
CREATE OR REPLACE FUNCTION watched_row(p_table text, p_row jsonb, OUT subject text, OUT image jsonb)
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT CASE p_table
               WHEN 'members' THEN 'member:' || (p_row ->> 'tournament_id') || '/' || (p_row ->> 'user_id')
               WHEN 'matches' THEN 'match:' || (p_row ->> 'id')
               ELSE left(p_table, -1) || ':' || (p_row ->> 'id')
           END,
           CASE p_table
               -- Name, address and password only as one hash, which says that they changed. The password's salt keeps them
               -- from being guessed, so who has no password has no hash.
               WHEN 'users' THEN p_row - ARRAY['name', 'email', 'password_hash'] || jsonb_build_object('person',
                   CASE WHEN p_row ->> 'password_hash' LIKE '$argon2%' THEN encode(sha256(convert_to(
                       concat_ws(E'\n', p_row ->> 'name', p_row ->> 'email', p_row ->> 'password_hash'), 'UTF8')), 'hex') END)
               WHEN 'sessions' THEN p_row - ARRAY['token_hash', 'label']
               WHEN 'password_codes' THEN p_row - ARRAY['code_hash']
               WHEN 'kyc_checks' THEN p_row - ARRAY['note', 'page_url', 'reference', 'born_on', 'asked', 'ask_at', 'changed_at']
               WHEN 'invitations' THEN p_row - ARRAY['code_hash', 'uses_left']
               WHEN 'matches' THEN p_row - ARRAY['version']
               WHEN 'markets' THEN p_row - ARRAY['version', 'carried', 'carried_gross']
               WHEN 'settlements' THEN p_row - ARRAY['terms', 'status', 'phase', 'cursor_wallet', 'bets_done', 'finished_at']
               ELSE p_row
           END
$$;

-- All rows as they stand, as they would be logged.
CREATE OR REPLACE FUNCTION watched_rows() RETURNS TABLE (subject text, image jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
    SELECT watched.*
      FROM (SELECT 'users' AS name, to_jsonb(users) AS fields FROM users
            UNION ALL SELECT 'sessions', to_jsonb(sessions) FROM sessions
            UNION ALL SELECT 'password_codes', to_jsonb(password_codes) FROM password_codes
            UNION ALL SELECT 'kyc_checks', to_jsonb(kyc_checks) FROM kyc_checks
            UNION ALL SELECT 'tournaments', to_jsonb(tournaments) FROM tournaments
            UNION ALL SELECT 'members', to_jsonb(members) FROM members
            UNION ALL SELECT 'matches', to_jsonb(matches) FROM matches
            UNION ALL SELECT 'markets', to_jsonb(markets) FROM markets
            UNION ALL SELECT 'outcomes', to_jsonb(outcomes) FROM outcomes
            UNION ALL SELECT 'limits', to_jsonb(limits) FROM limits
            UNION ALL SELECT 'invitations', to_jsonb(invitations) FROM invitations
            UNION ALL SELECT 'settlements', to_jsonb(settlements) FROM settlements
            UNION ALL SELECT 'transfers', to_jsonb(transfers) FROM transfers WHERE kind IN ('deposit', 'withdrawal')
           ) stored,
           LATERAL watched_row(stored.name, stored.fields) watched
$$;

CREATE OR REPLACE FUNCTION log_images(p_command text, p_subjects text[], p_images jsonb[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO change_log (command, subject, image, user_id, ip, login)
    SELECT p_command, row.subject, row.image, nullif(current_setting('toteboard.user_id', true), '')::bigint,
           nullif(current_setting('toteboard.ip', true), '')::inet, acting_role()
      FROM unnest(p_subjects, p_images) WITH ORDINALITY AS row (subject, image, no) ORDER BY row.no
$$;

CREATE OR REPLACE FUNCTION log_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    PERFORM log_images('insert', array_agg(watched.subject), array_agg(watched.image))
       FROM new_rows, LATERAL watched_row(TG_TABLE_NAME, to_jsonb(new_rows)) watched HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION log_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    PERFORM log_images('update', array_agg(changed.subject), array_agg(changed.image))
       FROM (
            WITH after AS MATERIALIZED (
                SELECT watched.* FROM new_rows, LATERAL watched_row(TG_TABLE_NAME, to_jsonb(new_rows)) watched
            ), before AS MATERIALIZED (
                SELECT watched.* FROM old_rows, LATERAL watched_row(TG_TABLE_NAME, to_jsonb(old_rows)) watched
            )
            SELECT after.subject, after.image FROM after LEFT JOIN before ON before.subject = after.subject
             WHERE after.image IS DISTINCT FROM before.image
            UNION ALL
            -- A row whose number was changed: what it was is gone.
            SELECT before.subject, NULL FROM before WHERE NOT EXISTS (SELECT FROM after WHERE after.subject = before.subject)
            ) changed
     HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION log_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    PERFORM log_images('delete', array_agg(watched.subject), array_fill(NULL::jsonb, ARRAY[count(*)::int]))
       FROM old_rows, LATERAL watched_row(TG_TABLE_NAME, to_jsonb(old_rows)) watched HAVING count(*) > 0;
    RETURN NULL;
END $$;

-- A row at a time, for the table that stakes go into too: of those nothing is called here.
CREATE OR REPLACE FUNCTION log_cash() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
BEGIN
    PERFORM log_images('insert', ARRAY[watched.subject], ARRAY[watched.image]) FROM watched_row('transfers', to_jsonb(NEW)) watched;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER log_cash AFTER INSERT ON transfers
FOR EACH ROW WHEN (NEW.kind IN ('deposit', 'withdrawal')) EXECUTE FUNCTION log_cash();

DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['users', 'sessions', 'password_codes', 'kyc_checks', 'tournaments', 'members', 'matches', 'markets',
                               'outcomes', 'limits', 'invitations', 'settlements'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER log_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_inserted()', one);
        EXECUTE format('CREATE OR REPLACE TRIGGER log_updated AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_updated()', one);
        EXECUTE format('CREATE OR REPLACE TRIGGER log_deleted AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_deleted()', one);
    END LOOP;
END $$;

-- Called by nobody but triggers and whoever derives the books.
REVOKE EXECUTE ON FUNCTION watched_rows(), log_images(text, text[], jsonb[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION watched_rows() TO toteboard_app, toteboard_auditor;

-- What was there before this log was; only_added.sql, behind this file, allows it no more.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'change_log'::regclass AND tgname = 'by_the_program') THEN
        INSERT INTO change_log (command, subject, image, login) SELECT 'found', subject, image, acting_role() FROM watched_rows();
    END IF;
END $$;
