-- What the bettor's own stake limits still allow at a moment: the least of day, week and month; null without limits.
-- Periods roll: the last 24 hours, 7 days, 30 days. Refunded stakes do not count.
CREATE OR REPLACE FUNCTION own_stake_room(p_wallet bigint, p_user bigint, p_tournament bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE  -- it looks after the wallet's lock, not with the caller's older snapshot
AS $$
    SELECT min(own.amount - spent.stakes)
      FROM (SELECT DISTINCT ON (period) period, amount FROM limits
             WHERE user_id = p_user AND tournament_id = p_tournament AND kind = 'stake' AND effective_at <= p_at
             ORDER BY period, effective_at DESC, id DESC) own
     CROSS JOIN LATERAL (
            SELECT coalesce(sum(stake), 0)::bigint AS stakes FROM bets
             WHERE wallet_id = p_wallet AND status <> 'void'
               AND placed_at > p_at - CASE own.period WHEN 'day' THEN interval '24 hours' WHEN 'week' THEN interval '7 days' ELSE interval '30 days' END
           ) spent
     WHERE own.amount IS NOT NULL
$$;
