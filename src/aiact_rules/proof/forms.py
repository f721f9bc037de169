"""Forms: what a lowered pack computes, in logic; one answer for each conclusion and each obligation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import z3

from aiact_rules.core.conditions import FactTest
from aiact_rules.core.formulas import Conjunction, Literal, Lowered
from aiact_rules.core.formulas import Formula as Lines
from aiact_rules.proof.inputs import Formula, Rail

Rails = Callable[[FactTest], Rail]


@dataclass(frozen=True, slots=True)
class ObligationRails:
    """The four answers about one obligation."""

    owed: Rail
    in_force: Rail
    due: Rail
    met: Rail

    def named(self) -> Iterator[tuple[str, Rail]]:
        """Return each answer with its name."""
        yield "owed", self.owed
        yield "in force", self.in_force
        yield "due", self.due
        yield "met", self.met


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything an engine says about any facts."""

    conclusions: Mapping[str, Rail]
    obligations: Mapping[str, ObligationRails]


def negated(rail: Rail) -> Rail:
    """Return the negation: certain where the rail is not even possible."""
    return Rail(z3.Not(rail.possible), z3.Not(rail.certain))


def node_rails(lowered: Lowered, atoms: Rails) -> list[Rail]:
    """Return both planes of every node."""
    rails: list[Rail] = []
    for node in lowered.nodes:
        rails.append(rail_of(node.formula, lowered, atoms, rails))
    return rails


def rail_of(lines: Lines, lowered: Lowered, atoms: Rails, nodes: list[Rail]) -> Rail:
    """Return both planes of one formula of a lowered pack."""
    if isinstance(lines, Literal):
        rail = nodes[lines.index] if lines.is_node else atoms(lowered.atoms[lines.index])
        return rail if lines.positive else negated(rail)
    parts = [rail_of(part, lowered, atoms, nodes) for part in lines.parts]
    join = z3.And if isinstance(lines, Conjunction) else z3.Or
    return Rail(join([part.certain for part in parts]), join([part.possible for part in parts]))


def answers_of(lowered: Lowered, atoms: Rails) -> Answers:
    """Return the answers of a lowered pack."""
    nodes = node_rails(lowered, atoms)

    def rail(lines: Lines) -> Rail:
        return rail_of(lines, lowered, atoms, nodes)

    return Answers(
        {name: rail(formula) for name, formula in lowered.conclusions.items()},
        {d.id: ObligationRails(rail(d.owed), rail(d.in_force), rail(d.due), rail(d.met)) for d in lowered.obligations},
    )


def differences(one: Answers, other: Answers, *, where_owed: bool = False) -> dict[str, Formula]:
    """Return, by name, where two forms of one pack answer differently; what looks the same in both is left out.

    With `where_owed`, answers about an obligation that neither holds possible to be owed do not count.
    """
    found: dict[str, Formula] = {}
    for name in {**one.conclusions, **other.conclusions}:
        if name not in one.conclusions or name not in other.conclusions:
            found[f"conclusion {name} exists"] = z3.BoolVal(True)
            continue
        _add(found, f"conclusion {name}", one.conclusions[name], other.conclusions[name], None)
    for name in {**one.obligations, **other.obligations}:
        if name not in one.obligations or name not in other.obligations:
            found[f"obligation {name} exists"] = z3.BoolVal(True)
            continue
        first, second = one.obligations[name], other.obligations[name]
        for (part, left), (_, right) in zip(first.named(), second.named(), strict=True):
            counts = z3.Or(first.owed.possible, second.owed.possible) if where_owed and part != "owed" else None
            _add(found, f"obligation {name} {part}", left, right, counts)
    return found


def _add(found: dict[str, Formula], name: str, one: Rail, other: Rail, counts: Formula | None) -> None:
    for plane, left, right in (
        ("certain", one.certain, other.certain),
        ("possible", one.possible, other.possible),
    ):
        if not left.eq(right):
            differ = z3.Xor(left, right)
            found[f"{name}, {plane}"] = differ if counts is None else z3.And(counts, differ)
