"""Judging: one version of a model, from what its tags, its MLmodel file and its documents state."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.findings import Finding
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.gate import Gate
from aiact_rules.sources.cues import find_signals
from aiact_rules.sources.discovery import read_document
from aiact_rules.sources.document import Document, Skipped
from aiact_rules.sources.document import Subject as Stated
from aiact_rules.sources.model_card import SIGNALS, merged
from aiact_rules.sources.prose import prose
from aiact_rules.sources.release_file import read_release
from aiact_rules.sources.text_files import read_text

from aiact_rules_mlflow.artifacts import EXTRA, Found, collect
from aiact_rules_mlflow.mlmodel import read_block
from aiact_rules_mlflow.settings import Artifacts, Settings
from aiact_rules_mlflow.tags import facts_from_tags, is_own, tag_of

MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """A version to be judged: its number (None: not yet registered), its tags and where its artifacts lie.

    `descriptions` are what people wrote about it in the registry, by the name each text goes by; `model_tags` are those
    of the model as a whole.
    """

    name: str
    version: str | None
    tags: Mapping[str, str]
    location: str | None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    model_tags: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"`{self.name}`" if self.version is None else f"`{self.name}` version {self.version}"


class ReleaseJudge:
    """Judges versions of models as the settings say. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Load the packs. Raises PackError or PluginError where they cannot be: then the server must not start."""
        self.settings = settings
        self.gate = Gate(packs=settings.packs, engine=settings.engine, readings=settings.readings)
        self.vocabulary = self.gate.vocabulary()
        packs = self.gate.packs()
        self._cues = tuple(cue for pack in packs for cue in pack.cues.values())
        self._obligations = frozenset(name for pack in packs for name in pack.obligations)

    def judge(self, version: ModelVersion, at: datetime | None = None) -> Decision:
        """Decide on one version and tell the plugins; of several operators, the strictest decision counts.

        Raises InputError for what cannot be read and for two places that disagree.
        """
        at = at if at is not None else datetime.now(UTC)
        as_of = self.settings.as_of or at.date()
        document = self._document(version)
        self._refuse_choices(document)
        subject = Subject(version.name, version.version, tuple(file.name for file in document.files))
        decisions = [
            self.gate.decide(
                each.with_facts(_not_before(each.facts, as_of)),
                subject=subject,
                as_of=as_of,
                at=at,
                readings=self.settings.readings,
            )
            for each in document.per_operator()
        ]
        for decision in decisions:
            self.gate.record(decision)
        return max(decisions, key=lambda decision: decision.verdict.severity)

    def _document(self, version: ModelVersion) -> Document:
        """Join what is stated in all places, the explicit first. Raises InputError where two of them disagree."""
        _refuse_model_tags(version.model_tags)
        facts = merged(self.settings.facts, facts_from_tags(version.tags, self.vocabulary))
        document = Document(version.name, Stated(), Facts({}))
        if version.location and self.settings.artifacts is Artifacts.READ:
            with tempfile.TemporaryDirectory(prefix="aiact-") as folder:
                found = collect(version.location, Path(folder))
                document = self._read(found) or replace(document, facts=self.settings.organisation.facts)
                document = self._with_metadata(document, found)
        else:
            document = replace(document, facts=self.settings.organisation.facts)
        return document.with_facts(self._with_signals(merged(facts, document.facts), version.descriptions))

    def _with_signals(self, facts: Facts, descriptions: Mapping[str, str]) -> Facts:
        """Add the cues that stand in descriptions to those of the card: words can only make a verdict stricter."""
        found = [s for name, text in descriptions.items() for s in find_signals(prose(text), self._cues, name)]
        if not found or SIGNALS not in self.vocabulary:
            return facts
        known = facts.value(SIGNALS)
        cues = frozenset(signal.cue for signal in found) | (known if isinstance(known, frozenset) else frozenset())
        origin = facts[SIGNALS].origin if SIGNALS in facts else Origin(found[0].place)
        return facts.overridden_by(Facts.of([Fact(SIGNALS, cues, origin)]))

    def _read(self, found: Found) -> Document | None:
        """Read the release file and the cards; None where there is neither."""
        folders = {path.parent for path in (*found.releases, *found.cards)}
        if len(found.releases) > 1 or len(folders) > 1:
            where = f"among the artifacts and in `{EXTRA}`" if len(folders) > 1 else "among the artifacts"
            raise InputError([Problem(f"several release files or cards stand {where}", hint="keep those of one place")])
        if not folders:
            return None
        (folder,) = folders
        paths = found.releases or found.cards
        document = read_document(
            paths[0] if len(paths) == 1 else folder,
            self.vocabulary,
            self._cues,
            root=found.folder,
            organisation=self.settings.organisation,
            obligations=self._obligations,
        )
        return None if isinstance(document, Skipped) else document

    def _with_metadata(self, document: Document, found: Found) -> Document:
        """Work in what the metadata of the MLmodel file states."""
        if found.mlmodel is None:
            return document
        text = read_text(found.mlmodel, found.mlmodel.name)
        block = read_block(text)
        if block is None:
            return document
        stated = read_release(block, self.vocabulary, folder=found.folder, obligations=self._obligations)
        if stated.operators and document.operators:
            raise InputError([Problem("operators are named in two places", stated.operators[0].place, "keep one")])
        evidence: tuple[Evidence, ...] = (*document.evidence, *stated.evidence)
        return replace(
            document,
            facts=merged(stated.facts, document.facts),
            operator=document.operator or stated.operator,
            operators=document.operators or stated.operators,
            evidence=evidence,
            choices={**document.choices, **stated.choices},
            packs=(*(document.packs or ()), *(stated.packs or ())) or None,
        )

    def _refuse_choices(self, document: Document) -> None:
        """Refuse a release that chooses how the law is read, or by which packs it is judged: the server does."""
        problems = []
        for reading, choice in document.choices.items():
            if self.settings.readings.get(reading) != choice:
                message = f"the release chooses the reading `{reading}: {choice}`, which this server does not"
                problems.append(Problem(message, hint="remove it, or let the server's `aiact.toml` choose it"))
        for pack in document.packs or ():
            if pack not in self.settings.packs:
                message = f"the release asks for the pack `{pack}`, by which this server does not judge"
                problems.append(Problem(message, hint="remove it, or add it to AIACT_MLFLOW_PACKS"))
        if problems:
            raise InputError(problems)


def _refuse_model_tags(tags: Mapping[str, str]) -> None:
    """Refuse what somebody stated for a model as a whole, where it would not be read."""
    message, hint = "a tag of a model states nothing", "delete it; facts are read from the tags of versions"
    problems = [Problem(message, Place(f"tag {key} of the model"), hint) for key in sorted(tags) if is_own(key)]
    if problems:
        raise InputError(problems)


def _not_before(facts: Facts, day: date) -> Facts:
    """Judge by the law of the day on which the registry is asked, where an earlier date of release is stated."""
    stated = facts.value(RELEASE_DATE)
    if not isinstance(stated, date) or stated >= day:
        return facts
    origin = Origin(Place("registry", None))
    return facts.overridden_by(Facts.of([Fact(RELEASE_DATE, day, origin)]))


def reasons(decision: Decision) -> str:
    """Say why a version is refused: the worst findings with their provisions, and the question to answer next."""
    worst = sorted(
        (f for pack in decision.packs if pack.verdict is not None for f in pack.findings if f.status in _REFUSING),
        key=lambda f: f.status is not Status.BREACHED,
    )
    basis = ", ".join(f"{pack.pack_id} {pack.pack_at.pack.version}" for pack in decision.packs)
    lines = [f"{decision.verdict.value} under {basis} as of {decision.packs[0].pack_at.as_of}"]
    lines += [f"  {f.provision}: {f.must} ({_state(f)})" for f in worst[:MOST_FINDINGS]]
    if len(worst) > MOST_FINDINGS:
        lines.append(f"  and {len(worst) - MOST_FINDINGS} more")
    needs = [need for pack in decision.packs for need in pack.needs]
    if decision.verdict is Verdict.HOLD and needs:
        lines += ["answer next, by a tag or in the release file:"]
        for need in needs[:MOST_FINDINGS]:
            asks = decision.vocabulary[need.fact].asks if need.fact in decision.vocabulary else need.fact
            lines.append(f"  {tag_of(need.fact)}: {asks}")
    lines.append(f"decision {decision.decision_id}")
    return "\n".join(lines)


_REFUSING = (Status.BREACHED, Status.OPEN)


def _state(finding: Finding) -> str:
    return "breached" if finding.status is Status.BREACHED else "open"
