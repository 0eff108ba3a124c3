"""Plans written into a real database: all or nothing, once, and again with what is new."""

import asyncio
import hashlib
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from csv_plans import plan_of_csv
from databases import by_hand
from toteboard.imports.merging import writing
from toteboard.imports.merging.identity import identified
from toteboard.imports.merging.recognised import Answer
from toteboard.imports.merging.writing import Imported, ImportOrder, import_plan
from toteboard.imports.plan import Plan
from toteboard.imports.worldcup import read_worldcup
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.tournaments import markets, tournaments
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refused

from .existing import everything, rows
from .tournaments import WORLD_CUP

SAMPLES = Path(__file__).parent / "samples"
NEXT_YEAR = datetime(2100, 6, 1, 12, tzinfo=UTC)


async def imported(ledger: Ledger, plan: Plan, **asked: Any) -> Imported:
    order = ImportOrder(**({"slug": "cup", "file_name": "cup.json", "sha256": hashlib.sha256(b"cup").digest()} | asked))
    async with ledger.change(Actor()) as change:
        return await import_plan(change, plan, order)


async def close(ledger: Ledger, match: str) -> None:
    async with ledger.change(Actor()) as change:
        market_id = await change.conn.fetchval(
            "SELECT k.id FROM markets k JOIN matches m ON m.id = k.match_id WHERE m.name = $1", match
        )
        await markets.move(change, market_id, MarketAction.CLOSE)


def cup(name: str = "cup.json") -> Plan:
    return read_worldcup((SAMPLES / name).read_bytes())


async def test_an_import_makes_tournament_matches_markets_outcomes_and_their_accounts(ledger: Ledger) -> None:
    done = await imported(ledger, cup(), takeout_bps=1500, currency="CHF", timezone="Europe/Zurich")
    assert (done.found.new, done.found.changed, done.found.unchanged) == (7, 0, 0)
    assert await rows(ledger, "SELECT slug, name, currency, timezone FROM tournaments") == [
        ("cup", "Harbour Cup 2026", "CHF", "Europe/Zurich")
    ]
    assert await rows(ledger, "SELECT kind, count(*)::int FROM accounts GROUP BY kind ORDER BY kind") == [
        ("breakage", 1),
        ("cash", 1),
        ("escrow", 7),
        ("house", 1),
        ("receivable", 1),
        ("takeout", 1),
    ]
    assert await rows(ledger, "SELECT DISTINCT name, kind, status, takeout_bps FROM markets") == [
        ("Result after 90 minutes", "pool", "draft", 1500)
    ]
    assert await rows(ledger, "SELECT count(*)::int FROM outcome_totals") == [(21,)]
    assert await rows(
        ledger,
        "SELECT count(*)::int FROM markets WHERE closes_at = (SELECT starts_at FROM matches WHERE id = match_id)",
    ) == [(7,)]
    assert await rows(ledger, "SELECT action FROM audit_log ORDER BY id") == [
        ("tournament.created",),
        ("tournament.imported",),
    ]
    assert await rows(ledger, "SELECT file_name, matches, outcomes FROM imports") == [("cup.json", 7, 21)]


async def test_the_feed_is_told_of_every_match_and_market(ledger: Ledger) -> None:
    await imported(ledger, cup())
    kinds = await rows(ledger, "SELECT kind, count(*)::int FROM events GROUP BY kind ORDER BY kind")
    assert kinds == [("market", 7), ("match", 7), ("tournament", 1)]
    assert await rows(ledger, "SELECT seq FROM feeds") == [(15,)]


async def test_the_same_file_again_changes_nothing_at_all(ledger: Ledger) -> None:
    await imported(ledger, cup())
    before = await everything(ledger)
    again = await imported(ledger, cup())
    assert not again.anything
    assert (again.found.new, again.found.changed, again.found.unchanged) == (0, 0, 7)
    assert await everything(ledger) == before


