"""Registering says to nobody who is registered, and takes no password that everybody uses."""

import asyncio
import re
from typing import Any

import pytest

from toteboard.api.people.common_passwords import is_common

from .clients import PASSWORD, ApiClient, code
from .conftest import Records, SignUp
from .mail_sink import Sink
from .scenarios import fields, taken

ADA = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}


@pytest.mark.parametrize(
    "password", ["password", "Password1", "12345678", "iloveyou!", "qwertyuiop", "PASSWORD123", "football99"]
)
async def test_the_commonest_passwords_are_refused_wherever_one_is_set(
    client: ApiClient, sign_up: SignUp, password: str
) -> None:
    assert fields(await client.post("/api/user", json=ADA | {"password": password})) == ["password"]
    ada = await sign_up("Ada")
    given = {"password": PASSWORD, "new_password": password}
    assert fields(await ada.patch("/api/me", json=given)) == ["new_password"]
    assert fields(await client.post("/api/password", json={"code": "ABCD", "password": password})) == ["password"]


@pytest.mark.parametrize(
    "password", ["three small words", "passwordpasswordpassword", "12345678901234567", "correct horse", "µøłþ¢€ß→"]
)
def test_length_counts_and_signs_do_not(password: str) -> None:
    assert not is_common(password)


async def test_who_registers_twice_with_the_right_password_comes_in(client: ApiClient, sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    me = taken(await client.post("/api/user", json=ADA | {"name": "Somebody else"}))
    assert (me["id"], me["name"]) == (ada.id, "Ada")


async def test_without_mail_a_taken_address_is_refused_as_any_other_and_counted(
    client: ApiClient, sign_up: SignUp, records: Records
) -> None:
    await sign_up("Ada")
    answers = [await client.post("/api/user", json=ADA | {"password": f"wrong horse {n}"}) for n in range(12)]
    assert code(answers[0]) == "CONFLICT"
    assert "registered" not in answers[0].text
    # Nor is a password guessed here more often than where one signs in.
    assert code(answers[-1]) == "TOO_MANY"


async def test_an_address_that_is_anothers_is_not_said_to_be(sign_up: SignUp) -> None:
    await sign_up("Ada")
    bo = await sign_up("Bo")
    answer = await bo.patch("/api/me", json={"email": "ada@example.org", "password": PASSWORD})
    assert (code(answer), answer.json()["detail"]) == ("CONFLICT", "This e-mail address cannot be used.")


class TestByMail:
    @pytest.fixture
    def wanted(self, mail_port: int) -> dict[str, Any]:
        return {"smtp_url": f"smtp://127.0.0.1:{mail_port}", "mail_from": "desk@tote.test"}

    async def test_new_and_known_addresses_get_the_same_answer_and_a_letter_each(
        self, client: ApiClient, records: Records, mail_port: int, sink: Sink
    ) -> None:
        async with await asyncio.start_server(sink.serve, "127.0.0.1", mail_port):
            assert taken(await client.get("/api/server"), 200)["confirms_addresses"] is True
            first = await client.post("/api/user", json=ADA)
            (letter,) = sink.letters
            given = re.search(r"Your code is ([0-9A-Z-]+)\.", letter)
            assert given
            # Before the code is used nobody signs in, whatever password was said.
            assert code(await client.post("/api/session", json={"email": ADA["email"], "password": PASSWORD}))
            me = taken(await client.post("/api/password", json={"code": given[1], "password": PASSWORD}))
            assert me["email"] == ADA["email"]
            again = await ApiClient(client.app).post("/api/user", json=ADA | {"name": "Mallory"})
        assert [(one.status_code, one.content, "set-cookie" in one.headers) for one in (first, again)] == [
            (202, b"", False)
        ] * 2
        assert "have an account already" in sink.letters[1]
        assert await records.conn.fetch("SELECT name FROM users") == [("Ada",)]
        # Who has the letter sets another password, as who has forgotten theirs.
        assert re.search(r"Your code is ([0-9A-Z-]+)\.", sink.letters[1])

    async def test_a_stranger_registers_nobody_and_sends_few_letters(self, client: ApiClient, records: Records) -> None:
        answers = [(await client.post("/api/user", json=ADA)).status_code for _ in range(8)]
        assert answers[0] == 202
        assert answers[-1] == 429
        assert await records.conn.fetchval("SELECT count(*) FROM sessions") == 0
