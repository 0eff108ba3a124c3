-- The own limits of a person in a tournament at a moment, of these kinds, with the change that was still to come then, if any.
-- The last wish for each says both: its amount from its moment on, and what counted before it until then. Null is no limit.
CREATE OR REPLACE FUNCTION limits_of(
    p_user bigint, p_tournament bigint, p_kinds text[], p_at timestamptz,
    OUT kind text, OUT period text, OUT amount bigint, OUT next_amount bigint, OUT next_at timestamptz
) RETURNS SETOF record
LANGUAGE sql STABLE
AS $$
    SELECT asked.kind, asked.period, CASE WHEN wish.effective_at <= p_at THEN wish.amount ELSE wish.before END,
           CASE WHEN wish.effective_at > p_at THEN wish.amount END,
           CASE WHEN wish.effective_at > p_at AND wish.amount IS DISTINCT FROM wish.before THEN wish.effective_at END
      FROM (SELECT kind, period FROM unnest(p_kinds) kind, unnest(ARRAY['day', 'week', 'month']) period) asked
     -- By index, however many wishes there were.
     CROSS JOIN LATERAL (SELECT limits.amount, limits.before, limits.effective_at FROM limits
                          WHERE limits.user_id = p_user AND limits.tournament_id = p_tournament AND limits.kind = asked.kind
                            AND limits.period = asked.period ORDER BY limits.id DESC LIMIT 1) wish
$$;