async def test_the_real_world_cup_is_imported_once(ledger: Ledger) -> None:
    plan = read_worldcup(WORLD_CUP.read_bytes())
    done = await imported(ledger, plan, open_markets=True, first_at=NEXT_YEAR)
    assert (len(done.plan.matches), done.plan.outcomes, done.found.new, done.found.opened) == (104, 312, 104, 104)
    assert done.found.results_waiting == {"open": 104}
    before = await everything(ledger)
    again = await imported(ledger, plan, open_markets=True, first_at=NEXT_YEAR)
    assert (again.found.new, again.found.changed, again.found.unchanged) == (0, 0, 104)
    assert await everything(ledger) == before


async def test_several_imports_at_once_make_one_tournament(ledger: Ledger) -> None:
    done = await asyncio.gather(*(imported(ledger, cup()) for _ in range(4)))
    assert sorted(one.found.new for one in done) == [0, 0, 0, 7]
    assert await rows(ledger, "SELECT count(*)::int FROM matches") == [(7,)]


async def test_nothing_is_half_imported(ledger: Ledger) -> None:
    conn = await asyncpg.connect(ledger.dsn)
    try:
        # The last thing an import writes fails.
        await conn.execute("ALTER TABLE imports ADD CHECK (matches < 7)")
    finally:
        await conn.close()
    with pytest.raises(asyncpg.CheckViolationError):
        await imported(ledger, cup())
    assert all(not table for table in await everything(ledger))


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(ledger: Ledger) -> None:
    done = await imported(ledger, cup(), dry_run=True)
    assert (done.found.new, done.tournament_id, done.dry_run) == (7, None, True)
    assert all(not table for table in await everything(ledger))


async def test_a_later_file_brings_names_and_times_and_results_of_closed_markets(ledger: Ledger) -> None:
    await imported(ledger, cup(), open_markets=True, first_at=NEXT_YEAR)
    await close(ledger, "Alder v Birch")
    seq = (await rows(ledger, "SELECT seq FROM feeds"))[0][0]
    done = await imported(ledger, cup("cup-later.json"))
    assert (done.found.new, done.found.changed, done.found.unchanged, done.found.results_entered) == (0, 3, 4, 1)
    assert done.found.results_waiting == {"open": 2, "draft": 1}
    semi = "SELECT m.name, m.score, k.status FROM matches m JOIN markets k ON k.match_id = m.id WHERE m.id = $1"
    assert await rows(ledger, semi, 5) == [("Alder v Elm", None, "draft")]
    assert await rows(ledger, semi, 7) == [("Winner of match 5 v Winner of match 6", None, "draft")]
    ((name, score, status),) = await rows(ledger, semi, 1)
    assert (name, json.loads(score), status) == ("Alder v Birch", {"ft": [2, 0], "ht": [1, 0]}, "resulted")
    assert await rows(
        ledger, "SELECT o.name FROM markets k JOIN outcomes o ON o.id = (k.result -> 'winners' ->> 0)::bigint"
    ) == [("Alder",)]
    # Three matches and their three markets were told, and nothing else.
    assert await rows(
        ledger, "SELECT kind, count(*)::int FROM events WHERE seq > $1 GROUP BY kind ORDER BY kind", seq
    ) == [
        ("market", 3),
        ("match", 3),
    ]
    # Each is in the log by itself, as where somebody does it by hand.
    logged = await rows(
        ledger,
        "SELECT action, subject, details FROM audit_log"
        " WHERE action IN ('market.resulted', 'outcome.changed', 'match.edited') ORDER BY action, id",
    )
    told = [(action, subject, json.loads(details)) for action, subject, details in logged]
    assert ("match.edited", "match:5") in [(action, subject) for action, subject, _ in told]
    assert next(d["name"] for _, subject, d in told if subject == "match:5") == [
        "Winner of group A v Third of group A/B/C/D/F",
        "Alder v Elm",
    ]
    ((_, _, result),) = [one for one in told if one[0] == "market.resulted"]
    assert (result["before"], result["file"]) == (None, "cup.json")
    assert [d["name"] for action, _, d in told if action == "outcome.changed"]
    assert not (await imported(ledger, cup("cup-later.json"))).anything


