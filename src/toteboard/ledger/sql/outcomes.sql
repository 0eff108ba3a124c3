-- Outcomes. Whoever changes one has locked its market (markets.sql).

-- name: market_of
-- Where an outcome belongs.
SELECT market_id, tournament_id FROM outcomes WHERE id = $1;

-- name: edit
-- Everything about an outcome that may be edited; other odds are another version.
UPDATE outcomes
   SET name = $2, odds_milli = $3, withdrawn = $4, deduction_bps = $5,
       withdrawn_at = CASE WHEN $4 THEN coalesce(withdrawn_at, clock_timestamp()) END,
       odds_version = odds_version + CASE WHEN odds_milli IS DISTINCT FROM $3 THEN 1 ELSE 0 END
 WHERE id = $1;

-- name: keep_name
-- What an outcome was called until now, for the bets that were taken under that name.
INSERT INTO outcome_names (tournament_id, outcome_id, name, reason, user_id) VALUES ($1, $2, $3, $4, $5);

-- name: deductions
-- A tournament's table of deductions.
SELECT deductions FROM tournaments WHERE id = $1;
