-- A tournament's sheets, for those who take them away. Each is read in keyset pages of one snapshot: $1 is the tournament,
-- ($2, $3) the key of the last row that was read, $4 how many rows follow; key_a and key_b are a row's own.

-- name: subject
-- The tournament a sheet is of.
SELECT tournament.id, tournament.slug, tournament.name, tournament.currency, currency.exponent
  FROM tournaments tournament JOIN currencies currency ON currency.code = tournament.currency
 WHERE tournament.id = $1;

-- name: by_key
-- For this transaction: a page is read where its key stands in an index, not by looking through all of a table and sorting.
SELECT set_config('enable_sort', 'off', true);

-- name: counts
-- How many rows each sheet has now. A bet has exactly one stake transfer, so the largest table is not looked through.
WITH bets AS (
    SELECT coalesce(sum(total.bets), 0)::bigint AS bets
      FROM markets market JOIN outcome_totals total ON total.market_id = market.id
     WHERE market.tournament_id = $1
)
SELECT bets.bets,
       (SELECT count(*) FROM outcomes
         WHERE outcomes.market_id IN (
               SELECT DISTINCT ON (match_id) id FROM markets WHERE tournament_id = $1
                ORDER BY match_id, import_key IS DISTINCT FROM 'winner', id)) AS matches,
       (SELECT count(*) FROM markets WHERE markets.tournament_id = $1) AS results,
       (SELECT count(*) FROM settlements WHERE settlements.tournament_id = $1) AS versions,
       (SELECT count(*) FROM (SELECT user_id FROM members WHERE tournament_id = $1
                              UNION SELECT user_id FROM accounts WHERE tournament_id = $1 AND kind = 'wallet') one) AS people,
       bets.bets + (SELECT count(*) FROM transfers JOIN accounts ON accounts.id = transfers.debit_account
                     WHERE accounts.tournament_id = $1 AND transfers.kind <> 'stake') AS transfers,
       (SELECT count(*) FROM audit_log WHERE tournament_id = $1) AS audit,
       (SELECT count(*) FROM feedback WHERE tournament_id = $1) AS feedback,
       -- Of the matches sheet: what it cannot say.
       (SELECT count(*) FROM markets WHERE tournament_id = $1)
     - (SELECT count(DISTINCT match_id) FROM markets WHERE tournament_id = $1) AS markets_left_out
  FROM bets;

-- name: bets
-- Bets in the order they were taken, by their position in the feed: there is no other index for it (docs/adr/0015).
WITH told AS MATERIALIZED (
    SELECT event.seq, told.position, (told.bet ->> 0)::uuid AS bet_id
      FROM (SELECT seq, payload FROM events WHERE tournament_id = $1 AND kind = 'bets' AND seq >= $2 ORDER BY seq) event
     CROSS JOIN LATERAL json_array_elements(event.payload -> 'b') WITH ORDINALITY AS told (bet, position)
     WHERE (event.seq, told.position) > ($2, $3)
     ORDER BY event.seq, told.position LIMIT $4
)
SELECT told.seq AS key_a, told.position AS key_b, bet.placed_at, bet.user_id, person.name AS bettor, match.round,
       match.name AS match, market.name AS market, market.kind, {outcome_as_taken} AS outcome, outcome.name AS outcome_now, bet.stake, bet.odds_milli,
       bet.status, bet.payout, bet.id AS bet
  FROM told
 CROSS JOIN LATERAL (SELECT * FROM bets WHERE bets.id = told.bet_id OFFSET 0) bet
  JOIN users person ON person.id = bet.user_id
  JOIN outcomes outcome ON outcome.id = bet.outcome_id
  JOIN markets market ON market.id = bet.market_id
  JOIN matches match ON match.id = market.match_id
 ORDER BY told.seq, told.position;

