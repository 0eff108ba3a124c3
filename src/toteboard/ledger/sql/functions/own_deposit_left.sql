-- What the bettor's own deposit limits still allow at a moment: the least of day, week and month; null without limits.
-- Periods roll, as in own_stake_left.sql: the last 24 hours, 7 days, 30 days.
CREATE OR REPLACE FUNCTION own_deposit_left(p_user bigint, p_tournament bigint, p_at timestamptz) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT min(own.amount - paid_in.amount)
      FROM limited_together(p_user, p_tournament) one
     CROSS JOIN LATERAL limits_of(p_user, one.tournament_id, ARRAY['deposit'], p_at) own
     CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount), 0)::bigint AS amount FROM transfers
             WHERE credit_account IN (SELECT one.wallet_id FROM limited_together(p_user, p_tournament) one) AND kind = 'deposit'
               AND at > p_at - CASE own.period WHEN 'day' THEN interval '24 hours' WHEN 'week' THEN interval '7 days' ELSE interval '30 days' END
           ) paid_in
     WHERE own.amount IS NOT NULL
$$;
