"""Every metric we are scraped for, by its name: the one place that names them. What each is read from stands in reading.py.

By Prometheus's conventions: base units, `_total` for what only grows, labels of which there are few. docs/metrics.md is
written from here.
"""

from dataclasses import dataclass
from enum import StrEnum

PREFIX = "toteboard_"


class Kind(StrEnum):
    """What a metric is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Merged(StrEnum):
    """What the values of several worker processes of one `serve` come to."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"


@dataclass(frozen=True, slots=True)
class Name:
    """One metric. A counter's name ends in `_total`."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    merged: Merged = Merged.SUM


_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
_MAX, _MIN = Merged.MAX, Merged.MIN

# fmt: off
NAMES: tuple[Name, ...] = (
    # The process
    Name("build_info", _G, "1, with what is running", ("version", "python", "role"), _MAX),
    Name("start_time_seconds", _G, "when the process began, in seconds since 1970", (), _MIN),
    Name("workers", _G, "processes that answer"),
    Name("loop_alive", _G, "1 while a background loop does its work, or waits for the database", ("loop",), _MIN),
    Name("loop_turns_total", _C, "turns a background loop has taken", ("loop",)),
    Name("loop_errors_total", _C, "errors in a background loop that nobody foresaw; it went on after each", ("loop",)),
    Name("log_lines_total", _C, "lines of our own loggers at WARNING and above", ("level",)),
    # Requests
    Name("http_requests_total", _C, "answers, by route as the program writes it", ("method", "route", "status")),
    Name("http_request_duration_seconds", _H, "from the end of a request until its answer begins", ("method", "route")),
    Name("connections_open", _G, "open connections, of requests and feeds"),
    Name("connections_max", _G, "how many there may be"),
    Name("connections_ended_total", _C, "connections the server ended or did not take; idle is as ever", ("reason",)),
    # Bets
    Name("bets_total", _C, "bets by verdict: taken, a refusal's code, busy, unknown, nothing_taken …",
         ("verdict",)),
    Name("bets_stakes_minor_units_total", _C, "staked on bets that were taken, in minor units", ("currency",)),
    Name("bets_batch_size", _H, "bets in a set, one transaction"),
    Name("bets_queue_wait_seconds", _H, "how long the first bet of a set had waited for it"),
    Name("bets_commit_seconds", _H, "how long a set took, from being sent to being committed"),
    Name("bets_queued", _G, "bets that wait for a set"),
    Name("bets_queue_max", _G, "how many may"),
    Name("bets_set_errors_total", _C, "sets that failed"),
    # The feed
    Name("feed_boards", _G, "boards in memory", (), _MAX),
    Name("feed_lag_seconds", _G, "from the commit of an event to its being read, the longest of the last minute", (), _MAX),
    Name("feed_events_behind", _G, "events in the database that the feed has not read", (), _MAX),
    Name("sockets_open", _G, "open feeds"),
    Name("sockets_max", _G, "how many there may be"),
    Name("sockets_behind", _G, "open feeds whose readers are too slow now"),
    Name("sockets_opened_total", _C, "feeds that were opened"),
    Name("sockets_closed_total", _C, "feeds that ended: client went by itself, others the server chose", ("reason",)),
    Name("sockets_fell_behind_total", _C, "how often a reader was too slow"),
    Name("feed_messages_total", _C, "messages written to sockets"),
    Name("feed_bytes_total", _C, "bytes of these messages"),
    # The bus between processes
    Name("bus_connected", _G, "1 while NATS takes what this process says", (), _MIN),
    Name("bus_heard", _G, "1 while events come from the bus, 0 while a feed takes them from the database instead", (), _MIN),
    Name("bus_messages_total", _C, "messages on the bus: said, heard, and of these unreadable", ("what",)),
    Name("bus_holes_total", _C, "what the bus told with a hole, which was read from the database"),
    Name("bus_silences_total", _C, "how often the bus fell silent"),
    Name("bus_events_total", _C, "events that the relay told the bus"),
    Name("leads", _G, "1 in the one process that closes and pays (work), and in the one that tells the bus (relay)",
         ("what",), _MAX),
    # The ledger, as a process that works last saw it
    Name("settlements_unfinished", _G, "settlements being paid", (), _MAX),
    Name("settlement_oldest_unfinished_seconds", _G, "how long ago the oldest of them was decided; 0 without one", (), _MAX),
    Name("settlements_bets_paid_total", _C, "bets that settlements have paid, of the whole ledger", (), _MAX),
    Name("books_balanced", _G, "1 where a tournament's accounts hold what was moved", ("tournament",), _MIN),
    Name("books_age_seconds", _G, "since the books were last summed up", (), _MIN),
    Name("tournament_bets_total", _C, "bets of a tournament since its beginning", ("tournament",), _MAX),
    Name("tournament_open_markets", _G, "markets of a tournament that take bets now", ("tournament",), _MAX),
    Name("next_close_seconds", _G, "until the next open market closes by itself: a rush comes before it", (), _MIN),
    # Identity
    Name("kyc_checks", _G, "identity checks by how they stand", ("provider", "status"), _MAX),
    Name("kyc_requests_total", _C, "questions to an identity provider", ("provider",)),
    Name("kyc_request_failures_total", _C, "of these, without an answer", ("provider",)),
    Name("kyc_provider_up", _G, "1 while an identity provider answers", ("provider",), _MIN),
    Name("kyc_webhooks_total", _C, "messages of providers: moved, polled and none were taken; forged and unreadable refused",
         ("provider", "result")),
    # What it stands on
    Name("database_up", _G, "0 while a loop of ours waits for a database that is away or cannot write", (), _MIN),
    Name("database_connections_open", _G, "connections of the pool; each lane of bets has one more"),
    Name("database_connections_in_use", _G, "of these, in use"),
    Name("database_connections_max", _G, "how many the pool may open"),
    Name("replica_streaming", _G, "1 while a replica, or a backup that follows, takes what is committed; 0 where it should",
         ("name",), _MIN),
    Name("replica_behind_bytes", _G, "what it has not got, and the database keeps for it", ("name",), _MAX),
    Name("replica_lag_seconds", _G, "how much later than here it is seen there", ("name",), _MAX),
    Name("replica_is_read", _G, "1 while what may be a moment old is read from TOTEBOARD_REPLICA_URL", (), _MIN),
    Name("replica_age_seconds", _G, "how old what is read there is", (), _MAX),
    Name("replica_reads_total", _C, "reads for it, from the replica, from the primary instead, refused", ("source",)),
    Name("backup_age_seconds", _G, "since the last whole backup was taken, and since one was last tried (drilled)",
         ("kind",), _MIN),
    Name("backup_whole", _G, "1 where the last one was whole and, drilled, its books balanced", ("kind",), _MIN),
    Name("disk_free_bytes", _G, "free where the data folder is", (), _MIN),
    Name("disk_size_bytes", _G, "of that file system", (), _MAX),
)
# fmt: on
BY_NAME = {name.name: name for name in NAMES}
