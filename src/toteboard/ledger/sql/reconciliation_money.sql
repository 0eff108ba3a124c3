-- What money must come to: balances, totals, transfers, escrows, debts. Each check derives a projection again from what
-- is only ever added, and gives a row (subject, stored, derived) for every difference. Nothing here writes, and no check
-- trusts another's projection.

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
        -- Between the two that settlement_refs finds the other way round in what it takes back.
        WHEN 'reversal' THEN 'escrow' IN (debit.kind, credit.kind)
        ELSE 'receivable' IN (debit.kind, credit.kind) AND 'wallet' IN (debit.kind, credit.kind)
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

-- name: escrows
-- The escrow of a market that is settled or void is empty.
SELECT 'market:' || market.id AS subject, coalesce(escrow.balance::text, 'no escrow') AS stored, '0' AS derived
FROM markets AS market
LEFT JOIN accounts AS escrow ON market.id = escrow.market_id AND escrow.kind = 'escrow'
WHERE market.status IN ('settled', 'void') AND coalesce(escrow.balance, -1) <> 0
ORDER BY market.id;

-- name: owed
-- What a wallet owes is what corrections lent to it, less what it paid back since.
WITH moved AS (
    SELECT credit_account AS account_id, amount FROM transfers WHERE kind = 'receivable'
    UNION ALL
    SELECT debit_account, -amount FROM transfers WHERE kind = 'receivable'
),

lent AS (
    SELECT wallet.id AS wallet_id, sum(moved.amount) AS amount
    FROM moved
    INNER JOIN accounts AS wallet ON moved.account_id = wallet.id AND wallet.kind = 'wallet'
    GROUP BY wallet.id
)

SELECT 'account:' || account.id AS subject, account.owed::text AS stored, coalesce(lent.amount, 0)::text AS derived
FROM accounts AS account
LEFT JOIN lent ON account.id = lent.wallet_id
WHERE account.owed <> coalesce(lent.amount, 0)
ORDER BY account.id;
