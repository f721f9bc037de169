"""Tables: one pack's records put to every trial, what was allowed, and whether each such change has a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.core.words import counted
from aiact_rules.perturbation.bench import Bench, Values
from aiact_rules.perturbation.completing import Completer
from aiact_rules.perturbation.reasons import Explained, Reasons, read_reasons, write_reasons
from aiact_rules.perturbation.records import read_records, write_records
from aiact_rules.perturbation.seeds import FILE as SEEDS
from aiact_rules.perturbation.seeds import Seeds
from aiact_rules.perturbation.trials import Trial, bad_news, escapes, slips

FILE = "tables.yaml"

_MOST_NAMED = 4


@dataclass(frozen=True)
class Tables:
    """What the trials of a pack's records gave, beside what its folder holds."""

    folder: Path
    bench: Bench
    records: Mapping[str, Mapping[str, FactValue]]
    trials: Mapping[str, Trial]
    reasons: Mapping[str, Reasons]
    lawful: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path, catalogue: Catalogue) -> Tables:
        """Complete the records of a folder anew and try everything.

        Raises InputError for a seed or a reason that cannot be read, PackError for a pack that cannot be used.
        """
        seeds = Seeds.read(folder)
        bench = Bench.of(catalogue, seeds.pack_id, seeds.as_of)
        completer = Completer(bench)
        records = dict(_made(completer.completed, seeds.records(bench.vocabulary), folder))
        allowed = {name: stated for name, stated in records.items() if bench.verdict(stated) is Verdict.ALLOW}
        denied = dict(_made(completer.denied, seeds.situations(bench.vocabulary), folder))
        lawful = tuple(name for name, stated in denied.items() if bench.verdict(stated) is Verdict.ALLOW)
        refused = {name: stated for name, stated in denied.items() if name not in lawful}
        trials = {
            "bad_news": bad_news(bench, allowed, seeds.bad_everywhere(bench.vocabulary)),
            "slips": slips(bench, {**allowed, **refused}),
            "escapes": escapes(bench, refused, allowed),
        }
        return cls(folder, bench, records, trials, read_reasons(folder), lawful)

    @cached_property
    def explained(self) -> Mapping[str, Explained]:
        """Return, by trial, what became of the changes that were allowed."""
        return {name: self.reasons[name].explain(trial) for name, trial in self.trials.items()}

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the folder: a record that is not allowed, a change without reason, what is out of date."""
        vocabulary = self.bench.vocabulary
        for name, stated in self.records.items():
            decision = self.bench.decide(stated)
            if decision.verdict is not Verdict.ALLOW:
                gating = [
                    f"{finding.id} {finding.status.value}" for finding in decision.findings if finding.status.gates
                ]
                yield f"record `{name}` is no longer allowed ({', '.join(gating[:6])}): its seed needs another answer"
        for name, explained in self.explained.items():
            for change, records in explained.unexplained.items():
                yield f"{name}: `{change}` is allowed without a reason ({_named(records)})"
            for unneeded in explained.unneeded:
                yield f"{name}: no change needs the reason or fault `{unneeded}` any more"
        committed = read_records(self.folder, vocabulary)
        for name in sorted(committed.keys() | self.records.keys()):
            if committed.get(name) != self.records.get(name):
                yield f"record `{name}` is out of date"
        path = self.folder / FILE
        if not path.exists() or path.read_text(encoding="utf-8") != self.text():
            yield f"{path.as_posix()} is out of date"

    def write(self) -> Tables:
        """Write records, tables and the reasons still needed. Return the tables as they now stand."""
        reasons = {name: given.pruned(self.trials[name]) for name, given in self.reasons.items()}
        renewed = Tables(self.folder, self.bench, self.records, self.trials, reasons, self.lawful)
        write_records(self.folder, self.records, self.bench.vocabulary)
        write_reasons(self.folder, reasons)
        (self.folder / FILE).write_text(renewed.text(), encoding="utf-8")
        return renewed

    def counts(self) -> Iterator[str]:
        """Return one line per trial: how much was tried, how much of it is allowed, and how that is explained."""
        for name, trial in self.trials.items():
            explained = self.explained[name]
            yield (
                f"{self.bench.pack.id} {name}: {trial.tried} tried, {_size(trial.allowed)} allowed"
                f" ({sum(_size(found) for _, found in explained.harmless)} harmless,"
                f" {sum(_size(found) for _, found in explained.faults)} faults,"
                f" {_size(explained.unexplained)} without a reason)"
            )

    def text(self) -> str:
        """Return the tables as they are committed: every allowed change below its reason."""
        lines = ["# Generated by `aiact-rules perturb FOLDER --write`. The reasons are kept in reasons.yaml."]
        lines += ["records:", *(f"  {name}: {counted(len(stated), 'fact')}" for name, stated in self.records.items())]
        if self.lawful:
            lines += ["allowed_with_everything_denied:", *(f"  - {name!r}" for name in self.lawful)]
        for name, trial in self.trials.items():
            explained = self.explained[name]
            lines += [f"{name}:", f"  tried: {trial.tried}", f"  allowed: {_size(trial.allowed)}", *_table(explained)]
        return "\n".join(lines) + "\n"


def _made(
    make: Callable[[Values], dict[str, FactValue]], seeds: Mapping[str, Values], folder: Path
) -> Iterator[tuple[str, dict[str, FactValue]]]:
    """Return what is made of each seed. Raises InputError, which names it, where its facts contradict each other."""
    for name, seed in seeds.items():
        try:
            yield name, make(seed)
        except InputError as error:
            place = Place((folder / SEEDS).as_posix())
            raise InputError(Problem(f"`{name}`: {p.message}", place, p.hint) for p in error.problems) from error


def _table(explained: Explained) -> Iterator[str]:
    for key, given in (("harmless", explained.harmless), ("faults", explained.faults)):
        if given:
            yield f"  {key}:"
        for reason, found in given:
            yield f"    {_quoted(reason.because)}:"
            yield from (f"      {_quoted(change)}: {_named(records)}" for change, records in found.items())
    if explained.unexplained:
        yield "  without_reason:"
        yield from (f"    {_quoted(change)}: {_named(records)}" for change, records in explained.unexplained.items())


def _named(records: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(record) for record in records)}]" if len(records) <= _MOST_NAMED else str(len(records))


def _quoted(text: str) -> str:
    return f"'{text.replace(chr(39), chr(39) * 2)}'"


def _size(allowed: Mapping[str, object]) -> int:
    return sum(len(records) for records in allowed.values() if isinstance(records, list | tuple))
