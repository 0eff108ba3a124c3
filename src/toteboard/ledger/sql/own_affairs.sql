-- Whether somebody who decides has a stake in it.

-- name: own_bets
-- How many bets a person ($2) has on each of these markets ($1) of a tournament ($3), what they staked, and whether it asks
-- for four eyes; no row for a market without. Void ones count: another decision brings them back.
SELECT bet.market_id, tournament.four_eyes, tournament.currency, count(*) AS bets, sum(bet.stake)::bigint AS stakes
  FROM tournaments tournament
  JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = tournament.id AND wallet.user_id = $2
  JOIN bets bet ON bet.market_id = ANY ($1::bigint[]) AND bet.wallet_id = wallet.id
 WHERE tournament.id = $3
 GROUP BY bet.market_id, tournament.id
 ORDER BY bet.market_id;

-- name: result_entered_by
-- Who entered the result that a market ($1, "market:42") of a tournament ($2) has, where that asks for four eyes.
SELECT entered.user_id FROM audit_log entered
 WHERE entered.subject = $1 AND entered.action = 'market.resulted'
   AND EXISTS (SELECT FROM tournaments WHERE id = $2 AND four_eyes)
 ORDER BY entered.id DESC LIMIT 1;
