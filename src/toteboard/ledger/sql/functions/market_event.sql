-- A market as the feed tells it: the payload of the event 'market', or {"gone": id} where there is none any more.
CREATE OR REPLACE FUNCTION market_event(p_market bigint) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT coalesce((
        SELECT json_build_object('market', json_build_object(
                   'id', market.id, 'match_id', market.match_id, 'name', market.name, 'kind', market.kind, 'status', market.status,
                   'closes_at', to_char(market.closes_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                   'takeout_bps', market.takeout_bps, 'break_to_milli', market.break_to_milli, 'minimum_milli', market.minimum_milli,
                   'stake_min', market.stake_min, 'stake_max', market.stake_max, 'result', market.result, 'version', market.version,
                   'outcomes', coalesce((
                       SELECT json_agg(json_build_object(
                                  'id', outcome.id, 'name', outcome.name, 'lane_no', outcome.lane_no,
                                  -- A pool has no odds that were set.
                                  'odds_milli', CASE market.kind WHEN 'fixed' THEN outcome.odds_milli END,
                                  'withdrawn', outcome.withdrawn) ORDER BY outcome.lane_no)
                         FROM outcomes outcome WHERE outcome.market_id = market.id), '[]'::json)))::text
          FROM markets market WHERE market.id = p_market),
        json_build_object('gone', p_market)::text)
$$;
