"""The API keeps to its own description: no 500, no status that is not described, no answer off its schema, whoever asks.

Schemathesis asks a real server in each role. Here each operation gets a few requests; `make fuzz` makes many.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from toteboard.api.description import API
from wire_client import served

from .clients import ApiClient
from .scenarios import ApiScenario, taken

EXAMPLES = int(os.environ.get("TOTEBOARD_FUZZ_EXAMPLES", "3"))
# Every value at the edge of what is described: for the long form only.
PHASES = "examples,coverage,fuzzing,stateful" if "TOTEBOARD_FUZZ_EXAMPLES" in os.environ else "examples,fuzzing"
TOLD = os.environ.get("TOTEBOARD_FUZZ_TOLD", "")
SEED = os.environ.get("TOTEBOARD_FUZZ_SEED", "2026")
ROLES = ("nobody", "stranger", "bettor", "cashier", "auditor", "organizer", "admin")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# They end the very token that asks: left to those who have nothing else to lose.
ENDS_THE_TOKEN = ("DELETE /api/session", "DELETE /api/token/{token_id}")
# Ids are small here, so that requests meet something.
ID_MAX = 12


@pytest.fixture
async def tokens(scenario: ApiScenario) -> dict[str, str]:
    """An API token of each role, in a tournament where something has happened."""
    await scenario.fund(scenario.bettor, 100_000)
    pool, fixed = await scenario.open_market(), await scenario.open_market("2.28", "3.10")
    for market in (pool, fixed):
        assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 300) == 0
    await scenario.new_market("1.50", "2.50")
    tokens = {"nobody": ""}
    for role in ROLES[1:]:
        person: ApiClient = getattr(scenario, role)
        tokens[role] = taken(await person.post("/api/token", json={"label": "fuzz", "days": 1}))["token"]
    return tokens


def narrowed(description: dict[str, Any]) -> dict[str, Any]:
    """The description with ids that exist among those that may be asked for."""
    for operations in description["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                if parameter["name"] == "which":
                    parameter["schema"] = {"enum": ["world-cup", "1", "2", "nothing"]}
                elif schema.get("type") == "integer" and parameter["in"] == "path":
                    schema["maximum"] = ID_MAX
    return description


@pytest.mark.timeout(60 + EXAMPLES * 120)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_gets_an_answer_that_is_not_described(
    role: str, tokens: dict[str, str], database: str, tmp_path: Path
) -> None:
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(narrowed(json.loads(json.dumps(API.openapi())))), encoding="utf-8")
    async with served(database, demo=True, password_memory_kib=8, register_tries_max=10_000) as port:
        command = [
            *(
                str(Path(sys.executable).with_name("schemathesis")),
                "run",
                str(described),
                "--url",
                f"http://127.0.0.1:{port}",
            ),
            *("--checks", ",".join(CHECKS), "--phases", PHASES, "--max-examples", str(EXAMPLES)),
            *("--seed", SEED, "--continue-on-failure", "--warnings", "off", "--suppress-health-check", "all"),
        ]
        if tokens[role]:
            command += ["--header", f"Authorization: Bearer {tokens[role]}"]
        if role not in ("nobody", "stranger"):
            for operation in ENDS_THE_TOKEN:
                command += ["--exclude-name", operation]
        told, status = await _run(command, tmp_path)
    if TOLD:
        # How many cases there were, for whoever counts them.
        await asyncio.to_thread(_keep, Path(TOLD), role, told)
    assert status == 0, told[-6000:]


def _keep(path: Path, role: str, told: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{role}: {' '.join(told[-2000:].split())}\n")


async def _run(command: list[str], folder: Path) -> tuple[str, int]:
    """What it printed, and its exit code."""
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "160"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await running.communicate()
    assert running.returncode is not None
    return out.decode(), running.returncode