async def test_markets_whose_sides_became_known_are_opened_when_asked(ledger: Ledger) -> None:
    first = await imported(ledger, cup(), open_markets=True, first_at=NEXT_YEAR)
    assert first.found.opened == 4
    later = await imported(ledger, cup("cup-later.json"), open_markets=True)
    assert later.found.opened == 2


async def test_a_re_import_keeps_the_schedule_of_the_first(ledger: Ledger) -> None:
    await imported(ledger, cup(), first_at=NEXT_YEAR, every=timedelta(minutes=10))
    times = await rows(ledger, "SELECT id, starts_at FROM matches ORDER BY id")
    assert min(at for _, at in times) == NEXT_YEAR
    await imported(ledger, cup("cup-later.json"))
    assert await rows(ledger, "SELECT id, starts_at FROM matches ORDER BY id") == times
    other = await imported(ledger, cup("cup-later.json"), first_at=NEXT_YEAR + timedelta(days=1))
    assert "--reschedule" in other.warnings[-1]
    assert await rows(ledger, "SELECT id, starts_at FROM matches ORDER BY id") == times
    moved = await imported(ledger, cup(), first_at=NEXT_YEAR + timedelta(days=1), reschedule=True)
    assert moved.found.changed == 7
    assert await rows(ledger, "SELECT min(starts_at) FROM matches") == [(NEXT_YEAR + timedelta(days=1),)]


async def test_odds_of_a_csv_make_a_fixed_market_and_a_new_price_an_audit_row(ledger: Ledger) -> None:
    before = plan_of_csv(b"match,outcome,odds\nDerby,Comet,2.5\nDerby,Duchess,3\n", name="Races")
    await imported(ledger, before, slug="races")
    after = plan_of_csv(b"match;outcome;odds\nDerby;Duchess;3\nDerby;Comet;2,6\n", name="Races")
    done = await imported(ledger, after, slug="races")
    assert done.found.changed == 1
    assert await rows(ledger, "SELECT name, odds_milli, odds_version FROM outcomes ORDER BY lane_no") == [
        ("Comet", 2600, 2),
        ("Duchess", 3000, 1),
    ]
    assert await rows(ledger, "SELECT details::text FROM audit_log WHERE action = 'outcome.changed'") == [
        ('{"odds_milli" : [2500, 2600]}',)
    ]


async def test_a_tournament_in_another_currency_or_archived_is_refused(ledger: Ledger) -> None:
    done = await imported(ledger, cup())
    with pytest.raises(Refused, match="is in EUR, not in USD"):
        await imported(ledger, cup(), currency="USD")
    async with ledger.change(Actor()) as change:
        assert done.tournament_id is not None
        await tournaments.archive(change, done.tournament_id)
    with pytest.raises(Refused, match="is archived"):
        await imported(ledger, cup())


async def test_names_from_a_file_are_stored_as_text(ledger: Ledger) -> None:
    name = "Robert'); DROP TABLE matches;--"
    plan = plan_of_csv(f'match,outcome\n"{name}","{name}"\n"{name}",=1+1\n'.encode(), name="Races")
    await imported(ledger, plan, slug="races")
    assert await rows(ledger, "SELECT name FROM outcomes ORDER BY lane_no") == [(name,), ("=1+1",)]


# Real files that failed ---------------------------------------------------------------------------------------------


def case(name: str) -> Plan:
    return read_worldcup((SAMPLES / "cases" / name).read_bytes())


