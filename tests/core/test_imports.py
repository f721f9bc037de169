"""What the core imports: the standard library, itself, and rfc8785 for canonical JSON."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import aiact_rules

CORE = Path(aiact_rules.__file__).parent / "core"
BELOW = "aiact_rules.version"
"""The one module below the core: two constants."""


def test_the_core_imports_the_standard_library_itself_and_one_package() -> None:
    roots: set[str] = set()
    for file in CORE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file.name} imports relatively"
                name = node.module or ""
                ours = name.startswith("aiact_rules")
                assert not ours or name.startswith("aiact_rules.core.") or name == BELOW, f"{file.name}: {name}"
                roots.add(name.partition(".")[0])
    assert roots - sys.stdlib_module_names == {"aiact_rules", "rfc8785"}
