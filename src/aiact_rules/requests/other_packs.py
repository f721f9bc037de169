"""Other packs: what to say of a name that no judging pack declares, where another pack does, installed or not."""

from __future__ import annotations

from collections.abc import Iterable

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import InputError, Problem, ProblemsError
from aiact_rules.requests.choosing import DISTRIBUTIONS
from aiact_rules.sources.statements import UnknownName


def naming_their_packs(error: InputError, catalogue: Catalogue) -> InputError:
    """Return an error in which names of facts of packs that do not judge say so, and what to do; itself where it has none."""
    if not any(isinstance(problem, UnknownName) for problem in error.problems):
        return error
    return InputError(_explained(error.problems, catalogue))


def _explained(problems: Iterable[Problem], catalogue: Catalogue) -> Iterable[Problem]:
    for problem in problems:
        yield _of_its_pack(problem, catalogue) if isinstance(problem, UnknownName) else problem


def _of_its_pack(problem: UnknownName, catalogue: Catalogue) -> Problem:
    for head in catalogue.heads.values():
        if not head.gates:
            continue
        try:
            vocabulary = catalogue.pack(head.id).vocabulary
        except ProblemsError:  # a pack that nobody asked for is no reason to hide what is wrong here
            continue
        is_fact = problem.name in vocabulary or bool(vocabulary.formerly(problem.name))
        if is_fact or any(name.startswith(f"{problem.name}.") for name in vocabulary):
            what = "is a fact" if is_fact else "holds facts"
            message = f"`{problem.name}` {what} of the pack `{head.id}`, which does not judge this release"
            return Problem(message, problem.place, f"add {head.market} to `markets`, or remove the line")
    prefix = problem.name.split(".")[0].split("_")[0].upper()
    installed = {head.market.split("-")[0] for head in catalogue.heads.values() if head.gates}
    if prefix in DISTRIBUTIONS and prefix not in installed:
        distribution = DISTRIBUTIONS[prefix]
        return Problem(problem.message, problem.place, f"facts of that name come with {distribution}: install it")
    return problem
