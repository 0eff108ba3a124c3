"""The built pages are sent as they are, or as the copy that the build made smaller."""

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest

from toteboard.api.pages import HEADERS, Docs, Pages

SCRIPT = b"export const answer = 42\n" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "assets"
    assets.mkdir()
    (tmp_path / "index.html").write_bytes(b"<!doctype html><title>Toteboard</title>")
    (assets / "app-1.js").write_bytes(SCRIPT)
    (assets / "app-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    # The test's client has no brotli: what matters is that these very bytes are sent.
    (assets / "app-1.js.br").write_bytes(b"small")
    (assets / "small.js").write_bytes(b"1")
    return tmp_path


async def _ask(folder: Path, path: str, accept: str = "") -> httpx.Response:
    pages: Any = Pages(folder)
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
