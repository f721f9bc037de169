"""Extensions: packs that add advice to the law they extend, and never change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from aiact_rules.core.cues import Cue
from aiact_rules.core.deliverables import Deliverable
from aiact_rules.core.packs import Extension, Pack
from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.rules import Parameter, Reading, Sanction, School, Timetable

PackPlace = Callable[..., Place]
"""Where a path of keys stands in pack.yaml, such as `("labels", "high_risk")`."""

_NEVER = "an extension never changes the law it extends"
_OWN_NAME = f"{_NEVER}; choose another name"


def _somewhere(*path: str | int) -> Place:  # noqa: ARG001
    return Place("pack.yaml")


def merge_packs(base: Pack, extension: Pack) -> Pack:
    """Return a pack joined with one that extends it: same law and verdict, with what the extension adds.

    An extension gives advice, evidence and notices. It may conclude new names, and it can never make an exception to
    the base, conclude what the base concludes, give a name of the base another meaning, or bind anybody. Raises
    PackError where it tries.
    """
    problems = list(extension_problems([base], extension))
    if problems:
        raise PackError(problems)
    return replace(
        base,
        extensions=(*base.extensions, _extension(extension)),
        vocabulary=base.vocabulary.merged_with(extension.vocabulary),
        headlines=base.headlines + extension.headlines,
        labels={**base.labels, **extension.labels},
        excludes=base.excludes + extension.excludes,
        parameters={**base.parameters, **extension.parameters},
        timetables={**base.timetables, **extension.timetables},
        readings={**base.readings, **extension.readings},
        schools=_joined_schools(base.schools, extension.schools),
        sanctions={**base.sanctions, **extension.sanctions},
        cues=_with_added_words(base.cues, extension.added_words),
        deliverables={**base.deliverables, **extension.deliverables},
        delivered_by={**base.delivered_by, **extension.delivered_by},
        rules={**base.rules, **extension.rules},
        obligations={**base.obligations, **extension.obligations},
    )


def _extension(pack: Pack) -> Extension:
    names = frozenset((*pack.rules, *pack.obligations, *pack.readings))
    return Extension(pack.id, pack.version, pack.digest, pack.pages, names)


def _with_added_words(cues: Mapping[str, Cue], added: Mapping[str, Cue]) -> dict[str, Cue]:
    """Return the cues of a law with what an extension adds to them."""
    return {name: replace(cue, more=(*cue.more, added[name])) if name in added else cue for name, cue in cues.items()}


def _joined_schools(base: Mapping[str, School], extension: Mapping[str, School]) -> dict[str, School]:
    """Return the schools of both; one of the same name chooses for the readings of both."""
    joined = dict(base)
    for name, school in extension.items():
        of_base = base[name].choices if name in base else {}
        joined[name] = replace(school, choices={**of_base, **school.choices})
    return joined


def extension_problems(bases: Sequence[Pack], extension: Pack, pack_place: PackPlace = _somewhere) -> Iterator[Problem]:
    """Return where a pack that extends others does more than it may. `pack_place` finds places in its pack.yaml."""
    if not bases:
        return
    yield from _of_a_law(extension, pack_place)
    for base in bases:
        law = f"`{base.id}`" if not base.extensions else f"`{base.id}` or of what extends it"
        if extension.market != base.market:
            yield Problem(
                f"market `{extension.market}` is not that of `{base.id}`",
                pack_place("market"),
                f"an extension has the market of its law: `{base.market}`",
            )
        for kind, own, known in (
            ("parameter", extension.parameters, base.parameters),
            ("timetable", extension.timetables, base.timetables),
            ("reading", extension.readings, base.readings),
            ("sanction", extension.sanctions, base.sanctions),
            ("deliverable", extension.deliverables, base.deliverables),
        ):
            yield from _taken(kind, own, known, law)
        yield from _of_conclusions(base, extension, law, pack_place)
        yield from _of_rules(base, extension, law)


def _of_a_law(extension: Pack, pack_place: PackPlace) -> Iterator[Problem]:
    """Return what only a law may have, whatever its name."""
    if extension.gates:
        yield Problem("a pack that extends others never gates", pack_place("gates"), "write `gates: false`")
    for key in ("in_scope", "prohibited", "transition", "time_zone"):
        if getattr(extension, key) is not None:
            yield Problem(f"an extension has no `{key}`", pack_place(key), "it is the law's to say")
    for cue in extension.cues.values():
        yield Problem(
            f"cue `{cue.id}` would make a verdict stricter",
            cue.place,
            "an extension only `adds` words to cues of its law",
        )
    for role in extension.roles.values():
        yield Problem(f"role `{role.name}` stands in an extension", role.place, "use the roles of the law it extends")
    for name in extension.moments:
        hint = "use the moments of the law it extends"
        yield Problem(f"moment `{name}` stands in an extension", pack_place("moments", name), hint)
    for sanction in extension.sanctions.values():
        if sanction.reaches:
            yield Problem(f"sanction `{sanction.id}` reaches what the law obliges to", sanction.place, _NEVER)


def _taken(
    kind: str,
    own: Mapping[str, Parameter | Timetable | Reading | Sanction | Deliverable],
    known: Mapping[str, object],
    law: str,
) -> Iterator[Problem]:
    for name, value in own.items():
        if name in known:
            yield Problem(f"{kind} `{name}` has the name of a {kind} of {law}", value.place, _OWN_NAME)


def _of_conclusions(base: Pack, extension: Pack, law: str, pack_place: PackPlace) -> Iterator[Problem]:
    concluded = {*base.headlines, *base.labels, *(rule.concludes for rule in base.rules.values())}
    for number, name in enumerate(extension.headlines):
        if name in concluded:
            yield Problem(f"headline `{name}` is a conclusion of {law}", pack_place("headlines", number), _NEVER)
    for name in extension.labels:
        if name in concluded:
            yield Problem(f"label of `{name}`, a conclusion of {law}", pack_place("labels", name), _NEVER)
    for number, pair in enumerate(extension.excludes):
        if concluded.issuperset(pair):
            text = " and ".join(f"`{name}`" for name in pair)
            yield Problem(f"excludes {text}, conclusions of {law}", pack_place("excludes", number), _NEVER)


def _of_rules(base: Pack, extension: Pack, law: str) -> Iterator[Problem]:
    concluded = {rule.concludes for rule in base.rules.values()}
    # What a cue asks has the id `signal.` with that of the cue once the pack stands on a date.
    ids = {*base.rules, *base.obligations, *(f"signal.{name}" for name in base.cues)}
    for rule in extension.rules.values():
        if rule.id in ids:
            yield Problem(f"rule `{rule.id}` has the id of a rule or obligation of {law}", rule.place, _OWN_NAME)
        if rule.concludes is not None and rule.concludes in concluded:
            yield Problem(
                f"rule `{rule.id}` concludes `{rule.concludes}`, which {law} concludes",
                rule.place,
                "an extension may only conclude names of its own",
            )
        for target in rule.exception_to:
            if target in ids:
                yield Problem(f"rule `{rule.id}` makes an exception to `{target}` of {law}", rule.place, _NEVER)
    for obligation in extension.obligations.values():
        if obligation.id in ids:
            text = f"obligation `{obligation.id}` has the id of a rule or obligation of {law}"
            yield Problem(text, obligation.place, _OWN_NAME)
        if obligation.can_gate:
            yield Problem(
                f"obligation `{obligation.id}` binds, but its pack extends `{base.id}`",
                obligation.place,
                "write `force: voluntary` or `kind: notice`",
            )
