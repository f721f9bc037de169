"""Every hook is documented, used by the example plugin, and exercised by its tests."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from aiact_rules.plugins import hookspecs, interfaces
from aiact_rules.plugins.host import PluginHost

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "plugins" / "aiact-rules-example"
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("aiact_rules_"))


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    yield importlib.import_module("aiact_rules_example.plugin")
    for name in [name for name in sys.modules if name.startswith("aiact_rules_example")]:
        del sys.modules[name]


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_says_what_when_and_since_when(hook: str) -> None:
    spec = getattr(hookspecs, hook)
    text = inspect.getdoc(spec) or ""
    assert "Called once" in text
    assert "An exception here stops" in text.replace("\n", " ")
    assert re.search(r"\.\. versionadded:: \d+\.\d+", text)
    signature = inspect.signature(spec)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in signature.parameters.values())


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used_by_the_example_and_told_to_writers(hook: str, example: ModuleType) -> None:
    assert inspect.getdoc(getattr(example, hook))
    assert f"`{hook}`" in (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert f"`{hook}`" in (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")


def test_every_hook_has_a_typed_method_of_the_host() -> None:
    methods = {name for name in vars(PluginHost) if not name.startswith("_")}
    for hook in HOOKS:
        name = hook.removeprefix("aiact_rules_")
        assert (f"offered_{name.removeprefix('offer_')}" if name.startswith("offer_") else name) in methods


@pytest.mark.parametrize("name", ["PackLocation", "Engine", "Source", "Reader", "Report"])
def test_what_is_offered_is_documented(name: str) -> None:
    offered = getattr(interfaces, name)
    assert inspect.getdoc(offered)
    for member, value in vars(offered).items():
        if not member.startswith("_") and (inspect.isfunction(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{member}"
