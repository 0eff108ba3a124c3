-- It says what a bettor owes in all after a correction; functions are applied again behind the migrations.
DROP FUNCTION IF EXISTS payout_differences(
    bigint, timestamptz, bigint[], numeric[], numeric[], numeric[], timestamptz[], timestamptz[]
);
