-- Who does what is being done: the role, which the database knows, and the person and their address, as the transaction said
-- (change.sql: actor).

CREATE OR REPLACE FUNCTION acting_role() RETURNS text
LANGUAGE sql STABLE
-- Inside a function of the owner current_user is the owner; these two still say who asked.
AS $$ SELECT CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END $$;

CREATE OR REPLACE FUNCTION acting_user() RETURNS bigint
LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('toteboard.user_id', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION acting_ip() RETURNS inet
LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('toteboard.ip', true), '')::inet $$;
