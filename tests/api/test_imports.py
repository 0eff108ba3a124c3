"""Files into a tournament by HTTP: looked at, written, refused; who may, and how much."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from toteboard.api.files.uploads import MEDIA

from .clients import ApiClient, code
from .scenarios import ApiScenario, fields

CSV = b"match,round,starts_at,outcome,odds\nDerby,Race 1,2099-06-11 13:00,Comet,2.50\nDerby,Race 1,,Duchess,3\n"
SHEET = b"Home;Away;Referee\nAda;Bo;Cy\nDee;Eli;Cy\n"


def workbook(*rows: list[Any]) -> bytes:
    made, written = Workbook(), BytesIO()
    for row in rows:
        made["Sheet"].append(row)
    made.save(written)
    return written.getvalue()


async def send(client: ApiClient, where: Any, content: Any, media: str = "text/csv", **asked: Any) -> httpx.Response:
    query: dict[str, Any] = {"file": "races.csv", "dry_run": True, **asked}
    return await client.post(
        f"/api/tournament/{where}/import", content=content, params=query, headers={"Content-Type": media}
    )


async def matches(scenario: ApiScenario) -> list[str]:
    rows = await scenario.records.conn.fetch("SELECT name FROM matches ORDER BY id")
    return [row["name"] for row in rows]


async def test_a_dry_run_says_what_would_be_and_does_nothing(scenario: ApiScenario) -> None:
    seen = (await send(scenario.organizer, scenario.tournament_id, CSV)).json()
    assert (seen["dry_run"], seen["format"], seen["rows"], seen["errors"]) == (True, "csv", 2, [])
    assert [column["meaning"] for column in seen["columns"]] == ["match", "round", "starts_at", "outcome", "odds"]
    assert seen["columns"][3] == {
        "position": 3,
        "header": "outcome",
        "samples": ["Comet", "Duchess"],
        "meaning": "outcome",
    }
    assert (seen["matches"], seen["new"], seen["changed"], seen["unchanged"]) == (1, 1, 0, 0)
    assert seen["items"] == [
        {
            "no": 1,
            "rows": [2, 3],
            "name": "Derby",
            "round": "Race 1",
            "starts_at": "2099-06-11T13:00:00Z",
            "kind": "fixed",
            "outcomes": ["Comet 2.50", "Duchess 3.00"],
            "outcomes_more": 0,
            "status": "new",
            "matched_by": None,
            "known_as": None,
            "not_played": None,
            "changes": [],
            "may_be": None,
        }
    ]
    assert await matches(scenario) == []
    assert await scenario.records.audited("tournament.imported") == []


async def test_a_file_is_written_once_and_told_afterwards(scenario: ApiScenario) -> None:
    done = (await send(scenario.organizer, scenario.tournament_id, CSV, dry_run=False, open_markets=True)).json()
    assert (done["new"], done["markets_opened"], done["items"][0]["status"]) == (1, 1, "new")
    again = (await send(scenario.organizer, scenario.tournament_id, CSV, dry_run=False)).json()
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 1)
    assert await matches(scenario) == ["Derby"]
    (row,) = await scenario.records.audited("tournament.imported")
    assert (row["user_id"], row["details"]["file"]) == (scenario.organizer.id, "races.csv")
    for reader in (scenario.organizer, scenario.auditor):
        (past,) = (await reader.get(f"/api/tournament/{scenario.tournament_id}/import")).json()["items"]
        assert (past["file_name"], past["matches"], past["outcomes"]) == ("races.csv", 1, 2)
        assert past["by"] == scenario.organizer.me["name"]
    newer = CSV.replace(b"13:00", b"14:00") + b"Oaks,Race 2,,Echo,2\nOaks,Race 2,,Fable,2\n"
    seen = (await send(scenario.organizer, scenario.tournament_id, newer)).json()
    assert [(item["name"], item["status"]) for item in seen["items"]] == [("Oaks", "new"), ("Derby", "changed")]


async def test_a_name_of_a_file_is_kept_without_what_cannot_be_seen(scenario: ApiScenario) -> None:
    done = await send(scenario.organizer, scenario.tournament_id, CSV, file="a\x00\r\n\u202eb.csv", dry_run=False)
    assert done.status_code == 200
    (row,) = await scenario.records.audited("tournament.imported")
    assert row["details"]["file"] == "ab.csv"


async def test_columns_are_guessed_until_they_are_said(scenario: ApiScenario) -> None:
    seen = (await send(scenario.organizer, scenario.tournament_id, SHEET)).json()
    assert [column["meaning"] for column in seen["columns"]] == ["outcome", "outcome", None]
    said = (
        await send(scenario.organizer, scenario.tournament_id, SHEET, column=["0:match", "2:outcome"], draw="")
    ).json()
    assert [column["meaning"] for column in said["columns"]] == ["match", None, "outcome"]
    drawn = (await send(scenario.organizer, scenario.tournament_id, SHEET, draw="Draw")).json()
    assert drawn["items"][0]["outcomes"] == ["Ada", "Draw", "Bo"]


async def test_a_workbook_and_a_world_cup_file_are_known_by_what_they_are(scenario: ApiScenario) -> None:
    content = workbook(["Home", "Away"], ["Ada", "Bo"])
    seen = (await send(scenario.organizer, scenario.tournament_id, content, MEDIA[-1], file="cup.csv")).json()
    assert (seen["format"], seen["sheets"], seen["sheet"], seen["new"]) == ("xlsx", ["Sheet"], "Sheet", 1)
    cup = (
        b'{"name":"Cup","matches":[{"round":"Final","date":"2099-07-01","time":"13:00 UTC-6","team1":"A","team2":"B"}]}'
    )
    seen = (await send(scenario.organizer, scenario.tournament_id, cup, "application/json", kind="pool")).json()
    assert (seen["format"], seen["columns"], seen["new"]) == ("worldcup", [], 1)


async def test_wrong_rows_are_listed_and_nothing_is_half_imported(scenario: ApiScenario) -> None:
    wrong = CSV + b"Oaks,Race 2,soon,Echo,2\nOaks,Race 2,,,2\n"
    seen = (await send(scenario.organizer, scenario.tournament_id, wrong)).json()
    assert seen["errors"] == [
        {"where": "C4", "detail": "'soon' is no date; use 2026-06-11 or 11.06.2026", "row": 4, "stands": "soon"},
        {"where": "D5", "detail": "has no outcome", "row": 5, "stands": ""},
    ]
    assert (seen["new"], seen["items"]) == (0, [])
    refused = await send(scenario.organizer, scenario.tournament_id, wrong, dry_run=False)
    assert (code(refused), fields(refused)) == ("INVALID", ["C4", "D5"])
    assert await matches(scenario) == []


@pytest.mark.parametrize(
    ("content", "asked", "status", "field"),
    [
        (b"", {}, 422, "file"),
        (b"PK\x03\x04 and then nothing", {}, 422, "file"),
        (CSV, {"column": ["9:match"]}, 422, "column"),
        (CSV, {"column": ["0:name"]}, 422, "column"),
        (CSV, {"column": ["\u0661:match"]}, 422, "column"),
        (CSV, {"column": ["1" * 5000 + ":match"]}, 422, "column"),
        (CSV, {"draw": "a\u202eb"}, 422, "draw"),
        (CSV, {"file": ""}, 422, "file"),
        (CSV, {"takeout_bps": 5001}, 422, "takeout_bps"),
        (CSV, {"kind": "both"}, 422, "kind"),
    ],
)
async def test_what_cannot_be_read_is_refused_at_its_field(
    scenario: ApiScenario, content: bytes, asked: dict[str, Any], status: int, field: str
) -> None:
    answer = await send(scenario.organizer, scenario.tournament_id, content, **asked)
    assert (answer.status_code, fields(answer)) == (status, [field])


async def test_a_workbook_that_unpacks_to_too_much_is_413(scenario: ApiScenario) -> None:
    bomb = workbook(["Home", "Away"], *(["=" + "0" * 8000, "Bo"] for _ in range(5000)))
    answer = await send(scenario.organizer, scenario.tournament_id, bomb, MEDIA[-1])
    assert (answer.status_code, code(answer)) == (413, "TOO_LARGE")


async def test_only_the_organizer_imports_and_no_other_site_can(scenario: ApiScenario, client: ApiClient) -> None:
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        assert code(await send(member, scenario.tournament_id, CSV)) == "FORBIDDEN"
    for member in (scenario.cashier, scenario.bettor, scenario.stranger):
        assert code(await member.get(f"/api/tournament/{scenario.tournament_id}/import")) == "FORBIDDEN"
    assert code(await send(client, scenario.tournament_id, CSV)) == "UNAUTHENTICATED"
    assert code(await send(scenario.organizer, "nowhere", CSV)) == "NOT_FOUND"
    for media in ("text/plain", "multipart/form-data", "application/x-www-form-urlencoded"):
        assert code(await send(scenario.organizer, scenario.tournament_id, CSV, media)) == "MEDIA_TYPE"
    scenario.organizer.headers["X-CSRF-Token"] = "another"
    assert code(await send(scenario.organizer, scenario.tournament_id, CSV)) == "FORBIDDEN"


async def test_an_archived_tournament_takes_no_file(scenario: ApiScenario) -> None:
    await scenario.records.conn.execute("UPDATE tournaments SET archived_at = now()")
    for dry in (True, False):
        answer = await send(scenario.organizer, scenario.tournament_id, CSV, dry_run=dry)
        assert (code(answer), answer.json()["detail"]) == (
            "STATE",
            "The tournament 'world-cup' is archived; choose another.",
        )


async def test_a_match_made_at_the_desk_is_recognised(scenario: ApiScenario) -> None:
    await scenario.new_match("derby", round="race 1")
    (seen,) = (await send(scenario.organizer, scenario.tournament_id, CSV)).json()["items"]
    assert (seen["status"], seen["matched_by"]) == ("changed", "name")
    await send(scenario.organizer, scenario.tournament_id, CSV, dry_run=False)
    assert await matches(scenario) == ["derby"]


async def test_a_doubt_is_asked_and_answered(scenario: ApiScenario) -> None:
    strangers = CSV.replace(b"Comet", b"Gala").replace(b"Duchess", b"Hazel")
    await send(scenario.organizer, scenario.tournament_id, CSV, dry_run=False)
    await scenario.records.conn.execute("UPDATE outcome_totals SET bets = 1, stakes = 100")
    (asked,) = (await send(scenario.organizer, scenario.tournament_id, strangers)).json()["items"]
    assert (asked["no"], asked["status"], asked["may_be"]["bets"]) == (1, "doubtful", 2)
    refused = await send(scenario.organizer, scenario.tournament_id, strangers, dry_run=False)
    assert refused.status_code == 409
    other = f"1:other:{asked['may_be']['id']}"
    done = (await send(scenario.organizer, scenario.tournament_id, strangers, dry_run=False, answer=other)).json()
    assert (done["new"], done["missing"]) == (1, 1)
    wrong = await send(scenario.organizer, scenario.tournament_id, strangers, answer="1:perhaps")
    assert fields(wrong) == ["answer"]


async def test_a_sheet_comes_back_with_the_faulty_cells_marked(scenario: ApiScenario) -> None:
    wrong = b"Home,Away,Odds 1,Odds 2\nAda,Bo,2,=oops\nCy,Di,2,2\n#NAME?,Flo,2,2\n"
    path = f"/api/tournament/{scenario.tournament_id}/import/marked"
    asked: dict[str, Any] = {"file": "night.csv", "dry_run": True}
    media = {"content-type": "text/csv"}
    answer = await scenario.organizer.post(path, params=asked, content=wrong, headers=media)
    assert answer.status_code == 200
    book = load_workbook(BytesIO(answer.content))
    page, problems = book.worksheets
    faulty = [cell.coordinate for row in page.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00FFC7CE"]
    assert faulty == ["D2", "A4"]
    # It is the text that stood there: nothing becomes a formula.
    assert (page["D2"].value, page["D2"].data_type) == ("=oops", "s")
    assert "odds '=oops'" in page["D2"].comment.text
    assert [row[0].value for row in problems.iter_rows(min_row=2)] == ["D2", "A4"]
    json_file = await scenario.organizer.post(path, params=asked, content=b'{"name":"x","matches":[]}', headers=media)
    assert json_file.status_code == 422
    assert (await scenario.bettor.post(path, params=asked, content=wrong, headers=media)).status_code == 403


async def test_rows_a_header_a_name_and_the_order_of_dates_can_be_said(scenario: ApiScenario) -> None:
    text = b"Our night\nRunner,Date,Odds\nDawn,03/04/2099,2\nElm,,oops\nFable,,3\n"
    asked = (await send(scenario.organizer, scenario.tournament_id, text)).json()
    assert (asked["header_row"], asked["dates_asked"], asked["one_match"]) == (2, True, "Our night")
    said: dict[str, Any] = {"dates": "day_first", "skip": 4, "match": "The derby", "header_row": 2}
    seen = (await send(scenario.organizer, scenario.tournament_id, text, **said)).json()
    (item,) = seen["items"]
    assert (item["name"], item["starts_at"], item["rows"]) == ("The derby", "2099-04-03T12:00:00Z", [3, 5])


async def test_people_come_in_by_http_and_are_members_without_an_address(scenario: ApiScenario) -> None:
    people = b"Name;E-mail;Balance\nIda;ida@web.example;20\nOma;;5\n"
    seen = (await send(scenario.organizer, scenario.tournament_id, people)).json()
    assert (seen["people"]["people_new"], seen["people"]["deposited"], seen["matches"]) == (2, 2500, 0)
    assert code(await send(scenario.bettor, scenario.tournament_id, people)) == "FORBIDDEN"
    for new in (2, 0):
        done = (await send(scenario.organizer, scenario.tournament_id, people, dry_run=False)).json()
        assert done["people"]["people_new"] == new
    bets = b"Name;Match;Pick;Stake;Odds\nOma;A v B;C;2;2\nIda;A v B;A;2;2\n"
    wrong = (await send(scenario.organizer, scenario.tournament_id, bets)).json()
    assert [(error["where"], error["row"]) for error in wrong["errors"]] == [("C2", 2)]
    assert code(await send(scenario.organizer, scenario.tournament_id, bets, dry_run=False)) == "INVALID"
    done = (await send(scenario.organizer, scenario.tournament_id, bets, dry_run=False, skip=2)).json()
    assert [bet["outcome"] for bet in done["people"]["bets"]] == ["A"]
    members = (await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/member?q=oma")).json()["items"]
    assert [(one["name"], one["email"], one["balance"]) for one in members] == [("Oma", None, 500)]
    past = (await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/import")).json()["items"]
    assert [(one["people"], one["bets"], one["matches"]) for one in past] == [(1, 1, 0), (2, 0, 0)]
