"""Says in our log what the embedded PostgreSQL writes into its own, as it comes. Starts and stops nothing."""

import logging
import re
from pathlib import Path

# Not one of ours: what a statement was refused for is no error of the program.
log = logging.getLogger("postgres")

# As cluster.py sets log_line_prefix; what belongs to a line begins with a tab.
_LINE = re.compile(r"\d{4}-\d\d-\d\d [\d:.]+ UTC \[(?P<pid>\d+)\] (?:\S+@\S+ )?(?P<level>[A-Z]+\d?): +(?P<text>.*)")
_LEVELS = {
    "WARNING": logging.WARNING,
    "ERROR": logging.WARNING,
    "FATAL": logging.ERROR,
    "PANIC": logging.CRITICAL,
}
# More at once is left out: PostgreSQL's own log has it.
BYTES_MAX = 262_144


class LogFollower:
    """Reads on in PostgreSQL's log from where it ended when this was made."""

    def __init__(self, path: Path):
        self._path = path
        self._read = path.stat().st_size if path.exists() else 0

    def step(self, path: Path) -> None:
        """Says what was written since, at WARNING or above; `path` is the log that is written to now."""
        if path != self._path:
            self._path, self._read = path, 0
        try:
            size = path.stat().st_size
            if size < self._read:
                self._read = 0
            if size == self._read:
                return
            with path.open("rb") as file:
                file.seek(max(self._read, size - BYTES_MAX))
                text = file.read(size - file.tell())
        except OSError:
            return
        self._read = size
        for line in text.decode(errors="replace").splitlines():
            found = _LINE.match(line)
            if found is not None and (level := _LEVELS.get(found["level"])):
                log.log(level, "%s: %s", found["level"].lower(), found["text"], extra={"pid": int(found["pid"])})
