"""Vocabulary files → the facts of a pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from aiact_rules.core.packs import RELEASE_DATE, Pack
from aiact_rules.core.periods import Period, passed_fact
from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.rules import Obligation
from aiact_rules.core.vocabulary import (
    UNKNOWN,
    Derivation,
    FactDeclaration,
    FactType,
    FactValue,
    Former,
    Vocabulary,
    parse_quantity,
)
from aiact_rules.specfiles.format import FactSpec, VocabularyFile
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, entries, place_of
from aiact_rules.yaml_text import Node


def read_vocabulary(loading: Loading, extended: Sequence[Pack]) -> Vocabulary:
    """Read every vocabulary file, after the facts of the packs that this one extends."""
    declarations = [declaration for base in extended for declaration in base.vocabulary.declarations.values()]
    ordered = sorted(loading.of(VocabularyFile), key=lambda read: not read[0].name.startswith("common/"))
    for file, node, value in ordered:
        for entry in entries(child(node, "facts")):
            spec = value.facts.get(entry.key)
            if spec is not None:
                declarations.append(_declaration(entry.key, spec, entry.value, entry.place, loading))
        del file
    kept: dict[str, FactDeclaration] = {}
    for declaration in declarations:
        other = kept.setdefault(declaration.name, declaration)
        if other != declaration:
            loading.problem(
                f"fact `{declaration.name}` is declared twice in different words",
                declaration.place,
                f"the other declaration is at {other.place}",
            )
    checked = {name for base in extended for name in base.vocabulary}
    for declaration in (declaration for name, declaration in kept.items() if name not in checked):
        part_type = _part_type(declaration)
        not_so = "is not a date" if part_type is FactType.DATE else "is not a quantity"
        parts = [(name, part_type, not_so) for name in (declaration.derivation.of if declaration.derivation else ())]
        bounds = [(name, declaration.type, "is of another type") for name in declaration.bounded_by]
        for name, wanted, fault in (*parts, *bounds):
            part = kept.get(name)
            if part is None and name not in loading.unread:
                hint = did_you_mean(name, kept)
                loading.problem(f"fact `{declaration.name}`: unknown fact `{name}`", declaration.place, hint)
            elif part is not None and part.type is not wanted:
                loading.problem(f"fact `{declaration.name}`: `{name}` {fault}", declaration.place)
    _check_former_names(kept, loading)
    return Vocabulary(kept)


def _part_type(declaration: FactDeclaration) -> FactType:
    """Return the type of the facts that a fact follows from."""
    derivation = declaration.derivation
    return FactType.DATE if derivation is not None and derivation.period is not None else FactType.QUANTITY


def passed_facts(obligations: Iterable[Obligation]) -> Vocabulary:
    """Return the facts that the periods of obligations had passed by the release; each follows from two dates."""
    deadlines = [each for o in obligations for each in o.deadlines if each.runs_from != RELEASE_DATE]
    return Vocabulary.of(
        FactDeclaration(
            passed_fact(each.runs_from, each.period),
            FactType.YES_NO,
            f"Had {each.period} from `{each.runs_from}` passed by the date of the release? (This follows from the two dates.)",
            derivation=Derivation("passed", (each.runs_from, RELEASE_DATE), period=each.period),
        )
        for each in deadlines
    )


def _check_former_names(kept: Mapping[str, FactDeclaration], loading: Loading) -> None:
    """Note every former name that is a fact's still, and every one that two facts claim as a whole."""
    claims: dict[str, list[tuple[FactDeclaration, Former]]] = {}
    for declaration in kept.values():
        for former in declaration.was:
            if former.name != declaration.name:
                claims.setdefault(former.name, []).append((declaration, former))
    for name, claiming in claims.items():
        first = claiming[0][0]
        if name in kept:
            message = f"fact `{first.name}`: `{name}`, which it was, is still declared"
            loading.problem(message, first.place, f"the declaration is at {kept[name].place}")
        whole = next((declaration for declaration, former in claiming if not former.values), None)
        if whole is not None and len(claiming) > 1:
            other = next(declaration for declaration, _ in claiming if declaration is not whole)
            loading.problem(
                f"fact `{other.name}`: `{name}` is called `{whole.name}` as a whole already",
                other.place,
                "say under each of them which values became what",
            )


