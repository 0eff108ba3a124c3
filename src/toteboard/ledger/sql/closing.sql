-- name: due
-- At most $1 markets that are open past their time, by id.
SELECT id FROM markets WHERE status IN ('open', 'suspended') AND closes_at <= clock_timestamp() ORDER BY id LIMIT $1;

-- name: lock
-- functions/lock_markets.sql
SELECT lock_markets($1::bigint[]);

-- name: close
-- Close those of these markets (locked before) that are still open past their time.
-- They were closed when it said so, not when we came to look: betting has refused since then.
WITH due AS (
    SELECT id FROM markets
     WHERE id = ANY($1::bigint[]) AND status IN ('open', 'suspended') AND closes_at <= clock_timestamp()
), closed AS (
    UPDATE markets SET status = 'closed', closed_at = markets.closes_at, version = markets.version + 1
      FROM due WHERE markets.id = due.id
    RETURNING markets.id, markets.tournament_id, markets.closed_at
), logged AS (
    INSERT INTO audit_log (tournament_id, user_id, ip, action, subject, details)
    SELECT tournament_id, NULL, NULL, 'market.closed', 'market:' || id, json_build_object('closes_at', closed_at)
      FROM closed ORDER BY id
)
SELECT id FROM closed ORDER BY id;
