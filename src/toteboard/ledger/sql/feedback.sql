-- What people say of a screen, and what became of it.

-- name: add
-- Its number, and the name of who said it.
INSERT INTO feedback (tournament_id, user_id, text, screen, state, picture, may_ask)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7)
RETURNING id, (SELECT name FROM users WHERE users.id = $2) AS name;

-- name: page
-- Of a tournament ($1), and where it is asked for ($2) of none, the newest first behind a cursor ($3); open or closed ones ($4), or all.
SELECT id FROM feedback
 WHERE (tournament_id = $1 OR $2 AND tournament_id IS NULL)
   AND ($3::bigint IS NULL OR id < $3)
   AND ($4::boolean IS NULL OR (closed_at IS NULL) = $4)
 ORDER BY id DESC LIMIT $5;

-- name: shown
-- These, the newest first, with who said it and who answered.
SELECT feedback.id, feedback.tournament_id, feedback.user_id, person.name, feedback.text, feedback.screen, feedback.state::text,
       feedback.picture IS NOT NULL AS has_picture, feedback.may_ask, feedback.created_at, feedback.answer,
       answerer.name AS answered_by, feedback.answered_at, feedback.closed_at
  FROM feedback
  LEFT JOIN users person ON person.id = feedback.user_id
  LEFT JOIN users answerer ON answerer.id = feedback.answered_by
 WHERE feedback.id = ANY ($1::bigint[])
 ORDER BY feedback.id DESC;

-- name: own
-- What somebody said, the newest first, with what was answered.
SELECT feedback.id, tournament.slug, feedback.text, feedback.screen, feedback.created_at, feedback.answer, feedback.answered_at, feedback.closed_at
  FROM feedback LEFT JOIN tournaments tournament ON tournament.id = feedback.tournament_id
 WHERE feedback.user_id = $1 AND ($2::bigint IS NULL OR feedback.id < $2)
 ORDER BY feedback.id DESC LIMIT $3;

-- name: take_along
-- What was said in a tournament ($1) belongs to the one that it began anew as ($2).
UPDATE feedback SET tournament_id = $2 WHERE tournament_id = $1;

-- name: lock
-- One, locked: it is answered by one at a time.
SELECT id, tournament_id, user_id, answer, closed_at FROM feedback WHERE id = $1 FOR NO KEY UPDATE;

-- name: answer
-- Another answer takes the place of the one before.
UPDATE feedback SET answer = $2, answered_by = $3, answered_at = clock_timestamp() WHERE id = $1;

-- name: close
-- Whether it is closed ($2); once more does nothing.
UPDATE feedback SET closed_at = CASE WHEN $2 THEN coalesce(closed_at, clock_timestamp()) END WHERE id = $1;

-- name: picture
-- A JPEG, and whose tournament it is of.
SELECT tournament_id, picture FROM feedback WHERE id = $1;
