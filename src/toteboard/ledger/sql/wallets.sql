-- Wallets, their statements, and what is paid in and out at the desk.

-- name: mine
-- A person's wallets, the newest tournament first.
SELECT wallet.id, wallet.tournament_id, tournament.slug, wallet.user_id, wallet.balance, wallet.owed,
       tournament.currency, currency.exponent
  FROM accounts wallet
  JOIN tournaments tournament ON tournament.id = wallet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE wallet.kind = 'wallet' AND wallet.user_id = $1 AND ($2::bigint IS NULL OR wallet.tournament_id < $2)
 ORDER BY wallet.tournament_id DESC LIMIT $3;

-- name: of_member
-- A person's wallet in one tournament.
SELECT wallet.id, wallet.tournament_id, tournament.slug, wallet.user_id, wallet.balance, wallet.owed,
       tournament.currency, currency.exponent
  FROM accounts wallet
  JOIN tournaments tournament ON tournament.id = wallet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = $2;

-- name: limits
-- The own limits of these wallets' owner as they count now, and what of each is used. Periods roll.
WITH own AS (
    SELECT wallet.id AS wallet_id, wallet.user_id, wallet.tournament_id, own.kind, own.period, own.amount,
           clock_timestamp() - CASE own.period WHEN 'day' THEN interval '24 hours' WHEN 'week' THEN interval '7 days'
                                               ELSE interval '30 days' END AS since
      FROM accounts wallet
     CROSS JOIN LATERAL limits_of(wallet.user_id, wallet.tournament_id, ARRAY['deposit', 'stake', 'loss'], clock_timestamp()) own
     WHERE wallet.id = ANY ($1::bigint[])
)
SELECT own.wallet_id, own.kind, own.period, own.amount,
       CASE own.kind
       WHEN 'stake' THEN (SELECT coalesce(sum(bets.stake), 0) FROM bets
                           WHERE bets.wallet_id IN (SELECT one.wallet_id FROM limited_together(own.user_id, own.tournament_id) one) AND bets.status <> 'void' AND bets.placed_at > own.since)
       WHEN 'loss' THEN (SELECT greatest(coalesce(sum(bets.stake - coalesce(bets.payout, 0)), 0), 0) FROM bets
                          WHERE bets.wallet_id IN (SELECT one.wallet_id FROM limited_together(own.user_id, own.tournament_id) one) AND bets.status <> 'void' AND bets.placed_at > own.since)
       ELSE (SELECT coalesce(sum(transfers.amount), 0) FROM transfers
              WHERE transfers.credit_account IN (SELECT one.wallet_id FROM limited_together(own.user_id, own.tournament_id) one) AND transfers.kind = 'deposit' AND transfers.at > own.since)
       END::bigint AS used
  FROM own
 WHERE own.amount IS NOT NULL
 ORDER BY own.wallet_id, own.kind, own.period;

-- name: owner_of
-- Whose wallet it is, and where.
SELECT tournament_id, user_id FROM accounts WHERE id = $1 AND kind = 'wallet';

