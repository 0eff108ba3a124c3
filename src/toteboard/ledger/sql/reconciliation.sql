-- What `toteboard audit` asks. Each check derives a projection again from what is only ever added, and gives a row
-- (subject, stored, derived) for every difference. Nothing here writes, and no check trusts another's projection.

-- name: balances
-- Every balance is what was credited less what was debited.
WITH moved AS (
    SELECT side.account_id, sum(side.amount) AS balance
    FROM (
        SELECT credit_account AS account_id, amount FROM transfers
        UNION ALL
        SELECT debit_account, -amount FROM transfers
    ) AS side
    GROUP BY side.account_id
)

SELECT
    'account:' || coalesce(account.id, moved.account_id) AS subject,
    coalesce(account.balance::text, 'no account') AS stored,
    coalesce(moved.balance, 0)::text AS derived
FROM accounts AS account
FULL JOIN moved ON account.id = moved.account_id
WHERE account.balance IS DISTINCT FROM coalesce(moved.balance, 0)
ORDER BY coalesce(account.id, moved.account_id);

-- name: zero
-- All accounts of a tournament sum to zero.
SELECT 'tournament:' || tournament_id AS subject, sum(balance)::text AS stored, '0' AS derived
FROM accounts
GROUP BY tournament_id
HAVING sum(balance) <> 0
ORDER BY tournament_id;

-- name: above_zero
-- No wallet and no escrow is below zero.
SELECT 'account:' || id AS subject, balance::text AS stored, 'at least 0' AS derived
FROM accounts
WHERE kind IN ('wallet', 'escrow') AND balance < 0
ORDER BY id;

-- name: transfer_ends
-- Every transfer joins two accounts of its tournament, of the kinds that its own kind says.
SELECT
    'transfer:' || transfer.id AS subject,
    transfer.kind || ' ' || coalesce(debit.kind, '?') || '→' || coalesce(credit.kind, '?') AS stored,
    CASE
        WHEN debit.tournament_id IS DISTINCT FROM transfer.tournament_id
            OR credit.tournament_id IS DISTINCT FROM transfer.tournament_id THEN 'accounts of its tournament'
        ELSE 'other kinds of account'
    END AS derived
FROM transfers AS transfer
LEFT JOIN accounts AS debit ON transfer.debit_account = debit.id
LEFT JOIN accounts AS credit ON transfer.credit_account = credit.id
WHERE debit.tournament_id IS DISTINCT FROM transfer.tournament_id
    OR credit.tournament_id IS DISTINCT FROM transfer.tournament_id
    OR NOT CASE transfer.kind
        WHEN 'deposit' THEN debit.kind = 'cash' AND credit.kind = 'wallet'
        WHEN 'withdrawal' THEN debit.kind = 'wallet' AND credit.kind = 'cash'
        WHEN 'stake' THEN debit.kind = 'wallet' AND credit.kind = 'escrow'
        WHEN 'payout' THEN debit.kind = 'escrow' AND credit.kind = 'wallet'
        WHEN 'refund' THEN debit.kind = 'escrow' AND credit.kind = 'wallet'
        WHEN 'takeout' THEN debit.kind = 'escrow' AND credit.kind = 'takeout'
        WHEN 'carry' THEN debit.kind = 'escrow' AND credit.kind = 'escrow'
        WHEN 'carry_gross' THEN debit.kind = 'escrow' AND credit.kind = 'escrow'
        WHEN 'breakage' THEN debit.kind = 'escrow' AND credit.kind = 'breakage'
        WHEN 'house' THEN 'house' IN (debit.kind, credit.kind) AND 'escrow' IN (debit.kind, credit.kind)
        WHEN 'reversal' THEN credit.kind = 'escrow' OR debit.kind = 'escrow'
        ELSE 'receivable' IN (debit.kind, credit.kind)
    END
ORDER BY transfer.id;

