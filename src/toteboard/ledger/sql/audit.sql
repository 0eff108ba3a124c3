-- Reading the audit log. Each way to look has its own index (migrations/0002, 0004); what else is asked for is a condition beside it.
-- In all of them: $1 the id to be below, $2 the least id, $3 rows, $4 tournament, $5 people, $6 actions, $7 from, $8 to.

-- name: newest
-- Everybody's rows, newest first.
SELECT audit_log.*
  FROM audit_log
 WHERE id < $1 AND id >= $2 AND ($4::bigint IS NULL OR tournament_id = $4)
   AND ($5::bigint[] IS NULL OR user_id = ANY ($5)) AND ($6::text[] IS NULL OR action = ANY ($6))
   AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
 ORDER BY id DESC LIMIT $3;

-- name: of_tournament
-- One tournament's rows, newest first.
SELECT audit_log.*
  FROM audit_log
 WHERE tournament_id = $4 AND id < $1 AND id >= $2
   AND ($5::bigint[] IS NULL OR user_id = ANY ($5)) AND ($6::text[] IS NULL OR action = ANY ($6))
   AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
 ORDER BY id DESC LIMIT $3;

-- name: of_people
-- What these people did but the bets that were taken of them, newest first: each one's rows in order, then merged.
SELECT found.*
  FROM unnest($5::bigint[]) AS person (id)
 CROSS JOIN LATERAL (
       SELECT audit_log.* FROM audit_log
        WHERE user_id = person.id AND action <> 'bet.placed' AND id < $1 AND id >= $2 AND ($4::bigint IS NULL OR tournament_id = $4)
          AND ($6::text[] IS NULL OR action = ANY ($6))
          AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
        ORDER BY id DESC LIMIT $3
       ) found
 ORDER BY found.id DESC LIMIT $3;

-- name: of_actions
-- These actions anywhere, newest first; none of them is bet.placed.
SELECT found.*
  FROM unnest($6::text[]) AS wanted (action)
 CROSS JOIN LATERAL (
       SELECT audit_log.* FROM audit_log
        WHERE action = wanted.action AND action <> 'bet.placed' AND id < $1 AND id >= $2
          AND ($4::bigint IS NULL OR tournament_id = $4) AND ($5::bigint[] IS NULL OR user_id = ANY ($5))
          AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
        ORDER BY id DESC LIMIT $3
       ) found
 ORDER BY found.id DESC LIMIT $3;

-- name: of_tournament_actions
-- These actions in one tournament, newest first; none of them is bet.placed.
SELECT found.*
  FROM unnest($6::text[]) AS wanted (action)
 CROSS JOIN LATERAL (
       SELECT audit_log.* FROM audit_log
        WHERE tournament_id = $4 AND action = wanted.action AND action <> 'bet.placed' AND id < $1 AND id >= $2
          AND ($5::bigint[] IS NULL OR user_id = ANY ($5))
          AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
        ORDER BY id DESC LIMIT $3
       ) found
 ORDER BY found.id DESC LIMIT $3;

-- name: betting
-- When these people's first and last bet were taken, in one tournament or anywhere; nulls where they have none.
SELECT min(first.placed_at) AS first_at, max(last.placed_at) AS last_at
  FROM accounts
 CROSS JOIN LATERAL (SELECT placed_at FROM bets WHERE wallet_id = accounts.id ORDER BY placed_at LIMIT 1) first
 CROSS JOIN LATERAL (SELECT placed_at FROM bets WHERE wallet_id = accounts.id ORDER BY placed_at DESC LIMIT 1) last
 WHERE accounts.kind = 'wallet' AND accounts.user_id = ANY ($1::bigint[])
   AND ($2::bigint IS NULL OR accounts.tournament_id = $2);

-- name: placed_at
-- When a bet was taken; no row where it was not.
SELECT placed_at FROM bets WHERE id = $1;

-- name: of_subject
-- Whatever befell the subject $9, newest first. That a bet was taken stands between the ids $10 and $11, if anywhere.
SELECT found.*
  FROM (
       SELECT audit_log.* FROM audit_log WHERE subject = $9 AND action <> 'bet.placed'
       UNION ALL
       SELECT audit_log.* FROM audit_log WHERE id BETWEEN $10 AND $11 AND subject = $9 AND action = 'bet.placed'
       ) found
 WHERE id < $1 AND id >= $2 AND ($4::bigint IS NULL OR tournament_id = $4)
   AND ($5::bigint[] IS NULL OR user_id = ANY ($5)) AND ($6::text[] IS NULL OR action = ANY ($6))
   AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
 ORDER BY id DESC LIMIT $3;

