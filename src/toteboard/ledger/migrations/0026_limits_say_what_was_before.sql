-- The last wish for an own limit says all: what counts from its moment on, and what until then. Before, whatever was still to come
-- was written over at each wish, so that many wishes made rows by the square.
ALTER TABLE limits ADD COLUMN before bigint CHECK (before >= 0);
ALTER TABLE limits DISABLE TRIGGER USER;
UPDATE limits SET before = now_counts.amount
  FROM (SELECT DISTINCT ON (user_id, tournament_id, kind, period) user_id, tournament_id, kind, period, amount FROM limits
         WHERE effective_at <= clock_timestamp() ORDER BY user_id, tournament_id, kind, period, effective_at DESC, id DESC) now_counts
 WHERE limits.effective_at > clock_timestamp()
   AND (limits.user_id, limits.tournament_id, limits.kind, limits.period)
       = (now_counts.user_id, now_counts.tournament_id, now_counts.kind, now_counts.period);
ALTER TABLE limits ENABLE TRIGGER USER;
GRANT INSERT (before) ON limits TO toteboard_app;

DROP INDEX limits_user;
CREATE INDEX limits_user ON limits (user_id, tournament_id, kind, period, id);
