"""Results: a release as tests for those who count tests, one for its verdict and one for each document or article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiact_rules.core.batches import Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status, Verdict, verdict_of
from aiact_rules.core.tallies import tally_of_standings
from aiact_rules.reports.alarms import signal_alarm
from aiact_rules.reports.groups import Group, groups_of
from aiact_rules.reports.weights import Weight, gating_packs, weight_of

MOST = 25
"""How many tests a release has, its verdict among them, unless all are asked for."""


@dataclass(frozen=True, slots=True)
class Result:
    """One test: it fails with `failure`, is skipped for the reason `skipped`, and passes without either.

    What is not known to apply, what is waived, what stands in the baseline and what the threshold lets pass is skipped; the
    verdict fails wherever the release is refused, so that no refused release is without a failure.
    """

    name: str
    failure: str | None = None
    skipped: str | None = None
    details: str = ""
    kind: str = ""


def results_of(item: Item, decision: Decision, *, full: bool) -> tuple[Result, ...]:
    """Return the tests of one decision: of its verdict, and of each group, or with `full` of each obligation."""
    writer = _Writer(item, decision)
    found = [*(writer.each() if full else writer.groups())]
    if not full and len(found) > MOST - 1:
        found.sort(key=lambda each: (each.failure is None, each.skipped is None))
        found = [*found[: MOST - 2], _rest(found[MOST - 2 :])]
    return (writer.verdict(), *found)


def _rest(left: Sequence[Result]) -> Result:
    """Return one test for those for which there is no room: as the worst of them."""
    failures = [each for each in left if each.failure]
    skipped = [each for each in left if each.skipped]
    said = "; ".join(each.failure or each.skipped or "" for each in failures or skipped)
    return Result(
        f"{len(left)} more",
        failure=said if failures else None,
        skipped=said if skipped and not failures else None,
        kind=next((each.kind for each in failures or skipped), ""),
    )


class _Writer:
    def __init__(self, item: Item, decision: Decision) -> None:
        self.item = item
        self.decision = decision

    def verdict(self) -> Result:
        """Return the test of the verdict."""
        verdict = self.decision.verdict
        said = f"the verdict is {verdict.value} ({self.decision.decision_id})"
        if verdict is Verdict.ALLOW:
            return Result("verdict")
        if self.item.passes or (self.decision.passes and len(self.item.decisions) > 1):
            return Result("verdict", skipped="; ".join([f"{said}, and passes", *self.item.waived]))
        gating = (each for pack in gating_packs(self.decision) for each in pack.standings if each.gates)
        counts = ", ".join(tally_of_standings(gating).said())
        needs = list(dict.fromkeys(need.fact for pack in gating_packs(self.decision) for need in pack.needs))
        needed = f"still needed: {', '.join(needs[:10])}{', ...' if len(needs) > 10 else ''}" if needs else ""
        return Result("verdict", failure=f"{said}: {counts}", details=needed, kind=verdict.value)

    def groups(self) -> Iterator[Result]:
        for pack in gating_packs(self.decision):
            for group in groups_of(pack, Status.BREACHED, Status.OPEN, Status.MET):
                yield self.group(pack, group)

    def each(self) -> Iterator[Result]:
        for pack in gating_packs(self.decision):
            for standing in pack.standings:
                if standing.gates or standing.status is Status.MET:
                    yield self.alone(pack, standing)

    def group(self, pack: PackDecision, group: Group) -> Result:
        """Return the test of a group: it is as its heaviest obligation."""
        weights = {each.id: weight_of(self.item, self.decision, pack, each) for each in group.standings}
        heaviest = min(group.standings, key=lambda each: weights[each.id])
        of_weight = [each for each in group.standings if weights[each.id] <= Weight.UNDETERMINED] or [heaviest]
        named = group.title if group.deliverable is None else f"{group.title} ({group.deliverable.provision})"
        said = f"{named}: {', '.join(tally_of_standings(of_weight).said())}"
        needed = [need.fact for need in group.needs]
        result = self.result(pack, group.id, heaviest, weights[heaviest.id], said, needed)
        named_findings = [f"- {each.id}: {self.asked(pack, each)}" for each in of_weight]
        return Result(
            result.name, result.failure, result.skipped, "\n".join([*named_findings, result.details]), result.kind
        )

    def alone(self, pack: PackDecision, standing: Standing) -> Result:
        weight = weight_of(self.item, self.decision, pack, standing)
        needed = pack.questions_about(standing.id)
        return self.result(pack, standing.id, standing, weight, self.asked(pack, standing), needed)

    def asked(self, pack: PackDecision, standing: Standing) -> str:
        """Return what is asked, with its provision; of words that hold where they stand and how they are settled."""
        if standing.is_signal:
            return str(signal_alarm(self.decision, pack, standing))
        return f"{standing.obligation.provision}: {standing.obligation.must}"

    def result(
        self, pack: PackDecision, about: str, standing: Standing, weight: Weight, said: str, needed: Sequence[str]
    ) -> Result:
        name = f"{pack.pack_id}.{about}"
        details = f"still needed: {', '.join(needed)}" if needed else ""
        if weight is Weight.MET:
            return Result(name)
        if (why_not := self.why_not(pack, standing, weight)) is not None:
            return Result(name, skipped=f"{why_not}; {said}", details=details, kind=weight.name.lower())
        return Result(name, failure=said, details=details, kind=weight.name.lower())

    def why_not(self, pack: PackDecision, standing: Standing, weight: Weight) -> str | None:
        """Return why something that gates is no failure, or None where it is one."""
        if weight is Weight.WAIVED:
            return str(self.decision.waived[pack.pack_id, standing.id])
        if weight is Weight.KNOWN:
            return "it stands in the baseline"
        if weight is Weight.UNDETERMINED:
            return "it is not stated whether this applies"
        threshold = self.decision.choices.threshold
        if not threshold.refuses(verdict_of([standing.status])):
            return f"`fail_on` is `{threshold.word}` ({threshold.place})"
        return None
