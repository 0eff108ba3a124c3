-- What an outcome would pay at least where several places are paid, in thousandths: the other places are taken by those with
-- the largest stakes (rules/pools.py: pool_odds). `p_backing` is what lies on it with the bet that asks.
CREATE OR REPLACE FUNCTION place_odds(
    p_market bigint, p_outcome bigint, p_net bigint, p_backing bigint, p_places int, p_division text, p_step int
) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT (div(CASE WHEN p_division = 'pool' THEN p_net::numeric
                     WHEN p_net < p_backing + placed.stakes THEN p_net::numeric * p_backing * (1 + placed.many)
                     ELSE p_backing::numeric * (1 + placed.many) + p_net - p_backing - placed.stakes END * 1000,
                CASE WHEN p_division <> 'pool' AND p_net < p_backing + placed.stakes
                     THEN (p_backing + placed.stakes)::numeric * p_backing * (1 + placed.many)
                     ELSE p_backing::numeric * (1 + placed.many) END * p_step) * p_step)::bigint
      FROM (SELECT coalesce(sum(stakes), 0)::bigint AS stakes, count(*) AS many
              FROM (SELECT total.stakes FROM outcome_totals total JOIN outcomes outcome ON outcome.id = total.outcome_id
                     WHERE total.market_id = p_market AND total.outcome_id <> p_outcome AND NOT outcome.withdrawn AND total.stakes > 0
                     ORDER BY total.stakes DESC LIMIT p_places - 1) best) placed
$$;
