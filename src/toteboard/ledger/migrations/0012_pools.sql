-- Pools that are started, guaranteed or carried on, and minimum dividends by tiers.
ALTER TABLE markets ADD COLUMN minimum_tiers text NOT NULL DEFAULT '';
-- The house puts this into the pool when it is paid; and what the net pool is at least, with what the house adds.
ALTER TABLE markets ADD COLUMN started_with bigint NOT NULL DEFAULT 0 CHECK (started_with BETWEEN 0 AND 100000000000);
ALTER TABLE markets ADD COLUMN guaranteed bigint NOT NULL DEFAULT 0 CHECK (guaranteed BETWEEN 0 AND 100000000000);
-- Where the pool goes if nobody backed a winner, and whether after the house share or before it.
ALTER TABLE markets ADD COLUMN carry_to bigint REFERENCES markets ON DELETE SET NULL;
ALTER TABLE markets ADD COLUMN carry text NOT NULL DEFAULT 'net' CHECK (carry IN ('net', 'gross'));
ALTER TABLE markets ADD CONSTRAINT markets_carry_to_another CHECK (carry_to <> id);
CREATE INDEX markets_carry_to ON markets (carry_to) WHERE carry_to IS NOT NULL;
-- Projections: what earlier markets carried into this one, after the house share and before it.
ALTER TABLE markets ADD COLUMN carried bigint NOT NULL DEFAULT 0 CHECK (carried BETWEEN 0 AND 1000000000000000);
ALTER TABLE markets ADD COLUMN carried_gross bigint NOT NULL DEFAULT 0 CHECK (carried_gross BETWEEN 0 AND 1000000000000000);

-- What came from earlier markets, and what goes on to which. `carried_before` of it went with an earlier version for good.
ALTER TABLE settlements ADD COLUMN carried_in bigint NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN carried_out bigint NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN carried_out_gross bigint NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN carried_before bigint NOT NULL DEFAULT 0;
ALTER TABLE settlements ADD COLUMN carried_to bigint REFERENCES markets ON DELETE SET NULL;

ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check;
ALTER TABLE transfers ADD CONSTRAINT transfers_kind_check CHECK (kind IN (
    'deposit', 'withdrawal', 'stake', 'payout', 'refund', 'takeout', 'breakage', 'house', 'reversal', 'receivable',
    'carry', 'carry_gross'
));
