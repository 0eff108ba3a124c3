-- Tournaments and their members.

-- name: knows_timezone
-- Whether there is such a time zone, by its IANA name.
SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1);

-- name: create
-- Add a tournament, with its accounts and its feed (functions/accounts_of.sql); no row where the slug is taken.
INSERT INTO tournaments (slug, name, subtitle, currency, timezone, kyc_provider, staff_may_bet, starting_points)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT ON CONSTRAINT tournaments_slug_key DO NOTHING
RETURNING id;

-- name: find
-- A tournament asked for by id ($1, null where the text is no number) or by slug ($2).
SELECT id FROM tournaments WHERE id = $1 OR slug = $2 ORDER BY (id = $1) DESC NULLS LAST LIMIT 1;

-- name: free_slugs
-- Of these addresses ($1, in order) the first that no tournament has.
SELECT asked.slug FROM unnest($1::text[]) WITH ORDINALITY AS asked (slug, no)
 WHERE NOT EXISTS (SELECT FROM tournaments WHERE tournaments.slug = asked.slug)
 ORDER BY asked.no LIMIT 1;

-- name: is_known
SELECT EXISTS (SELECT FROM tournaments WHERE id = $1);

-- name: look
SELECT * FROM tournaments WHERE id = $1;

-- name: page
-- Tournaments that are not archived, newest first, behind a cursor ($1).
SELECT id FROM tournaments
 WHERE archived_at IS NULL AND ($1::bigint IS NULL OR id < $1)
 ORDER BY id DESC LIMIT $2;

-- name: shown
-- These tournaments with what is going on in them, newest first.
SELECT tournament.id, tournament.slug, tournament.name, tournament.subtitle, tournament.currency, currency.exponent,
       tournament.timezone, tournament.kyc_provider, tournament.staff_may_bet,
       tournament.deductions, tournament.starting_points, tournament.four_eyes, tournament.min_age, tournament.simulated_per_min,
       tournament.discarded_at IS NOT NULL AS discarded, tournament.archived_at IS NOT NULL AS archived,
       (SELECT count(*) FROM markets WHERE markets.tournament_id = tournament.id AND markets.status = 'open') AS markets_open,
       (SELECT min(closes_at) FROM markets
         WHERE markets.tournament_id = tournament.id AND markets.status = 'open' AND closes_at > clock_timestamp()) AS closes_next,
       staked.total, staked.bets
  FROM tournaments tournament
  JOIN currencies currency ON currency.code = tournament.currency
 CROSS JOIN LATERAL (
        SELECT coalesce(sum(totals.stakes), 0)::bigint AS total, coalesce(sum(totals.bets), 0)::bigint AS bets
          FROM markets JOIN outcome_totals totals ON totals.market_id = markets.id
         WHERE markets.tournament_id = tournament.id
       ) staked
 WHERE tournament.id = ANY ($1::bigint[])
 ORDER BY tournament.id DESC;

-- name: lock
-- One tournament, locked: it is changed by one at a time.
SELECT * FROM tournaments WHERE id = $1 FOR NO KEY UPDATE;

-- name: edit
-- Everything about a tournament that may be edited.
UPDATE tournaments SET slug = $2, name = $3, subtitle = $4, timezone = $5, kyc_provider = $6, staff_may_bet = $7,
       deductions = $8::text::jsonb, starting_points = $9, four_eyes = $10, min_age = $11, simulated_per_min = $12
 WHERE id = $1;

-- name: for_money
-- A tournament that is played for money and goes on.
SELECT name FROM tournaments WHERE archived_at IS NULL AND NOT currency = ANY ($1::text[]) ORDER BY id LIMIT 1;

-- name: unfinished
-- A market somebody's money still hangs on, or may come to: bets, or what an earlier pool carried into it.
SELECT name FROM markets
 WHERE tournament_id = $1
   AND (status IN ('open', 'suspended', 'settling', 'voiding')
        OR status IN ('draft', 'closed', 'resulted') AND carried + carried_gross > 0
        OR status IN ('closed', 'resulted')
       AND EXISTS (SELECT FROM outcome_totals WHERE outcome_totals.market_id = markets.id AND outcome_totals.bets > 0))
 ORDER BY id LIMIT 1;

-- name: discard
-- It is thrown away from now on: nobody simulated bets there any more.
UPDATE tournaments SET discarded_at = clock_timestamp(), simulated_per_min = 0 WHERE id = $1;

-- name: archive
UPDATE tournaments SET archived_at = clock_timestamp() WHERE id = $1;

