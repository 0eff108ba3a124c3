-- Place bets; one verdict per bet, in asking order. One set, one transaction, one feed event per tournament.
--
-- Verdicts: 0 taken, -1 taken before (same key, same content), -2 ask again in the next set, else rules/refusals.py's numbers.
-- A set holds a wallet at most once and a key at most once (intake/batcher.py sees to it); one that does not is taken back whole.
-- Locks, in the one global order: the gate, markets FOR SHARE, guarded totals, wallets, the feed's row. What is decided on
-- is read after its lock; `clock_timestamp()`, not `now()`, is compared with closing time.
--
-- A function of the owner: the application adds no bet but through it, so none has another time than when it was taken.
CREATE OR REPLACE FUNCTION place_bets(
    p_bet uuid[], p_user bigint[], p_outcome bigint[], p_stake bigint[], p_currency text[], p_min_odds int[], p_ip text[],
    OUT o_at timestamptz, OUT o_verdict smallint[], OUT o_odds int[], OUT o_balance bigint[], OUT o_left bigint[], OUT o_fed bigint[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_mergejoin = off SET enable_seqscan = off
AS $$
DECLARE
    v_markets bigint[];
    v_guarded bigint[];
    v_market bigint[];
    v_tournament bigint[];
    v_is_twice boolean;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(29807, gate)  -- the gate, before all locks: functions/lock_markets.sql
       FROM (SELECT DISTINCT market_gate(market_id) AS gate FROM outcomes WHERE id = ANY(p_outcome) ORDER BY 1) gates;

    -- Close and settle take these rows exclusively: a bet is before them or after them, never between.
    WITH locked AS (
        SELECT id, liability_max IS NOT NULL OR total_max < 1000000000000000 AS guarded FROM markets
         WHERE id IN (SELECT market_id FROM outcomes WHERE id = ANY(p_outcome))
         ORDER BY id FOR SHARE  -- markets, first of all
    )
    SELECT array_agg(id), array_agg(id) FILTER (WHERE guarded) INTO v_markets, v_guarded FROM locked;

    -- Where a limit of the whole market decides, lanes take turns.
    IF v_guarded IS NOT NULL THEN
        PERFORM 1 FROM outcome_totals WHERE market_id = ANY(v_guarded) ORDER BY outcome_id FOR NO KEY UPDATE;  -- totals, after markets
    END IF;

    PERFORM limits_turn(p_user);  -- people whose limits hold across tournaments, before wallets

    o_at := clock_timestamp();

    WITH book AS MATERIALIZED (
        SELECT total.market_id, sum(total.stakes)::bigint AS stakes,
               (coalesce(sum(total.stakes) FILTER (WHERE NOT outcomes.withdrawn), 0))::bigint AS live
          FROM outcome_totals total JOIN outcomes ON outcomes.id = total.outcome_id
         WHERE total.market_id = ANY(v_markets) GROUP BY total.market_id
    ),
    asked AS (
        SELECT * FROM unnest(p_bet, p_user, p_outcome, p_stake, p_currency, p_min_odds, p_ip)
             WITH ORDINALITY AS a (bet_id, user_id, outcome_id, stake, currency, min_odds, ip, position)
    ),
    -- A locked row is read as it is after the wait. All that may bar a person stands in it (functions/eligibility.sql).
    wallets AS MATERIALIZED (
        SELECT asked.*, outcome.tournament_id, outcome.market_id, outcome.odds_milli AS fixed_odds, outcome.withdrawn,
               wallet.id AS wallet_id, wallet.balance, wallet.owed, wallet.eligibility, wallet.excluded_until, wallet.limited
          FROM asked JOIN outcomes outcome ON outcome.id = asked.outcome_id
          JOIN accounts wallet ON wallet.kind = 'wallet' AND wallet.tournament_id = outcome.tournament_id
                              AND wallet.user_id = asked.user_id
         ORDER BY wallet.id FOR NO KEY UPDATE OF wallet  -- wallets, after totals
    ),
    everybody AS (
        SELECT * FROM wallets
        UNION ALL  -- those without a wallet, or with an outcome nobody knows; as a rule none, and then this is not run
        SELECT asked.*, outcome.tournament_id, outcome.market_id, NULL, outcome.withdrawn, NULL, NULL, NULL, NULL, NULL, NULL
          FROM asked LEFT JOIN outcomes outcome ON outcome.id = asked.outcome_id
         WHERE (SELECT count(*) FROM wallets) < cardinality(p_bet) AND asked.position NOT IN (SELECT position FROM wallets)
    ),
    priced AS (
        SELECT one.*, market.kind, market.status, market.opens_at, market.closes_at, market.stake_min, market.stake_max, market.total_max,
               market.liability_max, market.id = ANY(v_guarded) AS guarded, tournament.currency AS its_currency, tournament.archived_at, tournament.stopped_at,
               CASE WHEN one.limited THEN own_stake_left(one.user_id, one.tournament_id, o_at) END AS own_left,
               prior.same AS prior_same, book.stakes AS market_stakes, book.live AS live_stakes, total.returns,
               CASE WHEN market.kind = 'fixed' THEN one.fixed_odds ELSE pool.odds_milli END AS odds_milli
          FROM everybody one
          LEFT JOIN markets market ON market.id = one.market_id
          LEFT JOIN tournaments tournament ON tournament.id = one.tournament_id
          LEFT JOIN outcome_totals total ON total.outcome_id = one.outcome_id
          LEFT JOIN book ON book.market_id = one.market_id
          -- What the dividend would be with this bet in it (rules/pools.py: pool_odds).
          LEFT JOIN LATERAL (SELECT book.live + one.stake + market.carried_gross AS gross, total.stakes + one.stake AS backing
                            ) now ON market.kind = 'pool'
          LEFT JOIN LATERAL (SELECT greatest(market.guaranteed, now.gross + market.carried + market.started_with
                -- Whole tens of thousands apart: the product stays a bigint.
                - now.gross / 10000 * market.takeout_bps - now.gross % 10000 * market.takeout_bps / 10000) AS net) pot ON now.backing > 0
          LEFT JOIN LATERAL (SELECT least(1000000, greatest(market.minimum_milli, CASE
                WHEN market.places = 1 THEN pot.net * 1000 / now.backing / market.break_to_milli * market.break_to_milli
                ELSE place_odds(market.id, one.outcome_id, pot.net, now.backing, market.places, market.division, market.break_to_milli)
                END))::int AS odds_milli) pool ON now.backing > 0
          -- LATERAL … LIMIT 1 is an index probe; EXISTS became a hashed subplan over all bets.
          LEFT JOIN LATERAL (SELECT (bets.user_id, bets.outcome_id, bets.stake) = (one.user_id, one.outcome_id, one.stake)
                                    AND bets.min_odds_milli IS NOT DISTINCT FROM one.min_odds
                                    AND one.currency = tournament.currency AS same
                               FROM bets WHERE bets.id = one.bet_id LIMIT 1) prior ON true
    ),
    -- Of several refusals the first here is said. The numbers are stored for good and say nothing of the order.
    judged AS (
        SELECT *,
            CASE WHEN prior_same THEN -1
                 WHEN market_id IS NULL THEN 1                                         -- UNKNOWN_OUTCOME
                 WHEN NOT prior_same THEN 2                                            -- KEY_REUSED
                 WHEN currency <> its_currency THEN 3                                  -- CURRENCY
                 WHEN wallet_id IS NULL THEN 4                                         -- NOT_A_MEMBER
                 WHEN owed > 0 THEN 5                                                  -- BLOCKED
                 WHEN eligibility IN (4, 5, 6) THEN eligibility                        -- NOT_A_MEMBER, BLOCKED, STAFF
                 WHEN excluded_until > o_at THEN 7                                     -- EXCLUDED
                 WHEN eligibility <> 0 THEN eligibility                                -- KYC
                 WHEN closes_at <= o_at OR archived_at IS NOT NULL OR status NOT IN ('open', 'suspended') THEN 9  -- MARKET_CLOSED
                 WHEN opens_at > o_at THEN 18                                          -- TOO_EARLY
                 WHEN status = 'suspended' OR stopped_at IS NOT NULL THEN 10           -- MARKET_SUSPENDED
                 WHEN withdrawn THEN 11                                                -- OUTCOME_WITHDRAWN
                 WHEN stake NOT BETWEEN stake_min AND stake_max THEN 12                -- STAKE_LIMIT
                 WHEN odds_milli < min_odds THEN 13                                    -- ODDS_MOVED
                 WHEN own_left < stake THEN 14                                         -- OWN_LIMIT
                 WHEN balance < stake THEN 15                                          -- FUNDS
                 -- Liability if this outcome wins: its returns less what is staked on the market and not to be refunded.
                 WHEN kind = 'fixed' AND returns + stake * odds_milli / 1000 - live_stakes - stake > liability_max THEN 16
                 WHEN market_stakes + stake > total_max THEN 17                        -- MARKET_LIMIT
                 ELSE 0 END AS alone
          FROM priced
    ),
    -- Where a limit of the whole market decides, a bet that fits alone but perhaps not beside its neighbours is decided in
    -- the next set; the first always fits. Elsewhere the running sums are not worth their while.
    decided AS MATERIALIZED (
        SELECT *, alone AS judgement FROM judged WHERE guarded IS NOT TRUE
        UNION ALL
        SELECT *, CASE WHEN alone = 0 AND (
                    returns - live_stakes + sum(CASE WHEN alone = 0 THEN stake * odds_milli / 1000 - stake END)
                        OVER (PARTITION BY outcome_id ORDER BY position) > liability_max AND kind = 'fixed'
                    OR market_stakes + sum(CASE WHEN alone = 0 THEN stake END) OVER (PARTITION BY market_id ORDER BY position) > total_max
                  ) THEN -2 ELSE alone END
          FROM judged WHERE guarded
    ),
    placed AS (
        INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, min_odds_milli, placed_at)
        SELECT bet_id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, min_odds, o_at
          FROM decided WHERE judgement = 0 ORDER BY position
    ),
    moved AS (
        INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, at)
        SELECT decided.tournament_id, wallet_id, escrow.id, stake, 'stake', bet_id, o_at
          FROM decided JOIN accounts escrow ON escrow.kind = 'escrow' AND escrow.market_id = decided.market_id
         WHERE judgement = 0 ORDER BY position
    ),
    -- As it was read under its lock. `accounts.balance - stake` would first be checked against the row as it was before a
    -- deposit that the lock has waited for, and take the whole set back.
    debited AS (
        UPDATE accounts SET balance = decided.balance - decided.stake
          FROM decided WHERE accounts.id = decided.wallet_id AND judgement = 0
        RETURNING accounts.id
    ),
    logged AS (
        INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
        SELECT o_at, tournament_id, user_id, ip::inet, CASE judgement WHEN 0 THEN 'bet.placed' ELSE 'bet.refused' END, 'bet:' || bet_id,
               ('{"outcome":' || outcome_id || ',"stake":' || stake || CASE judgement WHEN 0 THEN ',"odds":' || odds_milli
                ELSE ',"verdict":' || judgement END || '}')::json
          FROM decided WHERE judgement >= 0 ORDER BY position
    )
    SELECT array_agg(judgement::smallint ORDER BY position), array_agg(decided.odds_milli ORDER BY position),
           array_agg(CASE judgement WHEN 0 THEN decided.balance - stake ELSE decided.balance END ORDER BY position),
           array_agg(CASE judgement WHEN 5 THEN nullif(owed, 0)
                                    WHEN 12 THEN CASE WHEN stake < stake_min THEN stake_min ELSE stake_max END
                                    WHEN 14 THEN greatest(own_left, 0)
                                    -- The largest s with floor(s * (odds - 1)) within what is left.
                                    WHEN 16 THEN greatest(((liability_max + live_stakes - returns + 1) * 1000 - 1)
                                                          / nullif(decided.odds_milli - 1000, 0), 0)
                                    WHEN 17 THEN total_max - market_stakes
                                    WHEN 18 THEN ceil(extract(epoch FROM opens_at) * 1000) END ORDER BY position),
           array_agg(market_id ORDER BY position), array_agg(DISTINCT tournament_id) FILTER (WHERE judgement = 0),
           count(*) FILTER (WHERE judgement = 0) > (SELECT count(*) FROM debited)
      INTO o_verdict, o_odds, o_balance, o_left, v_market, v_tournament, v_is_twice
      FROM decided;
    IF v_is_twice THEN
        RAISE EXCEPTION 'a wallet stands twice in one set';
    END IF;

    o_fed := v_tournament;
    IF v_tournament IS NULL THEN
        RETURN;
    END IF;

    -- The feed's rows last. Totals and escrows of open markets change only under them, so their own order does not matter.
    PERFORM 1 FROM feeds WHERE tournament_id = ANY(v_tournament) ORDER BY tournament_id FOR NO KEY UPDATE;
    WITH taken AS (
        SELECT * FROM unnest(p_bet, p_user, p_outcome, p_stake, o_odds, o_verdict, v_market)
             WITH ORDINALITY AS t (bet_id, user_id, outcome_id, stake, odds_milli, judgement, market_id, position) WHERE judgement = 0
    ),
    credited AS (
        UPDATE accounts SET balance = accounts.balance + sums.stakes
          FROM (SELECT market_id, sum(stake)::bigint AS stakes FROM taken GROUP BY market_id) sums
         WHERE accounts.kind = 'escrow' AND accounts.market_id = sums.market_id
    ),
    totals AS (
        UPDATE outcome_totals SET stakes = outcome_totals.stakes + sums.stakes, bets = outcome_totals.bets + sums.bets,
                                  returns = outcome_totals.returns + CASE market.kind WHEN 'fixed' THEN sums.returns ELSE 0 END
          FROM (SELECT outcome_id, sum(stake)::bigint AS stakes, count(*) AS bets, sum(stake * odds_milli / 1000)::bigint AS returns
                  FROM taken GROUP BY outcome_id) sums,
               markets market
         WHERE outcome_totals.outcome_id = sums.outcome_id AND market.id = outcome_totals.market_id
        RETURNING market.tournament_id, outcome_totals.outcome_id, outcome_totals.stakes, outcome_totals.bets, outcome_totals.returns
    ),
    news AS (
        SELECT tournament_id, string_agg('[' || outcome_id || ',' || stakes || ',' || bets || ',' || returns || ']', ',') AS outcomes
          FROM totals GROUP BY tournament_id
    ),
    slips AS (
        SELECT market.tournament_id, string_agg('["' || bet_id || '",' || user_id || ',' || outcome_id || ',' || stake || ',' || odds_milli || ']', ','
                                                ORDER BY position) AS bets
          FROM taken JOIN markets market ON market.id = taken.market_id GROUP BY market.tournament_id
    ),
    numbered AS (
        UPDATE feeds SET seq = seq + 1 WHERE tournament_id = ANY(v_tournament) RETURNING tournament_id, seq
    )
    INSERT INTO events (tournament_id, seq, at, kind, payload)
    SELECT numbered.tournament_id, numbered.seq, o_at, 'bets', ('{"o":[' || news.outcomes || '],"b":[' || slips.bets || ']}')::json
      FROM numbered JOIN news USING (tournament_id) JOIN slips USING (tournament_id);
END $$;

REVOKE EXECUTE ON FUNCTION place_bets(uuid [], bigint [], bigint [], bigint [], text [], int [], text []) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION place_bets(uuid [], bigint [], bigint [], bigint [], text [], int [], text []) TO toteboard_app, toteboard_break_glass;
