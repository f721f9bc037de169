"""Every command in the documentation runs as it stands there, and says what stands below it."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import click
import pytest

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli import cli
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from tests.attest.conftest import write_pair
from tests.cli.conftest import EXAMPLES, Answer, run

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path for path in (ROOT / "docs").glob("*.md") if "aiact-rules" in path.read_text(encoding="utf-8"))
BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
STAND_INS = {"PATH": "examples/cv-screening", "DIR": "examples"}
PROVED = ("prove", "diff eu_ai_act@", "diff specs/")
"""Commands that take minutes; that their options exist is tested here, what they do by `.ci/run` and `tests/proof`."""
SERVED = "serve"
"""This one never ends by itself; what it does is tested in `tests/server`."""
MARKETS = {head.market for head in Catalogue.of_installed_plugins().heads.values()}
"""Of a command about another market only the options are tested: its plugin is not installed."""
__all__ = ["run"]


@dataclass(frozen=True)
class Step:
    """A file to write, or a command with the lines that it must print first."""

    file: tuple[str, str] | None = None
    arguments: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


def steps(page: str) -> Iterator[Step]:
    for block in BLOCK.finditer(page):
        kind, text = block["kind"].strip(), block["text"]
        if kind == "markdown card":
            yield Step(file=("README.md", text))
        elif kind == "yaml release":
            yield Step(file=("aiact.yaml", text))
        else:
            yield from commands(text.splitlines())


def commands(lines: list[str]) -> Iterator[Step]:
    for at, line in enumerate(lines):
        prompted = line.startswith("$ aiact-rules ")
        if not prompted and not line.startswith("aiact-rules "):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        words = words[: words.index(">")] if ">" in words else words
        below = []
        for answer in lines[at + 1 :] if prompted else ():
            if answer.startswith("$ ") or not answer.strip():
                break
            below.append(answer)
        yield Step(arguments=tuple(STAND_INS.get(word, word) for word in words[1:]), says=tuple(below))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the pages speak of."""
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    for name, example in (
        ("release", "cv-screening"),
        ("models/screener", "cv-screening"),
        ("models/filter", "minimal"),
    ):
        shutil.copytree(EXAMPLES / example, tmp_path / name)
    for name in ("registry.csv", "registry.map.yaml"):
        shutil.copy(EXAMPLES / "sweep" / name, tmp_path / name)
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# A model\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_command_of_a_page_runs(
    page: Path,
    folder: Path,
    run: Callable[..., Answer],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("quit\n"))
    for name in ("CHECK", "BASELINE"):
        monkeypatch.setenv(f"AIACT_RULES_{name}_AS_OF", "2026-11-30")
    if page.stem == "decision-log":
        write_log("decisions.db")
        assert run("check", "release", "--log", "decisions.db").code == 1
    if page.stem in ("attestation", "decision-log", "oci"):
        write_keys(folder)
    if page.stem == "sweep":
        (folder / "registry.map.yaml").unlink()  # the first command writes it
    for step in steps(page.read_text(encoding="utf-8")):
        if step.file is not None:
            (folder / step.file[0]).write_text(step.file[1], encoding="utf-8")
            continue
        said = " ".join(step.arguments)
        if said.startswith(PROVED) or said.split()[0] == SERVED or not MARKETS.issuperset(named(step.arguments)):
            command = cli.get_command(click.Context(cli), step.arguments[0])
            assert command is not None
            command.make_context(step.arguments[0], list(step.arguments[1:]))
            continue
        answer = run(*step.arguments)
        assert answer.code in (0, 1), f"{said}: {answer.err}"
        for expected, line in zip(step.says, answer.out.splitlines(), strict=False):
            assert masked(line).startswith(masked(expected.removesuffix("...").rstrip())), f"{said}: {line}"


def write_log(address: str) -> None:
    """Write a log with two old entries."""
    log, gate = open_log(address), Gate()
    for name, at in (
        ("minimal", datetime(2025, 3, 2, 12, tzinfo=UTC)),
        ("cv-screening", datetime(2025, 9, 14, 12, tzinfo=UTC)),
    ):
        log.append(gate.check(EXAMPLES / name, as_of=at.date()).as_record(), at=at)


def write_keys(folder: Path) -> None:
    """Write what the page has openssl write, and an artefact."""
    pair = write_pair(folder, "ed25519")
    pair.private.rename(folder / "key.pem")
    pair.public.rename(folder / "key.pub")
    (folder / "model.bin").write_bytes(b"weights")


def named(arguments: tuple[str, ...]) -> set[str]:
    """Return the markets that a command names."""
    return {market for option, market in pairwise(arguments) if option == "--market"}


def masked(line: str) -> str:
    """Return a line without its numbers, which follow the law and the day, and without its digests."""
    return re.sub(r"\d+", "0", re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", line))


def test_the_pages_have_commands() -> None:
    found = [step for page in PAGES for step in steps(page.read_text(encoding="utf-8")) if step.arguments]
    assert len(found) > 30
    assert sum(bool(step.says) for step in found) >= 2
