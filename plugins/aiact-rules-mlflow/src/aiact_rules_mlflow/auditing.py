"""Auditing: every version that a guarded alias or stage leads to, judged again today and on days to come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from aiact_rules import Decision, Request
from aiact_rules.core.problems import ProblemsError
from aiact_rules.core.timelines import DatedDecision
from aiact_rules.timeline.judging import timeline_of

from aiact_rules_mlflow.describing import description
from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge, strictest
from aiact_rules_mlflow.reasons import findings_in_the_way, in_short
from aiact_rules_mlflow.registries import Named, Registry, guarded_by
from aiact_rules_mlflow.rows import VersionRow
from aiact_rules_mlflow.settings import Settings
from aiact_rules_mlflow.tags import released_tag

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d(?=T)")


@dataclass(frozen=True)
class Judged:
    """What is said of a version on one day: a decision, or why there is none."""

    on: date
    decision: Decision | None
    problems: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Return whether it may be released that day."""
        return self.decision is not None and self.decision.passes

    @property
    def verdict(self) -> str:
        """Return the verdict, or that there is none."""
        return "undecided" if self.decision is None else self.decision.verdict.value

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        found: dict[str, Any] = {"on": self.on.isoformat(), "verdict": self.verdict, "passes": self.passes}
        if self.decision is None:
            return {**found, "problems": list(self.problems)}
        reasons = [{"id": f.id, "provision": f.provision, "must": f.must} for f in findings_in_the_way(self.decision)]
        return {**found, "decision_id": self.decision.decision_id, "reasons": reasons if not self.passes else []}


@dataclass(frozen=True)
class Becomes:
    """From which day on a version that may be released today may not any more.

    `spared_by` are the provisions by which it stays lawful as long as it is on the market unchanged; empty: nothing spares it.
    """

    judged: Judged
    spared_by: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**self.judged.as_json(), "spared_by": list(self.spared_by)}


@dataclass(frozen=True)
class Released:
    """One version that is out: by which aliases and stages, how it was released, and how it is judged."""

    model: str
    version: int
    workspace: str | None
    acts: tuple[str, ...]
    released: dict[str, str]
    judged: tuple[Judged, ...]
    becomes: Becomes | None = None

    @property
    def is_undecided(self) -> bool:
        """Return whether some day could not be judged."""
        return any(each.decision is None for each in self.judged)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "model": self.model,
            "version": self.version,
            **({} if self.workspace is None else {"workspace": self.workspace}),
            "released_as": list(self.acts),
            "released_by": self.released,
            "judged": [each.as_json() for each in self.judged],
            "becomes": None if self.becomes is None else self.becomes.as_json(),
        }


@dataclass(frozen=True)
class Audit:
    """What is out in a registry, and how it stands on each day that was asked for, today first."""

    registry: str
    gate: dict[str, Any]
    days: tuple[date, ...]
    releases: tuple[Released, ...]

    @property
    def exit_code(self) -> int:
        """Return 2 where something could not be judged, 1 where something is refused on one of the days, else 0."""
        if any(each.is_undecided for each in self.releases):
            return 2
        return 0 if all(judged.passes for each in self.releases for judged in each.judged) else 1

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        days = [each.isoformat() for each in self.days]
        releases = [each.as_json() for each in self.releases]
        return {"registry": self.registry, "gate": self.gate, "days": days, "releases": releases}


def audit(registry: Registry, settings: Settings, days: Iterable[date]) -> Audit:
    """Judge what is out. Raises ProblemsError where the registry or the settings cannot be used at all."""
    at = datetime.now(UTC)
    judge = ReleaseJudge(settings, repository_of=registry.repository_of)
    later = {
        day: ReleaseJudge(replace(settings, as_of=day), repository_of=registry.repository_of)
        for day in sorted(set(days))
    }
    today = judge.silent.packs[0].pack_at.as_of
    judges = {today: judge} | {day: each for day, each in later.items() if day != today}
    by_version: dict[tuple[str | None, str, int], list[Named]] = {}
    for named in guarded_by(settings, registry.named()):
        by_version.setdefault((named.workspace, named.model, named.version), []).append(named)
    releases = []
    for every in by_version.values():
        row = registry.version(every[0])
        if not row.is_prompt:
            releases.append(_released(row, every, judges, today, at))
    return Audit(registry.name, description(judge), tuple(judges), tuple(releases))


