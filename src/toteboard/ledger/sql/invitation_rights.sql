-- Invitations last as long as their maker's right.

-- name: end_unrightful
-- Ends the open invitations that a person ($1) made, of one tournament ($2) or of all, and may no longer give.
UPDATE invitations SET uses_left = 0, ended_at = clock_timestamp()
 WHERE created_by = $1 AND ($2::bigint IS NULL OR tournament_id = $2) AND ended_at IS NULL
   AND NOT may_invite($1, tournament_id)
RETURNING id, tournament_id;