async def test_a_newer_file_in_another_order_enters_no_result_on_another_match(ledger: Ledger) -> None:
    await imported(ledger, case("01-order-v1.json"), open_markets=True)
    for match in ("Este v Oeste", "Rojo v Azul"):
        await close(ledger, match)
    await imported(ledger, case("01-order-v2.json"))
    stands = await rows(
        ledger,
        "SELECT m.name, k.status, m.score IS NOT NULL, "
        "to_char(m.starts_at AT TIME ZONE INTERVAL '-5 hours', 'DD Mon HH24:MI') "
        "FROM matches m JOIN markets k ON k.match_id = m.id ORDER BY m.id",
    )
    assert stands == [
        ("Norte v Sur", "open", False, "12 Apr 16:00"),
        ("Este v Oeste", "closed", False, "15 May 19:30"),
        # Its start is still to come, so its score is kept back; its market was closed, so its result is entered.
        ("Rojo v Azul", "resulted", True, "12 Apr 18:20"),
    ]
    assert await rows(
        ledger, "SELECT o.name FROM markets k JOIN outcomes o ON o.id = (k.result -> 'winners' ->> 0)::bigint"
    ) == [("Draw",)]


async def test_undecided_sides_are_named_in_place(ledger: Ledger) -> None:
    first = await imported(ledger, case("02-placeholder-v1.json"), open_markets=True)
    assert first.found.opened == 0
    later = await imported(ledger, case("02-placeholder-v2.json"), open_markets=True)
    assert (later.found.new, later.found.changed, later.found.opened) == (0, 2, 2)
    assert await rows(ledger, "SELECT name FROM matches ORDER BY id") == [
        ("Norland v Suderia",),
        ("Ostland v Westmark",),
    ]
    assert await rows(ledger, "SELECT name FROM outcomes ORDER BY market_id, lane_no") == [
        ("Norland",),
        ("Draw",),
        ("Suderia",),
        ("Ostland",),
        ("Draw",),
        ("Westmark",),
    ]


async def test_what_is_not_played_is_not_opened_and_named(ledger: Ledger) -> None:
    done = await imported(ledger, case("05-status.json"), open_markets=True)
    assert (done.found.opened, done.found.results_waiting) == (0, {})
    assert done.warnings[-4:] == [
        "1 awarded, not opened: Awarded v Guests",
        "1 cancelled, not opened: Cancelled v Guests",
        "1 postponed, not opened: Postponed v Guests",
        "1 abandoned, not opened: Abandoned v Guests",
    ]
    for match in ("Awarded", "Cancelled", "Postponed", "Abandoned"):
        await close(ledger, f"{match} v Guests")
    again = await imported(ledger, case("05-status.json"))
    assert again.found.results_entered == 0
    assert await rows(ledger, "SELECT DISTINCT score, status FROM matches JOIN markets ON match_id = matches.id") == [
        (None, "closed")
    ]


async def test_an_open_market_of_a_match_that_is_called_off_is_suspended(ledger: Ledger) -> None:
    plan = json.loads((SAMPLES / "cases" / "05-status.json").read_bytes())
    for match in plan["matches"]:
        match.pop("status")
        match["score"] = {}
    await imported(ledger, read_worldcup(json.dumps(plan).encode()), open_markets=True)
    done = await imported(ledger, case("05-status.json"), open_markets=True)
    assert len(done.found.suspended_markets) == 4
    assert "its open market is suspended" in done.warnings[-1]
    assert await rows(ledger, "SELECT DISTINCT status FROM markets") == [("suspended",)]
    assert await rows(ledger, "SELECT count(*)::int FROM audit_log WHERE action = 'market.suspended'") == [(4,)]


async def test_a_closing_follows_the_start_also_after_a_slip_in_the_year(ledger: Ledger) -> None:
    await imported(ledger, case("06-typo-v1.json"), open_markets=True)
    slip = await imported(ledger, case("06-typo-v2.json"))
    assert "by the file it began" in slip.warnings[-1]
    await imported(ledger, case("06-typo-v3.json"))
    ((starts_at, closes_at, status),) = await rows(
        ledger, "SELECT m.starts_at, k.closes_at, k.status FROM matches m JOIN markets k ON k.match_id = m.id"
    )
    assert starts_at == closes_at == datetime(2027, 2, 19, 15, tzinfo=UTC)
    # Between the two the match had begun by the file: bets wait for the desk to look.
    assert status == "suspended"


