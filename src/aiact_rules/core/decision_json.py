"""Decision JSON: a decision for other programs. The record, and what follows from it: by default what one acts on now.

What several findings share (sanctions, readings, units of the law) is said once, and named where it counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import PackAt
from aiact_rules.core.pages import page_of
from aiact_rules.core.passing import Waived
from aiact_rules.core.penalties import Ceiling
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import Tally, tally_of
from aiact_rules.core.words import in_words

if TYPE_CHECKING:
    from aiact_rules.core.claims import Compared
    from aiact_rules.core.decisions import Decision


def decision_json(decision: Decision, *, full: bool = False) -> dict[str, object]:
    """Return a decision as JSON values, with `full` all that can be said of it."""
    before, after = _around_the_packs(decision)
    packs = [{**_pack(pack, row), **(_full if full else _short)(decision, pack)} for pack, row in _rows(decision)]
    return {**before, "packs": packs, **after}


def decision_text(decision: Decision, *, full: bool = False) -> str:
    """Return the text of `decision_json` as `json.dumps` writes it. What is the same in each decision was written before."""
    if full:
        return json.dumps(decision_json(decision, full=True))
    before, after = map(json.dumps, _around_the_packs(decision))
    packs = ", ".join([_pack_text(decision, pack, row) for pack, row in _rows(decision)])
    return f'{before[:-1]}, "packs": [{packs}], {after[1:]}'


def _pack_text(decision: Decision, pack: PackDecision, row: dict[str, object]) -> str:
    undetermined, condition = (_kept_texts(pack.pack_at, say) for say in (_undetermined, _condition))
    gating = _gating(pack, decision.waived)
    findings = [undetermined[index] if found is None else json.dumps(found) for index, found in gating]
    conditions = [condition[index] for index in _conditions(pack)]
    said = json.dumps(_pack(pack, row))
    return f'{said[:-1]}, "findings": [{", ".join(findings)}], "conditions": [{", ".join(conditions)}]}}'


def _rows(decision: Decision) -> Iterable[tuple[PackDecision, dict[str, object]]]:
    """Return what each pack says with its part of the record."""
    recorded: Sequence[dict[str, object]] = decision.identity["packs"]  # type: ignore[assignment]
    return zip(decision.packs, recorded, strict=True)


def _around_the_packs(decision: Decision) -> tuple[dict[str, object], dict[str, object]]:
    """Return what stands before, and after, what the packs say."""
    tally = tally_of(decision)
    before: dict[str, object] = {
        "verdict": decision.verdict.value,
        "why": why(decision, tally),
        "decision_id": decision.decision_id,
        "tallies": _tallies(tally),
        "questions": _questions(decision),
    }
    after = {
        "unused_facts": list(decision.unused_facts),
        **{name: value for name, value in decision.identity.items() if name not in ("verdict", "packs")},
        "signals": [signal.as_json() for signal in decision.signals],
        "claims": [
            {**each.claim.as_json(), "comparison": each.comparison.value, "denied_by": list(each.denials)}
            for each in _compared(decision)
        ],
        "choices": decision.choices.as_json(),
        "run": decision.run.as_json(),
    }
    return before, after


def _compared(decision: Decision) -> Sequence[Compared]:
    """Return how the claims of a card compare; most cards claim nothing."""
    if not decision.claims:
        return ()
    from aiact_rules.core.claims import compared

    return compared(decision)


def _pack(pack: PackDecision, row: Mapping[str, object]) -> dict[str, object]:
    return {
        **row,
        "classification": list(_classification(pack)),
        "role_changes": [change.as_json() for change in pack.role_changes],
    }


def _short(decision: Decision, pack: PackDecision) -> dict[str, object]:
    obligations, gating = pack.pack_at.in_order, _gating(pack, decision.waived)
    findings = [_undetermined(obligations[index]) if found is None else found for index, found in gating]
    return {"findings": findings, "conditions": [_condition(obligations[index]) for index in _conditions(pack)]}


def _full(_: Decision, pack: PackDecision) -> dict[str, object]:
    once = _Once(pack)
    findings = [once.finding(finding) for finding in pack.findings]
    return {"findings": findings, **once.as_json()}


def why(decision: Decision, tally: Tally) -> str:
    """Return in one sentence why the verdict is what it is: `12 unmet, 3 undetermined; high-risk`."""
    counts = ", ".join(tally.gating_said()) or "nothing violated, unmet or undetermined"
    held = [_label(pack, name) for pack in decision.packs for name, truth in pack.headlines.items() if truth == "yes"]
    return "; ".join([counts, *([", ".join(dict.fromkeys(held))] if held else [])])


def _label(pack: PackDecision, name: str) -> str:
    return pack.pack_at.pack.labels.get(name) or in_words(name)


def _classification(pack: PackDecision) -> Iterator[dict[str, object]]:
    """Yield what the pack concludes, or cannot exclude, about the release."""
    for name, truth in pack.headlines.items():
        if truth != "no":
            because = list(pack.reasons_for(name)) if truth == "yes" else []
            yield {"id": name, "label": _label(pack, name), "holds": truth, "because": because}


def _tallies(tally: Tally) -> dict[str, object]:
    return {
        "violated": tally.violated,
        "contradictions": tally.contradictions,
        "signals": tally.signals,
        "unmet": tally.unmet,
        "undetermined": tally.undetermined,
        "met": tally.met,
        "post_release": tally.post_release,
        "recommendations": tally.recommendations,
        "upcoming": [
            {"date": each.on.isoformat(), "certain": each.certain, "undetermined": each.undetermined}
            for each in tally.upcoming
        ],
    }


def _questions(decision: Decision) -> list[dict[str, object]]:
    """Return each question once, the most decisive first; where several packs judge, with those that ask it."""
    found: dict[str, dict[str, object]] = {}
    weight: dict[str, int] = {}
    for pack in decision.packs:
        for need in pack.needs:
            row = found.setdefault(need.fact, {"fact": need.fact, "question": pack.question(need.fact), "decides": 0})
            weight[need.fact] = weight.get(need.fact, 0) + need.decides
            if len(decision.packs) > 1:
                row["packs"] = [*row.get("packs", []), pack.pack_id]  # type: ignore[misc]
    for name, row in found.items():
        row["decides"] = weight[name]
    return sorted(found.values(), key=lambda row: -weight[str(row["fact"])])


def _stub(o: Obligation) -> dict[str, object]:
    return {"id": o.id, "provision": o.provision, "must": o.must}


def _open(o: Obligation, status: str) -> dict[str, object]:
    kind = {} if o.kind is Kind.OBLIGATION else {"kind": o.kind.value}
    return {**_stub(o), "status": status, **kind}


def _undetermined(o: Obligation) -> dict[str, object]:
    """Return what is said of an obligation of which it is not known whether it applies."""
    return {**_open(o, "open"), "owed": "unknown"}


def _condition(o: Obligation) -> dict[str, object]:
    """Return what is said of an obligation that certainly applies at a later step or afterwards."""
    return {**_stub(o), "after": o.after}


class _Texts(dict[int, str]):
    """What is said of obligations in every decision alike, by place, written when it is first said."""

    def __init__(self, obligations: Sequence[Obligation], say: Callable[[Obligation], dict[str, object]]) -> None:
        self._obligations = obligations
        self._say = say

    def __missing__(self, index: int) -> str:
        self[index] = text = json.dumps(self._say(self._obligations[index]))
        return text


def _kept_texts(pack_at: PackAt, say: Callable[[Obligation], dict[str, object]]) -> dict[int, str]:
    kept = pack_at.texts.get(say.__name__)
    return kept if kept is not None else pack_at.texts.setdefault(say.__name__, _Texts(pack_at.in_order, say))


def _gating(pack: PackDecision, waived: Waived) -> Iterator[tuple[int, dict[str, object] | None]]:
    """Yield the place of what gates now, and what is said of it: of what is violated, contradicted or signalled also the
    reasons and the facts; None where only that it is not known whether it applies.

    What asks for an answer before it is known to apply is asked for under `questions`.
    """
    obligations = pack.pack_at.in_order
    for index, mark in pack.marks if pack.verdict is not None else ():
        if not mark.gates:
            continue
        if not mark.certain and not waived:
            yield index, None
            continue
        o, is_open = obligations[index], mark.status is Status.OPEN
        row = _open(o, "open" if is_open else "breached")
        if not mark.certain:
            row["owed"] = "unknown"
        elif needs := pack.questions_about(o.id):
            row["needs"] = list(needs)
        if not is_open or o.is_signal and mark.certain:
            finding = pack.finding(o.id)
            assert finding is not None, "what gates is a finding"
            row |= {"because": list(finding.because), "facts": list(finding.facts)}
        if waived and (waiver := waived.get((pack.pack_id, o.id))) is not None:
            row["waived"] = str(waiver)
        yield index, row


def _conditions(pack: PackDecision) -> Iterable[int]:
    """Return the places of what certainly applies at a later step or afterwards."""
    wanted = {mark for mark in pack.counts if mark.status is Status.CONDITION and mark.certain}
    return [index for index, mark in pack.marks if mark in wanted] if wanted else ()


class _Once:
    """Writes findings in full, and keeps what they share under names of its own."""

    def __init__(self, pack: PackDecision) -> None:
        self._pack_at = pack.pack_at
        self._sanctions: dict[str, object] = {}
        self._units: dict[str, list[str]] = {}
        self._interpretations: dict[str, object] = {}
        self._ceilings: dict[Ceiling, str] = {}

    def as_json(self) -> dict[str, object]:
        """Return what the findings written so far share."""
        return {"sanctions": self._sanctions, "units": self._units, "interpretations": self._interpretations}

    def finding(self, finding: Finding) -> dict[str, object]:
        """Return a finding as JSON values."""
        self._units[finding.provision] = list(finding.units)
        for name in finding.readings:
            reading = self._pack_at.pack.readings[name]
            choice = self._pack_at.choices[name]
            self._interpretations[name] = {
                "choice": choice,
                "says": reading.choices[choice],
                "question": reading.question,
                "provision": reading.provision,
                "authority": reading.authority,
            }
        row = {name: value for name, value in finding.as_json().items() if name != "units"}
        sanction = None if finding.sanction is None else self._sanction(finding.sanction)
        return {**row, "sanction": sanction, "page": page_of(self._pack_at.pack, finding.id)}

    def _sanction(self, ceiling: Ceiling) -> str:
        if ceiling not in self._ceilings:
            same = sum(other.provision == ceiling.provision for other in self._ceilings)
            name = ceiling.provision if not same else f"{ceiling.provision} ({same + 1})"
            self._ceilings[ceiling] = name
            self._sanctions[name] = ceiling.as_json()
        return self._ceilings[ceiling]
