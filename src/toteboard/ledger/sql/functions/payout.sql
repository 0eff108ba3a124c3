-- What a bet is paid by a settlement's terms (a, b, c), in minor units: floor(stake * (a + b * odds_milli) / c). A late bet,
-- placed after the actual start, gets its stake back. `toteboard audit` derives it again without this function.
CREATE OR REPLACE FUNCTION payout(
    p_stake bigint, p_odds_milli int, p_placed timestamptz, p_started timestamptz, p_a numeric, p_b numeric, p_c numeric
) RETURNS bigint
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN p_placed > p_started THEN p_stake ELSE div(p_stake * (p_a + p_b * p_odds_milli), p_c)::bigint END
$$;
