-- These markets, and those that their pools go to if nobody wins them, or went to: what is locked before any of them is decided.
CREATE OR REPLACE FUNCTION carry_targets(p_markets bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE
AS $$
    SELECT coalesce(array_agg(DISTINCT id), '{}')
      FROM (SELECT unnest(p_markets) AS id
            UNION ALL SELECT carry_to FROM markets WHERE id = ANY(p_markets) AND carry_to IS NOT NULL
            UNION ALL SELECT carried_to FROM settlements WHERE market_id = ANY(p_markets) AND carried_to IS NOT NULL) both_ends
$$;