-- name: matches
-- A row for each outcome of one market a match: the one a CSV brought, else its first. Odds only where all outcomes have
-- some: an import takes all or none.
WITH chosen AS (
    SELECT DISTINCT ON (match_id) id, match_id, kind FROM markets
     WHERE tournament_id = $1
     ORDER BY match_id, import_key IS DISTINCT FROM 'winner', id
)
SELECT match.id AS key_a, outcome.lane_no::bigint AS key_b, match.name AS match, match.round, match.starts_at, outcome.name AS outcome,
       CASE WHEN chosen.kind = 'fixed'
             AND NOT EXISTS (SELECT FROM outcomes other WHERE other.market_id = chosen.id AND other.odds_milli IS NULL)
            THEN outcome.odds_milli END AS odds_milli
  FROM chosen
  JOIN matches match ON match.id = chosen.match_id
  JOIN outcomes outcome ON outcome.market_id = chosen.id
 WHERE (match.id, outcome.lane_no) > ($2, $3)
 ORDER BY match.id, outcome.lane_no LIMIT $4;

-- name: results
-- Every market as it stands: its last settlement, or none yet.
SELECT market.id AS key_a, 0::bigint AS key_b, match.round, match.name AS match,
       market.name AS market, market.kind, market.status, settlement.version, settlement.kind AS decision,
       settlement.status AS paying, settlement.decided_at, coalesce(settlement.result, market.result) AS result,
       settlement.terms, settlement.gross, settlement.refunds, settlement.paid, settlement.takeout, settlement.breakage,
       settlement.house_won, settlement.house_added, settlement.carried_in, settlement.carried_out,
       settlement.takeout + settlement.breakage + settlement.house_won - settlement.house_added AS house_result,
       coalesce(settlement.bets, total.bets) AS bets, coalesce(settlement.gross + settlement.refunds, total.stakes) AS stakes,
       (SELECT json_object_agg(outcome.id, outcome.name) FROM outcomes outcome WHERE outcome.market_id = market.id) AS names
  FROM markets market
  JOIN matches match ON match.id = market.match_id
  LEFT JOIN LATERAL (SELECT * FROM settlements WHERE settlements.market_id = market.id ORDER BY version DESC LIMIT 1) settlement ON true
 CROSS JOIN LATERAL (SELECT coalesce(sum(totals.bets), 0)::bigint AS bets, coalesce(sum(totals.stakes), 0)::bigint AS stakes
                       FROM outcome_totals totals WHERE totals.market_id = market.id) total
 WHERE market.tournament_id = $1 AND (market.id, 0) > ($2, $3)
 ORDER BY market.id LIMIT $4;

-- name: versions
-- Every settlement of every market: the first, and what corrected it.
SELECT market.id AS key_a, settlement.version::bigint AS key_b, match.round, match.name AS match,
       market.name AS market, market.kind, market.status, settlement.version, settlement.kind AS decision,
       settlement.status AS paying, settlement.decided_at, coalesce(settlement.result, market.result) AS result,
       settlement.terms, settlement.gross, settlement.refunds, settlement.paid, settlement.takeout, settlement.breakage,
       settlement.house_won, settlement.house_added, settlement.carried_in, settlement.carried_out,
       settlement.takeout + settlement.breakage + settlement.house_won - settlement.house_added AS house_result,
       coalesce(settlement.bets, total.bets) AS bets, coalesce(settlement.gross + settlement.refunds, total.stakes) AS stakes,
       (SELECT json_object_agg(outcome.id, outcome.name) FROM outcomes outcome WHERE outcome.market_id = market.id) AS names
  FROM markets market
  JOIN matches match ON match.id = market.match_id
  JOIN settlements settlement ON settlement.market_id = market.id
 CROSS JOIN LATERAL (SELECT coalesce(sum(totals.bets), 0)::bigint AS bets, coalesce(sum(totals.stakes), 0)::bigint AS stakes
                       FROM outcome_totals totals WHERE totals.market_id = market.id) total
 WHERE market.tournament_id = $1 AND (market.id, settlement.version) > ($2, $3)
 ORDER BY market.id, settlement.version LIMIT $4;

