-- The database's own log of what matters: people's rights, identity and sessions, tournaments, matches, markets, odds, results,
-- names, limits, imports, and money that comes in or goes out. Whoever changes such a row, by whatever program, leaves its
-- image here.
--
-- Written by triggers of the owner, so that the application can neither leave a row out nor write one itself. `toteboard audit`
-- holds against it what stands, and what the program said in the audit log (reconciliation_changes.sql).

-- One hash of three texts, by a key that is nobody's but the owner's.
CREATE OR REPLACE FUNCTION keyed_hash(p_one text, p_two text, p_three text) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT encode(sha256(key || convert_to(jsonb_build_array(p_one, p_two, p_three)::text, 'UTF8')), 'hex') FROM change_log_key
$$;

-- What a row is called, and what of it is kept: no secrets, nothing personal, and no counters that are derived.
CREATE OR REPLACE FUNCTION watched_row(p_table text, p_row jsonb, OUT subject text, OUT image jsonb)
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT CASE p_table
               WHEN 'members' THEN 'member:' || (p_row ->> 'tournament_id') || '/' || (p_row ->> 'user_id')
               WHEN 'matches' THEN 'match:' || (p_row ->> 'id')
               -- A mark is of an identity, and gone with the account it is of: here it is only told from others.
               WHEN 'identity_marks'
                   THEN 'identity_mark:' || (p_row ->> 'user_id') || '/' || left(keyed_hash(p_row ->> 'mark', NULL, NULL), 16)
               WHEN 'kyc_messages' THEN 'kyc_message:' || (p_row ->> 'provider') || '/' || left(p_row ->> 'message_id', 16)
               WHEN 'invitation_uses' THEN 'invitation_use:' || (p_row ->> 'invitation_id') || '/' || (p_row ->> 'user_id')
               ELSE left(p_table, -1) || ':' || (p_row ->> 'id')
           END,
           CASE p_table
               -- Name, address and password only as one hash, which says that they changed. The owner's key keeps it from being
               -- guessed, and once they are erased the password's salt does too.
               WHEN 'users' THEN p_row - ARRAY['name', 'email', 'password_hash'] || jsonb_build_object(
                   'who', keyed_hash(p_row ->> 'name', p_row ->> 'email', p_row ->> 'password_hash'))
               WHEN 'sessions' THEN p_row - ARRAY['token_hash', 'label']
               WHEN 'password_codes' THEN p_row - ARRAY['code_hash']
               -- Documents and birth as one hash too; there it is the provider's number that is erased with them.
               WHEN 'kyc_checks' THEN p_row - ARRAY['note', 'page_url', 'reference', 'born_on', 'asked', 'ask_at', 'changed_at']
                   || jsonb_build_object('told', keyed_hash(p_row ->> 'reference', concat_ws(E'\n', p_row ->> 'note', p_row ->> 'page_url'), p_row ->> 'born_on'))
               WHEN 'invitations' THEN p_row - ARRAY['code_hash']
               WHEN 'identity_marks' THEN p_row - ARRAY['mark']
               WHEN 'matches' THEN p_row - ARRAY['version']
               WHEN 'markets' THEN p_row - ARRAY['version', 'carried', 'carried_gross']
               WHEN 'settlements' THEN p_row - ARRAY['terms', 'status', 'phase', 'cursor_wallet', 'bets_done', 'finished_at']
               ELSE p_row
           END
$$;

