"""Defaults: the release date and the moment where nobody states them, marked as declared by default."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.packs import EVENTS, MOMENT, NO_ROLE, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import FactValue


def with_defaults(stated: Facts, packs: Iterable[Pack], as_of: date) -> Facts:
    """Add the release date (the as-of date) and the moment (the latest usual one of the roles) where they are not stated.

    Both are marked as declared by default. With no role known the moment stays unknown. Raises InputError where it is
    stated that there is no role: nobody would owe anything, and everything would be allowed; likewise for an event about
    which a law says nothing.
    """
    added = []
    if RELEASE_DATE not in stated:
        added.append(_default(RELEASE_DATE, as_of, "the release is judged on the as-of date"))
    roles = stated.value(ROLES)
    if roles == frozenset():
        place = stated[ROLES].origin.place
        raise InputError(
            [Problem("an operator without any role cannot be judged", place, "name a role, or leave it out")]
        )
    packs = tuple(packs)
    if isinstance(roles, frozenset) and (silent := silent_about(roles, packs)) is not None:
        raise InputError([Problem(silent, stated[ROLES].origin.place, "name a role, or judge by other packs")])
    moment = stated.value(MOMENT)
    if isinstance(moment, str) and (silent := silent_at(moment, packs)) is not None:
        raise InputError([Problem(silent, stated[MOMENT].origin.place, "name a step, or judge by other packs")])
    if MOMENT not in stated and isinstance(roles, frozenset):
        moments = {
            pack.roles[name].moment: pack.moments[pack.roles[name].moment].order
            for pack in packs
            for name in roles
            if name in pack.roles
        }
        if moments:
            latest = max(sorted(moments), key=lambda name: moments[name])
            added.append(_default(MOMENT, latest, "the usual moment for these roles"))
    return stated.merged_with(Facts.of(added))


def silent_about(roles: frozenset[str], packs: Iterable[Pack]) -> str | None:
    """Return which law says nothing about people in no role, where some are among `roles`: no silence allows them."""
    for pack in packs:
        if pack.gates and (unknown := sorted((roles & NO_ROLE) - {*pack.outside_roles})):
            return f"pack `{pack.id}` does not say what somebody in no role owes, such as `{unknown[0]}`"
    return None


def silent_at(moment: str, packs: Iterable[Pack]) -> str | None:
    """Return which law does not say what an event triggers, where the moment is one: no silence allows it."""
    for pack in packs:
        if pack.gates and moment in EVENTS and moment not in pack.moments:
            return f"pack `{pack.id}` does not say what the event `{moment}` triggers"
    return None


def _default(name: str, value: FactValue, because: str) -> Fact:
    return Fact(name, value, Origin(Place("default"), Sureness.DECLARED_BY_DEFAULT, because))
