"""Parameters, timetables, readings, sanctions and cues of a pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from aiact_rules.core.problems import Place, did_you_mean
from aiact_rules.core.rules import (
    Deferral,
    Kind,
    LowerCap,
    Parameter,
    Reading,
    Route,
    Sanction,
    SchoolChoice,
    Timetable,
)
from aiact_rules.core.vocabulary import parse_date, parse_quantity
from aiact_rules.specfiles.format import (
    DeferralSpec,
    ParametersFile,
    ParameterSpec,
    ReadingsFile,
    SanctionsFile,
    TimetablesFile,
)
from aiact_rules.specfiles.loading import Loading, keep_once
from aiact_rules.specfiles.validation import child, entries, place_of
from aiact_rules.yaml_text import Entry, Node, Scalar


def read_parameters(loading: Loading) -> dict[str, Parameter]:
    """Read the dated values of the law."""
    kept: dict[str, Parameter] = {}
    for _, node, value in loading.of(ParametersFile):
        for entry in entries(child(node, "parameters")):
            spec = value.parameters[entry.key]
            values: dict[date, date | Decimal] = {}
            for dated in entries(child(entry.value, "values")):
                text = dated.value.text if isinstance(dated.value, Scalar) else ""
                try:
                    values[parse_date(dated.key)] = _dated_value(text)
                except ValueError as error:
                    loading.problem(f"parameter `{entry.key}`: {error}", dated.place)
            if not values:
                loading.problem(
                    f"parameter `{entry.key}`: no values", entry.place, "write `values: {as-of date: value}`"
                )
            if len({isinstance(one, date) for one in values.values()}) > 1:
                loading.problem(f"parameter `{entry.key}` mixes dates and numbers", entry.place)
            checked_on = _checked_on(loading, value, spec, entry)
            parameter = Parameter(entry.key, spec.provision, values, checked_on, spec.unit, spec.source, entry.place)
            keep_once(loading, kept, entry.key, parameter, "parameter", entry.place)
    return kept


def _checked_on(loading: Loading, file: ParametersFile, spec: ParameterSpec, entry: Entry) -> date:
    """Return the day on which a value was checked: its own, else that of its file."""
    if spec.checked_on is not None and spec.checked_on == file.checked_on:
        loading.problem(
            f"parameter `{entry.key}`: the file's `checked_on` already says {spec.checked_on}",
            place_of(child(entry.value, "checked_on"), entry.place),
            "remove it here",
        )
    day = spec.checked_on or file.checked_on
    if day is None:
        loading.problem(
            f"parameter `{entry.key}`: `checked_on` is missing", entry.place, "write it once, at the head of the file"
        )
    return day or date.min


def _dated_value(text: str) -> date | Decimal:
    if text.count("-") == 2:
        return parse_date(text)
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise ValueError(f"expected a date such as 2027-12-02 or a number such as 1e25, found `{text}`") from error


def read_readings(loading: Loading) -> dict[str, Reading]:
    """Read the points the text leaves open."""
    kept: dict[str, Reading] = {}
    for _, node, value in loading.of(ReadingsFile):
        for entry in entries(child(node, "readings")):
            spec = value.readings[entry.key]
            if spec.default not in spec.choices:
                loading.problem(
                    f"reading `{entry.key}`: the default `{spec.default}` is not one of the choices",
                    place_of(child(entry.value, "default"), entry.place),
                    did_you_mean(spec.default, spec.choices) or f"choose from {', '.join(spec.choices)}",
                )
            if len(spec.choices) < 2:
                loading.problem(f"reading `{entry.key}` needs two choices or more", entry.place)
            reading = Reading(
                entry.key, spec.provision, spec.question, dict(spec.choices), spec.default, spec.authority,
                {name: SchoolChoice(said.choice, said.document, said.status) for name, said in spec.schools.items()},
                spec.laxer_than_letter, spec.stricter_than_letter, entry.place,
            )  # fmt: skip
            keep_once(loading, kept, entry.key, reading, "reading", entry.place)
    return kept


def read_timetables(loading: Loading) -> dict[str, Timetable]:
    """Read from when what applies."""
    kept: dict[str, Timetable] = {}
    transitions = _transitions(loading)
    taken: set[str] = set()
    for _, node, value in loading.of(TimetablesFile):
        for entry in entries(child(node, "timetables")):
            spec, subject = value.timetables[entry.key], f"timetable `{entry.key}`"
            if isinstance(spec.starts, str):
                routes: tuple[Route, ...] = (Route(spec.provision, spec.starts),)
            else:
                routes = tuple(
                    Route(
                        route.provision,
                        route.start,
                        loading.condition(child(entry.value, "starts", number, "when"), subject),
                    )
                    for number, route in enumerate(spec.starts)
                )
            deferrals = []
            for number, deferral in enumerate(spec.deferred):
                item = child(entry.value, "deferred", number)
                if isinstance(deferral, DeferralSpec):
                    deferrals.append(_deferral(loading, deferral, item, subject))
                elif deferral in transitions:
                    deferrals.append(transitions[deferral].deferral)
                    taken.add(deferral)
                elif deferral not in loading.unread:
                    hint = did_you_mean(deferral, transitions)
                    loading.problem(f"{subject}: unknown transition `{deferral}`", place_of(item, entry.place), hint)
            timetable = Timetable(entry.key, spec.provision, routes, tuple(deferrals), entry.place)
            keep_once(loading, kept, entry.key, timetable, "timetable", entry.place)
    for name, transition in transitions.items():
        if name not in taken and name not in loading.unread:
            loading.problem(f"transition `{name}` is taken by no timetable", transition.place, "remove it")
    return kept


@dataclass(frozen=True, slots=True)
class _Transition:
    """A deferral with a name, and where it stands."""

    deferral: Deferral
    place: Place


def _transitions(loading: Loading) -> dict[str, _Transition]:
    """Read the deferrals that have a name."""
    kept: dict[str, _Transition] = {}
    for _, node, value in loading.of(TimetablesFile):
        for entry in entries(child(node, "transitions")):
            deferral = _deferral(loading, value.transitions[entry.key], entry.value, f"transition `{entry.key}`")
            keep_once(loading, kept, entry.key, _Transition(deferral, entry.place), "transition", entry.place)
    return kept


def _deferral(loading: Loading, spec: DeferralSpec, node: Node | None, subject: str) -> Deferral:
    when = loading.condition(child(node, "when"), subject)
    return Deferral(spec.provision, when, None if spec.until == "never" else spec.until, spec.proviso)


def read_sanctions(loading: Loading) -> dict[str, Sanction]:
    """Read the ceilings of fines."""
    kept: dict[str, Sanction] = {}
    for _, node, value in loading.of(SanctionsFile):
        for entry in entries(child(node, "sanctions")):
            spec, subject = value.sanctions[entry.key], f"sanction `{entry.key}`"
            lower_for = tuple(
                LowerCap(cap.provision, loading.condition(child(entry.value, "lower_for", number, "when"), subject))
                for number, cap in enumerate(spec.lower_for)
            )
            sanction = Sanction(
                entry.key, spec.provision, spec.fixed, spec.share, spec.turnover, spec.currency, lower_for,
                loading.condition(child(entry.value, "applies"), subject), spec.timetable, spec.note,
                loading.condition(child(entry.value, "share_when"), subject),
                tuple(Kind(kind) for kind in spec.reaches), spec.daily_share, entry.place,
            )  # fmt: skip
            keep_once(loading, kept, entry.key, sanction, "sanction", entry.place)
    return kept