-- name: around
-- What stands around rows: who these people are.
SELECT id, name FROM users WHERE id = ANY ($1::bigint[]);

-- name: currencies
-- What amounts in these tournaments are in.
SELECT tournaments.id, tournaments.name, tournaments.currency, currencies.exponent
  FROM tournaments JOIN currencies ON currencies.code = tournaments.currency
 WHERE tournaments.id = ANY ($1::bigint[]);

-- name: called
-- What these outcomes ($1), markets ($2), matches ($3), wallets ($4) and people ($5) are called, and where they are found.
SELECT 'outcome:' || outcomes.id AS key, outcomes.name, matches.name || ', ' || markets.name AS of
  FROM outcomes JOIN markets ON markets.id = outcomes.market_id JOIN matches ON matches.id = markets.match_id
 WHERE outcomes.id = ANY ($1::bigint[])
UNION ALL
SELECT 'market:' || markets.id, matches.name || ', ' || markets.name, NULL
  FROM markets JOIN matches ON matches.id = markets.match_id
 WHERE markets.id = ANY ($2::bigint[])
UNION ALL
SELECT 'match:' || id, name, NULL FROM matches WHERE id = ANY ($3::bigint[])
UNION ALL
SELECT 'wallet:' || accounts.id, users.name, NULL
  FROM accounts JOIN users ON users.id = accounts.user_id
 WHERE accounts.id = ANY ($4::bigint[]) AND accounts.kind = 'wallet'
UNION ALL
SELECT 'user:' || id, name, NULL FROM users WHERE id = ANY ($5::bigint[]);

-- name: people_called
-- People whose name or address holds these letters; among the members of a tournament where one is given.
SELECT users.id FROM users
 WHERE (strpos(lower(users.name), lower($1)) > 0 OR users.email = lower($1))
   AND ($2::bigint IS NULL OR EXISTS (SELECT FROM members WHERE members.tournament_id = $2 AND members.user_id = users.id))
 ORDER BY users.id LIMIT $3;

-- name: actions
-- Every action there is but bet.placed, one step of the index each.
WITH RECURSIVE known AS (
    SELECT min(action) AS action FROM audit_log WHERE action <> 'bet.placed'
    UNION ALL
    SELECT (SELECT min(action) FROM audit_log WHERE action <> 'bet.placed' AND action > known.action)
      FROM known WHERE known.action IS NOT NULL
)
SELECT action FROM known WHERE action IS NOT NULL;

-- name: newest_id
-- The newest row that is to be seen; 0 where there is none.
SELECT coalesce(max(id), 0) FROM audit_log;

-- name: at_of
-- When the last row up to this one was written.
SELECT at FROM audit_log WHERE id <= $1 ORDER BY id DESC LIMIT 1;

-- name: begun
-- The number of a transaction, ours, that begins now: whatever wrote before has a lower one.
-- A snapshot's xmax would not do: it is behind those that began last and are not over.
SELECT pg_current_xact_id()::text::bigint;

-- name: over
-- All transactions below this number are over.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: first_later
-- About where the rows later than $1 begin, below $2: ids and times rise together but for what commits side by side,
-- so the place is found by halves.
WITH RECURSIVE halving AS (
    SELECT 1::bigint AS low, $2::bigint + 1 AS high
    UNION ALL
    SELECT CASE WHEN middle.at > $1 THEN low ELSE middle.id + 1 END, CASE WHEN middle.at > $1 THEN (low + high) / 2 ELSE high END
      FROM halving
      LEFT JOIN LATERAL (
           SELECT id, at FROM audit_log WHERE id >= (halving.low + halving.high) / 2 ORDER BY id LIMIT 1
           ) middle ON true
     WHERE low < high
)
SELECT min(high) FROM halving;

-- name: first_later_exactly
-- The first row later than $1 between two ids; null where there is none.
SELECT min(id) FROM audit_log WHERE id BETWEEN $2 AND $3 AND at > $1;
