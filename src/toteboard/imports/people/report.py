"""What is told of a file of people: who is new, what is paid in, which bets are taken over. The desk and the command line say
the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from toteboard.imports.people.writing import TakenOver
from toteboard.rules.money import CURRENCIES

PEOPLE_SHOWN = 200
BETS_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPerson:
    """`deposit` is the opening balance paid in now, `left` what is in the wallet afterwards; in minor units."""

    name: str
    email: str | None
    status: Literal["new", "known"]
    deposit: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBet:
    """A bet of the file: stake in minor units, odds in thousandths; `placed_at` none: as of now."""

    row: int
    name: str
    match: str
    outcome: str
    stake: int
    odds: int | None
    placed_at: datetime | None
    is_new_match: bool
    status: Literal["new", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleReport:
    """`people` and `bets` are those of the file, up to a bound; the numbers count all. Amounts in minor units."""

    sheets: list[str]
    currency: str
    exponent: int
    people: list[ImportedPerson]
    people_new: int
    people_known: int
    deposits: int
    deposited: int
    bets: list[ImportedBet]
    bets_new: int
    bets_unchanged: int
    staked: int
    # Names of matches that stand only in bets: drafts, to be completed before anybody else can bet on them.
    matches_new: list[str]


def people_report(done: TakenOver) -> PeopleReport:
    """What it did, or would do."""
    holders, bets, new = done.found.holders, done.found.bets, done.new_bets
    paid_in = [one.deposit for one in holders if one.deposit]
    is_new = sum(one.is_new for one in holders)
    return PeopleReport(
        sheets=list(done.sheets),
        currency=done.currency,
        exponent=CURRENCIES[done.currency].exponent,
        people=[
            ImportedPerson(
                name=one.name,
                email=one.email,
                status="new" if one.is_new else "known",
                deposit=one.deposit,
                left=one.left,
            )
            for one in holders[:PEOPLE_SHOWN]
        ],
        people_new=is_new,
        people_known=len(holders) - is_new,
        deposits=len(paid_in),
        deposited=sum(paid_in),
        bets=[
            ImportedBet(
                row=one.bet.row,
                name=one.holder.name,
                match=one.bet.match,
                outcome=one.bet.pick,
                stake=one.bet.stake,
                odds=one.bet.odds,
                placed_at=one.bet.placed_at,
                is_new_match=one.pick.new_match is not None,
                status="unchanged" if no in done.known else "new",
            )
            for no, one in enumerate(bets[:BETS_SHOWN])
        ],
        bets_new=len(new),
        bets_unchanged=len(bets) - len(new),
        staked=sum(one.bet.stake for one in new),
        matches_new=[match.name for match in done.found.new_matches],
    )
