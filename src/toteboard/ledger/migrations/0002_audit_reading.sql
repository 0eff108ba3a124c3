-- Reading the audit log: by tournament, person, action and subject, newest first, however long it has become.
--
-- Nearly every row says that a bet was taken. Those stand in the two narrow indexes that grow at their ends; what an
-- auditor looks for by action or subject is among the others, and only they pay for the wider ones (docs/operating.md).

CREATE INDEX audit_log_tournament ON audit_log (tournament_id, id);
CREATE INDEX audit_log_user ON audit_log (user_id, id);
CREATE INDEX audit_log_action ON audit_log (action, id) WHERE action <> 'bet.placed';
CREATE INDEX audit_log_tournament_action ON audit_log (tournament_id, action, id) WHERE action <> 'bet.placed';
CREATE INDEX audit_log_subject ON audit_log (subject, id) WHERE action <> 'bet.placed';
