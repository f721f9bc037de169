"""Other engines on the same lowered pack, each in its own language.

A peer is given the known facts (`f3`), numbers and dates as their place among the values they are compared with, which
spares it large numbers. It makes the tests of facts and concludes the names of the nodes that hold, certain (`n3t`) and
possible (`n3p`). Collecting obligations from them is left to us and not timed.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered, literals, truths
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

Plain = bool | int | str | list[str]
Run = Callable[[Mapping[str, Plain]], frozenset[str]]
PLANES = ("t", "p")
_SIGNS = {Test.ABOVE: ">", Test.AT_LEAST: ">=", Test.BELOW: "<", Test.AT_MOST: "<="}


@dataclass(frozen=True)
class Facts:
    """The facts of a lowered pack as a peer gets them."""

    names: Mapping[str, str]
    thresholds: Mapping[str, list[FactValue]]

    @classmethod
    def of(cls, lowered: Lowered) -> Facts:
        found: dict[str, set[FactValue]] = {}
        for atom in lowered.atoms:
            if atom.test in _SIGNS:
                found.setdefault(atom.fact, set()).add(atom.operand)  # type: ignore[arg-type]
        names = {fact: f"f{number}" for number, fact in enumerate(lowered.facts)}
        return cls(names, {fact: sorted(values) for fact, values in found.items()})  # type: ignore[type-var]

    def plain(self, record: Mapping[str, FactValue]) -> dict[str, Plain]:
        """Return a record in plain JSON values."""
        return {name: self.value(fact, record[fact]) for fact, name in self.names.items() if fact in record}

    def value(self, fact: str, value: FactValue) -> Plain:
        if fact in self.thresholds:
            known = self.thresholds[fact]
            return 2 * bisect_left(known, value) + (value in known)  # type: ignore[type-var]
        return sorted(value) if isinstance(value, frozenset) else value  # type: ignore[return-value]

    def operand(self, atom: FactTest) -> Plain:
        """Return what a test compares with."""
        return self.value(atom.fact, atom.operand)  # type: ignore[arg-type]


def expected(lowered: Lowered, facts: Mapping[str, FactValue]) -> frozenset[str]:
    """Return what a peer must conclude."""
    found = set()
    for index, truth in enumerate(truths(lowered, facts)):
        if truth is not Truth.NO:
            found.add(f"n{index}p")
        if truth is Truth.YES:
            found.add(f"n{index}t")
    return frozenset(found)


def strata(lowered: Lowered) -> list[list[int]]:
    """Put each node above the nodes it refers to."""
    levels: list[int] = []
    for node in lowered.nodes:
        levels.append(1 + max((levels[part.index] for part in literals(node.formula) if part.is_node), default=-1))
    return [[i for i, level in enumerate(levels) if level == stratum] for stratum in range(max(levels) + 1)]


def asked(literal: Literal, plane: str) -> tuple[str, bool]:
    """Return the plane in which a literal asks for its atom or node, and whether that must hold or must not."""
    if literal.positive:
        return plane, True
    return ("p" if plane == "t" else "t"), False


def infix(formula: Formula, plane: str, leaf: Callable[[Literal, str], str], conj: str, disj: str) -> str:
    if isinstance(formula, Literal):
        return leaf(formula, plane)
    word = conj if isinstance(formula, Conjunction) else disj
    return "(" + f" {word} ".join(infix(part, plane, leaf, conj, disj) for part in formula.parts) + ")"


def zen(lowered: Lowered) -> Run:
    """GoRules Zen: one expression node per stratum."""
    import zen as library

    facts = Facts.of(lowered)

    def leaf(literal: Literal, plane: str) -> str:
        plane, positive = asked(literal, plane)
        if literal.is_node:
            return f"n{literal.index}{plane} {'==' if positive else '!='} true"
        atom = lowered.atoms[literal.index]
        name, operand = facts.names[atom.fact], json.dumps(facts.operand(atom)) if atom.operand is not None else ""
        if atom.test is Test.IS:
            text = f"{name} == {operand}"
        elif atom.test is Test.ONE_OF:
            text = f"{name} in {operand}"
        elif atom.test is Test.INCLUDES:
            text = "(" + " or ".join(f"{json.dumps(word)} in {name}" for word in json.loads(operand)) + ")"
        elif atom.test is Test.EMPTY:
            text = f"len({name}) == 0"
        else:
            text = f"{name} {_SIGNS[atom.test]} {operand}"
        text = f"({name} != null and {text})" if plane == "t" else f"({name} == null or {text})"
        return text if positive else f"not {text}"

    nodes: list[object] = [{"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}}]
    edges: list[object] = []
    previous = "in"
    for number, members in enumerate(strata(lowered)):
        expressions = [
            {"id": f"n{i}{p}", "key": f"n{i}{p}", "value": infix(lowered.nodes[i].formula, p, leaf, "and", "or")}
            for i in members
            for p in PLANES
        ]
        content = {"expressions": expressions, "passThrough": True, "executionMode": "single"}
        content |= {"inputField": None, "outputPath": None}
        nodes.append(
            {
                "id": f"s{number}",
                "name": f"s{number}",
                "type": "expressionNode",
                "position": {"x": 0, "y": 0},
                "content": content,
            }
        )
        edges.append({"id": f"e{number}", "sourceId": previous, "targetId": f"s{number}", "type": "edge"})
        previous = f"s{number}"
    nodes.append({"id": "out", "name": "out", "type": "outputNode", "position": {"x": 0, "y": 0}})
    edges.append({"id": "e", "sourceId": previous, "targetId": "out", "type": "edge"})
    decision = library.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def run(known: Mapping[str, Plain]) -> frozenset[str]:
        result = decision.evaluate(known)["result"]
        return frozenset(name for name, value in result.items() if value is True and name[0] == "n")

    return run


def cedar(lowered: Lowered) -> Run:
    """Cedar: one permit per node and plane, one request per stratum, since policies cannot build on each other."""
    import cedarpy

    facts = Facts.of(lowered)

    def leaf(literal: Literal, plane: str) -> str:
        plane, positive = asked(literal, plane)
        if literal.is_node:
            return f'{"" if positive else "!"}context.d.contains("n{literal.index}{plane}")'
        atom = lowered.atoms[literal.index]
        name, operand = facts.names[atom.fact], json.dumps(facts.operand(atom)) if atom.operand is not None else ""
        value = f"context.{name}"
        if atom.test is Test.IS:
            text = f"{value} == {operand}"
        elif atom.test is Test.ONE_OF:
            text = f"{operand}.contains({value})"
        elif atom.test is Test.INCLUDES:
            text = f"{value}.containsAny({operand})"
        elif atom.test is Test.EMPTY:
            text = f"{value}.isEmpty()"
        else:
            text = f"{value} {_SIGNS[atom.test]} {operand}"
        text = f"(context has {name} && {text})" if plane == "t" else f"(!(context has {name}) || {text})"
        return text if positive else f"!{text}"

    sets = []
    for members in strata(lowered):
        names = [f"n{index}{plane}" for index in members for plane in PLANES]
        policies = [
            f"permit(principal, action, resource) when {{ {infix(lowered.nodes[i].formula, p, leaf, '&&', '||')} }};"
            for i in members
            for p in PLANES
        ]
        text = "\n".join(policies)
        made = cedarpy.PolicySet.from_str(text) if hasattr(cedarpy.PolicySet, "from_str") else cedarpy.PolicySet(text)
        sets.append((made, {f"policy{number}": name for number, name in enumerate(names)}))

    def run(known: Mapping[str, Plain]) -> frozenset[str]:
        found: list[str] = []
        request = {"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"'}
        for policies, names in sets:
            answer = cedarpy.is_authorized({**request, "context": {**known, "d": found}}, policies, [])
            found += [names[reason] for reason in answer.diagnostics.reasons]
        return frozenset(found)

    return run


def json_logic(lowered: Lowered) -> Run:
    """JSON-logic (panzi): one expression per node and plane, results written back into the data."""
    from json_logic import jsonLogic

    facts = Facts.of(lowered)

    def test(atom: FactTest, plane: str) -> object:
        value: object = {"var": facts.names[atom.fact]}
        operand = facts.operand(atom) if atom.operand is not None else None
        if atom.test is Test.IS:
            text: object = {"===": [value, operand]}
        elif atom.test is Test.ONE_OF:
            text = {"in": [value, operand]}
        elif atom.test is Test.INCLUDES:
            assert isinstance(operand, list)
            text = {"or": [{"in": [word, value]} for word in operand]}
        elif atom.test is Test.EMPTY:
            text = {"!": [value]}
        else:
            text = {_SIGNS[atom.test]: [value, operand]}
        unknown = {"===": [value, None]}
        return {"and": [{"!": [unknown]}, text]} if plane == "t" else {"or": [unknown, text]}

    def tree(formula: Formula, plane: str) -> object:
        if isinstance(formula, Literal):
            plane, positive = asked(formula, plane)
            name = f"n{formula.index}{plane}"
            found = {"var": name} if formula.is_node else test(lowered.atoms[formula.index], plane)
            return found if positive else {"!": [found]}
        word = "and" if isinstance(formula, Conjunction) else "or"
        return {word: [tree(part, plane) for part in formula.parts]}

    trees = [(f"n{i}{p}", tree(node.formula, p)) for i, node in enumerate(lowered.nodes) for p in PLANES]

    def run(known: Mapping[str, Plain]) -> frozenset[str]:
        data: dict[str, object] = dict(known)
        found = []
        for name, expression in trees:
            if jsonLogic(expression, data):
                data[name] = True
                found.append(name)
        return frozenset(found)

    return run


PEERS: Mapping[str, tuple[Callable[[Lowered], Run], int]] = {
    "zen-engine (GoRules)": (zen, 40),
    "Cedar (cedarpy)": (cedar, 40),
    "JSON-logic (panzi)": (json_logic, 40),
}