-- name: totals
-- An outcome's stakes, bets and returns are the sums of its bets.
WITH summed AS (
    SELECT
        bet.outcome_id, sum(bet.stake) AS stakes, count(*) AS bets,
        sum(CASE market.kind WHEN 'fixed' THEN bet.stake * bet.odds_milli / 1000 ELSE 0 END) AS returns
    FROM bets AS bet
    LEFT JOIN outcomes AS outcome ON bet.outcome_id = outcome.id
    LEFT JOIN markets AS market ON outcome.market_id = market.id
    GROUP BY bet.outcome_id
)

SELECT
    'outcome:' || coalesce(outcome.id, summed.outcome_id) AS subject,
    coalesce('stakes ' || total.stakes || ', bets ' || total.bets || ', returns ' || total.returns, 'no totals')
    || CASE WHEN total.market_id <> outcome.market_id THEN ', of market ' || total.market_id ELSE '' END AS stored,
    'stakes ' || coalesce(summed.stakes, 0) || ', bets ' || coalesce(summed.bets, 0)
    || ', returns ' || coalesce(summed.returns, 0) AS derived
FROM outcomes AS outcome
LEFT JOIN outcome_totals AS total ON outcome.id = total.outcome_id
FULL JOIN summed ON outcome.id = summed.outcome_id
WHERE (total.stakes, total.bets, total.returns, total.market_id) IS DISTINCT FROM
    (coalesce(summed.stakes, 0), coalesce(summed.bets, 0), coalesce(summed.returns, 0), outcome.market_id)
ORDER BY coalesce(outcome.id, summed.outcome_id);

-- name: stakes
-- Each bet moved its stake once, from its wallet to its market's escrow; no other stake was moved.
WITH moved AS (
    SELECT
        bet_id, count(*) AS transfers, sum(amount) AS amount, min(debit_account) AS debit_account,
        min(credit_account) AS credit_account, min(tournament_id) AS tournament_id
    FROM transfers
    WHERE kind = 'stake'
    GROUP BY bet_id
)

SELECT
    coalesce('bet:' || coalesce(bet.id, moved.bet_id), 'a stake without a bet') AS subject,
    coalesce(
        moved.transfers || ' × ' || moved.amount || ' from ' || moved.debit_account || ' to ' || moved.credit_account,
        'no transfer'
    ) AS stored,
    coalesce('1 × ' || bet.stake || ' from ' || bet.wallet_id || ' to ' || coalesce(escrow.id::text, '?'), 'no bet') AS derived
FROM bets AS bet
LEFT JOIN accounts AS escrow ON bet.market_id = escrow.market_id AND escrow.kind = 'escrow'
FULL JOIN moved ON bet.id = moved.bet_id
WHERE (moved.transfers, moved.amount, moved.debit_account, moved.credit_account, moved.tournament_id) IS DISTINCT FROM
    (1, bet.stake, bet.wallet_id, escrow.id, bet.tournament_id)
ORDER BY bet.no;

-- name: belongings
-- Every bet's tournament, user, wallet, market and outcome are there and belong together: what foreign keys would see to.
SELECT
    'bet:' || bet.id AS subject,
    concat_ws(
        ', ',
        CASE WHEN tournament.id IS NULL THEN 'no tournament ' || bet.tournament_id END,
        CASE WHEN person.id IS NULL THEN 'no user ' || bet.user_id END,
        CASE
            WHEN (wallet.kind, wallet.user_id, wallet.tournament_id)
                IS DISTINCT FROM ('wallet', bet.user_id, bet.tournament_id) THEN 'account ' || bet.wallet_id || ' is not its wallet'
        END,
        CASE
            WHEN market.tournament_id IS DISTINCT FROM bet.tournament_id
                THEN 'market ' || bet.market_id || ' is not of its tournament'
        END,
        CASE
            WHEN (outcome.market_id, outcome.tournament_id) IS DISTINCT FROM (bet.market_id, bet.tournament_id)
                THEN 'outcome ' || bet.outcome_id || ' is not of its market'
        END
    ) AS stored,
    'all there, and of one tournament' AS derived