-- name: people
-- Members, and whoever left a wallet behind. What came back on refunded bets stands apart from what was won.
WITH person AS MATERIALIZED (
    SELECT user_id FROM members WHERE tournament_id = $1 AND user_id > $2
    UNION
    SELECT user_id FROM accounts WHERE tournament_id = $1 AND kind = 'wallet' AND user_id > $2
    ORDER BY user_id LIMIT $4
)
SELECT person.user_id AS key_a, $3::bigint AS key_b, person.user_id, users.name, users.email, member.role,
       CASE WHEN checked_identity(person.user_id, $1) = 'verified' THEN 'yes' ELSE 'no' END AS verified, wallet.balance, wallet.owed,
       cash.paid_in, cash.paid_out, bet.staked, bet.pending, bet.refunded, bet.won,
       bet.won + bet.refunded + bet.pending - bet.staked AS net
  FROM person
  JOIN users ON users.id = person.user_id
  LEFT JOIN members member ON member.tournament_id = $1 AND member.user_id = person.user_id
  LEFT JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = $1 AND wallet.user_id = person.user_id
  LEFT JOIN LATERAL (
        SELECT (SELECT coalesce(sum(amount), 0) FROM transfers
                 WHERE credit_account = wallet.id AND kind = 'deposit')::bigint AS paid_in,
               (SELECT coalesce(sum(amount), 0) FROM transfers
                 WHERE debit_account = wallet.id AND kind = 'withdrawal')::bigint AS paid_out) cash ON wallet.id IS NOT NULL
  LEFT JOIN LATERAL (
        SELECT coalesce(sum(stake), 0)::bigint AS staked,
               coalesce(sum(stake) FILTER (WHERE status = 'pending'), 0)::bigint AS pending,
               coalesce(sum(payout) FILTER (WHERE status = 'void'), 0)::bigint AS refunded,
               coalesce(sum(payout) FILTER (WHERE status <> 'void'), 0)::bigint AS won
          FROM bets WHERE bets.wallet_id = wallet.id) bet ON wallet.id IS NOT NULL
 ORDER BY person.user_id;

-- name: transfers
-- The ledger's rows in their order, each side named by what it is and whose.
WITH told AS MATERIALIZED (
    SELECT * FROM transfers WHERE tournament_id = $1 AND id > $2 ORDER BY id LIMIT $4
),
side AS (
    SELECT account.id,
           CASE account.kind WHEN 'wallet' THEN 'wallet: ' || person.name
                             WHEN 'escrow' THEN 'escrow: ' || match.name || ', ' || market.name
                             ELSE account.kind END AS title
      FROM accounts account
      LEFT JOIN users person ON person.id = account.user_id
      LEFT JOIN markets market ON market.id = account.market_id
      LEFT JOIN matches match ON match.id = market.match_id
     WHERE account.id IN (SELECT debit_account FROM told UNION SELECT credit_account FROM told)
)
SELECT told.id AS key_a, $3::bigint AS key_b, told.id, told.at, told.kind, debit.title AS debit, told.debit_account,
       credit.title AS credit, told.credit_account, told.amount, told.bet_id, told.settlement_id, told.reverses
  FROM told
  JOIN side debit ON debit.id = told.debit_account
  JOIN side credit ON credit.id = told.credit_account
 ORDER BY told.id;

-- name: audit
-- The tournament's part of the audit log, oldest first.
SELECT log.id AS key_a, $3::bigint AS key_b, log.id, log.at, person.name AS who, log.user_id, host(log.ip) AS ip,
       log.action, log.subject, log.details::text AS details
  FROM (SELECT * FROM audit_log WHERE tournament_id = $1 AND id > $2 ORDER BY id LIMIT $4) log
  LEFT JOIN users person ON person.id = log.user_id
 ORDER BY log.id;

-- name: feedback
-- What people said of the tournament's screens, oldest first.
SELECT feedback.id AS key_a, $3::bigint AS key_b, feedback.id, feedback.created_at, person.name AS who, feedback.user_id, feedback.screen,
       feedback.text, feedback.state::text AS state, feedback.may_ask, feedback.picture IS NOT NULL AS has_picture, feedback.answer,
       answerer.name AS answered_by, feedback.answered_at, feedback.closed_at
  FROM feedback
  LEFT JOIN users person ON person.id = feedback.user_id
  LEFT JOIN users answerer ON answerer.id = feedback.answered_by
 WHERE feedback.tournament_id = $1 AND feedback.id > $2
 ORDER BY feedback.id LIMIT $4;
