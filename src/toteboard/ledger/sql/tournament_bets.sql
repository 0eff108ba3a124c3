-- Every bet of a tournament, for those who run it. There is no index for this on `bets`: see docs/adr/0015.

-- name: head
-- The number of a tournament's last event.
SELECT seq FROM feeds WHERE tournament_id = $1;

-- name: page
-- Bets in the order they were taken, the last first, from behind a position in the feed ($2, $3), looking back as far as
-- event $4. A bet is found by its number, one after the other: OFFSET 0 keeps the planner from reading all of them.
SELECT event.seq, told.position, bet.*, person.name AS bettor, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.currency, currency.exponent
  FROM (SELECT seq, payload FROM events
         WHERE tournament_id = $1 AND kind = 'bets' AND seq <= $2 AND seq > $4 ORDER BY seq DESC) event
 CROSS JOIN LATERAL json_array_elements(event.payload -> 'b') WITH ORDINALITY AS told (bet, position)
 CROSS JOIN LATERAL (
        SELECT * FROM bets WHERE bets.id = (told.bet ->> 0)::uuid AND ($5::text IS NULL OR bets.status = $5) OFFSET 0) bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 WHERE (event.seq, told.position) < ($2, $3)
 ORDER BY event.seq DESC, told.position DESC LIMIT $6;

-- name: of_market
-- Bets on a market ($2), or one outcome of it ($3), newest first, from behind a cursor ($6, $7).
SELECT bet.*, person.name AS bettor, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.currency, currency.exponent
  FROM (SELECT * FROM bets
         WHERE bets.market_id = $2 AND bets.tournament_id = $1 AND ($3::bigint IS NULL OR bets.outcome_id = $3)
           AND ($4::bigint IS NULL OR bets.user_id = $4) AND ($5::text IS NULL OR bets.status = $5)
           AND (bets.placed_at, bets.no) < (coalesce($6::timestamptz, 'infinity'), coalesce($7::bigint, 0))
         ORDER BY bets.placed_at DESC, bets.no DESC LIMIT $8) bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 ORDER BY bet.placed_at DESC, bet.no DESC;

-- name: of_bettor
-- A bettor's bets in a tournament, newest first, from behind a cursor ($4, $5).
SELECT bet.*, person.name AS bettor, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, market.name AS market, market.kind,
       match.id AS match_id, match.name AS match, tournament.currency, currency.exponent
  FROM (SELECT bets.* FROM accounts wallet JOIN bets ON bets.wallet_id = wallet.id
         WHERE wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = $2
           AND ($3::text IS NULL OR bets.status = $3)
           AND (bets.placed_at, bets.no) < (coalesce($4::timestamptz, 'infinity'), coalesce($5::bigint, 0))
         ORDER BY bets.placed_at DESC, bets.no DESC LIMIT $6) bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
  JOIN tournaments tournament ON tournament.id = bet.tournament_id
  JOIN currencies currency ON currency.code = tournament.currency
 ORDER BY bet.placed_at DESC, bet.no DESC;

-- name: market_of
-- The market of an outcome.
SELECT market_id FROM outcomes WHERE id = $1;
