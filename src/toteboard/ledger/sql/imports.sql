-- name: lock_slug
-- One import at a time into a tournament, also into one that is not there yet.
SELECT pg_advisory_xact_lock(hashtextextended('toteboard import ' || $1, 0));

-- name: tournament
-- The tournament of a slug, with how its last import moved the times.
SELECT
    tournament.id, tournament.name, tournament.currency, tournament.timezone, tournament.archived_at,
    (
        SELECT imports.schedule FROM imports
        WHERE imports.tournament_id = tournament.id AND imports.matches > 0
        ORDER BY imports.id DESC LIMIT 1
    ) AS schedule,
    EXISTS (SELECT FROM imports WHERE imports.tournament_id = tournament.id AND imports.matches > 0) AS imported
FROM tournaments AS tournament
WHERE tournament.slug = $1;

-- name: now
-- The database's clock: nobody else's decides.
SELECT clock_timestamp();

-- name: matches
-- A tournament's matches.
SELECT id, name, round, venue, starts_at, score, number, is_imported, not_played
FROM matches
WHERE tournament_id = $1
ORDER BY id;

-- name: markets
-- Their markets.
SELECT id, match_id, import_key, name, kind, status, opens_at, closes_at, closes_offset_s, result
FROM markets
WHERE tournament_id = $1
ORDER BY id;

-- name: outcomes
-- Their outcomes, in order, with how many bets lie on them.
SELECT outcome.id, outcome.market_id, outcome.name, outcome.lane_no, outcome.odds_milli, total.bets
FROM outcomes AS outcome
INNER JOIN outcome_totals AS total ON outcome.id = total.outcome_id
WHERE outcome.market_id = any($1::bigint [])
ORDER BY outcome.market_id, outcome.lane_no;

-- name: lock_markets
-- Markets by id, as everybody locks them: no bet is taken on them until the import is in.
SELECT lock_markets($1::bigint []);

-- name: lock_matches
-- Matches by id, after their markets.
SELECT id FROM matches
WHERE id = any($1::bigint [])
ORDER BY id
FOR NO KEY UPDATE;

-- name: new_matches
-- Add matches; their ids in the order they were asked for.
WITH added AS (
    INSERT INTO matches (tournament_id, name, round, venue, starts_at, score, number, not_played, is_imported)
    SELECT $1, asked.name, asked.round, asked.venue, asked.starts_at, asked.score::jsonb, asked.number, asked.not_played, true
    FROM unnest($2::text [], $3::text [], $4::text [], $5::timestamptz [], $6::text [], $7::text [], $8::text [])
        WITH ORDINALITY AS asked (name, round, venue, starts_at, score, number, not_played, no)
    ORDER BY asked.no
    RETURNING id
)

SELECT id FROM added ORDER BY id;

-- name: change_matches
-- Matches that a newer file tells otherwise, or has now; an audit row for each, as where somebody edits it by hand.
WITH before AS (
    SELECT matches.id, to_jsonb(matches) AS fields FROM matches WHERE matches.id = any($1::bigint [])
),

changed AS (
    UPDATE matches
    SET name = asked.name, round = asked.round, venue = asked.venue, starts_at = asked.starts_at,
        score = asked.score::jsonb, number = asked.number, not_played = asked.not_played, is_imported = true,
        version = matches.version + 1
    FROM unnest($1::bigint [], $2::text [], $3::text [], $4::text [], $5::timestamptz [], $6::text [], $7::text [], $8::text [])
        AS asked (id, name, round, venue, starts_at, score, number, not_played)
    WHERE matches.id = asked.id
    RETURNING matches.*
)

INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT changed.tournament_id, $9, $10::text::inet, 'match.edited', 'match:' || changed.id, told.fields
FROM changed
INNER JOIN before ON changed.id = before.id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(now.key, jsonb_build_array(before.fields -> now.key, now.value)) AS fields
    FROM jsonb_each(to_jsonb(changed)) AS now
    WHERE now.key IN ('name', 'round', 'venue', 'starts_at', 'score', 'number', 'not_played')
    AND now.value IS DISTINCT FROM before.fields -> now.key
) AS told
WHERE told.fields IS NOT NULL
ORDER BY changed.id;

-- name: new_markets
-- Add markets; their ids by match and key.
-- They close when their match begins.
INSERT INTO markets (tournament_id, match_id, import_key, name, kind, status, closes_at, closes_offset_s, takeout_bps)
SELECT $1, asked.match_id, asked.key, asked.name, asked.kind, asked.status, asked.closes_at, 0,
    CASE asked.kind WHEN 'pool' THEN $8::int ELSE 0 END
FROM unnest($2::bigint [], $3::text [], $4::text [], $5::text [], $6::text [], $7::timestamptz [])
    WITH ORDINALITY AS asked (match_id, key, name, kind, status, closes_at, no)
ORDER BY asked.no
RETURNING id, match_id, import_key;

