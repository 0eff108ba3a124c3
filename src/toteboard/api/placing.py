"""POST /api/bet: from the bytes of a request to the bytes of an answer, without a framework between.

`Placing.begin` is the whole way of the hot case and never awaits; where a person or an outcome is not remembered, `learn`
is awaited first. front.py calls it, from ASGI and from the HTTP parser itself.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from asyncpg.pgproto.pgproto import UUID

from toteboard.api.caller import check_browser, check_media
from toteboard.api.money.bets import bet_shape
from toteboard.api.outcome_cache import UNKNOWN, OutcomeCache
from toteboard.api.people.sessions import Identity, Sessions
from toteboard.api.wire import utc
from toteboard.http.address import client_ip
from toteboard.http.problems import problem_body
from toteboard.intake.batcher import TAKEN, TAKEN_BEFORE, Busy, PlaceBet, Unknown
from toteboard.intake.intake import Intake
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.ledger.money import bets
from toteboard.ledger.money.bets import NothingTaken, Verdict
from toteboard.rules.bounds import AMOUNT_MAX, ID_MAX
from toteboard.rules.money import Minor, format_minor
from toteboard.rules.odds import OddsRefused, format_odds, parse_odds
from toteboard.rules.refusals import Refusal, Refused, by_number
from toteboard.settings import Settings

log = logging.getLogger(__name__)

KEY_LENGTH = 36
NOTHING_TAKEN = "Nothing was taken."
_EPOCH = datetime.fromtimestamp(0, UTC)

# Status, body. An answer is one of these, given once.
Answer = tuple[int, bytes]
Answered = Callable[[int, bytes], None]


class BetBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The body of POST /api/bet. `stake` in minor units of `currency`; `min_odds` decimal text."""

    outcome_id: Annotated[int, msgspec.Meta(ge=1, le=ID_MAX)]
    stake: Annotated[int, msgspec.Meta(ge=1, le=AMOUNT_MAX)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    min_odds: Annotated[str, msgspec.Meta(max_length=8)] | msgspec.UnsetType | None = msgspec.UNSET


_decode = msgspec.json.Decoder(BetBody).decode
_encode = msgspec.json.Encoder().encode
_format_odds = lru_cache(maxsize=4096)(format_odds)
_parse_odds = lru_cache(maxsize=4096)(parse_odds)
# Quotes in a body without escapes, two a key and two a text: of the three members that must be there, and of min_odds.
# More say that a key stands twice, which decoders let pass.
_QUOTES, _QUOTES_OF_KEY, _QUOTES_OF_TEXT = 8, 2, 2


@lru_cache(maxsize=64)
def _placed_at(at: float) -> str:
    # A set has one moment, so this is computed once a set.
    return utc(datetime.fromtimestamp(at, UTC)) or ""


def parse_body(body: bytes) -> BetBody:
    """The bet in a request's body. Raises Refused: MALFORMED for what is not such JSON, INVALID for a field."""
    try:
        bet = _decode(body)
    except msgspec.ValidationError as error:
        detail, _, at = str(error).partition(" - at `$.")
        raise Refused(Refusal.INVALID, errors=[{"field": at.rstrip("`"), "detail": detail}]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal.MALFORMED, "The body is not JSON.") from None
    quotes = _QUOTES
    if bet.min_odds is not msgspec.UNSET:
        quotes += _QUOTES_OF_KEY + (_QUOTES_OF_TEXT if bet.min_odds is not None else 0)
    if body.count(b'"') != quotes or b"\\" in body:
        raise Refused(Refusal.MALFORMED, "A field stands twice, or a text holds an escape.")
    if b"." in body and not _whole(body, bet):
        raise Refused(
            Refusal.INVALID, errors=[{"field": "stake", "detail": "whole minor units, written without a point"}]
        )
    return bet


def _whole(body: bytes, bet: BetBody) -> bool:
    """Whether every point of the body is the one of min_odds: 10.0 is not how a whole number is written."""
    points = bet.min_odds.count(".") if isinstance(bet.min_odds, str) else 0
    return body.count(b".") == points


def parse_key(value: bytes | None) -> UUID:
    """The Idempotency-Key: the bet's own number. Raises Refused (422) unless it is a UUID in its usual form."""
    # UUID() takes hyphens anywhere: two ways to write one key would be one bet, and a receipt with another number.
    if value is not None and len(value) == KEY_LENGTH and value[8:24:5] == b"----":
        try:
            return UUID(value.decode("ascii"))
        except (ValueError, UnicodeDecodeError):
            pass
    raise Refused(
        Refusal.INVALID, errors=[{"field": "Idempotency-Key", "detail": "one UUID, 36 characters; it names the bet"}]
    )


class Placing:
    """The hot route's own state: who is remembered (Sessions) and what stands around an outcome (OutcomeCache)."""

    def __init__(self, ledger: Ledger, sessions: Sessions, intake: Intake, settings: Settings):
        self._ledger = ledger
        self._sessions = sessions
        self._intake = intake
        self._settings = settings
        self.body_max = settings.bet_body_max
        self.body_wait_s = settings.body_wait_s
        self._outcomes = OutcomeCache(ledger)
        self._looking_up: set[asyncio.Task[None]] = set()

    # The hot case ----------------------------------------------------------------------------------------------------

    def begin(self, scope: Any, body: bytes, answered: Answered) -> bool:
        """Answers, now or when the set is decided; False where something has to be learnt first.

        `scope` is ASGI's; `answered` gets status and body, once.
        """
        try:
            found = self._sessions.token_from(scope["headers"])
            if found is None:
                raise Refused(Refusal.UNAUTHENTICATED, "Sign in first.")
            identity = self._sessions.known(found[0])
            if identity is None:
                return False
            bet = self._parse(scope, identity, found[1], body)
            around = self._outcomes.known(bet.outcome_id)
            if around is None:
                return False
            self._intake.submit(bet, lambda verdict: self._decided(bet, around, verdict, answered))
        except Refused as refused:
            answered(refused.refusal.http_status, problem_body(refused.refusal, refused.detail, **refused.extra))
        except Busy as busy:
            answered(*_failed(busy))
        return True

    def _parse(self, scope: Any, identity: Identity, is_cookie: bool, body: bytes) -> PlaceBet:
        if (identity.kind == "session") is not is_cookie:
            raise Refused(Refusal.UNAUTHENTICATED, "Sign in first.")
        check_media(scope)
        check_browser(scope, identity, self._settings)
        request = parse_body(body)
        keys = [value for name, value in scope["headers"] if name == b"idempotency-key"]
        try:
            min_odds = _parse_odds(request.min_odds) if isinstance(request.min_odds, str) else None
        except OddsRefused as refused:
            raise Refused(Refusal.INVALID, errors=[{"field": "min_odds", "detail": str(refused)}]) from None
        return PlaceBet(
            parse_key(keys[0] if len(keys) == 1 else None),
            identity.user_id,
            request.outcome_id,
            request.stake,
            request.currency,
            min_odds,
            client_ip(scope, self._settings.trusted_proxies),
        )

    def _decided(self, bet: PlaceBet, around: bytes, verdict: Verdict | Exception, answered: Answered) -> None:
        """Answers, whatever happens: a client that hears nothing cannot know whether its bet was taken."""
        try:
            self._answer(bet, around, verdict, answered)
        except Exception as bug:
            log.exception("the answer to a bet could not be made", extra={"bet": str(bet.bet_id), "user": bet.user_id})
            answered(*_failed(bug))

    def _answer(self, bet: PlaceBet, around: bytes, verdict: Verdict | Exception, answered: Answered) -> None:
        if isinstance(verdict, Exception):
            answered(*_failed(verdict))
        elif verdict.number == TAKEN_BEFORE or (verdict.number == TAKEN and around == UNKNOWN):
            # Not ours to say from memory: it may be settled by now, or its outcome came after we had looked.
            status = 200 if verdict.number == TAKEN_BEFORE else 201
            task = asyncio.get_running_loop().create_task(self._look_up(bet, status, answered))
            self._looking_up.add(task)
            task.add_done_callback(self._looking_up.discard)
        elif verdict.number == TAKEN:
            assert verdict.odds_milli is not None
            assert verdict.balance is not None
            answered(
                201,
                b'{"id":"%s","status":"pending","stake":%d,"odds":"%s","payout":null,"placed_at":"%s","balance":%d,%s'
                % (
                    str(bet.bet_id).encode(),
                    bet.stake,
                    _format_odds(verdict.odds_milli).encode(),
                    _placed_at(verdict.at).encode(),
                    verdict.balance,
                    around,
                ),
            )
        else:
            answered(*_refused(bet, verdict))

    async def _look_up(self, bet: PlaceBet, status: int, answered: Answered) -> None:
        """The bet as it is by now."""
        try:
            async with self._ledger.read() as conn:
                row = await bets.one(conn, bet.bet_id, bet.user_id)
            assert row is not None, "a bet is never deleted"
            text = _encode(bet_shape(row))
        except Exception as error:
            if not isinstance(error, Outage):
                log.exception("a bet could not be looked up", extra={"bet": str(bet.bet_id), "user": bet.user_id})
            answered(*_failed(error))
        else:
            answered(status, text)

    # What the hot case needs ------------------------------------------------------------------------------------------

    async def learn(self, scope: Any, body: bytes) -> None:
        """Remembers who asks and what stands around the outcome. Raises Refused, or Outage."""
        if await self._sessions.identify_request(scope["headers"]) is None:
            raise Refused(Refusal.UNAUTHENTICATED, "Sign in first.")
        outcome_id = parse_body(body).outcome_id
        if self._outcomes.known(outcome_id) is None:
            await self._outcomes.learn(outcome_id)

    async def place(self, scope: Any, body: bytes) -> Answer:
        """The whole way, awaited; the same as `begin` for who may wait."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answered(status: int, text: bytes) -> None:
            if not answer.done():
                answer.set_result((status, text))

        try:
            if not self.begin(scope, body, answered):
                await self.learn(scope, body)
                if not self.begin(scope, body, answered):
                    return _failed(Busy())
        except Refused as refused:
            return refused.refusal.http_status, problem_body(refused.refusal, refused.detail, **refused.extra)
        except Outage as outage:
            return _failed(outage)
        return await answer


def _refused(bet: PlaceBet, verdict: Verdict) -> Answer:
    refusal = by_number(verdict.number)
    detail, extra = NOTHING_TAKEN, dict[str, Any]()
    if refusal is Refusal.ODDS_MOVED and verdict.odds_milli is not None:
        extra["odds"] = _format_odds(verdict.odds_milli)
    elif refusal is Refusal.FUNDS:
        extra["balance"] = verdict.balance
    elif refusal is Refusal.STAKE_LIMIT and verdict.left is not None:
        extra["minimum" if bet.stake < verdict.left else "maximum"] = verdict.left
    elif refusal in (Refusal.OWN_LIMIT, Refusal.LIABILITY, Refusal.MARKET_LIMIT):
        extra["left"] = verdict.left
    elif refusal is Refusal.TOO_EARLY and verdict.left is not None:
        extra["opens_at"] = utc(_EPOCH + timedelta(milliseconds=verdict.left))
    elif refusal is Refusal.BLOCKED and verdict.left is not None:
        extra["owed"] = verdict.left
        debt = f"{format_minor(Minor(verdict.left), bet.currency)} {bet.currency}"
        detail = f"{NOTHING_TAKEN} The wallet owes {debt} after a corrected result. Pay it back at the desk first."
    return refusal.http_status, problem_body(refusal, detail, **extra)


def _failed(error: Exception) -> Answer:
    if isinstance(error, Busy):
        return 503, problem_body(Refusal.TOO_BUSY, f"{NOTHING_TAKEN} Ask again with the same Idempotency-Key.")
    if isinstance(error, (Outage, NothingTaken)):
        return 503, problem_body(Refusal.OUTAGE, f"{NOTHING_TAKEN} Ask again with the same Idempotency-Key.")
    if isinstance(error, Unknown):
        return 503, problem_body(
            Refusal.OUTAGE,
            "The connection to the ledger broke: whether the bet was taken is not known. Ask for it by its id.",
            unknown=True,
        )
    return 500, b'{"type":"about:blank","title":"The bet could not be placed","status":500,"code":"BUG","retry":false}'
