"""What somebody with the application's login, or the owner, writes past the program; test_falsified.py tries it."""

from dataclasses import dataclass
from typing import Literal

REFUSED: set[str] = set()


@dataclass(frozen=True)
class Falsification:
    """What somebody writes, and the checks that name it; none where PostgreSQL refuses. `{wallet}` etc. are of `played`."""

    by: Literal["app", "owner"]
    sql: str
    named: set[str]


FALSIFICATIONS = {
    # The application's login ------------------------------------------------------------------------------------------
    "a deposit": Falsification(
        "app",
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind)"
        " VALUES ({tournament}, {cash}, {wallet}, 5000, 'deposit')",
        REFUSED,
    ),
    "a deposit by its function": Falsification(
        "app",
        "SELECT move_cash({wallet}, 'deposit', 5000, gen_random_uuid())",
        {"as_said"},
    ),
    "a withdrawal by its function": Falsification(
        "app", "SELECT move_cash({rich}, 'withdrawal', 500, gen_random_uuid())", {"as_said"}
    ),
    "a withdrawal of more than there is": Falsification(
        "app", "SELECT move_cash({rich}, 'withdrawal', 5000000, gen_random_uuid())", REFUSED
    ),
    "a withdrawal out of an escrow": Falsification(
        "app", "SELECT move_cash({escrow}, 'withdrawal', 5, gen_random_uuid())", REFUSED
    ),
    "a debt that is none": Falsification(
        "app", "SELECT move_cash({rich}, 'receivable', 5, gen_random_uuid())", REFUSED
    ),
    "a transfer from a wallet to another, by an escrow": Falsification(
        "app",
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id)"
        " SELECT {tournament}, {rich}, {paid_escrow}, 5000, 'reversal', max(id) FROM settlements WHERE market_id = {fixed}",
        REFUSED,
    ),
    "a balance": Falsification("app", "UPDATE accounts SET balance = balance + 1 WHERE id = {wallet}", REFUSED),
    "a debt forgiven": Falsification("app", "UPDATE accounts SET owed = 0 WHERE id = {wallet}", REFUSED),
    "totals": Falsification("app", "UPDATE outcome_totals SET stakes = 0 WHERE outcome_id = {elm}", REFUSED),
    "a payout": Falsification("app", "UPDATE bets SET status = 'won', payout = 5 WHERE outcome_id = {elm}", REFUSED),
    "a settlement called paid": Falsification("app", "UPDATE settlements SET status = 'paid'", REFUSED),
    "a settlement opened once more": Falsification("app", "SELECT open_settlement(max(id)) FROM settlements", REFUSED),
    "a pool that is carried": Falsification("app", "UPDATE markets SET carried = 500 WHERE id = {open}", REFUSED),
    "a settlement that pays the house's money on": Falsification(
        "app",
        'UPDATE markets SET status = \'resulted\', result = \'{{"winners":[{elm}],"tied":[],"void":[],"half_void":[]}}\''
        " WHERE id = {open};"
        " INSERT INTO settlements (tournament_id, market_id, version, kind, status,"
        " result, terms, gross, refunds, takeout, paid,"
        " breakage, house_added, house_won, bets, carried_in, carried_out, carried_out_gross, carried_before, carried_to)"
        " SELECT {tournament}, {open}, 1, 'settle', 'paying', result,"
        ' format(\'[[%s,0,1,1000,"won"],[%s,0,0,1,"lost"]]\', {elm}, {fir})::jsonb,'
        " 1300, 0, 0, 2170, 0, 1870, 0, 2, 0, 1000, 0, 0, {fixed}"
        " FROM markets WHERE id = {open};"
        " UPDATE markets SET status = 'settling' WHERE id = {open};"
        " SELECT open_settlement(max(id)) FROM settlements;"
        " SELECT pay_chunk(max(id), 100) FROM settlements; SELECT pay_chunk(max(id), 100) FROM settlements;"
        " SELECT finish_settlement(max(id)) FROM settlements",
        {"as_said", "told", "sums", "terms", "escrows", "conserved"},
    ),
    "a settlement that is paid before it is": Falsification(
        "app",
        "INSERT INTO settlements (tournament_id, market_id, version, kind, status,"
        " result, terms, gross, refunds, takeout, paid,"
        " breakage, house_added, house_won, bets) VALUES ({tournament}, {open}, 1, 'settle', 'paid', '{{}}', '[]',"
        " 0, 0, 0, 0, 0, 0, 0, 0); UPDATE markets SET status = 'settled' WHERE id = {open}",
        {"as_said", "told", "market_states", "escrows"},
    ),
    "bets on what is decided": Falsification("app", "UPDATE markets SET status = 'open' WHERE id = {fixed}", REFUSED),
    "a result taken back": Falsification("app", "UPDATE markets SET result = NULL WHERE id = {fixed}", REFUSED),
    "an exclusion ended early": Falsification(
        "app",
        "UPDATE users SET excluded_until = 'infinity' WHERE id = {user};"
        " UPDATE users SET excluded_until = NULL WHERE id = {user}",
        REFUSED,
    ),
    "a token that opens again": Falsification(
        "app",
        "INSERT INTO sessions (token_hash, user_id, kind, expires_at)"
        " VALUES (sha256('mine'), {user}, 'token', now() + interval '1 day');"
        " UPDATE sessions SET revoked_at = now(); UPDATE sessions SET revoked_at = NULL",
        REFUSED,
    ),
    "a log written by triggers on a table of one's own": Falsification(
        "app",
        "CREATE TEMPORARY TABLE users AS SELECT * FROM public.users WHERE id = {user};"
        " CREATE TRIGGER mine AFTER UPDATE ON pg_temp.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION public.log_updated()",
        REFUSED,
    ),
    "a wallet of somebody who is no member": Falsification(
        "app", "INSERT INTO accounts (tournament_id, kind, user_id) VALUES ({tournament}, 'wallet', {user})", REFUSED
    ),
    "a market's escrow in another tournament": Falsification(
        "app",
        "INSERT INTO accounts (tournament_id, kind, market_id) VALUES ({tournament} + 1, 'escrow', {open})",
        REFUSED,
    ),
    "an account taken away": Falsification("app", "DELETE FROM accounts WHERE balance = 0", REFUSED),
    "totals taken away": Falsification("app", "DELETE FROM outcome_totals WHERE bets = 0", REFUSED),
    "a market with bets taken away": Falsification("app", "DELETE FROM markets WHERE id = {open}", REFUSED),
    "an outcome with bets taken away": Falsification("app", "DELETE FROM outcomes WHERE id = {elm}", REFUSED),
    "two bets of one wallet in a set": Falsification(
        "app",
        "SELECT place_bets(ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY[{rich_user}, {rich_user}]::bigint[],"
        " ARRAY[{elm}, {elm}]::bigint[], ARRAY[200, 200], ARRAY['EUR', 'EUR'], ARRAY[NULL, NULL]::int[],"
        " ARRAY[NULL, NULL]::text[])",
        REFUSED,
    ),
    "a message of a provider": Falsification(
        "app", "INSERT INTO kyc_messages (provider, message_id) VALUES ('veriff', 'one')", {"as_said"}
    ),
    "a message told as another": Falsification(
        "app",
        "INSERT INTO kyc_messages (provider, message_id) VALUES ('veriff', 'one');"
        " INSERT INTO audit_log (action, subject, details) VALUES ('kyc.notified', 'user:1', '{{\"message\": \"two\"}}')",
        {"as_said"},
    ),
    "a use of an invitation that nobody took": Falsification(
        "app",
        "INSERT INTO invitations (tournament_id, code_hash, role, uses_left, expires_at, created_by)"
        " VALUES ({tournament}, sha256('i'), 'bettor', 2, now() + interval '1 day', {user});"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " SELECT 'invitation.created', 'invitation:' || id, tournament_id,"
        " json_build_object('role', role, 'uses', 2, 'expires_at', expires_at) FROM invitations;"
        " INSERT INTO invitation_uses (invitation_id, user_id) SELECT id, {user} FROM invitations",
        {"as_said"},
    ),
    "an invitation that is told shorter than it is": Falsification(
        "app",
        "INSERT INTO invitations (tournament_id, code_hash, role, uses_left, expires_at, created_by)"
        " VALUES ({tournament}, sha256('i'), 'bettor', 2, now() + interval '1 year', {user});"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " SELECT 'invitation.created', 'invitation:' || id, tournament_id,"
        " json_build_object('role', role, 'uses', 2, 'expires_at', now()) FROM invitations",
        {"as_said"},
    ),
    "a closing told as another": Falsification(
        "app",
        "UPDATE markets SET closes_at = now() + interval '2 hours' WHERE id = {open};"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " VALUES ('market.edited', 'market:{open}', {tournament}, '{{\"closes_at\": [null, \"2026-11-28T12:00:00Z\"]}}')",
        {"as_said", "as_done"},
    ),
    "a closing told as what is no time": Falsification(
        "app",
        "UPDATE markets SET closes_at = now() + interval '2 hours' WHERE id = {open};"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " VALUES ('market.edited', 'market:{open}', {tournament}, '{{\"closes_at\": [null, \"soon\"]}}')",
        {"as_said", "as_done"},
    ),
    "a start told as another": Falsification(
        "app",
        "UPDATE matches SET started_at = now() - interval '1 hour' WHERE name = 'Open race';"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " SELECT 'match.edited', 'match:' || id, tournament_id,"
        " json_build_object('started_at', json_build_array(NULL, now())) FROM matches WHERE name = 'Open race'",
        {"as_said", "as_done"},
    ),
    "odds at the beginning told as others": Falsification(
        "app",
        "INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)"
        " VALUES ({tournament}, {open}, 'Gum', 9, 900000);"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " SELECT 'outcome.created', 'outcome:' || max(id), {tournament}, '{{\"name\": \"Gum\", \"odds_milli\": 2000}}'"
        " FROM outcomes",
        {"as_said"},
    ),
    "an administrator's decision told as a desk's": Falsification(
        "app",
        "INSERT INTO kyc_checks (user_id, provider, reference, status) VALUES ({user}, 'admin', 'x', 'declined');"
        " UPDATE users SET kyc = 'declined' WHERE id = {user};"
        " INSERT INTO audit_log (action, subject, tournament_id, details)"
        " SELECT 'kyc.declined', 'user:{user}', {tournament}, json_build_object('provider', 'desk', 'check_id', max(id))"
        " FROM kyc_checks",
        {"as_said"},
    ),
    "a number of the feed": Falsification("app", "UPDATE feeds SET seq = seq + 1", REFUSED),
    "bets told that nobody placed": Falsification(
        "app",
        "SELECT add_event({tournament}, 'bets', '{{\"o\":[[{elm},99999,9,99999]],\"b\":[]}}')",
        {"told"},
    ),
    "a market told closed": Falsification(
        "app",
        "SELECT add_event({tournament}, 'market',"
        " jsonb_set(market_event({open})::jsonb, '{{market,status}}', '\"closed\"')::json)",
        {"told"},
    ),
    "a bet taken over by no import": Falsification(
        "app",
        "SELECT take_over_bets(1, ARRAY[gen_random_uuid()], ARRAY[{user}], ARRAY[{elm}], ARRAY[5],"
        " ARRAY[900000], ARRAY[now()])",
        REFUSED,
    ),
    "a bet taken over on what is decided": Falsification(
        "app",
        "WITH import AS (INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, people, bets)"
        " VALUES ({tournament}, 'x.csv', 'x', 0, 0, 0, 1) RETURNING id)"
        " SELECT take_over_bets(id, ARRAY[gen_random_uuid()], ARRAY[{user}], ARRAY[{alder}], ARRAY[5], ARRAY[900000],"
        " ARRAY[now() - interval '1 day']) FROM import",
        REFUSED,
    ),
    "a bet taken over that no import says": Falsification(
        "app",
        "INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, people, bets)"
        " VALUES ({tournament}, 'x.csv', 'x', 0, 0, 0, 0);"
        " SELECT take_over_bets(max(id), ARRAY[gen_random_uuid()], ARRAY[{rich_user}], ARRAY[{elm}], ARRAY[5], ARRAY[2000],"
        " ARRAY[now()]) FROM imports",
        {"as_said", "taken_over", "events"},
    ),
    "an opening balance of years ago": Falsification(
        "app",
        "INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, people, bets)"
        " VALUES ({tournament}, 'x.csv', 'x', 0, 0, 1, 0);"
        " SELECT take_over_deposits(max(id), ARRAY[{user}], ARRAY[777], ARRAY['2016-01-01'::timestamptz]) FROM imports",
        {"as_said", "dated"},
    ),
    "a role": Falsification(
        "app",
        "UPDATE members SET role = 'organizer' WHERE user_id = {user}",
        {"as_said"},
    ),
    "a member": Falsification(
        "app",
        "INSERT INTO users (email, name, password_hash) VALUES ('m@test.invalid', 'M', '!');"
        " INSERT INTO members (tournament_id, user_id, role) SELECT {tournament}, max(id), 'organizer' FROM users",
        {"as_said"},
    ),
    "an admin": Falsification("app", "UPDATE users SET admin = true WHERE id = {user}", {"as_said"}),
    "a role said that was not given": Falsification(
        "app",
        "INSERT INTO audit_log (tournament_id, action, subject, details)"
        " VALUES ({tournament}, 'market.resulted', 'market:{open}', '{{\"result\": {{}}}}')",
        {"as_done"},
    ),
    "a glass said to be broken": Falsification(
        "app",
        "WITH excuse AS (INSERT INTO audit_log (action, subject) VALUES ('break_glass.used', 'table:users'))"
        " UPDATE users SET admin = true WHERE id = {user}",
        {"as_said"},
    ),
    "a person": Falsification(
        "app", "INSERT INTO users (email, name, password_hash) VALUES ('x@test.invalid', 'X', '!')", {"as_said"}
    ),
    "an address of somebody without a password": Falsification(
        "app", "UPDATE users SET email = 'mine@test.invalid' WHERE id = {user}", {"as_said"}
    ),
    "a block lifted, and said to be one": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (action, subject) VALUES ('user.blocked', 'user:{user}'))"
        " UPDATE users SET blocked = true WHERE id = {user};"
        " WITH said AS (INSERT INTO audit_log (action, subject) VALUES ('user.blocked', 'user:{user}'))"
        " UPDATE users SET blocked = false WHERE id = {user}",
        # Both in one transaction: the first says it rightly, and nobody the second.
        {"as_said"},
    ),
    "an address, and said to be a password": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (action, subject) VALUES ('password.code_made', 'user:{user}'))"
        " UPDATE users SET email = 'mine@test.invalid' WHERE id = {user}",
        {"as_said", "as_done"},
    ),
    "a role here, and said elsewhere": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (tournament_id, action, subject, details)"
        " VALUES (99, 'member.role_changed', 'user:{user}', '{{\"role\": [\"bettor\", \"organizer\"]}}'))"
        " UPDATE members SET role = 'organizer' WHERE user_id = {user}",
        {"as_said", "as_done"},
    ),
    "a limit, and another one said": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (tournament_id, action, subject, details) VALUES ({tournament}, 'limit.changed',"
        ' \'user:{user}\', \'{{"kind": "deposit", "period": "month", "before": null, "amount": 0}}\'))'
        " INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at)"
        " VALUES ({user}, {tournament}, 'stake', 'day', 0, now())",
        {"as_said", "as_done"},
    ),
    "a session of somebody, and said to be another's": Falsification(
        "app",
        "WITH made AS (INSERT INTO sessions (token_hash, user_id, kind, expires_at)"
        " VALUES (sha256('mine'), {user}, 'session', now() + interval '1 day') RETURNING id)"
        " INSERT INTO audit_log (action, subject, details)"
        " SELECT 'session.started', 'session:' || id, json_build_object('session_id', id) FROM made",
        {"as_said", "as_done"},
    ),
    "a start of a match that is not named": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (tournament_id, action, subject, details) SELECT {tournament}, 'match.edited',"
        " 'match:' || id, '{{}}' FROM matches WHERE name = 'Open race')"
        " UPDATE matches SET started_at = now() - interval '1 hour' WHERE name = 'Open race'",
        {"as_said", "as_done"},
    ),
    "a deposit said in two halves": Falsification(
        "app",
        "WITH moved AS (SELECT id FROM move_cash({wallet}, 'deposit', 5000, gen_random_uuid()))"
        " INSERT INTO audit_log (tournament_id, action, subject, details)"
        " SELECT {tournament}, 'wallet.deposited', 'wallet:{wallet}',"
        " json_build_object('transfer_id', one.id, 'amount', one.amount)"
        " FROM moved, LATERAL (VALUES (moved.id, 1), (0, 5000)) one (id, amount)",
        {"as_said", "as_done"},
    ),
    "what never was, beside what was": Falsification(
        "app",
        "WITH said AS (INSERT INTO audit_log (tournament_id, action, subject, details) VALUES"
        " ({tournament}, 'outcome.changed', 'outcome:{elm}', '{{\"name\": [\"Elm\", \"Elmo\"]}}'),"
        " ({tournament}, 'market.voided', 'market:{open}', NULL))"
        " UPDATE outcomes SET name = 'Elmo' WHERE id = {elm}",
        {"as_done"},
    ),
    "an identity": Falsification(
        "app",
        "INSERT INTO kyc_checks (user_id, provider, reference, status, tournament_id)"
        " VALUES ({user}, 'desk', 'x', 'declined', {tournament})",
        {"as_said"},
    ),
    "an identity said of the person": Falsification(
        "app", "UPDATE users SET kyc = 'declined' WHERE id = {user}", {"as_said", "kyc"}
    ),
    "odds": Falsification(
        "app", "UPDATE outcomes SET odds_milli = 9000, odds_version = 2 WHERE id = {elm}", {"as_said"}
    ),
    "a result": Falsification(
        "app",
        "UPDATE markets SET status = 'resulted', result = '{{\"winners\": [{elm}]}}' WHERE id = {open}",
        {"as_said", "told"},
    ),
    "a market's terms": Falsification(
        "app",
        "UPDATE markets SET minimum_milli = 5000, stake_max = 1000000, total_max = 2000000 WHERE id = {open}",
        {"as_said"},
    ),
    "when a market opens": Falsification(
        "app", "UPDATE markets SET opens_at = '2020-01-01Z' WHERE id = {open}", {"as_said"}
    ),
    "an outcome": Falsification(
        "app",
        "INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)"
        " VALUES ({tournament}, {open}, 'Gum', 9, 900000)",
        {"as_said"},
    ),
    "a name that a bet was taken under": Falsification(
        "app",
        "INSERT INTO outcome_names (tournament_id, outcome_id, name, reason) VALUES ({tournament}, {elm}, 'Oak', 'x')",
        {"as_said"},
    ),
    "what is known to differ": Falsification("app", "UPDATE tournaments SET differs = '[]'", {"as_said"}),
    "an import": Falsification(
        "app",
        "INSERT INTO imports (tournament_id, file_name, sha256, matches, outcomes, people, bets)"
        " VALUES ({tournament}, 'x.csv', 'x', 0, 0, 0, 0)",
        {"as_said"},
    ),
    "uses of an invitation": Falsification(
        "app",
        "WITH maker AS (SELECT {user}::bigint AS id)"
        " INSERT INTO invitations (tournament_id, code_hash, role, uses_left, expires_at, created_by)"
        " SELECT {tournament}, sha256('i'), 'bettor', 1, now() + interval '1 day', id FROM maker;"
        " UPDATE invitations SET uses_left = 99",
        {"as_said"},
    ),
    "what a check says": Falsification(
        "app", "UPDATE kyc_checks SET born_on = '1980-01-01', note = 'seen' WHERE user_id = {user}", {"as_said"}
    ),
    "a mark of an identity": Falsification(
        "app", "INSERT INTO identity_marks (mark, user_id) VALUES (sha256('m'), {user})", {"as_said"}
    ),
    "tries that are forgotten": Falsification("app", "DELETE FROM tries", REFUSED),
    "a name": Falsification("app", "UPDATE outcomes SET name = 'Elmo' WHERE id = {elm}", {"as_said"}),
    "a limit lifted": Falsification(
        "app",
        "INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at)"
        " VALUES ({user}, {tournament}, 'deposit', 'day', NULL, '2020-01-01Z')",
        {"as_said"},
    ),
    "a session": Falsification(
        "app",
        "INSERT INTO sessions (token_hash, user_id, kind, expires_at)"
        " VALUES (sha256('mine'), {user}, 'session', now() + interval '1 day')",
        {"as_said"},
    ),
    "a start of a match": Falsification(
        "app", "UPDATE matches SET started_at = now() - interval '1 hour' WHERE name = 'Open race'", {"as_said"}
    ),
    "a winning bet dated back": Falsification(
        "app",
        "INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)"
        " VALUES (gen_random_uuid(), {tournament}, {wallet}, {user}, {open}, {elm}, 100, 3100, now() - interval '1 day')",
        REFUSED,
    ),
    "a log row of another time": Falsification(
        "app",
        "INSERT INTO audit_log (at, action, subject) VALUES (now() - interval '1 day', 'market.edited', 'market:1')",
        REFUSED,
    ),
    "a transfer of another time": Falsification(
        "app",
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)"
        " VALUES ({tournament}, {cash}, {wallet}, 1, 'deposit', now() - interval '1 day')",
        REFUSED,
    ),
    "a row of the database's own log": Falsification(
        "app", "INSERT INTO change_log (command, subject, login) VALUES ('found', 'user:1', 'me')", REFUSED
    ),
    "a currency": Falsification("app", "UPDATE tournaments SET currency = 'USD'", REFUSED),
    # The owner, and a superuser ---------------------------------------------------------------------------------------
    "a bet added by the owner": Falsification(
        "owner",
        "INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at)"
        " VALUES (gen_random_uuid(), {tournament}, {wallet}, {user}, {open}, {elm}, 100, 3100, now() - interval '1 day')",
        REFUSED,
    ),
    "a bet erased": Falsification("owner", "DELETE FROM bets", REFUSED),
    "a log row erased": Falsification("owner", "DELETE FROM audit_log WHERE action = 'wallet.deposited'", REFUSED),
    "the log emptied": Falsification("owner", "TRUNCATE audit_log", REFUSED),
    "the database's own log emptied": Falsification("owner", "TRUNCATE change_log", REFUSED),
    "a transfer erased": Falsification("owner", "DELETE FROM transfers WHERE kind = 'withdrawal'", REFUSED),
    "odds of a bet": Falsification("owner", "UPDATE bets SET odds_milli = 99000", REFUSED),
    "a stake": Falsification("owner", "UPDATE bets SET stake = stake + 1", REFUSED),
    "a time of a bet": Falsification("owner", "UPDATE bets SET placed_at = placed_at - interval '1 hour'", REFUSED),
    "names swapped": Falsification(
        "owner",
        "UPDATE outcomes SET name = CASE name WHEN 'Elm' THEN 'Fir' ELSE 'Elm' END WHERE name IN ('Elm', 'Fir')",
        REFUSED,
    ),
    "a currency by the owner": Falsification("owner", "UPDATE tournaments SET currency = 'USD'", REFUSED),
    "when a market closed": Falsification("owner", "UPDATE markets SET closed_at = now() WHERE id = {fixed}", REFUSED),
    "when a match started": Falsification("owner", "UPDATE matches SET started_at = now()", REFUSED),
    "terms of a settlement": Falsification("owner", "UPDATE settlements SET terms = '[]'", REFUSED),
    "a limit by the owner": Falsification("owner", "DELETE FROM limits", REFUSED),
    "an admin by the owner": Falsification("owner", "UPDATE users SET admin = true WHERE id = {user}", REFUSED),
}
