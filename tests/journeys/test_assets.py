"""Scripts, styles and fonts from a second origin, as a CDN that asks us for them: pages work, and nothing else goes there."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, expect

from ports import free_port

from .conftest import WithAdmin
from .prometheus import PROGRAMS
from .scenarios import BOSS, ServerScenario, sign_in
from .server import Script, Served, Site

WAIT_S = 30
CADDY = PROGRAMS / "caddy" / "usr" / "bin" / "caddy"


@contextlib.contextmanager
def cdn(folder: Path, port: int, upstream: int) -> Iterator[None]:
    """A Caddy that has nothing of its own, and asks for what is below /assets alone."""
    config = folder / "Caddyfile"
    config.write_text(
        f"{{\n\tadmin off\n}}\nhttp://127.0.0.1:{port} {{\n\thandle /assets/* {{\n"
        f"\t\treverse_proxy 127.0.0.1:{upstream}\n\t}}\n\trespond 404\n}}\n"
    )
    with (folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(
            [CADDY, "run", "--config", config, "--adapter", "caddyfile"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
    try:
        ended = time.monotonic() + WAIT_S
        while time.monotonic() < ended:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(WAIT_S)


def test_pages_work_with_assets_of_another_origin(
    site: Site, with_admin: WithAdmin, tmp_path: Path, chromium: Browser
) -> None:
    port = free_port()
    server = Served(site, TOTEBOARD_ASSET_URL=f"http://127.0.0.1:{port}")
    scenario = ServerScenario(server, Script(server.url, with_admin.token))
    tournament = scenario.tournament("Assets")
    scenario.market(tournament, "A v B", ["A", "B"])
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        with cdn(tmp_path, port, server.port):
            sign_in(page, server.url, BOSS)
            for path, seen in (
                ("/", "Assets"),
                ("/t/assets", "A v B"),
                ("/org/t/assets/people", "People"),
                ("/ops", "Books"),
            ):
                page.goto(f"{server.url}{path}")
                expect(page.get_by_text(seen).first).to_be_visible()
    finally:
        context.close()
        server.stop()
    of_assets = [url for url in asked if urlsplit(url).path.startswith("/assets/")]
    assert [url for url in of_assets if urlsplit(url).port != port] == []
    assert {url.rpartition(".")[2] for url in of_assets} >= {"js", "css", "woff2"}
    assert not [url for url in asked if urlsplit(url).port == port and url not in of_assets]
    assert said == []
