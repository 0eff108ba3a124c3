"""The World Cup, from its file to the last payout: import, bets, results from the same file, settlement, audit."""

import random
import time
from pathlib import Path
from typing import Any

from imports.tournaments import WORLD_CUP, older_world_cup

from .scenarios import add_admin
from .server import Script, Site, register, said, served, toteboard

BETTORS = 12
BETS = 400
DEPOSIT = 500_00
PAID_S = 120
MATCHES, OUTCOMES = 104, 312


def test_the_world_cup_goes_from_import_to_last_payout_and_the_books_balance(data_folder: Path) -> None:
    site = Site(data_folder / "data")
    dice = random.Random(2026)
    imported = said(toteboard("import", str(WORLD_CUP), "--first-match-at", "now+1h", "--open", "--json", site=site))
    assert (imported["matches"], imported["outcomes"]) == (MATCHES, OUTCOMES)
    token = add_admin(site)

    with served(site) as server:
        boss = Script(server.url, token)
        tournament = boss.ask("GET", f"/api/tournament/{imported['slug']}")
        assert tournament["markets_open"] == MATCHES
        markets = _markets(boss, tournament["id"])
        people = [_bettor(server.url, boss, tournament["id"], n) for n in range(BETTORS)]
        for _ in range(BETS):
            market = dice.choice(markets)
            placed = dice.choice(people).bet(dice.choice(market["outcomes"])["id"], dice.randint(1, 30) * 50)
            assert placed["status"] == "pending"

        for market in markets:
            boss.ask("POST", f"/api/market/{market['id']}/close")
        # Other commands join the database of the running server.
        again = said(toteboard("import", str(WORLD_CUP), "--json", site=site))
        assert again["results_entered"] == MATCHES
        for market in markets:
            preview = boss.ask("POST", f"/api/market/{market['id']}/preview", json={})
            boss.ask("POST", f"/api/market/{market['id']}/settle", json={"digest": preview["digest"]})
        _wait_until_paid(boss, markets)

        bets = [bet for person in people for bet in person.pages("/api/bet")]
        assert len(bets) == BETS
        assert {bet["status"] for bet in bets} <= {"won", "lost", "void"}
        held = sum(wallet["balance"] for p in people for wallet in p.ask("GET", "/api/wallet")["items"])
        staked, paid = sum(bet["stake"] for bet in bets), sum(bet["payout"] for bet in bets)
        assert held == BETTORS * DEPOSIT - staked + paid
        # Nobody took a share: what was staked and not paid is the breakage of flooring.
        assert 0 <= staked - paid < staked // 100
        assert toteboard("audit", site=site).returncode == 0

    third = said(toteboard("import", str(WORLD_CUP), "--json", site=site))
    assert (third["new"], third["changed"], third["results_entered"]) == (0, 0, 0)
    audit = toteboard("audit", site=site)
    assert audit.returncode == 0, audit.stdout


