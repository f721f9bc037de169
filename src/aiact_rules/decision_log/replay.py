"""Replay: decide again from the record of a decision, and see whether the answer is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.record import FORMAT, IDENTITY, record_of, statuses_from
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from aiact_rules.requests.recorded import Record, bases, listed, mapping


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a decision was and what it is when decided again. `differences` says in words what is not the same."""

    recorded_id: str
    decision: Decision
    differences: tuple[str, ...]

    same_format: bool = True

    @property
    def same(self) -> bool:
        """Return whether the id is the same, byte for byte; where the record is of an earlier format, whether nothing differs."""
        return self.decision.decision_id == self.recorded_id if self.same_format else not self.differences


def replay(gate: Gate, recorded: Mapping[str, object]) -> Replayed:
    """Decide again on the facts, packs, readings and dates of a recorded decision.

    Raises InputError where the record is not a decision, and PackError where a pack is not installed.
    """
    request = gate.request(Record(recorded))
    decision = gate.decide(request)
    try:
        differences = _differences(recorded, decision)
        if not differences and recorded.get("format") == FORMAT:
            differences = _parts(recorded, decision)
    except (KeyError, TypeError, AssertionError) as error:
        raise InputError([Problem("this is not the record of a decision", hint=str(error))]) from error
    return Replayed(
        str(recorded["decision_id"]), decision, tuple(differences), same_format=recorded.get("format") == FORMAT
    )


def _differences(recorded: Mapping[str, object], decision: Decision) -> list[str]:
    found = []
    if recorded["verdict"] != decision.verdict.value:
        found.append(f"the verdict was {recorded['verdict']} and is {decision.verdict.value}")
    now = {pack.pack_id: pack for pack in decision.packs}
    for row, basis in zip(listed(recorded["packs"]), bases(recorded), strict=True):
        was, decided = mapping(row), now[str(basis["pack"])]
        pack = decided.pack_at.pack
        same_rules = basis["digest"] == pack.digest
        if not same_rules:
            found.append(f"pack {pack.id} {basis['version']} was used, {pack.version} with other rules is installed")
        for name, truth in mapping(was["conclusions"]).items():
            if decided.headlines.get(name, truth) != truth:
                found.append(f"{name} was {truth} and is {decided.headlines[name]}")
        before = _statuses(was, decided, same_rules=same_rules)
        if before is not None:
            after = {each.id: each.status.value for each in decided.standings}
            for name in {**before, **after}:
                if before.get(name) != after.get(name):
                    found.append(f"{name} was {before.get(name, 'absent')} and is {after.get(name, 'absent')}")
    return found


def _parts(recorded: Mapping[str, object], decision: Decision) -> list[str]:
    """Return which parts of a record read otherwise, where everything that they decide is the same."""
    now = record_of(decision)
    return [
        f"`{part}` was recorded otherwise"
        for part in IDENTITY
        if part != "packs" and recorded.get(part) != now.get(part)
    ]


def _statuses(was: Mapping[str, object], decided: PackDecision, *, same_rules: bool) -> dict[str, str] | None:
    """Return the statuses in a record by id; None where only the pack it was decided by can name them."""
    if "statuses" not in was:  # of format 1; later ones may stand beside some of the findings
        return {str(mapping(finding)["id"]): str(mapping(finding)["status"]) for finding in listed(was["findings"])}
    if not same_rules:
        return None
    names = tuple(decided.pack_at.obligations)
    statuses = {names[i]: status for i, status, _ in statuses_from(str(was["statuses"]), len(names))}
    standing = {each.id for each in decided.standings}
    return {
        name: status.value
        for name, status in statuses.items()
        if status is not Status.UPCOMING or name in standing  # what never comes into force is no finding
    }
