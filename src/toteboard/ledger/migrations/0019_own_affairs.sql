-- A tournament may ask for four eyes: who has bets on a market does not decide it, who entered a result does not settle it.
ALTER TABLE tournaments ADD COLUMN four_eyes boolean NOT NULL DEFAULT false;

-- They say whose limits, no longer which wallet's: applied again behind the migrations.
DROP FUNCTION IF EXISTS own_stake_left(bigint, bigint, bigint, timestamptz);
DROP FUNCTION IF EXISTS own_deposit_left(bigint, bigint, bigint, timestamptz);

-- Open invitations end with their maker's right: they are looked for by maker.
CREATE INDEX invitations_maker ON invitations (created_by, tournament_id) WHERE ended_at IS NULL;
