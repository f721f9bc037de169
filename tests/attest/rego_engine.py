"""A Rego engine (rego-cpp) that answers what a policy says of an input, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest


def ask(query: str, policies: Mapping[str, str], data: object, given: object) -> Any:
    """Return the value of a query for a whole package. (This engine calls a single rule that is false undefined.)"""
    regopy = pytest.importorskip("regopy", reason="there is no wheel of regopy for this system")
    engine = regopy.Interpreter()
    for name, text in policies.items():
        engine.add_module(name, text)
    engine.add_data_json(json.dumps(data))
    engine.set_input(given)
    answer = json.loads(str(engine.query(query)))
    (value,) = answer["expressions"]
    return value
