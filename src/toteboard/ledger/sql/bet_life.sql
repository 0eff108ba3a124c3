-- One bet and what became of it, for staff who hold a receipt.

-- name: find
-- The ids of a tournament's bets that end in these eight letters ($2), or have this id ($3), the last first. Eight letters have no
-- index: the bets of the tournament are read through, which staff can wait for and placing does not pay for (docs/adr/0029).
SELECT id FROM bets
 WHERE tournament_id = $1 AND (id = $3 OR $2::text IS NOT NULL AND right(id::text, 8) = $2)
 ORDER BY no DESC LIMIT $4;

-- name: withdrawn_beside
-- The other outcomes of the bet's market that are or were withdrawn: they may take a part off what it wins.
SELECT other.id FROM outcomes other
 WHERE other.market_id = $1 AND other.id <> $2 AND (other.withdrawn OR other.withdrawn_at IS NOT NULL) ORDER BY other.id;

-- name: movements
-- What went between the wallet and the bet since its stake, in order: positive into the wallet. Each with its settlement.
SELECT moved.id, moved.at, moved.kind, CASE WHEN moved.credit_account = bet.wallet_id THEN moved.amount ELSE -moved.amount END AS amount,
       settlement.version, settlement.kind AS decision
  FROM bets bet
  JOIN transfers moved ON moved.bet_id = bet.id AND moved.settlement_id IS NOT NULL
  JOIN settlements settlement ON settlement.id = moved.settlement_id
 WHERE bet.id = $1 ORDER BY moved.id;
