"""What is kept of a folder of backups, and what goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from toteboard.backups.place import BackupFailed, Base, Place
from toteboard.backups.tools import connection

BEGAN = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
SEGMENT = "0000000100000000000000"


def base(place: Place, day: int, *, first: int, wal: str) -> Base:
    at = BEGAN + timedelta(days=day)
    made = Base(
        name=f"{at:%Y%m%dT%H%M%SZ}",
        system="7",
        began_at=at,
        ended_at=at + timedelta(minutes=1),
        first_segment=f"{SEGMENT}{first:02X}",
        wal=wal,
        bytes=1,
        user="owner",
        database="toteboard",
        toteboard="1",
    )
    place.of(made).mkdir(parents=True)
    (place.of(made) / "base.json").write_text(made.as_json())
    return made


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Three bases, the first of other WAL than the last two."""
    place = Place(tmp_path / "place")
    place.make()
    for name, segments in (("a", range(1, 4)), ("b", range(7, 12))):
        place.wal(name).mkdir()
        for number in segments:
            (place.wal(name) / f"{SEGMENT}{number:02X}").touch()
    (place.wal("b") / f"{SEGMENT}0C.partial").touch()
    (place.wal("b") / "00000002.history").touch()
    base(place, 0, first=2, wal="a")
    base(place, 1, first=8, wal="b")
    base(place, 2, first=10, wal="b")
    return place


def left(place: Place, wal: str) -> list[str]:
    return sorted(path.name.removeprefix(SEGMENT) for path in place.wal(wal).iterdir())


def test_the_newest_stay_with_the_wal_that_they_need(place: Place) -> None:
    assert [one.name[:8] for one in place.prune(2)] == ["20261128"]
    assert not place.wal("a").exists()
    assert left(place, "b") == ["00000002.history", "08", "09", "0A", "0B", "0C.partial"]
    place.prune(1)
    assert left(place, "b") == ["00000002.history", "0A", "0B", "0C.partial"]
    assert place.prune(1) == []


def test_a_moment_is_reached_from_the_last_base_before_it(place: Place) -> None:
    assert place.base_for(None).name[:8] == "20261130"
    assert place.base_for(BEGAN + timedelta(days=1, hours=1)).name[:8] == "20261129"
    # A base that was still being taken does not know what came while it was.
    assert place.base_for(BEGAN + timedelta(days=1, seconds=59)).name[:8] == "20261128"
    with pytest.raises(BackupFailed, match="the oldest backup"):
        place.base_for(BEGAN)
    assert [path.name for path in place.segments_after(place.base_for(None))] == [
        *(f"{SEGMENT}0A", f"{SEGMENT}0B", f"{SEGMENT}0C.partial", "00000002.history"),
    ]


def test_one_takes_a_base_at_a_time(place: Place) -> None:
    with place.only_one(), pytest.raises(BackupFailed, match="under way"), place.only_one():
        pass


def test_what_cannot_be_read_is_named(place: Place) -> None:
    (place.folder / "bases/20261128T200000Z/base.json").write_text("{")
    with pytest.raises(BackupFailed, match=r"20261128T200000Z/base\.json cannot be read"):
        place.bases()


@pytest.mark.parametrize(
    ("dsn", "address", "password"),
    [
        ("postgresql://me:pass%2Fword@db:5432/tote", "postgresql://me@db:5432/tote", "pass/word"),
        (
            "postgresql://me@/tote?host=/run/x&password=secret",
            "postgresql://me@/tote?host=/run/x",
            "secret",
        ),
        ("postgres://db/tote?sslmode=verify-full", "postgres://db/tote?sslmode=verify-full", None),
    ],
)
def test_a_password_goes_by_the_environment(dsn: str, address: str, password: str | None) -> None:
    told, environment = connection(dsn)
    assert told == address
    assert environment.get("PGPASSWORD") == password
