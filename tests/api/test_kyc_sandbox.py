"""The sandbox identity provider: its real process, and the API on a real port for it to tell."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from ports import free_port
from toteboard.kyc.desk import Desk
from toteboard.kyc.provider import Forged, Person, Unavailable, UnknownReference
from toteboard.kyc.registry import KycProviders
from toteboard.settings import SettingRefused, Settings

from .clients import ApiClient
from .conftest import SECRET, Records
from .identity import WEBHOOK, begin, kyc_of, sandbox_provider, signed

NOBODY = Person(1, "Nobody")


@pytest_asyncio.fixture(loop_scope="session")
async def served(app: Any) -> AsyncIterator[str]:
    """The API on a real port, where another process can reach it."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="error", ws="none"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


@pytest.fixture
def sandbox_process(served: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "toteboard.sandbox.identity_provider", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--webhook", served + WEBHOOK], env=os.environ | {"TOTEBOARD_KYC_SANDBOX_SECRET": SECRET}
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None
        time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


async def test_the_sandbox_provider_tells_what_was_clicked_and_leads_back(
    sandbox_process: str, services: Any, ada: ApiClient, cup: int, records: Records
) -> None:
    services.kyc.put(sandbox_provider(sandbox_process, SECRET))
    begun = await begin(ada, cup)
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(begun["url"])
        assert page.status_code == 200
        assert re.findall(r'value="(\w+)"', page.text) == ["approve", "review", "decline"]
        assert "Ada" in page.text
        # Nothing of another host, and no script.
        assert "<script" not in page.text
        assert set(re.findall(r"https?://[^\"' ]+", page.text)) == {"http://tote.test/verify"}
        assert "default-src 'none'" in page.headers["content-security-policy"]
        for decision, status in (("review", "review"), ("decline", "declined"), ("approve", "verified")):
            back = await browser.post(begun["url"], data={"decision": decision})
            assert (back.status_code, back.headers["location"]) == (303, "http://tote.test/verify")
            # The message was taken before the browser is sent back; approved after declined was asked again.
            assert await kyc_of(ada) == status
        assert (await browser.post(begun["url"], data={"decision": "bribe"})).status_code == 422
        assert (await browser.get(begun["url"] + "x")).status_code == 404
    row, _ = await records.audited("kyc.verified")
    assert row["details"]["polled"] is True


async def test_the_sandbox_provider_tries_again_when_a_message_was_not_taken(
    sandbox_process: str, services: Any, ada: ApiClient, cup: int
) -> None:
    services.kyc.put(sandbox_provider(sandbox_process, SECRET))
    begun = await begin(ada, cup)
    # For a moment the server has another secret: every message is a forged one to it.
    services.kyc.put(sandbox_provider(sandbox_process, SECRET[::-1]))
    async with httpx.AsyncClient(trust_env=False) as browser:
        deciding = asyncio.create_task(browser.post(begun["url"], data={"decision": "approve"}))
        await asyncio.sleep(0.4)
        assert await kyc_of(ada) == "pending"
        services.kyc.put(sandbox_provider(sandbox_process, SECRET))
        await deciding
    for _ in range(100):
        if await kyc_of(ada) == "verified":
            break
        await asyncio.sleep(0.05)
    assert await kyc_of(ada) == "verified"


async def test_the_sandbox_provider_answers_only_what_we_signed(sandbox_process: str) -> None:
    body = json.dumps({"nonce": "n", "name": "Eve", "return_url": "http://tote.test/"}).encode()
    async with httpx.AsyncClient(trust_env=False, base_url=sandbox_process) as stranger:
        assert (await stranger.post("/check", content=body)).status_code == 401
        assert (await stranger.post("/check", content=body, headers=signed(body, secret="x" * 40))).status_code == 401
        assert (await stranger.post("/check", content=b"x" * 9000)).status_code == 401
        for wrong in (b"{", b"{}", b"[]"):
            assert (await stranger.post("/check", content=wrong, headers=signed(wrong))).status_code == 400
        script = body.replace(b"http://tote.test/", b"javascript:alert(1)")
        assert (await stranger.post("/check", content=script, headers=signed(script))).status_code == 422
    with pytest.raises(UnknownReference):
        await sandbox_provider(sandbox_process, SECRET).answer("never-begun", NOBODY)
    with pytest.raises(Unavailable):
        await sandbox_provider(sandbox_process, "y" * 40).answer("never-begun", NOBODY)


def test_the_sandbox_provider_does_not_start_without_a_secret() -> None:
    command = [sys.executable, "-m", "toteboard.sandbox.identity_provider", "--port", "1", "--webhook", "http://x/"]
    ended = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"TOTEBOARD_KYC_SANDBOX_SECRET": "short"}
    )
    assert ended.returncode == 1
    assert "at least 32" in ended.stderr


def test_a_secret_too_short_to_be_one_is_refused() -> None:
    assert set(KycProviders(Settings())) == {"desk"}
    url = "http://127.0.0.1:1"
    assert set(KycProviders(Settings(kyc_sandbox_url=url, kyc_sandbox_secret="x" * 32))) == {"desk", "sandbox"}
    with pytest.raises(SettingRefused, match="at least 32"):
        KycProviders(Settings(kyc_sandbox_url=url, kyc_sandbox_secret="x" * 31))


async def test_the_desk_sends_no_messages_and_has_no_page() -> None:
    desk = Desk()
    assert (await desk.start(NOBODY, "http://tote.test/")).url is None
    assert await desk.answer("x", NOBODY) is None
    with pytest.raises(Forged):
        desk.verify_message({}, b"", 0)
