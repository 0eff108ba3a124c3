"""The real HTTP API, as the sandbox's people use it: one connection pool, tokens, refusals as values. Knows no bet."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

TIMEOUT_S = 15
CONNECTIONS_MAX = 32
READY_WAIT_S = 120
RETRY_S = 0.5


class Refused(Exception):
    """The API said no. `code` is the problem's own."""

    def __init__(self, status: int, problem: dict[str, Any]):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail') or problem.get('title')}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.problem = problem


class Unreachable(Exception):
    """No answer: what was asked is unknown, ask again later."""


@dataclass(slots=True)
class SignedIn:
    """A browser's session, for as long as it takes to get a token."""

    csrf: str
    cookies: httpx.Cookies


class Api:
    """The API as one simulated person uses it, with their session."""

    def __init__(self, url: str):
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=TIMEOUT_S,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX),
            trust_env=False,
            headers={"Origin": url},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ready(self) -> None:
        """Waits until the server answers. Raises Unreachable after READY_WAIT_S."""
        for _ in range(int(READY_WAIT_S / RETRY_S)):
            try:
                await self.ask("GET", "/api/server")
                return
            except (Unreachable, Refused):
                await asyncio.sleep(RETRY_S)
        raise Unreachable("the server does not answer")

    async def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> Any:
        """An answer's JSON, None where it has none. Raises Refused or Unreachable."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if key:
            headers["Idempotency-Key"] = key
        return self._json(await self._send(method, path, body, headers))

    async def token_of(self, email: str, name: str, password: str) -> str:
        """An API token of somebody who is registered now, or was. Raises Refused or Unreachable."""
        signed_in = await self._sign_in(email, name, password)
        headers = {
            "X-CSRF-Token": signed_in.csrf,
            "Cookie": "; ".join(f"{cookie}={value}" for cookie, value in signed_in.cookies.items()),
        }
        answer = await self._send("POST", "/api/token", {"label": "sandbox", "days": 1}, headers)
        return str(self._json(answer)["token"])

    async def _sign_in(self, email: str, name: str, password: str) -> SignedIn:
        credentials = {"email": email, "password": password}
        try:
            answer = await self._send("POST", "/api/session", credentials, {})
            me = self._json(answer)
        except Refused as refused:
            if refused.status != 401:
                raise
            answer = await self._send("POST", "/api/user", credentials | {"name": name}, {})
            me = self._json(answer)
        cookies = httpx.Cookies(answer.cookies)
        # Each of them has their own; the client shall remember nobody's.
        self._client.cookies.clear()
        return SignedIn(me["csrf_token"], cookies)

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx.Response:
        try:
            return await self._client.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        if answer.status_code >= 400:
            try:
                problem = answer.json()
            except ValueError:
                problem = {"title": answer.text[:200]}
            raise Refused(answer.status_code, problem)
        return answer.json() if answer.content else None
