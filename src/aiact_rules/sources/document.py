"""Documents: what was read about one release, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from aiact_rules.core.choices import Choice
from aiact_rules.core.decisions import Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import NO_FACTS, Facts
from aiact_rules.core.problems import Place
from aiact_rules.core.signals import Dismissal, Signal
from aiact_rules.sources.figures import Said

if TYPE_CHECKING:
    from aiact_rules.core.claims import Claim
    from aiact_rules.core.readers import ReaderUse
    from aiact_rules.sources.readable import Readable


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read, with the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of a chain, with the facts that concern only this one, its roles among them."""

    name: str | None
    facts: Facts
    place: Place
    dismissals: tuple[Dismissal, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One release as its documents state it, before any law is looked at.

    `facts` are those of all operators; with `operators`, each is judged by its own `facts_for`. `choices` are readings
    chosen by the release file, `packs` the packs it asks for, `uncovered` the markets it leaves out on record because no
    installed pack covers them, `contact` is where to ask about it. `notes` are for a person; `asks` are words that may
    state a fact, which a person should answer; `dismissals` say what is said of dismissed signals beside their
    ids. `texts` are what a reader that a platform brings is asked about, kept only where there is one, and `readers` those
    that were asked.
    """

    name: str
    subject: Subject
    facts: Facts
    operator: str | None = None
    operators: tuple[Operator, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    packs: tuple[Choice, ...] = ()
    uncovered: tuple[Choice, ...] = ()
    signals: tuple[Signal, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[FileRead, ...] = ()
    contact: str | None = None
    asks: tuple[str, ...] = ()
    dismissals: tuple[Dismissal, ...] = ()
    texts: tuple[Readable, ...] = ()
    readers: tuple[ReaderUse, ...] = ()

    def facts_for(self, operator: Operator) -> Facts:
        """Return what is stated for one operator of the chain.

        Raises InputError where it contradicts the common facts.
        """
        return self.facts.merged_with(operator.facts)

    def with_facts(self, facts: Facts) -> Document:
        """Return the same document with other facts, such as after arguments were worked in."""
        return replace(self, facts=facts)

    def per_operator(self) -> tuple[Document, ...]:
        """Return one document for each operator to be judged: itself, or one for each of the chain.

        Raises InputError where an operator's facts contradict the common ones.
        """
        if not self.operators:
            return (self,)
        return tuple(
            replace(self, facts=self.facts_for(each), operator=each.name, operators=()) for each in self.operators
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is no business of the rules, such as a README that is not a model card."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What one file states, before it is joined with the others about the same release.

    `contact` is where to ask about it, `gated` where it says that not everybody may be let in to get what is released,
    `said` what it says besides facts.
    """

    subject: Subject = Subject()
    facts: Facts = NO_FACTS
    operator: str | None = None
    operators: tuple[Operator, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    packs: tuple[Choice, ...] = ()
    uncovered: tuple[Choice, ...] = ()
    signals: tuple[Signal, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[FileRead, ...] = ()
    contact: str | None = None
    gated: Place | None = None
    said: Said = Said()
    dismissals: tuple[Dismissal, ...] = ()
