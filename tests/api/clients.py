"""A browser, as far as the API can tell: its own cookies, its own origin, its own CSRF token."""

from typing import Any

import httpx

HOST = "http://tote.test"
PASSWORD = "correct horse"


class ApiClient(httpx.AsyncClient):
    """Asks as one browser does; `api_token` makes it a script instead. `me` is what the sign-in answered."""

    def __init__(self, app: Any, *, address: str = "192.0.2.7", api_token: str | None = None):
        headers = {"Authorization": f"Bearer {api_token}"} if api_token else {"Origin": HOST}
        transport = httpx.ASGITransport(app, client=(address, 40_000), raise_app_exceptions=True)
        super().__init__(transport=transport, base_url=HOST, headers=headers, trust_env=False)
        self.app = app
        self.me: dict[str, Any] = {}

    @property
    def id(self) -> int:
        return int(self.me["id"])

    def at(self, app: Any) -> "ApiClient":
        """The same person, with the same session, at another application on the same database."""
        same = ApiClient(app)
        same.me = self.me
        same.headers["X-CSRF-Token"] = self.me["csrf_token"]
        same.cookies.update(self.cookies)
        return same

    def enter(self, answer: httpx.Response) -> "ApiClient":
        """Signed in by this answer: from now on each request carries the CSRF token."""
        assert answer.status_code == 201, answer.text
        self.me = answer.json()
        self.headers["X-CSRF-Token"] = self.me["csrf_token"]
        return self

    async def sign_up(self, name: str, *, email: str | None = None) -> "ApiClient":
        email = email or f"{name.lower().replace(' ', '.')}@example.org"
        return self.enter(await self.post("/api/user", json={"email": email, "name": name, "password": PASSWORD}))

    async def sign_in(self, email: str, password: str = PASSWORD) -> "ApiClient":
        return self.enter(await self.post("/api/session", json={"email": email, "password": password}))

    async def demo(self, role: str) -> "ApiClient":
        """Signed in as one of the sandbox's demo people: "bettor" or "organizer"."""
        return self.enter(await self.post("/api/sandbox/sign-in", json={"as": role}))


def code(answer: httpx.Response) -> str:
    """The stable code of a problem, which is a problem in every other way too."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    return str(body["code"])
