"""What a decision says in the words that labelled cases use for outcomes, and whether that is what a case expects.

Run as `python -m outside.outcomes` in `tests` to print the tables: of the codings, and of the independent ones, which were
made from descriptions alone by coders who saw no label.
"""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate

HERE = Path(__file__).parent
CODED, CODED_INDEPENDENTLY = "codings_*.yaml", "independent_*.yaml"
FOLDER_NAMED_BY = "AIACT_RULES_OUTSIDE_CASES"
TODAY = date(2026, 11, 22)
LAST_DAY_OF_THE_FIRST_TEXT = date(2026, 7, 26)

RIGHT, WRONG, ABSTAINED, NOT_EXPRESSED = "right", "wrong", "abstained", "not expressed"
GRADES = (RIGHT, WRONG, ABSTAINED, NOT_EXPRESSED)

# The duty that each paragraph of Article 50 comes down to.
DISCLOSURE = {
    "50(1)": ("art50.1.inform",),
    "50(2)": ("art50.2.machine_readable",),
    "50(3)": ("art50.3.inform",),
    "50(4)": ("art50.4.disclose", "art50.4.disclose_existence"),
    "50(4)text": ("art50.4.disclose_text",),
}
POINTS = {
    "5(1)(a)": "prohibited_manipulation",
    "5(1)(b)": "prohibited_exploitation",
    "5(1)(ba)": "prohibited_intimate_material",
    "5(1)(bb)": "prohibited_abuse_material",
    "5(1)(c)": "prohibited_social_scoring",
    "5(1)(d)": "prohibited_crime_prediction",
    "5(1)(e)": "prohibited_face_scraping",
    "5(1)(f)": "prohibited_emotion_inference",
    "5(1)(g)": "prohibited_biometric_categorisation",
    "5(1)(h)": "prohibited_real_time_identification",
}
# Conclusions that must come out so: yes, no, or `not_yes` where silence on them is no fault.
CONCLUSIONS: Mapping[str, Mapping[str, str]] = {
    "prohibited": {"prohibited_practice": "yes"},
    "not_prohibited": {"prohibited_practice": "no"},
    "high_risk": {"high_risk": "yes"},
    "high_risk_section_b": {"high_risk_annex_i_section_b": "yes", "high_risk": "no"},
    "not_high_risk": {"high_risk": "no", "high_risk_annex_i_section_b": "no"},
    "not_high_risk_6_3": {"derogation_relied_on": "yes", "high_risk": "no"},
    "transparency_only": {"prohibited_practice": "no", "high_risk": "no", "transparency_obligations": "yes"},
    "minimal": {"prohibited_practice": "no", "high_risk": "no", "transparency_obligations": "no"},
    "out_of_scope": {"in_scope": "no"},
    "ai_system": {"ai_system": "yes"},
    "not_ai_system": {"ai_system": "no"},
    "gpai": {"gpai_model": "yes", "systemic_risk": "not_yes", "open_source_gpai_exempt": "not_yes"},
    "gpai_systemic": {"gpai_model": "yes", "systemic_risk": "yes"},
    "gpai_open_source_exempt": {"gpai_model": "yes", "open_source_gpai_exempt": "yes"},
    "not_gpai": {"gpai_model": "no"},
    "criterion_met": {"gpai_model": "yes"},
    "provider": {"gpai_duties": "yes"},
    "provider_of_modified_model": {"gpai_duties": "yes"},
    "not_provider": {"gpai_duties": "no"},
    "placed_on_market": {"gpai_placed_on_market": "yes"},
    "open_source_exempt": {"open_source_gpai_exempt": "yes"},
    "not_open_source_exempt": {"open_source_gpai_exempt": "no"},
}
# Labels that bind more than what comes out instead, wherever that certainly differs.
BINDING = frozenset(
    {
        "ai_system",
        "disclosure_insufficient",
        "disclosure_required",
        "disclosure_required_attenuated",
        "gpai_systemic",
        "not_open_source_exempt",
        "obligations_apply_now",
        "placed_on_market",
        "provider",
        "provider_of_modified_model",
    }
)
IN_FORCE = (Status.OPEN, Status.BREACHED, Status.MET, Status.CONDITION, Status.ADVICE)