-- All rows as they stand, as they would be logged.
CREATE OR REPLACE FUNCTION watched_rows() RETURNS TABLE (of_table text, subject text, image jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
    SELECT stored.name, watched.*
      FROM (SELECT 'users' AS name, to_jsonb(users) AS fields FROM users
            UNION ALL SELECT 'sessions', to_jsonb(sessions) FROM sessions
            UNION ALL SELECT 'password_codes', to_jsonb(password_codes) FROM password_codes
            UNION ALL SELECT 'kyc_checks', to_jsonb(kyc_checks) FROM kyc_checks
            UNION ALL SELECT 'identity_marks', to_jsonb(identity_marks) FROM identity_marks
            UNION ALL SELECT 'tournaments', to_jsonb(tournaments) FROM tournaments
            UNION ALL SELECT 'members', to_jsonb(members) FROM members
            UNION ALL SELECT 'matches', to_jsonb(matches) FROM matches
            UNION ALL SELECT 'markets', to_jsonb(markets) FROM markets
            UNION ALL SELECT 'outcomes', to_jsonb(outcomes) FROM outcomes
            UNION ALL SELECT 'outcome_names', to_jsonb(outcome_names) FROM outcome_names
            UNION ALL SELECT 'limits', to_jsonb(limits) FROM limits
            UNION ALL SELECT 'invitations', to_jsonb(invitations) FROM invitations
            UNION ALL SELECT 'invitation_uses', to_jsonb(invitation_uses) FROM invitation_uses
            UNION ALL SELECT 'kyc_messages', to_jsonb(kyc_messages) FROM kyc_messages
            UNION ALL SELECT 'settlements', to_jsonb(settlements) FROM settlements
            UNION ALL SELECT 'imports', to_jsonb(imports) FROM imports
            UNION ALL SELECT 'transfers', to_jsonb(transfers) FROM transfers WHERE kind IN ('deposit', 'withdrawal')
           ) stored,
           LATERAL watched_row(stored.name, stored.fields) watched
$$;

CREATE OR REPLACE FUNCTION log_images(p_command text, p_subjects text[], p_images jsonb[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp
AS $$
    INSERT INTO change_log (command, subject, image, user_id, ip, login)
    SELECT p_command, row.subject, row.image, acting_user(), acting_ip(), acting_role()
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

-- What was there before its changes are logged is found once, as the first image; and so is what more is kept of a row from now
-- on. Nobody adds to the log by hand (only_added.sql): that rests for this moment, under the lock that it takes.
DO $$
DECLARE
    one text;
    v_is_kept boolean := EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'change_log'::regclass AND tgname = 'by_the_program');
    v_new text[] := CASE WHEN v_is_kept THEN '{}' ELSE '{transfers}' END;
BEGIN
    FOREACH one IN ARRAY ARRAY['users', 'sessions', 'password_codes', 'kyc_checks', 'identity_marks', 'tournaments', 'members', 'matches',
                               'markets', 'outcomes', 'outcome_names', 'limits', 'invitations', 'invitation_uses', 'kyc_messages',
                               'settlements', 'imports'] LOOP
        IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = one::regclass AND tgname = 'log_inserted') THEN
            v_new := v_new || one;
        END IF;
        EXECUTE format('CREATE OR REPLACE TRIGGER log_inserted AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_inserted()', one);
        EXECUTE format('CREATE OR REPLACE TRIGGER log_updated AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_updated()', one);
        EXECUTE format('CREATE OR REPLACE TRIGGER log_deleted AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION log_deleted()', one);
    END LOOP;
    IF v_is_kept THEN
        ALTER TABLE change_log DISABLE TRIGGER by_the_program;
    END IF;
    INSERT INTO change_log (command, subject, image, login)
    SELECT 'found', now.subject, coalesce(kept.image, now.image), acting_role()
      FROM watched_rows() now
      LEFT JOIN (SELECT DISTINCT ON (subject) subject, image FROM change_log ORDER BY subject, id DESC) seen USING (subject)
      -- Of a row that was seen only what is kept of it now and was not before: the rest stays as it was seen.
      LEFT JOIN LATERAL (SELECT jsonb_object_agg(field.key, coalesce(seen.image -> field.key, field.value)) AS image
                           FROM jsonb_each(now.image) field WHERE seen.image IS NOT NULL) kept ON true
     WHERE now.of_table = ANY (v_new)
        OR EXISTS (SELECT FROM jsonb_object_keys(now.image) field (key) WHERE NOT seen.image ? field.key);
    IF v_is_kept THEN
        ALTER TABLE change_log ENABLE TRIGGER by_the_program;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION watched_rows() TO toteboard_app, toteboard_auditor;
