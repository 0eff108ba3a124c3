-- Who streams from this database: its replicas, and the backup that follows it. A slot that nobody reads is among them: what it
-- has not got is kept for it. Shown by a function of the owner, as others see of these views that somebody is there, no more;
-- an owner that is no superuser needs pg_monitor for it.
CREATE OR REPLACE FUNCTION replication_stands() RETURNS TABLE (name text, streams boolean, behind_bytes bigint, behind_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(slot.slot_name::text, client.application_name), client.pid IS NOT NULL,
           CASE WHEN NOT pg_is_in_recovery()
                THEN greatest(0, pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(client.flush_lsn, slot.restart_lsn)))::bigint END,
           -- Who only keeps what comes replays nothing.
           coalesce(extract(epoch FROM CASE WHEN client.replay_lsn IS NULL THEN client.flush_lag ELSE client.replay_lag END), 0)
               ::double precision
      FROM (SELECT * FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT temporary) slot
      FULL JOIN (SELECT * FROM pg_stat_replication
                  -- A base backup that is being taken is nobody that stays.
                  WHERE application_name <> 'pg_basebackup') client ON client.pid = slot.active_pid
     ORDER BY 1
$$;

REVOKE EXECUTE ON FUNCTION replication_stands() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION replication_stands() TO toteboard_app;
