"""Makes a report of a tournament: every table of tables.py out of one look at its bets. Knows no HTTP and no file.

    report = await made(reader, tournament_id, settings, on_progress=…)

Bets are read market by market in one snapshot, so that it can be said how far it has come, and summed up here; nothing of
it is stored. A market with all bets of a tournament is one step.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import Any

from toteboard.http.problems import title_of
from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.operating import reports
from toteboard.ledger.replica import AsOf, PrimaryReader, Source, read_as_of
from toteboard.rules.refusals import by_number
from toteboard.settings import Settings

# Seconds from one point of a line to the next: the least of these by which there are at most POINTS_MAX.
STEPS_S = (60, 300, 900, 3600, 6 * 3600, 86_400, 7 * 86_400, 28 * 86_400)
POINTS_MAX = 240
# Markets whose bets are read at once, and how many bets they have together before it is done without more.
MARKETS_AT_ONCE = 50
BETS_AT_ONCE = 200_000
BUSIEST = 20

HOUSE = ("takeout", "breakage", "house_won", "house_added", "house_result")
TableRow = dict[str, Any]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every table by its name, as of a moment. `step_s` is from one point of `turnover` and `exposure` to the next."""

    tournament_id: int
    slug: str
    currency: str
    exponent: int
    as_of: AsOf
    step_s: int
    bets: int
    stakes: int
    paid: int
    tables: dict[str, list[TableRow]]


@dataclass(slots=True)
class _Sums:
    """What bets come to."""

    bets: int = 0
    stakes: int = 0
    settled: int = 0
    paid: int = 0

    def add(self, row: Row) -> None:
        self.bets += row["bets"]
        self.stakes += row["stakes"]
        self.settled += row["settled"]
        self.paid += row["paid"]


@dataclass(slots=True)
class _Bettor(_Sums):
    first_at: datetime | None = None
    last_at: datetime | None = None
    days: set[date] = field(default_factory=set)

    def add(self, row: Row) -> None:
        # Not super(): a dataclass with slots is another class than the one that is being written.
        _Sums.add(self, row)
        self.first_at = min(self.first_at or row["first_at"], row["first_at"])
        self.last_at = max(self.last_at or row["last_at"], row["last_at"])
        self.days.add(row["day"])


class _Look:
    """What one look at the bets found, summed up."""

    def __init__(self) -> None:
        self.by_bucket: defaultdict[int, _Sums] = defaultdict(_Sums)
        self.by_outcome: defaultdict[int, _Sums] = defaultdict(_Sums)
        self.by_minute: defaultdict[datetime, _Sums] = defaultdict(_Sums)
        self.by_bettor: defaultdict[int, _Bettor] = defaultdict(_Bettor)
        # By outcome, in the order of time: bucket, stakes, what they would be paid at the odds taken.
        self.steps: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def add(self, rows: list[Row]) -> None:
        for row in rows:
            if row["bucket"] is not None:
                self.by_bucket[row["bucket"]].add(row)
                self.by_outcome[row["outcome_id"]].add(row)
                self.steps[row["outcome_id"]].append((row["bucket"], row["stakes"], row["returns"]))
            elif row["minute"] is not None:
                self.by_minute[row["minute"]].add(row)
            else:
                self.by_bettor[row["user_id"]].add(row)


