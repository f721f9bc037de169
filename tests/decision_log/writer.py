"""A process that appends to a decision log until it is stopped, and says which entries are kept."""

from __future__ import annotations

import sys
from pathlib import Path

from aiact_rules.decision_log.log import DecisionLog

from .sample import decision


def main() -> None:
    log, name, count = DecisionLog(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
    for number in range(count):
        entry = log.append(decision(f"{name}-{number}"))
        sys.stdout.write(f"{entry.seq} {entry.hash}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
