"""Raising: the words of documents that hold a release, what was stated against them, and the three ways out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Test, fact_of
from aiact_rules.core.cues import Strength
from aiact_rules.core.deciding import deciding
from aiact_rules.core.decisions import ABOUT_THE_RELEASE, Decision
from aiact_rules.core.dismissals import Dismissible
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DISMISSED, FOUND, SIGNAL, suggested
from aiact_rules.core.printable import printable
from aiact_rules.core.signals import Signal, seen_for
from aiact_rules.core.truth import Truth

KEY = "signals_dismissed"
"""The key of a release file under which signals are dismissed."""
MOST_DENYING = 3
_BLANK = '"..."'


@dataclass(frozen=True, slots=True)
class Way:
    """An answer that settles a signal: what to state of a fact. One of `words` is its value, or goes into its list."""

    fact: str
    words: tuple[str, ...]
    is_list: bool

    def __str__(self) -> str:
        said = " or ".join(f"`{each}`" for each in self.words)
        return f"add {said} to {self.fact}" if self.is_list else f"state {self.fact}: {said}"


@dataclass(frozen=True, slots=True)
class Raised:
    """Words of documents that hold a release: each with its place, what denies them, and the three ways out.

    `words` are of every document that speaks of the cue, `denying` the facts that deny what they suggest, `seen` names the
    sentences, and `lapsed` says why a dismissal of the cue does not count. `alone` is False where other words hold the
    release too, so that the texts to paste are entries of one list.
    """

    cue: str
    provision: str
    words: tuple[Signal, ...]
    denying: tuple[Fact, ...]
    answer: Way | None
    seen: str
    dismissed_at: str | None = None
    lapsed: str | None = None
    alone: bool = True

    @property
    def ways(self) -> tuple[str, str, str]:
        """Return the three ways out: what to answer, what to change, and how to dismiss it."""
        answer = "correct what is stated" if self.answer is None else str(self.answer)
        places = ", ".join(dict.fromkeys(printable(str(each.place)) for each in self.words)) or "the text"
        return answer, f"change {places}", self.dismissing

    @property
    def dismissing(self) -> str:
        """Return how a person dismisses it, with the text to paste."""
        if self.dismissed_at is None:
            return f"dismiss it{'' if self.alone else f', in a list `{KEY}`'}: {self.paste}"
        does = "dismiss it again, in place of what stands" if self.lapsed is not None else "dismiss it, in the list"
        return f"{does} at {self.dismissed_at}: {self.paste}"

    @property
    def paste(self) -> str:
        """Return the text to paste: a line of a release file, or where there are others an entry of that list."""
        entry = written(self.cue, None, None, self.seen)
        return line_of([entry]) if self.dismissed_at is None and self.alone else entry


def raised_in(decision: Decision) -> Iterator[tuple[PackDecision, Raised]]:
    """Yield the signals of words that hold a decision, with the packs that they hold it under."""
    for pack in decision.packs:
        if pack.verdict is not None:
            for each in pack.standings:
                if each.is_signal and (found := raised_by(decision, pack, each.id)) is not None:
                    yield pack, found


def raised_by(decision: Decision, pack: PackDecision, finding: str) -> Raised | None:
    """Return the words by which a finding of a pack is raised; None where no words raise it, but facts."""
    cue = pack.pack_at.pack.cues.get(finding.removeprefix(SIGNAL)) if finding.startswith(SIGNAL) else None
    if cue is None:
        return None
    suggests = suggested(pack.pack_at.obligations[finding])
    words = tuple(each for each in decision.signals if each.cue == cue.id and each.strength is Strength.HOLD)
    seen = seen_for(cue.id, words)
    dismissed = next((each for each in decision.dismissals if each.signal == cue.id), None)
    listed = decision.facts.by_name.get(DISMISSED)
    at = dismissed.place if dismissed is not None else None
    if at is None and listed is not None and listed.origin.sureness is Sureness.STATED:
        at = listed.origin.place
    return Raised(
        cue.id,
        cue.provision,
        words,
        tuple(_denying(suggests, decision, pack))[:MOST_DENYING],
        _answer(suggests),
        seen,
        None if at is None else printable(str(at)),
        None if dismissed is None else Dismissible.of([pack.pack_at.pack]).why_not(dismissed, seen),
        _holding(decision) <= {cue.id},
    )


def _holding(decision: Decision) -> frozenset[str]:
    """Return the cues whose words hold a decision, under whatever pack."""
    return frozenset(
        each.id.removeprefix(SIGNAL)
        for pack in decision.packs
        if pack.verdict is not None
        for each in pack.standings
        if each.is_signal and each.id.removeprefix(SIGNAL) in pack.pack_at.pack.cues
    )


def notes_in(decision: Decision) -> tuple[tuple[str, Signal], ...]:
    """Return the words that were found and hold nothing, each with the provision it speaks of.

    Words that agree with what is stated are left out.
    """
    found: dict[Signal, str] = {}
    for pack in decision.packs:
        cues = pack.pack_at.pack.cues
        for each in decision.signals:
            if each.note is None or each.cue not in cues or each in found:
                continue
            suggests = suggested(pack.pack_at.obligations[f"{SIGNAL}{each.cue}"])
            if pack.evaluation.truth(suggests) is not Truth.YES:
                found[each] = cues[each.cue].provision
    return tuple((provision, signal) for signal, provision in found.items())


def line_of(entries: Iterable[str]) -> str:
    """Return the line of a release file under which entries stand."""
    return f"{KEY}: [{', '.join(entries)}]"


def written(signal: str, because: str | None, by: str | None, seen: str | None) -> str:
    """Return a dismissal as it is written in a list; why and by whom are left to be filled in where nobody said it yet."""
    parts = [f"signal: {printable(signal)}"]
    parts += [f"{key}: {_BLANK if text is None else quoted(text)}" for key, text in (("because", because), ("by", by))]
    parts += [f"seen: {printable(seen)}"] if seen else []
    return f"{{{', '.join(parts)}}}"


def quoted(text: str) -> str:
    """Return a text in the quotes of YAML, on one line."""
    return '"' + printable(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _denying(suggests: Condition, decision: Decision, pack: PackDecision) -> Iterator[Fact]:
    """Yield the facts by which what words suggest is denied, what somebody stated first."""
    names = dict.fromkeys(fact_of(each.test.fact) for each in deciding(pack.evaluation, suggests))
    facts = [decision.facts[name] for name in names if name in decision.facts and name not in FOUND]
    about = [fact for fact in facts if not fact.name.startswith(ABOUT_THE_RELEASE)] or facts
    yield from sorted(about, key=lambda fact: fact.origin.sureness is Sureness.DECLARED_BY_DEFAULT)


def _answer(suggests: Condition) -> Way | None:
    """Return the answer that agrees with what words suggest, where one statement does."""
    tests = [test for test in _alternatives(suggests) if fact_of(test.fact) not in FOUND]
    for test in sorted(tests, key=lambda test: test.test is not Test.INCLUDES):
        if isinstance(test.operand, frozenset) and test.test in (Test.INCLUDES, Test.ONE_OF):
            return Way(fact_of(test.fact), tuple(sorted(test.operand)), test.test is Test.INCLUDES)
        if test.test is Test.IS and test.operand is True:
            return Way(fact_of(test.fact), ("yes",), False)
    return None


def _alternatives(condition: Condition) -> Iterator[FactTest]:
    """Yield the tests of which each, passed alone, makes a condition hold."""
    if isinstance(condition, FactTest):
        yield condition
    elif isinstance(condition, AnyOf) or (isinstance(condition, AllOf) and len(condition.parts) == 1):
        for part in condition.parts:
            yield from _alternatives(part)