FROM bets AS bet
LEFT JOIN tournaments AS tournament ON bet.tournament_id = tournament.id
LEFT JOIN users AS person ON bet.user_id = person.id
LEFT JOIN accounts AS wallet ON bet.wallet_id = wallet.id
LEFT JOIN markets AS market ON bet.market_id = market.id
LEFT JOIN outcomes AS outcome ON bet.outcome_id = outcome.id
WHERE tournament.id IS NULL
    OR person.id IS NULL
    OR (wallet.kind, wallet.user_id, wallet.tournament_id) IS DISTINCT FROM ('wallet', bet.user_id, bet.tournament_id)
    OR market.tournament_id IS DISTINCT FROM bet.tournament_id
    OR (outcome.market_id, outcome.tournament_id) IS DISTINCT FROM (bet.market_id, bet.tournament_id)
ORDER BY bet.no;

-- name: in_time
-- No bet was placed after its market was closed, by hand or by the clock. What was taken elsewhere, a file says.
SELECT
    'bet:' || bet.id AS subject, 'placed ' || bet.placed_at AS stored,
    'before ' || least(market.closes_at, market.closed_at) AS derived
FROM bets AS bet
INNER JOIN markets AS market ON bet.market_id = market.id
WHERE bet.placed_at > least(market.closes_at, market.closed_at)
    AND NOT EXISTS (SELECT FROM audit_log WHERE subject = 'bet:' || bet.id AND action = 'bet.taken_over')
ORDER BY bet.no;

-- name: logged
-- Each bet has one row in the audit log, by its bettor or as taken over for them, and each such row its bet.
WITH said AS (
    SELECT
        subject, count(*) AS rows, min(tournament_id) AS tournament_id,
        min(CASE action WHEN 'bet.placed' THEN user_id ELSE (details ->> 'user_id')::bigint END) AS user_id
    FROM audit_log
    WHERE action IN ('bet.placed', 'bet.taken_over')
    GROUP BY subject
)

SELECT
    coalesce('bet:' || bet.id, said.subject) AS subject,
    coalesce(said.rows || ' in the audit log, by user ' || coalesce(said.user_id::text, '?'), 'not in the audit log') AS stored,
    coalesce('1, by user ' || bet.user_id, 'no bet') AS derived
FROM bets AS bet
FULL JOIN said ON 'bet:' || bet.id::text = said.subject
WHERE bet.id IS NULL
    OR (said.rows, said.user_id, said.tournament_id) IS DISTINCT FROM (1, bet.user_id, bet.tournament_id)
ORDER BY 1;

-- name: numbered
-- A tournament's events are numbered from 1 to its feed's number, without a gap.
WITH counted AS (
    SELECT tournament_id, count(*) AS events, min(seq) AS first, max(seq) AS last
    FROM events
    GROUP BY tournament_id
)

SELECT
    'tournament:' || coalesce(tournament.id, counted.tournament_id) AS subject,
    coalesce(counted.events, 0) || ' events, ' || coalesce(counted.first, 0) || ' to ' || coalesce(counted.last, 0) AS stored,
    coalesce('1 to ' || feed.seq, 'no feed') AS derived
FROM tournaments AS tournament
LEFT JOIN feeds AS feed ON tournament.id = feed.tournament_id
FULL JOIN counted ON tournament.id = counted.tournament_id
WHERE (coalesce(counted.events, 0), coalesce(counted.first, 1), coalesce(counted.last, 0)) IS DISTINCT FROM (feed.seq, 1, feed.seq)
ORDER BY 1;

-- name: events
-- Every bet is in exactly one event, as it was taken; no event has another.
WITH listed AS (
    SELECT
        (slip.value ->> 0)::uuid AS id, count(*) AS times, min(event.tournament_id) AS tournament_id,
        min((slip.value ->> 1)::bigint) AS user_id, min((slip.value ->> 2)::bigint) AS outcome_id,
        min((slip.value ->> 3)::bigint) AS stake, min((slip.value ->> 4)::int) AS odds_milli
    FROM events AS event
    CROSS JOIN LATERAL json_array_elements(event.payload -> 'b') AS slip (value)
    WHERE event.kind = 'bets'
    GROUP BY 1
)

