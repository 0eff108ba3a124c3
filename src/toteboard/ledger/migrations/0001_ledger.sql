-- The ledger: tournaments and their people, matches and markets, money, bets, events and the audit log.
--
-- Money is bigint minor units of the tournament's currency, odds are integer thousandths, times are timestamptz.
-- Bets, transfers, audit rows and events are only ever added. What may be updated is a projection
-- (balances, totals, a bet's status) and `toteboard audit` derives every projection again.

-- Roles. Logins are given by whoever runs the server; these are what the logins may be.
DO $$
DECLARE wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['toteboard_app', 'toteboard_sealer', 'toteboard_auditor', 'toteboard_reporter'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
EXCEPTION
    -- Two databases of one server may be migrated at the same moment; roles belong to the server.
    WHEN unique_violation OR duplicate_object THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'this login may not create roles: as a superuser run CREATE ROLE toteboard_app; CREATE ROLE toteboard_sealer; CREATE ROLE toteboard_auditor; CREATE ROLE toteboard_reporter; then migrate again';
END $$;

CREATE TABLE currencies (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{3}$'),
    exponent smallint NOT NULL CHECK (exponent BETWEEN 0 AND 4)
);
-- ISO 4217, and PTS: points, for play.
INSERT INTO currencies (code, exponent) VALUES
('EUR', 2), ('USD', 2), ('GBP', 2), ('CHF', 2), ('SEK', 2), ('NOK', 2), ('DKK', 2), ('PLN', 2), ('CZK', 2), ('HUF', 2),
('CAD', 2), ('AUD', 2), ('NZD', 2), ('JPY', 0), ('KRW', 0), ('KWD', 3), ('BHD', 3), ('PTS', 0);

-- People -----------------------------------------------------------------------------------------------------------

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    password_hash text NOT NULL,
    admin boolean NOT NULL DEFAULT false,
    blocked boolean NOT NULL DEFAULT false,
    kyc text NOT NULL DEFAULT 'none' CHECK (kyc IN ('none', 'pending', 'review', 'verified', 'declined')),
    -- Self-exclusion or cool-off; 'infinity' is for good.
    excluded_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT users_email_key UNIQUE (email)
);

CREATE TABLE sessions (
    -- sha256 of the opaque token: a copy of the database opens nothing.
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    user_id bigint NOT NULL REFERENCES users,
    kind text NOT NULL CHECK (kind IN ('session', 'token')),
    label text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE kyc_checks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    provider text NOT NULL,
    -- The provider's own number for the check.
    reference text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'review', 'verified', 'declined')),
    note text,
    decided_by bigint REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (provider, reference)
);
CREATE INDEX kyc_checks_user ON kyc_checks (user_id);
-- A signed message is taken once; its number is kept so that a replay has no effect.
CREATE TABLE kyc_messages (
    provider text NOT NULL,
    message_id text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (provider, message_id)
);

-- Tournaments -------------------------------------------------------------------------------------------------------

CREATE TABLE tournaments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,79}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    subtitle text NOT NULL DEFAULT '' CHECK (length(subtitle) <= 200),
    currency text NOT NULL REFERENCES currencies,
    timezone text NOT NULL DEFAULT 'UTC',
    kyc_provider text NOT NULL DEFAULT 'desk' CHECK (kyc_provider IN ('sandbox', 'desk')),
    -- Members other than bettors may bet here too.
    staff_may_bet boolean NOT NULL DEFAULT false,
    archived_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT tournaments_slug_key UNIQUE (slug)
);

-- The narrow row under whose lock an event gets its number: feed order is commit order.
CREATE TABLE feeds (
    tournament_id bigint PRIMARY KEY REFERENCES tournaments,
    -- Says which history a sequence number belongs to; a restored database gets a new one.
    epoch uuid NOT NULL DEFAULT gen_random_uuid(),
    seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

CREATE TABLE members (
    tournament_id bigint NOT NULL REFERENCES tournaments,
    user_id bigint NOT NULL REFERENCES users,
    role text NOT NULL CHECK (role IN ('bettor', 'cashier', 'organizer', 'auditor')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tournament_id, user_id)
);
CREATE INDEX members_user ON members (user_id);

CREATE TABLE matches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    round text NOT NULL DEFAULT '' CHECK (length(round) <= 200),
    place text NOT NULL DEFAULT '' CHECK (length(place) <= 200),
    starts_at timestamptz,
    -- Entered afterwards; bets placed after it are refunded.
    started_at timestamptz,
    score jsonb,
    -- What an import recognises the match by.
    import_key text,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (tournament_id, import_key)
);
CREATE INDEX matches_tournament ON matches (tournament_id);

