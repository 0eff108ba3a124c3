"""Every setting of Toteboard: its name, default, bounds and one line of why. Read once, then frozen.

A setting `queue_max` is the environment variable `TOTEBOARD_QUEUE_MAX`. `docs/settings.md` is written from this file.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from toteboard.logs import LogFormat

PREFIX = "TOTEBOARD_"
# A folder with a file for each setting that is a secret, as Docker and Kubernetes mount them.
SECRETS_FOLDER = PREFIX + "SECRETS_FOLDER"
# Connections that wait to be accepted, of every port we listen on.
BACKLOG = 4096


class SettingRefused(ValueError):
    """A setting cannot be what it is set to; the text is one line for the operator."""


class ReplicaFallback(StrEnum):
    """What is done while the standby is too old to be read, or away."""

    REFUSE = "refuse"
    PRIMARY = "primary"


class ProcessRole(StrEnum):
    """What a process does: `all` of it on one machine; `api` answers requests, `feed` serves sockets and boards, `worker`
    closes markets and pays settlements.
    """

    ALL = "all"
    API = "api"
    FEED = "feed"
    WORKER = "worker"

    @property
    def serves_api(self) -> bool:
        """Whether it answers the API."""
        return self in (ProcessRole.ALL, ProcessRole.API)

    @property
    def serves_feed(self) -> bool:
        """Whether it serves sockets and boards."""
        return self in (ProcessRole.ALL, ProcessRole.FEED)

    @property
    def works(self) -> bool:
        """Whether it pays and closes."""
        return self in (ProcessRole.ALL, ProcessRole.WORKER)


def _setting(default: Any, why: str, *, least: int | None = None, most: int | None = None) -> Any:
    return Field(default, description=why, ge=least, le=most)


class Settings(BaseModel):
    """What a process is set to. `Settings()` has the defaults, `Settings.read()` what the environment says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: ProcessRole = _setting(
        ProcessRole.ALL, "what this process does: all; or api, feed or worker beside others on the same database"
    )
    database_url: str = _setting("", "a PostgreSQL of one's own, 16 or newer; empty: the embedded one under --data")
    app_database_url: str = _setting(
        "",
        "the login the application works under; alone, it serves what was migrated; empty: database_url's, as toteboard_app",
    )
    postgres: str = _setting(
        "", "the folder of a PostgreSQL's programs, 16 or newer, to run under --data; empty: the one we carry"
    )
    sandbox: bool = _setting(
        False, "a server to try things on: points only, accounts by invitation, and every screen says so"
    )
    demo: bool = _setting(
        False, "anybody signs in as anybody of the demo, as `toteboard sandbox` has it; never with real money"
    )
    origins: str = _setting(
        "", "further origins that may call the API from a browser, comma-separated; empty: only our own"
    )
    trusted_proxies: int = _setting(
        0, "how many proxies of ours stand in front and append to X-Forwarded-For", least=0, most=5
    )
    secure_cookies: bool = _setting(
        False, "mark cookies Secure although we are reached by plain http behind a TLS proxy"
    )

    books_poll_s: int = _setting(
        5, "how often the books are summed up; what differs twice stops betting in its tournament", least=1, most=3600
    )
    standing_poll_s: int = _setting(
        10, "how often a process that works looks how the ledger stands, for its metrics", least=1, most=3600
    )
    replica_url: str = _setting(
        "", "a standby that exports, statements, the audit log and the books are read from; empty: the primary"
    )
    replica_lag_max_s: int = _setting(30, "a replica that is older is not read", least=1, most=86_400)
    replica_fallback: ReplicaFallback = _setting(
        ReplicaFallback.PRIMARY, "what is done then: `primary`, a few read there at once; or `refuse`, an answer 503"
    )
    replica_primary_max: int = _setting(1, "how many read from the primary at once then; more: 503", least=1, most=64)
    pool_max: int = _setting(8, "database connections for everything but bets", least=2, most=64)
    pool_person_max: int = _setting(
        2, "of these, connections that one person's requests have at once; further ones wait", least=1, most=64
    )
    lanes: int = _setting(2, "connections that take bets, each with one batch in flight", least=1, most=16)
    batch_max: int = _setting(250, "bets in one transaction", least=1, most=2000)
    queue_max: int = _setting(4000, "bets waiting in one lane; one more is answered 503", least=1, most=100_000)
    queue_wait_s: int = _setting(
        10, "how long a bet may wait for its verdict before the answer is 'unknown'", least=1, most=60
    )
    drain_s: int = _setting(
        0,
        "how long /readyz is 503, and requests are served on, before SIGTERM stops: until proxies have seen it",
        most=120,
    )
    retry_after_s: int = _setting(1, "seconds that an answer 503 tells the client to wait", least=1, most=60)
    statement_timeout_s: int = _setting(30, "no statement of the application runs longer", least=1, most=600)

    connections_max: int = _setting(
        15_000, "open connections of one process, feeds among them; fewer where it may open fewer files", least=10
    )
    connections_address_max: int = _setting(
        4000, "open connections of one address (IPv6: of one /64), which a whole hall may share", least=4
    )
    request_wait_s: int = _setting(
        10, "how long a connection may be silent at first, and the head of a request take to arrive", least=1, most=120
    )
    write_wait_s: int = _setting(
        60, "an answer that its reader does not take on with for so long ends the connection", least=1, most=3600
    )
    header_bytes_max: int = _setting(32_768, "bytes of a request's line and headers", least=4096, most=1_048_576)
    headers_max: int = _setting(100, "headers of a request", least=20, most=1000)
    pipeline_max: int = _setting(
        32, "requests sent before the answers to those before; one more ends the connection", least=1, most=1000
    )
    body_max: int = _setting(65_536, "bytes of a request body", least=1024, most=16_777_216)
    bet_body_max: int = _setting(1024, "bytes of a bet", least=256, most=65_536)
    body_wait_s: int = _setting(
        10, "how long a request's body may take to arrive; later is answered 408", least=1, most=120
    )
    import_bytes_max: int = _setting(4_000_000, "bytes of a file imported at the desk", least=65_536, most=16_777_216)
    import_wait_s: int = _setting(
        60, "how long a file imported at the desk may take to arrive; later: 408", least=1, most=600
    )
    imports_max: int = _setting(
        2, "files imported at the desk at the same time, in one process; more: 503", least=1, most=32
    )
    json_depth_max: int = _setting(32, "nesting of a JSON body", least=4, most=256)
    page_max: int = _setting(200, "rows in one page of a list", least=10, most=1000)

    session_days: int = _setting(14, "a sign-in lasts this long", least=1, most=90)
    session_cache_max: int = _setting(20_000, "sessions remembered by a process", least=10, most=1_000_000)
    session_cache_s: int = _setting(
        5, "how long a remembered session is believed without asking the database", least=1, most=60
    )
    sign_in_tries_max: int = _setting(
        10, "wrong passwords for one address and one account in five minutes", least=3, most=1000
    )
    register_tries_max: int = _setting(30, "registrations from one address in five minutes", least=1, most=100_000)
    invitation_tries_max: int = _setting(
        10, "wrong invitation codes from one person in five minutes", least=1, most=1000
    )
    invitation_address_tries_max: int = _setting(
        100, "wrong invitation codes from one address, which a whole hall may share", least=1, most=100_000
    )
    throttled_max: int = _setting(
        50_000, "addresses and accounts whose tries are remembered", least=100, most=1_000_000
    )
    password_memory_kib: int = _setting(
        19_456, "what argon2id takes for one password; less only in tests", least=8, most=1_048_576
    )
    password_lanes: int = _setting(2, "passwords looked at at the same time", least=1, most=32)
    password_queue_max: int = _setting(
        200, "passwords waiting to be looked at; one more is answered 503", least=1, most=10_000
    )
    tokens_max: int = _setting(20, "API tokens one person may have", least=1, most=1000)
    limits_everywhere: bool = _setting(
        False, "a bettor's own limits count all their tournaments of one currency together, not each alone"
    )
    feedback_tries_max: int = _setting(
        5,
        "how often one person, or one address that nobody is signed in at, says something of a screen in five minutes",
    )
    feedback_day_max: int = _setting(
        500,
        "how often all who are signed in do in a day together, and all who are not; of one a tenth of it",
        least=1,
        most=100_000,
    )
    kyc_checks_max: int = _setting(5, "identity checks one person may begin in a day", least=1, most=1000)

    feed_hz: int = _setting(10, "updates a second for one subscriber", least=1, most=50)
    beat_s: int = _setting(5, "seconds of silence after which the feed sends a heartbeat", least=1, most=60)
    socket_buffer_max: int = _setting(
        262_144, "bytes waiting for one reader; one more and it is dropped to a snapshot", least=16_384
    )
    socket_unsent_max: int = _setting(
        16_384, "bytes the kernel may hold unsent for one reader, so that a slow one shows", least=4096
    )
    socket_behind_s: int = _setting(
        30, "a reader dropped to a snapshot that takes nothing for this long is closed", least=1, most=600
    )
    socket_recheck_s: int = _setting(
        300, "how often the session behind an open feed is looked at without a wake-up", least=1
    )
    sockets_max: int = _setting(12_000, "open feeds in one process", least=10, most=100_000)
    socket_messages_max: int = _setting(20, "messages a client may send in ten seconds", least=1, most=1000)
    socket_bytes_max: int = _setting(
        16_384, "bytes a client may send on its feed in ten seconds, of whatever kind", least=1024, most=1_048_576
    )
    socket_frames_max: int = _setting(
        100, "frames a client may send on its feed in ten seconds, pings and pongs among them", least=20, most=10_000
    )
    socket_message_max: int = _setting(256, "bytes of a message from a client", least=64, most=65_536)
    socket_slice: int = _setting(1000, "readers written to before accepts and bets get a turn", least=10, most=100_000)
    resume_max: int = _setting(100_000, "events after which a resuming client gets a snapshot", least=1)
    desk_bets_max: int = _setting(500, "bets in one message to an organizer", least=1, most=10_000)
    desk_queue_max: int = _setting(
        20_000, "bets waiting to be shown to organizers; past it they are told to look again", least=1
    )
    names_max: int = _setting(20_000, "bettors' names remembered by a process", least=10, most=1_000_000)
    boards_max: int = _setting(200, "tournaments whose boards a process keeps", least=1, most=10_000)
    board_idle_s: int = _setting(300, "a board nobody asks for is kept this long", least=1, most=86_400)
    tail_poll_s: int = _setting(1, "the feed looks for events this often even if nothing woke it", least=1, most=30)
    nats_url: str = _setting(
        "",
        "the NATS between processes: nats://user:password@a:4222,nats://b:4222, or tls://; empty: PostgreSQL's NOTIFY",
    )
    nats_prefix: str = _setting("toteboard", "what our subjects on NATS begin with: another one for each installation")
    tail_gap_ms: int = _setting(5, "pause between two looks for events in a busy moment", least=0, most=100)
    tail_page_max: int = _setting(200, "events of one tournament read at once", least=1, most=10_000)
    pulse_look_back: int = _setting(
        20_000, "events looked back through for the pulse and tape of a new board", least=100
    )

    bets_look_back: int = _setting(4000, "events looked back through for one page of a tournament's bets", least=100)

    settle_chunk: int = _setting(500, "bets paid in one transaction of a settlement", least=1, most=10_000)
    close_poll_ms: int = _setting(250, "how often markets past closes_at are looked for", least=50, most=10_000)

    audit_settle_ms: int = _setting(
        1000, "how long a look at the audit log waits for what is being written at that moment", least=0, most=10_000
    )
    audit_people_max: int = _setting(20, "people that a name in the audit log's filter may fit", least=1, most=200)
    ops_errors_max: int = _setting(50, "last warnings and errors shown to the operator", least=1, most=1000)
    ops_error_text_max: int = _setting(
        500, "characters of a warning or error shown to the operator", least=80, most=10_000
    )
    ops_books_s: int = _setting(3600, "a derivation of the books asked for in /ops is given up after this", least=1)
    ready_lag_s: int = _setting(
        5, "a feed that has not compared itself with the database for so long is not ready", least=1, most=600
    )
    ops_wait_ms: int = _setting(2000, "how long /ops waits for the database before it says so", least=100, most=30_000)

    exports_max: int = _setting(3, "sheets one process makes at the same time", least=1, most=32)
    exports_queue_max: int = _setting(20, "sheets waiting for their turn; one more is answered 503", least=0, most=1000)
    export_wait_s: int = _setting(
        20, "how long an export waits for its turn before it is answered 503", least=0, most=300
    )
    export_page: int = _setting(500, "rows of a sheet read and written at once", least=1, most=10_000)
    export_rows_max: int = _setting(10_000_000, "rows of a sheet; a longer one is refused", least=10)
    export_s: int = _setting(1800, "a download that is not over by then is ended, however slow its reader", least=1)
    export_statement_s: int = _setting(120, "no statement of an export runs longer", least=1, most=3600)
    exports_remembered_max: int = _setting(500, "downloads whose progress can be asked for", least=1, most=100_000)

    reports_max: int = _setting(1, "reports one process makes at the same time", least=1, most=16)
    reports_queue_max: int = _setting(
        10, "reports waiting for their turn; one more is answered 503", least=0, most=1000
    )
    reports_kept_max: int = _setting(20, "reports a process keeps after they were made", least=1, most=1000)
    report_s: int = _setting(1800, "a report that is not made by then is given up", least=1)
    report_statement_s: int = _setting(600, "no statement of a report runs longer", least=1, most=3600)

    kyc_checks_day_max: int = _setting(
        1000, "identity checks by third parties begun in a day, by everybody together: each costs money", least=1
    )
    kyc_poll_s: int = _setting(30, "how often providers are asked about checks whose message may be lost", least=1)
    kyc_valid_days: int = _setting(0, "a third party's check is good for so many days; 0: for good", least=0, most=3650)
    kyc_identity_key: str = _setting(
        "", "what marks of identities are hashed with, so that one person has one account; at least 32 characters"
    )
    kyc_veriff_url: str = _setting("https://stationapi.veriff.com", "the base URL of the Veriff integration")
    kyc_veriff_key: str = _setting("", "the API key of the Veriff integration; empty: no Veriff")
    kyc_veriff_secret: str = _setting("", "the shared secret of the Veriff integration")
    kyc_onfido_url: str = _setting("https://api.eu.onfido.com", "the base URL of the Onfido region")
    kyc_onfido_token: str = _setting("", "the API token of Onfido; empty: no Onfido")
    kyc_onfido_webhook_token: str = _setting("", "the token that Onfido signs its webhook with")
    kyc_onfido_workflow: str = _setting("", "the id of the Onfido workflow that checks an identity")
    kyc_sandbox_url: str = _setting("", "where the sandbox identity provider is reached by a browser")
    kyc_sandbox_secret: str = _setting("", "what the sandbox identity provider signs with; at least 32 characters")
    smtp_url: str = _setting(
        "", "the mail server that codes for a new password are sent by: smtp://user:password@host:587 or smtps://"
    )
    confirm_addresses: bool = _setting(
        True, "where mail is sent, whoever registers confirms the address with a code; nobody learns who is registered"
    )
    feedback_slack_url: str = _setting(
        "", "the webhook of the channel of Slack that is told what people say of a screen; empty: none is"
    )
    mail_from: str = _setting("toteboard@localhost", "whom letters of this server are from")
    log_format: LogFormat = _setting(LogFormat.TEXT, "lines of the log: text for people, or json for machines")
    trace_url: str = _setting(
        "", "the OTLP/HTTP address of a collector, http://127.0.0.1:4318/v1/traces; empty: no bet is traced"
    )
    trace_one_in: int = _setting(1000, "of so many bets one is traced, where any are", least=1, most=1_000_000_000)
    listening: str = _setting("", "the address that the processes listen on; `serve` says it to them itself")
    data_folder: str = _setting(
        "", "where the embedded database's files are, to measure its disk; `serve` says it itself"
    )
    metrics_folder: str = _setting("", "where worker processes say their metrics to `serve`, which says it itself")
    asset_url: str = _setting(
        "",
        "where browsers load scripts, styles and fonts from, as https://cdn.example.org: a CDN that asks us for /assets",
    )
    assets_folder: str = _setting(
        "", "keeps the scripts, styles and fonts of the last releases, for pages that were open before an upgrade"
    )
    public_url: str = _setting(
        "",
        "how the world reaches us, for links, QR codes and posters; empty: the request's own host, or the LAN's",
    )

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None, **given: Any) -> Self:
        """What is `given`, else TOTEBOARD_* of `env` (the process's own, and its folder of secrets), else the default.

        Raises SettingRefused, one line that names every variable that is wrong.
        """
        given = {name: value for name, value in given.items() if value is not None}
        try:
            if env is None:
                from_outside = _Environment(_secrets_dir=_secrets_folder(), **given)  # type: ignore[call-arg]
                return cls(**from_outside.model_dump(exclude_unset=True))
            variables = {name: PREFIX + name.upper() for name in cls.model_fields}
            return cls(**({name: env[variable] for name, variable in variables.items() if variable in env} | given))
        except ValidationError as error:
            raise SettingRefused("; ".join(_line(one) for one in error.errors())) from None
        except SettingsError as error:
            raise SettingRefused(f"{SECRETS_FOLDER}: {error}") from None

    def changed(self, **given: Any) -> Self:
        """The same settings but for these. Raises SettingRefused."""
        return self.read({}, **(self.model_dump(exclude_defaults=True) | given))

    def as_environment(self) -> dict[str, str]:
        """All of them as variables: a worker process reads the same settings, whatever its environment said before."""
        return {PREFIX + name.upper(): str(value) for name, value in self.model_dump(mode="json").items()}


class _Environment(BaseSettings, Settings):
    """The same fields, read from the environment and the folder of secrets."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")


def _secrets_folder() -> str | None:
    """The folder of secrets, if there is to be one. One that is missing is no folder without secrets: it is a mistake."""
    folder = os.environ.get(SECRETS_FOLDER)
    if folder and not Path(folder).is_dir():
        raise SettingRefused(f"{SECRETS_FOLDER} is {folder!r}: there is no such folder")
    return folder or None


def _line(error: Any) -> str:
    """ "TOTEBOARD_LANES is 99: less than or equal to 16"; a secret is not repeated."""
    name = str(error["loc"][0]).upper().removeprefix(PREFIX)
    value = "wrong" if "SECRET" in name or "URL" in name else repr(error["input"])
    return f"{PREFIX}{name} is {value}: {error['msg'].removeprefix('Input should be ')}"
