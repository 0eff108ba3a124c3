-- What settlements must be: as their terms say, paid once, nothing lost in between. Each check derives a projection
-- again from what is only ever added, and gives a row (subject, stored, derived) for every difference. Nothing here
-- writes, and no check trusts another's projection.

-- name: settled_bets
-- A bet's status and payout are what the last paid settlement's terms make of it; without one it is pending.
-- Markets that are being paid are left out: they are reported as such.
WITH last AS (
    SELECT DISTINCT ON (market_id) id, market_id, status, started_at, terms
    FROM settlements
    ORDER BY market_id, version DESC
),

terms AS MATERIALIZED (
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
-- Every transfer of a settlement names one that is there, of its market; what a wallet is paid, a bet of it on that market; and a
-- reversal takes back, once, what moved the other way before.
WITH taken_back AS (
    SELECT reverses, count(*) AS times FROM transfers
    WHERE kind = 'reversal' AND reverses IS NOT NULL
    GROUP BY reverses
)

SELECT
    'transfer:' || transfer.id AS subject,
    transfer.kind || ' of settlement ' || coalesce(transfer.settlement_id::text, 'none')
    || coalesce(', reverses ' || transfer.reverses, '') AS stored,
    CASE
        WHEN settlement.id IS NULL THEN 'a settlement'
        WHEN settlement.market_id NOT IN (coalesce(debit.market_id, credit.market_id), coalesce(credit.market_id, debit.market_id))
            THEN 'one of market ' || settlement.market_id
        WHEN transfer.kind IN ('payout', 'refund') THEN 'a bet of its wallet, on market ' || settlement.market_id
        ELSE 'a transfer the other way round, there before, and taken back once'
    END AS derived
FROM transfers AS transfer
LEFT JOIN settlements AS settlement ON transfer.settlement_id = settlement.id
LEFT JOIN accounts AS debit ON transfer.debit_account = debit.id
LEFT JOIN accounts AS credit ON transfer.credit_account = credit.id
LEFT JOIN transfers AS earlier ON transfer.reverses = earlier.id
LEFT JOIN taken_back ON transfer.reverses = taken_back.reverses
LEFT JOIN bets AS bet ON transfer.bet_id = bet.id
WHERE (
    transfer.kind IN ('payout', 'refund', 'takeout', 'breakage', 'house', 'reversal', 'carry', 'carry_gross')
    AND (
        settlement.id IS NULL
        OR settlement.market_id NOT IN (coalesce(debit.market_id, credit.market_id), coalesce(credit.market_id, debit.market_id))
    )
)
OR (
    transfer.kind IN ('payout', 'refund')
    AND (bet.wallet_id, bet.market_id) IS DISTINCT FROM (transfer.credit_account, settlement.market_id)
)
OR (
    (transfer.kind = 'reversal' OR transfer.reverses IS NOT NULL)
    AND (
        earlier.id IS NULL OR earlier.id >= transfer.id OR taken_back.times > 1
        OR (earlier.debit_account, earlier.credit_account, earlier.amount, earlier.bet_id)
        IS DISTINCT FROM (transfer.credit_account, transfer.debit_account, transfer.amount, transfer.bet_id)
    )
)
ORDER BY transfer.id;

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
