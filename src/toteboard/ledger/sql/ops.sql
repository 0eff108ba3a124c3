-- What an operator looks at every two seconds: cheap, whatever the ledger has become.

-- name: is_writable
SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off';

-- name: take_room
-- Some pages that nobody has yet, given back at the end of the transaction.
CREATE TEMPORARY TABLE room ON COMMIT DROP AS SELECT repeat('x', 1000) AS filling FROM generate_series(1, 200);

-- name: tournaments
-- How many tournaments have books.
SELECT count(*) FROM tournaments;

-- name: version
-- PostgreSQL's own.
SELECT split_part(current_setting('server_version'), ' ', 1);

-- name: unbalanced
-- The tournaments whose accounts do not sum to zero, and how far off they are.
SELECT tournaments.id AS tournament_id, tournaments.name, tournaments.currency, currencies.exponent, off.sum::text AS off
  FROM (SELECT tournament_id, sum(balance) AS sum FROM accounts GROUP BY tournament_id HAVING sum(balance) <> 0) off
  JOIN tournaments ON tournaments.id = off.tournament_id
  JOIN currencies ON currencies.code = tournaments.currency
 ORDER BY tournaments.id LIMIT $1;

-- name: paying
-- Settlements under way, oldest first, each with how many there are.
SELECT settlements.id, settlements.market_id, settlements.version, settlements.kind, settlements.bets_done, settlements.bets,
       settlements.decided_at, extract(epoch FROM clock_timestamp() - settlements.decided_at)::bigint AS age_s,
       tournaments.name AS tournament, tournaments.slug, matches.name AS match, markets.name AS market, count(*) OVER () AS found
  FROM settlements
  JOIN markets ON markets.id = settlements.market_id
  JOIN matches ON matches.id = markets.match_id
  JOIN tournaments ON tournaments.id = settlements.tournament_id
 WHERE settlements.status = 'paying'
 ORDER BY settlements.id LIMIT $1;

-- name: unfinished
-- How many settlements are being paid, how long ago the oldest was decided, and how many bets all that there are have paid.
SELECT count(*) FILTER (WHERE status = 'paying') AS many,
       coalesce(extract(epoch FROM clock_timestamp() - min(decided_at) FILTER (WHERE status = 'paying')), 0) AS oldest_s,
       coalesce(sum(bets_done), 0)::bigint AS bets_paid
  FROM settlements;

-- name: tournaments_open
-- The newest tournaments that are not archived, with how many of their markets take bets now.
SELECT tournaments.id, tournaments.slug,
       (SELECT count(*) FROM markets
         WHERE markets.tournament_id = tournaments.id AND status = 'open' AND tournaments.stopped_at IS NULL
           AND (opens_at IS NULL OR opens_at <= clock_timestamp()) AND (closes_at IS NULL OR closes_at > clock_timestamp())
       ) AS open_markets
  FROM tournaments WHERE archived_at IS NULL ORDER BY id DESC LIMIT $1;

-- name: next_close
-- How long until the next market that takes bets closes; nothing where none is going to by itself.
SELECT extract(epoch FROM min(closes_at) - clock_timestamp())::double precision
  FROM markets WHERE status = 'open' AND closes_at > clock_timestamp();

-- name: checks
-- Identity checks by provider and how they stand.
SELECT provider, status, count(*) AS many FROM kyc_checks GROUP BY provider, status;
