"""Findings: what became of one obligation, prohibition or signal in one decision."""

from __future__ import annotations

from dataclasses import dataclass

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.grounds import Grounds
from aiact_rules.core.marks import Mark
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.penalties import Ceiling, ceiling_for
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status
from aiact_rules.core.timing import DueDate, Start, due_dates, start_of
from aiact_rules.core.truth import NO


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a decision: what must be done, by whom, by which provision, and how it stands.

    `because` gives reasons, `facts` the names of the known facts used, `needs` the facts to ask for next, `evidence` what would
    show that it is met. `certain` is False where it is not yet known whether it is owed at all.
    """

    id: str
    status: Status
    kind: Kind
    provision: str
    units: tuple[str, ...]
    roles: tuple[str, ...]
    before: tuple[str, ...]
    after: str | None
    must: str
    certain: bool
    because: tuple[str, ...]
    facts: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    start: Start | None
    due_dates: tuple[DueDate, ...]
    sanction: Ceiling | None
    readings: tuple[str, ...]
    reading: str | None
    see_also: tuple[str, ...]
    force: str
    certainty: str

    def as_json(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return {
            "id": self.id,
            "provision": self.provision,
            "must": self.must,
            "status": self.status.value,
            "kind": self.kind.value,
            "owed": "yes" if self.certain else "unknown",
            "needs": list(self.needs),
            "because": list(self.because),
            "facts": list(self.facts),
            "units": list(self.units),
            "roles": list(self.roles),
            "before": self.before[0] if self.before else None,
            "after": self.after,
            "applies_from": None if self.start is None else self.start.on.isoformat(),
            "provisos": [] if self.start is None else list(self.start.provisos),
            "evidence": list(self.evidence),
            "deadlines": [
                {
                    "date": None if due.on is None else due.on.isoformat(),
                    "period": due.period,
                    "provision": due.provision,
                }
                for due in self.due_dates
            ],
            "sanction": None if self.sanction is None else self.sanction.as_json(),
            "readings": list(self.readings),
            "reading": self.reading,
            "see_also": list(self.see_also),
            "force": self.force,
            "certainty": self.certainty,
        }


class FindingWriter:
    """Writes the findings of one decision from the answers of an engine."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._grounds = Grounds(evaluation)
        self._starts: dict[str | None, Start | None] = {}
        self._coming: dict[str | None, Start | None] = {}

    def finding(self, o: Obligation, mark: Mark, needs: tuple[str, ...]) -> Finding | None:
        """Write one finding. None where an obligation that is not in force never will be for this release."""
        evaluation = self._evaluation
        if mark.status is Status.UPCOMING and self.coming(mark.timetable) is None:
            return None
        conditions = [o.given] if o.met is None else [o.given, o.met]
        return Finding(
            id=o.id,
            status=mark.status,
            kind=o.kind,
            provision=o.provision,
            units=o.units,
            roles=self._roles(o),
            before=o.before,
            after=o.after,
            must=o.must,
            certain=mark.certain,
            because=self._grounds.reasons(o),
            facts=self._grounds.known_facts(conditions),
            needs=needs,
            evidence=o.evidence,
            start=self._start(o.timetable),
            due_dates=due_dates(o, evaluation),
            sanction=ceiling_for(o, evaluation),
            readings=self.readings(o),
            reading=o.reading,
            see_also=o.see_also,
            force=o.force.value,
            certainty=o.certainty.value,
        )

    def reasons_for(self, conclusion: str) -> tuple[str, ...]:
        """Return the reasons of the rules by which a conclusion holds, each with its provision."""
        return tuple(self._grounds.reasons_for(conclusion))

    def coming(self, timetable: str | None) -> Start | None:
        """Return from when what follows a timetable and is not in force will be; None where it never will for this release."""
        if timetable not in self._coming:
            start, released = self._start(timetable), self._evaluation.facts.get(RELEASE_DATE)
            over = start is None or (released is not None and start.on <= released)  # type: ignore[operator]
            self._coming[timetable] = None if over else start
        return self._coming[timetable]

    def readings(self, o: Obligation) -> tuple[str, ...]:
        """Return the readings of the law on which what is said of an obligation turns, sorted."""
        return self._grounds.readings(o)

    def _start(self, timetable: str | None) -> Start | None:
        if timetable not in self._starts:
            self._starts[timetable] = start_of(timetable, self._evaluation)
        return self._starts[timetable]

    def _roles(self, o: Obligation) -> tuple[str, ...]:
        return tuple(name for name in o.roles if self._evaluation.has_role(name) is not NO)
