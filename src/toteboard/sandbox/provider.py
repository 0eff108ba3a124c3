"""The sandbox identity provider as a child of ours: it ends when its stdin does. What it is stands in kyc/."""

import os
import signal
import sys
import threading

from toteboard.kyc import sandbox_provider


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    sandbox_provider.main()
