"""`aiact-rules run`: a real command, its signals and exit codes; where the release is refused it never starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aiact_rules.artifacts import digest_of
from aiact_rules.decision_log.opening import open_log
from aiact_rules.hosts.starting import run_below
from tests.cli.conftest import EXAMPLES, ROOT

POSIX = pytest.mark.skipif(os.name == "nt", reason="a process cannot become another one on Windows")
ALLOWED = str(EXAMPLES / "minimal")
HELD = str(EXAMPLES / "silent")
SERVER = """
import os, signal, sys, time, pathlib
def leave(number, frame):
    print("signal", number, flush=True)
    sys.exit(40 + number)
signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(60)
"""


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aiact_rules", "run", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=60)


def touch(file: Path, code: int = 0) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; open({str(file)!r}, 'w').close(); sys.exit({code})")


@pytest.mark.parametrize("code", [0, 3, 1, 2])
def test_the_exit_code_is_that_of_the_command(tmp_path: Path, code: int) -> None:
    done = run("--release", ALLOWED, "--", *touch(tmp_path / "started", code))
    assert done.returncode == code
    assert (tmp_path / "started").exists()
    assert "aiact-rules: allowed: start" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (["--release", HELD], 1, "refused: start"),
        (["--release", ALLOWED, "--release", HELD], 1, "examples/silent"),
        (["--release", "/nowhere"], 2, "there is no such file"),
        (["--release", ALLOWED, "--set", "system.practises=[]"], 2, "did you mean `system.practices`?"),
        (["--release", ALLOWED, "--market", "ZZ"], 2, "no installed pack covers the market `ZZ`"),
        (["--release", ALLOWED, "--settings", "/nowhere.toml"], 2, "nowhere.toml"),
        ([], 2, "--release"),
    ],
)
def test_what_is_refused_is_never_started(tmp_path: Path, given: list[str], code: int, said: str) -> None:
    done = run(*given, "--", *touch(tmp_path / "started"))
    assert done.returncode == code
    assert said in done.stderr
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize(("release", "code"), [(ALLOWED, 0), (HELD, 1), ("/nowhere", 2)])
def test_without_a_command_the_exit_code_is_the_answer(release: str, code: int) -> None:
    assert run("--release", release).returncode == code


def test_a_command_that_does_not_exist_or_cannot_be_started_is_exit_code_2(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"\x00\x01")
    (tmp_path / "data").chmod(0o755)
    for name in ("no-such-command", str(tmp_path / "data")):
        assert run("--release", ALLOWED, "--", name).returncode == 2


def test_options_of_the_command_are_its_own(tmp_path: Path) -> None:
    done = run(
        "--release", ALLOWED, "--quiet", "--", sys.executable, "-c", "import sys; print(sys.argv[1:])", "--log", "x"
    )
    assert done.stdout == "['--log', 'x']\n"
    assert done.stderr == ""


def started(pid_file: Path) -> int:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if pid_file.exists() and pid_file.read_text():
            return int(pid_file.read_text())
        time.sleep(0.05)
    raise AssertionError("it did not start")


@POSIX
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_becomes_the_command_which_gets_the_signals(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "aiact_rules", "run", "--release", ALLOWED, "--"]
    with subprocess.Popen(
        [*command, sys.executable, "-c", SERVER, str(tmp_path / "pid")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert started(tmp_path / "pid") == process.pid
        process.send_signal(number)
        assert process.wait(30) == 40 + number
        assert process.stdout is not None
        assert process.stdout.read() == f"signal {int(number)}\n"


@POSIX
def test_the_command_ignores_no_signal_that_others_do_not() -> None:
    done = run("--release", ALLOWED, "--quiet", "--", "grep", "SigIgn", "/proc/self/status")
    if "SigIgn" not in done.stdout:
        pytest.skip("this system does not tell")
    assert int(done.stdout.split()[1], 16) & (1 << (signal.SIGPIPE - 1)) == 0


@POSIX
def test_the_way_of_windows_hands_on_signals_and_the_exit_code(tmp_path: Path) -> None:
    below = (
        "import sys\nfrom aiact_rules.hosts.starting import run_below\nsys.exit(run_below(sys.argv[1], sys.argv[1:]))"
    )
    command = [sys.executable, "-c", below, sys.executable, "-c", SERVER, str(tmp_path / "pid")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        child = started(tmp_path / "pid")
        assert child != process.pid
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 40 + signal.SIGTERM


@POSIX
def test_a_command_that_a_signal_ends_gives_128_and_its_number() -> None:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = run_below("/bin/sh", ["sh", "-c", "kill -9 $$"])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert code == 128 + signal.SIGKILL


def test_every_start_is_recorded(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    for release, code in ((ALLOWED, 0), (HELD, 1), ("/nowhere", 2)):
        assert run("--release", release, "--log", str(log), "--", *touch(tmp_path / "started")).returncode == code
    acts = [entry.record["act"] for entry in open_log(log).entries()]
    assert [act["outcome"] for act in acts] == ["allowed", "refused", "undecided"]
    assert {act["host"] for act in acts} == {"run"}
    assert all(act["action"].startswith("start ") for act in acts)


def test_the_decision_names_the_bytes_that_are_started(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"weights")
    log = tmp_path / "log.sqlite"
    given = ("--release", ALLOWED, "--artifact", str(tmp_path / "weights.bin"), "--log", str(log))
    assert run(*given).returncode == 0
    record = open_log(log).entry(0).record
    digest = digest_of(tmp_path / "weights.bin")
    assert record["decision"]["subject"]["digest"] == digest
    assert record["act"]["artifact"] == {"name": "spam-filter", "digest": digest}
    assert run("--release", ALLOWED, "--artifact", "/nowhere", "--", *touch(tmp_path / "started")).returncode == 2
    assert not (tmp_path / "started").exists()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with weights, a key of ours and of another, and statements about the weights: good, held, old."""
    pytest.importorskip("cryptography", reason="the extra `sign` is not installed")
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder = tmp_path_factory.mktemp("signed")
    (folder / "model.bin").write_bytes(b"weights")
    (folder / "other.bin").write_bytes(b"others")
    for name in ("own", "foreign"):
        key = Ed25519PrivateKey.generate()
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / f"{name}.pem").write_bytes(key.private_bytes(*form))
        public = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pub").write_bytes(key.public_key().public_bytes(*public))
    for name, release in (("good", ALLOWED), ("held", HELD)):
        given = [release, "--artifact", str(folder / "model.bin"), "--key", str(folder / "own.pem")]
        command = [sys.executable, "-m", "aiact_rules", "attest", *given, "--output", str(folder / f"{name}.json")]
        subprocess.run(command, check=False, capture_output=True)
    (folder / "broken.json").write_text("{}")
    return folder


