"""Folder of spec files → Pack, or every problem at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from aiact_rules.core.conditions import ALWAYS, Condition, both
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean
from aiact_rules.core.provisions import ProvisionError, units_of
from aiact_rules.core.rules import (
    Certainty,
    Cue,
    Deadline,
    Deferral,
    Force,
    Kind,
    LowerCap,
    Moment,
    Obligation,
    Parameter,
    Reading,
    Role,
    Route,
    Rule,
    Sanction,
    Span,
    Timetable,
)
from aiact_rules.core.vocabulary import (
    Derivation,
    FactDeclaration,
    FactType,
    FactValue,
    Vocabulary,
    parse_date,
    parse_quantity,
)
from aiact_rules.specfiles.checks import check_pack
from aiact_rules.specfiles.conditions import Names, read_condition
from aiact_rules.specfiles.folder import SpecFile, common_files, digest, files_of, find_common, spec_files
from aiact_rules.specfiles.models import (
    ArticleFile,
    CuesFile,
    DeadlineSpec,
    FactSpec,
    ObligationSpec,
    PackSpec,
    ParametersFile,
    ProhibitionSpec,
    ReadingsFile,
    RuleSpec,
    SanctionsFile,
    TimetablesFile,
    VocabularyFile,
)
from aiact_rules.specfiles.reading import child, entries, place_of, read_model
from aiact_rules.yaml_text import Node, Scalar

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")

_FILES: dict[str, type[BaseModel]] = {
    "pack": PackSpec,
    "vocabulary": VocabularyFile,
    "parameters": ParametersFile,
    "timetables": TimetablesFile,
    "readings": ReadingsFile,
    "sanctions": SanctionsFile,
    "cues": CuesFile,
    "article": ArticleFile,
}
_NAMES_IN_TEXT = re.compile(r"^  (?:- )?(?:  )?(?:concludes: *|id: *)?([a-z][a-z0-9_.]*)", re.MULTILINE)
_DEADLINE_UNITS = ("hours", "days", "weeks", "months", "years")


def load_pack(
    folder: Path, *, common: Path | None = None, bases: Sequence[Pack] = (), units: Path | None = None
) -> Pack:
    """Load the pack in a folder.

    `common` is the folder of the shared vocabulary; without it, the folder `common` nearest above the pack is taken,
    if there is one. `bases` are the packs that this one may extend; their facts, conclusions and parameters may be used.
    `units` stands in for the pack's own `units.jsonl`.

    Raises PackError with every problem of every file, each with its line.
    """
    shared = common if common is not None else find_common(folder)
    files = spec_files(folder)
    if units is not None:
        files = (*files, SpecFile("units", "units.jsonl", units.read_bytes()))
    return _load((*files, *(common_files(shared) if shared is not None else ())), bases)


def load_pack_text(
    texts: Mapping[str, str], *, common: Path | None = None, bases: Sequence[Pack] = ()
) -> Pack:
    """Load a pack from texts by file name, such as `{"pack.yaml": ..., "art_006.yaml": ...}`, as `load_pack` does."""
    files = files_of({name: text.encode() for name, text in texts.items()})
    if not any(file.kind == "pack" for file in files):
        raise PackError([Problem("no pack.yaml among the files")])
    return _load((*files, *(common_files(common) if common is not None else ())), bases)


def merge_packs(base: Pack, extension: Pack) -> Pack:
    """Join a pack with one that extends it: same law and verdict, with what the extension adds.

    An extension gives advice, evidence and notices. It may conclude new names, and it can never make an exception to
    the base, conclude what the base concludes, or bind anybody. Raises PackError where it tries.
    """
    problems = list(_extension_problems([base], extension))
    if problems:
        raise PackError(problems)
    return replace(
        base,
        digest=f"{base.digest}+{extension.digest}",
        vocabulary=base.vocabulary.merged_with(extension.vocabulary),
        headlines=base.headlines + tuple(name for name in extension.headlines if name not in base.headlines),
        parameters={**base.parameters, **extension.parameters},
        timetables={**base.timetables, **extension.timetables},
        readings={**base.readings, **extension.readings},
        sanctions={**base.sanctions, **extension.sanctions},
        cues={**base.cues, **extension.cues},
        rules={**base.rules, **extension.rules},
        obligations={**base.obligations, **extension.obligations},
    )


@dataclass(slots=True)
class _Loading:
    """What is collected while the files of one pack are read."""

    problems: list[Problem] = field(default_factory=list)
    read: list[tuple[SpecFile, Node, BaseModel]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    index: tuple[str, ...] | None = None
    names: Names = field(default_factory=lambda: Names(Vocabulary({})))

    def problem(self, message: str, place: Place | None, hint: str | None = None) -> None:
        self.problems.append(Problem(message, place, hint))

    def of(self, model: type[Model]) -> Iterable[tuple[SpecFile, Node, Model]]:
        for file, node, value in self.read:
            if isinstance(value, model):
                yield file, node, value

    def condition(self, node: Node | None, subject: str) -> Condition:
        return read_condition(node, subject, self.names, self.problems)

    def units(
        self, subject: str, provision: str, more: Sequence[str], place: Place, span: Span, node: Node
    ) -> tuple[str, ...]:
        """Resolve a citation. Text that has left the law may cite what the index no longer has."""
        if self.index is None:
            return tuple(more)
        known = _index_set(self.index)
        found: dict[str, None] = {}
        try:
            found.update(dict.fromkeys(units_of(provision, self.index)))
        except ProvisionError as error:
            if span.until is None:
                self.problem(f"{subject}: {error}", place_of(child(node, "provision"), place), error.hint)
        for unit in more:
            if unit not in known and span.until is None:
                self.problem(
                    f"{subject}: unknown unit `{unit}`", place_of(child(node, "units"), place), did_you_mean(unit, known)
                )
            found[unit] = None
        return tuple(found)


_INDEX_SETS: dict[int, frozenset[str]] = {}


def _index_set(index: tuple[str, ...]) -> frozenset[str]:
    if id(index) not in _INDEX_SETS:
        _INDEX_SETS.clear()
        _INDEX_SETS[id(index)] = frozenset(index)
    return _INDEX_SETS[id(index)]


def _load(files: Sequence[SpecFile], bases: Sequence[Pack]) -> Pack:
    loading = _Loading()
    for file in files:
        if file.kind == "units":
            loading.index = unit_ids(file, loading.problems)
        model = _FILES.get(file.kind)
        node = file.node(loading.problems) if model is not None else None
        if model is None:
            continue
        value = read_model(model, node, loading.problems) if node is not None else None
        if node is None or value is None:
            loading.unread.update(_NAMES_IN_TEXT.findall(file.content.decode("utf-8", "replace")))
        else:
            loading.read.append((file, node, value))
    spec_entry = next(iter(loading.of(PackSpec)), None)
    extended = _extended(loading, spec_entry, bases)
    vocabulary = _vocabulary(loading, extended)
    parameters = _parameters(loading)
    readings = _readings(loading)
    loading.names = Names(
        vocabulary,
        _conclusions(loading, extended),
        {**_joined(base.parameters for base in extended), **parameters},
        {**_joined(base.readings for base in extended), **readings},
        frozenset(loading.unread),
    )
    rules, obligations = _articles(loading)
    roles, moments = _roles_and_moments(spec_entry)
    spec = spec_entry[2] if spec_entry is not None else None
    pack = Pack(
        id=spec.id if spec else "",
        version=spec.version if spec else "",
        title=spec.title if spec else "",
        law=spec.law if spec else "",
        market=spec.market if spec else "",
        digest=digest(files),
        vocabulary=vocabulary,
        gates=spec.gates if spec else True,
        in_force_since=spec.in_force_since if spec else None,
        extends=tuple(spec.extends) if spec else (),
        headlines=tuple(spec.headlines) if spec else (),
        excludes=tuple(spec.excludes) if spec else (),
        roles=roles,
        moments=moments,
        parameters=parameters,
        timetables=_timetables(loading),
        readings=readings,
        sanctions=_sanctions(loading),
        cues=_cues(loading),
        rules=rules,
        obligations=obligations,
    )
    pack_place = Place("pack.yaml")
    pack_node = spec_entry[1] if spec_entry is not None else None
    unread = frozenset(loading.unread)
    loading.problems.extend(
        check_pack(
            pack, extended, lambda *path: place_of(child(pack_node, *path), pack_place), whole=spec is not None, unread=unread
        )
    )
    loading.problems.extend(_extension_problems(extended, pack))
    if loading.problems:
        raise PackError(sorted(set(loading.problems), key=_by_place))
    return pack


def _by_place(problem: Problem) -> tuple[str, int, str]:
    place = problem.place
    return ("", 0, problem.message) if place is None else (place.source, place.line or 0, problem.message)


def _joined(mappings: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    return {name: value for mapping in mappings for name, value in mapping.items()}


def unit_ids(file: SpecFile, problems: list[Problem]) -> tuple[str, ...]:
    """Read the ids of a `units.jsonl`, in the order of the law."""
    found = []
    for number, line in enumerate(file.content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(str(json.loads(line)["id"]))
        except (ValueError, KeyError, TypeError):
            problems.append(Problem("not a JSON object with an `id`", Place(file.name, number)))
    return tuple(found)


def _extended(
    loading: _Loading, spec_entry: tuple[SpecFile, Node, PackSpec] | None, bases: Sequence[Pack]
) -> tuple[Pack, ...]:
    if spec_entry is None:
        return ()
    known = {base.id: base for base in bases}
    found = []
    for name in spec_entry[2].extends:
        if name in known:
            found.append(known[name])
        else:
            place = place_of(child(spec_entry[1], "extends"), Place("pack.yaml"))
            loading.problem(f"extends `{name}`, which is not loaded", place, did_you_mean(name, known))
    return tuple(found)


def _vocabulary(loading: _Loading, extended: Sequence[Pack]) -> Vocabulary:
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
    for declaration in kept.values():
        for name in declaration.derivation.of if declaration.derivation else ():
            of = kept.get(name)
            if of is None and name not in loading.unread:
                loading.problem(
                    f"fact `{declaration.name}`: unknown fact `{name}`", declaration.place, did_you_mean(name, kept)
                )
            elif of is not None and of.type is not FactType.QUANTITY:
                loading.problem(f"fact `{declaration.name}`: `{name}` is not a quantity", declaration.place)
    return Vocabulary(kept)


def _declaration(name: str, spec: FactSpec, node: Node, place: Place, loading: _Loading) -> FactDeclaration:
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
    if spec.unit is not None and kind is not FactType.QUANTITY:
        loading.problem(f"{subject}: only a quantity has a unit", place_of(child(node, "unit"), place))
    if (spec.if_absent is None) != (spec.if_absent_because is None):
        loading.problem(f"{subject}: `if_absent` and `if_absent_because` belong together", place,
                        "a default that silence has needs its reason, and a reason its default")
    derivation = None
    if spec.derived is not None:
        ratio, total = spec.derived.ratio, spec.derived.sum
        if (ratio is None) == (total is None) or (ratio is not None and len(ratio) != 2):
            loading.problem(f"{subject}: `derived` takes `ratio` of two facts or `sum` of several", place)
        elif kind is not FactType.QUANTITY:
            loading.problem(f"{subject}: only a quantity can be derived", place)
        else:
            derivation = Derivation("ratio", tuple(ratio)) if ratio else Derivation("sum", tuple(total or ()))
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
        note=spec.note,
        place=place,
    )
    if spec.if_absent is not None:
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


def _once(
    loading: _Loading, kept: dict[str, Value], name: str, value: Value, what: str, place: Place
) -> None:
    if name in kept:
        first = getattr(kept[name], "place", None)
        loading.problem(f"{what} `{name}` is defined twice", place, f"the first is at {first}")
    else:
        kept[name] = value


def _parameters(loading: _Loading) -> dict[str, Parameter]:
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
                loading.problem(f"parameter `{entry.key}`: no values", entry.place, "write `values: {as-of date: value}`")
            if len({isinstance(one, date) for one in values.values()}) > 1:
                loading.problem(f"parameter `{entry.key}` mixes dates and numbers", entry.place)
            parameter = Parameter(
                entry.key, spec.provision, values, spec.checked_on, spec.unit, spec.source, entry.place
            )
            _once(loading, kept, entry.key, parameter, "parameter", entry.place)
    return kept


def _dated_value(text: str) -> date | Decimal:
    if text.count("-") == 2:
        return parse_date(text)
    try:
        return parse_quantity(text)
    except ValueError as error:
        raise ValueError(f"expected a date such as 2027-12-02 or a number such as 1e25, found `{text}`") from error


def _readings(loading: _Loading) -> dict[str, Reading]:
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
                entry.key, spec.provision, spec.question, dict(spec.choices), spec.default, spec.authority, entry.place
            )
            _once(loading, kept, entry.key, reading, "reading", entry.place)
    return kept


def _conclusions(loading: _Loading, extended: Sequence[Pack]) -> frozenset[str]:
    names = {rule.concludes for base in extended for rule in base.rules.values() if rule.concludes}
    names |= {rule.concludes for _, _, value in loading.of(ArticleFile) for rule in value.rules if rule.concludes}
    return frozenset(names)


def _articles(loading: _Loading) -> tuple[dict[str, Rule], dict[str, Obligation]]:
    rules: dict[str, Rule] = {}
    obligations: dict[str, Obligation] = {}
    seen: dict[str, Place] = {}

    def first_of(identifier: str, place: Place) -> bool:
        if identifier in seen:
            loading.problem(f"`{identifier}` is defined twice", place, f"the first is at {seen[identifier]}")
            return False
        seen[identifier] = place
        return True

    for file, node, value in loading.of(ArticleFile):
        given_node = child(node, "given")
        given = loading.condition(given_node, f"{file.name.rsplit('/', 1)[-1]}")
        for number, rule in enumerate(value.rules):
            item = child(node, "rules", number)
            assert item is not None
            if first_of(rule.id, item.place):
                rules[rule.id] = _rule(loading, rule, item)
        for number, obligation in enumerate(value.obligations):
            item = child(node, "obligations", number)
            assert item is not None
            if first_of(obligation.id, item.place):
                obligations[obligation.id] = _obligation(loading, value, given, obligation, item)
        for number, prohibition in enumerate(value.prohibitions):
            item = child(node, "prohibitions", number)
            assert item is not None
            if first_of(prohibition.id, item.place):
                obligations[prohibition.id] = _prohibition(loading, value, given, prohibition, item)
    return rules, obligations


def _span(loading: _Loading, subject: str, since: date | None, until: date | None, place: Place) -> Span:
    if since is not None and until is not None and until <= since:
        loading.problem(f"{subject}: `text_until` is not after `text_since`", place)
    return Span(since, until)


def _rule(loading: _Loading, spec: RuleSpec, node: Node) -> Rule:
    subject = f"rule `{spec.id}`"
    span = _span(loading, subject, spec.text_since, spec.text_until, node.place)
    if spec.concludes is None and not spec.exception_to:
        loading.problem(f"{subject} concludes nothing and is no exception", node.place, "write `concludes:` or `exception_to:`")
    return Rule(
        id=spec.id,
        provision=spec.provision,
        when=loading.condition(child(node, "when"), subject),
        reason=spec.reason,
        concludes=spec.concludes,
        exception_to=tuple(spec.exception_to),
        rebuttable=spec.rebuttable,
        reading=spec.reading,
        certainty=Certainty(spec.certainty),
        text=span,
        units=loading.units(subject, spec.provision, spec.units, node.place, span, node),
        place=node.place,
    )


def _obligation(
    loading: _Loading, file: ArticleFile, given: Condition, spec: ObligationSpec, node: Node
) -> Obligation:
    subject = f"obligation `{spec.id}`"
    span = _span(loading, subject, spec.text_since, spec.text_until, node.place)
    kind = Kind.NOTICE if spec.kind == "notice" else Kind.OBLIGATION
    if kind is Kind.OBLIGATION and spec.met_when is None:
        loading.problem(f"{subject}: `met_when` is missing", node.place, "say by which facts it is met, or `kind: notice`")
    if spec.before is not None and spec.after is not None:
        loading.problem(f"{subject} is due both before and after", node.place, "keep one of `before` and `after`")
    own_time = spec.before is not None or spec.after is not None
    before = spec.before if own_time else file.before
    after = spec.after if own_time else file.after
    if not own_time and before is not None and after is not None:
        loading.problem(f"{subject} is due both before and after", node.place, "keep one of the file's `before` and `after`")
    if kind is Kind.OBLIGATION and not before and not after:
        loading.problem(f"{subject} is due at no moment", node.place, "write `before:` or `after:`, here or for the file")
    role = spec.role if spec.role is not None else file.role
    own = loading.condition(child(node, "given"), subject)
    return Obligation(
        id=spec.id,
        provision=spec.provision,
        must=spec.must,
        kind=kind,
        roles=tuple(role or ()),
        given=both(given, own),
        met=loading.condition(child(node, "met_when"), subject) if spec.met_when is not None else None,
        before=tuple(before or ()),
        after=after,
        timetable=spec.timetable or file.timetable,
        deadlines=_deadlines(loading, subject, spec.deadline, child(node, "deadline"), node.place),
        evidence=tuple(spec.evidence),
        sanction=spec.sanction or file.sanction,
        because=spec.because,
        reading=spec.reading,
        see_also=tuple(spec.see_also),
        force=Force(spec.force),
        certainty=Certainty(spec.certainty),
        text=span,
        units=loading.units(subject, spec.provision, spec.units, node.place, span, node),
        place=node.place,
    )


def _prohibition(
    loading: _Loading, file: ArticleFile, given: Condition, spec: ProhibitionSpec, node: Node
) -> Obligation:
    subject = f"prohibition `{spec.id}`"
    span = _span(loading, subject, spec.text_since, spec.text_until, node.place)
    return Obligation(
        id=spec.id,
        provision=spec.provision,
        must=spec.must,
        kind=Kind.PROHIBITION,
        roles=tuple(spec.role or ()),
        given=both(given, loading.condition(child(node, "when"), subject)),
        met=None,
        before=tuple(spec.before or ()),
        timetable=spec.timetable or file.timetable,
        evidence=tuple(spec.evidence),
        sanction=spec.sanction or file.sanction,
        because=spec.because,
        reading=spec.reading,
        see_also=tuple(spec.see_also),
        force=Force(spec.force),
        certainty=Certainty(spec.certainty),
        text=span,
        units=loading.units(subject, spec.provision, spec.units, node.place, span, node),
        place=node.place,
    )


def _deadlines(
    loading: _Loading, subject: str, specs: DeadlineSpec | list[DeadlineSpec] | None, node: Node | None, place: Place
) -> tuple[Deadline, ...]:
    if specs is None:
        return ()
    one = isinstance(specs, DeadlineSpec)
    found = []
    for number, spec in enumerate([specs] if isinstance(specs, DeadlineSpec) else specs):
        item = node if one else child(node, number)
        where = place_of(item, place)
        amounts = [(unit, getattr(spec, unit)) for unit in _DEADLINE_UNITS if getattr(spec, unit) is not None]
        if len(amounts) != 1:
            loading.problem(f"{subject}: a deadline has one of {', '.join(_DEADLINE_UNITS)}", where)
            continue
        declaration = loading.names.vocabulary.get(spec.runs_from)
        if declaration is None:
            if spec.runs_from not in loading.unread:
                hint = did_you_mean(spec.runs_from, loading.names.vocabulary)
                loading.problem(f"{subject}: unknown fact `{spec.runs_from}`", where, hint)
        elif declaration.type is not FactType.DATE:
            loading.problem(f"{subject}: a deadline runs from a date, and `{spec.runs_from}` is none", where)
        when = loading.condition(child(item, "when"), subject) if spec.when is not None else ALWAYS
        found.append(Deadline(spec.runs_from, amounts[0][1], amounts[0][0], spec.provision, when))
    return tuple(found)


def _timetables(loading: _Loading) -> dict[str, Timetable]:
    kept: dict[str, Timetable] = {}
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
            deferrals = tuple(
                Deferral(
                    deferral.provision,
                    loading.condition(child(entry.value, "deferred", number, "when"), subject),
                    None if deferral.until == "never" else deferral.until,
                    deferral.proviso,
                )
                for number, deferral in enumerate(spec.deferred)
            )
            timetable = Timetable(entry.key, spec.provision, routes, deferrals, entry.place)
            _once(loading, kept, entry.key, timetable, "timetable", entry.place)
    return kept


def _sanctions(loading: _Loading) -> dict[str, Sanction]:
    kept: dict[str, Sanction] = {}
    for _, node, value in loading.of(SanctionsFile):
        for entry in entries(child(node, "sanctions")):
            spec, subject = value.sanctions[entry.key], f"sanction `{entry.key}`"
            lower_for = tuple(
                LowerCap(
                    cap.provision, loading.condition(child(entry.value, "lower_for", number, "when"), subject)
                )
                for number, cap in enumerate(spec.lower_for)
            )
            sanction = Sanction(
                entry.key, spec.provision, spec.fixed, spec.share, spec.turnover, spec.currency, lower_for,
                loading.condition(child(entry.value, "applies"), subject), spec.timetable, spec.note, entry.place,
            )  # fmt: skip
            _once(loading, kept, entry.key, sanction, "sanction", entry.place)
    return kept


def _cues(loading: _Loading) -> dict[str, Cue]:
    kept: dict[str, Cue] = {}
    for _, node, value in loading.of(CuesFile):
        for entry in entries(child(node, "cues")):
            spec = value.cues[entry.key]
            suggests = loading.condition(child(entry.value, "suggests"), f"cue `{entry.key}`")
            cue = Cue(entry.key, spec.provision, tuple(spec.words), suggests, entry.place)
            _once(loading, kept, entry.key, cue, "cue", entry.place)
    return kept


def _roles_and_moments(
    spec_entry: tuple[SpecFile, Node, PackSpec] | None
) -> tuple[dict[str, Role], dict[str, Moment]]:
    if spec_entry is None:
        return {}, {}
    _, node, spec = spec_entry
    roles = {
        entry.key: Role(
            entry.key, role.provision, role.means, role.moment, role.deemed, role.unless, entry.place
        )
        for entry in entries(child(node, "roles"))
        if (role := spec.roles.get(entry.key)) is not None
    }
    moments = {
        name: Moment(name, moment.order, moment.means, moment.provision) for name, moment in spec.moments.items()
    }
    return roles, moments


def _extension_problems(bases: Sequence[Pack], extension: Pack) -> Iterable[Problem]:
    """Say where a pack that extends others does more than it may."""
    for base in bases:
        concluded = {rule.concludes for rule in base.rules.values()}
        for rule in extension.rules.values():
            if rule.id in base.rules or rule.id in base.obligations:
                yield Problem(f"rule `{rule.id}` has the id of a rule of `{base.id}`", rule.place)
            if rule.concludes is not None and rule.concludes in concluded:
                yield Problem(
                    f"rule `{rule.id}` concludes `{rule.concludes}`, which `{base.id}` concludes",
                    rule.place,
                    "an extension may only conclude names of its own",
                )
            for target in rule.exception_to:
                if target in base.rules or target in base.obligations:
                    yield Problem(
                        f"rule `{rule.id}` makes an exception to `{target}` of `{base.id}`",
                        rule.place,
                        "an extension never changes the law it extends",
                    )
        for obligation in extension.obligations.values():
            if obligation.id in base.obligations or obligation.id in base.rules:
                yield Problem(f"obligation `{obligation.id}` has the id of one of `{base.id}`", obligation.place)
            if obligation.can_gate:
                yield Problem(
                    f"obligation `{obligation.id}` binds, but its pack extends `{base.id}`",
                    obligation.place,
                    "write `force: voluntary` or `kind: notice`",
                )
