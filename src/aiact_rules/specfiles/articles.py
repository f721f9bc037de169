"""Article files → rules, obligations and prohibitions."""

from __future__ import annotations

from aiact_rules.core.conditions import ALWAYS, Condition, FactTest, Test, both
from aiact_rules.core.periods import Period
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Certainty, Deadline, Force, Kind, Obligation, Rule
from aiact_rules.core.vocabulary import FactType
from aiact_rules.specfiles.format import ArticleFile, DeadlineSpec, ObligationSpec, ProhibitionSpec, RuleSpec
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, entries, place_of
from aiact_rules.yaml_text import Node

_REACH = {
    "given": "only obligations, prohibitions and contradictions take it: remove it",
    "role": "only obligations without a `role` of their own take it: remove it",
    "before": "only obligations without a moment of their own take it: remove it",
    "after": "only obligations without a moment of their own take it: remove it",
    "timetable": "each has its own, or takes none: remove it",
    "sanction": "each has its own, or takes none: remove it",
}
_DEADLINE_UNITS = ("hours", "days", "weeks", "months", "years")


def read_articles(loading: Loading) -> tuple[dict[str, Rule], dict[str, Obligation]]:
    """Read every article file: rules, and obligations with prohibitions, by id."""
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
        _check_head(loading, node, value)
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


def _check_head(loading: Loading, node: Node, file: ArticleFile) -> None:
    """Report what stands at the head of a file and reaches nothing in it, or stands above rules, which it does not reach."""
    gated = [one for one in file.obligations if one.before is None and one.after is None]
    both_kinds: list[ObligationSpec | ProhibitionSpec] = [*file.obligations, *file.prohibitions]
    reached: dict[str, bool] = {
        "given": bool(both_kinds or file.contradictions),
        "role": any(one.role is None for one in file.obligations),
        "before": bool(gated),
        "after": bool(gated),
        "timetable": any(one.timetable is None for one in (*both_kinds, *file.contradictions)),
        "sanction": any(one.sanction is None for one in both_kinds),
    }
    keys = [entry.key for entry in entries(node)]
    for entry in entries(node):
        if entry.key in reached and not reached[entry.key]:
            loading.problem(f"the file's `{entry.key}` reaches nothing in it", entry.place, _REACH[entry.key])
        elif entry.key == "given" and "rules" in keys[keys.index("given") :]:
            hint = "rules take no `given`: write it below them, above what it is joined to"
            loading.problem("the file's `given` stands above rules, which it does not reach", entry.place, hint)


def _rule(loading: Loading, spec: RuleSpec, node: Node) -> Rule:
    subject = f"rule `{spec.id}`"
    span = loading.span(subject, spec.text_since, spec.text_until, node.place)
    if spec.concludes is None and not spec.exception_to:
        loading.problem(
            f"{subject} concludes nothing and is no exception", node.place, "write `concludes:` or `exception_to:`"
        )
    when = loading.condition(child(node, "when"), subject)
    reason = spec.reason
    if spec.confirmed_by is not None:
        _check_confirmation(loading, subject, spec, place_of(child(node, "confirmed_by"), node.place))
        when = both(when, FactTest(spec.confirmed_by, Test.IS, True))
        reason = f"{reason} (not read in the text itself: a person confirmed it)"
    return Rule(
        id=spec.id,
        provision=spec.provision,
        when=when,
        reason=reason,
        concludes=spec.concludes,
        exception_to=tuple(spec.exception_to),
        rebuttable=spec.rebuttable,
        reading=spec.reading,
        certainty=Certainty(spec.certainty),
        confirmed_by=spec.confirmed_by,
        text=span,
        units=loading.units(subject, spec.provision, spec.units, node.place, span, node),
        place=node.place,
    )


def _check_confirmation(loading: Loading, subject: str, spec: RuleSpec, place: Place) -> None:
    assert spec.confirmed_by is not None
    if Certainty(spec.certainty).can_gate:
        loading.problem(f"{subject}: `confirmed_by` is for what was not read in the text (S or K)", place)
    declaration = loading.fact(subject, spec.confirmed_by, place)
    if declaration is not None and (declaration.type is not FactType.YES_NO or declaration.if_absent is not None):
        hint = "silence confirms nothing, and denies nothing either"
        loading.problem(f"{subject}: `{spec.confirmed_by}` is no `yes_no` fact without `if_absent`", place, hint)


def _obligation(loading: Loading, file: ArticleFile, given: Condition, spec: ObligationSpec, node: Node) -> Obligation:
    subject = f"obligation `{spec.id}`"
    span = loading.span(subject, spec.text_since, spec.text_until, node.place)
    kind = Kind(spec.kind)
    if kind is Kind.OBLIGATION and spec.met_when is None:
        loading.problem(
            f"{subject}: `met_when` is missing", node.place, "say by which facts it is met, or `kind: notice`"
        )
    if spec.before is not None and spec.after is not None:
        loading.problem(f"{subject} is due both before and after", node.place, "keep one of `before` and `after`")
    own_time = spec.before is not None or spec.after is not None
    before = spec.before if own_time else file.before
    after = spec.after if own_time else file.after
    if not own_time and before is not None and after is not None:
        loading.problem(
            f"{subject} is due both before and after", node.place, "keep one of the file's `before` and `after`"
        )
    if kind is Kind.OBLIGATION and not before and not after:
        loading.problem(
            f"{subject} is due at no moment", node.place, "write `before:` or `after:`, here or for the file"
        )
    if spec.at_once and after is None:
        loading.problem(
            f"{subject} is due `at_once` without `after`", node.place, "what has `before` gates in any case"
        )
    if spec.event is not None and not before and not after:
        loading.problem(
            f"{subject} is triggered by an event and due at no step", node.place, "write `before:` or `after:`"
        )
    events = spec.event or (file.event if before or after else None) or ()
    own = loading.condition(child(node, "given"), subject)
    return Obligation(
        id=spec.id,
        provision=spec.provision,
        must=spec.must,
        kind=kind,
        roles=loading.named_roles(subject, file.role if spec.role is None else spec.role, node),
        given=both(given, own),
        met=loading.condition(child(node, "met_when"), subject) if spec.met_when is not None else None,
        before=tuple(before or ()),
        after=after,
        at_once=spec.at_once,
        events=tuple(events),
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
    loading: Loading, file: ArticleFile, given: Condition, spec: ProhibitionSpec, node: Node
) -> Obligation:
    subject = f"prohibition `{spec.id}`"
    span = loading.span(subject, spec.text_since, spec.text_until, node.place)
    return Obligation(
        id=spec.id,
        provision=spec.provision,
        must=spec.must,
        kind=Kind.PROHIBITION,
        roles=loading.named_roles(subject, spec.role, node),
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
    loading: Loading, subject: str, specs: DeadlineSpec | list[DeadlineSpec] | None, node: Node | None, place: Place
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
        declaration = loading.fact(subject, spec.runs_from, where)
        if declaration is not None and declaration.type is not FactType.DATE:
            loading.problem(f"{subject}: a deadline runs from a date, and `{spec.runs_from}` is none", where)
        when = loading.condition(child(item, "when"), subject) if spec.when is not None else ALWAYS
        found.append(Deadline(spec.runs_from, Period(amounts[0][1], amounts[0][0]), spec.provision, when))
    return tuple(found)
