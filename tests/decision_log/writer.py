"""A process that forks writers of a decision log at once, each of which says which entries are kept until it is stopped.

It reads a line for each writer, `NAME COUNT`, and says its process id; a writer says its own id, number and hash of each entry.
"""

from __future__ import annotations

import os
import signal
import sys

from aiact_rules.decision_log.opening import open_log

from .sample import decision


def main() -> None:
    open_log(sys.argv[1])  # so that no writer spends its life importing a driver
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the writers
    for line in sys.stdin:
        name, count = line.split()
        process = os.fork()
        if process == 0:
            _write(sys.argv[1], name, int(count))
            os._exit(0)
        _say(f"started {name} {process}")


def _write(address: str, name: str, count: int) -> None:
    log = open_log(address)
    for number in range(count):
        entry = log.append(decision(f"{name}-{number}"))
        _say(f"kept {os.getpid()} {entry.seq} {entry.hash}")
    _say(f"done {os.getpid()}")


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # at once, so that the lines of several stay whole


if __name__ == "__main__":
    main()