-- name: event
-- A tournament as the feed tells it: the payload of the event 'tournament'.
SELECT json_build_object('tournament', json_build_object(
           'id', tournament.id, 'slug', tournament.slug, 'name', tournament.name, 'subtitle', tournament.subtitle,
           'currency', tournament.currency, 'exponent', currency.exponent, 'timezone', tournament.timezone))::text
  FROM tournaments tournament JOIN currencies currency ON currency.code = tournament.currency
 WHERE tournament.id = $1;

-- name: members
-- The members of a tournament in the order of their ids, behind a cursor ($2), with their wallets; those with a text
-- ($4) in their name or address, as their own number ("7", "#7") or their wallet's ("7", "wallet 7"), those in a role ($5),
-- those whose identity stands so ($6); or one by their id ($7). All but ids are text: nothing is a pattern.
SELECT member.user_id, person.name, person.email, member.role,
       checked_identity(member.user_id, member.tournament_id) AS kyc,
       -- The other person where it is to be reviewed for being the same: named only where they are a member here too.
       twin.same_as IS NOT NULL AS kyc_is_twin,
       CASE WHEN EXISTS (SELECT FROM members WHERE tournament_id = member.tournament_id AND user_id = twin.same_as)
            THEN twin.same_as END AS kyc_twin,
       wallet.id AS wallet_id, wallet.balance, wallet.owed,
       (SELECT count(*) FROM invitations made
         WHERE made.created_by = member.user_id AND made.tournament_id = member.tournament_id AND made.ended_at IS NULL
           AND made.uses_left > 0 AND made.expires_at > clock_timestamp()) AS invitations
  FROM members member
  JOIN users person ON person.id = member.user_id
  LEFT JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = member.tournament_id
                           AND wallet.user_id = member.user_id
  LEFT JOIN LATERAL (SELECT same_as, status FROM kyc_checks
                      WHERE user_id = member.user_id AND tournament_id IS NULL ORDER BY id DESC LIMIT 1
                    ) twin ON twin.status = 'review'
 WHERE member.tournament_id = $1 AND ($2::bigint IS NULL OR member.user_id > $2)
   AND ($4::text IS NULL OR position(lower($4) IN lower(person.name)) > 0 OR position(lower($4) IN person.email) > 0
        OR member.user_id::text = ltrim($4, '#') OR wallet.id::text = regexp_replace(lower($4), '^wallet +', ''))
   AND ($5::text IS NULL OR member.role = $5)
   AND ($6::text IS NULL OR checked_identity(member.user_id, member.tournament_id) = $6)
   AND ($7::bigint IS NULL OR member.user_id = $7)
 ORDER BY member.user_id LIMIT $3;

-- name: lock_person
-- A person, before their membership and their wallet: nobody deletes their account meanwhile, and who joins twice joins once.
SELECT id FROM users WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- name: lock_organizers
-- The organizers of a tournament, one after the other: of two who take each other's role the second sees what the first did.
SELECT user_id FROM members WHERE tournament_id = $1 AND role = 'organizer' ORDER BY user_id FOR UPDATE;

-- name: may_invite
SELECT may_invite($1, $2);

-- name: lock_member
-- A member's role, locked until it is decided what becomes of it; no row for anybody else.
SELECT role FROM members WHERE tournament_id = $1 AND user_id = $2 FOR UPDATE;

-- name: put_member
-- Give somebody a role, as a new member or instead of the one they have; no row where there is no such person.
INSERT INTO members (tournament_id, user_id, role)
SELECT $1, id, $3 FROM users WHERE id = $2 AND deleted_at IS NULL
ON CONFLICT (tournament_id, user_id) DO UPDATE SET role = excluded.role
RETURNING user_id;

-- name: open_wallet
-- A member's wallet, where there is none yet (functions/open_wallets.sql); its id and what everybody is given at joining.
SELECT opened.id, tournaments.starting_points, tournaments.currency
  FROM open_wallets($1, ARRAY[$2::bigint]) opened (id), tournaments
 WHERE tournaments.id = $1;

-- name: lock_wallet
-- A member's wallet, locked.
SELECT lock_wallets(ARRAY(SELECT id FROM accounts WHERE tournament_id = $1 AND user_id = $2 AND kind = 'wallet'));

-- name: wallet
-- The same as it is now.
SELECT id, balance, owed FROM accounts WHERE tournament_id = $1 AND user_id = $2 AND kind = 'wallet';

-- name: has_pending_bets
SELECT EXISTS (SELECT FROM bets WHERE wallet_id = $1 AND status = 'pending');

-- name: remove_member
DELETE FROM members WHERE tournament_id = $1 AND user_id = $2;
