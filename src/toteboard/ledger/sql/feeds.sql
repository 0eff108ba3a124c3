-- name: tournament_id
-- The id of a tournament asked for by id ($1, null where the text is no number) or by slug ($2); an id wins.
SELECT id FROM tournaments WHERE id = $1 OR slug = $2 ORDER BY (id = $1) DESC NULLS LAST LIMIT 1;

-- name: heads
-- Which history each of these feeds is in, and how far it has come. A standby that was promoted begins another history: what
-- its primary had told and not yet copied is not in it, and its numbers come again. The timeline is the first of a WAL file's name.
SELECT
    tournament_id,
    epoch::text || '-' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS epoch,
    seq
FROM feeds WHERE tournament_id = ANY($1::bigint[]);

-- name: open_heads
-- The same of every tournament that is not archived.
SELECT f.tournament_id, f.epoch::text || '-' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS epoch, f.seq
FROM feeds AS f INNER JOIN tournaments AS t ON t.id = f.tournament_id
WHERE t.archived_at IS NULL;

-- name: events_after
-- The next events of several feeds ($1), each after its own number ($2), at most $3 of each, in order.
SELECT found.tournament_id, found.seq, found.at, found.kind, found.payload
FROM unnest($1::bigint[], $2::bigint[]) AS asked (tournament_id, seq)
CROSS JOIN LATERAL (
    SELECT e.tournament_id, e.seq, e.at, e.kind, e.payload
    FROM events AS e
    WHERE e.tournament_id = asked.tournament_id AND e.seq > asked.seq
    ORDER BY e.seq
    LIMIT $3
) AS found
ORDER BY found.tournament_id, found.seq;

-- name: names
-- What these people are called.
SELECT id, name FROM users WHERE id = ANY($1::bigint[]);

-- name: board_tournament
-- One tournament as its board names it.
SELECT t.id, t.slug, t.name, t.subtitle, t.currency, c.exponent, t.timezone
FROM tournaments AS t INNER JOIN currencies AS c ON c.code = t.currency
WHERE t.id = $1;

-- name: board_matches
-- All matches of a tournament, as in their events.
SELECT to_jsonb(matches)::text AS match FROM matches WHERE tournament_id = $1 ORDER BY id;

-- name: board_markets
-- All markets of a tournament, as in their events.
SELECT to_jsonb(markets)::text AS market FROM markets WHERE tournament_id = $1 ORDER BY id;

-- name: board_outcomes
-- All outcomes of a tournament with what is staked on them.
SELECT
    o.id, o.market_id, o.name, o.lane_no, o.odds_milli, o.withdrawn,
    coalesce(t.stakes, 0) AS stakes, coalesce(t.bets, 0) AS bets
FROM outcomes AS o
INNER JOIN markets AS m ON m.id = o.market_id
LEFT JOIN outcome_totals AS t ON t.outcome_id = o.id
WHERE m.tournament_id = $1
ORDER BY o.market_id, o.lane_no;

-- name: board_pulse
-- Stakes by second and outcome over the $4 seconds up to the last bet, looking back $3 events from event $2 and no further.
WITH recent AS (
    SELECT date_trunc('second', at) AS second, payload
    FROM events
    WHERE tournament_id = $1 AND seq > $2 - $3::bigint AND seq <= $2 AND kind = 'bets'
),

staked AS (
    SELECT r.second, (bet.value ->> 2)::bigint AS outcome_id, (bet.value ->> 3)::bigint AS stake
    FROM recent AS r CROSS JOIN LATERAL json_array_elements(r.payload -> 'b') AS bet (value)
    WHERE r.second > (SELECT max(second) FROM recent) - make_interval(secs => $4)
)

SELECT extract(EPOCH FROM second)::bigint AS second, outcome_id, sum(stake)::bigint AS stakes
FROM staked
GROUP BY second, outcome_id
ORDER BY second, outcome_id;

-- name: board_tape
-- The last $4 events with bets, newest first, looking back $3 events from event $2 and no further.
SELECT at, payload FROM events
WHERE tournament_id = $1 AND seq > $2 - $3::bigint AND seq <= $2 AND kind = 'bets'
ORDER BY seq DESC LIMIT $4;
