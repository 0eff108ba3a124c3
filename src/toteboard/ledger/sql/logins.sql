-- Who may sign in to the database as what.

-- name: turn
-- One after the other: a role belongs to the whole server.
SELECT pg_advisory_xact_lock(hashtextextended('toteboard logins', 0));

-- name: give
-- The statement that lets the application's role sign in with a password ($1), and be nothing else.
SELECT format('ALTER ROLE toteboard_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L', $1::text);

-- name: owns
-- Whether who is signed in, whatever role they work as, is a superuser or may be the owner of the audit log.
SELECT rolsuper OR pg_has_role(session_user, relowner, 'MEMBER')
  FROM pg_roles, pg_class
 WHERE rolname = session_user AND pg_class.oid = 'audit_log'::regclass;
