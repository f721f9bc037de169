"""Licences: the freedoms of Art. 53(2) that follow from the name or the SPDX expression of a known open licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.open_lists import OpenList, settled
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.open_licences import OPEN, SPELLINGS

if TYPE_CHECKING:
    from license_expression import LicenseExpression

LICENCE = "model.licence"
FREEDOMS = "model.licence_freedoms"
CLOSED = "model.access_closed_in_union"
ACCESS = "access"
_GRANTED = frozenset({ACCESS, "use", "modify", "distribute"})
_LONGEST = 500
_OPERATOR = re.compile(r"[\s)](?:and|or|with)[\s(]", re.IGNORECASE)
_SPDX_ADDRESS = re.compile(
    r"https?://(?:www\.)?spdx\.org/licenses/(?P<id>[^/\s]+?)(?:\.html|\.json|\.txt)?/?\Z", re.IGNORECASE
)


@lru_cache(maxsize=1024)
def open_licence(said: str) -> str | None:
    """Return the SPDX ids of a licence that gives everybody all four freedoms; None where that is not known of it.

    What stands in a list, or is joined by AND, must all be open. Of what is joined by OR anybody may choose, so that one open
    licence is enough. An exception that SPDX lists (WITH) only adds permissions.
    """
    text = said.strip()
    if len(text) > _LONGEST or "licenseref" in text.lower():
        return None
    if (known := _known(text)) is not None:
        return known
    if "," in text:
        parts = [open_licence(part) for part in text.split(",")]
        return " AND ".join(part for part in parts if part) if all(parts) else None
    return _of_expression(text) if _OPERATOR.search(text) else None


def _known(text: str) -> str | None:
    found = _SPDX_ADDRESS.match(text)
    name = (found["id"] if found else text).lower()
    return OPEN.get(name) or SPELLINGS.get(name)


def _of_expression(text: str) -> str | None:
    from license_expression import get_spdx_licensing  # an index of all licences; few cards need it

    try:
        parsed = get_spdx_licensing().parse(text, validate=True)
    except Exception:  # what is no expression, or names no licence that SPDX has, makes its parser fail in many ways
        return None
    return str(parsed) if parsed is not None and _is_open(parsed) else None


def _is_open(expression: LicenseExpression) -> bool:
    from license_expression import LicenseSymbol, LicenseWithExceptionSymbol

    if isinstance(expression, LicenseWithExceptionSymbol):
        return expression.exception_symbol.is_exception and _is_open(expression.license_symbol)
    if isinstance(expression, LicenseSymbol):
        return not expression.is_exception and _known(expression.key) is not None
    some = any if expression.operator.strip().upper() == "OR" else all
    return some(_is_open(part) for part in expression.args)


@dataclass(frozen=True, slots=True)
class Limits:
    """What keeps an open licence from giving its freedoms to everybody: limited access, or a base model that is not open."""

    access: bool = False
    base: bool = False
    notes: tuple[str, ...] = ()


NO_LIMITS = Limits()


def limits_of(facts: Facts, gated: Place | None = None, base: Fact | None = None) -> Limits:
    """Return what limits an open licence: access that is `gated` or closed off from the Union, and the `base` model's licence."""
    licence = facts.by_name.get(LICENCE)
    if licence is None or open_licence(str(licence.value)) is None:
        return Limits()
    closed = facts.value(CLOSED) is True
    notes = []
    if gated is not None:
        notes.append(
            f"{gated}: access is limited or asked for, so `{licence.value}` does not show that everybody can get the model"
        )
    is_limited = base is not None and open_licence(str(base.value)) is None
    if base is not None and is_limited:
        notes.append(
            f"{base.origin.place}: the base model is under `{base.value}`, so `{licence.value}` does not show what everybody may do"
        )
    return Limits(closed or gated is not None, is_limited, () if FREEDOMS in facts else tuple(notes))


def with_freedoms(facts: Facts, vocabulary: Vocabulary, limits: Limits = NO_LIMITS) -> Facts:
    """Add the freedoms that follow from the licence of a model, with the place where the licence stands.

    What is limited stays open. Raises InputError where the freedoms are stated otherwise.
    """
    licence = facts.by_name.get(LICENCE)
    if licence is None or limits.base or FREEDOMS not in vocabulary:
        return facts
    if (named := open_licence(str(licence.value))) is None:
        return facts
    granted = OpenList.of(_GRANTED - {ACCESS}, {ACCESS}) if limits.access else _GRANTED
    place = licence.origin.place
    because = f"{named} gives them to everybody"
    follows = Fact(FREEDOMS, granted, Origin(place, Sureness.DERIVED, because))
    stated = facts.by_name.get(FREEDOMS)
    if stated is None:
        return Facts({**facts.by_name, FREEDOMS: follows})
    if not isinstance(stated.value, frozenset | OpenList) or settled(stated.value, granted) is None:
        message = f"`{FREEDOMS}` leaves out what the licence at {place} gives to everybody, `{licence.value}`"
        hint = "correct one of the two; where further terms take something away, name them in the licence too"
        raise InputError([Problem(message, stated.origin.place, hint)])
    return facts.merged_with(Facts({FREEDOMS: follows}))


def without_outdated(facts: Facts) -> Facts:
    """Return facts without freedoms that follow from what somebody has replaced since, such as the licence."""
    freedoms, licence = facts.by_name.get(FREEDOMS), facts.by_name.get(LICENCE)
    if freedoms is None or freedoms.origin.sureness is not Sureness.DERIVED:
        return facts
    everybody = facts.value(CLOSED) is not True or isinstance(freedoms.value, OpenList)
    if everybody and licence is not None and licence.origin.place == freedoms.origin.place:
        return facts
    return Facts({name: fact for name, fact in facts.by_name.items() if name != FREEDOMS})
