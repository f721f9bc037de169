"""Describing: what a gate guards and how it judges, in one line for the server's log and as values for `doctor`."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Any

from aiact_rules_mlflow.journal import without_password
from aiact_rules_mlflow.judging import ReleaseJudge

DISTRIBUTION = "aiact-rules-mlflow"


def description(judge: ReleaseJudge) -> dict[str, Any]:
    """Return what is guarded, with which packs and readings, as JSON values. Nothing in it is secret."""
    settings, own, choices = judge.settings, judge.settings.organisation, judge.silent.choices
    return {
        "gate": f"{DISTRIBUTION} {version_of(DISTRIBUTION)}",
        "aliases": sorted(settings.aliases),
        "stages": sorted(settings.stages),
        "refused_from": choices.threshold.word,
        "registration_refused_from": "never" if settings.registration is None else settings.registration.value,
        "packs": [f"{pack.pack_id} {pack.pack_at.pack.version}" for pack in judge.silent.packs],
        "markets": sorted({*settings.markets, *(choice.value for choice in own.choices("markets"))}),
        "readings": dict(sorted(choices.every_reading.items())),
        "roles": list(judge.silent.roles) or sorted(_roles(judge)),
        "artifacts": settings.artifacts.value,
        "as_of": None if settings.as_of is None else settings.as_of.isoformat(),
        "settings": None if settings.file is None else str(settings.file),
        "decision_log": None if settings.log is None else without_password(settings.log),
    }


def line_of(registry: str, judge: ReleaseJudge) -> str:
    """Return what is guarded as one line."""
    return f"a gate stands before {registry}: {'; '.join(said_of(description(judge)))}"


def said_of(found: dict[str, Any]) -> list[str]:
    """Return a description in words, each part by itself."""
    readings = ", ".join(f"{name} = {word}" for name, word in found["readings"].items())
    return [
        f"guarded aliases: {', '.join(found['aliases'])}",
        f"guarded stages: {', '.join(found['stages'])}",
        f"refused from: {found['refused_from']}",
        f"registration refused from: {found['registration_refused_from']}",
        f"packs: {', '.join(found['packs'])}",
        f"markets: {', '.join(found['markets']) or 'as each release names them'}",
        f"roles: {', '.join(found['roles']) or 'as each release names them'}",
        f"readings: {readings or 'none chosen'}",
        f"settings: {found['settings'] or 'environment and defaults'}",
        f"decision log: {found['decision_log'] or 'none'}",
        *([f"judged as of {found['as_of']} and not as of today"] if found["as_of"] else []),
        *(["artifacts are not read"] if found["artifacts"] == "ignore" else []),
    ]


def _roles(judge: ReleaseJudge) -> frozenset[str]:
    from aiact_rules.core.packs import ROLES

    found = judge.settings.facts.value(ROLES)
    return found if isinstance(found, frozenset) else frozenset()
