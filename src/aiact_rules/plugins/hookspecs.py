"""Hook specifications: what a plugin may offer, and what it is told."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from aiact_rules.core.decisions import Decision
from aiact_rules.plugins.interfaces import Engine, PackLocation, Reader, Report, Source

PROJECT = "aiact_rules"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def aiact_rules_offer_packs() -> Iterable[PackLocation]:  # type: ignore[empty-body]
    """Offer rule packs that this plugin carries.

    Called once, when the catalogue is built, before any document is read. Return an empty iterable to offer nothing.
    Two packs with the same id are an error, whoever offers them. An exception here stops the gate, SystemExit too.

    .. versionadded:: 0.1
    """


@hookspec
def aiact_rules_offer_sources() -> Iterable[Source]:  # type: ignore[empty-body]
    """Offer ways to read documents into facts.

    Called once, when the catalogue is built. A document is read by the source that is named, or by the only one that
    accepts it; two that accept it are an error. Two sources with the same name are an error. An exception here stops
    the gate, SystemExit too.

    .. versionadded:: 0.1
    """


@hookspec
def aiact_rules_offer_engines() -> Iterable[Engine]:  # type: ignore[empty-body]
    """Offer ways to evaluate a pack.

    Called once, when the catalogue is built. An engine is used only where it is named. Two engines with the same name
    are an error. An exception here stops the gate, SystemExit too.

    .. versionadded:: 0.1
    """


@hookspec
def aiact_rules_offer_reports() -> Iterable[Report]:  # type: ignore[empty-body]
    """Offer ways to write a decision down.

    Called once, when the catalogue is built. Two reports with the same name are an error. An exception here stops the
    gate, SystemExit too.

    .. versionadded:: 0.1
    """


@hookspec
def aiact_rules_offer_readers() -> Iterable[Reader]:  # type: ignore[empty-body]
    """Offer readers, which say what words of a document speak of a situation of the law.

    Called once, when the first document is read. Every reader that is offered is asked about every text; offer none where
    it is not configured. Two readers with the same name are an error. An exception here stops the gate, SystemExit too;
    one while a text is read holds the release.

    .. versionadded:: 0.1
    """


@hookspec
def aiact_rules_decided(decision: Decision) -> None:
    """Be told of a decision, after it was made and before it is enforced.

    Called once per decision that is recorded. Each plugin is handed a copy of its own, so that what it changes reaches
    nobody. An exception here stops the gate, SystemExit too: what must be recorded and could not be is not allowed.

    .. versionadded:: 0.1
    """
