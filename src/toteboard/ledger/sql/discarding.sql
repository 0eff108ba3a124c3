-- Tournaments of a sandbox that are thrown away.

-- name: due
-- Those that are not archived yet.
SELECT id FROM tournaments WHERE discarded_at IS NOT NULL AND archived_at IS NULL ORDER BY id LIMIT $1;

-- name: undecided
-- Markets of a tournament that somebody's points still hang on and nothing is decided about.
SELECT id FROM markets
 WHERE tournament_id = $1
   AND (status IN ('open', 'suspended')
        OR status IN ('draft', 'closed', 'resulted') AND carried + carried_gross > 0
        OR status IN ('closed', 'resulted')
       AND EXISTS (SELECT FROM outcome_totals WHERE outcome_totals.market_id = markets.id AND outcome_totals.bets > 0))
 ORDER BY id LIMIT $2;

-- name: is_paying
-- Whether somebody is being paid or refunded.
SELECT EXISTS (SELECT FROM markets WHERE tournament_id = $1 AND status IN ('settling', 'voiding'));