async def bet_on_all(ledger: Ledger) -> None:
    """As if there were a bet on every outcome."""
    conn = await by_hand(ledger.dsn)
    await conn.execute("UPDATE outcome_totals SET bets = 1, stakes = 100")
    await conn.close()


async def test_a_renamed_side_with_bets_keeps_its_outcome_and_takes_no_result(ledger: Ledger) -> None:
    await imported(ledger, case("03-renamed-v1.json"), open_markets=True)
    await bet_on_all(ledger)
    await close(ledger, "Port Vale v Red Star FC")
    done = await imported(ledger, case("03-renamed-v2.json"), open_markets=True)
    assert (done.found.new, done.found.results_entered) == (0, 0)
    assert await rows(ledger, "SELECT name FROM outcomes WHERE lane_no = 1 ORDER BY id") == [
        ("Port Vale",),
        ("Red Star FC",),
    ]
    assert "'Port Vale' was bet on and keeps its name; the file says 'Port Vale FC'" in "\n".join(done.warnings)


async def test_a_match_in_doubt_is_asked_before_anything_is_written(ledger: Ledger) -> None:
    def named(side: str) -> Plan:
        match = {"round": "Final", "date": "2100-06-11", "time": "13:00 UTC", "team1": "Alder", "team2": side}
        return read_worldcup(json.dumps({"name": "Cup", "matches": [match]}).encode())

    await imported(ledger, named("Birch"))
    await bet_on_all(ledger)
    before = await everything(ledger)
    dry = await imported(ledger, named("Zephyr"), dry_run=True)
    (doubt,) = dry.identity.doubts.values()
    with pytest.raises(Refused, match="1 match may be one that is there already"):
        await imported(ledger, named("Zephyr"))
    assert await everything(ledger) == before
    await imported(ledger, named("Zephyr"), answers={0: Answer("skip", doubt.match.id)})
    assert await everything(ledger) == before
    await imported(ledger, named("Zephyr"), answers={0: Answer("same", doubt.match.id)})
    assert await rows(ledger, "SELECT name FROM matches") == [("Alder v Zephyr",)]


async def test_what_is_missing_is_named_and_nothing_is_opened_beside_it(ledger: Ledger) -> None:
    def cup_of(*sides: tuple[str, str]) -> Plan:
        matches = [
            {"round": "Round 1", "date": "2100-06-11", "time": "13:00 UTC", "team1": one, "team2": two}
            for one, two in sides
        ]
        return read_worldcup(json.dumps({"name": "Cup", "matches": matches}).encode())

    await imported(ledger, cup_of(("Alder", "Birch"), ("Cedar", "Dogwood")), open_markets=True)
    done = await imported(ledger, cup_of(("Alder", "Cedar"), ("Birch", "Dogwood")), open_markets=True)
    assert (done.found.new, done.found.opened) == (2, 0)
    assert done.warnings == [
        "2 matches of an earlier file are not in this one: Alder v Birch, Cedar v Dogwood",
        "2 new matches stay drafts: one of the earlier file that is not in this one may be the same",
    ]


async def test_matches_are_compared_beside_the_loop_and_once_where_nothing_changed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    await imported(ledger, case("03-renamed-v1.json"))
    loop, compared = asyncio.get_running_loop(), 0

    def slowly(*given: Any, **more: Any) -> Any:
        nonlocal compared
        compared += 1
        ticked = threading.Event()
        loop.call_soon_threadsafe(ticked.set)
        assert ticked.wait(10), "the loop stands still"
        return identified(*given, **more)

    monkeypatch.setattr(writing, "identified", slowly)
    await imported(ledger, case("03-renamed-v2.json"))
    assert compared == 1
