"""Gate: judge a release in a few lines. `decide` is pure; `enforce` and `record` are separate acts.

from aiact_rules.gate import Gate

gate = Gate()
decision = gate.decide({"release": {"subject": "system"}}, roles=["provider"])
gate.enforce(decision)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from aiact_rules import __version__
from aiact_rules.catalogue.cached_packs import cached_lowered
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.chains import Chain
from aiact_rules.core.decisions import Decision, Run, Subject, combine
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Completion, Fact, Facts, Origin
from aiact_rules.core.pack_decisions import Judge
from aiact_rules.core.packs import MARKETS, MOMENT, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.overrides import Override, OverrideRefused, ReleaseRefused, objection
from aiact_rules.plugins.interfaces import Evaluator
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.organisation import NOBODY, Organisation
from aiact_rules.sources.statements import parse_value

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

DEFAULT_PACK = "eu_ai_act"
DEFAULT_ENGINE = "generated"
MOST_PREPARED = 256
"""How many packs on a date a gate keeps ready, about half a megabyte each; a server sees a new date every day."""


class VerificationFailed(Exception):
    """Two engines gave different answers about one release, so there is none. Carries both decisions."""

    def __init__(self, first: Decision, second: Decision) -> None:
        self.decisions = (first, second)
        super().__init__(
            f"engine `{first.run.engine}` says {first.verdict.value} ({first.decision_id}) but engine "
            f"`{second.run.engine}` says {second.verdict.value} ({second.decision_id})"
        )


@dataclass(frozen=True, slots=True)
class _Prepared:
    judge: Judge
    run: Evaluator


def _in_a_thread(
    method: Callable[Concatenate[Gate, Asked], Answer],
) -> Callable[Concatenate[Gate, Asked], Coroutine[Any, Any, Answer]]:
    """Give a method as a coroutine that runs it in a thread, so that an event loop goes on meanwhile."""

    @wraps(method)
    async def awaited(gate: Gate, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        import asyncio  # slow to import, and only an event loop, which has it already, ever gets here

        return await asyncio.to_thread(method, gate, *args, **kwargs)

    awaited.__name__, awaited.__doc__ = f"a{method.__name__}", f"Await `{method.__name__}`, run in a thread."
    return awaited


class Gate:
    """Judges releases under chosen packs with a chosen engine. Safe to share between threads."""

    def __init__(
        self,
        *,
        packs: Iterable[str] | None = None,
        engine: str = DEFAULT_ENGINE,
        catalogue: Catalogue | None = None,
        readings: Mapping[str, str] | None = None,
        record: Callable[[Decision], object] | None = None,
        record_override: Callable[[Override], object] | None = None,
    ) -> None:
        """Choose packs by id (default: the EU AI Act), the engine, and readings of open points of law.

        `record` is called with every decision that is recorded, after the plugins; `record_override` with every
        override. Without the latter there are no overrides. What either of them raises reaches the caller.
        Raises PluginError where an installed plugin fails: then no release can be allowed.
        """
        self.catalogue = catalogue if catalogue is not None else Catalogue.of_installed_plugins()
        self.engine = engine
        self.pack_ids = tuple(packs) if packs is not None else (DEFAULT_PACK,)
        self.readings = dict(readings or {})
        self._recorder = record
        self._override_recorder = record_override
        self._packs: dict[tuple[str, ...], tuple[Pack, ...]] = {}
        self._vocabularies: dict[tuple[str, ...], Vocabulary] = {}
        self._completions: dict[tuple[str, ...], Completion] = {}
        self._prepared: dict[tuple[object, ...], _Prepared] = {}
        self._lock = threading.RLock()

    def packs(self, pack_ids: Iterable[str] | None = None) -> tuple[Pack, ...]:
        """Give the packs that are judged by, each extension worked into the pack it extends."""
        key = self.pack_ids if pack_ids is None else tuple(pack_ids)
        with self._lock:
            if key not in self._packs:
                self._packs[key] = self.catalogue.packs(key)
            return self._packs[key]

    def vocabulary(self, pack_ids: Iterable[str] | None = None) -> Vocabulary:
        """Give the facts of the packs that are judged by."""
        key = self.pack_ids if pack_ids is None else tuple(pack_ids)
        with self._lock:
            if key not in self._vocabularies:
                vocabulary = Vocabulary({})
                for pack in self.packs(key):
                    vocabulary = vocabulary.merged_with(pack.vocabulary)
                self._vocabularies[key] = vocabulary
            return self._vocabularies[key]

    def decide(
        self,
        facts: Facts | Mapping[str, object] | Document | Path | str,
        *,
        roles: Iterable[str] | None = None,
        moment: str | None = None,
        as_of: date | None = None,
        release_date: date | None = None,
        markets: Iterable[str] | None = None,
        packs: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        subject: Subject | None = None,
        at: datetime | None = None,
        engine: str | None = None,
    ) -> Decision:
        """Say whether a release may go ahead.

        `facts` are Facts, a plain mapping (nested or with dotted names), a Document, or the path of a card, a release
        file or their folder. Arguments override what the documents say. `as_of` is the date on which the law is known
        (default: today), `release_date` the date of the act judged (default: stated, else `as_of`).

        Raises InputError for input that cannot be used and PackError for a pack that cannot; a negative answer is no error.
        """
        at = at if at is not None else datetime.now(UTC)
        as_of = as_of if as_of is not None else at.date()
        pack_ids = tuple(packs) if packs is not None else self.pack_ids
        chosen = dict(self.readings)
        if isinstance(facts, str | Path):
            facts = self.read(Path(facts), pack_ids)
        operator: str | None = None
        evidence: tuple[Evidence, ...] = ()
        if isinstance(facts, Document):
            if facts.operators:
                problem = "this release names several operators, each of which is judged by itself"
                raise InputError([Problem(problem, facts.operators[0].place, "use `Gate.decide_chain`")])
            chosen.update(facts.choices)
            subject = subject or Subject(facts.subject.name, facts.subject.version, tuple(f.name for f in facts.files))
            operator, evidence, facts = facts.operator, facts.evidence, facts.facts
        chosen.update(readings or {})
        vocabulary = self.vocabulary(pack_ids)
        stated = facts if isinstance(facts, Facts) else self.facts(facts, vocabulary)
        given = {ROLES: roles, MARKETS: markets, MOMENT: moment, RELEASE_DATE: release_date}
        stated = stated.overridden_by(_arguments(given, vocabulary))
        packs_judged_by = self.packs(pack_ids)
        self._check_readings(chosen, packs_judged_by)
        complete = self._completion(pack_ids).of_facts(with_defaults(stated, packs_judged_by, as_of))
        engine = engine or self.engine
        decisions = []
        values = {fact.name: fact.value for fact in complete}
        for pack in packs_judged_by:
            prepared = self._prepare(pack, as_of, chosen, engine)
            decisions.append(prepared.judge.decide(complete, values, prepared.run(values)))
        return combine(
            decisions,
            subject=subject or Subject(),
            facts=complete,
            vocabulary=vocabulary,
            run=Run(engine, f"aiact-rules {__version__}", at.replace(microsecond=0).isoformat()),
            operator=operator,
            evidence=evidence,
        )

    def decide_chain(
        self,
        document: Document,
        *,
        as_of: date | None = None,
        release_date: date | None = None,
        markets: Iterable[str] | None = None,
        packs: Iterable[str] | None = None,
        readings: Mapping[str, str] | None = None,
        at: datetime | None = None,
        engine: str | None = None,
    ) -> Chain:
        """Say for each operator that a release names whether it may go ahead; the strictest verdict counts.

        Roles and moments are those that the release states for each operator. Raises as `decide` does.
        """
        return Chain(
            tuple(
                self.decide(
                    each,
                    as_of=as_of,
                    release_date=release_date,
                    markets=markets,
                    packs=packs,
                    readings=readings,
                    at=at,
                    engine=engine,
                )
                for each in document.per_operator()
            )
        )

    def document(
        self, path: Path, packs: Iterable[str] | None = None, *, organisation: Organisation = NOBODY
    ) -> Document | Skipped:
        """Read a card, a release file or the folder that holds them; Skipped for a README that is no card.

        Raises InputError where it cannot be used.
        """
        from aiact_rules.sources.discovery import read_document, repository_of

        pack_ids = tuple(packs) if packs is not None else self.pack_ids
        cues = [cue for pack in self.packs(pack_ids) for cue in pack.cues.values()]
        obligations = {name for pack in self.packs(pack_ids) for name in pack.obligations}
        vocabulary = self.vocabulary(pack_ids)
        accepting = [source for source in self.catalogue.sources.values() if source.accepts(path)]
        if len(accepting) > 1:
            names = " and ".join(source.name for source in accepting)
            raise InputError(
                [Problem(f"the sources {names} both read this", Place(str(path)), "uninstall one of them")]
            )
        if accepting:
            return accepting[0].read(path, vocabulary, {cue.id: cue for cue in cues})
        return read_document(
            path,
            vocabulary,
            cues,
            root=repository_of(path),
            organisation=organisation,
            obligations=obligations,
        )

    def read(self, path: Path, packs: Iterable[str] | None = None) -> Document:
        """Read the release at a path. Raises InputError where it cannot be used or is no release."""
        document = self.document(path, packs)
        if isinstance(document, Skipped):
            raise InputError([Problem(document.reason, Place(document.name), "name a model card or a release file")])
        return document

    def facts(self, mapping: Mapping[str, object], vocabulary: Vocabulary | None = None) -> Facts:
        """Turn a plain mapping into Facts. Raises InputError for unknown facts and unusable values."""
        from aiact_rules.sources.mapping import facts_from_mapping

        return facts_from_mapping(mapping, vocabulary if vocabulary is not None else self.vocabulary())

    def verify(self, first: Decision, second: Decision) -> Decision:
        """Join two decisions on the same release by different engines. Raises VerificationFailed where they differ."""
        if first.canonical_bytes != second.canonical_bytes:
            raise VerificationFailed(first, second)
        run = Run(first.run.engine, first.run.tool, first.run.at, second.run.engine)
        return replace(first, run=run)

    def enforce(
        self,
        decision: Decision,
        *,
        fail_on: Verdict = Verdict.HOLD,
        override: Override | None = None,
        at: datetime | None = None,
    ) -> Decision:
        """Give the decision back, or raise ReleaseRefused where its verdict is at or above `fail_on`.

        An override from `break_glass` lets its own decision pass until it ends; one that does not raises
        OverrideRefused. `at` is the moment (default: now).
        """
        if decision.verdict.severity < fail_on.severity:
            return decision
        if override is None:
            raise ReleaseRefused(decision)
        why_not = objection(override, decision, at if at is not None else datetime.now(UTC))
        if why_not is not None:
            raise OverrideRefused(decision, why_not)
        return decision

    def break_glass(
        self, decision: Decision, *, who: str, why: str, until: datetime, at: datetime | None = None
    ) -> Override:
        """Record that a person answers for this refused release until a moment (with its time zone).

        Give the result to `enforce`. Raises OverrideRefused for a prohibition that is breached or open, for an end that
        has passed, where who or why is missing, and where no `record_override` was given to the gate.
        """
        override = Override(decision.decision_id, who, why, until)
        why_not = objection(override, decision, at if at is not None else datetime.now(UTC))
        if why_not is not None:
            raise OverrideRefused(decision, why_not)
        if self._override_recorder is None:
            raise OverrideRefused(decision, "this gate has nowhere to record an override")
        self._override_recorder(override)
        return override

    def record(self, decision: Decision) -> Decision:
        """Tell every plugin and the gate's own `record` of the decision, and give it back.

        Raises PluginError where a plugin fails.
        """
        self.catalogue.host.decided(decision)
        if self._recorder is not None:
            self._recorder(decision)
        return decision

    adecide = _in_a_thread(decide)
    adecide_chain = _in_a_thread(decide_chain)
    arecord = _in_a_thread(record)
    abreak_glass = _in_a_thread(break_glass)

    def _prepare(self, pack: Pack, as_of: date, readings: Mapping[str, str], engine: str) -> _Prepared:
        choices = {name: choice for name, choice in readings.items() if name in pack.readings}
        key = (pack.id, pack.digest, pack.extensions, as_of, tuple(sorted(choices.items())), engine)
        with self._lock:
            if key not in self._prepared:
                pack_at = pack.at(as_of, choices)
                lowered = cached_lowered(pack_at)
                run = self.catalogue.engine(engine).prepare(pack_at, lowered)
                while len(self._prepared) >= MOST_PREPARED:
                    del self._prepared[next(iter(self._prepared))]
                self._prepared[key] = _Prepared(Judge.of(pack_at, lowered), run)
            return self._prepared[key]

    def _completion(self, pack_ids: tuple[str, ...]) -> Completion:
        with self._lock:
            if pack_ids not in self._completions:
                self._completions[pack_ids] = Completion.of(self.vocabulary(pack_ids))
            return self._completions[pack_ids]

    def _check_readings(self, readings: Mapping[str, str], packs: Iterable[Pack]) -> None:
        if not readings:
            return
        known = {name for pack in packs for name in pack.readings}
        unknown = [name for name in readings if name not in known]
        if unknown:
            raise InputError(
                Problem(f"no chosen pack has a reading `{name}`", hint=did_you_mean(name, known)) for name in unknown
            )


def _arguments(given: Mapping[str, Iterable[str] | str | date | None], vocabulary: Vocabulary) -> Facts:
    facts = []
    problems = []
    for name, value in given.items():
        if value is None:
            continue
        try:
            parsed: FactValue = value if isinstance(value, date) else parse_value(vocabulary[name], value)
        except ValueError as error:
            problems.append(Problem(str(error), Place("argument")))
            continue
        facts.append(Fact(name, parsed, Origin(Place("argument"))))
    if problems:
        raise InputError(problems)
    return Facts.of(facts)
