-- Take the feed's next number under its lock and add the event: feed order is commit order.
CREATE OR REPLACE FUNCTION add_event(p_tournament bigint, p_kind text, p_payload json) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH next AS (UPDATE feeds SET seq = seq + 1 WHERE tournament_id = p_tournament RETURNING seq)
    INSERT INTO events (tournament_id, seq, kind, payload) SELECT p_tournament, next.seq, p_kind, p_payload FROM next
$$;

REVOKE EXECUTE ON FUNCTION add_event(bigint, text, json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION add_event(bigint, text, json) TO toteboard_app, toteboard_break_glass;
