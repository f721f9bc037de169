"""Reasons: why a version is refused, in words that stay readable where an interface puts all lines into one paragraph."""

from __future__ import annotations

from collections.abc import Iterable

from aiact_rules import Decision, Finding, Status, Verdict
from aiact_rules.core.passing import said_of_waivers
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem, ProblemsError
from aiact_rules.reports.alarms import alarms_of

from aiact_rules_mlflow.tags import tag_of

MOST_FINDINGS = 5


def reasons(decision: Decision) -> str:
    """Return why a version is refused: the worst findings with their provisions, and the questions to answer next."""
    worst = findings_in_the_way(decision)
    basis = ", ".join(f"{pack.pack_id} {pack.pack_at.pack.version}" for pack in decision.packs)
    words = {name: str(alarm) for alarm in alarms_of(decision) for name in alarm.ids if alarm.kind == "signal"}
    said = [f"{words.get(f.id, f'{f.provision}: {f.must}')} ({_state(f)})" for f in worst[:MOST_FINDINGS]]
    if len(worst) > MOST_FINDINGS:
        said.append(f"and {len(worst) - MOST_FINDINGS} more")
    lines = [f"{decision.verdict.value} under {basis} as of {decision.packs[0].pack_at.as_of}:", *listed(said)]
    needs = [need for pack in decision.packs for need in pack.needs]
    if decision.verdict is Verdict.HOLD and needs:
        lines += ["Answer next, by a tag or in the release file:"]
        known = decision.vocabulary
        asks = {n.fact: known[n.fact].asks if n.fact in known else n.fact for n in needs[:MOST_FINDINGS]}
        lines += listed(f"{tag_of(fact)}: {question}" for fact, question in asks.items())
    lines += listed(said_of_waivers(decision))
    lines.append(f"Decision {decision.decision_id}")
    return "\n".join(lines)


def problems_listed(error: ProblemsError) -> str:
    """Return what is wrong with an input, each problem with its place and its hint."""
    return "\n".join(listed(_problem(each) for each in error.problems))


def _problem(problem: Problem) -> str:
    place = "" if problem.place is None else f"{problem.place}: "
    hint = "" if problem.hint is None else f" ({printable(problem.hint)})"
    return f"{place}{printable(problem.message)}{hint}"


def in_short(decision: Decision) -> str:
    """Return the first reason why a version is refused, and how many there are; empty where there is none."""
    worst = findings_in_the_way(decision)
    if not worst:
        return ""
    more = f" and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"{worst[0].provision}: {worst[0].must} ({_state(worst[0])}){more}"


def findings_in_the_way(decision: Decision) -> list[Finding]:
    """Return the findings because of which a decision does not allow, the breached ones first."""
    found = (
        f
        for pack in decision.packs
        if pack.verdict is not None
        for f in pack.findings
        if f.status in _REFUSING and (pack.pack_id, f.id) not in decision.waived
    )
    return sorted(found, key=lambda f: f.status is not Status.BREACHED)


def listed(texts: Iterable[str]) -> list[str]:
    """Return texts as lines of a list whose marks and ends still tell them apart where all lines run into one."""
    every = list(texts)
    ends = (";" if number < len(every) else "." for number in range(1, len(every) + 1))
    return [
        f"• {text}" if text.endswith((".", "?", "!")) else f"• {text}{end}"
        for text, end in zip(every, ends, strict=True)
    ]


_REFUSING = (Status.BREACHED, Status.OPEN)


def _state(finding: Finding) -> str:
    return "breached" if finding.status is Status.BREACHED else "open"
