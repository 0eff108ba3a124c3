"""The built pages, and the description of the API for people. Nothing on them comes from a foreign host."""

import logging
import mimetypes
import os
import shutil
import time
from importlib.resources import files
from pathlib import Path
from stat import S_ISREG
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from toteboard.settings import Settings

log = logging.getLogger(__name__)

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
# They are for everybody: a CDN hands them on as they are, and a browser loads them for a page of another origin.
_FOR_ALL = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
# Copies that the build put beside a file (web/scripts/compress.ts), the smallest first.
_COPIES = (("br", ".br"), ("gzip", ".gz"))
# Hashed names never change their content.
_FOR_EVER = "public, max-age=31536000, immutable"
# A page that was open for longer is loaded anew.
KEPT_S = 60 * 86_400
# Where the application of the page goes; a banner of ours stands above it.
_ROOT = '<div id="root">'
_BANNER = Path(__file__).with_name("sandbox_banner.html")
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


def policy(assets: str = "") -> str:
    """The content policy of a page whose scripts, styles and fonts may also come from there, an origin."""
    ours = f"'self' {assets}".strip()
    return (
        f"default-src 'self'; script-src {ours}; style-src {ours} 'unsafe-inline'; img-src {ours} data:; font-src {ours}; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Pages:
    """An ASGI application for everything that is not the API: files as they are, any other path the one page."""

    def __init__(self, settings: Settings, folder: Path | None = None):
        self._folder = folder or pages_folder()
        self._files = StaticFiles(directory=self._folder, check_dir=False)
        self._kept = StaticFiles(directory=settings.assets_folder, check_dir=False) if settings.assets_folder else None
        self._asset_url = settings.asset_url.rstrip("/")
        self._policy = policy(_origin(self._asset_url))
        # On every screen, also on one whose scripts do not load.
        self._banner = _BANNER.read_text(encoding="utf-8") if settings.sandbox else ""
        if settings.assets_folder:
            keep(self._folder / "assets", Path(settings.assets_folder))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        response = await self._respond(scope)
        response.headers.update(HEADERS | {"content-security-policy": self._policy})
        await response(scope, receive, send)

    async def _respond(self, scope: Any) -> Response:
        if scope["method"] not in _LOOKING:
            return _only_get()
        path = self._files.get_path(scope)
        if path == "index.html":
            return self._page()
        stat = _look_up(self._files, path)[1]
        if stat is not None and S_ISREG(stat.st_mode):
            return self._file(scope, path, _FOR_EVER if path.startswith("assets/") else "no-cache")
        if path.startswith("assets/"):
            kept = path.removeprefix("assets/")
            if self._kept is not None and (found := _look_up(self._kept, kept)[1]) and S_ISREG(found.st_mode):
                return self._file(scope, kept, _FOR_EVER, self._kept)
            return PlainTextResponse("No such file.\n", status_code=404)
        return self._page()

    def _page(self) -> Response:
        """The one page, with its scripts where browsers are to load them from; asked for again each time."""
        page = _look_up(self._files, "index.html")[0]
        try:
            text = Path(page).read_text(encoding="utf-8")
        except OSError:
            return PlainTextResponse(_NOT_BUILT, status_code=503)
        text = text.replace(_ROOT, self._banner + _ROOT)
        # Deep paths have the same page: what it names stands at the root.
        text = text.replace('"./assets/', f'"{self._asset_url}/assets/').replace('"./', '"/')
        return HTMLResponse(text, headers={"cache-control": "no-cache"})

    def _file(self, scope: Any, path: str, cache: str, files: StaticFiles | None = None) -> FileResponse:
        """The file, or the smallest copy of it that the browser takes."""
        files = files or self._files
        accepted = Headers(scope=scope).get("accept-encoding", "")
        headers = {"cache-control": cache, "vary": "accept-encoding"} | (_FOR_ALL if cache == _FOR_EVER else {})
        media = mimetypes.guess_type(path)[0]
        for encoding, ending in _COPIES:
            copy, stat = _look_up(files, path + ending)
            if stat is not None and encoding in accepted:
                return FileResponse(
                    copy, stat_result=stat, media_type=media, headers=headers | {"content-encoding": encoding}
                )
        full, stat = _look_up(files, path)
        return FileResponse(full, stat_result=stat, media_type=media, headers=headers)


def keep(assets: Path, folder: Path) -> None:
    """Puts this release's assets beside those of the releases before, and takes away what no release of late had.

    Says so where it cannot: pages that were open before an upgrade are then loaded anew.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        for path in assets.iterdir() if assets.is_dir() else ():
            new = folder / path.name
            if not new.exists():
                # Several processes start at once, and none shows half a file.
                half = folder / f".{path.name}.{os.getpid()}"
                shutil.copyfile(path, half)
                half.rename(new)
            os.utime(new, (now, now))
        for path in folder.iterdir():
            if path.stat().st_mtime < now - KEPT_S:
                path.unlink()
    except OSError as why:
        log.warning("the pages' files of earlier releases cannot be kept in %s: %s", folder, why.strerror)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


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
        response.headers.update(HEADERS | {"content-security-policy": policy(), "cache-control": "no-cache"})
        await response(scope, receive, send)
