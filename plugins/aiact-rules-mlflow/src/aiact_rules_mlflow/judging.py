"""Judging: one version of a model, from what its tags, its MLmodel file and its documents state."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from aiact_rules import Decision, Facts, Finding, Gate, InputError, Status, Subject, Verdict
from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import NO_FACTS, Fact, Origin
from aiact_rules.core.packs import MARKETS, RELEASE_DATE, SIGNALS
from aiact_rules.core.passing import said_of_waivers
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.sources.cues import fact_of_signals, find_signals
from aiact_rules.sources.discovery import Asked, ReleaseDocuments, asked_in, joined, markets_of
from aiact_rules.sources.document import Document, Stated
from aiact_rules.sources.model_card import merged
from aiact_rules.sources.readable import Readable
from aiact_rules.sources.release_file import read_release
from aiact_rules.sources.release_folder import NoRelease, ReleaseFiles
from aiact_rules.sources.releases import releases_at
from aiact_rules.sources.text_files import read_text
from aiact_rules.yaml_text import Mapping as Keys

from aiact_rules_mlflow.artifacts import EXTRA, Found, collect
from aiact_rules_mlflow.mlmodel import read_block
from aiact_rules_mlflow.settings import Artifacts, Settings
from aiact_rules_mlflow.tags import is_own, markets_from_tags, stated_in_tags, tag_of

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
        """Judge a release that says nothing, so that whatever cannot be used stops the server here.

        Raises ProblemsError for that.
        """
        self.settings = settings
        self.gate = Gate(
            packs=settings.packs or None,
            markets=settings.markets or None,
            fail_on=settings.fail_on,
            organisation=settings.file,
        )
        self.gate.decide(self.gate.request({}, as_of=settings.as_of))

    def judge(self, version: ModelVersion, at: datetime | None = None) -> Decision:
        """Decide on one version and tell the plugins; of several operators, the strictest decision counts.

        Raises InputError for what cannot be read and for two places that disagree.
        """
        at = at if at is not None else datetime.now(UTC)
        document = self._document(version)
        self._refuse_readings(document)
        if self.settings.organisation.text("past_dates") != "refuse":
            asked = self.gate.request(document, as_of=self.settings.as_of, at=at)
            document = _not_before(document, asked.as_of)
        subject = Subject(version.name, version.version, tuple(file.name for file in document.files))
        request = self.gate.request(document, subject=subject, as_of=self.settings.as_of, at=at)
        decisions = [self.gate.decide(each, at=at) for each in request.per_operator()]
        for decision in decisions:
            self.gate.record(decision)
        return max(decisions, key=lambda each: (each.effective_verdict.severity, each.verdict.severity))

    def _document(self, version: ModelVersion) -> Document:
        """Join what is stated in all places, the explicit first. Raises InputError where two of them disagree."""
        _refuse_model_tags(version.model_tags)
        if not version.location or self.settings.artifacts is Artifacts.IGNORE:
            return self._joined(version, None)
        with tempfile.TemporaryDirectory(prefix="aiact-") as folder:
            return self._joined(version, collect(version.location, Path(folder)))

    def _joined(self, version: ModelVersion, found: Found | None) -> Document:
        files = None if found is None else _release_files(found)
        documents = None if found is None or files is None else ReleaseDocuments(files, found.folder)
        block = None if found is None or found.mlmodel is None else _block(found.mlmodel)
        asked = Asked() if documents is None else documents.asked()
        if block is not None:
            asked = asked.joined_with(asked_in(block))
        pack_ids = self._pack_ids(version, asked)
        shelf = self.gate.shelf
        vocabulary, cues = shelf.vocabulary(pack_ids), tuple(shelf.cues(pack_ids).values())
        obligations = shelf.obligations(pack_ids)

        in_tags = stated_in_tags(version.tags, vocabulary)
        stated = merged(self.settings.facts, in_tags.facts)
        has_readers = bool(shelf.catalogue.readers or self.settings.organisation.pairs("readers"))
        document = replace(_heard(version.descriptions, cues, vocabulary), name=version.name)
        if has_readers:
            texts = (Readable.of_markdown(name, text) for name, text in version.descriptions.items())
            document = replace(document, texts=tuple(texts))
        document = joined(Document(version.name, Subject(), stated, dismissals=in_tags.dismissals), document)
        if found is not None and block is not None:
            read = read_release(block, vocabulary, folder=found.folder, obligations=obligations)
            document = joined(document, _document_of(version.name, read))
        if found is not None and documents is not None:
            read_too = documents.read(
                vocabulary, cues, root=found.folder, obligations=obligations, keep_texts=has_readers
            )
            document = joined(document, read_too)
        return document

    def _pack_ids(self, version: ModelVersion, asked: Asked) -> tuple[str, ...]:
        """Return the packs that will judge, whose facts the documents may state: the markets named anywhere decide."""
        markets = markets_from_tags(version.tags, self.gate.vocabulary())
        named = [*asked.markets, *(choice for fact in markets for choice in markets_of(fact))]
        facts = [Fact(MARKETS, frozenset(each.value for each in named), Origin(named[0].place))] if named else []
        known = Document(version.name, Subject(), Facts.of(facts), packs=asked.packs, uncovered=asked.uncovered)
        return self.gate.request(known).pack_ids

    def _refuse_readings(self, document: Document) -> None:
        """Refuse a release that chooses how the law is read, even where the server leaves it open."""
        own = self.settings.organisation.pairs("readings")
        problems = [
            Problem(
                f"the release chooses the reading `{reading}: {choice.value}`, which this server does not",
                choice.place,
                "remove it, or let the server's `aiact.toml` choose it",
            )
            for reading, choice in document.choices.items()
            if reading not in own or own[reading].value != choice.value
        ]
        if problems:
            raise InputError(problems)


def _release_files(found: Found) -> ReleaseFiles | None:
    """Return the release file and the cards of a model; None where there is neither."""
    folders = {path.parent for path in (*found.releases, *found.cards)}
    if len(found.releases) > 1 or len(folders) > 1:
        where = f"among the artifacts and in `{EXTRA}`" if len(folders) > 1 else "among the artifacts"
        raise InputError([Problem(f"several release files or cards stand {where}", hint="keep those of one place")])
    if not folders:
        return None
    (folder,) = folders
    paths = found.releases or found.cards
    releases = releases_at(paths[0] if len(paths) == 1 else folder)
    if isinstance(releases, NoRelease):
        return None
    if len(releases) > 1:
        raise InputError([Problem("several cards stand among the artifacts", hint="keep one, or write a release file")])
    return releases[0]


def _block(mlmodel: Path) -> Keys | None:
    return read_block(read_text(mlmodel, mlmodel.name))


def _document_of(name: str, stated: Stated) -> Document:
    return Document(
        name,
        Subject(),
        stated.facts,
        stated.operator,
        stated.operators,
        stated.evidence,
        stated.choices,
        stated.packs,
        stated.uncovered,
        dismissals=stated.dismissals,
    )


def _heard(descriptions: Mapping[str, str], cues: tuple[Cue, ...], vocabulary: Vocabulary) -> Document:
    """Return the cues that stand in descriptions: words can only make a verdict stricter."""
    signals = tuple(s for name, text in descriptions.items() for s in find_signals(text, cues, name))
    said = fact_of_signals(signals) if SIGNALS in vocabulary else None
    return Document("descriptions", Subject(), NO_FACTS if said is None else Facts.of([said]), signals=signals)


def _refuse_model_tags(tags: Mapping[str, str]) -> None:
    """Refuse what somebody stated for a model as a whole, where it would not be read."""
    message, hint = "a tag of a model states nothing", "delete it; facts are read from the tags of versions"
    problems = [Problem(message, Place(f"tag {key} of the model"), hint) for key in sorted(tags) if is_own(key)]
    if problems:
        raise InputError(problems)


def _not_before(document: Document, day: date) -> Document:
    """Judge by the law of the day on which the registry is asked, where an earlier date of release is stated."""
    operators = tuple(replace(each, facts=_dated(each.facts, day)) for each in document.operators)
    return replace(document, facts=_dated(document.facts, day), operators=operators)


def _dated(facts: Facts, day: date) -> Facts:
    stated = facts.value(RELEASE_DATE)
    if not isinstance(stated, date) or stated >= day:
        return facts
    return facts.overridden_by(Facts.of([Fact(RELEASE_DATE, day, Origin(Place("registry")))]))


def reasons(decision: Decision) -> str:
    """Return why a version is refused: the worst findings with their provisions, and the question to answer next."""
    worst = sorted(
        (
            f
            for pack in decision.packs
            if pack.verdict is not None
            for f in pack.findings
            if f.status in _REFUSING and (pack.pack_id, f.id) not in decision.waived
        ),
        key=lambda f: f.status is not Status.BREACHED,
    )
    basis = ", ".join(f"{pack.pack_id} {pack.pack_at.pack.version}" for pack in decision.packs)
    lines = [f"{decision.verdict.value} under {basis} as of {decision.packs[0].pack_at.as_of}"]
    words = {name: str(alarm) for alarm in alarms_of(decision) for name in alarm.ids if alarm.kind == "signal"}
    lines += [f"  {words.get(f.id, f'{f.provision}: {f.must}')} ({_state(f)})" for f in worst[:MOST_FINDINGS]]
    if len(worst) > MOST_FINDINGS:
        lines.append(f"  and {len(worst) - MOST_FINDINGS} more")
    needs = [need for pack in decision.packs for need in pack.needs]
    if decision.verdict is Verdict.HOLD and needs:
        lines += ["answer next, by a tag or in the release file:"]
        for need in needs[:MOST_FINDINGS]:
            asks = decision.vocabulary[need.fact].asks if need.fact in decision.vocabulary else need.fact
            lines.append(f"  {tag_of(need.fact)}: {asks}")
    lines += [f"  {said}" for said in said_of_waivers(decision)]
    lines.append(f"decision {decision.decision_id}")
    return "\n".join(lines)


_REFUSING = (Status.BREACHED, Status.OPEN)


def _state(finding: Finding) -> str:
    return "breached" if finding.status is Status.BREACHED else "open"
