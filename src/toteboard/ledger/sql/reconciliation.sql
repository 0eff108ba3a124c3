-- What `toteboard audit` reads besides its checks, which stand in reconciliation_money.sql, _bets.sql,
-- _settlements.sql and _changes.sql.

-- name: paid_settlements
-- Every settlement that is paid, with what its terms were made of; a row for each outcome. A market and its outcomes have been
-- corrected since an earlier one: for that they are as the database saw them when it was decided (functions/change_log.sql), and
-- where it had no eye on them yet, it is left out.
WITH last AS (
    SELECT *, version = max(version) OVER (PARTITION BY market_id) AS is_last
    FROM settlements
),

staked AS (
    SELECT
        last.id AS settlement_id, bet.outcome_id, sum(bet.stake) AS staked, coalesce(sum(bet.stake) FILTER (WHERE bet.placed_at > last.started_at), 0) AS late
    FROM last INNER JOIN bets AS bet ON last.market_id = bet.market_id
    GROUP BY last.id, bet.outcome_id
),

paid_out AS (
    SELECT
        last.market_id, count(*) AS bets, coalesce(sum(bet.payout) FILTER (WHERE bet.status = 'void'), 0) AS refunds,
        coalesce(sum(bet.payout) FILTER (WHERE bet.status <> 'void'), 0) AS paid,
        bool_or(coalesce(bet.placed_at > last.started_at, false) <> coalesce(bet.placed_at > match.started_at, false)) AS is_started_otherwise
    FROM last
    INNER JOIN markets AS market ON last.market_id = market.id
    INNER JOIN matches AS match ON market.match_id = match.id
    INNER JOIN bets AS bet ON last.market_id = bet.market_id
    WHERE last.is_last
    GROUP BY last.market_id
)

SELECT
    last.is_last, last.version,
    last.gross, last.refunds, last.takeout, last.paid, last.breakage, last.house_added, last.house_won, last.bets,
    last.carried_in, last.carried_out, last.carried_out_gross, last.carried_before, last.carried_to,
    coalesce(paid_out.bets, 0)::bigint AS bets_there, coalesce(paid_out.refunds, 0)::bigint AS refunded,
    coalesce(paid_out.paid, 0)::bigint AS paid_out,
    coalesce(last.carried_to = market.carry_to, last.carried_to IS NULL) AS goes_on_rightly,
    last.kind = 'void' OR last.result = market.result AS is_result,
    coalesce(paid_out.is_started_otherwise, false) AS is_started_otherwise,
    last.id AS settlement_id, last.market_id, last.kind AS settlement_kind, last.result, last.terms,
    ruled.kind, ruled.takeout_bps, ruled.break_to_milli, ruled.minimum_milli, ruled.minimum_tiers, ruled.places,
    ruled.division, ruled.started_with, ruled.guaranteed, ruled.carried, ruled.carried_gross, ruled.carry,
    last.carried_to AS carry_to,
    outcome.id AS outcome_id, stood.withdrawn, stood.withdrawn_at, stood.deduction_bps,
    coalesce(staked.staked, 0)::bigint AS staked, coalesce(staked.late, 0)::bigint AS late
FROM last
INNER JOIN markets AS market ON last.market_id = market.id
INNER JOIN outcomes AS outcome ON market.id = outcome.market_id
LEFT JOIN paid_out ON market.id = paid_out.market_id
LEFT JOIN staked ON last.id = staked.settlement_id AND outcome.id = staked.outcome_id
LEFT JOIN LATERAL (
    SELECT id FROM change_log WHERE subject = 'settlement:' || last.id AND command = 'insert' AND NOT last.is_last
) AS decided ON true
LEFT JOIN LATERAL (
    SELECT image FROM change_log WHERE subject = 'market:' || market.id AND id < decided.id ORDER BY id DESC LIMIT 1
) AS market_then ON true
LEFT JOIN LATERAL (
    SELECT image FROM change_log WHERE subject = 'outcome:' || outcome.id AND id < decided.id ORDER BY id DESC LIMIT 1
) AS outcome_then ON true
CROSS JOIN LATERAL jsonb_populate_record(market, coalesce(market_then.image, '{}')) AS ruled
CROSS JOIN LATERAL jsonb_populate_record(outcome, coalesce(outcome_then.image, '{}')) AS stood
WHERE last.status = 'paid' AND (last.is_last OR decided.id IS NOT NULL)
ORDER BY last.market_id, last.version, outcome.lane_no;

-- name: paying
-- Settlements that are not finished: no difference, but their markets are not compared yet.
SELECT id, market_id, version, bets_done, bets, decided_at FROM settlements
WHERE status = 'paying'
ORDER BY id;

-- name: counted
-- How much was looked at.
SELECT
    (SELECT count(*) FROM tournaments) AS tournaments,
    (SELECT count(*) FROM bets) AS bets,
    (SELECT count(*) FROM transfers) AS transfers,
    (SELECT count(*) FROM settlements) AS settlements,
    (SELECT count(*) FROM events) AS events,
    (SELECT count(*) FROM audit_log) AS audit_rows,
    (SELECT count(*) FROM change_log) AS changes,
    (SELECT count(*) FROM audit_log WHERE action = 'break_glass.used') AS glass_broken;

-- name: work_mem
-- Room for the sums of a large ledger, for this transaction only. Whole tables are joined here: where PostgreSQL takes them
-- for small, as it does for a while after they grew, it would compare each row with each, which takes minutes.
SELECT set_config('work_mem', $1, true), set_config('jit', 'off', true), set_config('enable_nestloop', 'off', true);
