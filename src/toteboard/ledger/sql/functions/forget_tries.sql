-- Keys whose tries are forgotten need no row. A function of the owner: those that still count stay.
CREATE OR REPLACE FUNCTION forget_tries() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$ DELETE FROM tries WHERE clear_at < clock_timestamp() $$;

REVOKE EXECUTE ON FUNCTION forget_tries() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_tries() TO toteboard_app, toteboard_break_glass;
