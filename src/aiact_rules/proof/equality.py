"""Equality: the rules, the lowered pack, the generated Python and the plane programs say the same of all facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import z3

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.engines.generated import function_of
from aiact_rules.engines.interpreter import outcome_of
from aiact_rules.engines.plane_program import Program
from aiact_rules.engines.python_source import PythonSource, source_of
from aiact_rules.proof.forms import Answers, answers_of, differences, node_rails
from aiact_rules.proof.inputs import Formula, Record, View
from aiact_rules.proof.meaning import Meaning
from aiact_rules.proof.pack_logic import Clock, PackLogic, answered
from aiact_rules.proof.plane_form import (
    engine_answers,
    engine_program,
    plane_answers,
    program_of,
    run_on,
)
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.source_form import source_answers
from aiact_rules.proof.witnesses import Witness, shrunk


class Equalities:
    """Proves for one pack that its forms are equal, for all facts: what is unknown, and what no gate would pass on, too."""

    def __init__(self, subject: PackLogic) -> None:
        self.subject = subject
        self.view = View(subject.inputs)
        self._rules: Answers | None = None
        self._lowered: Answers | None = None

    def rules(self) -> Answers:
        """Return the answers of the rules."""
        if self._rules is None:
            self._rules = Meaning(self.subject.pack_at, self.view.rail).answers()
        return self._rules

    def lowered(self) -> Answers:
        """Return the answers of the lowered pack."""
        if self._lowered is None:
            self._lowered = answers_of(self.subject.lowered, self.view.rail)
        return self._lowered

    def lowered_is_rules(self) -> Property:
        """Prove that the lowered pack says what the rules mean."""
        with Clock() as clock:
            found = differences(self.rules(), self.lowered())
            lowered, pack_at = self.subject.lowered, self.subject.pack_at

            def differs(facts: Record) -> bool:
                return outcome_of(lowered, facts) != Evaluation(pack_at, facts).outcome()

            # For an obligation that is not owed an outcome says nothing; the formulas are compared all the same.
            refutations = self._refutations(found, self.view, (), differs, "the lowered pack and the rules differ")
        return self._property("lowered_is_rules", "the lowered pack is the rules", clock, refutations)

    def generated_is_lowered(self, source: PythonSource | None = None) -> Property:
        """Prove that generated Python computes the lowered pack; without `source`, the Python the engine writes."""
        with Clock() as clock:
            lowered = self.subject.lowered
            source = source if source is not None else source_of(lowered)
            read = source_answers(source, lowered, self.subject.inputs)
            found = differences(self.lowered(), read.answers, where_owed=True)
            found["a failure or an obligation reported twice"] = read.faults
            run = function_of(source, "<generated>")

            def differs(facts: Record) -> bool:
                try:
                    return run(facts) != outcome_of(lowered, facts)
                except (TypeError, AttributeError):
                    return True

            nodes = node_rails(lowered, self.view.rail)
            lemmas = [z3.Implies(rail.certain, rail.possible) for rail in nodes]  # proved by `planes_ordered`
            refutations = self._refutations(found, self.view, lemmas, differs, "the generated Python differs")
        return self._property("generated_is_lowered", "the generated Python is the lowered pack", clock, refutations)

    def planes_are_lowered(self, program: Program | None = None) -> Property:
        """Prove that the planes engine computes the lowered pack; without `program`, the program the engine runs."""
        with Clock() as clock:
            lowered = self.subject.lowered
            right = engine_program(lowered)
            program = program if program is not None else right
            found = differences(self.lowered(), engine_answers(program, lowered, self.view))

            def differs(facts: Record) -> bool:
                return run_on(program, facts) != run_on(right, facts)

            refutations = self._refutations(found, self.view, (), differs, "the plane program differs")
        return self._property("planes_are_lowered", "the plane program is the lowered pack", clock, refutations)

    def planes_complete(self, program: Program | None = None) -> Property:
        """Prove that a plane program with the declared defaults computes the lowered pack on completed facts."""
        with Clock() as clock:
            subject = self.subject
            lowered, vocabulary = subject.lowered, subject.pack_at.pack.vocabulary
            right = program_of(lowered, vocabulary)
            program = program if program is not None else right
            answers = plane_answers(program, lowered, subject.view)
            found = differences(answers_of(lowered, subject.view.rail), answers)

            def differs(facts: Record) -> bool:
                return run_on(program, facts) != run_on(right, facts)

            refutations = self._refutations(
                found, subject.view, subject.view.conditions, differs, "the plane program with defaults differs"
            )
        return self._property("planes_complete", "the plane program fills in the defaults", clock, refutations)

    def _property(self, key: str, title: str, clock: Clock, refutations: tuple[Refutation, ...]) -> Property:
        lowered = self.subject.lowered
        return Property(key, title, len(lowered.conclusions) + 4 * len(lowered.obligations), clock.seconds, refutations)

    def _refutations(
        self,
        found: Mapping[str, Formula],
        view: View,
        lemmas: Iterable[Formula],
        differs: Callable[[Record], bool],
        message: str,
    ) -> tuple[Refutation, ...]:
        if not found:
            return ()
        subject = self.subject
        # Obligations that share conditions share formulas too: each is asked once.
        once = list({formula.get_id(): formula for formula in found.values()}.values())
        model = _model_of_some(once, subject.inputs.solver(*view.conditions, *lemmas))
        if model is None:
            return ()
        names = [name for name, formula in found.items() if z3.is_true(model.eval(formula, model_completion=True))]
        text = f"{message}: {', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}"
        pack = subject.pack_at.pack
        witness = Witness(text, shrunk(subject.inputs.record(model), differs), pack.id, subject.pack_at.as_of)
        return (Refutation(names[0], text, witness=witness.replayed(subject.reader, differs)),)


def _model_of_some(formulas: list[Formula], solver: Any) -> Any:
    """Return a model of one of the formulas, or None. What was refuted helps to refute the next."""
    for at in range(0, len(formulas), 300):
        some = z3.Or(formulas[at : at + 300])
        solver.push()
        solver.add(some)
        if answered(solver):
            return solver.model()
        solver.pop()
        solver.add(z3.Not(some))
    return None
