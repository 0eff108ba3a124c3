-- Matches. Their markets are locked before them (markets.sql).

-- name: create
-- Add a match to a tournament that is not archived; no row where it is, or is not there.
INSERT INTO matches (tournament_id, name, round, venue, starts_at, number, is_imported)
SELECT id, $2, $3, $4, $5, $6, $7 FROM tournaments WHERE id = $1 AND archived_at IS NULL
RETURNING id;

-- name: count
SELECT count(*) FROM matches WHERE tournament_id = $1;

-- name: one
-- One match.
SELECT id, tournament_id, name, round, venue, starts_at, started_at, score, not_played, version FROM matches WHERE id = $1;

-- name: page
-- A tournament's matches in the order they were added, behind a cursor ($2).
SELECT id, tournament_id, name, round, venue, starts_at, started_at, score, not_played, version
  FROM matches
 WHERE tournament_id = $1 AND ($2::bigint IS NULL OR id > $2)
 ORDER BY id LIMIT $3;

-- name: lock
-- One match, locked, after its markets.
SELECT id, tournament_id, name, round, venue, starts_at, started_at, score, not_played, version FROM matches WHERE id = $1 FOR UPDATE;

-- name: now
-- The database's clock: nobody else's decides.
SELECT clock_timestamp();

-- name: is_archived
-- Whether the match's tournament is put away.
SELECT tournaments.archived_at IS NOT NULL
  FROM matches JOIN tournaments ON tournaments.id = matches.tournament_id
 WHERE matches.id = $1;

-- name: edit
-- Everything about a match that may be edited.
UPDATE matches
   SET name = $2, round = $3, venue = $4, starts_at = $5, started_at = $6, score = $7::text::jsonb, not_played = $8,
       version = version + 1
 WHERE id = $1;

-- name: remove
DELETE FROM matches WHERE id = $1;

-- name: events
-- Matches as the feed tells them: the payloads of the event 'match'.
SELECT tournament_id, json_build_object('match', to_jsonb(matches))::text AS payload
  FROM matches
 WHERE id = ANY ($1::bigint[])
 ORDER BY id;