-- name: new_outcomes
-- Add outcomes, each with its row of totals (functions/accounts_of.sql).
INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)
SELECT $1, asked.market_id, asked.name, asked.lane_no, asked.odds_milli
FROM unnest($2::bigint [], $3::text [], $4::int [], $5::int [])
    WITH ORDINALITY AS asked (market_id, name, lane_no, odds_milli, no)
ORDER BY asked.no;

-- name: change_markets
-- Markets whose closing moved with their match, that were opened, or whose result the file has; an audit row for each of these,
-- as where somebody does it by hand. What the file suspends is logged by log_suspended.
WITH before AS (
    SELECT id, closes_at, status, result FROM markets WHERE id = any($1::bigint [])
),

changed AS (
    UPDATE markets
    SET closes_at = asked.closes_at, status = asked.status, result = asked.result::jsonb, version = markets.version + 1
    FROM unnest($1::bigint [], $2::timestamptz [], $3::text [], $4::text [])
        AS asked (id, closes_at, status, result)
    WHERE markets.id = asked.id
    RETURNING markets.id, markets.tournament_id, markets.closes_at, markets.status, markets.result
),

told AS (
    SELECT changed.id, changed.tournament_id, 'market.edited' AS action,
        jsonb_build_object('closes_at', jsonb_build_array(before.closes_at, changed.closes_at)) AS details
    FROM changed INNER JOIN before ON changed.id = before.id
    WHERE changed.closes_at IS DISTINCT FROM before.closes_at
    UNION ALL
    SELECT changed.id, changed.tournament_id, 'market.opened', jsonb_build_object('before', before.status)
    FROM changed INNER JOIN before ON changed.id = before.id
    WHERE changed.status = 'open' AND before.status <> 'open'
    UNION ALL
    SELECT changed.id, changed.tournament_id, 'market.resulted',
        jsonb_build_object('before', before.result, 'result', changed.result, 'file', $5::text)
    FROM changed INNER JOIN before ON changed.id = before.id
    WHERE changed.status = 'resulted' AND changed.result IS DISTINCT FROM before.result
)

INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $6, $7::text::inet, action, 'market:' || id, details FROM told
ORDER BY id;

-- name: log_suspended
-- Open markets that the file suspended, a row for each, as where somebody does it by hand.
INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $2, $3::text::inet, 'market.suspended', 'market:' || id, json_build_object('before', 'open')
FROM markets
WHERE id = any($1::bigint [])
ORDER BY id;

-- name: rename_outcomes
-- Outcomes that have a real name now, an audit row for each; where there are bets, the name they were taken under is kept for
-- them.
WITH asked AS (
    SELECT wanted.id, wanted.name, outcomes.name AS before, outcomes.tournament_id
    FROM unnest($1::bigint [], $2::text []) AS wanted (id, name)
    INNER JOIN outcomes ON wanted.id = outcomes.id
),

kept AS (
    INSERT INTO outcome_names (tournament_id, outcome_id, name, reason, user_id)
    SELECT asked.tournament_id, asked.id, asked.before, $3::text, $4::bigint
    FROM asked
    WHERE EXISTS (SELECT FROM outcome_totals WHERE outcome_totals.outcome_id = asked.id AND outcome_totals.bets > 0)
),

renamed AS (
    UPDATE outcomes
    SET name = asked.name
    FROM asked
    WHERE outcomes.id = asked.id
)

INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $4, $5::text::inet, 'outcome.changed', 'outcome:' || id,
    json_build_object('reason', $3::text, 'name', json_build_array(before, name))
FROM asked
ORDER BY id;

-- name: price_outcomes
-- New odds and the version they have; an audit row for each, as for every change of odds.
WITH asked AS (
    SELECT priced.id, priced.odds_milli, outcomes.odds_milli AS before
    FROM unnest($1::bigint [], $2::int []) AS priced (id, odds_milli)
    INNER JOIN outcomes ON priced.id = outcomes.id
),

changed AS (
    UPDATE outcomes
    SET odds_milli = asked.odds_milli, odds_version = outcomes.odds_version + 1
    FROM asked
    WHERE outcomes.id = asked.id
    RETURNING outcomes.id, outcomes.tournament_id, asked.before, asked.odds_milli AS after
)

INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $3, $4::text::inet, 'outcome.changed', 'outcome:' || id,
    json_build_object('odds_milli', json_build_array(before, after))
FROM changed;

-- name: imported
-- That it happened.
INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, schedule, user_id)
VALUES ($1, $2, $3, $4, $5, $6::text::json, $7)
RETURNING id;

-- name: page
-- A tournament's imports, newest first, behind a cursor ($2). By the program itself where there is no name.
SELECT imports.id, imports.file_name, imports.matches, imports.outcomes, imports.people, imports.bets, imports.at,
    users.name AS by
FROM imports
LEFT JOIN users ON users.id = imports.user_id
WHERE imports.tournament_id = $1 AND ($2::bigint IS NULL OR imports.id < $2)
ORDER BY imports.id DESC
LIMIT $3;
