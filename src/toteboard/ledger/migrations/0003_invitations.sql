-- Who took an invitation: taken again it answers the same, and whoever was removed since does not come back by it.

ALTER TABLE invitations ADD COLUMN ended_at timestamptz;

CREATE TABLE invitation_uses (
    invitation_id bigint NOT NULL REFERENCES invitations,
    user_id bigint NOT NULL REFERENCES users,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (invitation_id, user_id)
);

GRANT SELECT ON invitation_uses TO toteboard_app, toteboard_auditor, toteboard_reporter;
GRANT INSERT (invitation_id, user_id) ON invitation_uses TO toteboard_app;
