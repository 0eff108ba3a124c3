"""Writes deploy/grafana/dashboards from the panels below: python scripts/dashboards.py

A panel is a line: what it shows, in which unit, and the queries with what each is called. Every query is asked of a real
Prometheus in tests/journeys/test_dashboards.py.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "deploy" / "grafana" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "${source}"}
# Of Grafana's 24 columns: three panels beside each other.
WIDTH, HEIGHT = 8, 8


@dataclass(frozen=True, slots=True)
class Panel:
    """`queries` by what each line is called; a stat shows the newest value alone."""

    title: str
    unit: str
    queries: dict[str, str]
    about: str = ""
    kind: str = "timeseries"


def rate(metric: str, by: str = "", **labels: str) -> str:
    """How fast a counter grows, summed up."""
    chosen = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{{{chosen}}}[$__rate_interval]))"


def quantiles(metric: str, **labels: str) -> dict[str, str]:
    """A histogram's middle, and what all but a few are within."""
    return {
        f"p{share}": f"histogram_quantile(0.{share}, {rate(metric + '_bucket', 'le', **labels)})"
        for share in (50, 95, 99)
    }


BET = {"route": "/api/bet"}
SLOWEST = (
    f"topk(8, histogram_quantile(0.99, {rate('toteboard_http_request_duration_seconds_bucket', 'le, method, route')}))"
)
NIGHT = [
    Panel(
        "Bets a second", "ops", {"{{verdict}}": rate("toteboard_bets_total", "verdict")}, "Taken, and refused by why."
    ),
    Panel(
        "Bets of a tournament a minute",
        "short",
        {"{{tournament}}": "60 * max by (tournament) (rate(toteboard_tournament_bets_total[$__rate_interval]))"},
    ),
    Panel(
        "Staked a minute",
        "short",
        {"{{currency}}": "60 * " + rate("toteboard_bets_stakes_minor_units_total", "currency")},
        "In minor units.",
    ),
    Panel(
        "Markets that take bets", "short", {"{{tournament}}": "max by (tournament) (toteboard_tournament_open_markets)"}
    ),
    Panel("Who looks", "short", {"feeds": "sum(toteboard_sockets_open)", "too slow": "sum(toteboard_sockets_behind)"}),
    Panel("An answer to a bet", "s", quantiles("toteboard_http_request_duration_seconds", **BET)),
    Panel("From commit to screen", "s", {"latest minute": "max(toteboard_feed_lag_seconds)"}),
    Panel(
        "Books", "short", {"{{tournament}}": "min by (tournament) (toteboard_books_balanced)"}, "1 balances.", "stat"
    ),
    Panel(
        "Settlements",
        "short",
        {
            "being paid": "max(toteboard_settlements_unfinished)",
            "bets paid": "max(toteboard_settlements_bets_paid_total)",
        },
        "",
        "stat",
    ),
]
OPERATOR = [
    Panel("Firing", "short", {"{{alertname}}": 'count by (alertname) (ALERTS{alertstate="firing"})'}, "", "stat"),
    Panel(
        "Processes", "short", {"{{role}} {{version}}": "count by (role, version) (toteboard_build_info)"}, "", "stat"
    ),
    Panel("Up since", "dateTimeFromNow", {"{{instance}}": "1000 * toteboard_start_time_seconds"}, "", "stat"),
    Panel("Answers a second", "reqps", {"{{status}}": rate("toteboard_http_requests_total", "status")}),
    Panel(
        "Slowest routes, p99",
        "s",
        {"{{method}} {{route}}": SLOWEST},
    ),
    Panel(
        "Of what a month may lose",
        "short",
        {
            "unanswered, 1 h": "toteboard:bets_unanswered:ratio_rate1h / 0.001 or vector(0)",
            "slow, 1 h": "toteboard:bets_slow:ratio_rate1h / 0.01",
        },
        "1 is as much as there may be; 14.4 wakes somebody.",
    ),
    Panel(
        "Feeds that ended",
        "ops",
        {"{{reason}}": rate("toteboard_sockets_closed_total", "reason")},
        "client went by itself, others we closed.",
    ),
    Panel("Connections that ended", "ops", {"{{reason}}": rate("toteboard_connections_ended_total", "reason")}),
    Panel(
        "Connections and feeds",
        "short",
        {
            "connections": "sum(toteboard_connections_open)",
            "of": "sum(toteboard_connections_max)",
            "feeds": "sum(toteboard_sockets_open)",
        },
    ),
    Panel("Sent to screens", "Bps", {"bytes": rate("toteboard_feed_bytes_total")}),
    Panel("Loops that work", "short", {"{{loop}}": "min by (loop) (toteboard_loop_alive)"}),
    Panel(
        "Errors of loops, lines of the log",
        "ops",
        {
            "{{loop}}": rate("toteboard_loop_errors_total", "loop"),
            "{{level}}": rate("toteboard_log_lines_total", "level"),
        },
    ),
    Panel(
        "Processor",
        "percentunit",
        {"{{instance}}": "sum by (instance) (rate(process_cpu_seconds_total[$__rate_interval]))"},
    ),
    Panel("Memory", "bytes", {"{{instance}}": "sum by (instance) (process_resident_memory_bytes)"}),
    Panel(
        "Open files", "short", {"{{instance}}": "max by (instance) (process_open_fds)", "of": "min(process_max_fds)"}
    ),
]
DATABASE = [
    Panel("Database", "short", {"{{instance}}": "toteboard_database_up"}, "0 while a loop waits for it.", "stat"),
    Panel("Oldest settlement", "s", {"since": "max(toteboard_settlement_oldest_unfinished_seconds)"}, "", "stat"),
    Panel("Books summed up", "s", {"ago": "min(toteboard_books_age_seconds)"}, "", "stat"),
    Panel("Commit of a set", "s", quantiles("toteboard_bets_commit_seconds")),
    Panel("Wait for a set", "s", quantiles("toteboard_bets_queue_wait_seconds")),
    Panel(
        "Bets in a set",
        "short",
        {"mean": rate("toteboard_bets_batch_size_sum") + " / " + rate("toteboard_bets_batch_size_count")},
    ),
    Panel("Bets that wait", "short", {"waiting": "sum(toteboard_bets_queued)", "of": "sum(toteboard_bets_queue_max)"}),
    Panel("Sets that failed", "ops", {"sets": rate("toteboard_bets_set_errors_total")}),
    Panel(
        "Pool",
        "short",
        {
            "in use": "sum(toteboard_database_connections_in_use)",
            "open": "sum(toteboard_database_connections_open)",
            "of": "sum(toteboard_database_connections_max)",
        },
    ),
    Panel("Events behind", "short", {"events": "max(toteboard_feed_events_behind)"}),
    Panel("Paid a second", "ops", {"bets": "max(rate(toteboard_settlements_bets_paid_total[$__rate_interval]))"}),
    Panel("Disk", "percentunit", {"free": "min(toteboard_disk_free_bytes / toteboard_disk_size_bytes)"}),
    Panel(
        "Since the last backup",
        "s",
        {"{{kind}}": "min by (kind) (toteboard_backup_age_seconds)"},
        "Taken, and tried (drilled).",
    ),
    Panel("Replicas and backups behind", "bytes", {"{{name}}": "max by (name) (toteboard_replica_behind_bytes)"}),
    Panel("Replicas late", "s", {"{{name}}": "max by (name) (toteboard_replica_lag_seconds)"}),
]
DASHBOARDS = {
    "night": ("Toteboard: the night", NIGHT),
    "operator": ("Toteboard: the operator", OPERATOR),
    "database": ("Toteboard: the database", DATABASE),
}


def dashboard(name: str) -> dict[str, Any]:
    """One dashboard as Grafana imports it."""
    title, panels = DASHBOARDS[name]
    return {
        "uid": f"toteboard-{name}",
        "title": title,
        "tags": ["toteboard"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {
            "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, 24 // WIDTH)
    return {
        "id": number + 1,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
            for at, (legend, expr) in enumerate(panel.queries.items())
        ],
    }


def text(name: str) -> str:
    """The file's text."""
    return json.dumps(dashboard(name), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")
