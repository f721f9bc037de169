"""Checks across a whole pack: every name that is used exists, and no conclusion depends on itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import Condition, Holds, leaves
from aiact_rules.core.packs import EVENTS, Pack
from aiact_rules.core.problems import Place, Problem, did_you_mean
from aiact_rules.core.provisions import ProvisionError
from aiact_rules.core.rules import Kind, Rule
from aiact_rules.core.units import units_of
from aiact_rules.core.vocabulary import FactType
from aiact_rules.core.zones import HOW_TO_GET_DATA, has_data, zone_named

_IDENTIFIER = re.compile(r"[a-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
_BARE_POINT = re.compile(r"(Art\. \d+[a-z]?\(\d+[a-z]?\))((?:\([a-z]+\))+)")
_TRANSITION = {
    "already_on_market": FactType.YES_NO,
    "first_placed_on": FactType.DATE,
    "design_changed": FactType.YES_NO,
    "in_present_form_since": FactType.DATE,
    "model_already_on_market": FactType.YES_NO,
    "model_first_placed_on": FactType.DATE,
}


def check_pack(
    pack: Pack,
    extended: Sequence[Pack],
    pack_place: Callable[..., Place],
    *,
    whole: bool = True,
    unread: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    """Return every problem of names and cycles. `pack_place` finds the place of a path of keys in pack.yaml.

    Where pack.yaml itself could not be read (`whole` false), roles and moments are not checked. `unread` are names
    from files that have other problems; to use them is no problem of its own.
    """
    packs = [pack, *extended]
    rules = {name: rule for one in packs for name, rule in one.rules.items()}
    obligations = {name: obligation for one in packs for name, obligation in one.obligations.items()}
    conclusions = {rule.concludes for rule in rules.values() if rule.concludes is not None} | unread
    roles = {name for one in packs for name in one.roles}
    moments = {name for one in packs for name in one.moments}
    timetables = {name for one in packs for name in one.timetables} | unread
    sanctions = {name for one in packs for name in one.sanctions} | unread

    for rule in pack.rules.values():
        for target in rule.exception_to:
            if target == rule.id:
                yield Problem(f"rule `{rule.id}` makes an exception to itself", rule.place)
            elif target not in rules and target not in obligations and target not in unread:
                yield Problem(
                    f"rule `{rule.id}`: `exception_to` names `{target}`, which no loaded pack defines",
                    rule.place,
                    did_you_mean(target, [*rules, *obligations]),
                )
    for obligation in pack.obligations.values():
        subject = f"{'prohibition' if obligation.kind is Kind.PROHIBITION else 'obligation'} `{obligation.id}`"
        if whole:
            yield from _unknown(subject, "role", obligation.roles, roles, obligation.place)
            yield from _unknown(subject, "moment", obligation.before, moments - EVENTS, obligation.place)
            yield from _unknown(subject, "moment", _some(obligation.after), moments - EVENTS, obligation.place)
            yield from _unknown(subject, "event", obligation.events, moments & EVENTS, obligation.place)
        yield from _unknown(subject, "timetable", _some(obligation.timetable), timetables, obligation.place)
        yield from _unknown(subject, "sanction", _some(obligation.sanction), sanctions, obligation.place)
    yield from _check_values(pack, packs, timetables, unread)
    for role in pack.roles.values() if whole else ():
        subject = f"role `{role.name}`"
        yield from _unknown(subject, "moment", (role.moment, *role.steps), moments - EVENTS, role.place)
        if role.steps and role.moment not in role.steps:
            yield Problem(f"{subject}: `moment` is none of its `steps`", role.place, "name it among them")
        for name in (*_some(role.deemed), *_some(role.unless)):
            yield from _unknown(subject, "conclusion", (name,), conclusions, role.place)
    for number, name in enumerate(pack.headlines):
        yield from _unknown("headlines", "conclusion", (name,), conclusions, pack_place("headlines", number))
    for name in pack.labels:
        known = conclusions | roles | moments
        yield from _unknown("labels", "conclusion, role or moment", (name,), known, pack_place("labels", name))
    for key, named in (("in_scope", pack.in_scope), ("prohibited", pack.prohibited)):
        yield from _unknown(f"`{key}`", "conclusion", _some(named), conclusions, pack_place(key))
    yield from _check_transition(pack, pack_place, unread)
    lists = [*((name, ("screening", number)) for number, name in enumerate(pack.screening))]
    for name, path in (*lists, *((name, ("practices",)) for name in _some(pack.practices))):
        place, subject = pack_place(*path), f"`{path[0]}`"
        yield from _unknown(subject, "fact", (name,), {*pack.vocabulary, *unread}, place)
        declaration = pack.vocabulary.get(name)
        if declaration is not None and (declaration.type is not FactType.SOME_OF or declaration.checklist):
            yield Problem(f"{subject}: `{name}` is no list of situations", place, "name a `some_of` fact, no checklist")
    if pack.time_zone is not None and has_data() and zone_named(pack.time_zone) is None:
        yield Problem(f"unknown time zone `{pack.time_zone}`", pack_place("time_zone"), HOW_TO_GET_DATA)
    for number, pair in enumerate(pack.excludes):
        yield from _unknown("excludes", "conclusion", pair, conclusions, pack_place("excludes", number))
    yield from _cycles(rules)


def _check_transition(pack: Pack, pack_place: Callable[..., Place], unread: frozenset[str]) -> Iterator[Problem]:
    if pack.transition is None:
        return
    for part, wanted in _TRANSITION.items():
        name = getattr(pack.transition, part)
        place = pack_place("transition", part)
        if name is None or name in unread:
            continue
        declaration = pack.vocabulary.get(name)
        if declaration is None:
            yield from _unknown("`transition`", "fact", (name,), pack.vocabulary, place)
        elif declaration.type is not wanted:
            kind = "date" if wanted is FactType.DATE else "`yes_no` fact"
            yield Problem(f"`transition`: `{part}` must be a {kind}, and `{name}` is none", place)


def check_citations(pack: Pack, index: tuple[str, ...]) -> Iterator[Problem]:
    """Return a problem for each citation that names nothing in the law.

    Rules and obligations are left out: theirs were checked when their units were found.
    """
    cited: list[tuple[str, str | None, Place | None]] = []
    for fact in pack.vocabulary.declarations.values():
        cited.append((f"fact `{fact.name}`", fact.provision, fact.place))
    for parameter in pack.parameters.values():
        cited.append((f"parameter `{parameter.name}`", parameter.provision, parameter.place))
    for timetable in pack.timetables.values():
        routes = [part.provision for part in timetable.routes]
        deferrals = [part.provision for part in timetable.deferrals]
        for provision in (timetable.provision, *routes, *deferrals):
            cited.append((f"timetable `{timetable.id}`", provision, timetable.place))
    for reading in pack.readings.values():
        cited.append((f"reading `{reading.id}`", reading.provision, reading.place))
    for sanction in pack.sanctions.values():
        for provision in (sanction.provision, *(cap.provision for cap in sanction.lower_for)):
            cited.append((f"sanction `{sanction.id}`", provision, sanction.place))
    for cue in pack.cues.values():
        cited.append((f"cue `{cue.id}`", cue.provision, cue.place))
    for deliverable in pack.deliverables.values():
        cited.append((f"deliverable `{deliverable.id}`", deliverable.provision, deliverable.place))
        for heading in deliverable.skeleton.headings if deliverable.skeleton is not None else ():
            cited.append((f"heading `{heading.title}`", heading.provision, deliverable.place))
    for obligation in pack.obligations.values():
        for deadline in obligation.deadlines if obligation.text.until is None else ():
            cited.append((f"deadline of `{obligation.id}`", deadline.provision, obligation.place))
    for role in pack.roles.values():
        cited.append((f"role `{role.name}`", role.provision, role.place))
    if pack.transition is not None:
        cited.append(("`transition`", pack.transition.provision, Place("pack.yaml")))
    for subject, text, place in dict.fromkeys(cited):
        try:
            units_of(text or "", index)
        except ProvisionError as error:
            yield Problem(f"{subject}: {error}", place, error.hint)


def check_see_also(
    pack: Pack, extended: Sequence[Pack], index: tuple[str, ...] | None, unread: frozenset[str]
) -> Iterator[Problem]:
    """Return a problem for each `see_also` that is no id of the law and no provision of it; other acts are passed over.

    Provisions are looked up where the pack has an index of its law.
    """
    packs = [pack, *extended]
    ids = {name for one in packs for name in (*one.rules, *one.obligations)}
    for obligation in pack.obligations.values():
        for entry in obligation.see_also:
            subject = f"`see_also` of `{obligation.id}`"
            if _IDENTIFIER.fullmatch(entry):
                if entry not in ids and entry not in unread:
                    yield Problem(f"{subject}: unknown id `{entry}`", obligation.place, did_you_mean(entry, ids))
            elif index is not None and obligation.text.until is None:
                if point := _BARE_POINT.fullmatch(entry):
                    yield Problem(f"{subject}: `{entry}`", obligation.place, f"write `{point[1]}, point {point[2]}`")
                try:
                    units_of(entry, index)
                except ProvisionError as error:
                    yield Problem(f"{subject}: {error}", obligation.place, error.hint)


def _check_values(
    pack: Pack, packs: Sequence[Pack], timetables: Collection[str], unread: frozenset[str]
) -> Iterator[Problem]:
    dates = _parameters(packs, date) | unread
    numbers = _parameters(packs, Decimal) | unread
    for timetable in pack.timetables.values():
        subject = f"timetable `{timetable.id}`"
        starts = [route.starts for route in timetable.routes]
        untils = [deferral.until for deferral in timetable.deferrals if deferral.until is not None]
        yield from _unknown(subject, "date parameter", [*starts, *untils], dates, timetable.place)
        if not timetable.routes:
            yield Problem(f"{subject} never starts", timetable.place, "give it a route")
    for sanction in pack.sanctions.values():
        subject = f"sanction `{sanction.id}`"
        yield from _unknown(
            subject,
            "number parameter",
            (*_some(sanction.fixed), *_some(sanction.share), *_some(sanction.daily_share)),
            numbers,
            sanction.place,
        )
        yield from _unknown(subject, "timetable", _some(sanction.timetable), timetables, sanction.place)
        if sanction.fixed is None and sanction.share is None:
            yield Problem(f"{subject} has neither `fixed` nor `share`", sanction.place)
        if (sanction.share is None) != (sanction.turnover is None):
            yield Problem(f"{subject}: `share` and `turnover` belong together", sanction.place)
        if sanction.daily_share is not None and sanction.turnover is None:
            yield Problem(f"{subject}: `daily_share` is a share of `turnover`, which is missing", sanction.place)
        if sanction.turnover is not None:
            declaration = pack.vocabulary.get(sanction.turnover)
            if declaration is None and sanction.turnover not in unread:
                hint = did_you_mean(sanction.turnover, pack.vocabulary)
                yield Problem(f"{subject}: unknown fact `{sanction.turnover}`", sanction.place, hint)
            elif declaration is not None and declaration.type is not FactType.QUANTITY:
                yield Problem(f"{subject}: `{sanction.turnover}` is not a quantity", sanction.place)


def _parameters(packs: Sequence[Pack], kind: type) -> set[str]:
    return {
        name
        for pack in packs
        for name, parameter in pack.parameters.items()
        if all(isinstance(value, kind) for value in parameter.values.values())
    }


def _some(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _unknown(
    subject: str, what: str, names: Iterable[str], known: Collection[str], place: Place | None
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            if hint is None and known and len(known) <= 8:
                hint = f"known are {', '.join(sorted(known))}"
            yield Problem(f"{subject}: unknown {what} `{name}`", place, hint)


def _cycles(rules: dict[str, Rule]) -> Iterator[Problem]:
    """Find conclusions that depend on themselves.

    A rule stands by its condition and by the exceptions to it; it prevails if it stands and, as an exception, by the
    conditions of what it overrides; a conclusion holds by the rules that conclude it.
    """
    exceptions: dict[str, list[str]] = {}
    concluding: dict[str, list[str]] = {}
    for rule in rules.values():
        if rule.concludes is not None:
            concluding.setdefault(rule.concludes, []).append(rule.id)
        for target in rule.exception_to:
            exceptions.setdefault(target, []).append(rule.id)
    edges: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for rule in rules.values():
        stands = [("conclusion", name) for name in _conclusions_in(rule.when)]
        stands += [("stands", name) for name in exceptions.get(rule.id, ())]
        edges["stands", rule.id] = stands
        prevails = [("stands", rule.id)]
        for target in rule.exception_to:
            if target in rules:
                prevails += [("conclusion", name) for name in _conclusions_in(rules[target].when)]
        edges["prevails", rule.id] = prevails
    for name, ids in concluding.items():
        edges["conclusion", name] = [("prevails", identifier) for identifier in ids]
    seen: set[frozenset[tuple[str, str]]] = set()
    for cycle in _loops(edges):
        if (key := frozenset(cycle)) in seen:
            continue
        seen.add(key)
        names = [name for kind, name in cycle if kind != "stands" or ("prevails", name) not in cycle]
        first = next((rules[name] for kind, name in cycle if kind != "conclusion"), None)
        path = " → ".join(f"`{name}`" for name in [*names, names[0]])
        yield Problem(
            f"a conclusion depends on itself: {path}",
            first.place if first is not None else None,
            "split the conclusion, or let one of the rules test facts instead",
        )


def _conclusions_in(condition: Condition) -> list[str]:
    return list(dict.fromkeys(leaf.conclusion for leaf in leaves(condition) if isinstance(leaf, Holds)))


def _loops(edges: dict[tuple[str, str], list[tuple[str, str]]]) -> Iterator[list[tuple[str, str]]]:
    """Return one loop for each edge that leads back into the path being walked (depth first, without recursion)."""
    done: set[tuple[str, str]] = set()
    for start in edges:
        if start in done:
            continue
        path: list[tuple[str, str]] = [start]
        on_path = {start}
        walks = [iter(edges.get(start, ()))]
        while walks:
            following = next(walks[-1], None)
            if following is None:
                walks.pop()
                on_path.discard(path[-1])
                done.add(path.pop())
            elif following in on_path:
                yield path[path.index(following) :]
            elif following not in done:
                path.append(following)
                on_path.add(following)
                walks.append(iter(edges.get(following, ())))
