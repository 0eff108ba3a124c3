"""The built pages, and the description of the API for people. Nothing on them comes from a foreign host."""

import mimetypes
import os
from importlib.resources import files
from pathlib import Path
from stat import S_ISREG
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
# Copies that the build put beside a file (web/scripts/compress.ts), the smallest first.
_COPIES = (("br", ".br"), ("gzip", ".gz"))
# Hashed names never change their content.
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = "The pages are not built yet. In the project's folder: make web\n"

DOCS = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Toteboard API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script></body></html>"""
_LOOKING = frozenset({"GET", "HEAD"})
_START = "SwaggerUIBundle({url: '/api/openapi.json', dom_id: '#swagger-ui', validatorUrl: null})\n"


def _only_get() -> Response:
    return PlainTextResponse("Only GET here.\n", status_code=405, headers={"allow": "GET, HEAD"})


def pages_folder() -> Path:
    """Where `make web` puts the pages; they ship in the wheel."""
    return Path(str(files("toteboard"))) / "pages"


class Pages:
    """An ASGI application for everything that is not the API: files as they are, any other path the one page."""

    def __init__(self, folder: Path | None = None):
        self._folder = folder or pages_folder()
        self._files = StaticFiles(directory=self._folder, check_dir=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self._respond(scope)
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    async def _respond(self, scope: Any) -> Response:
        if scope["method"] not in _LOOKING:
            return _only_get()
        path = self._files.get_path(scope)
        stat = _look_up(self._files, path)[1]
        if stat is not None and S_ISREG(stat.st_mode):
            return self._file(scope, path, _FOR_EVER if path.startswith("assets/") else "no-cache")
        if path.startswith("assets/"):
            return PlainTextResponse("No such file.\n", status_code=404)
        if _look_up(self._files, "index.html")[1] is None:
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        return self._file(scope, "index.html", "no-cache")

    def _file(self, scope: Any, path: str, cache: str) -> FileResponse:
        """The file, or the smallest copy of it that the browser takes."""
        accepted = Headers(scope=scope).get("accept-encoding", "")
        headers = {"cache-control": cache, "vary": "accept-encoding"}
        media = mimetypes.guess_type(path)[0]
        for encoding, ending in _COPIES:
            copy, stat = _look_up(self._files, path + ending)
            if stat is not None and encoding in accepted:
                return FileResponse(
                    copy, stat_result=stat, media_type=media, headers=headers | {"content-encoding": encoding}
                )
        full, stat = _look_up(self._files, path)
        return FileResponse(full, stat_result=stat, media_type=media, headers=headers)


def _look_up(files: StaticFiles, path: str) -> tuple[str, os.stat_result | None]:
    """The file of this path; none for a path that no file can have: with a NUL, or too long."""
    try:
        return files.lookup_path(path)
    except (OSError, ValueError):
        return "", None


class Docs:
    """An ASGI application for /api/docs: Swagger UI from a Python package's files."""

    def __init__(self) -> None:
        self._files = StaticFiles(directory=str(files("fastapi_offline") / "static"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        name = scope["path"].removeprefix("/api/docs").strip("/")
        if scope["method"] not in _LOOKING:
            response: Response = _only_get()
        elif not name:
            response = HTMLResponse(DOCS)
        elif name == "start.js":
            response = Response(_START, media_type="text/javascript")
        else:
            full, stat = _look_up(self._files, name)
            if stat is None or not S_ISREG(stat.st_mode):
                response = PlainTextResponse("No such file.\n", status_code=404)
            else:
                response = FileResponse(full, stat_result=stat)
        response.headers.update(HEADERS | {"cache-control": "no-cache"})
        await response(scope, receive, send)