def test_an_older_file_first_and_again_later_then_corrected_and_voided(data_folder: Path) -> None:
    """Play-offs open, knock-out sides open, another order: the matches stay themselves, with their bets."""
    site = Site(data_folder / "data")
    older = older_world_cup(data_folder)
    dice = random.Random(7)
    first = said(toteboard("import", str(older), "--first-match-at", "now+1h", "--open", "--json", site=site))
    # Who is not known yet is not bet on: 32 of the knock-out, and three group matches of each of the six.
    assert (first["matches"], first["markets_opened"]) == (MATCHES, MATCHES - 32 - 6 * 3)
    token = add_admin(site)

    with served(site) as server:
        boss = Script(server.url, token)
        tournament = boss.ask("GET", f"/api/tournament/{first['slug']}")
        people = [_bettor(server.url, boss, tournament["id"], n) for n in range(4)]
        before = _markets(boss, tournament["id"])
        _bet_on([market for market in before if market["status"] == "open"], people, dice, 60)
        money = _money_on(_markets(boss, tournament["id"]))

        newer = said(toteboard("import", str(WORLD_CUP), "--open", "--json", site=site))
        assert (newer["new"], newer["results_entered"]) == (0, 0)
        assert newer["markets_opened"] == MATCHES - first["markets_opened"]
        assert newer["missing"] == 0
        markets = _markets(boss, tournament["id"])
        assert {market["id"] for market in markets} == {market["id"] for market in before}
        assert _money_on(markets) == money
        _bet_on(markets, people, dice, 60)
        named = {match["id"]: match["name"] for match in boss.pages("/api/match", tournament=tournament["id"])}

        # Somebody takes the old file by mistake: nothing that is known becomes unknown.
        again = said(toteboard("import", str(older), "--json", site=site))
        assert (again["new"], again["missing"]) == (0, 0)
        assert {match["id"]: match["name"] for match in boss.pages("/api/match", tournament=tournament["id"])} == named

        for market in markets:
            boss.ask("POST", f"/api/market/{market['id']}/close")
        assert said(toteboard("import", str(WORLD_CUP), "--json", site=site))["results_entered"] == MATCHES
        for market in markets:
            boss.ask("POST", f"/api/market/{market['id']}/settle", json={})
        _wait_until_paid(boss, markets)

        corrected, voided = markets[:2]
        won = boss.ask("GET", f"/api/market/{corrected['id']}")["result"]["winners"]
        other = next(outcome["id"] for outcome in corrected["outcomes"] if outcome["id"] not in won)
        reason = {"reason": "misread"}
        boss.ask("POST", f"/api/market/{corrected['id']}/resettle", json={"winners": [other]} | reason)
        boss.ask("POST", f"/api/market/{voided['id']}/void", json=reason)
        _wait_until_paid(boss, [corrected], "settled")
        _wait_until_paid(boss, [voided], "void")
        # Neither file undoes what was decided by hand.
        for file in (older, WORLD_CUP):
            assert said(toteboard("import", str(file), "--json", site=site))["results_entered"] == 0
        assert boss.ask("GET", f"/api/market/{corrected['id']}")["result"]["winners"] == [other]
        assert toteboard("audit", site=site).returncode == 0

    audit = toteboard("audit", site=site)
    assert audit.returncode == 0, audit.stdout


def _bet_on(markets: list[Any], people: list[Script], dice: random.Random, bets: int) -> None:
    for _ in range(bets):
        outcome = dice.choice(dice.choice(markets)["outcomes"])
        assert dice.choice(people).bet(outcome["id"], dice.randint(1, 30) * 50)["status"] == "pending"


def _money_on(markets: list[Any]) -> set[tuple[int, int]]:
    """Outcomes with bets, and how many each has."""
    return {(outcome["id"], outcome["bets"]) for market in markets for outcome in market["outcomes"] if outcome["bets"]}


def _markets(boss: Script, tournament_id: int) -> list[Any]:
    matches = boss.pages("/api/match", tournament=tournament_id)
    return [market for match in matches for market in boss.pages("/api/market", match=match["id"])]


def _bettor(url: str, boss: Script, tournament_id: int, number: int) -> Script:
    """Registered, joined, seen at the desk, with money."""
    person = register(url, f"bettor-{number}")
    wallet = person.ask("POST", f"/api/tournament/{tournament_id}/join")
    seen = {
        "tournament_id": tournament_id,
        "user_id": wallet["user_id"],
        "document": "passport",
        "decision": "verified",
    }
    boss.ask("POST", "/api/kyc/desk", json=seen)
    boss.ask(
        "POST",
        f"/api/wallet/{wallet['id']}/deposit",
        json={"amount": DEPOSIT, "currency": "EUR"},
        headers={"Idempotency-Key": f"00000000-0000-7000-8000-{number:012}"},
    )
    return person


def _wait_until_paid(boss: Script, markets: list[Any], status: str = "settled") -> None:
    until = time.monotonic() + PAID_S
    for market in markets:
        while boss.ask("GET", f"/api/market/{market['id']}")["status"] != status:
            assert time.monotonic() < until, "not everybody was paid in time"
            time.sleep(0.1)