CREATE TABLE markets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    match_id bigint NOT NULL REFERENCES matches,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('pool', 'fixed')),
    status text NOT NULL DEFAULT 'draft' CHECK (status IN (
        'draft', 'open', 'suspended', 'closed', 'resulted', 'settling', 'settled', 'voiding', 'void'
    )),
    closes_at timestamptz,
    closed_at timestamptz,
    -- Pool markets.
    takeout_bps int NOT NULL DEFAULT 0 CHECK (takeout_bps BETWEEN 0 AND 5000),
    break_to_milli int NOT NULL DEFAULT 10 CHECK (break_to_milli BETWEEN 1 AND 1000),
    minimum_milli int NOT NULL DEFAULT 1000 CHECK (minimum_milli BETWEEN 0 AND 5000),
    -- Fixed markets: how many outcomes can win, and what the house risks on one of them.
    places int NOT NULL DEFAULT 1 CHECK (places BETWEEN 1 AND 40),
    liability_max bigint CHECK (liability_max >= 0),
    stake_min bigint NOT NULL DEFAULT 1 CHECK (stake_min > 0),
    stake_max bigint NOT NULL DEFAULT 100000000000 CHECK (stake_max BETWEEN 1 AND 100000000000),
    -- All stakes of a market; the default keeps every sum and product of the rules inside bigint.
    total_max bigint NOT NULL DEFAULT 1000000000000000 CHECK (total_max BETWEEN 1 AND 1000000000000000),
    result jsonb,
    import_key text,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (match_id, import_key)
);
CREATE INDEX markets_tournament ON markets (tournament_id);
CREATE INDEX markets_closing ON markets (closes_at) WHERE status IN ('open', 'suspended');

CREATE TABLE outcomes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    market_id bigint NOT NULL REFERENCES markets,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    place int NOT NULL CHECK (place BETWEEN 1 AND 200),
    -- Fixed markets: the odds now. Every change raises the version and leaves an audit row.
    odds_milli int CHECK (odds_milli BETWEEN 1000 AND 1000000),
    odds_version int NOT NULL DEFAULT 1,
    withdrawn boolean NOT NULL DEFAULT false,
    UNIQUE (market_id, place)
);

-- Money -------------------------------------------------------------------------------------------------------------

CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    kind text NOT NULL CHECK (kind IN ('wallet', 'escrow', 'house', 'takeout', 'breakage', 'cash', 'receivable')),
    user_id bigint REFERENCES users,
    market_id bigint REFERENCES markets,
    -- Projection: what was credited less what was debited.
    balance bigint NOT NULL DEFAULT 0,
    -- Projection, wallets only: what a corrected result could not take back.
    owed bigint NOT NULL DEFAULT 0 CHECK (owed >= 0),
    -- Projections, wallets only, kept by functions/standing.sql: what a bet must know of its owner, in the row it locks anyway.
    standing smallint NOT NULL DEFAULT 8,
    excluded_until timestamptz,
    limited boolean NOT NULL DEFAULT false,
    CONSTRAINT accounts_wallets_and_escrows_stay_above_zero CHECK (balance >= 0 OR kind NOT IN ('wallet', 'escrow')),
    CHECK ((kind = 'wallet') = (user_id IS NOT NULL)),
    CHECK ((kind = 'escrow') = (market_id IS NOT NULL))
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX accounts_wallet ON accounts (tournament_id, user_id) WHERE kind = 'wallet';
CREATE UNIQUE INDEX accounts_escrow ON accounts (market_id) WHERE kind = 'escrow';
CREATE UNIQUE INDEX accounts_house ON accounts (tournament_id, kind) WHERE kind NOT IN ('wallet', 'escrow');
CREATE INDEX accounts_user ON accounts (user_id) WHERE kind = 'wallet';

