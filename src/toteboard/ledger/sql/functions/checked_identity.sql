-- How somebody's identity stands in a tournament: none, pending, review, verified, declined or expired.
-- What its own desk decided counts there; where it has not, what the server knows of the person: users.kyc, which a provider or
-- an admin said. That an admin declined somebody counts everywhere.
CREATE OR REPLACE FUNCTION checked_identity(p_user bigint, p_tournament bigint) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN person.kyc = 'declined' AND last.provider = 'admin' THEN 'declined'
                WHEN desk.status IN ('verified', 'declined') THEN desk.status
                WHEN person.kyc IN ('none', 'expired') THEN coalesce(desk.status, person.kyc)
                ELSE person.kyc END
      FROM users person
      LEFT JOIN LATERAL (SELECT provider FROM kyc_checks
                          WHERE user_id = person.id AND tournament_id IS NULL ORDER BY id DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (SELECT status FROM kyc_checks
                          WHERE user_id = person.id AND tournament_id = p_tournament ORDER BY id DESC LIMIT 1) desk ON true
     WHERE person.id = p_user
$$;
