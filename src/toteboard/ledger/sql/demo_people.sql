-- The sandbox's demo people.

-- name: newest_tournament
-- The sandbox's tournament, locked so that demo people are numbered one after the other.
SELECT tournaments.id, tournaments.currency, currencies.exponent
  FROM tournaments JOIN currencies ON currencies.code = tournaments.currency
 WHERE tournaments.archived_at IS NULL ORDER BY tournaments.id DESC LIMIT 1
   FOR NO KEY UPDATE OF tournaments;

-- name: demo_bettors
-- How many demo bettors there are.
SELECT count(*) FROM users WHERE email LIKE 'demo-bettor-%@sandbox.invalid';
