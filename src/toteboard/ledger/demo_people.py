"""The sandbox's demo people: somebody to be after one click. Knows no HTTP; what they get is recorded as anybody's."""

from typing import Any
from uuid import uuid4

from toteboard.ledger import kyc, people, tournaments, wallets
from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements

_SQL = statements("demo_people")

ORGANIZER = "organizer@sandbox.invalid"
# In whole units of the tournament's currency.
FUNDS = 500


class NoTournament(Exception):
    """There is no tournament to sign anybody into."""


async def demo_bettor(change: Change) -> int:
    """A fresh bettor in the newest tournament: verified, with a wallet and a recorded deposit. Raises NoTournament."""
    tournament = await _newest_tournament(change)
    number = await change.conn.fetchval(_SQL["demo_bettors"]) + 1
    email, name = f"demo-bettor-{number}@sandbox.invalid", f"Demo bettor {number}"
    user_id = await people.register(change, email=email, name=name, password_hash=people.NO_PASSWORD)
    await kyc.add_check(change, user_id=user_id, provider="sandbox", reference=f"demo-{uuid4()}", status="verified")
    await tournaments.put_member(change, tournament["id"], user_id, "bettor")
    wallet = await wallets.of_member(change.conn, tournament["id"], user_id)
    assert wallet is not None, "a bettor has a wallet"
    await wallets.move(
        change,
        wallet["id"],
        "deposit",
        key=uuid4(),
        amount=FUNDS * 10 ** tournament["exponent"],
        currency=tournament["currency"],
        note="demo",
    )
    return user_id


async def demo_organizer(change: Change) -> int:
    """The one demo organizer, a member of the newest tournament. Raises NoTournament."""
    tournament = await _newest_tournament(change)
    known = await people.credentials(change.conn, ORGANIZER)
    user_id: int = (
        known["id"]
        if known
        else await people.register(change, email=ORGANIZER, name="Demo organizer", password_hash=people.NO_PASSWORD)
    )
    await tournaments.put_member(change, tournament["id"], user_id, "organizer")
    return user_id


async def _newest_tournament(change: Change) -> Any:
    tournament = await change.conn.fetchrow(_SQL["newest_tournament"])
    if tournament is None:
        raise NoTournament
    return tournament
