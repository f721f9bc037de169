"""Proving: everything that is asked of a pack, on one date and, for what is not in the law then, on others."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date

from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.proof.equality import Equalities
from aiact_rules.proof.extensions import extensions_change_nothing
from aiact_rules.proof.kleene import learning_keeps, planes_ordered
from aiact_rules.proof.lists import lists_hide_nothing
from aiact_rules.proof.pack_logic import PackLogic
from aiact_rules.proof.properties import (
    allow_sound,
    no_contradiction,
    obligations_bite,
    obligations_fulfillable,
    obligations_lapse,
    other_dates,
    prohibitions_block,
    rules_alive,
)
from aiact_rules.proof.results import Proof, Property
from aiact_rules.proof.screening import situations_held

_LARGE = 200  # obligations from which a second process is worth its start


def prove(
    pack: Pack,
    as_of: date,
    choices: Mapping[str, str] | None = None,
    *,
    law: Pack | None = None,
    two_processes: bool = False,
) -> Iterator[Proof]:
    """Prove what must hold of a pack; one proof for `as_of`, then one for each date with text that is not in the law then.

    `law` is the pack without its extensions: with it, it is proved that they change nothing of what it says.
    With `two_processes`, half of the work on a large pack is done in a process of its own; the caller's module must then
    be importable without effects. Raises PackError where the pack says nothing on that date, and where the solver gives
    no answer.
    """
    pack_at = pack.at(as_of, choices)
    extensions = tuple(f"{extension.id} {extension.version}" for extension in pack.extensions)
    seen = {*pack_at.rules, *pack_at.obligations}
    if two_processes and len(pack_at.obligations) >= _LARGE:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            equal = pool.submit(equalities_of, pack_at)
            sound, complete = soundness_of(pack_at), completeness_of(pack_at)
            properties = (*sound, *equal.result(), *complete)
    else:
        properties = (*soundness_of(pack_at), *equalities_of(pack_at), *completeness_of(pack_at))
    properties += _of_extensions(law, pack_at, choices)
    yield Proof(pack.id, pack.version, as_of, extensions, properties)
    for day in other_dates(pack, as_of):
        if pack.in_force_since is not None and day < pack.in_force_since:
            continue
        then = pack.at(day, choices)
        new = [name for name in (*then.rules, *then.obligations) if name not in seen]
        seen |= set(new)
        if new:
            others = (*_of_other_text(PackLogic(then), new), *_of_extensions(law, then, choices))
            yield Proof(pack.id, pack.version, day, extensions, others)


def _of_extensions(law: Pack | None, pack_at: PackAt, choices: Mapping[str, str] | None) -> tuple[Property, ...]:
    if law is None or not pack_at.pack.extensions:
        return ()
    known = {name: choice for name, choice in (choices or {}).items() if name in law.readings}
    return (extensions_change_nothing(law.at(pack_at.as_of, known), pack_at),)


def soundness_of(pack_at: PackAt) -> tuple[Property, ...]:
    """Prove what must hold of the rules and of the verdict."""
    subject = PackLogic(pack_at)
    return (
        rules_alive(subject),
        obligations_bite(subject),
        obligations_lapse(subject),
        obligations_fulfillable(subject),
        no_contradiction(subject),
        prohibitions_block(subject),
        lists_hide_nothing(subject),
        situations_held(subject),
        allow_sound(subject),
        planes_ordered(subject),
        learning_keeps(subject),
    )


def equalities_of(pack_at: PackAt) -> tuple[Property, ...]:
    """Prove that all forms of the pack are equal."""
    equalities = Equalities(PackLogic(pack_at))
    return (
        equalities.lowered_is_rules(),
        equalities.generated_is_lowered(),
        equalities.planes_are_lowered(),
    )


def completeness_of(pack_at: PackAt) -> tuple[Property, ...]:
    """Prove that the planes fill in what nobody stated: apart from the other forms, to share the work out evenly."""
    return (Equalities(PackLogic(pack_at)).planes_complete(),)


def _of_other_text(subject: PackLogic, names: list[str]) -> Iterator[Property]:
    yield rules_alive(subject, names)
    yield obligations_bite(subject, names)
    yield obligations_lapse(subject, names)
    yield obligations_fulfillable(subject, names)
    yield prohibitions_block(subject, names)
    yield lists_hide_nothing(subject)
    yield situations_held(subject, names)
