-- Names as the trade and the web have them: a match has a venue, an outcome a lane, a wallet says who may bet with it.
ALTER TABLE matches RENAME COLUMN place TO venue;
ALTER TABLE outcomes RENAME COLUMN place TO lane_no;

-- The functions of these names are made again from sql/functions, with the triggers that call them.
DROP FUNCTION IF EXISTS standing_changed() CASCADE;
DROP FUNCTION IF EXISTS refresh_standing(bigint, bigint);
DROP FUNCTION IF EXISTS own_stake_room(bigint, bigint, bigint, timestamptz);
DROP FUNCTION IF EXISTS own_deposit_room(bigint, bigint, bigint, timestamptz);
DROP FUNCTION IF EXISTS place_bets(uuid [], bigint [], bigint [], bigint [], text [], int [], text []);
ALTER TABLE accounts RENAME COLUMN standing TO eligibility;
