-- Whether somebody may make members of a tournament: its organizers and admins, while they are not blocked.
CREATE OR REPLACE FUNCTION may_invite(p_user bigint, p_tournament bigint) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT NOT person.blocked
       AND (person.admin OR EXISTS (SELECT FROM members
                                     WHERE user_id = person.id AND tournament_id = p_tournament AND role = 'organizer'))
      FROM users person WHERE person.id = p_user
$$;
