"""Witnesses: facts that show what the solver claims, made as small as they go and written as a release file that replays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import as_stated
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Completion, Fact, Facts, Origin
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, PackAt
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, event_in
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue, Vocabulary, format_quantity
from aiact_rules.proof.inputs import Record
from aiact_rules.proof.statuses import StatusOf
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import Text

Claim = Callable[[Record], bool]

_KEPT = {RELEASE_DATE, MOMENT}
_FEW, _KEPT_EVALUATIONS = 30, 2000
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True)
class Witness:
    """Facts that show something, with what they show in words, and the packs, date and readings to replay them under.

    `replays` is the outcome of reading the file back and checking the claim with the reference interpreter.
    """

    shows: str
    facts: Record
    pack_id: str
    as_of: date
    choices: Mapping[str, str] = field(default_factory=dict)
    replays: bool = False

    def release_file(self) -> str:
        """Return the witness as the text of a release file."""
        lines = ["format: 1", *(f"# {line}" for line in self.shows.splitlines())]
        lines.append(f"# replay with --pack {self.pack_id} --as-of {self.as_of}")
        if self.choices:
            lines.append("readings:")
            lines += [f"  {name}: {choice}" for name, choice in sorted(self.choices.items())]
        lines.append("facts:" if self.facts else "facts: {}")
        lines += [f"  {name}: {_text(self.facts[name])}" for name in sorted(self.facts)]
        return "\n".join(lines) + "\n"

    def replayed(self, reader: WitnessReader, claim: Claim) -> Witness:
        """Read the file back and say whether it still shows the claim."""
        facts = reader.facts(self)
        return replace(self, replays=facts is not None and facts == self.facts and claim(facts))


class WitnessReader:
    """Reads witnesses back as any release file is read. The same facts, whatever they show, are read once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._read: dict[str, Record | None] = {}

    def facts(self, witness: Witness) -> Record | None:
        """Return the facts that the file states, or None where it cannot be read."""
        text = replace(witness, shows="").release_file()
        if text not in self._read:
            try:
                stated = read_release_file(Text("witness", text, ""), self._vocabulary).facts
                self._read[text] = {fact.name: fact.value for fact in stated}
            except InputError:
                self._read[text] = None
        return self._read[text]


def _text(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, OpenList):
        return f"{{{', '.join(f'{_word(word)}: {said}' for word, said in value.as_words.items())}}}"
    if isinstance(value, frozenset):
        return f"[{', '.join(_word(word) for word in sorted(value))}]"
    if isinstance(value, Decimal):
        return format_quantity(value)
    return value.isoformat() if isinstance(value, date) else _word(value)


def _word(text: str) -> str:
    return text if _BARE.match(text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Replay:
    """Evaluates stated facts by the reference interpreter, completed as the gate completes them."""

    def __init__(self, pack_at: PackAt) -> None:
        self.pack_at = pack_at
        vocabulary = pack_at.pack.vocabulary
        self._defaults = {d.name: d.if_absent for d in vocabulary.declarations.values() if d.if_absent is not None}
        self._completion = Completion.of(vocabulary)
        declared = vocabulary.declarations.values()
        parts = [(*(d.derivation.of if d.derivation else ()), *d.bounded_by) for d in declared]
        self._in_derivations = frozenset(name for names in parts for name in names)
        self._kept: dict[frozenset[tuple[str, FactValue]], Evaluation | None] = {}

    def complete(self, record: Record) -> Record | None:
        """Add what follows by arithmetic and the declared defaults; None for facts that contradict each other."""
        if self._in_derivations.isdisjoint(record):
            return {**self._defaults, **record, **{as_stated(name): value for name, value in record.items()}}
        facts = Facts.of(Fact(name, value, Origin(Place("witness"))) for name, value in record.items())
        try:
            return self._completion.of_facts(facts).values()
        except InputError:
            return None

    def evaluation(self, record: Record) -> Evaluation | None:
        """Evaluate stated facts; None where they contradict each other. Evaluations of few facts are kept."""
        key = frozenset(record.items()) if len(record) <= _FEW else None
        if key is None:
            return self._evaluated(record)
        if key not in self._kept:
            if len(self._kept) >= _KEPT_EVALUATIONS:
                self._kept.clear()
            self._kept[key] = self._evaluated(record)
        return self._kept[key]

    def _evaluated(self, record: Record) -> Evaluation | None:
        facts = self.complete(record)
        return None if facts is None else Evaluation(self.pack_at, facts)

    def claim(self, shown: Callable[[Evaluation], bool]) -> Claim:
        """Turn a question about an evaluation into one about stated facts."""

        def claim(record: Record) -> bool:
            evaluation = self.evaluation(record)
            return evaluation is not None and shown(evaluation)

        return claim


def code_of(evaluation: Evaluation, o: Obligation) -> int | None:
    """Return the answer about one obligation as an engine's code, with the bit of an event; None where it is certainly not owed."""
    owed = evaluation.owed(o)
    if owed is Truth.NO:
        return None
    code = event_in(evaluation.facts) | (OWED if owed is Truth.YES else 0)
    for truth, certain, possible in (
        (evaluation.in_force(o), IN_FORCE, MAYBE_IN_FORCE),
        (evaluation.met(o), MET, MAYBE_MET),
        (evaluation.due(o), DUE, MAYBE_DUE),
    ):
        code |= certain | possible if truth is Truth.YES else possible if truth is Truth.UNKNOWN else 0
    return code


def severity(evaluation: Evaluation, status_of: StatusOf) -> int:
    """Return 0 for an allow, 1 for a hold, 2 for a block."""
    obligations = tuple(evaluation.pack_at.obligations.values())
    event = event_in(evaluation.facts)
    statuses = {status_of(obligations[index], code | event) for index, code in evaluation.outcome().obligations}
    return 2 if Status.BREACHED in statuses else int(Status.OPEN in statuses)


def shrunk(record: Record, claim: Claim) -> Record:
    """Close open lists, leave out facts, then elements of lists, as long as the claim stays shown. Date and moment are kept.

    Nothing more can then be left out alone. Facts that do not show the claim at all are given back as they are.
    """
    if not claim(record):
        return record
    for name, value in record.items():
        if isinstance(value, OpenList):
            closed = ({**record, name: named} for named in (value.members | value.open, value.members) if named)
            record = next(filter(claim, closed), record)
    size = len(record)
    while size:
        names, at = [name for name in record if name not in _KEPT], 0
        while at < len(names):
            gone = set(names[at : at + size])
            smaller = {name: value for name, value in record.items() if name not in gone}
            if claim(smaller):
                record = smaller
                names = [name for name in names if name not in gone]
            else:
                at += size
        size = min(size, len(names)) // 2
    for name, value in record.items():
        if isinstance(value, frozenset):
            for word in sorted(value):
                less: frozenset[str] = value - {word}
                if less and claim({**record, name: less}):
                    record, value = {**record, name: less}, less
    return record
