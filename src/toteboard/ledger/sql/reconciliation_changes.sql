-- What the database itself saw change (functions/change_log.sql), held against what stands and against what the program said.
-- Each check gives a row (subject, stored, derived) for every difference.

-- name: as_seen
-- Every row that is watched stands as it was last seen to be, and none that was seen is missing. A column that came later than
-- the row's last image, or is not kept any more, is not compared.
WITH seen AS (
    SELECT DISTINCT ON (subject) subject, image FROM change_log
    ORDER BY subject, id DESC
)

SELECT
    coalesce(seen.subject, now.subject) AS subject, coalesce(told.stored, 'not there') AS stored,
    coalesce(told.seen, CASE WHEN seen.subject IS NULL THEN 'never seen to come' ELSE 'there' END) AS derived
FROM seen
FULL JOIN watched_rows() AS now ON seen.subject = now.subject
LEFT JOIN LATERAL (
    SELECT
        string_agg(was.key || ' ' || coalesce(now.image ->> was.key, 'nothing'), ', ' ORDER BY was.key) AS stored,
        string_agg(was.key || ' ' || coalesce(was.value #>> '{}', 'nothing'), ', ' ORDER BY was.key) AS seen
    FROM jsonb_each(seen.image) AS was
    WHERE now.image ? was.key AND now.image -> was.key IS DISTINCT FROM was.value
) AS told ON true
WHERE (seen.image IS NULL) <> (now.image IS NULL) OR told.stored IS NOT NULL
ORDER BY 1;

-- name: as_said
-- Every such change was said in the audit log by the same transaction, and was said to become what it became
-- (functions/changes_told.sql). Whoever broke the glass is in the log with what they did.
SELECT
    subject,
    key || ' ' || coalesce(before #>> '{}', 'nothing') || ' → ' || coalesce(after #>> '{}', 'nothing') || ', by ' || login AS stored,
    'said so in the audit log' AS derived
FROM changes_told()
WHERE said_id IS NULL AND login <> 'toteboard_break_glass'
ORDER BY change_id;

-- name: as_done
-- What the audit log says was done was done: each of its rows tells of a change that the same transaction made. What only tells of
-- itself, as a refusal does, is left out; bets have their own check.
SELECT said.subject, said.action || coalesce(' by user ' || said.user_id, '') || ' at ' || said.at AS stored, 'a change of it' AS derived
FROM audit_log AS said
LEFT JOIN (SELECT DISTINCT said_id FROM changes_told()) AS done ON said.id = done.said_id
WHERE done.said_id IS NULL
    AND said.xact IS NOT NULL
    AND said.action ~ '^(wallet|member|kyc|outcome|match|market|limit|user|session|token|password|invitation|tournament|people|books|settlement)\.'
    AND said.action NOT IN ('market.own_bets', 'kyc.notified', 'kyc.forged', 'invitation.refused', 'books.derivation_requested',
        'books.restored', 'tournament.copied')
ORDER BY said.id;

-- name: dated
-- Money came in and went out when the database saw it. An opening balance of a file stands just before the first bet that the
-- same file brought for its wallet, and no earlier.
WITH seen AS (
    SELECT split_part(subject, ':', 2)::bigint AS transfer_id, at, xact FROM change_log
    WHERE subject LIKE 'transfer:%' AND command = 'insert'
)

SELECT 'transfer:' || transfer.id AS subject, 'at ' || transfer.at AS stored, 'about ' || seen.at AS derived
FROM seen
INNER JOIN transfers AS transfer ON seen.transfer_id = transfer.id
WHERE transfer.at NOT BETWEEN seen.at - interval '2 minutes' AND seen.at
    AND NOT EXISTS (
        SELECT FROM bets AS bet
        INNER JOIN audit_log AS said ON said.subject = 'bet:' || bet.id AND said.action = 'bet.taken_over' AND said.xact = seen.xact
        WHERE bet.wallet_id = transfer.credit_account
            AND bet.placed_at BETWEEN transfer.at AND transfer.at + interval '1 second'
    )
ORDER BY transfer.id;

-- name: taken_over
-- Every bet that was taken elsewhere names an import of its tournament, made in the same transaction, and no import has more of
-- them than it says.
SELECT 'import:' || coalesce(import.id::text, '?') AS subject, count(*) || ' bets of tournament ' || said.tournament_id AS stored,
    CASE WHEN import.id IS NULL THEN 'no such import' ELSE 'at most ' || import.bets || ' of tournament ' || import.tournament_id END AS derived
FROM audit_log AS said
LEFT JOIN imports AS import ON (said.details ->> 'import_id')::bigint = import.id
WHERE said.action = 'bet.taken_over' AND said.details ->> 'import_id' IS NOT NULL
GROUP BY import.id, import.bets, import.tournament_id, said.tournament_id
HAVING import.id IS NULL OR count(*) > import.bets OR said.tournament_id <> import.tournament_id
ORDER BY 1;

-- name: in_order
-- A tournament's events came in the order of their times, but for sets that waited for each other: none was dated back.
WITH timed AS (
    SELECT tournament_id, seq, at, max(at) OVER (PARTITION BY tournament_id ORDER BY seq) AS latest FROM events
)

SELECT 'tournament:' || tournament_id || ' event:' || seq AS subject, 'at ' || at AS stored, 'about ' || latest || ' or later' AS derived
FROM timed
WHERE at < latest - interval '2 minutes'
ORDER BY tournament_id, seq;
