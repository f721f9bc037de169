"""Groups: the obligations of a decision by the document or act they come down to, with the fact that settles most of each.

Where a pack names none for an obligation, its article stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.deliverables import Deliverable
from aiact_rules.core.needs import Need
from aiact_rules.core.needs import in_order as by_impact
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.rules import Obligation
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import Tally, tally_of_standings


@dataclass(frozen=True, slots=True)
class Group:
    """Obligations that belong together. `id` and `title` are those of their `deliverable`, or else both their article.

    `needs` are the facts to state, the one that most of what gates in the group asks for first.
    """

    id: str
    title: str
    standings: tuple[Standing, ...]
    needs: tuple[Need, ...]
    tally: Tally = field(repr=False)
    deliverable: Deliverable | None = None

    @property
    def fact(self) -> Need | None:
        """Return the fact to state first, with the number of obligations of the group that it affects."""
        return self.needs[0] if self.needs else None


def groups_of(pack: PackDecision, *statuses: Status) -> tuple[Group, ...]:
    """Return the obligations of a pack that have one of these statuses (none named: any), grouped, in the law's order.

    Writes no finding: `PackDecision.finding` does so by the id of each.
    """
    return grouped(pack, (each for each in pack.standings if not statuses or each.status in statuses))


def gating_groups(pack: PackDecision) -> tuple[Group, ...]:
    """Return what stands in the way of an allow, the largest group first."""
    groups = groups_of(pack, *(status for status in Status if status.gates))
    return tuple(sorted(groups, key=lambda group: (-group.tally.violated, -len(group.standings))))


def grouped(pack: PackDecision, standings: Iterable[Standing]) -> tuple[Group, ...]:
    """Return some standings of a pack as groups, in the law's order."""
    found: dict[str, list[Standing]] = {}
    for each in standings:
        found.setdefault(_group_id(pack, each.obligation), []).append(each)
    return tuple(_group(pack, name, tuple(found[name])) for name in _in_order(pack, found))


def _group(pack: PackDecision, name: str, standings: tuple[Standing, ...]) -> Group:
    deliverable = pack.pack_at.pack.deliverables.get(name)
    title = name if deliverable is None else deliverable.title
    needs = by_impact(pack.questions_about(each.id) for each in standings)
    return Group(name, title, standings, needs, tally_of_standings(standings), deliverable)


def _group_id(pack: PackDecision, o: Obligation) -> str:
    deliverable = pack.pack_at.pack.deliverable_of(o.id)
    return article_of(o.provision) if deliverable is None else deliverable.id


def _in_order(pack: PackDecision, found: Mapping[str, object]) -> list[str]:
    """Return the ids of groups: deliverables in the order of the pack, then articles in the order of the law."""
    deliverables = pack.pack_at.pack.deliverables
    return [*(name for name in deliverables if name in found), *in_order(found.keys() - deliverables.keys())]