@pytest.mark.parametrize(
    ("statement", "artifact", "key", "code", "said"),
    [
        ("good", "model.bin", "own", 0, "allowed: start"),
        ("held", "model.bin", "own", 1, "verdict: hold"),
        ("good", "other.bin", "own", 2, "subject: it is about"),
        ("good", "model.bin", "foreign", 2, "signature: none by the key given"),
        ("broken", "model.bin", "own", 2, "broken.json"),
        ("missing", "model.bin", "own", 2, "missing.json"),
    ],
)
def test_an_attestation_must_be_genuine_about_these_bytes_and_good_enough(
    signed: Path, tmp_path: Path, statement: str, artifact: str, key: str, code: int, said: str
) -> None:
    log = tmp_path / "log.sqlite"
    given = ["--release", ALLOWED, "--artifact", str(signed / artifact), "--log", str(log)]
    given += ["--attestation", str(signed / f"{statement}.json"), "--key", str(signed / f"{key}.pub")]
    done = run(*given, "--", *touch(tmp_path / "started"))
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert (tmp_path / "started").exists() == (code == 0)
    (act,) = [entry.record["act"] for entry in open_log(log).entries()]
    assert act["outcome"] == ("allowed", "refused", "undecided")[code]


@pytest.mark.parametrize("missing", ["--key", "--artifact", "--attestation"])
def test_an_attestation_without_key_or_artifact_starts_nothing(signed: Path, tmp_path: Path, missing: str) -> None:
    given = {"--artifact": "model.bin", "--attestation": "good.json", "--key": "own.pub"}
    del given[missing]
    options = [text for name, file in given.items() for text in (name, str(signed / file))]
    assert run("--release", ALLOWED, *options, "--", *touch(tmp_path / "started")).returncode == 2
    assert not (tmp_path / "started").exists()


def test_what_cannot_be_recorded_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    done = run("--release", ALLOWED, "--log", str(tmp_path / "log"), "--", *touch(tmp_path / "started"))
    assert done.returncode == 2
    assert not (tmp_path / "started").exists()


@POSIX
def test_the_page_shows_what_a_person_sees(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "hosts" / "start.md").read_text(encoding="utf-8")
    shown = re.search(r"```console\n\$ aiact-rules run (.*?)\n(.*?)\$ echo", page, re.DOTALL)
    assert shown is not None
    (tmp_path / "vllm").write_text("#!/bin/sh\n")
    (tmp_path / "vllm").chmod(0o755)
    command = [sys.executable, "-m", "aiact_rules", "run", *shown[1].split()]
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    masked = [re.sub(r"[0-9a-f]{64}|\d+", "0", text) for text in (done.stderr, shown[2])]
    assert masked[0] == masked[1]
