-- One bet and what became of it, for staff who hold a receipt.

-- name: find
-- The ids of a tournament's bets that end in these eight letters ($2), or have this id ($3), the last first. Eight letters have no
-- index: the bets of the tournament are read through, which staff can wait for and placing does not pay for (docs/adr/0029).
SELECT id FROM bets
 WHERE tournament_id = $1 AND (id = $3 OR $2::text IS NOT NULL AND right(id::text, 8) = $2)
 ORDER BY no DESC LIMIT $4;

-- name: one
-- Anybody's bet by its id, with its bettor, when it was settled and what a unit of a pool was paid.
SELECT bet.*, person.name AS bettor, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.currency, currency.exponent,
       coalesce(settlement.finished_at, settlement.decided_at) AS settled_at,
       CASE WHEN market.kind = 'pool' AND bet.status = 'won' THEN (
            SELECT (line ->> 1)::bigint * 1000 / (line ->> 3)::bigint FROM jsonb_array_elements(settlement.terms) AS term (line)
             WHERE (line ->> 0)::bigint = bet.outcome_id) END AS dividend_milli
  FROM bets bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
  LEFT JOIN settlements settlement ON settlement.id = bet.settlement_id
 WHERE bet.id = $1;

-- name: movements
-- What went between the wallet and the bet since its stake, in order: positive into the wallet. Each with its settlement.
SELECT moved.id, moved.at, moved.kind, CASE WHEN moved.credit_account = bet.wallet_id THEN moved.amount ELSE -moved.amount END AS amount,
       settlement.version, settlement.kind AS decision
  FROM bets bet
  JOIN transfers moved ON moved.bet_id = bet.id AND moved.settlement_id IS NOT NULL
  JOIN settlements settlement ON settlement.id = moved.settlement_id
 WHERE bet.id = $1 ORDER BY moved.id;
