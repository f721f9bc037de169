"""The names that `aiact_rules` itself has: which they are, that they cost nothing until used, and their types."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import aiact_rules

ROOT = Path(__file__).resolve().parents[1]
NAMES = {
    # what a host calls and hands over
    *("Gate", "Overrides", "Facts", "Subject", "Override"),
    # what it is given
    *("Request", "Decision", "Chain", "Finding", "Status", "Verdict"),
    # what it has to catch
    *("InputError", "PackError", "PluginError", "EngineUnavailable"),
    *("ReleaseRefused", "OverrideRefused", "VerificationFailed"),
    # what a plugin implements
    *("hookimpl", "PackLocation", "Batch", "Item", "Question", "Suggestion"),
    "__version__",
}


def test_these_names_and_no_others_are_public() -> None:
    assert set(aiact_rules.__all__) == NAMES
    assert len(aiact_rules.__all__) == len(NAMES)


@pytest.mark.parametrize("name", sorted(NAMES - {"__version__", "hookimpl"}))
def test_each_is_there_and_documented(name: str) -> None:
    found = getattr(aiact_rules, name)
    assert found.__name__ == name
    assert found.__doc__
    assert not found.__doc__.startswith(f"{name}("), "this is the text that a dataclass makes up"


def test_each_is_imported_for_types_from_the_module_that_has_it() -> None:
    tree = ast.parse(Path(aiact_rules.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    said = {alias.name: node.module for node in imports for alias in node.names}
    assert said == {name: f"aiact_rules.{module}" for name, module in aiact_rules._MODULES.items()}


def test_dir_lists_them() -> None:
    assert set(dir(aiact_rules)) >= NAMES


def test_any_other_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="module `aiact_rules` has no attribute `Gates`"):
        aiact_rules.Gates  # noqa: B018


def test_the_package_alone_imports_nothing_of_ours_and_of_others() -> None:
    code = "import __future__, importlib, sys, typing; had = set(sys.modules); import aiact_rules; print(*set(sys.modules) - had)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"aiact_rules"}


def test_the_page_lists_them_all_and_no_others() -> None:
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == NAMES


def test_they_have_the_types_that_a_host_and_a_plugin_see() -> None:
    pytest.importorskip("mypy", reason="a tool of the extra `lint`; .ci/run has it")
    file = ROOT / "tests" / "typing" / "public_api.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_file_with_types_uses_each() -> None:
    tree = ast.parse((ROOT / "tests" / "typing" / "public_api.py").read_text(encoding="utf-8"))
    (names,) = (n.names for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "aiact_rules")
    assert {alias.name for alias in names} == NAMES
