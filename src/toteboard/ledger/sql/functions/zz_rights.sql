-- Nobody calls a function of ours by being there. Whoever may is named beside the function, or here; triggers run for whoever
-- changes a row, and are put on no table but by the owner: on one of one's own they would write what never was.
-- The last file of all: it looks at every function there is. What comes later is nobody's either, and grants itself.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one);
        -- What only works something out is asked by whoever reads: it sees no more than they do.
        IF EXISTS (SELECT FROM pg_proc WHERE oid = one AND NOT prosecdef AND prorettype <> 'trigger'::regtype) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO toteboard_app, toteboard_auditor, toteboard_reporter, toteboard_break_glass', one);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION refresh_eligibility(bigint, bigint) TO toteboard_app, toteboard_break_glass;
REVOKE EXECUTE ON FUNCTION log_images(text, text[], jsonb[]), keyed_hash(text, text, text), watched_row(text, jsonb)
FROM toteboard_app, toteboard_auditor, toteboard_reporter, toteboard_break_glass;
