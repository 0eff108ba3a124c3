"""The server under measurement: python -m bench.http_serve PORT FRONT."""

import sys

import uvicorn

from toteboard import serving
from toteboard.asgi import Application
from toteboard.settings import Settings


def main() -> None:
    port, front = int(sys.argv[1]), bool(int(sys.argv[2]))
    settings = Settings.read()
    config = serving.config(settings, Application(settings))
    if not front:
        config.http = "httptools"
    config.port = port
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
