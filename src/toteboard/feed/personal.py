"""Private messages made of events and of what the board knows: my bet, my settlement, my wallet. Knows no socket."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from toteboard.feed.board import Board, Event
from toteboard.rules.odds import format_odds

Message = dict[str, Any]


def bet_taken(board: Board, row: list[Any], at: datetime) -> Message:
    """The Bet of docs/api.md for a row of the event 'bets', as it was when it was taken."""
    bet_id, _user_id, outcome_id, stake, odds_milli = row
    outcome = board.outcomes[outcome_id]
    market = board.markets[outcome.market_id]
    match = board.matches.get(market.match_id)
    bet = {
        "id": bet_id,
        "tournament_id": board.id,
        "match_id": market.match_id,
        "market_id": market.id,
        "outcome_id": outcome_id,
        "match": match["name"] if match else "",
        "market": market.name,
        "outcome": outcome.name,
        "kind": market.kind,
        "status": "pending",
        "stake": stake,
        "currency": board.tournament["currency"],
        "exponent": board.tournament["exponent"],
        "odds": format_odds(odds_milli),
        "payout": None,
        "placed_at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    return {"t": "bet", "bet": bet}


def bets_settled(payload: dict[str, Any]) -> Iterator[tuple[int, Message]]:
    """Whom a paid chunk of a settlement concerns, and what they are told; amounts in minor units."""
    for user_id, _wallet_id, balance, owed, bets in payload.get("paid", ()):
        settled = [{"id": bet_id, "status": status, "payout": payout} for bet_id, status, payout in bets]
        yield (
            user_id,
            {"t": "settled", "market_id": payload["market_id"], "bets": settled, "balance": balance, "owed": owed},
        )


def settlement_progress(payload: dict[str, Any]) -> Message:
    """What everybody sees of a settlement that goes on."""
    return {"t": "settling"} | {name: payload[name] for name in ("market_id", "version", "bets_done", "bets", "status")}


def wallet_changed(payload: dict[str, Any]) -> Message:
    """A deposit, a withdrawal, a correction."""
    return {"t": "wallet"} | {name: payload[name] for name in ("wallet_id", "balance", "owed")}


def bet_row(row: list[Any], *, name: str, at_ms: int) -> list[Any]:
    """A bet as organizers see it: who, on what, how much."""
    bet_id, user_id, outcome_id, stake, odds_milli = row
    return [bet_id, user_id, name, outcome_id, stake, odds_milli, at_ms]


def bets_of(event: Event) -> list[list[Any]]:
    """The rows [bet, user, outcome, stake, odds_milli] of an event 'bets'."""
    rows: list[list[Any]] = event.payload["b"]
    return rows
