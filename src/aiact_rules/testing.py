"""The public case runner: check that a pack decides its `*.cases.yaml` as they say, and that the cases show every rule.

One test per case, so that a test runner can select, share out and report each by its name:

@pytest.fixture(scope="module")
def runner():
    return CaseRunner.of(SPECS)

@pytest.mark.parametrize("case", cases_of(SPECS), ids=str)
def test_every_case_comes_out_as_it_says(runner, case):
    runner.check(case)

def test_the_cases_leave_nothing_unshown(runner):
    assert not runner.gaps(cases_of(SPECS))

All at once, without a test runner:

report = run_cases(SPECS)
assert report.passed and not report.gaps, report.text()

Where the whole outcomes of cases are recorded beside their file (`record_outcomes`), they are compared as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from aiact_rules.bundled import specs_folder
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.findings import Finding
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import Judge, PackDecision
from aiact_rules.core.packs import MOMENT, OVERDUE, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, PackError, Problem, did_you_mean
from aiact_rules.core.rules import Kind
from aiact_rules.core.screening import declaration_gaps
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary
from aiact_rules.engines.reference import ReferenceEngine
from aiact_rules.plugins.interfaces import Engine, Evaluator
from aiact_rules.sources.statements import Statements
from aiact_rules.specfiles.cases import Case, load_cases
from aiact_rules.specfiles.extensions import merge_packs
from aiact_rules.specfiles.folder import find_common
from aiact_rules.specfiles.recordings import CASES, OUTCOMES, Recorded, recording_text
from aiact_rules.yaml_text import Entry, Scalar

__all__ = ["Case", "CaseReport", "CaseResult", "CaseRunner", "cases_of", "record_outcomes", "run_cases"]

DEFAULT_AS_OF = date(2026, 11, 22)
_RECORD = "review it; if it is meant, record it: `aiact-rules test FOLDER --record`"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went: passed where it has no problems."""

    case: Case
    problems: tuple[Problem, ...]
    decision: PackDecision | None = None

    @property
    def passed(self) -> bool:
        """Return whether everything came out as expected."""
        return not self.problems


@dataclass
class Shown:
    """What the cases of a pack have shown: rules that prevailed and failed, and the statuses of each obligation."""

    prevailed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    statuses: dict[str, set[str]] = field(default_factory=dict)
    early: set[str] = field(default_factory=set)

    def add(self, decision: PackDecision) -> None:
        """Take note of what one decision shows."""
        evaluation = decision.evaluation
        for rule in decision.pack_at.rules.values():
            truth = evaluation.prevails(rule)
            if truth is Truth.YES:
                self.prevailed.add(rule.id)
            elif truth is Truth.NO:
                self.failed.add(rule.id)
        names = tuple(decision.pack_at.obligations)
        for index, status, _ in decision.statuses:
            self.statuses.setdefault(names[index], set()).add(status.value)
        for o in decision.pack_at.obligations.values():
            if o.timetable is not None and evaluation.in_force(o) is Truth.NO:
                self.early.add(o.id)

    def gaps(self, pack: Pack) -> Iterator[str]:
        """Return what no case shows: a rule that never prevails or never fails, an obligation lacking one of its outcomes."""
        for rule in pack.rules.values():
            if rule.id not in self.prevailed:
                yield f"{rule.place}: no case makes rule `{rule.id}` prevail"
            if rule.id not in self.failed:
                yield f"{rule.place}: no case makes rule `{rule.id}` fail"
        for o in pack.obligations.values():
            seen = self.statuses.get(o.id, set())
            if not o.can_gate:
                wanted = {"advice": {"advice", "open", "condition"}}
            elif o.kind is Kind.CONTRADICTION:
                continue
            elif o.kind is Kind.SIGNAL:
                wanted = {"open": {"open"}}
            elif o.kind is Kind.PROHIBITION:
                wanted = {"breached": {"breached"}, "open": {"open"}}
            else:
                wanted = {"met": {"met"}, "breached": {"breached"}, "open": {"open", "condition"}}
            missing = [word for word, statuses in wanted.items() if not seen & statuses]
            if o.timetable is not None and o.id not in self.early:
                missing.append("not yet applicable")
            if missing:
                yield f"{o.place}: no case shows `{o.id}` {', '.join(missing)}"


