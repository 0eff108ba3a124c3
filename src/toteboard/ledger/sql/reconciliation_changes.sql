-- What the database itself saw change (functions/change_log.sql), held against what stands and against what the program said.
-- Each check gives a row (subject, stored, derived) for every difference.

-- name: as_seen
-- Every row that is watched stands as it was last seen to be, and none that was seen is missing. A column that came later than
-- the row's last image is not compared.
WITH seen AS (
    SELECT DISTINCT ON (subject) subject, image FROM change_log
    ORDER BY subject, id DESC
)

SELECT
    coalesce(seen.subject, now.subject) AS subject, coalesce(told.stored, 'not there') AS stored,
    coalesce(told.seen, CASE WHEN seen.subject IS NULL THEN 'never seen to come' ELSE 'there' END) AS derived
FROM seen
FULL JOIN watched_rows() AS now ON seen.subject = now.subject
LEFT JOIN LATERAL (
    SELECT
        string_agg(was.key || ' ' || coalesce(now.image ->> was.key, 'nothing'), ', ' ORDER BY was.key) AS stored,
        string_agg(was.key || ' ' || coalesce(was.value #>> '{}', 'nothing'), ', ' ORDER BY was.key) AS seen
    FROM jsonb_each(seen.image) AS was
    WHERE now.image IS NOT NULL AND now.image -> was.key IS DISTINCT FROM was.value
) AS told ON true
WHERE (seen.image IS NULL) <> (now.image IS NULL) OR told.stored IS NOT NULL
ORDER BY 1;

-- name: as_said
-- Every deposit, role, identity decision, odds, result, name, time, limit and session that changed was said in the audit log
-- by the same transaction, and was said to become what it became. `said` is where in the row's details that stands.
WITH expected (kind, command, key, action, said) AS (
    VALUES
    ('transfer', 'insert', 'id', '^wallet\.(deposited|withdrawn)$', '{transfer_id}'),
    ('transfer', 'insert', 'amount', '^wallet\.(deposited|withdrawn)$', '{amount}'),
    ('member', 'insert', 'role', '^member\.joined$', '{role}'),
    ('member', 'update', 'role', '^member\.role_changed$', '{role,1}'),
    ('member', 'delete', 'role', '^member\.removed$', '{role}'),
    ('kyc_check', 'insert', 'status', '^kyc\.(verified|declined|review|expired|started)$', NULL),
    ('kyc_check', 'update', 'status', '^kyc\.(verified|declined|review|expired|pending)$', NULL),
    ('outcome', 'update', 'odds_milli', '^outcome\.changed$', '{odds_milli,1}'),
    ('outcome', 'update', 'name', '^outcome\.changed$', '{name,1}'),
    ('outcome', 'update', 'withdrawn', '^outcome\.changed$', '{withdrawn,1}'),
    ('outcome', 'update', 'deduction_bps', '^outcome\.changed$', '{deduction_bps,1}'),
    ('outcome', 'delete', 'id', '^(outcome|market|match)\.deleted$', NULL),
    ('match', 'update', 'name', '^match\.edited$', '{name,1}'),
    ('match', 'update', 'starts_at', '^match\.edited$', NULL),
    ('match', 'update', 'started_at', '^match\.edited$', NULL),
    ('match', 'update', 'score', '^match\.edited$', NULL),
    ('match', 'update', 'not_played', '^match\.edited$', NULL),
    ('match', 'delete', 'id', '^match\.deleted$', NULL),
    ('market', 'update', 'result', '^market\.(resulted|settled|resettled)$', '{result}'),
    ('market', 'update', 'status', '^(market|settlement)\.', NULL),
    ('market', 'update', 'closed_at', '^(market|settlement)\.', NULL),
    ('market', 'update', 'closes_at', '^market\.edited$', NULL),
    ('market', 'update', 'name', '^market\.edited$', NULL),
    ('market', 'update', 'kind', '^market\.edited$', NULL),
    ('market', 'update', 'takeout_bps', '^market\.edited$', NULL),
    ('market', 'delete', 'id', '^(market|match)\.deleted$', NULL),
    ('settlement', 'insert', 'id', '^market\.(settled|resettled|voided)$', '{settlement}'),
    ('settlement', 'insert', 'result', '^market\.(settled|resettled|voided)$', '{result}'),
    ('limit', 'insert', 'amount', '^limit\.changed$', '{amount}'),
    -- What was still to come says from its moment on what counts until then.
    ('limit', 'insert', 'amount', '^limit\.changed$', '{before}'),
    ('user', 'update', 'admin', '^user\.(promoted|demoted)$', '{admin}'),
    ('user', 'update', 'blocked', '^user\.(blocked|unblocked)$', NULL),
    ('user', 'update', 'excluded_until', '^user\.excluded$', NULL),
    ('user', 'update', 'kyc', '^(kyc\.|user\.deleted$)', NULL),
    ('user', 'update', 'person', '^(user\.(edited|email_given|deleted)|password\.[a-z_]+)$', NULL),
    ('user', 'update', 'deleted_at', '^user\.deleted$', NULL),
    ('session', 'insert', 'id', '^(session\.started|token\.created)$', '{session_id}'),
    ('session', 'update', 'revoked_at', '^(session|token|user|password)\.', NULL),
    ('password_code', 'insert', 'id', '^password\.', NULL),
    ('password_code', 'update', 'used_at', '^(password\.|user\.edited$)', NULL),
    ('invitation', 'insert', 'role', '^invitation\.created$', '{role}'),
    ('invitation', 'update', 'ended_at', '^invitation\.ended$', NULL),
    ('tournament', 'update', 'name', '^tournament\.edited$', '{name,1}'),
    ('tournament', 'update', 'kyc_provider', '^tournament\.edited$', '{kyc_provider,1}'),
    ('tournament', 'update', 'staff_may_bet', '^tournament\.edited$', '{staff_may_bet,1}'),
    ('tournament', 'update', 'starting_points', '^tournament\.edited$', '{starting_points,1}'),
    ('tournament', 'update', 'deductions', '^tournament\.edited$', NULL),
    ('tournament', 'update', 'four_eyes', '^tournament\.edited$', '{four_eyes,1}'),
    ('tournament', 'update', 'min_age', '^tournament\.edited$', '{min_age,1}'),
    ('tournament', 'update', 'stopped_at', '^books\.(stopped|lifted)$', NULL),
    ('tournament', 'update', 'archived_at', '^tournament\.archived$', NULL)
),

seen AS (
    SELECT id, xact, command, login, subject, split_part(subject, ':', 1) AS kind, image,
        lag(image) OVER (PARTITION BY subject ORDER BY id) AS before
    FROM change_log
),

moved AS (
    SELECT seen.id, seen.xact, seen.command, seen.login, seen.subject, seen.kind, expected.key,
        seen.before -> expected.key AS before, seen.image -> expected.key AS after,
        -- What the row of the log may be about: the thing itself, whom it belongs to, or what it went with.
        CASE seen.kind
            WHEN 'member' THEN ARRAY['user:' || split_part(seen.subject, '/', 2)]
            WHEN 'settlement' THEN ARRAY['market:' || (fields.of ->> 'market_id')]
            WHEN 'outcome' THEN ARRAY[seen.subject, 'market:' || (fields.of ->> 'market_id')]
            WHEN 'market' THEN ARRAY[seen.subject, 'match:' || (fields.of ->> 'match_id')]
            WHEN 'transfer'
                THEN ARRAY['wallet:' || (fields.of ->> CASE fields.of ->> 'kind' WHEN 'deposit' THEN 'credit_account' ELSE 'debit_account' END)]
            ELSE ARRAY[seen.subject, 'user:' || (fields.of ->> 'user_id')]
        END AS about
    FROM seen
    CROSS JOIN LATERAL (SELECT coalesce(seen.image, seen.before) AS of) AS fields
    INNER JOIN (SELECT DISTINCT kind, command, key FROM expected) AS expected
        ON seen.kind = expected.kind AND seen.command = expected.command
    WHERE seen.image -> expected.key IS DISTINCT FROM seen.before -> expected.key
),

said AS MATERIALIZED (
    SELECT xact, subject, action, details::jsonb AS details FROM audit_log
    WHERE xact IS NOT NULL AND action NOT IN ('bet.placed', 'bet.refused', 'bet.taken_over')
),

accounted AS (
    SELECT moved.id, moved.key
    FROM moved
    INNER JOIN expected ON moved.kind = expected.kind AND moved.command = expected.command AND moved.key = expected.key
    INNER JOIN said ON moved.xact = said.xact AND said.subject = any(moved.about)
    WHERE said.action ~ expected.action
        AND (
            expected.said IS NULL
            OR coalesce(said.details #> expected.said::text [], 'null') = coalesce(moved.after, moved.before, 'null')
        )
        AND (
            moved.kind <> 'kyc_check'
            OR said.action = 'kyc.' || CASE WHEN moved.command = 'insert' AND moved.after = '"pending"' THEN 'started' ELSE moved.after #>> '{}' END
        )
    UNION
    -- Whoever broke the glass is in the log with what they did.
    SELECT moved.id, moved.key
    FROM moved
    INNER JOIN said ON moved.xact = said.xact
    WHERE said.action = 'break_glass.used'
)

SELECT
    moved.subject,
    moved.key || ' ' || coalesce(moved.before #>> '{}', 'nothing') || ' → ' || coalesce(moved.after #>> '{}', 'nothing')
    || ', by ' || moved.login AS stored,
    'said so in the audit log' AS derived
FROM moved
LEFT JOIN accounted ON moved.id = accounted.id AND moved.key = accounted.key
WHERE accounted.id IS NULL
ORDER BY moved.id;

-- name: in_order
-- A tournament's events came in the order of their times, but for sets that waited for each other: none was dated back.
WITH timed AS (
    SELECT tournament_id, seq, at, max(at) OVER (PARTITION BY tournament_id ORDER BY seq) AS latest FROM events
)

SELECT 'tournament:' || tournament_id || ' event:' || seq AS subject, 'at ' || at AS stored, 'about ' || latest || ' or later' AS derived
FROM timed
WHERE at < latest - interval '2 minutes'
ORDER BY tournament_id, seq;
