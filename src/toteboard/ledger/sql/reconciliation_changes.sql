-- What the database itself saw change (functions/change_log.sql), held against what stands and against what the program said.
-- Each check gives a row (subject, stored, derived) for every difference.

-- name: as_seen
-- Every row that is watched stands as it was last seen to be, and none that was seen is missing. A column that came later than
-- the row's last image, or is not kept any more, is not compared.
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
    WHERE now.image ? was.key AND now.image -> was.key IS DISTINCT FROM was.value
) AS told ON true
WHERE (seen.image IS NULL) <> (now.image IS NULL) OR told.stored IS NOT NULL
ORDER BY 1;

-- name: as_said
-- Every such change was said in the audit log by the same transaction, and was said to become what it became. `said` is where in
-- the row's details that stands, * for the column's name. A new row is its number ("id"); a column that is not listed is fixed,
-- or follows from another one: tests/ledger/test_watched_tables.py holds the list against what the application may write.
WITH listed (kind, command, keys, action, said) AS (
    VALUES
    ('transfer', 'insert', 'id', '^wallet\.(deposited|withdrawn)$', '{transfer_id}'),
    ('transfer', 'insert', 'amount', '^wallet\.(deposited|withdrawn)$', '{amount}'),
    ('member', 'insert', 'role', '^member\.joined$', '{role}'),
    ('member', 'update', 'role', '^member\.role_changed$', '{role,1}'),
    ('member', 'delete', 'role', '^member\.removed$', '{role}'),
    ('kyc_check', 'insert', 'status', '^kyc\.(verified|declined|review|expired|started)$', NULL),
    ('kyc_check', 'update', 'status', '^kyc\.(verified|declined|review|expired|pending)$', NULL),
    ('kyc_check', 'update', 'told decided_by same_as', '^(kyc\.|user\.deleted$)', NULL),
    ('identity_mark', 'insert', 'user_id', '^kyc\.', NULL),
    ('identity_mark', 'delete', 'user_id', '^user\.deleted$', NULL),
    ('outcome', 'insert', 'id', '^(outcome\.created|market\.created|tournament\.imported)$', NULL),
    ('outcome', 'update', 'odds_milli name withdrawn deduction_bps', '^outcome\.changed$', '{*,1}'),
    ('outcome', 'update', 'odds_version withdrawn_at', '^outcome\.changed$', NULL),
    ('outcome', 'delete', 'id', '^(outcome|market|match)\.deleted$', NULL),
    ('outcome_name', 'insert', 'id', '^outcome\.changed$', NULL),
    ('match', 'insert', 'id', '^(match\.created|tournament\.imported)$', NULL),
    ('match', 'update', 'name round venue number', '^match\.edited$', '{*,1}'),
    ('match', 'update', 'starts_at started_at score not_played', '^match\.edited$', NULL),
    ('match', 'update', 'is_imported', '^(match\.edited|tournament\.imported)$', NULL),
    ('match', 'delete', 'id', '^match\.deleted$', NULL),
    ('market', 'insert', 'id', '^(market\.created|tournament\.imported)$', NULL),
    ('market', 'update', 'result', '^market\.(resulted|settled|resettled)$', '{result}'),
    ('market', 'update', 'status closed_at', '^(market|settlement)\.', NULL),
    ('market', 'update', 'name kind takeout_bps break_to_milli minimum_milli started_with guaranteed carry_to carry places division',
        '^market\.edited$', '{*,1}'),
    ('market', 'update', 'liability_max stake_min stake_max total_max closes_offset_s', '^market\.edited$', '{*,1}'),
    ('market', 'update', 'opens_at closes_at minimum_tiers', '^market\.edited$', NULL),
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
    ('user', 'update', 'who', '^(user\.(edited|email_given|deleted)|password\.[a-z_]+)$', NULL),
    ('user', 'update', 'deleted_at', '^user\.deleted$', NULL),
    ('session', 'insert', 'id', '^(session\.started|token\.created)$', '{session_id}'),
    ('session', 'update', 'revoked_at', '^(session|token|user|password)\.', NULL),
    ('password_code', 'insert', 'id', '^password\.', NULL),
    ('password_code', 'update', 'used_at expires_at', '^(password\.|user\.(edited|deleted)$)', NULL),
    ('invitation', 'insert', 'role', '^invitation\.created$', '{role}'),
    ('invitation', 'insert', 'uses_left', '^invitation\.created$', '{uses}'),
    ('invitation', 'update', 'uses_left', '^invitation\.(taken|ended)$', NULL),
    ('invitation', 'update', 'ended_at', '^invitation\.ended$', NULL),
    ('import', 'insert', 'id', '^(tournament|people)\.imported$', '{import_id}'),
    ('tournament', 'insert', 'id', '^tournament\.created$', NULL),
    ('tournament', 'update', 'name slug subtitle timezone kyc_provider staff_may_bet starting_points four_eyes min_age',
        '^tournament\.edited$', '{*,1}'),
    ('tournament', 'update', 'deductions', '^tournament\.edited$', NULL),
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
        seen.before -> expected.key AS before, seen.image -> expected.key AS after,
        said_of(seen.subject, seen.command, coalesce(seen.image, seen.before)) AS about
    FROM seen
    INNER JOIN (SELECT DISTINCT kind, command, key FROM expected) AS expected
        ON seen.kind = expected.kind AND seen.command = expected.command
    WHERE seen.image -> expected.key IS DISTINCT FROM seen.before -> expected.key
        -- A column that came later than the image before is not compared.
        AND (seen.command <> 'update' OR seen.before ? expected.key)
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
            OR coalesce(said.details #> expected.said, 'null') = coalesce(moved.after, moved.before, 'null')
        )
        AND (
            moved.kind <> 'kyc_check' OR moved.key <> 'status'
            OR said.action = 'kyc.' || CASE WHEN moved.command = 'insert' AND moved.after = '"pending"' THEN 'started' ELSE moved.after #>> '{}' END
        )
    UNION
    -- Whoever broke the glass is in the log with what they did.
    SELECT moved.id, moved.key FROM moved WHERE moved.login = 'toteboard_break_glass'
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

-- name: as_done
-- What the audit log says was done to something was done: the same transaction changed it, or what belongs to it. What only tells
-- of itself, as a refusal does, is left out; bets have their own check.
WITH done AS (
    SELECT DISTINCT changed.xact, one.subject
    FROM (
        SELECT seen.xact, said_of(seen.subject, seen.command, coalesce(seen.image, seen.before)) AS about
        FROM (
            SELECT xact, subject, command, image, lag(image) OVER (PARTITION BY subject ORDER BY id) AS before FROM change_log
        ) AS seen
    ) AS changed
    CROSS JOIN LATERAL unnest(changed.about) AS one (subject)
)

SELECT said.subject, said.action || coalesce(' by user ' || said.user_id, '') || ' at ' || said.at AS stored, 'a change of it' AS derived
FROM audit_log AS said
LEFT JOIN done ON said.xact = done.xact AND said.subject = done.subject
WHERE done.subject IS NULL
    AND said.xact IS NOT NULL
    AND said.action ~ '^(wallet|member|kyc|outcome|match|market|limit|user|session|token|password|invitation|tournament|people|books|settlement)\.'
    AND said.action NOT IN ('market.own_bets', 'kyc.notified', 'kyc.forged', 'invitation.refused', 'books.derivation_requested')
ORDER BY said.id;

-- name: dated
-- Money came in and went out when the database saw it. An opening balance of a file stands just before the first bet that the
-- same file brought for its wallet, and no earlier.
WITH seen AS (
    SELECT split_part(subject, ':', 2)::bigint AS transfer_id, at, xact FROM change_log
    WHERE subject LIKE 'transfer:%' AND command = 'insert'
)

SELECT 'transfer:' || transfer.id AS subject, 'at ' || transfer.at AS stored, 'about ' || seen.at AS derived
FROM seen
INNER JOIN transfers AS transfer ON seen.transfer_id = transfer.id
WHERE transfer.at NOT BETWEEN seen.at - interval '2 minutes' AND seen.at
    AND NOT EXISTS (
        SELECT FROM bets AS bet
        INNER JOIN audit_log AS said ON said.subject = 'bet:' || bet.id AND said.action = 'bet.taken_over' AND said.xact = seen.xact
        WHERE bet.wallet_id = transfer.credit_account
            AND bet.placed_at BETWEEN transfer.at AND transfer.at + interval '1 second'
    )
ORDER BY transfer.id;

-- name: taken_over
-- Every bet that was taken elsewhere names an import of its tournament, made in the same transaction, and no import has more of
-- them than it says.
SELECT 'import:' || coalesce(import.id::text, '?') AS subject, count(*) || ' bets of tournament ' || said.tournament_id AS stored,
    CASE WHEN import.id IS NULL THEN 'no such import' ELSE 'at most ' || import.bets || ' of tournament ' || import.tournament_id END AS derived
FROM audit_log AS said
LEFT JOIN imports AS import ON (said.details ->> 'import_id')::bigint = import.id
WHERE said.action = 'bet.taken_over' AND said.details ->> 'import_id' IS NOT NULL
GROUP BY import.id, import.bets, import.tournament_id, said.tournament_id
HAVING import.id IS NULL OR count(*) > import.bets OR said.tournament_id <> import.tournament_id
ORDER BY 1;

-- name: in_order
-- A tournament's events came in the order of their times, but for sets that waited for each other: none was dated back.
WITH timed AS (
    SELECT tournament_id, seq, at, max(at) OVER (PARTITION BY tournament_id ORDER BY seq) AS latest FROM events
)

SELECT 'tournament:' || tournament_id || ' event:' || seq AS subject, 'at ' || at AS stored, 'about ' || latest || ' or later' AS derived
FROM timed
WHERE at < latest - interval '2 minutes'
ORDER BY tournament_id, seq;
