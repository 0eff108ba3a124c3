-- Another person of the same identity who may not bet: excluded by themselves, blocked, or declined by an admin. Null for none.
-- Only an admin can say that the two are two people: by verifying one of them beside the other.
CREATE OR REPLACE FUNCTION barred_twin(p_user bigint) RETURNS bigint
LANGUAGE sql STABLE
AS $$
    SELECT other.id
      FROM identity_marks mine
      JOIN identity_marks theirs ON theirs.mark = mine.mark AND theirs.user_id <> mine.user_id
      JOIN users other ON other.id = theirs.user_id
     WHERE mine.user_id = p_user
       AND (other.excluded_until > clock_timestamp() OR other.blocked
            OR (SELECT status = 'declined' AND provider = 'admin' FROM kyc_checks
                 WHERE user_id = other.id AND tournament_id IS NULL ORDER BY id DESC LIMIT 1))
       AND NOT EXISTS (SELECT FROM kyc_checks looked
                        WHERE looked.status = 'verified' AND looked.provider = 'admin'
                          AND (looked.user_id, looked.same_as) IN ((p_user, other.id), (other.id, p_user)))
     ORDER BY other.id LIMIT 1
$$;
