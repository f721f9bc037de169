"""Choosing: which packs, readings and threshold count for one release, and who chose them.

Packs follow from the markets as finally joined, and from what the organisation and the caller demand; a release may add
packs and never take one away. Readings of the caller come first, then the organisation's, then the release's own. The
organisation sets the threshold, and a caller may only tighten it. A school of reading is chosen like one more reading.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.choices import BY_DEFAULT, CALLER, DEFAULT, HOLD_BY_DEFAULT, Choice, Threshold
from aiact_rules.core.packs import DEFAULT_SCHOOL, SCHOOL, Pack
from aiact_rules.core.problems import InputError, PackError, Place, Problem, did_you_mean
from aiact_rules.core.statuses import Verdict
from aiact_rules.sources.markets import MEMBER_STATES, read_markets

DEFAULT_PACK = "eu_ai_act"
_WITHIN_THE_UNION = frozenset({*MEMBER_STATES, "EEA"})
DISTRIBUTIONS = {"EU": "aiact-rules", "KR": "aiact-rules-kr", "US": "aiact-rules-us"}
"""What to install for the markets of a country."""


@dataclass(frozen=True, slots=True)
class ChosenPacks:
    """The packs to judge by, each with who brought it, and the markets that go unjudged on record."""

    packs: tuple[Choice, ...]
    uncovered: tuple[Choice, ...] = ()


def choose_packs(
    catalogue: Catalogue,
    *,
    markets: Iterable[Choice],
    demanded: Iterable[Choice],
    opted_out: Iterable[Choice],
    own_opted_out: Iterable[Choice] = (),
    imposed: Collection[str] = (),
) -> ChosenPacks:
    """Return the packs of the markets and those demanded; the EU AI Act where neither names a pack that can gate.

    `opted_out` are the markets that organisation and caller leave out where no installed pack covers them,
    `own_opted_out` those of the release, which count only where nobody else imposed the market. Raises InputError for
    any other market that no installed pack covers, and PackError for a pack that is not installed.
    """
    found: list[Choice] = []
    uncovered: list[Choice] = []
    problems: list[Problem] = []
    opted = {choice.value: choice for choice in own_opted_out if choice.value not in imposed}
    opted |= {choice.value: choice for choice in opted_out}
    markets = tuple({choice.value: choice for choice in reversed(tuple(markets))}.values())
    for market in sorted(markets, key=lambda choice: choice.value):
        ids = _covering(catalogue, market.value)
        if ids:
            found += [Choice(pack_id, market.place) for pack_id in ids]
        elif market.value not in _WITHIN_THE_UNION:
            if market.value in opted:
                uncovered.append(Choice(market.value, opted[market.value].place))
            else:
                problems.append(_nobody_covers(catalogue, market))
    if problems:
        raise InputError(problems)
    for choice in demanded:
        _check_installed(catalogue, choice)
        found.append(choice)
    if not markets and not any(_can_gate(catalogue, choice.value) for choice in found):
        found.append(Choice(DEFAULT_PACK, DEFAULT))
    unique = {choice.value: choice for choice in reversed(found)}
    return ChosenPacks(tuple(unique[name] for name in sorted(unique)), tuple(uncovered))


def _check_installed(catalogue: Catalogue, pack: Choice) -> None:
    """Raise PackError, with the place that demands it, for a pack that is not installed."""
    try:
        catalogue.head(pack.value)
    except PackError as error:
        problems = [Problem(problem.message, problem.place or pack.place, problem.hint) for problem in error.problems]
        raise PackError(problems) from error


def _can_gate(catalogue: Catalogue, pack_id: str) -> bool:
    """Return whether a pack can gate, by itself or by the law that it extends."""
    head = catalogue.head(pack_id)
    return head.gates or any(catalogue.head(name).gates for name in head.extends)


def _covering(catalogue: Catalogue, market: str) -> list[str]:
    return sorted(each.id for each in catalogue.heads.values() if each.market == market and each.gates)


def _nobody_covers(catalogue: Catalogue, market: Choice) -> Problem:
    covered = sorted({each.market for each in catalogue.heads.values() if each.gates})
    region = market.value.partition("-")[0]
    parts = [code for code in covered if code.startswith(f"{market.value}-")]
    if parts:
        hint = f"name the part of it that is meant: {', '.join(parts)}"
    else:
        distribution = DISTRIBUTIONS.get(region)
        wanted = f"install `{distribution}`, or " if distribution and region not in covered else ""
        near = did_you_mean(market.value, covered, nearness=0.7)
        hint = f"{near} " if near and not wanted else ""
        hint += f"installed packs cover {', '.join(covered)}; {wanted}leave it out on record with `uncovered: [{market.value}]`"
    return Problem(f"no installed pack covers the market `{market.value}`", market.place, hint)


def markets_from_texts(texts: Iterable[str], place: Place) -> tuple[Choice, ...]:
    """Return market codes in any spelling. Raises InputError for a word that is no code."""
    try:
        return tuple(Choice(code, place) for code in sorted(read_markets(texts)))
    except ValueError as error:
        raise InputError([Problem(str(error), place)]) from error


@dataclass(frozen=True, slots=True)
class ChosenReadings:
    """The readings that count, each with who chose it, and a note for each choice that did not count.

    `school` is the school of reading, and `school_readings` what it chooses beside the readings chosen one by one.
    """

    readings: Mapping[str, Choice]
    notes: tuple[str, ...] = ()
    school: Choice = BY_DEFAULT
    school_readings: Mapping[str, str] = field(default_factory=dict)


def choose_readings(
    packs: Iterable[Pack],
    *,
    caller: Mapping[str, str],
    organisation: Mapping[str, Choice],
    release: Mapping[str, Choice],
    has_reading: Callable[[str], bool] = lambda _: False,
    has_school: Callable[[str], bool] = lambda _: False,
) -> ChosenReadings:
    """Return the readings of the caller, else of the organisation, else of the release.

    Under the name `school` each may choose a school of reading, of which one counts, and which single readings of whoever
    chose it, or comes before, override. What the organisation chooses for packs that do not judge this release does not
    matter here, if an installed pack has such a reading or school (`has_reading`, `has_school`). Raises InputError for any
    other reading or school that no pack has.
    """
    if not caller and not organisation and not release:
        return ChosenReadings({})
    packs = tuple(packs)
    known = {name for pack in packs for name in pack.readings}
    schools = {DEFAULT_SCHOOL, *(name for pack in packs for name in pack.schools)}
    own = {name: Choice(word, CALLER) for name, word in caller.items()}
    elsewhere = {name for name in organisation if name not in known and name != SCHOOL and has_reading(name)}
    notes = []
    if SCHOOL in organisation and organisation[SCHOOL].value not in schools and has_school(organisation[SCHOOL].value):
        elsewhere.add(SCHOOL)
        notes.append(
            f"{organisation[SCHOOL].place}: no chosen pack has the school of reading `{organisation[SCHOOL].value}`"
        )
    organisation = {name: choice for name, choice in organisation.items() if name not in elsewhere}
    layers = (own, organisation, release)
    problems = [
        Problem(f"no chosen pack has a reading `{name}`", choice.place, did_you_mean(name, known))
        for name, choice in {**own, **release, **organisation}.items()
        if name not in known and name != SCHOOL
    ]
    problems += [
        _no_school(layer[SCHOOL], schools) for layer in layers if SCHOOL in layer and layer[SCHOOL].value not in schools
    ]
    if problems:
        raise InputError(problems)
    rank = next((number for number, layer in enumerate(layers) if SCHOOL in layer), len(layers))
    school = layers[rank][SCHOOL] if rank < len(layers) else BY_DEFAULT
    # A school nobody chose says nothing: what is left open then has its default anyway.
    said = {} if school is BY_DEFAULT else {k: v for pack in packs for k, v in pack.school(school.value).items()}
    found: dict[str, Choice] = {}
    for number, layer in reversed([*enumerate(layers)]):
        found |= {k: c for k, c in layer.items() if k != SCHOOL and (number <= rank or k not in said)}
    counting = {SCHOOL: school, **{name: Choice(word, school.place) for name, word in said.items()}, **found}
    notes += [
        f"{choice.place}: the reading `{name}: {choice.value}` does not count, {counting[name].place} chooses "
        f"`{counting[name].value}`"
        for name, choice in release.items()
        if counting[name].value != choice.value
    ]
    if school is not BY_DEFAULT and school.value != DEFAULT_SCHOOL:
        silent = [pack.id for pack in packs if pack.readings and not pack.school(school.value)]
        notes += [
            f"pack `{name}` has no school of reading `{school.value}`: its default readings count" for name in silent
        ]
    return ChosenReadings(found, tuple(notes), school, {name: word for name, word in said.items() if name not in found})


def _no_school(choice: Choice, schools: Collection[str]) -> Problem:
    hint = did_you_mean(choice.value, schools) or f"known are {', '.join(sorted(schools))}"
    return Problem(f"no chosen pack has a school of reading `{choice.value}`", choice.place, hint)


def choose_threshold(organisation: Choice | None, caller: str | None) -> tuple[Threshold, tuple[str, ...]]:
    """Return from which verdict on a release is refused: the organisation's, or the caller's where that is stricter.

    With it comes a note where a laxer word of the caller did not count.
    """
    asked = None if caller is None else threshold(caller, CALLER)
    if organisation is None:
        return asked or HOLD_BY_DEFAULT, ()
    own = threshold(organisation.value, organisation.place)
    if asked is None or asked.severity == own.severity:
        return own, ()
    if asked.severity < own.severity:
        return asked, ()
    return own, (f"the caller's `fail_on: {asked.word}` does not count, {own.place} sets `{own.word}`",)


def threshold(word: str, place: Place) -> Threshold:
    """Return the threshold that `hold`, `block` or `never` stands for."""
    return Threshold(None if word == "never" else Verdict(word), place)
