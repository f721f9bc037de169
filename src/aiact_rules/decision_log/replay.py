"""Replay: decide again from the record of a decision, and see whether the answer is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.gate import Gate
from aiact_rules.requests.recorded import Record, listed, mapping


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a decision was and what it is when decided again. `differences` says in words what is not the same."""

    recorded_id: str
    decision: Decision
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Return whether the id is the same, byte for byte."""
        return self.decision.decision_id == self.recorded_id


def replay(gate: Gate, recorded: Mapping[str, object]) -> Replayed:
    """Decide again on the facts, packs, readings and dates of a recorded decision.

    Raises InputError where the record is not a decision, and PackError where a pack is not installed.
    """
    request = gate.request(Record(recorded))
    decision = gate.decide(request)
    try:
        differences = tuple(_differences(recorded, decision))
    except (KeyError, TypeError, AssertionError) as error:
        raise InputError([Problem("this is not the record of a decision", hint=str(error))]) from error
    return Replayed(str(recorded["decision_id"]), decision, differences)


def _differences(recorded: Mapping[str, object], decision: Decision) -> list[str]:
    found = []
    if recorded["verdict"] != decision.verdict.value:
        found.append(f"the verdict was {recorded['verdict']} and is {decision.verdict.value}")
    now = {pack.pack_id: pack for pack in decision.packs}
    for row in listed(recorded["packs"]):
        was = mapping(row)
        basis = mapping(was["basis"])
        name = str(was["pack"])
        if basis["digest"] != now[name].pack_at.pack.digest:
            version = now[name].pack_at.pack.version
            found.append(f"pack {name} {basis['version']} was used, {version} with other rules is installed")
        before = {str(mapping(f)["id"]): mapping(f)["status"] for f in listed(was["findings"])}
        after = {finding.id: finding.status.value for finding in now[name].findings}
        for finding in {**before, **after}:
            if before.get(finding) != after.get(finding):
                found.append(f"{finding} was {before.get(finding, 'absent')} and is {after.get(finding, 'absent')}")
    return found