async def made(
    reader: PrimaryReader, tournament_id: int, settings: Settings, *, on_progress: Progress = lambda _done, _of: None
) -> Report | None:
    """The report, or None where there is no such tournament. `on_progress` is told bets read, and of how many.

    Raises Outage.
    """
    noted: list[AsOf] = []
    read_as_of.set(noted)
    async with reader.long_snapshot(statement_timeout_s=settings.report_statement_s) as conn:
        subject = await reports.subject(conn, tournament_id)
        if subject is None:
            return None
        markets = await reports.markets(conn, tournament_id)
        outcomes = await reports.outcomes(conn, tournament_id)
        step_s = _step(subject["first_at"], subject["last_at"])
        look = await _looked(conn, markets, step_s=step_s, timezone=subject["timezone"], on_progress=on_progress)
        refusals = await reports.refusals(conn, tournament_id)
        names = await reports.people(conn, look.by_bettor)
    totals = _Sums()
    for bettor in look.by_bettor.values():
        totals.bets += bettor.bets
        totals.stakes += bettor.stakes
        totals.paid += bettor.paid
    return Report(
        tournament_id=tournament_id,
        slug=subject["slug"],
        currency=subject["currency"],
        exponent=subject["exponent"],
        as_of=noted[0] if noted else AsOf(datetime.now(UTC), 0, Source.PRIMARY),
        step_s=step_s,
        bets=totals.bets,
        stakes=totals.stakes,
        paid=totals.paid,
        tables={
            "turnover": list(_turnover(look, step_s)),
            "rounds": _grouped(markets, outcomes, look, ("round",)),
            "matches": _grouped(markets, outcomes, look, ("round", "match")),
            "outcomes": list(_outcomes(markets, outcomes, look)),
            "exposure": list(_exposure(markets, outcomes, look, step_s)),
            "house": [dict(row) for row in markets if row["decided_at"] is not None],
            "bettors": list(_bettors(look, names)),
            "refusals": [_refusal(row["verdict"]) | {"many": row["many"], "people": row["people"]} for row in refusals],
            "minutes": list(_minutes(look)),
            "cohorts": list(_cohorts(look)),
        },
    )


def _refusal(number: int) -> TableRow:
    """What a verdict is called; one of a newer release than this has only its number."""
    try:
        refusal = by_number(number)
    except KeyError:
        return {"code": str(number), "reason": ""}
    return {"code": refusal.code, "reason": title_of(refusal)}


def _step(first_at: datetime | None, last_at: datetime | None) -> int:
    if first_at is None or last_at is None:
        return STEPS_S[0]
    span_s = (last_at - first_at).total_seconds()
    return next((step for step in STEPS_S if span_s / step < POINTS_MAX), STEPS_S[-1])


async def _looked(conn: Conn, markets: list[Row], *, step_s: int, timezone: str, on_progress: Progress) -> _Look:
    look, done, of = _Look(), 0, sum(row["bets"] for row in markets)
    on_progress(done, of)
    for some in _portions(markets):
        look.add(await reports.bets(conn, [row["id"] for row in some], bucket_s=step_s, timezone=timezone))
        done += sum(row["bets"] for row in some)
        on_progress(done, of)
    return look


