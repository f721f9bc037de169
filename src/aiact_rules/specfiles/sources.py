"""Sources: what was read in a secondary source alone neither frees nor founds a duty that was read in the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.conditions import Condition, Holds, ReadingIs, leaves
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import Problem
from aiact_rules.core.rules import Obligation, Rule


def check_sources(pack: Pack, extended: Sequence[Pack]) -> Iterator[Problem]:
    """Return a problem for each rule of certainty S or K on which something rests that can hold or block.

    None where the rule names the fact by which a person confirms it, until when what rests on it is left open, or where it
    counts only under a chosen reading, which each finding names.
    """
    reach = _Reach([pack, *extended])
    for rule in pack.rules.values():
        if rule.certainty.can_gate:
            continue
        if (found := reach.first_duty(rule)) is not None:
            yield Problem(
                f"rule `{rule.id}` has certainty {rule.certainty.value}, and `{found.id}`, which can hold or block, rests on it",
                rule.place,
                "read the text, name in `confirmed_by` the fact by which a person confirms it, or make it a reading",
            )


class _Reach:
    """Finds what rests on a rule, by its conclusion and by the exceptions that it makes."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._rules = {rule.id: rule for pack in packs for rule in pack.rules.values()}
        self._duties = {o.id: o for pack in packs for o in pack.obligations.values() if o.can_gate and not o.is_signal}
        self._rules_with: dict[str, list[Rule]] = {}
        self._duties_with: dict[str, list[Obligation]] = {}
        for rule in self._rules.values():
            for name in _conclusions_in([rule.when]):
                self._rules_with.setdefault(name, []).append(rule)
        for pack in packs:
            self._read_duties(pack)

    def _read_duties(self, pack: Pack) -> None:
        for o in pack.obligations.values():
            if o.id not in self._duties:
                continue
            conditions = [o.given, *(() if o.met is None else (o.met,)), *(deadline.when for deadline in o.deadlines)]
            if (table := pack.timetables.get(o.timetable or "")) is not None:
                conditions += [route.when for route in table.routes]
                conditions += [deferral.when for deferral in table.deferrals]
            names = _conclusions_in(conditions)
            for role in (pack.roles[name] for name in o.roles if name in pack.roles):
                names |= dict.fromkeys(name for name in (role.deemed, role.unless) if name is not None)
            for name in names:
                self._duties_with.setdefault(name, []).append(o)

    def first_duty(self, rule: Rule) -> Obligation | None:
        """Return a duty that can hold or block and rests on the rule without a word, or None where there is none."""
        seen = {rule.id}
        waiting = [rule]
        while waiting:
            at = waiting.pop(0)
            if _says_what_it_rests_on(at):
                continue
            following: list[Rule] = []
            for target in at.exception_to:
                if target in self._duties:
                    return self._duties[target]
                following += [self._rules[target]] if target in self._rules else []
            if at.concludes is not None:
                if duties := self._duties_with.get(at.concludes):
                    return duties[0]
                following += self._rules_with.get(at.concludes, [])
            waiting += [each for each in following if each.id not in seen]
            seen |= {each.id for each in following}
        return None


def _says_what_it_rests_on(rule: Rule) -> bool:
    return rule.confirmed_by is not None or any(isinstance(leaf, ReadingIs) for leaf in leaves(rule.when))


def _conclusions_in(conditions: Sequence[Condition]) -> dict[str, None]:
    return {leaf.conclusion: None for each in conditions for leaf in leaves(each) if isinstance(leaf, Holds)}
