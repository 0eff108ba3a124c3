-- The payload of the event 'market': the whole row with its outcomes, or {"gone": id} where there is none any more.
-- What of it everybody is shown is for the feed to say (feed/messages.py).
CREATE OR REPLACE FUNCTION market_event(p_market bigint) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT coalesce((
        SELECT jsonb_build_object('market', to_jsonb(market) || jsonb_build_object('outcomes', coalesce((
                   SELECT jsonb_agg(jsonb_build_object(
                              'id', outcome.id, 'name', outcome.name, 'lane_no', outcome.lane_no,
                              -- A pool has no odds that were set.
                              'odds_milli', CASE market.kind WHEN 'fixed' THEN outcome.odds_milli END,
                              'withdrawn', outcome.withdrawn, 'deduction_bps', outcome.deduction_bps) ORDER BY outcome.lane_no)
                     FROM outcomes outcome WHERE outcome.market_id = market.id), '[]'::jsonb)))::text
          FROM markets market WHERE market.id = p_market),
        jsonb_build_object('gone', p_market)::text)
$$;
