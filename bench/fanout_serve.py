"""The feed's process for bench/fanout.py: uvicorn, hub and tail as they are run, and nothing else."""

import asyncio
import gc
import json
import sys

import uvicorn

from bench.fanout import HOST, raise_open_files
from toteboard.feed.hub import Hub
from toteboard.feed.socket import FeedSocket, uvicorn_options
from toteboard.feed.subscriber import Headers, Who
from toteboard.ledger.ledger import Ledger
from toteboard.settings import Settings


async def _nobody(_headers: Headers) -> Who | None:
    return None


async def serve(dsn: str, port: int) -> None:
    """Serves until the input ends; says when it is ready."""
    settings = Settings()
    ledger = Ledger(dsn)
    await ledger.start()
    hub = Hub(ledger, settings, _nobody)
    await hub.start()
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
    await hub.stop()
    await ledger.stop()


if __name__ == "__main__":
    raise_open_files()
    with asyncio.Runner(loop_factory=uvicorn.Config(_nobody).get_loop_factory()) as runner:
        runner.run(serve(sys.argv[1], int(sys.argv[2])))
