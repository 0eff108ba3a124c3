"""Audits the books: derives every projection again from what is only ever added, and names what differs.

The database makes the sums (ledger/sql/reconciliation_*.sql), rules/settlement.py the terms of settled markets once more.
Knows no screen: cli prints the Report.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from toteboard.ledger.money.reckonings import Carrying, split_of
from toteboard.ledger.money.settlement_rows import terms_of
from toteboard.reconciliation.reading import Books, Difference, Paying, SettledMarket, SettledOutcome
from toteboard.rules.fixed_odds import fixed_terms
from toteboard.rules.market import MarketKind
from toteboard.rules.money import Minor
from toteboard.rules.pools import PoolOutcome, pool_terms, rules_of, void_pool
from toteboard.rules.settlement import Book, OutcomeStakes, Result, ResultRefused, Terms, void_terms

SHOWN_MAX = 20

# In this order: what is told first explains what is told later. The names are of sql/reconciliation_*.sql, but for TERMS.
TERMS, SUMS = "terms", "sums"
CHECKS: dict[str, str] = {
    "transfer_ends": "every transfer joins two accounts of its tournament",
    "balances": "every balance is what was credited less what was debited",
    "zero": "the accounts of a tournament sum to zero",
    "above_zero": "no wallet and no escrow is below zero",
    "belongings": "every bet belongs to its user, wallet, outcome, market and tournament",
    "stakes": "every bet moved its stake once, from its wallet to its market's escrow",
    "totals": "an outcome's totals are the sums of its bets",
    "in_time": "no bet was placed after its market closed",
    "logged": "every bet is in the audit log",
    "numbered": "events are numbered without a gap",
    "events": "every bet is in exactly one event",
    "in_order": "events came in the order of their times",
    "told": "the totals that events tell are the sums of their bets, and markets stand as they were last told",
    "market_states": "a market is as settled as its last settlement says",
    TERMS: "a settlement's terms are what the rules make of its result and bets",
    SUMS: "a settlement's sums are what the rules make of its result, its start and its bets",
    "settled_bets": "a bet's status and payout are what its settlement's terms make of it",
    "paid_bets": "what was moved for a bet is its payout",
    "settlement_refs": "every payment names its settlement, every reversal what it takes back",
    "carried": "what a market has from earlier pools was carried into it",
    "conserved": "everything staked was paid, taken, breakage or won by the house",
    "escrows": "the escrow of a settled market is empty",
    "owed": "what a wallet owes is what corrections lent to it and it has not paid back",
    "eligibility": "what bars a wallet's owner from betting is what their state says",
    "kyc": "a person's identity status is that of their last check outside a desk",
    "as_seen": "people, markets, odds, results, limits and cash stand as the database last saw them change",
    "as_said": "every such change is in the audit log, as it was made",
    "as_done": "what the audit log says was done was done",
    "dated": "money came in and went out when the database saw it",
    "taken_over": "bets taken elsewhere are of an import that says so",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One check's outcome: how many differences there are, and the first SHOWN_MAX of them."""

    name: str
    title: str
    found: int
    differences: tuple[Difference, ...] = ()


