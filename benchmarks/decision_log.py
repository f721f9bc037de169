"""Decision log: how many entries a second go into it, on SQLite and on PostgreSQL, by one writer and by eight. Updates docs/performance.md.

    python benchmarks/decision_log.py            both databases, in turns, beside a file that is written and synchronised
    python benchmarks/decision_log.py --quick    shorter, nothing written

PostgreSQL is that of AIACT_TEST_POSTGRES_URL, else the one on its usual local port; it needs the extra `postgres`. Every figure
comes from one run. Exit code 1 where a chain is not whole afterwards.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

import psycopg  # noqa: E402

from aiact_rules.decision_log.acts import Act, Artifact, Outcome  # noqa: E402
from aiact_rules.decision_log.opening import open_log  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- log: begin -->", "<!-- log: end -->"
POSTGRES = os.environ.get("AIACT_TEST_POSTGRES_URL") or "postgresql://root@127.0.0.1:5432/postgres"
SCHEMA = f"aiact_benchmark_{os.getpid()}"
WRITERS = 8
ROUNDS = 4


@contextmanager
def addresses(folder: Path) -> Iterator[dict[str, str]]:
    """Yield a log on each database, the second in a schema of its own that is removed afterwards."""
    options = quote(f"-csearch_path={SCHEMA}")
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
        try:
            yield {
                "SQLite": str(folder / "log.db"),
                "PostgreSQL": f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}options={options}",
            }
        finally:
            connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


def held(address: str, record: dict[str, object], seconds: float) -> int:
    """Return the same for a writer that holds the log open meanwhile, as `check` does."""
    with open_log(address).held():
        return appended(address, record, seconds)


def appended(address: str, record: dict[str, object], seconds: float) -> int:
    """Return how many entries one writer adds in so many seconds."""
    log, act = open_log(address), Act("benchmark", "append", Outcome.JUDGED, "nobody", Artifact("m", "1"))
    log.append(record, act=act)
    count, until = 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        log.append(record, act=act)
        count += 1
    return count


def synchronised(folder: Path, text: bytes, seconds: float) -> int:
    """Return how often a text of the same size is added to a file and synchronised with the disk."""
    count, until = 0, time.perf_counter() + seconds
    with (folder / "file").open("ab", buffering=0) as file:
        while time.perf_counter() < until:
            file.write(text)
            os.fsync(file.fileno())
            count += 1
    return count


def by_many(call: Callable[[], int]) -> int:
    """Return the sum of what so many processes count at once."""
    read, write = os.pipe()
    children = []
    for _ in range(WRITERS):
        child = os.fork()
        if child == 0:
            count = call()
            os.write(write, count.to_bytes(8, "big"))
            os._exit(0)
        children.append(child)
    os.close(write)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        sys.exit(f"{len(failed)} writers failed")
    return sum(int.from_bytes(os.read(read, 8), "big") for _ in children)


def table(folder: Path, seconds: float) -> Iterator[str]:
    record = Gate().check(ROOT / "examples" / "cv-screening", as_of=date(2026, 11, 22)).as_record()
    with addresses(folder) as found:
        for address in found.values():
            open_log(address).append(record)
        size = len(open_log(found["SQLite"]).entry(1).text.encode())
        text = b"x" * size
        ways: dict[str, Callable[[], int]] = {
            "file, written and synchronised": lambda: synchronised(folder, text, seconds)
        }
        for name, address in found.items():
            ways[f"{name}, one writer"] = lambda a=address: appended(a, record, seconds)
            if name == "SQLite":  # on PostgreSQL the connection is kept anyway
                ways[f"{name}, one writer that holds it open"] = lambda a=address: held(a, record, seconds)
            ways[f"{name}, {WRITERS} writers at once"] = lambda a=address: by_many(lambda: appended(a, record, seconds))
        counts = dict.fromkeys(ways, 0)
        for _ in range(ROUNDS):
            for name, way in ways.items():
                counts[name] += way()
        for name, address in found.items():
            verified = open_log(address).verify()
            if verified.problems:
                sys.exit(f"{name}: {verified.problems[0]}")
    first = next(iter(counts.values()))
    yield f"| an entry of {size / 1e3:.1f} kB (`cv-screening`) | a second | of the file |"
    yield "| --- | ---: | ---: |"
    for name, count in counts.items():
        yield f"| {name} | {count / seconds / ROUNDS:,.0f} | {count / first:.2f} |"
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    text = (
        f"Measured by `python benchmarks/decision_log.py` with Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, {date.today()}.\n\n"
    )
    with TemporaryDirectory() as folder:
        for line in table(Path(folder), 0.5 if chosen.quick else 3.0):
            text += line + "\n"
    print(text)
    if not chosen.quick:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}{END}{rest.split(END, 1)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
