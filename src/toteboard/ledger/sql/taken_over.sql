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
-- Make them bettors with a wallet each.
WITH joined AS (
    INSERT INTO members (tournament_id, user_id, role) SELECT $1, id, 'bettor' FROM unnest($2::bigint[]) AS asked (id)
)
INSERT INTO accounts (tournament_id, kind, user_id) SELECT $1, 'wallet', id FROM unnest($2::bigint[]) AS asked (id) ORDER BY id;

-- name: lock_wallets
-- Their wallets by id, as everybody locks them.
SELECT id, user_id FROM accounts
 WHERE kind = 'wallet' AND tournament_id = $1 AND user_id = ANY($2::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: deposit
-- Pay in an opening balance for each, once; the wallets are locked. `at` is before their first bet of the file.
WITH asked AS (
    SELECT asked.user_id, asked.amount, asked.at, wallet.id AS wallet_id, cash.id AS cash_id
      FROM unnest($2::bigint[], $3::bigint[], $4::timestamptz[]) AS asked (user_id, amount, at)
      JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = asked.user_id
      JOIN accounts cash ON cash.kind = 'cash' AND cash.tournament_id = $1
), paid AS (
    INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, key, at)
    SELECT $1, cash_id, wallet_id, amount, 'deposit', md5('toteboard opening balance ' || $1::bigint || ' ' || user_id)::uuid, at FROM asked ORDER BY wallet_id
    RETURNING id, credit_account, amount
), credited AS (
    UPDATE accounts SET balance = balance + paid.amount FROM paid WHERE accounts.id = paid.credit_account
), debited AS (
    UPDATE accounts SET balance = balance - (SELECT sum(amount)::bigint FROM paid)
     WHERE kind = 'cash' AND tournament_id = $1 AND EXISTS (SELECT FROM paid)
)
SELECT paid.id, paid.credit_account AS wallet_id, paid.amount, asked.user_id
  FROM paid JOIN asked ON asked.wallet_id = paid.credit_account ORDER BY paid.id;

-- name: take_bets
-- Add bets as they were taken, with their stakes, balances, totals and audit rows. Markets and wallets are locked.
WITH asked AS (
    SELECT asked.*, wallet.id AS wallet_id, outcome.market_id, escrow.id AS escrow_id, market.kind
      FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::timestamptz[])
           WITH ORDINALITY AS asked (id, user_id, outcome_id, stake, odds_milli, placed_at, no)
      JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = asked.user_id
      JOIN outcomes outcome ON outcome.id = asked.outcome_id
      JOIN markets market ON market.id = outcome.market_id
      JOIN accounts escrow ON escrow.kind = 'escrow' AND escrow.market_id = outcome.market_id
), placed AS (
    INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)
    SELECT id, $1, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at FROM asked ORDER BY no
), moved AS (
    INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, at)
    SELECT $1, wallet_id, escrow_id, stake, 'stake', id, placed_at FROM asked ORDER BY no
), balanced AS (
    UPDATE accounts SET balance = balance + sums.amount
      FROM (SELECT account_id, sum(amount)::bigint AS amount
              FROM (SELECT wallet_id AS account_id, -stake AS amount FROM asked UNION ALL SELECT escrow_id, stake FROM asked) sides
             GROUP BY account_id) sums
     WHERE accounts.id = sums.account_id
), logged AS (
    INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
    SELECT clock_timestamp(), $1, $8, $9::text::inet, 'bet.taken_over', 'bet:' || id,
           json_build_object('user_id', user_id, 'outcome', outcome_id, 'stake', stake, 'odds', odds_milli, 'placed_at', placed_at, 'file', $10::text)
      FROM asked ORDER BY no
)
UPDATE outcome_totals SET stakes = outcome_totals.stakes + sums.stakes, bets = outcome_totals.bets + sums.bets,
                          returns = outcome_totals.returns + sums.returns
  FROM (SELECT outcome_id, sum(stake)::bigint AS stakes, count(*) AS bets,
               sum(CASE kind WHEN 'fixed' THEN stake * odds_milli / 1000 ELSE 0 END)::bigint AS returns
          FROM asked GROUP BY outcome_id) sums
 WHERE outcome_totals.outcome_id = sums.outcome_id
RETURNING outcome_totals.outcome_id, outcome_totals.stakes, outcome_totals.bets, outcome_totals.returns;

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
