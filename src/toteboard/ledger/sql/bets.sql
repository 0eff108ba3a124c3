-- name: place
-- Place a set of bets: functions/place_bets.sql.
SELECT o_at, o_verdict, o_odds, o_balance, o_left, o_fed FROM place_bets($1, $2, $3, $4, $5, $6, $7);

-- name: around_outcome
-- What stands around a bet on this outcome.
SELECT outcome.id AS outcome_id, outcome.name AS outcome, market.id AS market_id, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.id AS tournament_id, tournament.currency, currency.exponent
  FROM outcomes outcome
  JOIN markets market ON market.id = outcome.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = outcome.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE outcome.id = $1;

-- name: one
-- A bet by its id, a bettor's own ($2) or anybody's (null), with its bettor, when it was settled, what a unit of a pool was paid
-- and why it was refunded.
SELECT bet.*, person.name AS bettor, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.currency, currency.exponent, coalesce(settlement.finished_at, settlement.decided_at) AS settled_at,
       CASE WHEN market.kind = 'pool' AND bet.status = 'won' THEN (
            SELECT (line ->> 1)::bigint * 1000 / (line ->> 3)::bigint FROM jsonb_array_elements(settlement.terms) AS term (line)
             WHERE (line ->> 0)::bigint = bet.outcome_id) END AS dividend_milli,
       CASE WHEN bet.status <> 'void' THEN NULL
            WHEN settlement.kind = 'void' THEN 'market'
            WHEN bet.placed_at > match.started_at THEN 'late'
            WHEN outcome.withdrawn THEN 'withdrawn'
            ELSE 'result' END AS refunded_for
  FROM bets bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
  LEFT JOIN settlements settlement ON settlement.id = bet.settlement_id
 WHERE bet.id = $1 AND ($2::bigint IS NULL OR bet.user_id = $2);

-- name: mine
-- A bettor's bets, newest first, behind a cursor ($5, $6), with when each was settled. Each wallet is read from its own index.
SELECT bet.*, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind, match.id AS match_id, match.name AS match,
       tournament.currency, currency.exponent, coalesce(settlement.finished_at, settlement.decided_at) AS settled_at
  FROM accounts wallet
 CROSS JOIN LATERAL (
        SELECT * FROM bets
         WHERE bets.wallet_id = wallet.id AND (bets.placed_at, bets.no) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::bigint, 0))
           AND ($3::bigint IS NULL OR bets.market_id = $3) AND ($4::text IS NULL OR bets.status = $4)
         ORDER BY bets.placed_at DESC, bets.no DESC LIMIT $7) bet
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
  LEFT JOIN settlements settlement ON settlement.id = bet.settlement_id
 WHERE wallet.kind = 'wallet' AND wallet.user_id = $1 AND ($2::bigint IS NULL OR wallet.tournament_id = $2)
 ORDER BY bet.placed_at DESC, bet.no DESC LIMIT $7;
