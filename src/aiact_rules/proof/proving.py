"""Proving: everything that is asked of a pack, on one date and, for what is not in the law then, on others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from aiact_rules.core.packs import Pack
from aiact_rules.proof.equality import Equalities
from aiact_rules.proof.properties import (
    Subject,
    allow_sound,
    duties_bite,
    duties_fulfillable,
    duties_lapse,
    learning_keeps,
    no_contradiction,
    other_dates,
    planes_ordered,
    prohibitions_block,
    rules_alive,
)
from aiact_rules.proof.results import Proof, Property


def prove(pack: Pack, as_of: date, choices: Mapping[str, str] | None = None) -> Iterator[Proof]:
    """Prove what must hold of a pack; one proof for `as_of`, then one for each date with text that is not in the law then.

    Raises PackError where the pack says nothing on that date, and where the solver gives no answer.
    """
    subject = Subject(pack.at(as_of, choices))
    seen = {*subject.pack_at.rules, *subject.pack_at.obligations}
    yield Proof(pack.id, pack.version, as_of, tuple(_everything(subject)))
    for day in other_dates(pack, as_of):
        if pack.in_force_since is not None and day < pack.in_force_since:
            continue
        then = pack.at(day, choices)
        new = [name for name in (*then.rules, *then.obligations) if name not in seen]
        seen |= set(new)
        if new:
            yield Proof(pack.id, pack.version, day, tuple(_of_other_text(Subject(then), new)))


def _everything(subject: Subject) -> Iterator[Property]:
    yield rules_alive(subject)
    yield duties_bite(subject)
    yield duties_lapse(subject)
    yield duties_fulfillable(subject)
    yield no_contradiction(subject)
    yield prohibitions_block(subject)
    yield allow_sound(subject)
    yield planes_ordered(subject)
    yield learning_keeps(subject)
    equalities = Equalities(subject)
    yield equalities.lowered_is_rules()
    yield equalities.generated_is_lowered()
    yield equalities.planes_are_lowered()
    yield equalities.planes_complete()


def _of_other_text(subject: Subject, names: list[str]) -> Iterator[Property]:
    yield rules_alive(subject, names)
    yield duties_bite(subject, names)
    yield duties_lapse(subject, names)
    yield duties_fulfillable(subject, names)
    yield prohibitions_block(subject, names)
