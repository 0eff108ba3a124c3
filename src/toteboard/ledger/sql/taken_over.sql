-- People, opening balances and bets that were taken elsewhere, from a file: sets in, all in one transaction.

-- name: people
-- The members, and whoever else has one of these addresses ($2); `opening` is an opening balance that was imported before.
SELECT person.id AS user_id, person.name, person.email, member.user_id IS NOT NULL AS is_member,
       wallet.id IS NOT NULL AS has_wallet, coalesce(wallet.balance, 0) AS balance, opening.amount AS opening,
       coalesce(person.excluded_until > clock_timestamp(), false) AS is_excluded, person.blocked AS is_blocked,
       CASE WHEN wallet.id IS NOT NULL THEN own_deposit_left(person.id, $1, clock_timestamp()) END AS deposit_left
  FROM users person
  LEFT JOIN members member ON member.user_id = person.id AND member.tournament_id = $1
  LEFT JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = person.id
  LEFT JOIN transfers opening ON opening.key = md5('toteboard opening balance ' || $1::bigint || ' ' || person.id)::uuid
 WHERE member.user_id IS NOT NULL OR person.email = ANY($2::text[])
 ORDER BY person.id;

-- name: known_bets
-- Which of these ids are bets already.
SELECT id FROM bets WHERE id = ANY($1::uuid[]);

-- name: add_people
-- Add people without a password; their ids in asking order.
WITH added AS (
    INSERT INTO users (email, name, password_hash)
    SELECT asked.email, asked.name, $3
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (email, name, no) ORDER BY asked.no
    RETURNING id
)
SELECT id FROM added ORDER BY id;

-- name: give_addresses
-- Addresses for people who had none.
UPDATE users SET email = asked.email FROM unnest($1::bigint[], $2::text[]) AS asked (id, email)
 WHERE users.id = asked.id AND users.email IS NULL;

-- name: add_members
-- Make them bettors.
INSERT INTO members (tournament_id, user_id, role) SELECT $1, id, 'bettor' FROM unnest($2::bigint[]) AS asked (id);

-- name: open_wallets
-- functions/open_wallets.sql
SELECT open_wallets($1, $2);

-- name: lock_wallets
-- Their wallets by id, as everybody locks them.
SELECT lock_wallets(ARRAY(SELECT id FROM accounts WHERE kind = 'wallet' AND tournament_id = $1 AND user_id = ANY($2::bigint[])));

-- name: deposit
-- functions/take_over_deposits.sql
SELECT take_over_deposits($1, $2, $3, $4);

-- name: take_bets
-- functions/take_over_bets.sql
SELECT outcome_id, stakes, bets, returns FROM take_over_bets($1, $2, $3, $4, $5, $6, $7);

-- name: outcomes_of
-- The outcomes of new markets, by name.
SELECT market_id, id, name FROM outcomes WHERE market_id = ANY($1::bigint[]) ORDER BY market_id, lane_no;

-- name: balances
-- Wallets as they are now, for their owners' screens.
SELECT id, user_id, balance, owed FROM accounts
 WHERE kind = 'wallet' AND tournament_id = $1 AND user_id = ANY($2::bigint[]) ORDER BY id;

-- name: recorded
-- Keep what a file of people brought.
INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, people, bets, user_id)
VALUES ($1, $2, $3, 0, 0, $4, $5, $6) RETURNING id;