SELECT
    'bet:' || coalesce(bet.id, listed.id) AS subject,
    coalesce(
        listed.times || ' × user ' || listed.user_id || ', outcome ' || listed.outcome_id || ', ' || listed.stake || ' at '
        || listed.odds_milli, 'in no event'
    ) AS stored,
    coalesce('1 × user ' || bet.user_id || ', outcome ' || bet.outcome_id || ', ' || bet.stake || ' at ' || bet.odds_milli, 'no bet') AS derived
FROM bets AS bet
FULL JOIN listed ON bet.id = listed.id
WHERE (listed.times, listed.tournament_id, listed.user_id, listed.outcome_id, listed.stake, listed.odds_milli) IS DISTINCT FROM
    (1, bet.tournament_id, bet.user_id, bet.outcome_id, bet.stake, bet.odds_milli)
ORDER BY bet.no;

-- name: settled_bets
-- A bet's status and payout are what the last paid settlement's terms make of it; without one it is pending.
-- Markets that are being paid are left out: they are reported as such.
WITH last AS (
    SELECT DISTINCT ON (market_id) id, market_id, status, started_at, terms
    FROM settlements
    ORDER BY market_id, version DESC
),

terms AS (
    SELECT
        last.market_id, (term.value ->> 0)::bigint AS outcome_id, (term.value ->> 1)::numeric AS a,
        (term.value ->> 2)::numeric AS b, (term.value ->> 3)::numeric AS c, term.value ->> 4 AS label,
        coalesce((term.value ->> 5)::timestamptz, '-infinity') AS since,
        coalesce((term.value ->> 6)::timestamptz, 'infinity') AS until
    FROM last CROSS JOIN LATERAL jsonb_array_elements(last.terms) AS term (value)
    WHERE last.status = 'paid'
),

derived AS (
    SELECT
        bet.no, bet.id, bet.status, bet.payout, bet.settlement_id, last.id AS its_settlement,
        CASE
            WHEN last.id IS NULL THEN 'pending' WHEN bet.placed_at > last.started_at THEN 'void' ELSE terms.label
        END AS its_status,
        CASE
            WHEN last.id IS NULL THEN NULL
            WHEN bet.placed_at > last.started_at THEN bet.stake
            ELSE floor(bet.stake * (terms.a + terms.b * bet.odds_milli) / terms.c)
        END AS its_payout
    FROM bets AS bet
    LEFT JOIN last ON bet.market_id = last.market_id
    LEFT JOIN terms
        ON bet.market_id = terms.market_id AND bet.outcome_id = terms.outcome_id
            AND bet.placed_at >= terms.since AND bet.placed_at < terms.until
    WHERE last.status IS DISTINCT FROM 'paying'
)

SELECT
    'bet:' || id AS subject,
    status || coalesce(', paid ' || payout, '') || coalesce(' by settlement ' || settlement_id, '') AS stored,
    coalesce(its_status, 'no terms') || coalesce(', paid ' || its_payout, '')
    || coalesce(' by settlement ' || its_settlement, '') AS derived
FROM derived
WHERE (status, payout, settlement_id) IS DISTINCT FROM (its_status, its_payout, its_settlement)
ORDER BY no;

-- name: paid_bets
-- What was moved for a bet, net of what was taken back, is its payout.
WITH last AS (
    SELECT DISTINCT ON (market_id) market_id, status FROM settlements
    ORDER BY market_id, version DESC
),

moved AS (
    SELECT bet_id, sum(CASE kind WHEN 'reversal' THEN -amount ELSE amount END) AS net
    FROM transfers
    WHERE bet_id IS NOT NULL AND kind IN ('payout', 'refund', 'reversal')
    GROUP BY bet_id
)

SELECT
    'bet:' || coalesce(bet.id, moved.bet_id) AS subject,
    coalesce('paid ' || coalesce(bet.payout, 0), 'no bet') AS stored,
    'moved ' || coalesce(moved.net, 0) AS derived
