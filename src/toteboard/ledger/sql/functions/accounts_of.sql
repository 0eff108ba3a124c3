-- A tournament has its own accounts and its feed, a market its escrow, an outcome its totals: from the moment it is there until it is
-- taken away, whoever adds it. Triggers of the owner: an account that belongs to nothing would be a place to move money to.
CREATE OR REPLACE FUNCTION add_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'tournaments' THEN
            INSERT INTO feeds (tournament_id) SELECT id FROM new_rows ORDER BY id;
            INSERT INTO accounts (tournament_id, kind)
            SELECT new_rows.id, kind FROM new_rows, unnest(ARRAY['house', 'takeout', 'breakage', 'cash', 'receivable']) AS kind
             ORDER BY new_rows.id;
        WHEN 'markets' THEN
            INSERT INTO accounts (tournament_id, kind, market_id) SELECT tournament_id, 'escrow', id FROM new_rows ORDER BY id;
        ELSE
            INSERT INTO outcome_totals (outcome_id, market_id) SELECT id, market_id FROM new_rows ORDER BY id;
    END CASE;
    RETURN NULL;
END $$;

-- What holds money, or counts a bet, stays, and the row that it is of stays with it.
CREATE OR REPLACE FUNCTION remove_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF TG_TABLE_NAME = 'markets' THEN
        DELETE FROM accounts WHERE kind = 'escrow' AND market_id = OLD.id AND balance = 0;
    ELSE
        DELETE FROM outcome_totals WHERE outcome_id = OLD.id AND bets = 0;
    END IF;
    RETURN OLD;
END $$;

DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['tournaments', 'markets', 'outcomes'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER add_accounts AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION add_accounts()', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['markets', 'outcomes'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER remove_accounts BEFORE DELETE ON %I'
                       ' FOR EACH ROW EXECUTE FUNCTION remove_accounts()', one);
    END LOOP;
END $$;
