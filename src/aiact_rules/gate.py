"""Gate: judge a release in a few lines. `request` reads and chooses, `decide` is pure, `enforce` and `record` are acts.

from aiact_rules.gate import Gate

gate = Gate()
request = gate.request({"release": {"subject": "system"}}, roles=["provider"])
gate.enforce(gate.decide(request))
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from aiact_rules.catalogue.cached_packs import cached_lowered
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import Choice
from aiact_rules.core.decisions import Decision, Run, Subject, combine
from aiact_rules.core.facts import Completion, Facts
from aiact_rules.core.pack_decisions import Judge
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.overrides import Override, OverrideRefused, ReleaseRefused, objection
from aiact_rules.plugins.interfaces import Evaluator
from aiact_rules.requests.choosing import DEFAULT_PACK
from aiact_rules.requests.making import RequestMaker
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record, decision_of_record, request_of_record
from aiact_rules.requests.request import Request, TableRequest
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.organisation import Organisation
from aiact_rules.sources.release_folder import ReleaseFiles
from aiact_rules.version import __version__

if TYPE_CHECKING:
    from aiact_rules.core.backing import Conduct
    from aiact_rules.core.readers import ReaderUse

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

DEFAULT_ENGINE = "generated"
MOST_PREPARED = 256
"""How many packs on a date a gate keeps ready, about half a megabyte each; a server sees a new date every day."""

What = Path | str | Mapping[str, object] | Facts | Document | ReleaseFiles | Record


class VerificationFailed(Exception):
    """Two engines gave different answers about one release, so there is none. Carries both decisions."""

    def __init__(self, first: Decision, second: Decision) -> None:
        self.decisions = (first, second)
        super().__init__(
            f"engine `{first.run.engine}` says {first.verdict.value} ({first.decision_id}) but engine "
            f"`{second.run.engine}` says {second.verdict.value} ({second.decision_id})"
        )


@dataclass(frozen=True)
class _Prepared:
    judge: Judge
    run: Evaluator

    @cached_property
    def conduct(self) -> Conduct:
        from aiact_rules.core.backing import Conduct

        return Conduct.of([self.judge.pack_at])


def _backed(
    request: Request, vocabulary: Vocabulary, completion: Completion, prepared: Sequence[_Prepared]
) -> tuple[Facts, tuple[str, ...]]:
    """Return the facts of a request that count by their evidence, with notes; most requests have none that could expire."""
    required = request.choices.require_evidence
    if required is None and all(each.expires is None for each in request.evidence):
        return request.facts, ()
    from aiact_rules.core.backing import Conduct, backed, with_admissions

    def violated(facts: Facts) -> frozenset[tuple[str, int]]:
        values = completion.of_facts(facts).values()
        return frozenset(
            (each.judge.pack_at.pack.id, index)
            for each in prepared
            for index, mark in each.judge.marks_in(values, each.run(values))
            if mark.status is Status.BREACHED
        )

    conduct = Conduct.joined(each.conduct for each in prepared)
    day = request.release_date
    found = backed(request.facts, request.evidence, day, conduct=conduct, vocabulary=vocabulary, required=required)
    found = with_admissions(found, request.facts, conduct=conduct, vocabulary=vocabulary, violated=violated)
    return found.facts, found.notes


def _in_a_thread(
    method: Callable[Concatenate[Gate, Given], Answer],
) -> Callable[Concatenate[Gate, Given], Coroutine[Any, Any, Answer]]:
    """Return a method as a coroutine that runs it in a thread, so that an event loop goes on meanwhile."""

    @wraps(method)
    async def awaited(gate: Gate, /, *args: Given.args, **kwargs: Given.kwargs) -> Answer:
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
        readings: Mapping[str, str] | str | None = None,
        markets: Iterable[str] | None = None,
        uncovered: Iterable[str] | None = None,
        fail_on: str | Verdict | None = None,
        past_dates: str | None = None,
        require_evidence: bool | None = None,
        organisation: Path | str | None = None,
        record: Callable[[Decision], object] | None = None,
        record_override: Callable[[Override], object] | None = None,
    ) -> None:
        """Set what counts for every release of this gate; each request may say more.

        `packs` are judged by besides those of the markets (default: the EU AI Act where no market is named), `readings`
        come before those of the organisation and the release; a word alone, or under `school`, is a school of reading.
        `organisation` is the file with the settings of all releases; without it each release that has a path has the
        nearest `aiact.toml`. `record` is called with every
        decision that is recorded, after the plugins; `record_override` with every override. Without the latter there are
        no overrides. What either of them raises reaches the caller. Raises PluginError where an installed plugin fails:
        then no release can be allowed.
        """
        self.catalogue = catalogue if catalogue is not None else Catalogue.of_installed_plugins()
        self.engine = engine
        self.usual = Overrides.of(
            packs=packs,
            readings=readings,
            markets=markets,
            uncovered=uncovered,
            fail_on=fail_on,
            past_dates=past_dates,
            require_evidence=require_evidence,
        )
        self.shelf = Shelf(self.catalogue)
        self._maker = RequestMaker(self.shelf, self.usual, organisation)
        self._recorder = record
        self._override_recorder = record_override
        self._overrides: set[Override] = set()
        self._prepared: dict[tuple[object, ...], _Prepared] = {}
        self._lock = threading.RLock()

    @property
    def pack_ids(self) -> tuple[str, ...]:
        """Return the packs that every release of this gate is judged by, or the default one."""
        return self.usual.packs or (DEFAULT_PACK,)

    def packs(self, pack_ids: Iterable[str] | None = None) -> tuple[Pack, ...]:
        """Return packs (default: the gate's own), each extension worked into the pack it extends."""
        return self.shelf.packs(self.pack_ids if pack_ids is None else pack_ids)

    def vocabulary(self, pack_ids: Iterable[str] | None = None) -> Vocabulary:
        """Return the facts of packs (default: the gate's own)."""
        return self.shelf.vocabulary(self.pack_ids if pack_ids is None else pack_ids)

    def request(
        self,
        /,
        what: What,
        said: Overrides | None = None,
        *,
        subject: Subject | None = None,
        source: str = "argument",
        **overrides: Any,
    ) -> Request:
        """Read a release and choose what it is judged by.

        `what` is the path of a card, a release file or their folder, a mapping of facts (nested or with dotted names),
        the `Record` of an earlier decision, which counts as it is, or a Document. `overrides` are those of `Overrides`,
        which may be given as `said` instead: roles, moment, as_of, release_date, markets, packs, readings, facts,
        fact_files, fail_on, uncovered, past_dates, require_evidence, at, artifact. `source` names the origin of the facts of a mapping,
        such as a row of a table.

        Raises InputError for input that cannot be used, for a market that no installed pack covers and for a README that
        is no model card; PackError for a pack that cannot be used.
        """
        said = Overrides.of(**overrides) if said is None else said
        made = self.request_or_skip(what, said, subject=subject, source=source)
        if isinstance(made, Skipped):
            raise InputError([Problem(made.reason, Place(made.name), "name a model card or a release file")])
        return made

    def request_or_skip(
        self, what: What, said: Overrides, *, subject: Subject | None = None, source: str = "argument"
    ) -> Request | Skipped:
        """Return the request as `request` does, or Skipped for a README that is no model card."""
        if isinstance(what, str | Path):
            return self._maker.of_path(Path(what), said)
        if isinstance(what, ReleaseFiles):
            return self._maker.of_files(what, said)
        if isinstance(what, Document):
            return self._maker.of_document(what, said, subject=subject)
        if isinstance(what, Record):
            if said != Overrides():
                raise InputError(
                    [Problem("a record is decided as it was, so nothing can be said of it", Place("record"))]
                )
            return request_of_record(what, self.shelf)
        return self._maker.of_mapping(what, said, source=source, subject=subject or Subject())

    def table_request(self, path: Path | None, markets: Iterable[Choice], said: Overrides) -> TableRequest:
        """Choose what the rows of a table are judged by, by the rules that count for releases. Raises as `request` does."""
        return self._maker.of_table(path, markets, said)

    def organisation_of(self, path: Path) -> Organisation:
        """Return the settings that go with a path, without facts. Raises InputError where they cannot be used."""
        return self._maker.organisation_of(path)

    def decide(self, request: Request, *, engine: str | None = None, at: datetime | None = None) -> Decision:
        """Decide on a request. Pure but for `at`, the time of the run (default: now), which is no part of a decision's id.

        Raises InputError for a request of several operators, which `decide_chain` takes, and PackError for a pack that
        cannot be used; a negative answer is no error.
        """
        if request.operators:
            message = "this release names several operators, each of which is judged by itself"
            raise InputError([Problem(message, Place(request.name), "use `Gate.decide_chain`")])
        at = at if at is not None else datetime.now(UTC)
        engine = engine or request.organisation.text("engine") or self.engine
        packs, vocabulary = self.shelf.packs(request.pack_ids), self.shelf.vocabulary(request.pack_ids)
        every = [self._prepare(pack, request.as_of, request.readings, engine, request.readers) for pack in packs]
        completion = self.shelf.completion(request.pack_ids)
        counting, notes = _backed(request, vocabulary, completion, every)
        facts = completion.of_facts(counting)
        values = facts.values()
        decisions = [prepared.judge.decide(facts, values, prepared.run(values)) for prepared in every]
        return combine(
            decisions,
            subject=request.subject,
            facts=facts,
            vocabulary=vocabulary,
            run=Run(engine, f"aiact-rules {__version__}", at.replace(microsecond=0).isoformat()),
            operator=request.operator,
            evidence=request.evidence,
            choices=request.choices.noting(notes),
            signals=request.signals,
            claims=request.claims,
            dismissals=request.dismissals,
            readers=request.readers,
        )

    def decide_chain(self, request: Request, *, engine: str | None = None, at: datetime | None = None) -> Chain:
        """Decide for each operator that a release names; the strictest verdict counts. Raises as `decide` does."""
        return Chain(tuple(self.decide(each, engine=engine, at=at) for each in request.per_operator()))

    def judge(self, request: Request, *, engine: str | None = None, at: datetime | None = None) -> Decision | Chain:
        """Decide on a request of one operator or of several."""
        if request.operators:
            return self.decide_chain(request, engine=engine, at=at)
        return self.decide(request, engine=engine, at=at)

    def check(
        self,
        /,
        what: What,
        *,
        subject: Subject | None = None,
        source: str = "argument",
        engine: str | None = None,
        at: datetime | None = None,
        **overrides: Any,
    ) -> Decision:
        """Make the request and decide on it, in one call. Raises as `request` and `decide` do."""
        if at is not None and overrides.get("as_of") is None:
            overrides["at"] = at
        request = self.request(what, subject=subject, source=source, **overrides)
        return self.decide(request, engine=engine, at=at)

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
        fail_on: Verdict | None = None,
        override: Override | None = None,
        at: datetime | None = None,
    ) -> Decision:
        """Return the decision, or raise ReleaseRefused where its verdict is at or above the threshold of its request.

        Findings that its organisation waived do not count. `fail_on` may only tighten the threshold. An override lets its
        own decision pass until it ends, and is recorded; one that does not raises OverrideRefused. `at` is the moment
        (default: now).
        """
        severity = decision.effective_verdict.severity
        if decision.passes and (fail_on is None or severity < fail_on.severity):
            return decision
        if override is None:
            raise ReleaseRefused(decision)
        why_not = objection(override, decision, at if at is not None else datetime.now(UTC))
        if why_not is not None:
            raise OverrideRefused(decision, why_not)
        self._record_override(decision, override)
        return decision

    def break_glass(
        self, decision: Decision, *, who: str, why: str, until: datetime, at: datetime | None = None
    ) -> Override:
        """Record that a person answers for this refused release until a moment (with its time zone).

        Pass the result to `enforce`. Raises OverrideRefused for a prohibition that is breached or open, for an end that
        has passed, where who or why is missing, and where no `record_override` was given to the gate.
        """
        override = Override(decision.decision_id, who, why, until)
        why_not = objection(override, decision, at if at is not None else datetime.now(UTC))
        if why_not is not None:
            raise OverrideRefused(decision, why_not)
        self._record_override(decision, override)
        return override

    def _record_override(self, decision: Decision, override: Override) -> None:
        """Record an override once, also one that was made elsewhere: none lets anything pass unrecorded."""
        with self._lock:
            if override in self._overrides:
                return
        if self._override_recorder is None:
            raise OverrideRefused(decision, "this gate has nowhere to record an override")
        self._override_recorder(override)
        with self._lock:
            self._overrides.add(override)

    def record(self, decision: Decision) -> Decision:
        """Tell every plugin and the gate's own `record` of the decision, and return it.

        Raises PluginError where a plugin fails.
        """
        self.catalogue.host.decided(decision)
        if self._recorder is not None:
            self._recorder(decision)
        return decision

    def read_back(self, record: Record) -> Decision:
        """Return a recorded decision with its packs, so that it has the findings it had then. Nothing is decided again.

        Raises InputError where the record was changed or a pack is not the one it was decided by, and PackError where one is
        not installed. `check` with the record decides again.
        """
        return decision_of_record(record, self.shelf)

    arequest = _in_a_thread(request)
    acheck = _in_a_thread(check)
    adecide = _in_a_thread(decide)
    adecide_chain = _in_a_thread(decide_chain)
    arecord = _in_a_thread(record)
    abreak_glass = _in_a_thread(break_glass)

    def _prepare(
        self, pack: Pack, as_of: date, readings: Mapping[str, str], engine: str, readers: Iterable[ReaderUse]
    ) -> _Prepared:
        choices = {name: choice for name, choice in readings.items() if name in pack.readings}
        failed = tuple(reader for reader in readers if reader.failed is not None)
        key = (pack.id, pack.digest, pack.extensions, as_of, tuple(sorted(choices.items())), engine, failed)
        with self._lock:
            if key not in self._prepared:
                pack_at = pack.at(as_of, choices)
                if failed:
                    from aiact_rules.core.readers import with_failures  # most platforms bring no reader

                    pack_at = with_failures(pack_at, failed)
                lowered = cached_lowered(pack_at)
                run = self.catalogue.engine(engine).prepare(pack_at, lowered)
                while len(self._prepared) >= MOST_PREPARED:
                    del self._prepared[next(iter(self._prepared))]
                self._prepared[key] = _Prepared(Judge.of(pack_at, lowered), run)
            return self._prepared[key]