FROM bets AS bet
LEFT JOIN last ON bet.market_id = last.market_id
FULL JOIN moved ON bet.id = moved.bet_id
WHERE (bet.id IS NULL OR coalesce(bet.payout, 0) <> coalesce(moved.net, 0))
    AND last.status IS DISTINCT FROM 'paying'
ORDER BY bet.no;

-- name: settlement_refs
-- Every transfer of a settlement names one that is there, of its market; every reversal what it takes back.
SELECT
    'transfer:' || transfer.id AS subject,
    transfer.kind || ' of settlement ' || coalesce(transfer.settlement_id::text, 'none')
    || coalesce(', reverses ' || transfer.reverses, '') AS stored,
    CASE
        WHEN settlement.id IS NULL THEN 'a settlement'
        WHEN settlement.market_id NOT IN (coalesce(debit.market_id, credit.market_id), coalesce(credit.market_id, debit.market_id))
            THEN 'one of market ' || settlement.market_id
        ELSE 'a transfer that was there before'
    END AS derived
FROM transfers AS transfer
LEFT JOIN settlements AS settlement ON transfer.settlement_id = settlement.id
LEFT JOIN accounts AS debit ON transfer.debit_account = debit.id
LEFT JOIN accounts AS credit ON transfer.credit_account = credit.id
LEFT JOIN transfers AS earlier ON transfer.reverses = earlier.id
WHERE (
    transfer.kind IN ('payout', 'refund', 'takeout', 'breakage', 'house', 'reversal', 'carry', 'carry_gross')
    AND (
        settlement.id IS NULL
        OR settlement.market_id NOT IN (coalesce(debit.market_id, credit.market_id), coalesce(credit.market_id, debit.market_id))
    )
)
OR (transfer.reverses IS NOT NULL AND (earlier.id IS NULL OR earlier.id >= transfer.id))
ORDER BY transfer.id;

-- name: escrows
-- The escrow of a market that is settled or void is empty.
SELECT 'market:' || market.id AS subject, coalesce(escrow.balance::text, 'no escrow') AS stored, '0' AS derived
FROM markets AS market
LEFT JOIN accounts AS escrow ON market.id = escrow.market_id AND escrow.kind = 'escrow'
WHERE market.status IN ('settled', 'void') AND coalesce(escrow.balance, -1) <> 0
ORDER BY market.id;

-- name: conserved
-- A paid settlement's sums are what was moved, and every cent staked or added was paid, taken, breakage or won.
WITH last AS (
    SELECT DISTINCT ON (market_id) *
    FROM settlements
    ORDER BY market_id, version DESC
),

bet_sums AS (
    SELECT market_id, count(*) AS bets, sum(stake) AS stakes, sum(payout) AS payouts
    FROM bets
    WHERE market_id IN (SELECT market_id FROM last)
    GROUP BY market_id
),

moved AS (
    SELECT
        escrow.market_id,
        sum(CASE WHEN other.kind = 'takeout' THEN side.amount ELSE 0 END) AS takeout,
        sum(CASE WHEN other.kind = 'breakage' THEN side.amount ELSE 0 END) AS breakage,
        sum(CASE WHEN other.kind = 'house' THEN side.amount ELSE 0 END) AS house,
        sum(CASE WHEN other.kind = 'escrow' THEN side.amount ELSE 0 END) AS carried
    FROM (
        SELECT debit_account AS from_account, credit_account AS to_account, amount FROM transfers
        WHERE settlement_id IS NOT NULL AND bet_id IS NULL
        UNION ALL
        SELECT credit_account, debit_account, -amount FROM transfers
        WHERE settlement_id IS NOT NULL AND bet_id IS NULL
    ) AS side
    INNER JOIN accounts AS escrow ON side.from_account = escrow.id AND escrow.kind = 'escrow'
    INNER JOIN accounts AS other ON side.to_account = other.id
    GROUP BY escrow.market_id
),

