"""What a server logs: lines for machines all through, and the number by which an answer is found among them."""

import json
import re

import httpx

from .server import Served, Site, served


def test_every_line_of_a_server_for_machines_is_json_and_an_answer_is_found_by_its_number(site: Site) -> None:
    proxied = {"TOTEBOARD_LOG_FORMAT": "json", "TOTEBOARD_TRUSTED_PROXIES": "1"}
    server = Served(site, "--workers", "2", **proxied)
    try:
        own = httpx.get(f"{server.url}/api/server", trust_env=False).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{16}", own)
        for given, kept in (
            ("of-the-proxy-7", True),
            ("short", False),
            ("with space and more", False),
            ("x" * 65, False),
        ):
            answer = httpx.get(f"{server.url}/api/nothing", headers={"X-Request-Id": given}, trust_env=False)
            assert (answer.headers["x-request-id"] == given) is kept
    finally:
        server.stop()
    lines = [json.loads(line) for line in server.words().splitlines()]
    assert lines
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    assert any(line["message"].startswith("Toteboard is at http://") for line in lines)


def test_without_a_proxy_of_ours_nobody_names_a_request(site: Site) -> None:
    with served(site) as server:
        answer = httpx.get(f"{server.url}/api/nothing", headers={"X-Request-Id": "of-an-attacker"}, trust_env=False)
    assert answer.headers["x-request-id"] != "of-an-attacker"
