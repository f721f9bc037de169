"""Strictness: where one pack demands more than another, for all facts, with the smallest facts that show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import z3

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.lowering import lower
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, status_of
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.proof.forms import ObligationRails, answers_of
from aiact_rules.proof.inputs import Formula, Inputs, Record, View, event_judged, judged_facts
from aiact_rules.proof.pack_logic import answered
from aiact_rules.proof.statuses import Statuses, shape_of
from aiact_rules.proof.witnesses import Claim, Replay, Witness, WitnessReader, code_of, severity, shrunk

# What a status asks of the operator, from nothing to a breach.
_LEVELS: tuple[tuple[Status, ...], ...] = (
    (),
    (Status.ADVICE, Status.UPCOMING, Status.CONDITION),
    (Status.OPEN,),
    (Status.BREACHED,),
)
_LEVEL = {status: level for level, statuses in enumerate(_LEVELS) for status in statuses}
_NAMES = ("nothing", "a note", "open", "breached")
_REMEMBERED = 40
_VERDICTS = ("allow", "hold", "block")


class Relation(Enum):
    """How the second pack compares with the first."""

    SAME = "same"
    STRICTER = "stricter"
    MORE_LENIENT = "more lenient"
    INCOMPARABLE = "incomparable"
    ONLY_IN_A = "only in A"
    ONLY_IN_B = "only in B"


@dataclass(frozen=True)
class Difference:
    """How one obligation, or the verdict, compares; facts where B demands more, and facts where A does."""

    subject: str
    relation: Relation
    place: Place | None = None
    stricter: Witness | None = None
    more_lenient: Witness | None = None

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        """Return the facts that show it."""
        return tuple(w for w in (self.stricter, self.more_lenient) if w is not None)

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""

        def shown(witness: Witness | None) -> object:
            return None if witness is None else {"release": witness.release_file(), "replays": witness.replays}

        return {
            "subject": self.subject,
            "relation": self.relation.value,
            "place": None if self.place is None else str(self.place),
            "stricter_in_b": shown(self.stricter),
            "more_lenient_in_b": shown(self.more_lenient),
        }


@dataclass(frozen=True)
class Comparison:
    """How pack B compares with pack A: the verdict first, then each obligation of either."""

    a: PackAt
    b: PackAt
    verdict: Difference
    obligations: tuple[Difference, ...]

    @property
    def changed(self) -> tuple[Difference, ...]:
        """Return what is not the same."""
        return tuple(d for d in (self.verdict, *self.obligations) if d.relation is not Relation.SAME)

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""

        def side(pack_at: PackAt) -> dict[str, object]:
            pack = pack_at.pack
            return {"pack": pack.id, "version": pack.version, "digest": pack.digest, "as_of": pack_at.as_of.isoformat()}

        return {
            "a": side(self.a),
            "b": side(self.b),
            "verdict": self.verdict.as_json(),
            "obligations": [each.as_json() for each in self.obligations],
        }

    def text(self) -> str:
        """Return this as text: each difference with the facts that show it, and the number of obligations by relation."""
        a, b = self.a, self.b
        lines = [
            f"A: {a.pack.id} {a.pack.version}, law as of {a.as_of}",
            f"B: {b.pack.id} {b.pack.version}, law as of {b.as_of}",
            "",
        ]
        counts: dict[str, int] = {}
        for each in self.obligations:
            counts[each.relation.value] = counts.get(each.relation.value, 0) + 1
        if self.verdict not in self.changed:
            lines.append("the verdict: same")
        for each in self.changed:
            where = "" if each.place is None else f" ({each.place})"
            lines.append(f"{each.subject}: {each.relation.value}{where}")
            for witness in each.witnesses:
                lines.append(f"  {witness.shows}{'' if witness.replays else ' (does NOT replay)'}")
                facts = [line.strip() for line in witness.release_file().splitlines() if line.startswith("  ")]
                lines.append(f"    {'; '.join(facts) or 'nothing known'}")
        lines.append("")
        lines.append("obligations: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
        return "\n".join(lines) + "\n"


def compare(a: PackAt, b: PackAt) -> Comparison:
    """Compare two packs, or one on two dates. Raises PackError where a fact does not mean the same in both."""
    return Comparing(a, b).comparison()


class Comparing:
    """Two packs on their dates, with one set of variables for the facts of both, what each answers, and a solver."""

    def __init__(self, a: PackAt, b: PackAt) -> None:
        self.sides = (a, b)
        lowered = [lower(side) for side in self.sides]
        _refuse_other_types(a.pack.vocabulary, b.pack.vocabulary)
        vocabularies = [side.pack.vocabulary for side in self.sides]
        inputs = Inputs(vocabularies, [atom for each in lowered for atom in each.atoms])
        views = [View(inputs, vocabulary) for vocabulary in vocabularies]
        self.answers = [answers_of(each, view.rail) for each, view in zip(lowered, views, strict=True)]
        self.rails = [answers.obligations for answers in self.answers]
        conditions = [*views[0].conditions, *views[1].conditions, *judged_facts(inputs, a), *judged_facts(inputs, b)]
        self.inputs = inputs
        self.solver = inputs.solver(*conditions)
        self.statuses = Statuses(event=event_judged(views[0]))
        self.replays = [Replay(side) for side in self.sides]
        self.found: dict[bool, list[Record]] = {False: [], True: []}
        # One release file shows it under both packs, so that it states only what both know.
        self.reader = WitnessReader(Vocabulary({**vocabularies[0].declarations, **vocabularies[1].declarations}))

    def comparison(self) -> Comparison:
        """Return how they compare: the verdict, and each obligation of either."""
        names = dict.fromkeys(name for side in self.sides for name in side.obligations)
        return Comparison(*self.sides, self.verdict(), tuple(self.obligation(name) for name in names))

    def verdict(self) -> Difference:
        """Return how the verdicts compare."""
        stops: list[list[Formula]] = []
        for side, rails in zip(self.sides, self.rails, strict=True):
            blocks, holds = (
                z3.Or([self.statuses.has(o, rails[o.id], status) for o in side.obligations.values()])
                for status in (Status.BREACHED, Status.OPEN)
            )
            stops.append([z3.Or(blocks, holds), blocks] if side.pack.gates else [z3.BoolVal(False)] * 2)
        return self.difference("the verdict", None, stops, self._severity, _VERDICTS)

    def _severity(self, side: int, evaluation: Evaluation) -> int:
        return severity(evaluation, status_of) if self.sides[side].pack.gates else 0

    def obligation(self, name: str) -> Difference:
        """Return how one obligation compares."""
        a, b = (side.obligations.get(name) for side in self.sides)
        place = b.place if b is not None else a.place if a is not None else None

        def level(side: int, evaluation: Evaluation) -> int:
            o = (a, b)[side]
            return 0 if o is None else _level(evaluation, o)

        if a is None or b is None:
            rail = self.rails[a is None][name]
            o = a if a is not None else b
            assert o is not None
            demands = self.statuses.has(o, rail, *_LEVEL)
            shown = self.witness([demands], name, level, a is None, _NAMES)
            relation = Relation.ONLY_IN_B if a is None else Relation.ONLY_IN_A
            return Difference(name, relation, place, *((shown, None) if a is None else (None, shown)))
        one, two = (rails[name] for rails in self.rails)
        if _equal(one, two) and shape_of(a) == shape_of(b):
            return Difference(name, Relation.SAME, place)
        levels = [
            [self.statuses.has(o, rail, *(s for at in _LEVELS[least:] for s in at)) for least in (1, 2, 3)]
            for o, rail in ((a, one), (b, two))
        ]
        return self.difference(name, place, levels, level, _NAMES)

    def difference(
        self,
        name: str,
        place: Place | None,
        levels: list[list[Formula]],
        level: Callable[[int, Evaluation], int],
        words: tuple[str, ...],
    ) -> Difference:
        """Return how levels compare, each a formula for at least so much, on either side."""
        more = [z3.And(b, z3.Not(a)) for a, b in zip(*levels, strict=True)]
        less = [z3.And(a, z3.Not(b)) for a, b in zip(*levels, strict=True)]
        stricter = self.witness(more, name, level, True, words)
        lenient = self.witness(less, name, level, False, words)
        relation = (
            Relation.INCOMPARABLE
            if stricter is not None and lenient is not None
            else Relation.STRICTER
            if stricter is not None
            else Relation.MORE_LENIENT
            if lenient is not None
            else Relation.SAME
        )
        return Difference(name, relation, place, stricter, lenient)

    def witness(
        self,
        some: list[Formula],
        name: str,
        level: Callable[[int, Evaluation], int],
        b_demands_more: bool,
        words: tuple[str, ...],
    ) -> Witness | None:
        """Return facts under which B (or A) demands more, or None where there are none."""
        claim = self._claim(level, b_demands_more)
        # What shows one difference often shows the next.
        found = self.found[b_demands_more]
        shown = next((facts for facts in found if claim(facts)), None)
        if shown is None:
            self.solver.push()
            try:
                self.solver.add(z3.Or(some))
                if not answered(self.solver):
                    return None
                shown = self.inputs.record(self.solver.model())
            finally:
                self.solver.pop()
        facts = shrunk(shown, claim)
        if facts in found:
            found.remove(facts)
        found.insert(0, facts)
        del found[_REMEMBERED:]
        evaluations = [replay.evaluation(facts) for replay in self.replays]
        said = ["contradictory" if e is None else words[level(side, e)] for side, e in enumerate(evaluations)]
        a, b = self.sides
        shows = f"{name}: {said[0]} under {a.pack.id} {a.pack.version} as of {a.as_of} (A), "
        shows += f"{said[1]} under {b.pack.id} {b.pack.version} as of {b.as_of} (B)"
        return Witness(shows, facts, b.pack.id, b.as_of).replayed(self.reader, claim)

    def _claim(self, level: Callable[[int, Evaluation], int], b_demands_more: bool) -> Claim:
        more, less = (1, 0) if b_demands_more else (0, 1)

        def claim(record: Record) -> bool:
            demanding, other = self.replays[more].evaluation(record), self.replays[less].evaluation(record)
            if demanding is None or other is None:
                return False
            demanded = level(more, demanding)
            return demanded > 0 and demanded > level(less, other)  # no level is below 0

        return claim


def _level(evaluation: Evaluation, o: Obligation) -> int:
    code = code_of(evaluation, o)
    status = None if code is None else status_of(o, code)
    return 0 if status is None else _LEVEL.get(status, 0)


def _equal(one: ObligationRails, two: ObligationRails) -> bool:
    pairs = zip(one.named(), two.named(), strict=True)
    return all(a.certain.eq(b.certain) and a.possible.eq(b.possible) for (_, a), (_, b) in pairs)


def _refuse_other_types(a: Vocabulary, b: Vocabulary) -> None:
    problems = [
        Problem(f"fact `{name}` is {a[name].type.value} in A and {b[name].type.value} in B", b[name].place)
        for name in a
        if name in b and a[name].type is not b[name].type
    ]
    if problems:
        raise PackError(problems)
