"""The public names as a host and a plugin use them, checked by `mypy --strict`: each has the type that is said here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import assert_type

from aiact_rules import (
    Batch,
    Chain,
    Decision,
    EngineUnavailable,
    Facts,
    Finding,
    Gate,
    InputError,
    Item,
    Override,
    OverrideRefused,
    Overrides,
    PackError,
    PackLocation,
    PluginError,
    Question,
    ReleaseRefused,
    Request,
    Status,
    Subject,
    Suggestion,
    Verdict,
    VerificationFailed,
    __version__,
    hookimpl,
)

assert_type(__version__, str)


def released(gate: Gate, path: Path, override: Override) -> Decision | None:
    """Return the decision on a release, as a host asks for it; None where there is none."""
    try:
        request = gate.request(path, Overrides.of(roles=["provider"], fail_on=Verdict.HOLD))
        decision = gate.enforce(gate.record(gate.decide(request)), override=override)
    except OverrideRefused as refusal:
        assert_type(refusal.why, str)
        return None
    except ReleaseRefused as refusal:
        assert_type(refusal.decision, Decision)
        return None
    except (InputError, PackError, PluginError, EngineUnavailable, VerificationFailed):
        return None
    assert_type(request, Request)
    assert_type(request.facts, Facts)
    assert_type(request.roles, frozenset[str] | None)
    assert_type(request.release_date, date)
    assert_type(request.per_operator(), tuple[Request, ...])
    return decision


def seen(gate: Gate, request: Request, decision: Decision) -> None:
    """Say what a decision holds."""
    assert_type(gate.check({"release.subject": "system"}, subject=Subject("m", "1"), roles=["provider"]), Decision)
    assert_type(gate.judge(request), Decision | Chain)
    assert_type(gate.decide_chain(request).verdict, Verdict)
    assert_type(decision.verdict, Verdict)
    assert_type(decision.decision_id, str)
    assert_type(decision.findings, tuple[Finding, ...])
    for finding in decision.findings:
        assert_type(finding.status, Status)
        assert_type(finding.provision, str)


async def awaited(gate: Gate, path: Path) -> None:
    """Say what an event loop is given."""
    assert_type(await gate.acheck(path), Decision)
    assert_type(await gate.arequest(path), Request)


def overridden(gate: Gate, decision: Decision, until: datetime) -> Override:
    """Return an override."""
    return gate.break_glass(decision, who="Ada Lovelace", why="a crisis", until=until)


class Report:
    """A report as a plugin writes it."""

    name = "lines"

    def render(self, batch: Batch) -> str:
        """Return a line for each input."""
        for item in batch.items:
            assert_type(item, Item)
            assert_type(item.verdict, Verdict | None)
        return "".join(f"{item.name}: {item.word}\n" for item in batch.items)


@hookimpl
def aiact_rules_offer_packs() -> Iterable[PackLocation]:
    """Offer a pack."""
    return [PackLocation(Path("specs"))]


class Reader:
    """A reader as a plugin writes it."""

    name, version, digest = "lookout", "1", "rules of 2026"

    def read(self, text: str, questions: tuple[Question, ...]) -> Iterable[Suggestion]:
        """Return that the first line speaks of everything."""
        for question in questions:
            assert_type(question.asks, str)
            yield Suggestion(question.cue, 1, text.split("\n")[0])
