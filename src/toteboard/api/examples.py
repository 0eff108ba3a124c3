"""What a request looks like, for the API's description: an example of every body, by the name of its schema.

They are of one evening and fit together: tournament 1, match 12, market 34, its outcomes 56 and 57. Tests take each of them.
"""

from typing import Any

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EXAMPLES: dict[str, Any] = {
    "AddOutcomeRequest": {"market_id": 34, "name": "Draw", "odds": "3.10"},
    "BetRequest": {"outcome_id": 56, "stake": 2500, "currency": "EUR", "min_odds": "2.17"},
    "CashRequest": {"amount": 5000, "currency": "EUR", "note": "paid in notes"},
    "CopyRequest": {"name": "Riverside Open 2026", "slug": "riverside", "currency": "EUR", "invite": True},
    "DelayRequest": {"minutes": 15},
    "DeletionRequest": {"password": "correct horse battery"},
    "DeskDecisionRequest": {"tournament_id": 1, "user_id": 7, "document": "passport", "decision": "verified"},
    "EmptyRequest": {},
    "ExclusionRequest": {"until": "2027-01-31T23:59:00Z"},
    "IdentityCheckRequest": {"tournament_id": 1},
    "IdentityDecisionRequest": {"document": "passport", "decision": "declined"},
    "InvitationRequest": {"role": "cashier", "uses": 1, "days": 7},
    "LimitRequest": {"tournament_id": 1, "kind": "stake", "period": "week", "amount": 10000},
    "FeedbackPatch": {"answer": "The wall is in the other hall: follow the signs.", "closed": True},
    "FeedbackRequest": {
        "tournament_id": 1,
        "text": "I looked for the wall and did not find it.",
        "screen": "/t/riverside",
        "state": {
            "title": "Riverside Open 2026",
            "failed": [{"at": "2026-12-05T19:02:11Z", "code": "CLOSED", "status": 409, "title": "Betting has closed"}],
            "width": 390,
            "height": 844,
        },
        "may_ask": True,
    },
    "ForgottenRequest": {"email": "ada@example.org"},
    "MePatch": {
        "name": "Ada Ferreira-Lund",
        "new_password": "another horse, a new battery",
        "password": "correct horse battery",
    },
    "NewPasswordRequest": {"code": "7K3QX-M9TPA", "password": "another horse, a new battery"},
    "LiftRequest": {"reason": "a transfer was entered by hand, and taken back"},
    "MarketPatch": {"closes_at": "2026-12-05T19:30:00Z", "version": 3},
    "MarketRequest": {
        "match_id": 12,
        "name": "Match winner",
        "kind": "fixed",
        "closes_offset_s": 0,
        "liability_max": 500000,
        "outcomes": [{"name": "Ada", "odds": "2.28"}, {"name": "Bo", "odds": "1.66"}],
    },
    "MatchPatch": {"started_at": "2026-12-05T19:02:11Z", "score": {"ft": [2, 1]}, "version": 2},
    "MatchRequest": {
        "tournament_id": 1,
        "name": "Ada v Bo",
        "round": "Final",
        "venue": "Table 1",
        "starts_at": "2026-12-05T19:00:00Z",
    },
    "OutcomePatch": {"odds": "2.40", "odds_version": 4},
    "OutcomeRequest": {"name": "Ada", "odds": "2.28"},
    "StartPreviewRequest": {"started_at": "2026-12-05T19:02:11Z"},
    "StartRequest": {"started_at": "2026-12-05T19:02:11Z", "reason": "the referee's sheet", "digest": DIGEST},
    "PreviewRequest": {"winners": [56]},
    "RegistrationRequest": {"email": "ada@example.org", "name": "Ada Ferreira", "password": "correct horse battery"},
    "ResetRequest": {"starts_at": "2026-12-05T19:00:00Z"},
    "ResettleRequest": {"winners": [57], "reason": "the protest was upheld", "digest": DIGEST},
    "ResultRequest": {"winners": [56]},
    "RightsPatch": {"blocked": True, "reason": "used a second account"},
    "RoleRequest": {"role": "auditor"},
    "SandboxSignInRequest": {"as": "bettor"},
    "SettleRequest": {"digest": DIGEST},
    "SignInRequest": {"email": "ada@example.org", "password": "correct horse battery"},
    "TokenRequest": {"label": "score board", "days": 30},
    "TournamentPatch": {"subtitle": "Hall 2"},
    "TournamentRequest": {"name": "Riverside Open 2026", "currency": "EUR", "timezone": "Europe/Berlin"},
    "WithdrawalPreviewRequest": {"deduction_bps": 1500},
    "WithdrawalRequest": {"deduction_bps": 1500, "reason": "did not come to the start", "digest": DIGEST},
    "VoidRequest": {"reason": "the match was abandoned"},
}
