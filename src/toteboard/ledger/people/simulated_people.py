"""The people of a sandbox that nobody is: bettors who make it lively, and the desk that hands them points. Knows no HTTP.

They have no password, so that nobody signs in as one of them. What they do goes through the API, with tokens of theirs that
the next server ends.
"""

from collections.abc import Sequence
from uuid import uuid4

from toteboard.ledger.ledger import Change
from toteboard.ledger.people import kyc, users
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.refusals import Refusal, Refused

DESK = "simulated-desk@sandbox.invalid"
DESK_NAME = "Simulated desk"
# Addresses that nobody has.
DOMAIN = "simulated.invalid"


async def people(change: Change, names: Sequence[str]) -> list[int]:
    """The ids of the simulated bettors of these names, made where they are not there yet; each with a verified identity."""
    found = []
    for name in names:
        email = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
        known = await _known(change, email)
        if known is None:
            user_id = await users.register(change, email=email, name=name, password_hash=users.NO_PASSWORD)
            reference = f"simulated-{uuid4()}"
            await kyc.add_check(change, user_id=user_id, provider="sandbox", reference=reference, status="verified")
        else:
            user_id = known
        found.append(user_id)
    return found


async def _known(change: Change, email: str) -> int | None:
    """Whose address it is. Raises Refused (STATE) where somebody has registered with it, and could sign in."""
    known = await users.credentials(change.conn, email)
    if known is None:
        return None
    if known["password_hash"] != users.NO_PASSWORD:
        raise Refused(Refusal.STATE, f"Somebody has registered as {email}: delete that account first.")
    return int(known["id"])


async def end_tokens(change: Change, user_ids: Sequence[int]) -> None:
    """No earlier server's tokens of theirs open anything any more."""
    for user_id in user_ids:
        for token in await users.tokens(change.conn, user_id):
            await users.end_session(change, session_id=token["id"], user_id=user_id, kind="token")


async def desk(change: Change) -> int:
    """The id of whoever hands points to simulated bettors: a cashier where bets are simulated, and nothing else."""
    known = await _known(change, DESK)
    if known is not None:
        return known
    return await users.register(change, email=DESK, name=DESK_NAME, password_hash=users.NO_PASSWORD)


async def let_in(change: Change, tournament_id: int) -> int:
    """Makes the desk a cashier of the tournament, and says whose rights changed.

    Raises Refused (STATE) where no sandbox was ever served from here.
    """
    user_id = await _known(change, DESK)
    if user_id is None:
        raise Refused(Refusal.STATE, "Bets are simulated in a sandbox only: toteboard serve --sandbox.")
    if await tournaments.role_of(change, tournament_id, user_id) is None:
        await tournaments.put_member(change, tournament_id, user_id, "cashier")
    return user_id
