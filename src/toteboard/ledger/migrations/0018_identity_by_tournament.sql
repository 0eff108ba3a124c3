-- What a desk decides about somebody's identity counts in its tournament; what the server knows (a provider's word, an
-- admin's) counts where no desk has decided. Until now a desk decided for every tournament: the log says where it was.
ALTER TABLE kyc_checks ADD COLUMN tournament_id bigint REFERENCES tournaments;
ALTER TABLE kyc_checks DROP CONSTRAINT kyc_checks_status_check;
ALTER TABLE kyc_checks ADD CONSTRAINT kyc_checks_status_check
CHECK (status IN ('pending', 'review', 'verified', 'declined', 'expired'));
ALTER TABLE users DROP CONSTRAINT users_kyc_check;
ALTER TABLE users ADD CONSTRAINT users_kyc_check
CHECK (kyc IN ('none', 'pending', 'review', 'verified', 'declined', 'expired'));

WITH told AS (
    SELECT DISTINCT ON (details ->> 'check_id') (details ->> 'check_id')::bigint AS check_id, tournament_id
    FROM audit_log
    WHERE action IN ('kyc.verified', 'kyc.declined') AND tournament_id IS NOT NULL
    ORDER BY details ->> 'check_id', id DESC
)

UPDATE kyc_checks SET tournament_id = told.tournament_id
FROM told
WHERE kyc_checks.id = told.check_id AND kyc_checks.provider = 'desk';

CREATE INDEX kyc_checks_tournament ON kyc_checks (tournament_id, user_id) WHERE tournament_id IS NOT NULL;

UPDATE users SET kyc = coalesce(
    (SELECT status FROM kyc_checks WHERE user_id = users.id AND tournament_id IS NULL ORDER BY id DESC LIMIT 1), 'none'
)
WHERE id IN (SELECT user_id FROM kyc_checks WHERE tournament_id IS NOT NULL);
