"""The built pages are sent as they are, or as the copy that the build made smaller."""

import gzip
import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from toteboard.api.pages import HEADERS, KEPT_S, Docs, Pages, policy
from toteboard.settings import Settings

SCRIPT = b"export const answer = 42\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_bytes(
        b'<!doctype html><title>Toteboard</title><link href="./favicon.svg"><script src="./assets/app-1.js"></script>'
    )
    (assets / "app-1.js").write_bytes(SCRIPT)
    (assets / "app-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    # The test's client has no brotli: what matters is that these very bytes are sent.
    (assets / "app-1.js.br").write_bytes(b"small")
    (assets / "small.js").write_bytes(b"1")
    return tmp_path


async def _ask(folder: Path, path: str, accept: str = "", **settings: str) -> httpx.Response:
    pages: Any = Pages(Settings.read({}, **settings), folder)
    transport = httpx.ASGITransport(app=pages)
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
        client.stream("GET", path, headers={"accept-encoding": accept}) as answer,
    ):
        answer.extensions["raw"] = b"".join([part async for part in answer.aiter_raw()])
    return answer


async def test_a_browser_gets_the_smallest_copy_it_takes(folder: Path) -> None:
    for accept, encoding, length in (("gzip, br", "br", 5), ("gzip", "gzip", len(gzip.compress(SCRIPT)))):
        answer = await _ask(folder, "/assets/app-1.js", accept)
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "accept-encoding"
        assert len(answer.extensions["raw"]) == length


async def test_who_takes_no_copy_gets_the_file(folder: Path) -> None:
    answer = await _ask(folder, "/assets/app-1.js")
    assert "content-encoding" not in answer.headers
    assert answer.extensions["raw"] == SCRIPT


async def test_a_file_without_a_copy_is_sent_as_it_is(folder: Path) -> None:
    answer = await _ask(folder, "/assets/small.js", "gzip, br")
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


async def test_any_other_path_is_the_one_page_and_its_headers_are_strict(folder: Path) -> None:
    answer = await _ask(folder, "/t/riverside", "gzip, br")
    assert b"<title>Toteboard</title>" in answer.extensions["raw"]
    assert answer.headers["cache-control"] == "no-cache"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/", "/index.html", "/t/riverside/tote"])
async def test_the_page_finds_its_scripts_from_any_path(folder: Path, path: str) -> None:
    here = await _ask(folder, path)
    assert b'href="/favicon.svg"' in here.extensions["raw"]
    assert b'src="/assets/app-1.js"' in here.extensions["raw"]
    assert here.headers["content-security-policy"] == policy()


async def test_a_cdn_has_the_scripts_and_nothing_else(folder: Path) -> None:
    page = await _ask(folder, "/t/riverside", asset_url="https://cdn.example.org/tote/")
    assert b'src="https://cdn.example.org/tote/assets/app-1.js"' in page.extensions["raw"]
    assert b'href="/favicon.svg"' in page.extensions["raw"]
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    for kind in ("script-src", "style-src", "font-src", "img-src"):
        assert rules[kind].split()[:2] == ["'self'", "https://cdn.example.org"]
    assert rules["connect-src"] == "'self'"
    # What a CDN asks for it may hand to a page of ours, and keep; the page itself nobody keeps.
    script = await _ask(folder, "/assets/app-1.js")
    assert script.headers["access-control-allow-origin"] == "*"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "access-control-allow-origin" not in page.headers


async def test_a_page_that_was_open_before_an_upgrade_finds_its_scripts(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert (await _ask(folder, "/assets/app-1.js", "gzip", assets_folder=str(kept))).status_code == 200
    for path in (folder / "assets").glob("app-1.js*"):
        path.rename(path.with_name(path.name.replace("app-1", "app-2")))
    for _ in range(2):
        before = await _ask(folder, "/assets/app-1.js", "gzip", assets_folder=str(kept))
        assert (before.status_code, before.headers["content-encoding"]) == (200, "gzip")
    assert (await _ask(folder, "/assets/app-1.js")).status_code == 404
    # Of long ago nothing is kept, and what is in use is, however long.
    for path in kept.iterdir():
        os.utime(path, (1.0, time.time() - KEPT_S - 1))
    assert (await _ask(folder, "/assets/app-1.js", assets_folder=str(kept))).status_code == 404
    assert (await _ask(folder, "/assets/app-2.js", assets_folder=str(kept))).status_code == 200
    assert {path.name for path in kept.iterdir()} == {path.name for path in (folder / "assets").iterdir()}


async def test_a_folder_that_cannot_be_written_is_said_and_no_more(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = folder / "index.html" / "kept"
    assert (await _ask(folder, "/assets/app-1.js", assets_folder=str(blocked))).status_code == 200
    assert "cannot be kept" in caplog.text


async def test_a_script_that_is_gone_is_not_the_page(folder: Path) -> None:
    assert (await _ask(folder, "/assets/app-0.js")).status_code == 404


async def test_pages_that_are_not_built_say_so(tmp_path: Path) -> None:
    answer = await _ask(tmp_path, "/")
    assert answer.status_code == 503
    assert b"make web" in answer.extensions["raw"]


@pytest.mark.parametrize("path", ["/%00", "/a.br%00", "/" + "a" * 300])
async def test_a_path_that_no_file_can_have_is_the_one_page(folder: Path, path: str) -> None:
    assert (await _ask(folder, path)).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/api/docs/%00", "/api/docs/" + "a" * 300])
async def test_a_file_of_the_docs_that_cannot_be_is_404(path: str) -> None:
    docs: Any = Docs()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=docs), base_url="http://127.0.0.1") as client:
        assert (await client.get(path)).status_code == 404
