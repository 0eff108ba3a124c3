-- What is reckoned of a tournament when it is looked back on. Bets are read market by market, as their index has them.

-- name: subject
-- The tournament ($1), and when its first and its last bet were taken; null before the first.
SELECT
    t.id, t.slug, t.name, t.currency, c.exponent, t.timezone,
    (SELECT e.at FROM events AS e WHERE e.tournament_id = t.id AND e.kind = 'bets' ORDER BY e.seq LIMIT 1) AS first_at,
    (SELECT e.at FROM events AS e WHERE e.tournament_id = t.id AND e.kind = 'bets' ORDER BY e.seq DESC LIMIT 1) AS last_at
FROM tournaments AS t INNER JOIN currencies AS c ON c.code = t.currency
WHERE t.id = $1;

-- name: markets
-- Its markets ($1) with what their last settlement came to; null where there is none.
SELECT
    m.id, m.name AS market, m.kind, h.name AS match, h.round, s.status AS paying, s.decided_at, s.finished_at,
    s.takeout, s.breakage, s.house_won, s.house_added, s.paid, s.refunds,
    s.takeout + s.breakage + s.house_won - s.house_added AS house_result,
    (SELECT coalesce(sum(o.bets), 0)::bigint FROM outcome_totals AS o WHERE o.market_id = m.id) AS bets
FROM markets AS m
INNER JOIN matches AS h ON h.id = m.match_id
LEFT JOIN LATERAL (
    SELECT * FROM settlements WHERE settlements.market_id = m.id ORDER BY version DESC LIMIT 1
) AS s ON TRUE
WHERE m.tournament_id = $1
ORDER BY h.starts_at NULLS LAST, m.id;

-- name: outcomes
-- What the outcomes of a tournament ($1) are called.
SELECT id, market_id, name FROM outcomes WHERE tournament_id = $1 ORDER BY market_id, lane_no;

-- name: bets
-- The bets of some markets ($1), summed up three ways in one look: by $2 seconds and outcome, by minute, and by bettor and day
-- in the zone $3. The columns of the other two are null.
SELECT
    b.bucket, b.outcome_id, b.minute, b.user_id, b.day,
    count(*) AS bets,
    sum(b.stake)::bigint AS stakes,
    coalesce(sum(b.stake) FILTER (WHERE b.payout IS NOT NULL), 0)::bigint AS settled,
    coalesce(sum(b.payout), 0)::bigint AS paid,
    sum(b.stake::numeric * b.odds_milli / 1000)::bigint AS returns,
    min(b.placed_at) AS first_at,
    max(b.placed_at) AS last_at
FROM (
    SELECT
        floor(extract(EPOCH FROM placed_at) / $2)::bigint AS bucket,
        date_trunc('minute', placed_at) AS minute,
        (placed_at AT TIME ZONE $3)::date AS day,
        outcome_id, user_id, stake, payout, odds_milli, placed_at
    FROM bets WHERE market_id = ANY($1::bigint[])
) AS b
GROUP BY GROUPING SETS ((b.bucket, b.outcome_id), (b.minute), (b.user_id, b.day));

-- name: refusals
-- Bets that were refused in a tournament ($1), by the number of the verdict.
SELECT (details ->> 'verdict')::int AS verdict, count(*) AS many, count(DISTINCT user_id) AS people
FROM audit_log
WHERE tournament_id = $1 AND action = 'bet.refused' AND details ->> 'verdict' ~ '^[0-9]+$'
GROUP BY 1
ORDER BY 2 DESC;

-- name: people
-- What people ($1) are called.
SELECT id, name FROM users WHERE id = ANY($1::bigint[]);