def _portions(markets: list[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    bets = 0
    for market in markets:
        if not market["bets"]:
            continue
        if some and (len(some) == MARKETS_AT_ONCE or bets + market["bets"] > BETS_AT_ONCE):
            yield some
            some, bets = [], 0
        some.append(market)
        bets += market["bets"]
    if some:
        yield some


def _at(bucket: int, step_s: int) -> datetime:
    return datetime.fromtimestamp(bucket * step_s, UTC)


def _points(look: _Look) -> range:
    """Every bucket from the first bet to the last, those without a bet too."""
    return range(min(look.by_bucket), max(look.by_bucket) + 1) if look.by_bucket else range(0)


def _turnover(look: _Look, step_s: int) -> Iterator[TableRow]:
    for bucket in _points(look):
        sums = look.by_bucket.get(bucket, _Sums())
        yield {"at": _at(bucket, step_s), "bets": sums.bets, "stakes": sums.stakes}


def _grouped(markets: list[Row], outcomes: list[Row], look: _Look, by: tuple[str, ...]) -> list[TableRow]:
    """Sums of markets that have the same round, or the same round and match, in the order of their matches."""
    found: dict[tuple[str, ...], TableRow] = {}
    matches: defaultdict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    of_market: defaultdict[int, list[int]] = defaultdict(list)
    for outcome in outcomes:
        of_market[outcome["market_id"]].append(outcome["id"])
    for market in markets:
        key = tuple(market[name] for name in by)
        row = found.setdefault(
            key, dict(zip(by, key, strict=True)) | dict.fromkeys(("bets", "stakes", "paid", *HOUSE), 0)
        )
        matches[key].add((market["round"], market["match"]))
        for outcome_id in of_market[market["id"]]:
            sums = look.by_outcome.get(outcome_id, _Sums())
            row["bets"] += sums.bets
            row["stakes"] += sums.stakes
            row["paid"] += sums.paid
        for name in HOUSE:
            row[name] += market[name] or 0
    for key, row in found.items():
        row["matches"] = len(matches[key])
    return list(found.values())


def _outcomes(markets: list[Row], outcomes: list[Row], look: _Look) -> Iterator[TableRow]:
    of_market: defaultdict[int, list[Row]] = defaultdict(list)
    for outcome in outcomes:
        of_market[outcome["market_id"]].append(outcome)
    for market in markets:
        for outcome in of_market[market["id"]]:
            sums = look.by_outcome.get(outcome["id"], _Sums())
            yield {name: market[name] for name in ("round", "match", "market")} | {
                "outcome": outcome["name"],
                "bets": sums.bets,
                "stakes": sums.stakes,
                "paid": sums.paid,
            }


def _exposure(markets: list[Row], outcomes: list[Row], look: _Look, step_s: int) -> Iterator[TableRow]:
    """After each step: what is staked on what is not paid, and what fixed odds could cost beyond the stakes at worst."""
    at_stake: Counter[int] = Counter()
    worst: Counter[int] = Counter()
    by_market: defaultdict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for outcome in outcomes:
        for bucket, stakes, returns in look.steps.get(outcome["id"], ()):
            by_market[outcome["market_id"]].append((bucket, outcome["id"], stakes, returns))
    for market in markets:
        paid_in = None if market["finished_at"] is None else int(market["finished_at"].timestamp() // step_s)
        staked = worst_now = 0
        returns_of: Counter[int] = Counter()
        for bucket, outcome_id, stakes, returns in sorted(by_market.get(market["id"], ())):
            at_stake[bucket] += stakes
            staked += stakes
            if market["kind"] == "fixed":
                returns_of[outcome_id] += returns
                becomes = max(0, max(returns_of.values()) - staked)
                worst[bucket] += becomes - worst_now
                worst_now = becomes
        if paid_in is not None:
            at_stake[paid_in] -= staked
            worst[paid_in] -= worst_now
    buckets = _points(look)
    if not buckets:
        return
    last = max(buckets[-1], *at_stake)
    buckets = range(buckets[0], min(last, buckets[0] + 2 * POINTS_MAX) + 1)
    stakes_by_step = accumulate(at_stake[bucket] for bucket in buckets)
    for bucket, staked, most in zip(
        buckets, stakes_by_step, accumulate(worst[bucket] for bucket in buckets), strict=True
    ):
        yield {"at": _at(bucket, step_s), "at_stake": staked, "worst": most}


def _bettors(look: _Look, names: dict[int, str]) -> Iterator[TableRow]:
    """Who staked most first."""
    for user_id, one in sorted(look.by_bettor.items(), key=lambda pair: (-pair[1].stakes, pair[0])):
        yield {
            "bettor": names.get(user_id, ""),
            "user_id": user_id,
            "bets": one.bets,
            "stakes": one.stakes,
            "paid": one.paid,
            "net": one.paid - one.settled,
            "days": len(one.days),
            "first_at": one.first_at,
            "last_at": one.last_at,
        }


def _minutes(look: _Look) -> Iterator[TableRow]:
    """The busiest first."""
    for minute, sums in sorted(look.by_minute.items(), key=lambda pair: (-pair[1].bets, pair[0]))[:BUSIEST]:
        yield {"at": minute, "bets": sums.bets, "stakes": sums.stakes}


def _cohorts(look: _Look) -> Iterator[TableRow]:
    first: Counter[date] = Counter()
    came: Counter[tuple[date, int]] = Counter()
    for one in look.by_bettor.values():
        begun = min(one.days)
        first[begun] += 1
        for day in one.days:
            came[begun, (day - begun).days] += 1
    for (begun, later), many in sorted(came.items()):
        yield {"first_day": begun.isoformat(), "bettors": first[begun], "days_later": later, "came_back": many}