def _declaration(name: str, spec: FactSpec, node: Node, place: Place, loading: Loading) -> FactDeclaration:
    subject = f"fact `{name}`"
    kind = FactType(spec.type)
    if name.startswith("reading."):
        loading.problem(f"{subject}: names that begin with `reading.` are kept for readings", place)
    if spec.values is not None and kind not in (FactType.ONE_OF, FactType.SOME_OF):
        loading.problem(f"{subject}: a {spec.type} fact has no list of values", place_of(child(node, "values"), place))
    if spec.values is None and kind is FactType.ONE_OF:
        loading.problem(f"{subject}: a one_of fact needs `values`", place)
    if spec.checklist and (kind is not FactType.SOME_OF or not spec.values):
        loading.problem(f"{subject}: only a some_of fact with `values` can be a checklist", place)
    for word in spec.added:
        if word not in (spec.values or {}):
            loading.problem(f"{subject}: `{word}` was added, and is no value of it", place)
    if spec.unit is not None and kind is not FactType.QUANTITY:
        loading.problem(f"{subject}: only a quantity has a unit", place_of(child(node, "unit"), place))
    if (spec.if_absent is None) != (spec.if_absent_because is None):
        loading.problem(
            f"{subject}: `if_absent` and `if_absent_because` belong together",
            place,
            "a default that silence has needs its reason, and a reason its default",
        )
    derivation = None
    if spec.derived is not None:
        ratio, total, since = spec.derived.ratio, spec.derived.sum, spec.derived.since
        if since is not None:
            if ratio is not None or total is not None or kind is not FactType.YES_NO:
                loading.problem(f"{subject}: `since` stands alone in `derived`, of a yes_no fact", place)
            derivation = Derivation("passed", (since, RELEASE_DATE), True, Period(0, "days"))
        elif (ratio is None) == (total is None) or (ratio is not None and len(ratio) != 2):
            loading.problem(f"{subject}: `derived` takes `ratio` of two facts or `sum` of several", place)
        elif kind is not FactType.QUANTITY:
            loading.problem(f"{subject}: only a quantity can be derived", place)
        else:
            more = spec.derived.or_more
            derivation = (
                Derivation("ratio", tuple(ratio), more) if ratio else Derivation("sum", tuple(total or ()), more)
            )
    above, at_most, bounded_by = _bounds(spec, kind, subject, place, loading)
    declaration = FactDeclaration(
        name=name,
        type=kind,
        asks=spec.asks,
        provision=spec.provision,
        values=dict(spec.values) if spec.values is not None else None,
        unit=spec.unit,
        checklist=spec.checklist,
        if_absent_because=spec.if_absent_because,
        derivation=derivation,
        above=above,
        at_most=at_most,
        bounded_by=bounded_by,
        note=spec.note,
        organisation=spec.organisation,
        uncontradicted=spec.uncontradicted,
        added=tuple(spec.added),
        place=place,
    )
    declaration = replace(
        declaration,
        was=tuple(
            _former(name, values, declaration, place_of(child(node, "was"), place), loading)
            for name, values in spec.was.items()
        ),
    )
    if spec.if_absent is not None:
        if kind is FactType.YES_NO and spec.if_absent not in ("true", "false"):
            loading.problem(
                f"{subject}: `if_absent`: expected true or false, found `{spec.if_absent}`",
                place_of(child(node, "if_absent"), place),
            )
            return declaration
        try:
            value: FactValue = (
                declaration.parse_many(spec.if_absent)
                if isinstance(spec.if_absent, list)
                else declaration.parse(spec.if_absent)
            )
            declaration = replace(declaration, if_absent=value)
        except ValueError as error:
            loading.problem(f"{subject}: `if_absent`: {error}", place_of(child(node, "if_absent"), place))
    return declaration


def _bounds(
    spec: FactSpec, kind: FactType, subject: str, place: Place, loading: Loading
) -> tuple[Decimal | None, Decimal | None, tuple[str, ...]]:
    """Return what a value lies above, what it is at most, and the facts that it is at most."""
    names = tuple(spec.at_most) if isinstance(spec.at_most, list) else ()
    if names and kind not in (FactType.QUANTITY, FactType.DATE):
        loading.problem(f"{subject}: only a quantity or a date is bounded by other facts", place)
        names = ()
    numbers: list[Decimal | None] = []
    for key, text in (("above", spec.above), ("at_most", None if names else spec.at_most)):
        number = None
        if isinstance(text, str):
            try:
                number = parse_quantity(text)
            except ValueError as error:
                loading.problem(f"{subject}: `{key}`: {error}", place)
            if kind is not FactType.QUANTITY:
                loading.problem(f"{subject}: only a quantity has `{key}` with a number", place)
        numbers.append(number)
    return numbers[0], numbers[1], names


_TRUTHS = {"yes": "true", "no": "false"}


def _former(
    name: str,
    values: Mapping[str, str | Sequence[str]],
    declaration: FactDeclaration,
    place: Place,
    loading: Loading,
) -> Former:
    """Read a former name with what became of its values; note what cannot be so."""
    subject = f"fact `{declaration.name}`: `was`"
    is_own, is_list = name == declaration.name, declaration.type is FactType.SOME_OF
    if is_own and not values:
        loading.problem(f"{subject}: under its own name, say which values were renamed", place)
    if is_list and not is_own and values and declaration.values is None:
        loading.problem(f"{subject}: a list that takes any value cannot say what it was", place)
    found: dict[str, tuple[str, ...] | None] = {}
    for old, said in values.items():
        key = _TRUTHS.get(old.lower(), old.lower() if old.lower() in _TRUTHS.values() else old)
        words = (said,) if isinstance(said, str) else tuple(said)
        if key in found:
            loading.problem(f"{subject}: `{old}` stands there twice", place)
        if is_own and old in (declaration.values or {}):
            loading.problem(f"{subject}: `{old}` is a value of it still", place)
        if words == (UNKNOWN,) and not is_own:
            found[key] = None
            continue
        if not is_list and len(words) != 1 or is_own and not words:
            loading.problem(f"{subject}: `{old}` became one value", place)
            continue
        try:
            declaration.parse_many(words) if is_list else declaration.parse(words[0])
        except ValueError as error:
            loading.problem(f"{subject}: {error}", place)
        found[key] = words
    return Former(name, found)
