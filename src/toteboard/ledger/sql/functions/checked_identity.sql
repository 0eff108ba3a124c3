-- How somebody's identity stands in a tournament: none, pending, review, verified, declined or expired.
-- What its own desk decided counts there; where it has not, what the server knows of the person: users.kyc, which a provider or
-- an admin said. That an admin declined somebody counts everywhere, and so does an account of the same identity that is barred
-- (barred_twin.sql): no desk opens betting then. Who is too young for the tournament is declined there, and
-- one whose age a provider did not say is looked at by its desk.
CREATE OR REPLACE FUNCTION checked_identity(p_user bigint, p_tournament bigint) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN person.kyc = 'declined' AND last.provider = 'admin' THEN 'declined'
                WHEN desk.status = 'declined' THEN 'declined'
                WHEN barred_twin(person.id) IS NOT NULL THEN 'review'
                WHEN desk.status = 'verified' THEN 'verified'
                WHEN person.kyc IN ('none', 'expired') THEN coalesce(desk.status, person.kyc)
                WHEN person.kyc = 'verified' AND tournament.min_age IS NOT NULL AND last.provider IS DISTINCT FROM 'admin' THEN
                     CASE WHEN last.born_on IS NULL THEN 'review'
                          WHEN last.born_on + make_interval(years => tournament.min_age) > clock_timestamp() THEN 'declined'
                          ELSE 'verified' END
                ELSE person.kyc END
      FROM users person
      LEFT JOIN tournaments tournament ON tournament.id = p_tournament
      LEFT JOIN LATERAL (SELECT provider, born_on FROM kyc_checks
                          WHERE user_id = person.id AND tournament_id IS NULL ORDER BY id DESC LIMIT 1) last ON true
      LEFT JOIN LATERAL (SELECT status FROM kyc_checks
                          WHERE user_id = person.id AND tournament_id = p_tournament ORDER BY id DESC LIMIT 1) desk ON true
     WHERE person.id = p_user
$$;
