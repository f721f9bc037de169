"""Extensions: packs that add advice to the law they extend, and never change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiact_rules.core.packs import Extension, Pack
from aiact_rules.core.problems import PackError, Problem


def merge_packs(base: Pack, extension: Pack) -> Pack:
    """Join a pack with one that extends it: same law and verdict, with what the extension adds.

    An extension gives advice, evidence and notices. It may conclude new names, and it can never make an exception to
    the base, conclude what the base concludes, or bind anybody. Raises PackError where it tries.
    """
    problems = list(extension_problems([base], extension))
    if problems:
        raise PackError(problems)
    return replace(
        base,
        extensions=(*base.extensions, Extension(extension.id, extension.version, extension.digest)),
        vocabulary=base.vocabulary.merged_with(extension.vocabulary),
        headlines=base.headlines + tuple(name for name in extension.headlines if name not in base.headlines),
        labels={**extension.labels, **base.labels},
        parameters={**base.parameters, **extension.parameters},
        timetables={**base.timetables, **extension.timetables},
        readings={**base.readings, **extension.readings},
        sanctions={**base.sanctions, **extension.sanctions},
        rules={**base.rules, **extension.rules},
        obligations={**base.obligations, **extension.obligations},
    )


def extension_problems(bases: Sequence[Pack], extension: Pack) -> Iterable[Problem]:
    """Say where a pack that extends others does more than it may."""
    if bases:
        for cue in extension.cues.values():
            yield Problem(f"cue `{cue.id}` would make a verdict stricter", cue.place, "an extension has no cues")
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
