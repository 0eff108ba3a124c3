-- Delays: a match and all that begin then or later in its tournament, moved together.

-- name: from_here
-- The match and every other that begins at its start or later.
SELECT later.id
  FROM matches here JOIN matches later ON later.tournament_id = here.tournament_id AND later.starts_at >= here.starts_at
 WHERE here.id = $1
 ORDER BY later.id;

-- name: markets_of
SELECT id FROM markets WHERE match_id = ANY ($1::bigint[]) ORDER BY id;

-- name: lock_markets
-- functions/lock_markets.sql
SELECT lock_markets($1::bigint[]);

-- name: lock_matches
-- Matches by id, after their markets.
SELECT id FROM matches WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: first
-- The match that all begins with.
SELECT matches.starts_at, tournaments.archived_at
  FROM matches JOIN tournaments ON tournaments.id = matches.tournament_id
 WHERE matches.id = $1;

-- name: matches
-- These matches in the order they begin.
SELECT id, name, starts_at FROM matches WHERE id = ANY ($1::bigint[]) ORDER BY starts_at, id;

-- name: markets
-- Their markets, with what says how they close.
SELECT markets.id, markets.match_id, markets.name, matches.name AS match, markets.status, markets.closes_at, markets.closes_offset_s
  FROM markets JOIN matches ON matches.id = markets.match_id
 WHERE markets.id = ANY ($1::bigint[])
 ORDER BY matches.starts_at, markets.id;

-- name: move_matches
-- Let these matches begin later, each with its row in the log.
WITH asked AS (
    SELECT id, tournament_id, starts_at AS before, starts_at + $2::interval AS after FROM matches WHERE id = ANY ($1::bigint[])
), moved AS (
    UPDATE matches SET starts_at = asked.after, version = version + 1 FROM asked WHERE matches.id = asked.id
)
INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $3, $4::text::inet, 'match.edited', 'match:' || id,
       json_build_object('starts_at', json_build_array(before, after))
  FROM asked ORDER BY id;
