"""The feed's process for bench/fanout.py: uvicorn, hub and tail as they are run, and nothing else."""

import asyncio
import gc
import json
import sys
from contextlib import AsyncExitStack

import uvicorn

from bench.fanout import HOST, raise_open_files
from toteboard.background import Loops
from toteboard.feed.hub import Hub
from toteboard.feed.socket import FeedSocket, uvicorn_options
from toteboard.feed.subscriber import FeedUser, Headers
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.ledger import Ledger
from toteboard.settings import Settings


async def _nobody(_headers: Headers) -> FeedUser | None:
    return None


async def serve(dsn: str, port: int) -> None:
    """Serves until the input ends; says when it is ready."""
    settings = Settings()
    wakeups, loops = PostgresWakeups(dsn), Loops()
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(Ledger.opened(dsn, wakeups=wakeups, pool_max=8))
        await stack.enter_async_context(wakeups.running(loops))
        hub = Hub(ledger, settings, _nobody, loops=loops)
        await stack.enter_async_context(hub.running())
        config = uvicorn.Config(
            FeedSocket(hub, settings),
            host=HOST,
            port=port,
            lifespan="off",
            log_level="warning",
            proxy_headers=False,
            **uvicorn_options(settings),
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        gc.freeze()
        print(json.dumps({"ready": True}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await serving


if __name__ == "__main__":
    raise_open_files()
    with asyncio.Runner(loop_factory=uvicorn.Config(_nobody).get_loop_factory()) as runner:
        runner.run(serve(sys.argv[1], int(sys.argv[2])))
