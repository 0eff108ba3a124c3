"""A line that drops while something is decided: what was told to nobody is asked for."""

import time

from playwright.sync_api import Browser, expect

from .browser import DESKTOP, PHONE, page
from .dropping import dropping_proxy
from .scenarios import Bettor, ServerScenario, sign_in

PAID_S = 20


def paid(bettor: Bettor, balance: int) -> None:
    until = time.monotonic() + PAID_S
    while bettor.balance != balance:
        assert time.monotonic() < until, bettor.balance
        time.sleep(0.1)


def test_after_a_dropped_connection_my_bets_and_my_wallet_are_current(
    scenario: ServerScenario, chromium: Browser
) -> None:
    """A win that is settled while the line is gone is told to nobody: on two devices the page asks for it itself."""
    tournament = scenario.tournament("Dropped")
    market = scenario.market(tournament, "Final", [("Ada", "2.00"), ("Bo", "2.00")], kind="fixed")
    bettor = scenario.bettor(tournament, "dropped", funds=100_00)
    bettor.script.bet(market["outcomes"][0]["id"], 10_00)
    with dropping_proxy(scenario.url) as proxy:
        devices = [page(chromium, size=size) for size in (DESKTOP, PHONE)]
        for device in devices:
            sign_in(device, proxy.url, bettor.email)
            device.goto(f"{proxy.url}/t/{tournament['slug']}")
            expect(device.get_by_test_id("link-status").first).to_contain_text("Live")
            expect(device.get_by_test_id("balance")).to_have_text("€90.00")
        proxy.drop()
        for device in devices:
            expect(device.get_by_test_id("link-status").first).not_to_contain_text("Live")
        scenario.move(market, "close")
        scenario.boss.ask("POST", f"/api/market/{market['id']}/result", json={"winners": [market["outcomes"][0]["id"]]})
        scenario.boss.ask("POST", f"/api/market/{market['id']}/settle", json={})
        paid(bettor, 110_00)
        proxy.let_in()
        for device in devices:
            expect(device.get_by_test_id("link-status").first).to_contain_text("Live", timeout=40_000)
            expect(device.get_by_test_id("balance")).to_have_text("€110.00")
            expect(device.get_by_test_id("my-bet").first).to_contain_text("Won")
            device.context.close()
