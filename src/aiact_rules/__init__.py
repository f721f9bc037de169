"""Gating decisions for model releases under the EU AI Act and other laws, from versioned rule packs.

The names below are public: what a host calls, is given and has to catch, and what a plugin implements. They change only
with a new minor version before 1.0 and a new major version after it; every other module may change at any time. Each
is imported when it is first asked for, so that `import aiact_rules` alone reads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiact_rules.core.batches import Batch, Item
    from aiact_rules.core.chains import Chain
    from aiact_rules.core.decisions import Decision, Subject
    from aiact_rules.core.facts import Facts
    from aiact_rules.core.findings import Finding
    from aiact_rules.core.problems import InputError, PackError, PluginError
    from aiact_rules.core.readers import Question, Suggestion
    from aiact_rules.core.statuses import Status, Verdict
    from aiact_rules.gate import Gate, VerificationFailed
    from aiact_rules.overrides import Override, OverrideRefused, ReleaseRefused
    from aiact_rules.plugins.hookspecs import hookimpl
    from aiact_rules.plugins.interfaces import EngineUnavailable, PackLocation
    from aiact_rules.requests.overrides import Overrides
    from aiact_rules.requests.request import Request
    from aiact_rules.version import __version__

__all__ = [
    "Batch",
    "Chain",
    "Decision",
    "EngineUnavailable",
    "Facts",
    "Finding",
    "Gate",
    "InputError",
    "Item",
    "Override",
    "OverrideRefused",
    "Overrides",
    "PackError",
    "PackLocation",
    "PluginError",
    "Question",
    "ReleaseRefused",
    "Request",
    "Status",
    "Subject",
    "Suggestion",
    "VerificationFailed",
    "Verdict",
    "__version__",
    "hookimpl",
]

_MODULES = {
    "Batch": "core.batches",
    "Chain": "core.chains",
    "Decision": "core.decisions",
    "EngineUnavailable": "plugins.interfaces",
    "Facts": "core.facts",
    "Finding": "core.findings",
    "Gate": "gate",
    "InputError": "core.problems",
    "Item": "core.batches",
    "Override": "overrides",
    "OverrideRefused": "overrides",
    "Overrides": "requests.overrides",
    "PackError": "core.problems",
    "PackLocation": "plugins.interfaces",
    "PluginError": "core.problems",
    "Question": "core.readers",
    "ReleaseRefused": "overrides",
    "Request": "requests.request",
    "Status": "core.statuses",
    "Subject": "core.decisions",
    "Suggestion": "core.readers",
    "VerificationFailed": "gate",
    "Verdict": "core.statuses",
    "__version__": "version",
    "hookimpl": "plugins.hookspecs",
}


def __getattr__(name: str) -> object:
    """Return a public name, whose module is imported now. Raises AttributeError for any other."""
    if name not in _MODULES:
        raise AttributeError(f"module `aiact_rules` has no attribute `{name}`")
    found: object = getattr(import_module(f"aiact_rules.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names besides what is there already."""
    return sorted({*globals(), *__all__})
