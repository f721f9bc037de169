from __future__ import annotations

from dataclasses import replace

import pytest

from aiact_rules.core.formulas import Conjunction, Literal
from aiact_rules.core.lowering import lower
from aiact_rules.core.problems import PackError
from aiact_rules.engines.plane_program import Op
from aiact_rules.engines.python_source import PythonSource, source_of
from aiact_rules.proof.equality import Equalities
from aiact_rules.proof.pack_logic import PackLogic
from aiact_rules.proof.plane_form import engine_program
from tests.engines.packs import AS_OF, random_pack


@pytest.mark.parametrize("seed", range(10))
def test_every_form_of_any_pack_is_equal(seed):
    equalities = Equalities(PackLogic(random_pack(seed).at(AS_OF)))
    for each in (
        equalities.lowered_is_rules(),
        equalities.generated_is_lowered(),
        equalities.planes_are_lowered(),
        equalities.planes_complete(),
    ):
        assert each.holds, each.refutations


def test_a_lowered_pack_that_lost_an_exception_is_found(subject):
    sound = subject()
    nodes = list(sound.lowered.nodes)
    at = next(n for n, node in enumerate(nodes) if isinstance(node.formula, Conjunction) and node.formula.parts)
    nodes[at] = replace(nodes[at], formula=Conjunction(nodes[at].formula.parts[:-1]))
    broken = PackLogic(sound.pack_at, lowered=replace(sound.lowered, nodes=tuple(nodes)))
    (refutation,) = Equalities(broken).lowered_is_rules().refutations
    assert refutation.witness.replays


def test_a_lowered_literal_that_changed_its_sign_is_found(subject):
    sound = subject()
    obligations = list(sound.lowered.obligations)
    at, obligation = next((n, d) for n, d in enumerate(obligations) if isinstance(d.met, Literal))
    assert isinstance(obligation.met, Literal)
    obligations[at] = replace(obligation, met=replace(obligation.met, positive=not obligation.met.positive))
    broken = PackLogic(sound.pack_at, lowered=replace(sound.lowered, obligations=tuple(obligations)))
    (refutation,) = Equalities(broken).lowered_is_rules().refutations
    assert refutation.subject.startswith(f"obligation {obligation.id} met")
    assert refutation.witness.replays


def mutants(text: str) -> list[tuple[str, str]]:
    """Every change of one operator, constant or guard of the generated source that is worth a test."""
    pairs = [
        (" is True", " is not False"),
        (" and ", " or "),
        (" is not None and ", " is None or "),
        ("== 3", "!= 3"),
        (" >= ", " > "),
        ("else 1)", "else 0)"),
        (" | ", " or "),
        (" not in ", " in "),
    ]
    found = []
    for old, new in pairs:
        start = text.find(old)
        while start >= 0:
            found.append((f"{old!r} at {start}", text[:start] + new + text[start + len(old) :]))
            start = text.find(old, start + 1)
    return found


def test_a_mutated_generated_source_is_found_and_shown_by_a_run_of_it(subject):
    sound = subject()
    source = source_of(lower(sound.pack_at))
    equalities = Equalities(sound)
    assert equalities.generated_is_lowered(source).holds
    every = mutants(source.text)
    assert len(every) > 30
    survived, shown = [], 0
    for what, text in every[::3]:
        try:
            found = equalities.generated_is_lowered(PythonSource(text, source.constants))
        except PackError:
            shown += 1  # refused as Python of another kind
            continue
        if found.holds:
            survived.append(what)
        else:
            assert found.refutations[0].witness.replays, what
            shown += 1
    assert shown > 10
    # What survives computes the same: where it was `else 1` after a test of possibility, say, of what is never unknown.
    assert len(survived) <= shown // 4, survived


def test_generated_source_that_could_fail_on_an_unknown_fact_is_found(subject):
    sound = subject()
    source = source_of(sound.lowered)
    assert " is not None and " in source.text
    text = source.text.replace(" is not None and ", " is not True and ", 1)
    assert not Equalities(sound).generated_is_lowered(PythonSource(text, source.constants)).holds


def test_python_of_another_kind_is_refused(subject):
    sound = subject()
    source = source_of(sound.lowered)
    text = source.text.replace(" out = []\n", " out = []\n import os\n")
    with pytest.raises(PackError, match="Python of another kind"):
        Equalities(sound).generated_is_lowered(PythonSource(text, source.constants))


def test_every_changed_operation_of_a_plane_program_is_found(subject):
    sound = subject()
    equalities = Equalities(sound)
    program = engine_program(sound.lowered)
    other = {Op.AND: Op.OR, Op.OR: Op.AND, Op.XOR: Op.OR, Op.NOT: Op.OR}
    for at, instruction in enumerate(program.instructions):
        instructions = [
            *program.instructions[:at],
            replace(instruction, op=other[instruction.op]),
            *program.instructions[at + 1 :],
        ]
        found = equalities.planes_are_lowered(replace(program, instructions=tuple(instructions)))
        assert not found.holds, instruction
        assert found.refutations[0].witness.replays


def test_a_plane_that_is_overwritten_too_early_is_found(subject):
    sound = subject()
    program = engine_program(sound.lowered)
    instructions = list(program.instructions)
    instructions[0] = replace(instructions[0], target=instructions[1].first)
    assert not Equalities(sound).planes_are_lowered(replace(program, instructions=tuple(instructions))).holds
