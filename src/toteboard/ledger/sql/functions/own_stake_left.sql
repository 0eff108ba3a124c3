-- What the bettor's own stake and loss limits still allow at a moment: the least of day, week and month; null without limits.
-- Periods roll: the last 24 hours, 7 days, 30 days. Refunded stakes do not count. Lost is what was staked there less what
-- came back of it, a pending bet being lost until it is decided; winnings never add to a limit. Which wallets count together:
-- limited_together.sql.
CREATE OR REPLACE FUNCTION own_stake_left(p_user bigint, p_tournament bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE  -- it looks after the wallet's lock, not with the caller's older snapshot
AS $$
    SELECT min(own.amount - CASE own.kind WHEN 'stake' THEN spent.stakes ELSE greatest(spent.stakes - spent.payouts, 0) END)
      FROM limited_together(p_user, p_tournament) one
     CROSS JOIN LATERAL limits_of(p_user, one.tournament_id, ARRAY['stake', 'loss'], p_at) own
     CROSS JOIN LATERAL (
            SELECT coalesce(sum(stake), 0)::bigint AS stakes, coalesce(sum(payout), 0)::bigint AS payouts FROM bets
             WHERE wallet_id IN (SELECT one.wallet_id FROM limited_together(p_user, p_tournament) one) AND status <> 'void'
               AND placed_at > p_at - CASE own.period WHEN 'day' THEN interval '24 hours' WHEN 'week' THEN interval '7 days' ELSE interval '30 days' END
           ) spent
     WHERE own.amount IS NOT NULL
$$;
