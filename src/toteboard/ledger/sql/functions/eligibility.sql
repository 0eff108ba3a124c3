-- Keep in every wallet what may bar its owner from betting, so that a bet reads it from the row it has locked.
--
-- accounts.eligibility is the number of the first refusal that applies (rules/refusals.py): 5 BLOCKED, 4 NOT_A_MEMBER, 6 STAFF,
-- 8 KYC, or 0;
-- accounts.excluded_until and accounts.limited go with it. `toteboard audit` derives all three again.
-- The wallet is locked: what is read here is as of after that, so that of two changes at the same moment (a declined check,
-- a new role) the second sees the first.
CREATE OR REPLACE FUNCTION refresh_wallet(p_wallet bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE accounts SET eligibility = fresh.eligibility, excluded_until = fresh.excluded_until, limited = fresh.limited
      FROM (SELECT person.excluded_until,
                   CASE WHEN person.blocked THEN 5
                        WHEN member.role IS NULL THEN 4
                        WHEN member.role <> 'bettor' AND NOT tournament.staff_may_bet THEN 6
                        WHEN tournament.kyc_provider <> 'none'
                         AND checked_identity(wallet.user_id, wallet.tournament_id) <> 'verified' THEN 8 ELSE 0 END AS eligibility,
                   -- In whichever tournament: they may hold in all of them (functions/limited_together.sql).
                   EXISTS (SELECT FROM limits WHERE limits.user_id = wallet.user_id
                                                AND limits.kind IN ('stake', 'loss')) AS limited
              FROM accounts wallet
              JOIN users person ON person.id = wallet.user_id
              JOIN tournaments tournament ON tournament.id = wallet.tournament_id
              LEFT JOIN members member ON member.tournament_id = wallet.tournament_id AND member.user_id = wallet.user_id
             WHERE wallet.id = p_wallet) fresh
     WHERE accounts.id = p_wallet
       AND ((accounts.eligibility, accounts.limited) IS DISTINCT FROM (fresh.eligibility, fresh.limited)
            OR accounts.excluded_until IS DISTINCT FROM fresh.excluded_until);
END $$;

CREATE OR REPLACE FUNCTION refresh_eligibility(p_user bigint, p_tournament bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE v_wallet bigint;
BEGIN
    -- A statement for each way to ask, and a wallet at a time: one person's are found by index, however many others there are
    -- and whatever the planner last knew of them.
    IF p_user IS NOT NULL THEN
        FOR v_wallet IN SELECT id FROM accounts
                         WHERE kind = 'wallet' AND user_id = p_user AND (p_tournament IS NULL OR tournament_id = p_tournament)
                         ORDER BY id FOR NO KEY UPDATE LOOP  -- wallets
            PERFORM refresh_wallet(v_wallet);
        END LOOP;
    ELSE
        FOR v_wallet IN SELECT id FROM accounts
                         WHERE kind = 'wallet' AND (p_tournament IS NULL OR tournament_id = p_tournament)
                         ORDER BY id FOR NO KEY UPDATE LOOP  -- wallets
            PERFORM refresh_wallet(v_wallet);
        END LOOP;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION eligibility_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    CASE TG_TABLE_NAME
        -- What bars one bars whoever has the same identity.
        WHEN 'users' THEN PERFORM refresh_eligibility(person, NULL)
           FROM (SELECT NEW.id AS person UNION
                 SELECT theirs.user_id FROM identity_marks mine JOIN identity_marks theirs ON theirs.mark = mine.mark
                  WHERE mine.user_id = NEW.id ORDER BY 1) same;
        WHEN 'tournaments' THEN PERFORM refresh_eligibility(NULL, NEW.id);
        WHEN 'members' THEN
            IF TG_OP = 'DELETE' THEN
                PERFORM refresh_eligibility(OLD.user_id, OLD.tournament_id);
            ELSE
                PERFORM refresh_eligibility(NEW.user_id, NEW.tournament_id);
            END IF;
        WHEN 'limits' THEN PERFORM refresh_eligibility(NEW.user_id, NULL);
        -- accounts, kyc_checks: a check without a tournament counts in all of them.
        ELSE PERFORM refresh_eligibility(NEW.user_id, NEW.tournament_id);
    END CASE;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER eligibility AFTER UPDATE OF blocked, kyc, excluded_until ON users
FOR EACH ROW EXECUTE FUNCTION eligibility_changed();
CREATE OR REPLACE TRIGGER eligibility AFTER INSERT OR UPDATE OR DELETE ON members
FOR EACH ROW EXECUTE FUNCTION eligibility_changed();
CREATE OR REPLACE TRIGGER eligibility AFTER UPDATE OF staff_may_bet, kyc_provider, min_age ON tournaments
FOR EACH ROW EXECUTE FUNCTION eligibility_changed();
CREATE OR REPLACE TRIGGER eligibility AFTER INSERT OR UPDATE OF status ON kyc_checks
FOR EACH ROW EXECUTE FUNCTION eligibility_changed();
CREATE OR REPLACE TRIGGER eligibility AFTER INSERT ON limits
FOR EACH ROW EXECUTE FUNCTION eligibility_changed();
CREATE OR REPLACE TRIGGER eligibility AFTER INSERT ON accounts
FOR EACH ROW WHEN (NEW.kind = 'wallet') EXECUTE FUNCTION eligibility_changed();

-- Whoever is barred is derived anew whenever this text changes.
SELECT refresh_eligibility(NULL, NULL);