@dataclass(frozen=True)
class CaseReport:
    """How all cases of a pack went, what they leave unshown, and which contradictions the pack does not declare."""

    pack: Pack
    results: tuple[CaseResult, ...]
    gaps: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Return whether there are cases and all of them came out as expected."""
        return bool(self.results) and all(result.passed for result in self.results)

    def text(self) -> str:
        """Return the failures, each with its place, and a closing line with the counts."""
        lines = [str(problem) for result in self.results for problem in result.problems]
        failed = sum(not result.passed for result in self.results)
        lines.append(f"{self.pack.id} {self.pack.version}: {len(self.results) - failed} passed, {failed} failed")
        return "\n".join(lines)


def run_cases(
    folder: Path,
    *,
    bases: Sequence[Pack] = (),
    common: Path | None = None,
    engine: Engine | None = None,
    only: str | None = None,
    pack: Pack | None = None,
    recorded: bool = True,
) -> CaseReport:
    """Run every case in a pack's folder. `only` is a pattern for the names of case files, such as `*art_006*`; without
    `recorded`, whole outcomes are not compared with those recorded beside the case files.
    `common` is the folder of the shared vocabulary: without it, the folder `common` above the pack, else the one that comes
    with this distribution.

    Raises PackError with all problems where the pack or a case file cannot be read.
    """
    pack = pack or _loaded(folder, bases, common)
    runner = CaseRunner.of(folder, bases=bases, engine=engine, pack=pack)
    shown = Shown()
    results = []
    cases = cases_of(folder, only=only)
    for case in cases if recorded else [replace(case, recording=None) for case in cases]:
        result = runner.run(case)
        if result.decision is not None:
            shown.add(result.decision)
        results.append(result)
    gaps = (*shown.gaps(pack), *declaration_gaps(pack), *(_unrecorded(cases) if recorded else ()))
    return CaseReport(pack, tuple(results), gaps)


def record_outcomes(folder: Path, report: CaseReport) -> tuple[str, ...]:
    """Write the whole outcome of each case of a report beside its case file; return the names of the files that changed."""
    outcomes: dict[str, dict[str, Recorded]] = {}
    for result in report.results:
        if result.decision is not None:
            recorded = Recorded.of(result.decision, report.pack)
            outcomes.setdefault(result.case.place.source, {})[result.case.name] = recorded
    changed = []
    for name, recorded_cases in outcomes.items():
        file, text = name.removesuffix(CASES) + OUTCOMES, recording_text(recorded_cases)
        if not (folder / file).is_file() or (folder / file).read_text(encoding="utf-8") != text:
            (folder / file).write_text(text, encoding="utf-8")
            changed.append(file)
    return tuple(changed)


def _unrecorded(cases: Iterable[Case]) -> Iterator[str]:
    """Return what outcomes files lack, and what they have of cases that are no more."""
    stale: dict[str, None] = {}
    for case in cases:
        if case.recording is not None:
            if case.recorded is None:
                yield f"{case.place}: no outcome of `{case.name}` is recorded in {case.recording.file}"
            stale.update(dict.fromkeys(f"{case.recording.file}: no case `{name}`" for name in case.recording.stale))
    yield from stale


def cases_of(folder: Path, *, only: str | None = None) -> tuple[Case, ...]:
    """Return every case in a pack's folder; as text, each is its file and its name. `only` is as for `run_cases`.

    Raises PackError with all problems where a case file cannot be read.
    """
    return tuple(case for case in load_cases(folder) if only is None or fnmatchcase(case.place.source, only))


def _loaded(folder: Path, bases: Sequence[Pack], common: Path | None) -> Pack:
    from aiact_rules.specfiles.loader import load_pack

    common = common or find_common(folder) or specs_folder() / "common"
    return load_pack(folder, common=common, bases=list(bases))


class CaseRunner:
    """Runs cases of one pack; keeps what it lowered for each date.

    `pack` is what judges; `own` the pack the cases are about, where it extends others and `pack` joins them.
    """

    def __init__(self, pack: Pack, engine: Engine, own: Pack | None = None) -> None:
        self.pack = pack
        self.engine = engine
        self.own = own or pack
        self._prepared: dict[tuple[object, ...], tuple[Judge, Evaluator]] = {}

    @classmethod
    def of(
        cls,
        folder: Path,
        *,
        bases: Sequence[Pack] = (),
        common: Path | None = None,
        engine: Engine | None = None,
        pack: Pack | None = None,
    ) -> CaseRunner:
        """Return the runner of the pack in a folder, joined with the packs it extends; arguments as for `run_cases`.

        Raises PackError with all problems where the pack cannot be read.
        """
        pack = pack or _loaded(folder, bases, common)
        whole = pack
        for base in bases:
            whole = merge_packs(base, pack)
        return cls(whole, engine or ReferenceEngine(), pack)

    def check(self, case: Case) -> None:
        """Raise AssertionError with every difference, each with its place, where a case does not come out as it says."""
        problems = self.run(case).problems
        if problems:
            raise AssertionError("\n".join(str(problem) for problem in problems))

    def run(self, case: Case) -> CaseResult:
        """Run one case and compare."""
        try:
            decision = self.decide(case)
        except (InputError, PackError) as error:
            return CaseResult(case, tuple(error.problems))
        problems = [
            Problem(f"case `{case.name}`: {message}", case.place) for message in self._differences(case, decision)
        ]
        if case.recorded is not None:
            now, ids = Recorded.of(decision, self.own), decision.pack_at.obligations
            differences = "; ".join(case.recorded.differences(now, ids))
            if differences:
                problems.append(
                    Problem(f"case `{case.name}`: not the recorded outcome: {differences}", case.place, _RECORD)
                )
        return CaseResult(case, tuple(problems), decision)

    def gaps(self, cases: Iterable[Case]) -> tuple[str, ...]:
        """Return the rules and obligations that no case shows, contradictions not declared, and outcomes not recorded.

        Raises InputError or PackError for what cannot be judged.
        """
        shown, each = Shown(), tuple(cases)
        for case in each:
            shown.add(self.decide(case))
        return (*shown.gaps(self.own), *declaration_gaps(self.own), *_unrecorded(each))

    def decide(self, case: Case) -> PackDecision:
        """Return the decision on the facts of a case. Raises InputError or PackError where it cannot be judged."""
        as_of = case.as_of or DEFAULT_AS_OF
        judge, run = self._prepare(as_of, case.readings)
        facts = with_defaults(self.facts(case), [self.pack], as_of).completed(self.pack.vocabulary)
        values = facts.values()
        return judge.decide(facts, values, run(values))

    def facts(self, case: Case) -> Facts:
        """Return the facts of a case, wildcards expanded; a name written out wins over a wildcard."""
        vocabulary = self.pack.vocabulary
        statements = Statements(vocabulary, of_the_tool=True)
        for entry in case.facts:
            if "*" not in entry.key:
                _refuse_yes_and_no(entry, vocabulary)
                statements.read_entry(entry)
        stated = statements.facts()
        written = {entry.key for entry in case.facts}
        spread = {f.name: f for entry in case.facts if "*" in entry.key for f in _spread(entry, vocabulary, written)}
        return Facts({**spread, **stated.by_name, **self._arguments(case).by_name})

    def _arguments(self, case: Case) -> Facts:
        given: dict[str, FactValue] = {}
        if case.roles is not None:
            given[ROLES] = case.roles
        if case.moment is not None:
            given[MOMENT] = case.moment
        if case.release_date is not None:
            given[RELEASE_DATE] = case.release_date
        return Facts.of(Fact(name, value, Origin(case.place)) for name, value in given.items())

    def _prepare(self, as_of: date, readings: Mapping[str, str]) -> tuple[Judge, Evaluator]:
        key = (as_of, tuple(sorted(readings.items())))
        if key not in self._prepared:
            pack_at = self.pack.at(as_of, readings)
            lowered = lower(pack_at)
            self._prepared[key] = (Judge.of(pack_at, lowered), self.engine.prepare(pack_at, lowered))
        return self._prepared[key]

    def _differences(self, case: Case, decision: PackDecision) -> Iterator[str]:
        expect = case.expect
        verdict = None if decision.verdict is None else decision.verdict.value
        if expect.verdict is not None and expect.verdict != verdict:
            worst = [f"{f.id} {f.status.value}" for f in decision.findings if f.status.value in ("breached", "open")]
            yield f"expected verdict {expect.verdict}, got {verdict} ({', '.join(worst[:6])})"
        for name, truth in expect.conclusions.items():
            if name not in decision.conclusions:
                yield f"there is no conclusion `{name}`; {did_you_mean(name, decision.conclusions) or ''}"
            elif decision.conclusions[name] != truth.value:
                yield f"expected {name} {truth.value}, got {decision.conclusions[name]}"
        if expect.needs:
            asked = {need.fact for need in decision.needs} | {fact for f in decision.findings for fact in f.needs}
            for name in expect.needs:
                if name not in asked:
                    yield f"expected the question `{name}`, got {', '.join(sorted(asked)[:12]) or 'none'}"
        yield from self._finding_differences(case, decision)
        yield from self._rule_differences(case, decision)

    def _finding_differences(self, case: Case, decision: PackDecision) -> Iterator[str]:
        expect = case.expect
        known = decision.pack_at.pack.obligations
        for name, status in expect.findings.items():
            found = decision.status(name)
            got = "absent" if found is None else found.value
            owed = name.removeprefix(OVERDUE)
            if owed not in known and not owed.startswith("signal."):
                yield f"there is no obligation `{owed}`; {did_you_mean(owed, known) or ''}"
            elif got != status:
                yield f"expected {name} {status}, got {got}"
        for pattern, status in expect.every.items():
            matching = [name for name in known if fnmatchcase(name, pattern)]
            if not matching:
                yield f"no obligation matches `{pattern}`"
            shown = {name: found.value for name in matching if (found := decision.status(name)) is not None}
            if status != "absent" and not shown:
                yield f"expected `{pattern}` {status}, but none of them is found"
            for name, got in shown.items():
                if got != status:
                    yield f"expected {name} {status} (`{pattern}`), got {got}"
        for name, on in expect.applies_from.items():
            finding = decision.finding(name)
            start = None if finding is None or finding.start is None else finding.start.on
            if finding is None:
                yield f"expected {name} to apply from {on}, but it is absent"
            elif start != on and not (on == "never" and start is None):
                yield f"expected {name} to apply from {on}, got {start}"
        for name, on in expect.deadlines.items():
            yield from _deadline_difference(name, on, decision.finding(name))

    def _rule_differences(self, case: Case, decision: PackDecision) -> Iterator[str]:
        rules = decision.pack_at.rules
        for names, wanted, word in (
            (case.expect.prevails, Truth.YES, "prevail"),
            (case.expect.fails, Truth.NO, "fail"),
        ):
            for name in names:
                if name not in rules:
                    yield f"there is no rule `{name}` on {decision.pack_at.as_of}; {did_you_mean(name, rules) or ''}"
                elif decision.evaluation.prevails(rules[name]) is not wanted:
                    yield f"expected rule {name} to {word}, but it is {decision.evaluation.prevails(rules[name]).value}"


def _deadline_difference(name: str, on: date | str, finding: Finding | None) -> Iterator[str]:
    if finding is None:
        yield f"expected a deadline of {name}, but it is absent"
        return
    dates = [due.on for due in finding.due_dates]
    periods = [due.period for due in finding.due_dates]
    if on not in dates and on not in periods and not any(isinstance(on, str) and p.startswith(on) for p in periods):
        yield f"expected {name} to be due {on}, got {', '.join(str(d) for d in dates) or 'no deadline'} ({'; '.join(periods)})"


def _refuse_yes_and_no(entry: Entry, vocabulary: Vocabulary) -> None:
    """Raise InputError where a case spells a yes/no fact otherwise than every spec file does."""
    declaration = vocabulary.get(entry.key)
    if declaration is None or declaration.type is not FactType.YES_NO or not isinstance(entry.value, Scalar):
        return
    if entry.value.text not in ("true", "false", "unknown"):
        message = f"`{entry.key}` takes true or false, found `{entry.value.text}`"
        raise InputError([Problem(message, entry.value.place)])


def _spread(entry: Entry, vocabulary: Vocabulary, written: set[str]) -> Iterator[Fact]:
    """Expand a wildcard over yes/no facts and checklists: `true` is yes or all items, `false` no or none."""
    word = entry.value.text.lower() if isinstance(entry.value, Scalar) else ""
    if word not in ("true", "false"):
        raise InputError([Problem(f"`{entry.key}` takes true or false", entry.place)])
    matched = False
    for name in vocabulary:
        if not fnmatchcase(name, entry.key):
            continue
        declaration = vocabulary[name]
        matched = True
        if name in written or declaration.derivation is not None:
            continue
        if declaration.type is FactType.YES_NO:
            yield Fact(name, word == "true", Origin(entry.place))
        elif declaration.checklist and declaration.values is not None:
            yield Fact(name, frozenset(declaration.values if word == "true" else ()), Origin(entry.place))
    if not matched:
        raise PackError([Problem(f"no fact matches `{entry.key}`", entry.place)])
