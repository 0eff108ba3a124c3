-- name: market
-- What a settlement must know of its market; locked exclusively when it decides.
SELECT market.id, market.tournament_id, market.match_id, market.status, market.closed_at, market.result, market.version,
       market.carried, market.carried_gross, {market.terms}, match.started_at, match.name AS match, tournament.currency, currency.exponent
  FROM markets market
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = market.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE market.id = $1;

-- name: lock_market
-- No bet is between: those in flight are in before this returns, or refused after it.
SELECT lock_markets(carry_targets(ARRAY[$1::bigint]));

-- name: book
-- What lies on each outcome, late bets (placed after the true start, $2) apart.
SELECT outcome.id AS outcome_id, outcome.name, outcome.withdrawn, outcome.withdrawn_at, outcome.deduction_bps,
       coalesce(sum(bet.stake), 0)::bigint AS staked, count(bet.id) AS bets,
       coalesce(sum(bet.stake) FILTER (WHERE bet.placed_at > $2), 0)::bigint AS late
  FROM outcomes outcome LEFT JOIN bets bet ON bet.outcome_id = outcome.id AND bet.market_id = outcome.market_id
 WHERE outcome.market_id = $1
 GROUP BY outcome.id ORDER BY outcome.lane_no;

-- name: payouts
-- What the terms come to: for each outcome the sum paid to bets in time.
SELECT bet.outcome_id, sum(payout(bet.stake, bet.odds_milli, bet.placed_at, $2, terms.a, terms.b, terms.c))::bigint AS paid
  FROM bets bet JOIN unnest($3::bigint[], $4::numeric[], $5::numeric[], $6::numeric[], $7::timestamptz[], $8::timestamptz[])
                AS terms (outcome_id, a, b, c, since, until)
    ON terms.outcome_id = bet.outcome_id AND bet.placed_at >= coalesce(terms.since, '-infinity')
   AND bet.placed_at < coalesce(terms.until, 'infinity')
 WHERE bet.market_id = $1 AND ($2::timestamptz IS NULL OR bet.placed_at <= $2)
 GROUP BY bet.outcome_id;

-- name: bettors
-- How many people have bet on the market, and how many of them are paid something by the terms.
SELECT count(DISTINCT wallet_id) AS bettors,
       count(DISTINCT wallet_id) FILTER (WHERE terms.label IN ('won', 'half')
                                           AND ($2::timestamptz IS NULL OR bet.placed_at <= $2)) AS winners
  FROM bets bet JOIN unnest($3::bigint[], $4::text[]) AS terms (outcome_id, label) ON terms.outcome_id = bet.outcome_id
 WHERE bet.market_id = $1;

-- name: differences
-- What a corrected result changes, by bettor, those who lose most first, behind a cursor ($9, $10).
SELECT person.id AS user_id, person.name, one.before, one.after, one.difference, one.receivable, one.owed
  FROM payout_differences($1, $2, $3, $4, $5, $6, $7, $8) one
  JOIN users person ON person.id = one.user_id
 WHERE $9::bigint IS NULL OR (one.difference, one.user_id) > ($9, $10::bigint)
 ORDER BY one.difference, one.user_id LIMIT $11;

-- name: correction
-- The same over everybody: what is taken back and from how many, what is paid on top, what wallets cannot give back.
SELECT coalesce(-sum(difference) FILTER (WHERE difference < 0), 0)::bigint AS taken_back,
       count(*) FILTER (WHERE difference < 0) AS taken_from,
       coalesce(sum(difference) FILTER (WHERE difference > 0), 0)::bigint AS paid_more,
       count(*) FILTER (WHERE difference > 0) AS paid_to,
       coalesce(sum(receivable), 0)::bigint AS receivable, count(*) FILTER (WHERE receivable > 0) AS owing
  FROM payout_differences($1, $2, $3, $4, $5, $6, $7, $8);

-- name: lateness_differs
-- Whether another true start ($3 instead of $2) makes any bet late that was not, or the other way round.
SELECT EXISTS (SELECT FROM bets WHERE market_id = $1
                  AND coalesce(placed_at > $2::timestamptz, false) <> coalesce(placed_at > $3::timestamptz, false));

-- name: late_bets
-- The bets of these markets placed after a moment, the latest first.
SELECT bet.id, bet.market_id, market.name AS market, {outcome_as_taken} AS outcome, person.name AS bettor, bet.stake, bet.placed_at
  FROM bets bet
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN users person ON person.id = bet.user_id
 WHERE bet.market_id = ANY($1::bigint[]) AND bet.placed_at > $2
 ORDER BY bet.placed_at DESC, bet.no DESC LIMIT $3;

-- name: late_sums
-- How many bets of each of these markets are late by then, and their stakes.
SELECT market_id, count(*) AS bets, sum(stake)::bigint AS stakes FROM bets
 WHERE market_id = ANY($1::bigint[]) AND placed_at > $2 GROUP BY market_id;

-- name: last
-- The newest settlement of a market.
SELECT * FROM settlements WHERE market_id = $1 ORDER BY version DESC LIMIT 1;

-- name: all
-- Every settlement of a market, newest first.
SELECT * FROM settlements WHERE market_id = $1 ORDER BY version DESC;

-- name: decide
-- Write the decision down; paying goes on from here however often it is interrupted.
INSERT INTO settlements (tournament_id, market_id, version, kind, status, result, terms, started_at, gross, refunds, takeout,
                         paid, breakage, house_added, house_won, bets, phase, reverses, decided_by,
                         carried_in, carried_out, carried_out_gross, carried_before, carried_to)
VALUES ($1, $2, $3, $4, 'paying', $5::text::jsonb, $6::text::jsonb, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23)
RETURNING *;

-- name: market_status
-- The market is being paid, or refunded.
UPDATE markets SET status = $2, result = coalesce($3::text::jsonb, result), version = version + 1,
                   closed_at = coalesce(closed_at, clock_timestamp())
 WHERE id = $1;

-- name: open
-- functions/open_settlement.sql
SELECT open_settlement($1);

-- name: target
-- The market that a pool is to go to, as it is under its lock.
SELECT id, tournament_id, kind, status, name FROM markets WHERE id = $1;

-- name: carrying_in
-- A market whose pool is on its way into this one.
SELECT markets.name FROM settlements JOIN markets ON markets.id = settlements.market_id
 WHERE settlements.carried_to = $1 AND settlements.status = 'paying' AND settlements.carried_out > settlements.carried_before LIMIT 1;

-- name: carried_by
-- What all versions of a market's settlement carried on to other markets and did not take back.
SELECT coalesce(sum(carry.amount), 0)::bigint AS amount
  FROM transfers carry JOIN accounts escrow ON escrow.id = carry.debit_account AND escrow.kind = 'escrow' AND escrow.market_id = $1
 WHERE carry.kind IN ('carry', 'carry_gross')
   AND NOT EXISTS (SELECT FROM transfers back WHERE back.reverses = carry.id AND back.settlement_id IS NOT NULL);

-- name: unfinished
-- Settlements that are still paying, oldest first.
SELECT id, market_id FROM settlements WHERE status = 'paying' ORDER BY id LIMIT 100;

-- name: pay_chunk
-- functions/pay_chunk.sql
SELECT o_done, o_bets_done, o_paid FROM pay_chunk($1, $2);

-- name: finish
-- functions/finish_settlement.sql
SELECT finish_settlement($1);

-- name: one
-- One settlement.
SELECT * FROM settlements WHERE id = $1;

-- name: tournament_of
-- The tournament a market belongs to.
SELECT tournament_id FROM markets WHERE id = $1;
