-- What bets, markets and people must be: whose, when, logged, numbered, allowed. Each check derives a projection again
-- from what is only ever added, and gives a row (subject, stored, derived) for every difference. Nothing here writes,
-- and no check trusts another's projection.

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
-- Each bet has one row in the audit log, by its bettor or as taken over for them, of the same moment, and each such row its bet.
WITH said AS (
    SELECT
        subject, count(*) AS rows, min(tournament_id) AS tournament_id,
        min(CASE action WHEN 'bet.placed' THEN user_id ELSE (details ->> 'user_id')::bigint END) AS user_id,
        min(CASE action WHEN 'bet.placed' THEN at ELSE (details ->> 'placed_at')::timestamptz END) AS placed_at
    FROM audit_log
    WHERE action IN ('bet.placed', 'bet.taken_over')
    GROUP BY subject
)

SELECT
    coalesce('bet:' || bet.id, said.subject) AS subject,
    coalesce(
        said.rows || ' in the audit log, by user ' || coalesce(said.user_id::text, '?') || ' at ' || said.placed_at, 'not in the audit log'
    ) AS stored,
    coalesce('1, by user ' || bet.user_id || ' at ' || bet.placed_at, 'no bet') AS derived
FROM bets AS bet
FULL JOIN said ON 'bet:' || bet.id::text = said.subject
WHERE bet.id IS NULL
    OR (said.rows, said.user_id, said.tournament_id, said.placed_at)
    IS DISTINCT FROM (1, bet.user_id, bet.tournament_id, bet.placed_at)
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

-- name: told
-- The totals that an event of bets tells are the sums of the bets told so far; and the last event of a market tells its name,
-- its state and its result as they stand.
-- What is taken out of a row is joined once all of it is out, not row by row.
WITH slip AS MATERIALIZED (
    SELECT
        event.tournament_id, event.seq, (one.value ->> 2)::bigint AS outcome_id, (one.value ->> 3)::bigint AS stake,
        (one.value ->> 4)::bigint AS odds_milli
    FROM events AS event
    CROSS JOIN LATERAL json_array_elements(event.payload -> 'b') AS one (value)
    WHERE event.kind = 'bets'
),

slips AS (
    SELECT
        slip.tournament_id, slip.seq, slip.outcome_id, count(*) AS bets, sum(slip.stake) AS stakes,
        sum(CASE market.kind WHEN 'fixed' THEN slip.stake * slip.odds_milli / 1000 ELSE 0 END) AS returns
    FROM slip
    LEFT JOIN outcomes AS outcome ON slip.outcome_id = outcome.id
    LEFT JOIN markets AS market ON outcome.market_id = market.id
    GROUP BY 1, 2, 3
),

so_far AS (
    SELECT
        tournament_id, seq, outcome_id,
        sum(stakes) OVER sofar AS stakes, sum(bets) OVER sofar AS bets, sum(returns) OVER sofar AS returns
    FROM slips
    WINDOW sofar AS (PARTITION BY tournament_id, outcome_id ORDER BY seq)
),

told AS MATERIALIZED (
    SELECT
        event.tournament_id, event.seq, (total.value ->> 0)::bigint AS outcome_id, (total.value ->> 1)::bigint AS stakes,
        (total.value ->> 2)::bigint AS bets, (total.value ->> 3)::bigint AS returns
    FROM events AS event
    CROSS JOIN LATERAL json_array_elements(event.payload -> 'o') AS total (value)
    WHERE event.kind = 'bets'
),

newest AS (
    SELECT DISTINCT ON (market_id) market_id, market
    FROM (
        SELECT
            (payload #>> '{market,id}')::bigint AS market_id, payload -> 'market' AS market, tournament_id, seq
        FROM events
        WHERE kind = 'market' AND payload -> 'market' IS NOT NULL
    ) AS one
    ORDER BY market_id, seq DESC
)

SELECT
    'tournament:' || coalesce(told.tournament_id, so_far.tournament_id) || ' event:' || coalesce(told.seq, so_far.seq)
    || ' outcome:' || coalesce(told.outcome_id, so_far.outcome_id) AS subject,
    coalesce('stakes ' || told.stakes || ', bets ' || told.bets || ', returns ' || told.returns, 'not told') AS stored,
    coalesce('stakes ' || so_far.stakes || ', bets ' || so_far.bets || ', returns ' || so_far.returns, 'no bet') AS derived
FROM told
FULL JOIN so_far ON told.tournament_id = so_far.tournament_id AND told.seq = so_far.seq AND told.outcome_id = so_far.outcome_id
WHERE (told.stakes, told.bets, told.returns) IS DISTINCT FROM (so_far.stakes, so_far.bets, so_far.returns)
UNION ALL
SELECT
    'market:' || newest.market_id,
    concat_ws(', ', newest.market ->> 'name', newest.market ->> 'status', nullif(newest.market ->> 'result', 'null')),
    coalesce(concat_ws(', ', market.name, market.status, market.result::text), 'not there')
FROM newest
LEFT JOIN markets AS market ON newest.market_id = market.id
WHERE (newest.market ->> 'name', newest.market ->> 'status', coalesce((newest.market -> 'result')::jsonb, 'null'))
    IS DISTINCT FROM (market.name, market.status, coalesce(market.result, 'null'))
    -- One that was taken away, its last event says so.
    AND NOT EXISTS (
        SELECT FROM events AS gone
        WHERE gone.kind = 'market' AND (gone.payload ->> 'gone')::bigint = newest.market_id AND market.id IS NULL
    )
ORDER BY 1;

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
            WHEN member.role IS NULL THEN 4
            WHEN member.role <> 'bettor' AND NOT tournament.staff_may_bet THEN 6
            WHEN tournament.kyc_provider <> 'none' AND checked_identity(wallet.user_id, wallet.tournament_id) <> 'verified' THEN 8
            ELSE 0
        END AS eligibility,
        EXISTS (
            SELECT FROM limits
            WHERE limits.user_id = wallet.user_id AND limits.kind IN ('stake', 'loss')
        ) AS limited
) AS expected
WHERE
    wallet.kind = 'wallet'
    AND (
        wallet.eligibility <> expected.eligibility OR wallet.limited <> expected.limited
        OR wallet.excluded_until IS DISTINCT FROM person.excluded_until
    )
ORDER BY wallet.id;

-- name: kyc
-- What the server says of a person's identity is what their newest check says that no desk made.
WITH last AS (
    SELECT DISTINCT ON (user_id) user_id, status
    FROM kyc_checks
    WHERE tournament_id IS NULL
    ORDER BY user_id, id DESC
)

SELECT 'user:' || person.id AS subject, person.kyc AS stored, coalesce(last.status, 'none') AS derived
FROM users AS person
LEFT JOIN last ON person.id = last.user_id
WHERE person.kyc <> coalesce(last.status, 'none') AND person.deleted_at IS NULL
ORDER BY person.id;

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
