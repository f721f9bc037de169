"""The dossier: one decision with what the sections of its page look up, so that each thing is said once and referred to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import PurePosixPath

from aiact_rules.core.choices import CALLER
from aiact_rules.core.citations import article_of
from aiact_rules.core.decisions import Decision
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Sureness
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.pages import law_link, page_of
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Obligation
from aiact_rules.core.standings import Standing
from aiact_rules.core.support import facts_behind
from aiact_rules.reports.alarms import Alarm, alarms_of
from aiact_rules.reports.escapes import html
from aiact_rules.reports.html_report.page import Part, link
from aiact_rules.reports.words import fact_value, fine

_MOST_FACTS = 4


@dataclass(frozen=True)
class Dossier:
    """One decision on its part of a page. Where it is `full`, what is still to come stands there line by line too."""

    decision: Decision
    part: Part
    full: bool = False

    @cached_property
    def packs(self) -> tuple[PackPart, ...]:
        """Return what each pack says, with the pack."""
        packs = self.decision.packs
        ends = ("",) if len(packs) == 1 else (f"-{number}" for number in range(1, len(packs) + 1))
        return tuple(PackPart(self, pack, end) for pack, end in zip(packs, ends, strict=True))

    @cached_property
    def alarms(self) -> dict[str, Alarm]:
        """Return for each finding that a person must see what it rests on and how it is settled."""
        return {name: alarm for alarm in alarms_of(self.decision) for name in alarm.ids}

    @property
    def day(self) -> date:
        """Return the day on which evidence must count: that of the step, or of the law where no step has one."""
        released = self.decision.facts.value(RELEASE_DATE)
        return released if isinstance(released, date) else self.decision.packs[0].pack_at.as_of

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the evidence in the order of what it shows, in which it is numbered."""
        return tuple(sorted(self.decision.evidence, key=lambda each: (each.about, str(each.place))))

    def evidence_about(self, names: Iterable[str]) -> Iterator[str]:
        """Yield a reference to each evidence about some facts or an obligation."""
        wanted = set(names)
        for number, each in enumerate(self.evidence, 1):
            if each.about in wanted:
                yield f'<a href="#{self.part.prefix}e{number}">E{number}</a>'

    def fact(self, name: str) -> str:
        """Return a fact with its value and where it comes from."""
        if name not in self.decision.facts:
            return f"<code>{html(name)}</code>: not stated"
        fact = self.decision.facts[name]
        place = "default value" if self.is_default(name) else self.place(fact.origin.place)
        place += ", not shown" if fact.origin.sureness is Sureness.NOT_SHOWN else ""
        return f"<code>{html(name)}</code>: {html(self.value(name))} ({html(place)})"

    def place(self, place: Place) -> str:
        """Return a place in words; a document by its file name alone where no other document has it."""
        if place == CALLER:
            return "the caller"
        name = self._short.get(place.source, place.source)
        return name if place.line is None else f"{name}:{place.line}"

    @cached_property
    def _short(self) -> dict[str, str]:
        documents = self.decision.subject.documents
        names = [PurePosixPath(each).name for each in documents]
        return {each: name for each, name in zip(documents, names, strict=True) if names.count(name) == 1}

    def value(self, name: str) -> str:
        """Return the value of a known fact in words."""
        fact = self.decision.facts[name]
        declared = self.decision.vocabulary.get(name)
        return fact_value(fact.value if declared is None else declared.format(fact.value))

    def is_default(self, name: str) -> bool:
        """Return whether a known fact has its value from the vocabulary, since nobody stated it."""
        return self.decision.facts[name].origin.sureness is Sureness.DECLARED_BY_DEFAULT

    def facts(self, names: Iterable[str]) -> str:
        """Return the facts among some that are stated, at most a few, and how many more there are."""
        known = sorted(name for name in names if name in self.decision.facts)
        stated = [name for name in known if not self.is_default(name)]
        # What is true of every answer about the release tells less than what this one turns on.
        told = [name for name in stated if not name.startswith(("release.", "operator."))] or stated
        more = len(stated) - len(told[:_MOST_FACTS])
        defaults = len(known) - len(stated)
        parts = [self.fact(name) for name in told[:_MOST_FACTS]]
        parts += [f"{more} more"] if more else []
        parts += [f"{defaults} default value{'' if defaults == 1 else 's'}"] if defaults else []
        return "; ".join(parts)


@dataclass(frozen=True)
class PackPart:
    """What one pack says of a decision. The anchors of its sections have an end of their own where there are several packs."""

    dossier: Dossier
    pack: PackDecision
    end: str = ""

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.pack.pack_at.obligations)}

    def behind_conclusion(self, name: str) -> frozenset[str]:
        """Return the facts on which a conclusion rests."""
        return facts_behind(self.pack.truths, self.pack.lowered.conclusions[name])

    def behind_met(self, o: Obligation) -> frozenset[str]:
        """Return the facts on which it rests whether an obligation is met."""
        return facts_behind(self.pack.truths, self.pack.lowered.obligations[self._places[o.id]].met)

    @cached_property
    def reasons_of_classes(self) -> frozenset[str]:
        """Return the reasons that stand on the first page beside the classes."""
        holding = (name for name, truth in self.pack.headlines.items() if truth == "yes")
        return frozenset(reason for name in holding for reason in self.pack.reasons_for(name))

    def provision(self, o: Obligation) -> str:
        """Return the provision of an obligation, as a link to the page of its rule."""
        return link(page_of(self.pack.pack_at.pack, o.id), html(o.provision.split(", with ")[0]))

    def article(self, provision: str) -> str:
        """Return the article that a provision begins with, as a link to it in the law."""
        article = article_of(provision)
        return link(law_link(self.pack.pack_at.pack, article), html(article))

    def cited(self, provision: str) -> str:
        """Return a whole citation, as a link to the article of the law that it begins with."""
        return link(law_link(self.pack.pack_at.pack, provision), html(provision))

    @cached_property
    def fines(self) -> dict[str, list[Standing]]:
        """Return what a violation of what gates can cost, each ceiling once, with what it is the ceiling for."""
        found: dict[str, list[Standing]] = {}
        for standing in self.pack.standings:
            finding = self.pack.finding(standing.id) if standing.gates else None
            if finding is not None and finding.sanction is not None:
                found.setdefault(fine(finding.sanction), []).append(standing)
        return found
