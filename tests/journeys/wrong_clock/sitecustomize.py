"""Read by Python at its start where this folder is on its path: the process's clock is off by TOTEBOARD_TEST_CLOCK_S."""

import datetime as module
import os
import time
from datetime import datetime, timedelta, tzinfo

OFF_S = int(os.environ["TOTEBOARD_TEST_CLOCK_S"])
_time, _time_ns = time.time, time.time_ns


class WrongDatetime(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=OFF_S)


time.time = lambda: _time() + OFF_S
time.time_ns = lambda: _time_ns() + OFF_S * 1_000_000_000
module.datetime = WrongDatetime  # type: ignore[misc]
