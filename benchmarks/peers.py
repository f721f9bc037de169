"""Other engines on the same lowered pack, each in its own language.

A peer is given the names of the fact tests that hold, certain (`a7t`) and possible (`a7p`), and concludes the names of the
nodes that hold (`n3t`, `n3p`). That is the least it can be asked: reading facts, comparing values and collecting duties
is left to us and not timed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from aiact_rules.core.lowering import Conjunction, Formula, Literal, Lowered, holds, literals, truths
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

Run = Callable[[frozenset[str]], frozenset[str]]
PLANES = ("t", "p")


def true_names(lowered: Lowered, facts: Mapping[str, FactValue]) -> frozenset[str]:
    """Give what a peer is told: the fact tests that hold, in each plane."""
    found = set()
    for index, atom in enumerate(lowered.atoms):
        value = facts.get(atom.fact)
        if value is None or holds(atom, value):
            found.add(f"a{index}p")
        if value is not None and holds(atom, value):
            found.add(f"a{index}t")
    return frozenset(found)


def expected(lowered: Lowered, facts: Mapping[str, FactValue]) -> frozenset[str]:
    """Give what a peer must conclude."""
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


def named(literal: Literal, plane: str) -> tuple[str, bool]:
    """Give the name a literal asks for in a plane, and whether it must hold or must not."""
    if not literal.positive:
        plane = "p" if plane == "t" else "t"
    return f"{'n' if literal.is_node else 'a'}{literal.index}{plane}", literal.positive


def infix(formula: Formula, plane: str, leaf: Callable[[str, bool], str], conj: str, disj: str) -> str:
    if isinstance(formula, Literal):
        return leaf(*named(formula, plane))
    word = conj if isinstance(formula, Conjunction) else disj
    return "(" + f" {word} ".join(infix(part, plane, leaf, conj, disj) for part in formula.parts) + ")"


def zen(lowered: Lowered) -> Run:
    """GoRules Zen: one expression node per stratum."""
    import zen as library

    def leaf(name: str, positive: bool) -> str:
        return f"{name} == true" if positive else f"{name} != true"

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

    def run(true: frozenset[str]) -> frozenset[str]:
        result = decision.evaluate(dict.fromkeys(true, True))["result"]
        return frozenset(name for name, value in result.items() if value is True and name[0] == "n")

    return run


def cedar(lowered: Lowered) -> Run:
    """Cedar: one permit per node and plane, one request per stratum, since policies cannot build on each other."""
    import cedarpy

    def leaf(name: str, positive: bool) -> str:
        return f'{"" if positive else "!"}context.d.contains("{name}")'

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

    def run(true: frozenset[str]) -> frozenset[str]:
        known = list(true)
        found: list[str] = []
        request = {"principal": 'U::"u"', "action": 'A::"a"', "resource": 'R::"r"'}
        for policies, names in sets:
            answer = cedarpy.is_authorized({**request, "context": {"d": known + found}}, policies, [])
            found += [names[reason] for reason in answer.diagnostics.reasons]
        return frozenset(found)

    return run


def json_logic(lowered: Lowered) -> Run:
    """JSON-logic (panzi): one expression per node and plane, results written back into the data."""
    from json_logic import jsonLogic

    def tree(formula: Formula, plane: str) -> object:
        if isinstance(formula, Literal):
            name, positive = named(formula, plane)
            return {"var": name} if positive else {"!": [{"var": name}]}
        word = "and" if isinstance(formula, Conjunction) else "or"
        return {word: [tree(part, plane) for part in formula.parts]}

    trees = [(f"n{i}{p}", tree(node.formula, p)) for i, node in enumerate(lowered.nodes) for p in PLANES]

    def run(true: frozenset[str]) -> frozenset[str]:
        data: dict[str, bool] = dict.fromkeys(true, True)
        found = []
        for name, expression in trees:
            if jsonLogic(expression, data):
                data[name] = True
                found.append(name)
        return frozenset(found)

    return run


def rego(lowered: Lowered) -> Run:
    """Rego by rego-cpp (regopy), a second implementation of OPA's language."""
    import regopy

    rules: list[str] = []

    def bodies(formula: Formula, plane: str) -> Iterator[list[str]]:
        if isinstance(formula, Conjunction):
            body = []
            for part in formula.parts:
                if isinstance(part, Literal):
                    body.append(fragment(part, plane))
                else:
                    helper = f"h{len(rules)}"
                    add(helper, bodies(part, plane))
                    body.append(helper)
            yield body
        elif isinstance(formula, Literal):
            yield [fragment(formula, plane)]
        else:
            for part in formula.parts:
                yield from bodies(part, plane)

    def fragment(literal: Literal, plane: str) -> str:
        name, positive = named(literal, plane)
        return f"{'' if positive else 'not '}{'input.' if name[0] == 'a' else ''}{name}"

    def add(name: str, alternatives: Iterable[list[str]]) -> None:
        made = [f"{name} if {{ {'; '.join(body)} }}" for body in alternatives]
        rules.extend(made)

    for index, node in enumerate(lowered.nodes):
        for plane in PLANES:
            add(f"n{index}{plane}", bodies(node.formula, plane))
            rules.append(f'found contains "n{index}{plane}" if n{index}{plane}')
    interpreter = regopy.Interpreter()
    interpreter.add_module("rules", "\n".join(["package rules", "import rego.v1", *rules]) + "\n")

    def run(true: frozenset[str]) -> frozenset[str]:
        interpreter.set_input(dict.fromkeys(true, True))
        return frozenset(json.loads(str(interpreter.query("found = data.rules.found")))["bindings"]["found"])

    return run


PEERS: Mapping[str, tuple[Callable[[Lowered], Run], int]] = {
    "zen-engine (GoRules)": (zen, 40),
    "Cedar (cedarpy)": (cedar, 40),
    "JSON-logic (panzi)": (json_logic, 40),
    "Rego (regopy, rego-cpp)": (rego, 1),
}