compared AS (
    SELECT
        last.market_id,
        format(
            'staked %s, paid %s, takeout %s, breakage %s, house %s, carried on %s, %s bets',
            last.gross + last.refunds, last.paid + last.refunds, last.takeout, last.breakage,
            last.house_won - last.house_added, last.carried_out - last.carried_in, last.bets
        ) AS stored,
        format(
            'staked %s, paid %s, takeout %s, breakage %s, house %s, carried on %s, %s bets',
            coalesce(bet_sums.stakes, 0), coalesce(bet_sums.payouts, 0), coalesce(moved.takeout, 0),
            coalesce(moved.breakage, 0), coalesce(moved.house, 0), coalesce(moved.carried, 0), coalesce(bet_sums.bets, 0)
        ) AS derived,
        coalesce(bet_sums.payouts, 0) + coalesce(moved.takeout, 0) + coalesce(moved.breakage, 0) + coalesce(moved.house, 0)
        + coalesce(moved.carried, 0)
        = coalesce(bet_sums.stakes, 0) AS conserved
    FROM last
    LEFT JOIN bet_sums ON last.market_id = bet_sums.market_id
    LEFT JOIN moved ON last.market_id = moved.market_id
    WHERE last.status = 'paid'
)

SELECT 'market:' || market_id AS subject, stored, derived || CASE WHEN conserved THEN '' ELSE ': not conserved' END AS derived
FROM compared
WHERE stored <> derived OR NOT conserved
ORDER BY market_id;

-- name: carried
-- What a market has from earlier pools is what was carried into it and not taken back.
WITH moved AS (
    SELECT
        target.market_id,
        sum(CASE carry.kind WHEN 'carry' THEN carry.amount ELSE 0 END) AS net,
        sum(CASE carry.kind WHEN 'carry_gross' THEN carry.amount ELSE 0 END) AS gross
    FROM transfers AS carry
    INNER JOIN accounts AS target ON carry.credit_account = target.id
    WHERE carry.kind IN ('carry', 'carry_gross')
        AND NOT EXISTS (SELECT FROM transfers AS back WHERE back.reverses = carry.id AND back.kind = 'reversal')
    GROUP BY target.market_id
)

SELECT
    'market:' || market.id AS subject, market.carried || ' and ' || market.carried_gross || ' before a house share' AS stored,
    coalesce(moved.net, 0) || ' and ' || coalesce(moved.gross, 0) || ' before a house share' AS derived
FROM markets AS market
LEFT JOIN moved ON market.id = moved.market_id
WHERE (market.carried, market.carried_gross) IS DISTINCT FROM (coalesce(moved.net, 0), coalesce(moved.gross, 0))
ORDER BY market.id;

-- name: market_states
-- A market is settled, void, settling or voiding exactly as its last settlement says.
WITH last AS (
    SELECT DISTINCT ON (market_id) market_id, kind, status
    FROM settlements
    ORDER BY market_id, version DESC
)

SELECT
    'market:' || market.id AS subject, market.status AS stored,
    coalesce(
        CASE
            WHEN last.kind = 'void' THEN CASE last.status WHEN 'paid' THEN 'void' ELSE 'voiding' END
            ELSE CASE last.status WHEN 'paid' THEN 'settled' ELSE 'settling' END
        END, 'not settled'
    ) AS derived
FROM markets AS market
LEFT JOIN last ON market.id = last.market_id
WHERE CASE
    WHEN last.market_id IS NULL THEN market.status IN ('settled', 'void', 'settling', 'voiding')
    WHEN last.kind = 'void' THEN market.status <> CASE last.status WHEN 'paid' THEN 'void' ELSE 'voiding' END
    ELSE market.status <> CASE last.status WHEN 'paid' THEN 'settled' ELSE 'settling' END
END
ORDER BY market.id;

-- name: kyc
-- A person's identity status is that of their newest check.
WITH last AS (
    SELECT DISTINCT ON (user_id) user_id, status
    FROM kyc_checks
    ORDER BY user_id, id DESC
)

SELECT 'user:' || person.id AS subject, person.kyc AS stored, coalesce(last.status, 'none') AS derived
FROM users AS person
LEFT JOIN last ON person.id = last.user_id
WHERE person.kyc <> coalesce(last.status, 'none')
ORDER BY person.id;

