"""The sandbox's demo people: somebody to be after one click. Knows no HTTP; what they get is recorded as anybody's."""

from typing import Any
from uuid import uuid4

from toteboard.ledger.ledger import Change
from toteboard.ledger.money import wallets
from toteboard.ledger.people import admins, kyc, users
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("demo_people")

ORGANIZER = "organizer@sandbox.invalid"
AUDITOR = "auditor@sandbox.invalid"
OPERATOR = "operator@sandbox.invalid"
# In whole units of the tournament's currency.
FUNDS = 500


async def demo_bettor(change: Change) -> int:
    """A fresh bettor in the newest tournament: verified, with a wallet and a recorded deposit.

    Raises Refused (CONFLICT) where there is no tournament.
    """
    tournament = await _newest_tournament(change)
    number = await change.conn.fetchval(_SQL["demo_bettors"]) + 1
    email, name = f"demo-bettor-{number}@sandbox.invalid", f"Demo bettor {number}"
    user_id = await users.register(change, email=email, name=name, password_hash=users.NO_PASSWORD)
    await kyc.add_check(change, user_id=user_id, provider="sandbox", reference=f"demo-{uuid4()}", status="verified")
    await tournaments.put_member(change, tournament["id"], user_id, "bettor")
    wallet = await wallets.of_member(change.conn, tournament["id"], user_id)
    assert wallet is not None, "a bettor has a wallet"
    await wallets.move(
        change,
        wallet.id,
        "deposit",
        key=uuid4(),
        amount=FUNDS * 10 ** tournament["exponent"],
        currency=tournament["currency"],
        note="demo",
    )
    return user_id


async def demo_organizer(change: Change) -> int:
    """The one demo organizer, a member of the newest tournament. Raises Refused (CONFLICT) where there is none."""
    return await _demo_member(change, ORGANIZER, "Demo organizer", "organizer")


async def demo_auditor(change: Change) -> int:
    """The one demo auditor, a member of the newest tournament. Raises Refused (CONFLICT) where there is none."""
    return await _demo_member(change, AUDITOR, "Demo auditor", "auditor")


async def demo_operator(change: Change) -> int:
    """The one demo operator: an admin, a member of nothing. Raises Refused (CONFLICT) where there is none."""
    # Locked, so that two who come at once are not two operators.
    await _newest_tournament(change)
    user_id = await _known_or_new(change, OPERATOR, "Demo operator")
    await admins.promote(change, user_id)
    return user_id


async def _demo_member(change: Change, email: str, name: str, role: tournaments.Role) -> int:
    tournament = await _newest_tournament(change)
    user_id = await _known_or_new(change, email, name)
    await tournaments.put_member(change, tournament["id"], user_id, role)
    return user_id


async def _known_or_new(change: Change, email: str, name: str) -> int:
    known = await users.credentials(change.conn, email)
    if known:
        return int(known["id"])
    return await users.register(change, email=email, name=name, password_hash=users.NO_PASSWORD)


async def _newest_tournament(change: Change) -> Any:
    tournament = await change.conn.fetchrow(_SQL["newest_tournament"])
    if tournament is None:
        raise Refused(Refusal.CONFLICT, "There is no tournament to sign into yet.")
    return tournament
