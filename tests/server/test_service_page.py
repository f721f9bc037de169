"""The page about the service: its transcripts are answered as they stand there, and its table has every setting."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from aiact_rules.server.settings import SETTINGS, key_of, kind_of, shown
from aiact_rules.server.tokens import Scope
from tests.server.conftest import TestClient

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```json (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def transcripts() -> Iterator[tuple[str, list[str]]]:
    """Yield each command with the lines that it prints."""
    for block in BLOCK.findall(PAGE):
        said: list[str] = []
        command = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, said
                command, said = line[2:], []
            elif command:
                said.append(line)
        if command:
            yield command, said


CASES = [*transcripts()]


def with_files(command: str) -> list[str]:
    """Return the words of a command, as a shell would make them of it."""
    for name, text in FILES.items():
        quoted = text.strip().replace("\n", " ").replace("\\", "\\\\").replace('"', '\\"')
        command = command.replace(f"$(cat {name})", quoted)
    return shlex.split(command)


@pytest.mark.parametrize(("command", "expected"), CASES, ids=range(len(CASES)))
def test_a_transcript_is_answered_as_it_stands_there(command: str, expected: list[str], client: TestClient) -> None:
    words = with_files(command)
    assert words[:2] == ["curl", "-s"]
    data = words[words.index("-d") + 1]
    body = FILES[data[1:]] if data.startswith("@") else data
    answer = client.post(words[2].removeprefix("localhost:8080"), content=body.encode())
    said = [answer.text]
    if "-w" in words:
        form = words[words.index("-w") + 1].removesuffix("\\n")
        outcome = answer.headers.get("aiact-outcome", "")
        said.append(form.replace("%{http_code}", str(answer.status_code)).replace("%header{aiact-outcome}", outcome))
    assert len(said) == len(expected)
    for line, shown_line in zip(said, expected, strict=True):
        assert line.startswith(shown_line.removesuffix("…")) if shown_line.endswith("…") else line == shown_line


def test_every_door_has_a_transcript_of_a_refusal_and_of_an_answer_that_allows() -> None:
    for door in ("/v1/decisions", "/v1/data/aiact/allow", "/access/v1/evaluation", "/admission", "/gatekeeper"):
        asked = [command for command, _ in CASES if f"localhost:8080{door} " in command]
        assert any("held" in command for command in asked), door
        assert any("allowed" in command for command in asked), door


def test_the_table_has_every_setting() -> None:
    table = PAGE.split("<!-- settings: begin -->")[1].split("<!-- settings: end -->")[0].strip().splitlines()[2:]
    assert table == [
        f"| `{key_of(name)}` | {kind_of(name).value} | {shown(each.default)} | {each.metadata['says']} |"
        for name, each in SETTINGS.items()
    ]


def test_every_scope_is_explained() -> None:
    for scope in Scope:
        assert f"| `{scope.value}` | " in PAGE
