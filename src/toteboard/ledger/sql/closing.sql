-- name: close_due
-- Close at most $1 markets whose time has come, by id, leaving those whose lock somebody holds for the next look.
-- They were closed when it said so, not when we came to look: betting has refused since then.
WITH due AS (
    SELECT id FROM markets
     WHERE status IN ('open', 'suspended') AND closes_at <= clock_timestamp()
     ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED  -- markets, first of all
), closed AS (
    UPDATE markets SET status = 'closed', closed_at = markets.closes_at, version = markets.version + 1
      FROM due WHERE markets.id = due.id
    RETURNING markets.id, markets.tournament_id, markets.closed_at
), logged AS (
    INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
    SELECT clock_timestamp(), tournament_id, NULL, NULL, 'market.closed', 'market:' || id, json_build_object('closes_at', closed_at)
      FROM closed ORDER BY id
)
SELECT id FROM closed ORDER BY id;

-- name: is_due
-- Whether a market is open past its time: bets held its lock, or there were more than one look takes.
SELECT EXISTS (SELECT FROM markets WHERE status IN ('open', 'suspended') AND closes_at <= clock_timestamp());