-- name: owed
-- What a wallet owes is what corrections lent to it, less what it paid back since.
WITH lent AS (
    SELECT
        wallet.id AS wallet_id,
        sum(CASE wallet.id WHEN transfer.credit_account THEN transfer.amount ELSE -transfer.amount END) AS amount
    FROM transfers AS transfer
    INNER JOIN accounts AS wallet ON wallet.kind = 'wallet' AND wallet.id IN (transfer.credit_account, transfer.debit_account)
    WHERE transfer.kind = 'receivable'
    GROUP BY wallet.id
)

SELECT 'account:' || account.id AS subject, account.owed::text AS stored, coalesce(lent.amount, 0)::text AS derived
FROM accounts AS account
LEFT JOIN lent ON account.id = lent.wallet_id
WHERE account.owed <> coalesce(lent.amount, 0)
ORDER BY account.id;

-- name: eligibility
-- Wallets whose bars against betting are not what their owner's state makes of them (functions/eligibility.sql).
SELECT
    'account:' || wallet.id AS subject,
    concat_ws(' ', wallet.eligibility, wallet.limited, wallet.excluded_until) AS stored,
    concat_ws(' ', expected.eligibility, expected.limited, person.excluded_until) AS derived
FROM accounts AS wallet
INNER JOIN users AS person ON wallet.user_id = person.id
INNER JOIN tournaments AS tournament ON wallet.tournament_id = tournament.id
LEFT JOIN members AS member ON wallet.tournament_id = member.tournament_id AND wallet.user_id = member.user_id
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN person.blocked THEN 5
            WHEN member.role IS DISTINCT FROM 'bettor' AND NOT tournament.staff_may_bet THEN 6
            WHEN person.kyc <> 'verified' AND tournament.kyc_provider <> 'none' THEN 8
            ELSE 0
        END AS eligibility,
        EXISTS (
            SELECT FROM limits
            WHERE limits.user_id = wallet.user_id AND limits.tournament_id = wallet.tournament_id AND limits.kind IN ('stake', 'loss')
        ) AS limited
) AS expected
WHERE
    wallet.kind = 'wallet'
    AND (
        wallet.eligibility <> expected.eligibility OR wallet.limited <> expected.limited
        OR wallet.excluded_until IS DISTINCT FROM person.excluded_until
    )
ORDER BY wallet.id;

-- name: last_settlements
-- Each market's last settlement if it is paid, with what its terms were made of; a row for each outcome.
WITH last AS (
    SELECT DISTINCT ON (market_id) *
    FROM settlements
    ORDER BY market_id, version DESC
),

staked AS (
    SELECT
        bet.outcome_id, sum(bet.stake) AS staked, coalesce(sum(bet.stake) FILTER (WHERE bet.placed_at > last.started_at), 0) AS late
    FROM last INNER JOIN bets AS bet ON last.market_id = bet.market_id
    GROUP BY bet.outcome_id
)

SELECT
    last.id AS settlement_id, last.market_id, last.kind AS settlement_kind, last.result, last.terms,
    market.kind, market.takeout_bps, market.break_to_milli, market.minimum_milli, market.minimum_tiers, market.places,
    market.division, market.started_with, market.guaranteed, market.carried, market.carried_gross, market.carry,
    last.carried_to AS carry_to,
    outcome.id AS outcome_id, outcome.withdrawn, outcome.withdrawn_at, outcome.deduction_bps,
    coalesce(staked.staked, 0)::bigint AS staked, coalesce(staked.late, 0)::bigint AS late
FROM last
INNER JOIN markets AS market ON last.market_id = market.id
INNER JOIN outcomes AS outcome ON market.id = outcome.market_id
LEFT JOIN staked ON outcome.id = staked.outcome_id
WHERE last.status = 'paid'
ORDER BY last.market_id, outcome.lane_no;

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
    (SELECT count(*) FROM audit_log) AS audit_rows;

-- name: work_mem
-- Room for the sums of a large ledger, for this transaction only.
SELECT set_config('work_mem', $1, true), set_config('jit', 'off', true);
