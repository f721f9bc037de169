"""Contradictions: what vocabulary and article files declare about statements that cannot all be true.

Each becomes an obligation of its own kind that holds where its condition is certain: an answer that nobody gave contradicts
nothing. Only where a contradiction names an answer that settles it (`unless`), that answer is asked. Between the operators
of a chain the same is said of the facts of two of them.
"""

from __future__ import annotations

from aiact_rules.core.conditions import (
    ALWAYS,
    AllOf,
    Condition,
    FactTest,
    Not,
    ParameterName,
    Test,
    both,
    leaves,
)
from aiact_rules.core.packs import CLASHES, DISMISSED, EVENTS
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Clash, Kind, Moment, Obligation, Span
from aiact_rules.core.vocabulary import FactType
from aiact_rules.specfiles.claims import denials_of
from aiact_rules.specfiles.format import (
    ArticleFile,
    ClashSpec,
    ContradictedBySpec,
    ContradictionSpec,
    FactSpec,
    VocabularyFile,
)
from aiact_rules.specfiles.loading import Loading
from aiact_rules.specfiles.validation import child, entries
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar

CORRECT = "correct what is stated: the answers cannot all be true"
CONFIRM = "have a person confirm that all of the answers are meant, although they seem to exclude each other"


class ContradictionReader:
    """Reads the contradictions of one pack, as obligations and clashes by id."""

    def __init__(self, loading: Loading, moments: dict[str, Moment]) -> None:
        self.loading = loading
        steps = [name for name in moments if name not in EVENTS]
        self.first = min(steps, key=lambda name: moments[name].order, default=None)
        self.events = tuple(sorted(EVENTS.intersection(moments)))
        self.obligations: dict[str, Obligation] = {}
        self.clashes: dict[str, Clash] = {}
        self._places: dict[str, Place] = {}

    def read(self) -> None:
        """Read every file of the pack; what it shares with other packs, or has from them, contradicts nothing here."""
        for file, node, vocabulary in self.loading.of(VocabularyFile):
            if not file.is_own:
                continue
            for entry in entries(child(node, "facts")):
                spec = vocabulary.facts.get(entry.key)
                if spec is not None:
                    self._of_fact(entry, spec, vocabulary.timetable)
        for _, node, article in self.loading.of(ArticleFile):
            given = self.loading.condition(child(node, "given"), "contradictions") if article.contradictions else ALWAYS
            for number, contradiction in enumerate(article.contradictions):
                item = child(node, "contradictions", number)
                assert item is not None
                when = self.loading.condition(child(item, "when"), f"contradiction `{contradiction.id}`")
                self._keep(contradiction, both(given, when), contradiction.provision, item, article.timetable)
            for number, clash in enumerate(article.between_operators):
                item = child(node, "between_operators", number)
                assert item is not None
                self._clash(clash, item)
        for name, denial, when, item, timetable in denials_of(self.loading):
            self._keep(denial, when, denial.provision, item, timetable, named=name)

    def _of_fact(self, entry: Entry, spec: FactSpec, timetable: str | None) -> None:
        provision = spec.provision or ""
        for number, contradiction in enumerate(spec.contradicted_by):
            item = child(entry.value, "contradicted_by", number)
            assert item is not None
            subject = f"contradiction `{contradiction.id}`"
            when = both(
                self._answer(entry, child(item, "answer"), spec, subject),
                self.loading.condition(child(item, "when"), subject),
            )
            self._keep(contradiction, when, contradiction.provision or provision, item, timetable)
        if spec.belongs_to:
            self._belongs(entry, spec, timetable)

    def _belongs(self, entry: Entry, spec: FactSpec, timetable: str | None) -> None:
        subject = f"fact `{entry.key}`"
        parts = [self._answer(entry, child(entry.value, "belongs_when"), spec, subject)]
        node = child(entry.value, "belongs_to")
        for listed in entries(node):
            without = Mapping((Entry("includes_none", listed.value, listed.place),), listed.place)
            denied = Mapping((Entry(listed.key, without, listed.place),), listed.place)
            parts.append(self.loading.condition(denied, subject))
        contradiction = ContradictedBySpec(
            id="belongs",
            because="what is stated belongs to a situation that the list leaves out",
            must="name in the list the situation that this answer belongs to, or correct the answer",
            when={},
        )
        self._keep(contradiction, AllOf(tuple(parts)), spec.provision or "", entry.value, timetable, named=entry.key)

    def _answer(self, entry: Entry, node: Node | None, spec: FactSpec, subject: str) -> Condition:
        if node is not None:
            return self.loading.condition(Mapping((Entry(entry.key, node, node.place),), node.place), subject)
        kind = FactType(spec.type)
        if kind is FactType.YES_NO:
            return FactTest(entry.key, Test.IS, True)
        if kind is FactType.SOME_OF:
            return Not(FactTest(entry.key, Test.EMPTY))
        self.loading.problem(
            f"{subject}: a {spec.type} fact needs its answer", entry.place, "write which answer is meant"
        )
        return ALWAYS

    def _keep(
        self,
        spec: ContradictionSpec,
        when: Condition,
        provision: str,
        node: Node,
        timetable: str | None,
        *,
        named: str | None = None,
    ) -> None:
        name = f"contradiction.{named or spec.id}"
        subject = f"contradiction `{named or spec.id}`"
        if not self._first_of(name, node.place):
            return
        loading = self.loading
        span = loading.span(subject, spec.text_since, spec.text_until, node.place)
        unless = child(node, "unless")
        unsettled = ALWAYS if unless is None else Not(loading.condition(unless, subject))
        self.obligations[name] = Obligation(
            id=name,
            provision=provision,
            must=spec.must or (CONFIRM if spec.dismissible else CORRECT),
            kind=Kind.CONTRADICTION,
            roles=loading.named_roles(subject, spec.role, node),
            given=both(unsettled, _not_dismissed(named or spec.id)) if spec.dismissible else unsettled,
            met=Not(when),
            after=self.first,
            events=self.events,
            timetable=spec.timetable or timetable,
            because=spec.because,
            reading=spec.reading,
            text=span,
            units=loading.units(subject, provision, (), node.place, span, node) if provision else (),
            place=node.place,
        )

    def _clash(self, spec: ClashSpec, node: Node) -> None:
        subject = f"clash `{spec.id}`"
        if [spec.other is not None, spec.nobody is not None, bool(spec.same)].count(True) != 1:
            self.loading.problem(f"{subject} needs one of `other`, `nobody` and `same`", node.place)
        elif (spec.one is None) is not bool(spec.same):
            self.loading.problem(f"{subject} needs `one` beside `other` or `nobody`, and only there", node.place)
        if spec.beyond is not None and spec.other is None:
            self.loading.problem(f"{subject} compares lists without `other`", node.place)
        beyond = None if spec.beyond is None else self.loading.fact(subject, spec.beyond, node.place)
        if beyond is not None and beyond.type is not FactType.SOME_OF:
            self.loading.problem(f"{subject}: `{spec.beyond}` is no list", node.place)
        for name in spec.same:
            self.loading.fact(subject, name, node.place)
            same = Clash(f"{spec.id}.{name}", spec.provision, spec.because, same=name, place=node.place)
            self._keep_clash(same, dismissible=spec.dismissible)
        if not spec.same:
            one, other, nobody = (self._facts_only(child(node, key), subject) for key in ("one", "other", "nobody"))
            clash = Clash(
                spec.id,
                spec.provision,
                spec.because,
                one or ALWAYS,
                other,
                nobody,
                beyond=spec.beyond,
                place=node.place,
            )
            self._keep_clash(clash, dismissible=spec.dismissible)

    def _facts_only(self, node: Node | None, subject: str) -> Condition | None:
        """Read a condition that is compared before anything is judged, so that it can test facts and nothing else."""
        if node is None:
            return None
        condition = self.loading.condition(node, subject)
        for leaf in leaves(condition):
            if not isinstance(leaf, FactTest) or isinstance(leaf.operand, ParameterName):
                hint = "conclusions, readings and parameters are known only once each operator is judged"
                self.loading.problem(f"{subject} may test facts alone", node.place, hint)
        return condition

    def _keep_clash(self, clash: Clash, *, dismissible: bool) -> None:
        assert clash.place is not None
        name = f"contradiction.{clash.id}"
        if not self._first_of(name, clash.place):
            return
        self.clashes[clash.id] = clash
        found = FactTest(CLASHES, Test.INCLUDES, frozenset({clash.id}))
        node = Scalar("", clash.place)
        self.obligations[name] = Obligation(
            id=name,
            provision=clash.provision,
            must="make the operators state the same, or say for each release what holds for it",
            kind=Kind.CONTRADICTION,
            given=both(found, _not_dismissed(clash.id)) if dismissible else found,
            because=clash.because,
            units=self.loading.units(f"clash `{clash.id}`", clash.provision, (), clash.place, Span(), node),
            place=clash.place,
        )

    def _first_of(self, name: str, place: Place) -> bool:
        first = self._places.setdefault(name, place)
        if first is not place:
            self.loading.problem(f"`{name}` is defined twice", place, f"the first is at {first}")
        return first is place


def _not_dismissed(name: str) -> Condition:
    return Not(FactTest(DISMISSED, Test.INCLUDES, frozenset({name})))
