-- What of a decided market can be corrected: a runner withdrawn late, with what it takes off winnings, and places in pools.
ALTER TABLE outcomes ADD COLUMN withdrawn_at timestamptz;
-- Fixed markets: what winnings of bets placed before the withdrawal lose, in basis points.
ALTER TABLE outcomes ADD COLUMN deduction_bps int NOT NULL DEFAULT 0 CHECK (deduction_bps BETWEEN 0 AND 9000);

-- Up to which odds, in thousandths, a withdrawn runner takes how many basis points: the British "Rule 4". Tournaments that are
-- there have taken bets without such a table.
ALTER TABLE tournaments ADD COLUMN deductions jsonb NOT NULL DEFAULT '[]';
ALTER TABLE tournaments ALTER COLUMN deductions SET DEFAULT '[[1111,9000],[1182,8500],[1250,8000],[1300,7500],[1400,7000],[1533,6500],[1615,6000],[1800,5500],[1952,5000],[2200,4500],[2500,4000],[2750,3500],[3250,3000],[4000,2500],[5000,2000],[6500,1500],[10000,1000],[15000,500]]';

-- What is split among several winners of a pool.
ALTER TABLE markets ADD COLUMN division text NOT NULL DEFAULT 'profit' CHECK (division IN ('profit', 'pool'));

-- It takes from when to when terms count now.
DROP FUNCTION IF EXISTS payout_differences(bigint, timestamptz, bigint[], numeric[], numeric[], numeric[]);