-- The hot row of an outcome, narrow and beside the static one.
CREATE TABLE outcome_totals (
    outcome_id bigint PRIMARY KEY REFERENCES outcomes,
    market_id bigint NOT NULL REFERENCES markets,
    stakes bigint NOT NULL DEFAULT 0 CHECK (stakes >= 0),
    bets bigint NOT NULL DEFAULT 0 CHECK (bets >= 0),
    -- Fixed markets: the sum of stake times odds, each floored: what is paid if it wins.
    returns bigint NOT NULL DEFAULT 0 CHECK (returns >= 0)
) WITH (fillfactor = 20);
CREATE INDEX outcome_totals_market ON outcome_totals (market_id);

-- Which references are kept on the two hot appends is measured in bench/ and decided in docs/adr/0004.
CREATE TABLE bets (
    -- The client's Idempotency-Key.
    id uuid PRIMARY KEY,
    -- Order of arrival, for paging.
    no bigint GENERATED ALWAYS AS IDENTITY,
    tournament_id bigint NOT NULL,
    wallet_id bigint NOT NULL,
    user_id bigint NOT NULL,
    market_id bigint NOT NULL,
    outcome_id bigint NOT NULL,
    stake bigint NOT NULL CHECK (stake > 0),
    odds_milli int NOT NULL,
    -- What the bettor asked for: part of the content that a repeated key must have again.
    min_odds_milli int,
    placed_at timestamptz NOT NULL,
    -- Projections of the last settlement.
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'won', 'lost', 'void', 'half')),
    payout bigint CHECK (payout >= 0),
    settlement_id bigint
) WITH (fillfactor = 90);
CREATE INDEX bets_market ON bets (market_id, wallet_id);
CREATE INDEX bets_wallet ON bets (wallet_id, no);

CREATE TABLE settlements (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    market_id bigint NOT NULL REFERENCES markets,
    version int NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('settle', 'void')),
    status text NOT NULL CHECK (status IN ('paying', 'paid')),
    result jsonb NOT NULL,
    -- (outcome_id, a, b, c, label): a bet is paid floor(stake * (a + b * odds_milli) / c).
    terms jsonb NOT NULL,
    started_at timestamptz,
    -- What the preview said it would come to.
    gross bigint NOT NULL,
    refunds bigint NOT NULL,
    takeout bigint NOT NULL,
    paid bigint NOT NULL,
    breakage bigint NOT NULL,
    house_added bigint NOT NULL,
    house_won bigint NOT NULL,
    bets bigint NOT NULL,
    -- How far the paying has come: the last wallet paid, and the bets behind it.
    -- Phase 1 takes back (a resettlement's losers), phase 2 pays: an escrow never pays what it has not.
    phase smallint NOT NULL DEFAULT 2 CHECK (phase IN (1, 2)),
    cursor_wallet bigint NOT NULL DEFAULT 0,
    bets_done bigint NOT NULL DEFAULT 0,
    reverses bigint REFERENCES settlements,
    decided_by bigint REFERENCES users,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    UNIQUE (market_id, version)
);
CREATE INDEX settlements_unfinished ON settlements (id) WHERE status = 'paying';

CREATE TABLE transfers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL,
    debit_account bigint NOT NULL,
    credit_account bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    kind text NOT NULL CHECK (kind IN (
        'deposit', 'withdrawal', 'stake', 'payout', 'refund', 'takeout', 'breakage', 'house', 'reversal', 'receivable'
    )),
    bet_id uuid,
    settlement_id bigint,
    -- The transfer that a correction takes back.
    reverses bigint,
    -- The idempotency key of a cashier's transfer.
    key uuid,
    at timestamptz NOT NULL,
    CHECK (debit_account <> credit_account)
);
-- A wallet's stakes are found as its bets, an escrow's stakes as its market's bets: two indexes less on the hottest append.
CREATE INDEX transfers_debit ON transfers (debit_account, id) WHERE kind <> 'stake';
CREATE INDEX transfers_credit ON transfers (credit_account, id) WHERE kind <> 'stake';
CREATE UNIQUE INDEX transfers_key ON transfers (key) WHERE key IS NOT NULL;
CREATE INDEX transfers_bet ON transfers (bet_id) WHERE settlement_id IS NOT NULL;
CREATE INDEX transfers_settlement ON transfers (settlement_id) WHERE settlement_id IS NOT NULL;

