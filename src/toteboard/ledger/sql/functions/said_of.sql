-- What a row of the audit log about a change (functions/change_log.sql) may have as its subject: the thing itself, whom it belongs to,
-- or what it went with.
CREATE OR REPLACE FUNCTION said_of(p_subject text, p_command text, p_row jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE split_part(p_subject, ':', 1)
               WHEN 'member' THEN ARRAY['user:' || split_part(p_subject, '/', 2)]
               WHEN 'settlement' THEN ARRAY['market:' || (p_row ->> 'market_id')]
               WHEN 'outcome' THEN ARRAY[p_subject, 'market:' || (p_row ->> 'market_id')]
               WHEN 'outcome_name' THEN ARRAY['outcome:' || (p_row ->> 'outcome_id')]
               WHEN 'market' THEN ARRAY[p_subject, 'match:' || (p_row ->> 'match_id')]
               WHEN 'transfer'
                   THEN ARRAY['wallet:' || (p_row ->> CASE p_row ->> 'kind' WHEN 'deposit' THEN 'credit_account' ELSE 'debit_account' END)]
               ELSE ARRAY[p_subject, 'user:' || (p_row ->> 'user_id')]
           END
        || CASE WHEN p_command <> 'delete' AND split_part(p_subject, ':', 1) IN ('import', 'outcome', 'match', 'market')
                -- What a file brought is said of the tournament.
                THEN ARRAY['tournament:' || (p_row ->> 'tournament_id')] END
$$;
