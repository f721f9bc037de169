"""Tests that need a database are skipped with a reason where none answers, and fail where they must have one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEST = """
def test_something(schema):
    pass
"""


@pytest.mark.parametrize(("required", "code", "said"), [("", 0, "1 skipped"), ("1", 1, "1 error")])
def test_a_database_that_does_not_answer(tmp_path: Path, required: str, code: int, said: str) -> None:
    (tmp_path / "test_something.py").write_text(TEST, encoding="utf-8")
    (tmp_path / "conftest.py").write_text("from tests.decision_log.conftest import schema\n", encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "AIACT_TEST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "AIACT_TEST_REQUIRE_DATABASES": required,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)]
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == code, answer.stdout
    assert said in answer.stdout
    assert "no PostgreSQL answers (AIACT_TEST_POSTGRES_URL)" in answer.stdout
