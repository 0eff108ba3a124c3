"""What people say of a screen: from any of them, bounded and throttled, read and answered by those who run the tournament."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from journeys.alerting import Received, receiver
from ports import free_port
from toteboard.asgi import Application
from toteboard.rules.bounds import FEEDBACK_LENGTH_MAX, PICTURE_BYTES_MAX

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, SQL_TEXTS, ApiScenario, fields, taken

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(100)).decode()


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"feedback_tries_max": 100, "feedback_day_max": 5000}


def said(**more: Any) -> dict[str, Any]:
    return {"text": "I cannot bet.", "screen": "/t/world-cup"} | more


async def give(who: ApiClient, **more: Any) -> int:
    return int(taken(await who.post("/api/feedback", json=said(**more)))["id"])


async def room(scenario: ApiScenario, who: ApiClient | None = None, **query: Any) -> list[dict[str, Any]]:
    path = f"/api/tournament/{scenario.tournament_id}/feedback"
    answer = await (who or scenario.organizer).get(path, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_it_says_who_where_and_what_was_refused_just_before(scenario: ApiScenario) -> None:
    failed = {"at": "2026-12-05T19:02:11Z", "code": "CLOSED", "status": 409, "title": "Betting has closed"}
    state = {"title": "World Cup", "said": ["Betting is closed."], "failed": [failed], "width": 390, "height": 844}
    number = await give(scenario.bettor, tournament_id=scenario.tournament_id, state=state, may_ask=True, picture=JPEG)
    (one,) = await room(scenario)
    assert one["id"] == number
    assert (one["name"], one["user_id"], one["screen"]) == ("Bettor", scenario.bettor.id, "/t/world-cup")
    assert (one["text"], one["may_ask"], one["has_picture"]) == ("I cannot bet.", True, True)
    assert {name: one["state"][name] for name in state} == state
    shown = await scenario.organizer.get(f"/api/feedback/{number}/picture")
    assert shown.content == base64.b64decode(JPEG)
    assert (shown.headers["content-type"], shown.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_nobody_who_is_signed_in_says_something_too_and_cannot_be_asked(
    scenario: ApiScenario, client: ApiClient
) -> None:
    await give(client, may_ask=True)
    # Of no tournament: an admin sees it.
    assert await room(scenario) == []
    (one,) = await room(scenario, scenario.admin)
    assert (one["name"], one["user_id"], one["may_ask"], one["tournament_id"]) == (None, None, False, None)
    assert code(await scenario.organizer.patch(f"/api/feedback/{one['id']}", json={"closed": True})) == "FORBIDDEN"
    assert (await client.get("/api/feedback")).status_code == 401


async def test_it_is_answered_closed_and_taken_up_again_and_who_said_it_reads_the_answer(scenario: ApiScenario) -> None:
    number = await give(scenario.bettor, tournament_id=scenario.tournament_id)
    path = f"/api/feedback/{number}"
    done = {"answer": "The desk is open from six.\nCome by.", "closed": True}
    answered = taken(await scenario.organizer.patch(path, json=done), 200)
    assert (answered["answer"], answered["answered_by"]) == (done["answer"], "Organizer")
    assert answered["closed_at"] is not None
    assert (await room(scenario, open="true"), len(await room(scenario, open="false"))) == ([], 1)
    (own,) = (await scenario.bettor.get("/api/feedback")).json()["items"]
    assert (own["text"], own["answer"], own["slug"]) == ("I cannot bet.", done["answer"], "world-cup")
    assert (await scenario.stranger.get("/api/feedback")).json()["items"] == []
    assert taken(await scenario.organizer.patch(path, json={"closed": False}), 200)["closed_at"] is None
    # The same once more leaves no second row.
    taken(await scenario.organizer.patch(path, json={"answer": done["answer"], "closed": False}), 200)
    for action in ("answered", "closed", "reopened"):
        (row,) = await scenario.records.audited(f"feedback.{action}")
        assert (row["subject"], row["tournament_id"]) == (f"feedback:{number}", scenario.tournament_id)


async def test_only_those_who_run_the_tournament_read_it(scenario: ApiScenario) -> None:
    number = await give(scenario.bettor, tournament_id=scenario.tournament_id, picture=JPEG)
    path = f"/api/tournament/{scenario.tournament_id}/feedback"
    for who in (scenario.bettor, scenario.cashier, scenario.stranger):
        for asked in (path, f"/api/feedback/{number}/picture"):
            assert code(await who.get(asked)) == "FORBIDDEN"
        assert code(await who.patch(f"/api/feedback/{number}", json={"closed": True})) == "FORBIDDEN"
    assert len(await room(scenario, scenario.auditor)) == 1
    assert code(await scenario.auditor.patch(f"/api/feedback/{number}", json={"closed": True})) == "FORBIDDEN"
    assert code(await scenario.admin.get("/api/feedback/987654321/picture")) == "NOT_FOUND"
    assert code(await scenario.admin.patch("/api/feedback/987654321", json={"closed": True})) == "NOT_FOUND"
    assert code(await scenario.bettor.post("/api/feedback", json=said(tournament_id=987654321))) == "NOT_FOUND"


async def test_a_picture_is_a_jpeg_of_bounded_size(scenario: ApiScenario) -> None:
    html, png = base64.b64encode(b"<script>").decode(), base64.b64encode(b"\x89PNG\r\n").decode()
    large = base64.b64encode(b"\xff\xd8\xff" + bytes(PICTURE_BYTES_MAX)).decode()
    for picture in (html, png, large, "not base64!", "", "/9j"):
        assert fields(await scenario.bettor.post("/api/feedback", json=said(picture=picture))) == ["picture"]
    most = base64.b64encode(b"\xff\xd8\xff" + bytes(PICTURE_BYTES_MAX - 3)).decode()
    assert await give(scenario.bettor, picture=most)


async def test_what_is_wrong_is_said_by_field(scenario: ApiScenario) -> None:
    for text in ("", " \n ", "x" * (FEEDBACK_LENGTH_MAX + 1), "a\x00b", "a\u202eb", 7, None):
        assert fields(await scenario.bettor.post("/api/feedback", json=said(text=text))) == ["text"], text
    for screen in ("", "t/x", "/a b", "/é", "/" + "x" * 300, "https://evil.example"):
        assert fields(await scenario.bettor.post("/api/feedback", json=said(screen=screen))) == ["screen"], screen
    assert fields(await scenario.bettor.post("/api/feedback", json=said(state={"said": ["x"] * 6}))) == ["state.said"]
    assert await scenario.value("SELECT count(*) FROM feedback") == 0


async def test_foul_texts_are_kept_as_they_stand_or_lose_what_shows_nothing(scenario: ApiScenario) -> None:
    for text in (*SQL_TEXTS, "<img src=x onerror=alert(1)>", "=1+1", "two\nlines", "a\ttab"):
        await give(scenario.bettor, text=text, tournament_id=scenario.tournament_id)
        assert (await room(scenario))[0]["text"] == text.replace("\t", " ")
    # As much as a page says at most, in letters of three bytes.
    most = {"title": "字" * 200, "said": ["字" * 199 + str(number) for number in range(5)]}
    await give(scenario.bettor, state=most)
    for foul in (*FOUL_TEXTS, "\ud800", "a\u0000"):
        answer = await scenario.bettor.post(
            "/api/feedback",
            content=json.dumps(said(state={"title": foul, "said": [foul]})),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (201, 422), answer.text


async def test_a_sheet_has_all_of_it_and_no_formula(scenario: ApiScenario) -> None:
    await give(scenario.bettor, text="=HYPERLINK(1)", tournament_id=scenario.tournament_id, may_ask=True)
    path = f"/api/tournament/{scenario.tournament_id}/export/feedback"
    sheet = (await scenario.organizer.get(path)).content.decode("utf-8-sig").splitlines()
    assert sheet[0].startswith("number,time_utc,who,who_id,screen,text,refused,may_ask,picture,answer")
    assert "'=HYPERLINK(1)" in sheet[1]
    assert code(await scenario.cashier.get(path)) == "FORBIDDEN"


async def test_a_deleted_account_leaves_nothing_of_what_it_said(scenario: ApiScenario) -> None:
    number = await give(scenario.stranger, tournament_id=scenario.tournament_id, picture=JPEG, may_ask=True)
    taken(await scenario.organizer.patch(f"/api/feedback/{number}", json={"answer": "Thank you."}), 200)
    gone = await scenario.stranger.post("/api/me/deletion", json={"password": "correct horse"})
    assert gone.status_code == 204, gone.text
    (one,) = await room(scenario)
    assert (one["text"], one["screen"], one["has_picture"], one["may_ask"]) == ("Deleted account", "", False, False)
    assert one["answer"] == "Thank you."


class TestThrottled:
    """A few in five minutes, and so many a day from everybody."""

    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {"feedback_tries_max": 3, "feedback_day_max": 20}

    async def test_by_person_by_address_and_all_together(
        self, scenario: ApiScenario, client: ApiClient, app: Application
    ) -> None:
        for who in (scenario.bettor, client):
            for _ in range(2):
                await give(who)
            # A tenth of a day's.
            refused = await who.post("/api/feedback", json=said())
            assert (code(refused), refused.status_code) == ("TOO_MANY", 429)
            assert int(refused.headers["retry-after"]) > 0
        # Those who are not signed in use up what is theirs, and nobody else's.
        for number in range(9):
            other = ApiClient(app, address=f"198.51.100.{number}")
            for _ in range(2):
                await give(other)
        late = ApiClient(app, address="203.0.113.9")
        assert code(await late.post("/api/feedback", json=said())) == "TOO_MANY"
        await give(scenario.cashier)


class TestTold:
    """A channel of Slack is told where its webhook is set."""

    @pytest.fixture
    def slack(self) -> Iterator[Received]:
        with receiver() as received:
            yield received

    @pytest.fixture
    def wanted(self, slack: Received) -> dict[str, Any]:
        return {"feedback_slack_url": f"http://127.0.0.1:{slack.server_port}/services/secret"}

    async def test_with_what_was_said_as_plain_text(self, scenario: ApiScenario, slack: Received) -> None:
        await give(scenario.bettor, text="<!channel> look", tournament_id=scenario.tournament_id)
        (message,) = slack.messages("/services/secret")
        assert message["text"] == "Bettor says in World Cup, on /t/world-cup:"
        texts = [block["text"] for block in message["blocks"]]
        assert {text["type"] for text in texts} == {"plain_text"}
        assert texts[1]["text"] == "<!channel> look"
        assert texts[2]["text"].endswith("/org/t/world-cup/feedback")


class TestNotTold:
    """A Slack that is away keeps nobody from saying something."""

    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {"feedback_slack_url": f"http://127.0.0.1:{free_port()}/services/secret"}

    async def test_it_is_logged_without_its_address(
        self, scenario: ApiScenario, caplog: pytest.LogCaptureFixture
    ) -> None:
        await give(scenario.bettor)
        assert "Slack could not be told of feedback: ConnectError" in caplog.text
        assert "secret" not in caplog.text
