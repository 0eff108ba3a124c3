"""Nobody decides about themselves: the one rule for money, identity, roles, and markets that one has bets on.

Whatever door a decision comes in by, the ledger asks here. Knows no HTTP; whoever knows the caller logs a denied write.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.statements import statements
from toteboard.rules.money import format_minor
from toteboard.rules.refusals import Refusal, Refused
from toteboard.words import word

_SQL = statements("own_affairs")


class Affair(StrEnum):
    """What somebody else decides; the sentences are words/en.json's own_affairs."""

    MONEY = "money"
    IDENTITY = "identity"
    ROLE = "role"
    ACCOUNT = "account"


def check_another(actor: Actor, user_id: int, affair: Affair, tournament_id: int | None = None) -> None:
    """Goes on if it is about somebody else than who asks. Raises Refused (FORBIDDEN)."""
    if actor.user_id == user_id:
        raise Refused(Refusal.FORBIDDEN, word("own_affairs", affair), tournament_id=tournament_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBets:
    """What somebody who decides about a market has on it; `stakes` in minor units. `four_eyes`: then another decides."""

    market_id: int
    bets: int
    stakes: int
    currency: str
    four_eyes: bool

    @property
    def warning(self) -> str:
        """What they read before they decide."""
        text = word("own_affairs", "market_four_eyes" if self.four_eyes else "market")
        return text.format(stakes=f"{format_minor(self.stakes, self.currency)} {self.currency}")


async def own_bets(conn: Conn, user_id: int | None, market_ids: Sequence[int], tournament_id: int) -> list[OwnBets]:
    """What this person has on these markets of a tournament; those they have nothing on are left out."""
    return [OwnBets(**row) for row in await conn.fetch(_SQL["own_bets"], market_ids, user_id, tournament_id)]


async def check_markets(
    change: Change, market_ids: Sequence[int], tournament_id: int, decision: str, *, only_log: bool = False
) -> None:
    """Before a decision about markets: logs that who decides has bets on them. With four eyes raises Refused (FORBIDDEN).

    `only_log`: also where four eyes are asked for, as for what must be stopped at once.
    """
    for own in await own_bets(change.conn, change.actor.user_id, market_ids, tournament_id):
        if own.four_eyes and not only_log:
            raise Refused(Refusal.FORBIDDEN, own.warning, tournament_id=tournament_id)
        await change.audit(
            "market.own_bets",
            f"market:{own.market_id}",
            tournament_id,
            decision=decision,
            bets=own.bets,
            stakes=own.stakes,
        )


async def check_second(change: Change, market_id: int, tournament_id: int) -> None:
    """Before a result is paid: with four eyes, somebody else entered it. Raises Refused (FORBIDDEN)."""
    if change.actor.user_id is None:
        return
    entered_by = await change.conn.fetchval(_SQL["result_entered_by"], f"market:{market_id}", tournament_id)
    if entered_by == change.actor.user_id:
        raise Refused(Refusal.FORBIDDEN, word("own_affairs", "second"), tournament_id=tournament_id)