@dataclass(frozen=True, slots=True)
class Coding:
    """A case as it was coded: who acts, in which step, when, and what is known.

    `duty` names the obligation (a pattern) that a case about dates asks for; `asks_about` the conclusions that a case
    without a certain answer asks for (a fact, where the question is whether it is still asked); `sanction` says that a
    case about dates asks for the fine on that duty.
    """

    id: str
    roles: tuple[str, ...] | None
    moment: str | None
    release_date: date | None
    as_of: date | None
    facts: Mapping[str, Any]
    duty: str | None
    asks_about: tuple[str, ...]
    sanction: bool

    def decide(self, gate: Gate, as_of: date) -> Decision:
        """Return the decision on the case with the law as it stood on this day."""
        released = self.release_date or as_of
        return gate.check(dict(self.facts), roles=self.roles, moment=self.moment, as_of=as_of, release_date=released)


@dataclass(frozen=True, slots=True)
class Compared:
    """One case beside its label: the grade, what came out where it matters, and whether the error lets something pass."""

    id: str
    group: str
    expected: str
    grade: str
    came_out: str
    allows: bool


@cache
def codings(files: str = CODED) -> Mapping[str, Coding]:
    """Return every coding of these files. Raises ValueError for an id coded twice."""
    found: dict[str, Coding] = {}
    for path in sorted(HERE.glob(files)):
        for name, coded in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if name in found:
                raise ValueError(f"{name} is coded twice")
            found[name] = Coding(
                name,
                None if coded.get("roles") is None else tuple(coded["roles"]),
                coded.get("moment"),
                coded.get("release_date"),
                coded.get("as_of"),
                coded.get("facts") or {},
                coded.get("duty"),
                tuple(coded.get("asks_about") or ("prohibited_practice", "high_risk")),
                bool(coded.get("sanction")),
            )
    return found


def independent_codings() -> Mapping[str, Coding]:
    """Return the independent codings; what a case asks about is no part of a coding and is as in the others."""
    asked = codings()
    return {
        name: replace(c, duty=asked[name].duty, asks_about=asked[name].asks_about, sanction=asked[name].sanction)
        for name, c in codings(CODED_INDEPENDENTLY).items()
    }


def disagreements() -> dict[str, str]:
    """Return the cases whose label is not followed where it names something stricter, with the reason by the text."""
    path = HERE / "disagreements.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def outside_folder() -> Path | None:
    """Return the folder of the labelled cases, or None where it is not on this machine."""
    named = os.environ.get(FOLDER_NAMED_BY)
    return Path(named) if named and (Path(named) / "cases.jsonl").is_file() else None


