-- Markets. A market's row is locked FOR UPDATE before anything about it changes: bets hold it FOR SHARE, so that
-- each is before the change or after it. What is decided on is read by a statement that begins after the lock.

-- name: shown
-- Markets by id, without their outcomes.
SELECT id, tournament_id, match_id, status, closed_at, result, version, carried, carried_gross, {terms}
  FROM markets WHERE id = ANY ($1::bigint[]) ORDER BY id;

-- name: page
-- The ids of a match's markets in the order they were added, behind a cursor ($2).
SELECT id FROM markets WHERE match_id = $1 AND ($2::bigint IS NULL OR id > $2) ORDER BY id LIMIT $3;

-- name: outcomes
-- The outcomes of these markets with what is staked on them, in their places.
SELECT outcome.id, outcome.market_id, outcome.name, outcome.lane_no, outcome.odds_milli, outcome.odds_version,
       outcome.withdrawn, outcome.withdrawn_at, outcome.deduction_bps, totals.stakes, totals.bets, totals.returns
  FROM outcomes outcome
  JOIN outcome_totals totals ON totals.outcome_id = outcome.id
 WHERE outcome.market_id = ANY ($1::bigint[])
 ORDER BY outcome.market_id, outcome.lane_no;

-- name: create
-- Add a market with these terms ($2, a JSON object) to a match of a tournament that is not archived; no row where it is, or
-- the match is not there.
INSERT INTO markets (tournament_id, match_id, import_key, {terms})
SELECT tournaments.id, matches.id, $3, {given.terms}
  FROM matches JOIN tournaments ON tournaments.id = matches.tournament_id
 CROSS JOIN json_populate_record(NULL::markets, $2::text::json) given
 WHERE matches.id = $1 AND tournaments.archived_at IS NULL
RETURNING id, tournament_id;

-- name: count_of_match
SELECT count(*) FROM markets WHERE match_id = $1;

-- name: start_of_match
-- When the match begins; it stays so until the market that asks is there.
SELECT starts_at FROM matches WHERE id = $1 FOR SHARE;

-- name: follow
-- Let these markets close with their matches' new starts; before and after, for the log.
WITH asked AS (
    SELECT markets.id, markets.tournament_id, markets.closes_at AS before, wanted.closes_at AS after
      FROM unnest($1::bigint[], $2::timestamptz[]) wanted (id, closes_at) JOIN markets ON markets.id = wanted.id
), moved AS (
    UPDATE markets SET closes_at = asked.after, version = version + 1 FROM asked WHERE markets.id = asked.id
)
INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
SELECT tournament_id, $3, $4::text::inet, 'market.edited', 'market:' || id,
       json_build_object('closes_at', json_build_array(before, after))
  FROM asked ORDER BY id;

-- name: add_outcomes
-- Add outcomes behind those the market has, each with its row of totals (functions/accounts_of.sql); their ids in order.
WITH added AS (
    INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)
    SELECT $1, $2, asked.name,
           asked.no + (SELECT coalesce(max(lane_no), 0) FROM outcomes WHERE market_id = $2), asked.odds_milli
      FROM unnest($3::text[], $4::int[]) WITH ORDINALITY AS asked (name, odds_milli, no)
     ORDER BY asked.no
    RETURNING id, lane_no
)
SELECT id FROM added ORDER BY lane_no;

-- name: lock
-- One market, against bets and everybody else, with those that its pool goes to or went to.
SELECT id FROM lock_markets(carry_targets(ARRAY[$1::bigint])) id WHERE id = $1;

-- name: lock_of_match
-- All markets of a match, by id, with those that their pools go to or went to.
SELECT locked.id
  FROM lock_markets(carry_targets((SELECT coalesce(array_agg(id), '{}') FROM markets WHERE match_id = $1))) locked (id)
  JOIN markets ON markets.id = locked.id
 WHERE markets.match_id = $1 ORDER BY locked.id;

-- name: under_lock
-- Markets as they are after the lock, with what decides about them.
SELECT market.id, market.tournament_id, market.match_id, market.status, market.closed_at, market.result, market.version,
       market.carried, market.carried_gross, {market.terms}, clock_timestamp() AS now, match.starts_at, match.started_at, tournament.archived_at,
       tournament.stopped_at, counted.bets,
       EXISTS (SELECT FROM settlements WHERE settlements.market_id = market.id) AS decided
  FROM markets market
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = market.tournament_id
 CROSS JOIN LATERAL (
        SELECT coalesce(sum(totals.bets), 0)::bigint AS bets FROM outcome_totals totals WHERE totals.market_id = market.id
       ) counted
 WHERE market.id = ANY ($1::bigint[])
 ORDER BY market.id;

-- name: edit
-- Give a market these terms ($2, a JSON object of all of them).
UPDATE markets
   SET ({terms}) = (SELECT {given.terms} FROM json_populate_record(NULL::markets, $2::text::json) given), version = version + 1
 WHERE id = $1;

-- name: move
-- Give a market its next state. It was closed when it closed by itself, if that was earlier.
UPDATE markets
   SET status = $2, version = version + 1,
       closed_at = CASE $2 WHEN 'closed' THEN least(closes_at, clock_timestamp()) WHEN 'open' THEN NULL ELSE closed_at END
 WHERE id = $1;

-- name: enter_result
UPDATE markets SET status = $2, result = $3::text::jsonb, version = version + 1 WHERE id = $1;

-- name: touch
-- Something about a market's outcomes changed.
UPDATE markets SET version = version + 1 WHERE id = $1;

-- name: remove_outcomes
-- Outcomes that no bet has touched, with their totals.
DELETE FROM outcomes WHERE id = ANY ($1::bigint[]);

-- name: remove
-- A market that no bet has touched, with its escrow.
DELETE FROM markets WHERE id = $1;

-- name: events
-- Markets as the feed tells them (functions/market_event.sql), in the order of their ids.
SELECT id, tournament_id, market_event(id) AS payload FROM markets WHERE id = ANY ($1::bigint[]) ORDER BY id;

-- name: carry_target
-- The market that a pool of a match ($2) is to go to, if it is of the same tournament, and all that it would go on to.
WITH RECURSIVE chain AS (
    SELECT id, carry_to, 1 AS depth FROM markets WHERE id = $1
    UNION ALL
    SELECT markets.id, markets.carry_to, chain.depth + 1
      FROM chain JOIN markets ON markets.id = chain.carry_to WHERE chain.depth < 1000
)
SELECT market.kind, market.status, (SELECT array_agg(id) FROM chain) AS chain
  FROM markets market JOIN matches match ON match.tournament_id = market.tournament_id AND match.id = $2
 WHERE market.id = $1;
