-- What a copy of a tournament is made from.

-- name: tournament
-- Its settings.
SELECT tournament.id, tournament.slug, tournament.name, tournament.subtitle, tournament.currency, tournament.timezone, tournament.kyc_provider,
       tournament.staff_may_bet, tournament.starting_points, tournament.four_eyes, tournament.min_age, tournament.deductions::text,
       tournament.simulated_per_min, tournament.discarded_at
  FROM tournaments tournament WHERE tournament.id = $1;

-- name: matches
-- In the order they were added, with what a file knows them by.
SELECT id, name, round, venue, starts_at, number, is_imported FROM matches WHERE tournament_id = $1 ORDER BY id;

-- name: markets
-- In the order they were added, with what a file knows them by.
SELECT id, import_key FROM markets WHERE tournament_id = $1 ORDER BY id;

-- name: members
-- Everybody who may come along: accounts that are still there.
SELECT members.user_id, members.role
  FROM members JOIN users ON users.id = members.user_id AND users.deleted_at IS NULL
 WHERE members.tournament_id = $1 ORDER BY members.user_id;

-- name: invited
-- Whom a copy is told to by e-mail, with their roles: nobody who is blocked or has excluded themselves. Simulated and demo people
-- are nobody.
SELECT users.id, users.email, users.name, members.role
  FROM members JOIN users ON users.id = members.user_id AND users.deleted_at IS NULL
 WHERE members.tournament_id = $1 AND users.email IS NOT NULL AND users.email NOT LIKE '%.invalid'
   AND NOT users.blocked AND coalesce(users.excluded_until <= clock_timestamp(), true) AND users.id IS DISTINCT FROM $2
 ORDER BY users.id;
