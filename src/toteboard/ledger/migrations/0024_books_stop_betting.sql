-- Books that do not balance stop betting in their tournament, until an admin lifts it.
ALTER TABLE tournaments
    ADD COLUMN stopped_at timestamptz,
    -- What differs, [{"what": "wallet", "off": "-1"}]: kept when it is lifted, so that the same does not stop it once more.
    ADD COLUMN differs jsonb,
    -- The markets that were suspended by it.
    ADD COLUMN stopped_markets bigint[] NOT NULL DEFAULT '{}';
GRANT UPDATE (stopped_at, differs, stopped_markets) ON tournaments TO toteboard_app;
