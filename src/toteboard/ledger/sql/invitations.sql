-- Invitations: codes that make whoever brings one a member. Of a code only its sha256 is kept.

-- name: create
-- Add an invitation that lasts some days.
INSERT INTO invitations (tournament_id, code_hash, role, uses_left, expires_at, created_by)
VALUES ($1, $2, $3, $4, clock_timestamp() + make_interval(days => $5), $6)
RETURNING id, expires_at;

-- name: page
-- A tournament's invitations, newest first, behind a cursor ($2), with how many people took each.
SELECT invitation.id, invitation.role, invitation.uses_left, invitation.expires_at, invitation.created_at,
       maker.name AS created_by,
       (SELECT count(*) FROM invitation_uses WHERE invitation_uses.invitation_id = invitation.id) AS taken,
       CASE WHEN invitation.ended_at IS NOT NULL OR NOT may_invite(maker.id, invitation.tournament_id) THEN 'ended'
            WHEN invitation.uses_left = 0 THEN 'used_up'
            WHEN invitation.expires_at <= clock_timestamp() THEN 'expired'
            ELSE 'open' END AS state
  FROM invitations invitation
  JOIN users maker ON maker.id = invitation.created_by
 WHERE invitation.tournament_id = $1 AND ($2::bigint IS NULL OR invitation.id < $2)
 ORDER BY invitation.id DESC LIMIT $3;

-- name: one
-- One invitation of a tournament, to tell about it.
SELECT role, expires_at FROM invitations WHERE tournament_id = $1 AND id = $2;

-- name: end
-- Nobody takes it any more; no row where there is none such, or it was ended before.
UPDATE invitations SET uses_left = 0, ended_at = clock_timestamp()
 WHERE tournament_id = $1 AND id = $2 AND ended_at IS NULL
RETURNING id;

-- name: lock
-- The invitation behind a code, locked: its uses are given out one after the other.
SELECT id FROM invitations WHERE code_hash = $1 FOR NO KEY UPDATE;

-- name: look
-- What a code is for, whether it can be taken now, and whether this person ($2) took it before.
SELECT invitation.id, invitation.role, invitation.created_by, invitation.tournament_id,
       tournament.slug, tournament.name, tournament.subtitle, tournament.currency, tournament.staff_may_bet,
       invitation.uses_left > 0 AND invitation.expires_at > clock_timestamp()
       AND may_invite(invitation.created_by, invitation.tournament_id) AS is_open,
       EXISTS (SELECT FROM invitation_uses uses
                WHERE uses.invitation_id = invitation.id AND uses.user_id = $2) AS is_theirs
  FROM invitations invitation
  JOIN tournaments tournament ON tournament.id = invitation.tournament_id
 WHERE invitation.code_hash = $1 AND tournament.archived_at IS NULL AND tournament.discarded_at IS NULL;

-- name: use
-- One use less; the caller holds its lock and has looked that one is left.
UPDATE invitations SET uses_left = uses_left - 1 WHERE id = $1;

-- name: took
-- Keep who took it.
INSERT INTO invitation_uses (invitation_id, user_id) VALUES ($1, $2);
