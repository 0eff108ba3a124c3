-- Whether two texts are the same moment, or both none; what is no time is the same as nothing.
CREATE OR REPLACE FUNCTION is_same_time(p_one text, p_other text) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_one IS NULL OR p_other IS NULL THEN p_one IS NULL AND p_other IS NULL
        WHEN pg_input_is_valid(p_one, 'timestamptz') AND pg_input_is_valid(p_other, 'timestamptz') THEN p_one::timestamptz = p_other::timestamptz
        ELSE false
    END
$$;

-- What a row of the audit log about a change (functions/change_log.sql) may have as its subject: the thing itself, whom it belongs to,
-- or what it went with.
CREATE OR REPLACE FUNCTION said_of(p_subject text, p_command text, p_row jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE split_part(p_subject, ':', 1)
               WHEN 'member' THEN ARRAY['user:' || split_part(p_subject, '/', 2)]
               WHEN 'session' THEN ARRAY['user:' || (p_row ->> 'user_id')]
               WHEN 'settlement' THEN ARRAY['market:' || (p_row ->> 'market_id')]
               WHEN 'outcome' THEN ARRAY[p_subject, 'market:' || (p_row ->> 'market_id')]
               WHEN 'kyc_message' THEN ARRAY['message:' || left(p_row ->> 'message_id', 16)]
               WHEN 'invitation_use' THEN ARRAY['invitation:' || (p_row ->> 'invitation_id')]
               WHEN 'outcome_name' THEN ARRAY['outcome:' || (p_row ->> 'outcome_id')]
               WHEN 'market' THEN ARRAY[p_subject, 'match:' || (p_row ->> 'match_id')]
               WHEN 'transfer'
                   THEN ARRAY['wallet:' || (p_row ->> CASE p_row ->> 'kind' WHEN 'deposit' THEN 'credit_account' ELSE 'debit_account' END)]
               ELSE ARRAY[p_subject, 'user:' || (p_row ->> 'user_id')]
           END
        || CASE WHEN p_command <> 'delete' AND split_part(p_subject, ':', 1) IN ('import', 'outcome', 'match', 'market')
                -- What a file brought is said of the tournament.
                THEN ARRAY['tournament:' || (p_row ->> 'tournament_id')] END
$$;

-- Every change that the database saw (functions/change_log.sql), column by column, with the row of the audit log that tells of it in the
-- same transaction: none where nobody did. `said` is where in the row's details stands what it became, * for the column's name
-- and # for an outcome's place. A new row is its number ("id"); a column that is not listed is fixed, or follows from another one:
-- tests/ledger/test_watched_tables.py holds the list against what the application may write. What a file brought is said of the
-- import, which keeps the file's hash.
CREATE OR REPLACE FUNCTION changes_told() RETURNS TABLE (change_id bigint, subject text, key text, before jsonb, after jsonb, login text, said_id bigint)
LANGUAGE sql STABLE
AS $$
WITH listed (kind, command, keys, action, said) AS (
    VALUES
    ('transfer', 'insert', 'id', '^wallet\.(deposited|withdrawn)$', '{transfer_id}'),
    ('transfer', 'insert', 'amount', '^wallet\.(deposited|withdrawn)$', '{amount}'),
    ('member', 'insert', 'role', '^member\.joined$', '{role}'),
    ('member', 'update', 'role', '^member\.role_changed$', '{role,1}'),
    ('member', 'delete', 'role', '^member\.removed$', '{role}'),
    ('kyc_check', 'insert', 'status', '^kyc\.(verified|declined|review|expired|started)$', NULL),
    ('kyc_check', 'insert', 'provider', '^kyc\.(verified|declined|review|expired|started)$', '{*}'),
    ('kyc_check', 'insert', 'decided_by', '^kyc\.', NULL),
    ('kyc_check', 'update', 'status', '^kyc\.(verified|declined|review|expired|pending)$', NULL),
    ('kyc_check', 'update', 'told same_as', '^(kyc\.|user\.deleted$)', NULL),
    ('kyc_check', 'update', 'decided_by', '^kyc\.(verified|declined)$', NULL),
    ('kyc_message', 'insert', 'message_id', '^kyc\.notified$', NULL),
    ('identity_mark', 'insert', 'user_id', '^kyc\.(verified|review)$', NULL),
    ('identity_mark', 'delete', 'user_id', '^user\.deleted$', NULL),
    ('outcome', 'insert', 'id', '^(outcome\.created|market\.created|tournament\.imported)$', NULL),
    ('outcome', 'insert', 'name odds_milli', '^(outcome\.created|tournament\.imported)$', '{*}'),
    ('outcome', 'insert', 'name odds_milli', '^market\.created$', '{outcomes,#,*}'),
    ('outcome', 'update', 'odds_milli name withdrawn deduction_bps', '^outcome\.changed$', '{*,1}'),
    ('outcome', 'update', 'odds_version withdrawn_at', '^outcome\.changed$', NULL),
    ('outcome', 'delete', 'id', '^(outcome|market|match)\.deleted$', NULL),
    ('outcome_name', 'insert', 'id', '^outcome\.changed$', NULL),
    ('match', 'insert', 'id', '^(match\.created|tournament\.imported)$', NULL),
    ('match', 'insert', 'name starts_at', '^(match\.created|tournament\.imported)$', '{*}'),
    ('match', 'update', 'name round venue number starts_at started_at score not_played', '^match\.edited$', '{*,1}'),
    ('match', 'update', 'is_imported', '^(match\.edited|tournament\.imported)$', NULL),
    ('match', 'delete', 'id', '^match\.deleted$', NULL),
    ('market', 'insert', 'id', '^(market\.created|tournament\.imported)$', NULL),
    ('market', 'insert', 'name kind takeout_bps break_to_milli minimum_milli minimum_tiers started_with guaranteed carry_to carry places',
        '^(market\.created|tournament\.imported)$', '{*}'),
    ('market', 'insert', 'division liability_max stake_min stake_max total_max opens_at closes_at closes_offset_s',
        '^(market\.created|tournament\.imported)$', '{*}'),
    ('market', 'update', 'result', '^market\.(resulted|settled|resettled)$', '{result}'),
    ('market', 'update', 'status closed_at',
        '^(market\.(opened|suspended|closed|reopened|resulted|settled|resettled|voided)|settlement\.paid)$', NULL),
    ('market', 'update', 'name kind takeout_bps break_to_milli minimum_milli started_with guaranteed carry_to carry places division',
        '^market\.edited$', '{*,1}'),
    ('market', 'update', 'liability_max stake_min stake_max total_max closes_offset_s opens_at closes_at minimum_tiers', '^market\.edited$',
        '{*,1}'),
    ('market', 'delete', 'id', '^(market|match)\.deleted$', NULL),
    ('settlement', 'insert', 'id', '^market\.(settled|resettled|voided)$', '{settlement}'),
    ('settlement', 'insert', 'result', '^market\.(settled|resettled|voided)$', '{result}'),
    ('limit', 'insert', 'amount', '^limit\.changed$', '{amount}'),
    ('limit', 'insert', 'before', '^limit\.changed$', '{before}'),
    -- Before 0026 a row for each moment that was still to come said what counts until then.
    ('limit', 'insert', 'amount', '^limit\.changed$', '{before}'),
    ('user', 'insert', 'id', '^user\.registered$', NULL),
    ('user', 'update', 'admin', '^user\.(promoted|demoted)$', '{admin}'),
    ('user', 'update', 'blocked', '^user\.(blocked|unblocked)$', NULL),
    ('user', 'update', 'excluded_until', '^user\.excluded$', NULL),
    ('user', 'update', 'kyc', '^(kyc\.|user\.deleted$)', NULL),
    ('user', 'update', 'who', '^user\.(edited|email_given|deleted)$', NULL),
    ('user', 'update', 'deleted_at', '^user\.deleted$', NULL),
    ('session', 'insert', 'id', '^(session\.started|token\.created)$', '{session_id}'),
    ('session', 'update', 'revoked_at', '^(session|token|user|password)\.', NULL),
    ('password_code', 'insert', 'id', '^password\.', NULL),
    ('password_code', 'update', 'used_at expires_at', '^(password\.|user\.(edited|deleted)$)', NULL),
    ('invitation', 'insert', 'role', '^invitation\.created$', '{role}'),
    ('invitation', 'insert', 'uses_left', '^invitation\.created$', '{uses}'),
    ('invitation', 'insert', 'expires_at', '^invitation\.created$', '{*}'),
    ('invitation_use', 'insert', 'user_id', '^invitation\.taken$', NULL),
    ('invitation', 'update', 'uses_left', '^invitation\.(taken|ended)$', NULL),
    ('invitation', 'update', 'ended_at', '^invitation\.ended$', NULL),
    ('import', 'insert', 'id', '^(tournament|people)\.imported$', '{import_id}'),
    ('tournament', 'insert', 'id', '^tournament\.created$', NULL),
    ('tournament', 'insert', 'slug name currency kyc_provider staff_may_bet starting_points', '^tournament\.created$', '{*}'),
    ('tournament', 'update', 'name slug subtitle timezone kyc_provider staff_may_bet starting_points four_eyes min_age deductions',
        '^tournament\.edited$', '{*,1}'),
    ('tournament', 'update', 'simulated_per_min', '^tournament\.(edited|discarded)$', NULL),
    ('tournament', 'update', 'discarded_at', '^tournament\.discarded$', NULL),
    ('tournament', 'update', 'stopped_at stopped_markets', '^books\.(stopped|lifted)$', NULL),
    ('tournament', 'update', 'differs', '^books\.(stopped|balanced)$', NULL),
    ('tournament', 'update', 'archived_at', '^tournament\.archived$', NULL)
),

expected AS (
    SELECT listed.kind, listed.command, one.key, listed.action, array_replace(listed.said::text [], '*', one.key) AS said
    FROM listed CROSS JOIN LATERAL unnest(string_to_array(listed.keys, ' ')) AS one (key)
),

seen AS (
    SELECT id, xact, command, login, subject, split_part(subject, ':', 1) AS kind, image,
        lag(image) OVER (PARTITION BY subject ORDER BY id) AS before
    FROM change_log
),

moved AS (
    SELECT seen.id, seen.xact, seen.command, seen.login, seen.subject, seen.kind, expected.key,
        seen.before -> expected.key AS before, seen.image -> expected.key AS after, coalesce(seen.image, seen.before) AS of,
        said_of(seen.subject, seen.command, coalesce(seen.image, seen.before)) AS about
    FROM seen
    INNER JOIN (SELECT DISTINCT kind, command, key FROM expected) AS expected
        ON seen.kind = expected.kind AND seen.command = expected.command
    WHERE seen.image -> expected.key IS DISTINCT FROM seen.before -> expected.key
        -- A column that came later than the image before is not compared.
        AND (seen.command <> 'update' OR seen.before ? expected.key)
),

-- A row for each subject that may tell of it: a transaction with thousands of changes, as a copy of a tournament has, is not
-- compared change by change with each of its thousands of rows in the log.
spoken AS MATERIALIZED (
    SELECT moved.*, about.subject AS spoken_of FROM moved CROSS JOIN LATERAL unnest(moved.about) AS about (subject)
),

said AS MATERIALIZED (
    SELECT id, xact, subject, action, tournament_id, user_id, details::jsonb AS details FROM audit_log
    WHERE xact IS NOT NULL AND action NOT IN ('bet.placed', 'bet.refused', 'bet.taken_over')
    UNION ALL
    -- Of the message as well, which knows no person.
    SELECT id, xact, 'message:' || (details ->> 'message'), action, tournament_id, user_id, details::jsonb FROM audit_log
    WHERE xact IS NOT NULL AND action = 'kyc.notified'
),

told AS (
    SELECT moved.id, moved.key, said.id AS said_id
    FROM spoken AS moved
    INNER JOIN expected ON moved.kind = expected.kind AND moved.command = expected.command AND moved.key = expected.key
    INNER JOIN said ON moved.xact = said.xact AND moved.spoken_of = said.subject
    WHERE said.action ~ expected.action
        AND CASE
            WHEN expected.said IS NULL THEN true
            WHEN said.action = 'tournament.imported' AND moved.kind <> 'import' THEN true
            WHEN moved.key LIKE '%\_at' THEN is_same_time(said.details #>> expected.said, moved.after #>> '{}')
            ELSE coalesce(
                said.details #> array_replace(expected.said, '#', ((moved.of ->> 'lane_no')::int - 1)::text), 'null'
            ) = coalesce(moved.after, moved.before, 'null')
        END
        -- Of the tournament that it is in, where it is in one.
        AND (
            moved.kind NOT IN ('member', 'limit', 'invitation', 'match', 'market', 'outcome', 'settlement', 'import', 'transfer')
            OR said.tournament_id = (moved.of ->> 'tournament_id')::bigint
        )
        -- And of the same thing in one row: not the number in one and the amount in another, and what it became by its own word.
        AND CASE moved.kind
            WHEN 'transfer' THEN (said.details ->> 'transfer_id', said.details ->> 'amount', said.action)
                = (moved.of ->> 'id', moved.of ->> 'amount', CASE moved.of ->> 'kind' WHEN 'deposit' THEN 'wallet.deposited' ELSE 'wallet.withdrawn' END)
            WHEN 'settlement' THEN said.details ->> 'settlement' = moved.of ->> 'id' AND said.details -> 'result' = moved.of -> 'result'
            WHEN 'limit' THEN (said.details ->> 'kind', said.details ->> 'period') = (moved.of ->> 'kind', moved.of ->> 'period')
            WHEN 'kyc_check'
                THEN (said.action = 'user.deleted' OR said.details ->> 'check_id' = moved.of ->> 'id')
                AND CASE moved.key
                    WHEN 'status' THEN said.action = 'kyc.' || CASE
                        WHEN moved.command = 'insert' AND moved.after = '"pending"' THEN 'started' ELSE moved.after #>> '{}'
                    END
                    WHEN 'decided_by' THEN moved.after = 'null' OR said.user_id::text = moved.after #>> '{}'
                    ELSE true
                END
            WHEN 'invitation_use' THEN said.user_id::text = moved.after #>> '{}'
            WHEN 'user'
                THEN moved.key <> 'blocked' OR said.action = CASE moved.after WHEN 'true' THEN 'user.blocked' ELSE 'user.unblocked' END
            WHEN 'invitation' THEN said.action <> 'invitation.taken' OR moved.after::int = moved.before::int - 1
            WHEN 'market'
                THEN moved.key <> 'status' OR moved.after #>> '{}' = any(CASE said.action
                    WHEN 'market.opened' THEN ARRAY['open'] WHEN 'market.reopened' THEN ARRAY['open']
                    WHEN 'market.suspended' THEN ARRAY['suspended'] WHEN 'market.closed' THEN ARRAY['closed']
                    WHEN 'market.resulted' THEN ARRAY['resulted'] WHEN 'market.voided' THEN ARRAY['voiding']
                    WHEN 'settlement.paid' THEN ARRAY['settled', 'void'] ELSE ARRAY['settling']
                END)
            ELSE true
        END
)

SELECT moved.id, moved.subject, moved.key, moved.before, moved.after, moved.login, told.said_id
FROM moved LEFT JOIN told ON moved.id = told.id AND moved.key = told.key
$$;

-- Where it comes to a database that has these rights already (zz_rights.sql).
GRANT EXECUTE ON FUNCTION is_same_time(text, text) TO toteboard_app, toteboard_auditor, toteboard_reporter, toteboard_break_glass;
