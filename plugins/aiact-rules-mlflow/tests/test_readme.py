"""The README followed word for word: its files, its server, its commands, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Server

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
TRY_IT = README.partition("## Try it\n")[2].partition("\n## ")[0]
CONSOLE = re.findall(r"```console\n(.*?)```", TRY_IT, re.DOTALL)


def files() -> dict[str, str]:
    """The files that the README names in the first line of their text."""
    blocks = re.findall(r"```(?:toml|python)\n# (\S+)\n(.*?)```", TRY_IT, re.DOTALL)
    return dict(blocks)


def steps() -> list[tuple[str, str]]:
    """Each command of the README with what it prints."""
    found = []
    for block in CONSOLE:
        for part in block.split("$ ")[1:] if block.startswith("$ ") else []:
            lines = part.splitlines(keepends=True)
            size = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\\n"))
            found.append(("".join(lines[:size]), "".join(lines[size:])))
    return found


def plain(text: str, server: Server) -> str:
    """A text without what differs from run to run."""
    text = text.replace(str(server.folder), "…").replace(server.url, "http://127.0.0.1:5000")
    text = re.sub(r"sha256:[0-9a-f]{64}|\b[0-9a-f]{64}\b", "<hash>", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:+]+", "<moment>", text)
    return re.sub(r"as of \d{4}-\d\d-\d\d", "as of <day>", text)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("readme")
    server = Server(folder, destination=None)
    for name, text in files().items():
        (folder / name).write_text(text.replace("http://127.0.0.1:5000", server.url))
    (command,) = re.findall(r"^mlflow server (.*)$", TRY_IT, re.MULTILINE)
    server.arguments = command.split()
    yield server.start()
    server.stop()


def test_the_readme_holds_word_for_word(followed: Server) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "AIACT_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    assert set(files()) == {"aiact.toml", "register.py", "answer.py"}
    assert len(steps()) == 8
    for command, expected in steps():
        command = command.replace("http://127.0.0.1:5000", followed.url)
        done = subprocess.run(
            ["bash", "-c", command], cwd=followed.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert plain(done.stdout, followed) == plain(expected, followed), (command, done.stderr)
    (said,) = re.findall(r"^INFO aiact_rules_mlflow: (a gate stands before .*)$", TRY_IT, re.MULTILINE)
    assert said in plain(followed.log, followed).replace("…/", "…/")
