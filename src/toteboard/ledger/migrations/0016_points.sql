-- Tournaments for points: they can do without an identity check, and give everybody the same points at joining.
ALTER TABLE tournaments
    ADD COLUMN starting_points bigint NOT NULL DEFAULT 0 CHECK (starting_points BETWEEN 0 AND 100000000000),
    ADD CONSTRAINT tournaments_points_only CHECK (currency IN ('PTS', 'PTC') OR starting_points = 0 AND kyc_provider <> 'none');