def labelled(folder: Path) -> list[dict[str, Any]]:
    """Return the labelled cases."""
    with (folder / "cases.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def gate() -> Gate:
    """Return the gate that all cases are judged by."""
    return Gate()


def compare_all(folder: Path, coded: Mapping[str, Coding]) -> list[Compared]:
    """Compare every labelled case that is coded, under the law in force and, where the answer changed, the first text."""
    return [result for case in labelled(folder) if case["id"] in coded for result in _compare(case, coded[case["id"]])]


def _compare(case: Mapping[str, Any], coding: Coding) -> Iterable[Compared]:
    expected = case["expected"]
    if "after_2026_1744" in expected and coding.as_of is None:
        before = coding.decide(gate(), LAST_DAY_OF_THE_FIRST_TEXT)
        yield _graded(f"{case['id']}, first text", case["set"], expected, before, coding)
        expected = {**expected, **expected["after_2026_1744"]}
    decision = coding.decide(gate(), coding.as_of or TODAY)
    yield _graded(case["id"], case["set"], expected, decision, coding)


def _graded(name: str, group: str, expected: Mapping[str, Any], decision: Decision, coding: Coding) -> Compared:
    outcome = expected["outcome"]
    wanted = list(_wanted(expected, decision, coding))
    if not wanted:
        return Compared(name, group, outcome, NOT_EXPRESSED, "", False)
    came_out = ", ".join(f"{what} {got}" for what, got, _ in wanted)
    grade = _grade(outcome, wanted)
    return Compared(name, group, outcome, grade, came_out, _allows(outcome, grade, decision))


def _grade(outcome: str, wanted: list[tuple[str, str, str]]) -> str:
    if outcome == "unclear":
        return RIGHT if any(got == "unknown" for _, got, _ in wanted) else WRONG
    grades = set()
    for _, got, want in wanted:
        if want == "not_yes":
            grades.add(WRONG if got == "yes" else RIGHT)
        else:
            grades.add(RIGHT if got == want else ABSTAINED if got == "unknown" else WRONG)
    return next(grade for grade in (WRONG, ABSTAINED, RIGHT) if grade in grades)


def _allows(outcome: str, grade: str, decision: Decision) -> bool:
    """Return whether what others call prohibited, high-risk or bound otherwise certainly is not here."""
    say = decision.packs[0].conclusions
    if any(f.kind is Kind.SIGNAL and f.status is Status.OPEN for f in decision.findings):
        return False  # what was stated contradicts itself: nothing passes until a person has looked
    if outcome == "prohibited":
        return say["prohibited_practice"] == "no"
    if outcome in ("high_risk", "high_risk_section_b"):
        return say["high_risk"] == "no" and say["high_risk_annex_i_section_b"] == "no"
    return outcome in BINDING and grade == WRONG


def _wanted(expected: Mapping[str, Any], decision: Decision, coding: Coding) -> Iterable[tuple[str, str, str]]:
    """Return what is compared, what came out, and what was wanted. Nothing where it cannot be expressed."""
    outcome, say = expected["outcome"], decision.packs[0].conclusions
    if outcome == "unclear" and "article" not in expected:
        yield from ((name, _said(name, decision), "unknown") for name in coding.asks_about)
    elif outcome == "not_high_risk_under_this_point":
        name = "annex_iii_" + "".join(c for c in expected["annex_iii"] if c.isalnum()).lower()
        yield name, say[name], "no"
    elif "article" in expected and expected["article"] in DISCLOSURE:
        yield from _disclosure(expected, decision)
    elif outcome in ("not_yet_applicable", "obligations_apply_now"):
        yield from _dated(expected, decision, coding)
    elif outcome in CONCLUSIONS:
        point = POINTS.get(expected.get("point", ""))
        if point is not None:  # a label that something is not prohibited speaks of the point it names only
            yield point, say[point], "yes" if outcome == "prohibited" else "no"
        if point is None or outcome == "prohibited":
            for name, want in CONCLUSIONS[outcome].items():
                yield name, say[name], want


def _said(name: str, decision: Decision) -> str:
    """Return how a conclusion came out; for a fact, whether it is still asked."""
    if "." in name:
        return "unknown" if any(need.fact == name for need in decision.packs[0].needs) else "settled"
    return decision.packs[0].conclusions[name]


def _disclosure(expected: Mapping[str, Any], decision: Decision) -> Iterable[tuple[str, str, str]]:
    outcome, duties = expected["outcome"], DISCLOSURE[expected["article"]]
    if outcome == "disclosure_required_attenuated":
        yield "art50.4.disclose_existence", _owed(decision, ("art50.4.disclose_existence",)), "yes"
        yield "art50.4.disclose", _owed(decision, ("art50.4.disclose",)), "no"
    elif outcome == "disclosure_insufficient":
        marking = [f for f in decision.findings if f.id.startswith("art50.2.")]
        breached = any(f.status is Status.BREACHED for f in marking)
        still_open = any(f.status is Status.OPEN for f in marking)
        yield "art50.2 breached", "yes" if breached else "unknown" if still_open else "no", "yes"
    else:
        want = {"disclosure_required": "yes", "disclosure_not_required": "no", "unclear": "unknown"}[outcome]
        yield duties[0], _owed(decision, duties), want


def _owed(decision: Decision, duties: Iterable[str]) -> str:
    """Return whether one of these duties is owed and in force: yes, no or unknown."""
    found = [f for name in duties if (f := decision.packs[0].finding(name)) is not None and f.status in IN_FORCE]
    if not found:
        return "no"
    return "yes" if any(f.certain for f in found) or len(found) > 1 else "unknown"


def _dated(expected: Mapping[str, Any], decision: Decision, coding: Coding) -> Iterable[tuple[str, str, str]]:
    if coding.duty is None:
        return
    found = [f for f in decision.findings if fnmatchcase(f.id, coding.duty)]
    applies = expected["outcome"] == "obligations_apply_now"
    if coding.sanction:
        fined = any(f.sanction is not None for f in found)
        yield f"fine for {coding.duty}", "yes" if fined else "no", "yes" if applies else "no"
        return
    since = expected.get("since" if applies else "applies_from")
    yield coding.duty, _when(found, applies), "yes"
    if since is not None and found:
        starts = {str(f.start.on) for f in found if f.start is not None}
        yield f"{coding.duty} from {', '.join(sorted(starts))}", "yes" if starts == {since} else "no", "yes"


def _when(found: list[Finding], applies: bool) -> str:
    if not found:
        return "no"
    fits = [(f.status in IN_FORCE) if applies else (f.status is Status.UPCOMING) for f in found]
    if not all(fits):
        return "no"
    return "yes" if all(f.certain for f in found) else "unknown"


def table(results: Iterable[Compared]) -> str:
    """Return the table: per set how many came out right, wrong or open, and each that did not come out right."""
    groups: dict[str, list[Compared]] = defaultdict(list)
    for result in results:
        groups[result.group].append(result)
    lines = [f"{'set':32}" + "".join(f"{grade:>15}" for grade in GRADES) + f"{'allows':>9}"]
    details = []
    for group, members in sorted(groups.items()):
        counts = [sum(r.grade == grade for r in members) for grade in GRADES]
        allows = sum(r.allows for r in members)
        lines.append(f"{group:32}" + "".join(f"{count:15}" for count in counts) + f"{allows:9}")
        for r in sorted(members, key=lambda r: (not r.allows, GRADES.index(r.grade), r.id)):
            if r.grade != RIGHT:
                flag = " ALLOWS" if r.allows else ""
                details.append(f"{r.grade}{flag}: {r.id} expects {r.expected}; came out: {r.came_out or 'nothing'}")
    return "\n".join([*lines, "", *details])


@dataclass(frozen=True, slots=True)
class Trained:
    """A model of the table of training compute, and what is decided about its systemic risk."""

    model: str
    confident: bool
    above: bool
    systemic: str


def trained_models(folder: Path) -> list[Trained]:
    """Judge each model of the table as a general-purpose one by its compute, where the table is sure of it.

    What the table calls likely or speculative is somebody's estimate and no fact about the maker: it is left unknown.
    """
    found = []
    with (folder / "compute.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            confident = row["confidence"] == "Confident"
            facts = {"release.subject": "model", "release.markets": ["EU"], "model.generality": "wide_range"}
            if confident:
                facts["model.training_compute"] = row["training_flop"]
            decision = gate().decide(facts, roles=["provider"], moment="placing_on_market", as_of=TODAY)
            systemic = decision.packs[0].conclusions["systemic_risk"]
            found.append(Trained(row["model"], confident, row["above_1e25"] == "yes", systemic))
    return found


if __name__ == "__main__":
    where = outside_folder()
    for coded in (codings(), independent_codings()):
        print(
            table(compare_all(where, coded))
            if where is not None
            else f"set {FOLDER_NAMED_BY} to the folder of the cases"
        )
        print()