@dataclass(slots=True)
class Report:
    """What a derivation found, check by check."""

    counted: dict[str, int]
    checks: list[Checked] = field(default_factory=list)
    paying: list[Paying] = field(default_factory=list)

    @property
    def differences(self) -> int:
        """All of them, of every check."""
        return sum(check.found for check in self.checks)

    @property
    def balanced(self) -> bool:
        """Whether nothing differs."""
        return self.differences == 0

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it with --json."""
        return {
            "balanced": self.balanced,
            "differences": self.differences,
            "counted": self.counted,
            "checks": [
                {
                    "name": check.name,
                    "title": check.title,
                    "found": check.found,
                    "differences": [
                        {"subject": d.subject, "stored": d.stored, "derived": d.derived} for d in check.differences
                    ],
                }
                for check in self.checks
            ],
            "paying": [
                {"settlement_id": p.settlement_id, "market_id": p.market_id, "bets_done": p.bets_done, "bets": p.bets}
                for p in self.paying
            ],
        }


async def audit(books: Books, *, on_progress: Callable[[int, int, str], None] | None = None) -> Report:
    """Every check, over the one moment the books show. `told` hears (checks done, of how many, the next one's title)."""
    report = Report(await books.counted())
    settled: list[SettledMarket] | None = None
    for done, (name, title) in enumerate(CHECKS.items()):
        if on_progress is not None:
            on_progress(done, len(CHECKS), title)
        if name in (TERMS, SUMS):
            differ = terms_differ if name == TERMS else sums_differ
            # Read once for both: all bets of what is settled are summed up for it.
            settled = await books.settled_markets() if settled is None else settled
            wrong = [different for market in settled for different in differ(market)]
            report.checks.append(Checked(name, title, len(wrong), tuple(wrong[:SHOWN_MAX])))
        else:
            found, differences = await books.differences(name, most=SHOWN_MAX)
            report.checks.append(Checked(name, title, found, tuple(differences)))
    report.paying = await books.paying()
    if on_progress is not None:
        on_progress(len(CHECKS), len(CHECKS), "")
    return report


def terms_differ(market: SettledMarket) -> list[Difference]:
    """The outcomes of a settled market whose stored terms are not the rules'; one row if the result cannot be."""
    stored = _by_outcome(terms_of(market.terms))
    try:
        derived = _by_outcome(derived_terms(market))
    except ResultRefused as refused:
        return [Difference(_subject(market), market.result, str(refused))]
    return [
        Difference(
            f"{_subject(market)} outcome:{outcome_id}",
            _terms_text(stored.get(outcome_id, ())),
            _terms_text(derived.get(outcome_id, ())),
        )
        for outcome_id in sorted(stored.keys() | derived.keys())
        if stored.get(outcome_id) != derived.get(outcome_id)
    ]


def _subject(market: SettledMarket) -> str:
    return f"market:{market.market_id}" + ("" if market.is_last else f" version:{market.version}")


def sums_differ(market: SettledMarket) -> list[Difference]:
    """One row where a settled market's sums are not the rules', or it is by another result or start than stand."""
    if not market.is_last:
        return []
    wrong = [
        *([] if market.is_result else ["another result than was entered"]),
        *(["another true start than was entered"] if market.is_started_otherwise else []),
        *([] if market.goes_on_rightly else [f"its pool on to market {market.sums['carried_to']}"]),
    ]
    try:
        derived = derived_sums(market)
    except (ResultRefused, AssertionError) as refused:
        derived, wrong = {}, [*wrong, str(refused)]
    different = {name: value for name, value in derived.items() if market.sums[name] != value}
    if not different and not wrong:
        return []
    stored = [f"{name} {market.sums[name]}" for name in different]
    return [
        Difference(
            f"market:{market.market_id}",
            ", ".join([*stored, *wrong]),
            ", ".join(f"{name} {value}" for name, value in different.items()) or "as it was entered",
        )
    ]


def derived_sums(market: SettledMarket) -> dict[str, int]:
    """What the settlement comes to, by the rules and its bets as they were paid. Raises ResultRefused."""
    staked = sum(outcome.staked for outcome in market.outcomes)
    pool, _ = _derived(market)
    carrying = Carrying()
    if pool is not None:
        into, gone = market.pool["carried"] + market.pool["carried_gross"], market.sums["carried_before"] or 0
        out = (gone, 0) if gone else (pool.carried_out, pool.carried_out_gross)
        carrying = Carrying(into=into, out=out[0], out_gross=out[1], before=gone)
    split = split_of(pool, carrying, staked=staked, refunds=market.refunded, paid=market.paid_out)
    return {
        "gross": staked - market.refunded,
        "refunds": market.refunded,
        "paid": market.paid_out,
        "bets": market.bets,
        "takeout": split.takeout,
        "breakage": split.breakage,
        "house_added": split.house_added,
        "house_won": split.house_won,
        "carried_in": carrying.into,
        "carried_out": carrying.out,
        "carried_out_gross": carrying.out_gross,
    }


def derived_terms(market: SettledMarket) -> tuple[Terms, ...]:
    """The terms as rules/settlement.py has them, from the result and the bets. Raises ResultRefused."""
    return _derived(market)[1]


def _derived(market: SettledMarket) -> tuple[PoolOutcome | None, tuple[Terms, ...]]:
    book = Book(tuple(_stakes(outcome) for outcome in market.outcomes))
    is_void = market.settlement_kind == "void"
    result = result_of({} if is_void else json.loads(market.result), places=market.places)
    if MarketKind(market.kind) is MarketKind.FIXED:
        return None, void_terms(book) if is_void else fixed_terms(book, result)
    rules = rules_of(market.pool)
    pool = void_pool(book, rules) if is_void else pool_terms(book, result, rules)
    return pool, pool.terms


def result_of(result: dict[str, Any], *, places: int) -> Result:
    """A result as it is stored, in the rules' own shape."""
    return Result(
        winners=frozenset(result.get("winners", ())),
        half_void=frozenset(result.get("half_void", ())),
        void=frozenset(result.get("void", ())),
        places=places,
        tied=frozenset(result.get("tied", ())),
    )


def _stakes(outcome: SettledOutcome) -> OutcomeStakes:
    return OutcomeStakes(
        outcome_id=outcome.outcome_id,
        staked=Minor(outcome.staked),
        late=Minor(outcome.late),
        withdrawn=outcome.withdrawn,
        withdrawn_at=outcome.withdrawn_at,
        deduction_bps=outcome.deduction_bps,
    )


def _by_outcome(terms: tuple[Terms, ...]) -> dict[int, tuple[Terms, ...]]:
    return {t.outcome_id: tuple(one for one in terms if one.outcome_id == t.outcome_id) for t in terms}


def _terms_text(terms: tuple[Terms, ...]) -> str:
    return "; ".join(f"{t.label}: ({t.a} + {t.b} · odds) / {t.c}{_span_text(t)}" for t in terms) or "no terms"


def _span_text(terms: Terms) -> str:
    return f" from {terms.since} to {terms.until}" if terms.since or terms.until else ""
