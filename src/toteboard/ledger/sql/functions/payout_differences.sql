-- What other terms would change for each bettor of a market: paid before and after, what the wallet cannot give back, and what
-- it owes then in all.
CREATE OR REPLACE FUNCTION payout_differences(
    p_market bigint, p_started timestamptz, p_outcomes bigint[], p_a numeric[], p_b numeric[], p_c numeric[],
    p_since timestamptz[], p_until timestamptz[]
) RETURNS TABLE (user_id bigint, before bigint, after bigint, difference bigint, receivable bigint, owed bigint)
LANGUAGE sql STABLE
AS $$
    SELECT wallet.user_id, sums.before, sums.after, sums.after - sums.before,
           greatest(0, sums.before - sums.after - wallet.balance),
           greatest(0, wallet.owed - wallet.balance + sums.before - sums.after)
      FROM (SELECT bet.wallet_id, sum(coalesce(bet.payout, 0))::bigint AS before,
                   sum(payout(bet.stake, bet.odds_milli, bet.placed_at, p_started, terms.a, terms.b, terms.c))::bigint AS after
              FROM bets bet JOIN unnest(p_outcomes, p_a, p_b, p_c, p_since, p_until) AS terms (outcome_id, a, b, c, since, until)
                ON terms.outcome_id = bet.outcome_id AND bet.placed_at >= coalesce(terms.since, '-infinity')
               AND bet.placed_at < coalesce(terms.until, 'infinity')
             WHERE bet.market_id = p_market GROUP BY bet.wallet_id) sums
      JOIN accounts wallet ON wallet.id = sums.wallet_id
     WHERE sums.after <> sums.before
$$;
