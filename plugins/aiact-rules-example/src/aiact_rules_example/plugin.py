"""The hooks of the example plugin. What they offer stands in modules of its own, loaded only when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from aiact_rules import Decision, PackLocation, hookimpl
from aiact_rules.plugins.interfaces import Engine, Reader, Report, Source


@hookimpl
def aiact_rules_offer_packs() -> Iterable[PackLocation]:
    """Offer the Lantern Act."""
    return [PackLocation(Path(__file__).parent / "specs" / "lantern_act")]


@hookimpl
def aiact_rules_offer_sources() -> Iterable[Source]:
    """Offer to read lantern labels."""
    from aiact_rules_example.labels import LabelSource

    return [LabelSource()]


@hookimpl
def aiact_rules_offer_readers() -> Iterable[Reader]:
    """Offer to read documents with a language model, where one is configured."""
    from aiact_rules_example.model_reader import configured

    reader = configured()
    return [] if reader is None else [reader]


@hookimpl
def aiact_rules_offer_engines() -> Iterable[Engine]:
    """Offer the counting engine."""
    from aiact_rules_example.counting import CountingEngine

    return [CountingEngine()]


@hookimpl
def aiact_rules_offer_reports() -> Iterable[Report]:
    """Offer the CSV report."""
    from aiact_rules_example.csv_report import CsvReport

    return [CsvReport()]


@hookimpl
def aiact_rules_decided(decision: Decision) -> None:
    """Write the decision to the log, where one is named. A log that cannot be written stops the gate."""
    from aiact_rules_example.decision_log import append, log_file

    file = log_file()
    if file is not None:
        append(file, decision)
