"""Private messages made of events and of what the board knows: my bet, my settlement, my wallet. Knows no socket."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from toteboard.feed.board import Board, Event
from toteboard.feed.messages import (
    BetOnFeed,
    BetRow,
    BetsSettled,
    BetTaken,
    SettledBet,
    SettlementProgress,
    WalletChanged,
)
from toteboard.rules.odds import format_odds


def bet_taken(board: Board, row: list[Any], at: datetime) -> BetTaken:
    """Tells a bettor of a row of the event 'bets', as it was when it was taken."""
    bet_id, _user_id, outcome_id, stake, odds_milli = row
    outcome = board.outcomes[outcome_id]
    market = board.markets[outcome.market_id]
    match = board.matches.get(market.match_id)
    return BetTaken(
        bet=BetOnFeed(
            id=bet_id,
            tournament_id=board.id,
            match_id=market.match_id,
            market_id=market.id,
            outcome_id=outcome_id,
            match=match.name if match else "",
            market=market.name,
            outcome=outcome.name,
            kind=market.kind,
            status="pending",
            stake=stake,
            currency=board.tournament.currency,
            exponent=board.tournament.exponent,
            odds=format_odds(odds_milli),
            payout=None,
            placed_at=at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        )
    )


def bets_settled(payload: dict[str, Any]) -> Iterator[tuple[int, BetsSettled]]:
    """Whom a paid chunk of a settlement concerns, and what they are told."""
    for user_id, _wallet_id, balance, owed, bets in payload.get("paid", ()):
        settled = [SettledBet(id=bet_id, status=status, payout=payout) for bet_id, status, payout in bets]
        yield user_id, BetsSettled(market_id=payload["market_id"], bets=settled, balance=balance, owed=owed)


def settlement_progress(payload: dict[str, Any]) -> SettlementProgress:
    """What everybody sees of a settlement that goes on."""
    return SettlementProgress(**{name: payload[name] for name in SettlementProgress.__struct_fields__})


def wallet_changed(payload: dict[str, Any]) -> WalletChanged:
    """A deposit, a withdrawal, a correction."""
    return WalletChanged(**{name: payload[name] for name in WalletChanged.__struct_fields__})


def bet_row(row: list[Any], *, name: str, at_ms: int) -> BetRow:
    """A bet as organizers see it: who, on what, how much."""
    bet_id, user_id, outcome_id, stake, odds_milli = row
    return bet_id, user_id, name, outcome_id, stake, odds_milli, at_ms


def bets_of(event: Event) -> list[list[Any]]:
    """The rows [bet, user, outcome, stake, odds_milli] of an event 'bets'."""
    rows: list[list[Any]] = event.payload["b"]
    return rows
