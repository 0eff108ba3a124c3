-- The books as they are watched: sums by tournament and kind of account, of transfers since the last look.

-- name: newest
-- The newest transfer there is to be seen.
SELECT coalesce(max(id), 0) FROM transfers;

-- name: flows
-- What was credited less what was debited by transfers behind a number ($1), and the bets among them: all, and those up to another ($2).
SELECT moved.tournament_id, account.kind, sum(moved.amount) AS amount, coalesce(sum(moved.amount) FILTER (WHERE moved.id <= $2), 0) AS settled,
       count(*) FILTER (WHERE moved.is_stake) AS bets, count(*) FILTER (WHERE moved.is_stake AND moved.id <= $2) AS bets_settled
  FROM transfers
 CROSS JOIN LATERAL (VALUES (transfers.id, transfers.tournament_id, credit_account, amount, transfers.kind = 'stake'),
                            (transfers.id, transfers.tournament_id, debit_account, -amount, false))
       AS moved (id, tournament_id, account_id, amount, is_stake)
  JOIN accounts account ON account.id = moved.account_id
 WHERE transfers.id > $1
 GROUP BY moved.tournament_id, account.kind;

-- name: balances
-- What all accounts of a kind hold.
SELECT tournament_id, kind, sum(balance) AS balance FROM accounts GROUP BY tournament_id, kind;

-- name: escrows
-- Escrows that do not hold what is staked on their market and was carried into it; of a paid market, that are not empty.
SELECT market.tournament_id, market.id AS market_id, escrow.balance - staked.expected AS off
  FROM markets market
  JOIN accounts escrow ON escrow.kind = 'escrow' AND escrow.market_id = market.id
 CROSS JOIN LATERAL (
        SELECT CASE WHEN market.status IN ('settled', 'void') THEN 0
                    ELSE coalesce(sum(totals.stakes), 0) + market.carried + market.carried_gross END AS expected
          FROM outcome_totals totals WHERE totals.market_id = market.id
       ) staked
 WHERE market.status NOT IN ('settling', 'voiding') AND escrow.balance <> staked.expected
 ORDER BY market.id;

-- name: differing
-- Those that something is known to differ in, though it does not any more.
SELECT id FROM tournaments WHERE differs IS NOT NULL AND stopped_at IS NULL AND archived_at IS NULL AND id <> ALL ($1::bigint[]);

-- name: open_markets
SELECT id FROM markets WHERE tournament_id = $1 AND status = 'open' ORDER BY id;

-- name: stop
-- Nobody bets here from now on.
UPDATE tournaments SET stopped_at = clock_timestamp(), differs = $2::text::jsonb, stopped_markets = $3::bigint[] WHERE id = $1;

-- name: lift
-- Bets are taken again. What differed stays known.
UPDATE tournaments SET stopped_at = NULL, stopped_markets = '{}' WHERE id = $1;

-- name: forget
-- What differed does so no more.
UPDATE tournaments SET differs = NULL WHERE id = $1;

-- name: shown
-- Tournaments whose books differ, or did when betting was stopped.
SELECT tournaments.id AS tournament_id, tournaments.name, tournaments.slug, tournaments.currency, currencies.exponent,
       tournaments.stopped_at, tournaments.differs::text AS differs
  FROM tournaments JOIN currencies ON currencies.code = tournaments.currency
 WHERE tournaments.differs IS NOT NULL AND tournaments.archived_at IS NULL
 ORDER BY tournaments.stopped_at NULLS LAST, tournaments.id LIMIT $1;
