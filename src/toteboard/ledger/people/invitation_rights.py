"""Ends invitations whose maker may no longer give them. Knows no code and no HTTP."""

from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements

_SQL = statements("invitation_rights")


async def end_unrightful(change: Change, user_id: int, tournament_id: int | None = None) -> int:
    """Ends the open invitations of this person that they may no longer give, each with its audit row; how many.

    Of one tournament, or (None) of all: call it after their role, their right or their block changed.
    """
    ended = await change.conn.fetch(_SQL["end_unrightful"], user_id, tournament_id)
    for row in ended:
        await change.audit("invitation.ended", f"invitation:{row['id']}", row["tournament_id"], maker=user_id)
    return len(ended)