-- name: statement
-- A wallet's movements with the balance after each, newest first, from behind a cursor: the movement $2 to $4, and $6 the
-- balance before it. Each stream is read from its own index, no further than the page; the balance is counted back from the
-- account's, which `toteboard audit` derives from the first movement on. Stakes are found as the wallet's bets (0001_ledger.sql).
-- Of one moment: what is lent before what is taken back, then what is paid back, then what is staked. So the balance is never
-- below zero.
WITH movement AS (
    (SELECT 'transfer' AS source, id AS no, at AS at, 0 AS rank, kind AS kind, amount AS amount, bet_id AS bet_id
       FROM transfers WHERE credit_account = $1 AND kind = 'receivable'
        AND (at, id) < (coalesce($2::timestamptz, 'infinity'), CASE WHEN $3::int IS NULL OR $3 > 0 THEN 9223372036854775807 WHEN $3 = 0 THEN $4::bigint ELSE -1 END)
      ORDER BY at DESC, id DESC LIMIT $5)
    UNION ALL
    (SELECT 'transfer' AS source, id AS no, at AS at, 1 AS rank, kind AS kind, amount AS amount, bet_id AS bet_id
       FROM transfers WHERE credit_account = $1 AND kind <> 'stake' AND kind <> 'receivable'
        AND (at, id) < (coalesce($2::timestamptz, 'infinity'), CASE WHEN $3::int IS NULL OR $3 > 1 THEN 9223372036854775807 WHEN $3 = 1 THEN $4::bigint ELSE -1 END)
      ORDER BY at DESC, id DESC LIMIT $5)
    UNION ALL
    (SELECT 'transfer' AS source, id AS no, at AS at, 1 AS rank, kind AS kind, -amount AS amount, bet_id AS bet_id
       FROM transfers WHERE debit_account = $1 AND kind <> 'stake' AND kind <> 'receivable'
        AND (at, id) < (coalesce($2::timestamptz, 'infinity'), CASE WHEN $3::int IS NULL OR $3 > 1 THEN 9223372036854775807 WHEN $3 = 1 THEN $4::bigint ELSE -1 END)
      ORDER BY at DESC, id DESC LIMIT $5)
    UNION ALL
    (SELECT 'transfer' AS source, id AS no, at AS at, 2 AS rank, kind AS kind, -amount AS amount, bet_id AS bet_id
       FROM transfers WHERE debit_account = $1 AND kind = 'receivable'
        AND (at, id) < (coalesce($2::timestamptz, 'infinity'), CASE WHEN $3::int IS NULL OR $3 > 2 THEN 9223372036854775807 WHEN $3 = 2 THEN $4::bigint ELSE -1 END)
      ORDER BY at DESC, id DESC LIMIT $5)
    UNION ALL
    (SELECT 'bet' AS source, no AS no, placed_at AS at, 3 AS rank, 'stake' AS kind, -stake AS amount, id AS bet_id
       FROM bets WHERE wallet_id = $1
        AND (placed_at, no) < (coalesce($2::timestamptz, 'infinity'), CASE WHEN $3::int IS NULL OR $3 > 3 THEN 9223372036854775807 WHEN $3 = 3 THEN $4::bigint ELSE -1 END)
      ORDER BY placed_at DESC, no DESC LIMIT $5)
), asked AS (
    SELECT movement.*, (coalesce($6::bigint, (SELECT balance FROM accounts WHERE id = $1))
           - coalesce(sum(amount) OVER (ORDER BY at DESC, rank DESC, no DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
           )::bigint AS balance
      FROM movement
     ORDER BY at DESC, rank DESC, no DESC LIMIT $5
)
SELECT asked.source, asked.no, asked.at, asked.rank, asked.kind, asked.amount, asked.balance, asked.bet_id,
       {outcome_as_taken} AS outcome, market.name AS market, match.name AS match
  FROM asked
  -- A bet is found by its number, one after the other: OFFSET 0 keeps the planner from reading all of them.
  LEFT JOIN LATERAL (SELECT outcome_id, market_id, placed_at FROM bets WHERE bets.id = asked.bet_id OFFSET 0) bet ON true
  LEFT JOIN outcomes outcome ON outcome.id = bet.outcome_id
  LEFT JOIN markets market ON market.id = bet.market_id
  LEFT JOIN matches match ON match.id = market.match_id
 ORDER BY asked.at DESC, asked.rank DESC, asked.no DESC;

-- name: limits_turn
-- Where a person's limits hold across tournaments, their deposits take turns.
SELECT limits_turn(ARRAY[user_id]) FROM accounts WHERE id = $1 AND kind = 'wallet';

-- name: lock
-- One wallet, locked: bets on it wait.
SELECT lock_wallets(ARRAY[$1::bigint]);

-- name: under_lock
-- The wallet as it is after the lock.
SELECT wallet.id, wallet.tournament_id, wallet.user_id, wallet.balance, wallet.owed, tournament.currency, currency.exponent,
       tournament.archived_at,
       own_deposit_left(wallet.user_id, wallet.tournament_id, clock_timestamp()) AS deposit_left,
       coalesce(wallet.excluded_until > clock_timestamp(), false) AS is_excluded,
       (SELECT deleted_at IS NOT NULL FROM users WHERE id = wallet.user_id) AS is_deleted
  FROM accounts wallet
  JOIN tournaments tournament ON tournament.id = wallet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE wallet.id = $1;

-- name: by_key
-- The transfer a key was used for, in or out of which account, and what went on to what was owed in the same moment.
SELECT transfer.id, transfer.kind, transfer.amount, transfer.at,
       CASE transfer.kind WHEN 'deposit' THEN transfer.credit_account ELSE transfer.debit_account END AS wallet_id,
       (SELECT coalesce(sum(repaid.amount), 0) FROM transfers repaid
         WHERE repaid.debit_account = transfer.credit_account AND repaid.kind = 'receivable' AND repaid.at = transfer.at)::bigint
       AS repaid
  FROM transfers transfer
 WHERE transfer.key = $1;

-- name: balance_after
-- What a wallet ($1) held after everything up to a moment ($2): what it holds, without what came later.
SELECT ((SELECT balance FROM accounts WHERE id = $1)
      - (SELECT coalesce(sum(amount), 0) FROM transfers WHERE credit_account = $1 AND kind <> 'stake' AND at > $2)
      + (SELECT coalesce(sum(amount), 0) FROM transfers WHERE debit_account = $1 AND kind <> 'stake' AND at > $2)
      + (SELECT coalesce(sum(stake), 0) FROM bets WHERE wallet_id = $1 AND placed_at > $2))::bigint;

-- name: move_cash
-- functions/move_cash.sql
SELECT id, repaid FROM move_cash($1, $2, $3, $4);

-- name: balance
SELECT balance, owed FROM accounts WHERE id = $1;