def _released(
    row: VersionRow, named: list[Named], judges: dict[date, ReleaseJudge], today: date, at: datetime
) -> Released:
    version, acts = ModelVersion.of_row(row), tuple(each.act for each in named)
    judged = tuple(_judged(judge, version, day, at) for day, judge in judges.items())
    tags = {act: row.tags[released_tag(act)] for act in acts if released_tag(act) in row.tags}
    becomes = _becomes(judges[today], version, tags, at) if judged[0].passes else None
    return Released(row.name, row.version, named[0].workspace, acts, tags, judged, becomes)


def _judged(judge: ReleaseJudge, version: ModelVersion, day: date, at: datetime) -> Judged:
    try:
        return Judged(day, strictest(judge.decisions(version, at)))
    except ProblemsError as error:
        return Judged(day, None, tuple(str(each) for each in error.problems))


def _becomes(judge: ReleaseJudge, version: ModelVersion, released: dict[str, str], at: datetime) -> Becomes | None:
    """Return the first day from tomorrow on from which the law, as it is known today, would not let it be released."""
    request = judge.request(version, at)
    days = [date.fromisoformat(day[0]) for said in released.values() if (day := _DAY.search(said))]
    found = [_becomes_for(judge, each, min(days, default=None)) for each in request.per_operator()]
    return min((each for each in found if each is not None), key=lambda each: each.judged.on, default=None)


def _becomes_for(judge: ReleaseJudge, request: Request, since: date | None) -> Becomes | None:
    """Return the same for one operator; the release is on the market since the day on which it was released."""
    day = request.release_date if since is None else min(since, request.release_date)
    try:
        line = timeline_of(judge.gate, request.on(day, as_of=request.as_of))
    except ProblemsError:
        return None
    for each in line.dates:
        if each.on > request.as_of and not each.new.decision.passes:
            stays = _passes(each.on_market)
            return Becomes(Judged(each.on, each.new.decision), line.spared_by if stays else ())
    return None


def _passes(dated: DatedDecision | None) -> bool:
    return dated is not None and dated.decision.passes


def text_of(found: Audit) -> str:
    """Return an audit as text: what is refused first, then what will be."""
    lines = [f"{found.registry}: {len(found.releases)} released by a guarded alias or stage"]
    order = {"refused": 0, "later": 1, "lawful": 2}
    for each in sorted(found.releases, key=lambda one: (order[_state(one)], one.model, one.version)):
        where = "" if each.workspace in (None, "default") else f" in workspace {each.workspace}"
        lines.append(f"{each.model} version {each.version}{where} ({', '.join(each.acts)})")
        lines += [f"  {act}: released by {said}" for act, said in each.released.items()]
        lines += [f"  {act}: no gate released it" for act in each.acts if act not in each.released]
        for number, judged in enumerate(each.judged):
            day = "today" if number == 0 else judged.on.isoformat()
            why = "; ".join(judged.problems) if judged.decision is None else in_short(judged.decision)
            lines.append(f"  {day}: {judged.verdict}" + ("" if judged.passes else f": {why}"))
        if each.becomes is not None:
            later = each.becomes.judged
            assert later.decision is not None, "it was judged"
            lines.append(f"  from {later.on} a new release is refused: {later.verdict}: {in_short(later.decision)}")
            spared = ", ".join(each.becomes.spared_by)
            lines.append(
                f"    what is on the market by then and stays unchanged is spared ({spared})"
                if spared
                else "    what is on the market by then is not spared"
            )
    return "\n".join(lines) + "\n"


def _state(released: Released) -> str:
    if not all(each.passes for each in released.judged):
        return "refused"
    return "later" if released.becomes is not None else "lawful"