CREATE TABLE limits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    kind text NOT NULL CHECK (kind IN ('deposit', 'stake', 'loss')),
    period text NOT NULL CHECK (period IN ('day', 'week', 'month')),
    -- Null lifts the limit.
    amount bigint CHECK (amount >= 0),
    -- A decrease counts at once, an increase after 24 hours.
    effective_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX limits_user ON limits (user_id, tournament_id, kind, period, effective_at);

-- What happened -----------------------------------------------------------------------------------------------------

CREATE TABLE events (
    tournament_id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('bets', 'market', 'match', 'tournament', 'settlement', 'wallet')),
    payload json NOT NULL,
    PRIMARY KEY (tournament_id, seq)
);

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tournament_id bigint,
    user_id bigint,
    ip inet,
    action text NOT NULL,
    subject text NOT NULL,
    details json
);
CREATE INDEX audit_log_at ON audit_log USING brin (at);

CREATE TABLE imports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    matches int NOT NULL,
    outcomes int NOT NULL,
    -- How the file's times were moved, {"shift_s", "first_at", "every_s"}; null: as they stand. A re-import keeps to it.
    schedule json,
    user_id bigint REFERENCES users,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX imports_tournament ON imports (tournament_id);

CREATE TABLE invitations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint NOT NULL REFERENCES tournaments,
    code_hash bytea NOT NULL UNIQUE,
    role text NOT NULL CHECK (role IN ('bettor', 'cashier', 'organizer', 'auditor')),
    uses_left int NOT NULL CHECK (uses_left >= 0),
    expires_at timestamptz NOT NULL,
    created_by bigint NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX invitations_tournament ON invitations (tournament_id);

CREATE TABLE feedback (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tournament_id bigint REFERENCES tournaments,
    user_id bigint REFERENCES users,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the application may do: read, add, and keep the projections. It cannot rewrite what happened. ------------------
GRANT SELECT ON ALL TABLES IN SCHEMA public TO toteboard_app;
GRANT INSERT ON users, sessions, kyc_checks, kyc_messages, tournaments, feeds, members, matches, markets, outcomes,
outcome_totals, settlements, limits, imports, invitations, feedback TO toteboard_app;
GRANT INSERT (tournament_id, kind, user_id, market_id) ON accounts TO toteboard_app;
GRANT INSERT (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, min_odds_milli, placed_at)
ON bets TO toteboard_app;
GRANT INSERT (tournament_id, debit_account, credit_account, amount, kind, bet_id, settlement_id, reverses, key, at)
ON transfers TO toteboard_app;
GRANT INSERT (tournament_id, seq, at, kind, payload) ON events TO toteboard_app;
GRANT INSERT (at, tournament_id, user_id, ip, action, subject, details) ON audit_log TO toteboard_app;
GRANT UPDATE ON users, sessions, kyc_checks, tournaments, feeds, members, matches, markets, outcomes, invitations TO toteboard_app;
GRANT UPDATE (balance, owed) ON accounts TO toteboard_app;
GRANT UPDATE (stakes, bets, returns) ON outcome_totals TO toteboard_app;
GRANT UPDATE (status, payout, settlement_id) ON bets TO toteboard_app;
GRANT UPDATE (status, phase, cursor_wallet, bets_done, finished_at) ON settlements TO toteboard_app;
-- Only what no bet has touched can go; the foreign keys and the routes see to that.
GRANT DELETE ON members, matches, markets, outcomes, outcome_totals, accounts TO toteboard_app;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO toteboard_auditor, toteboard_reporter;
REVOKE SELECT ON sessions, invitations FROM toteboard_auditor, toteboard_reporter;
REVOKE SELECT ON users FROM toteboard_auditor, toteboard_reporter;
GRANT SELECT (id, email, name, admin, blocked, kyc, excluded_until, created_at) ON users TO toteboard_auditor, toteboard_reporter;
GRANT SELECT ON audit_log TO toteboard_sealer;
