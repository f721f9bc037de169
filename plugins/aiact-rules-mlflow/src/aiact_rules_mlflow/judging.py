"""Judging: one version of a model, from what its tags, its MLmodel file and its documents state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aiact_rules import Decision, Facts, Gate, InputError, Override, Request, Subject
from aiact_rules.core.choices import Choice
from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import NO_FACTS, Fact, Origin
from aiact_rules.core.packs import MARKETS, RELEASE_DATE, SIGNALS
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.requests.today import today
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

from aiact_rules_mlflow.artifacts import EXTRA, Brought, Folder, Found, RepositoryOf, repository_of_server
from aiact_rules_mlflow.kept import Kept
from aiact_rules_mlflow.mlmodel import read_block
from aiact_rules_mlflow.rows import VersionRow
from aiact_rules_mlflow.settings import Artifacts, Settings
from aiact_rules_mlflow.tags import is_own, is_reserved, markets_from_tags, stated_in_tags

MOST_KEPT = 256
"""How many decisions are kept ready; one takes some ten to hundred thousand bytes."""
FURTHEST_ZONE = timedelta(hours=14)
"""By how much the day of the easternmost time zone is ahead."""


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

    @classmethod
    def of_row(cls, row: VersionRow) -> ModelVersion:
        """Return a registered version as the registry holds it."""
        texts = descriptions(row.description, row.model_description)
        return cls(row.name, str(row.version), row.tags, row.location, texts, row.model_tags)

    @property
    def basis(self) -> tuple[object, ...]:
        """Return all of it that a decision may rest on; tags that state nothing leave a decision as it is."""
        stating = tuple(sorted((k, v) for k, v in self.tags.items() if is_own(k) and not is_reserved(k)))
        words = tuple(sorted(self.descriptions.items()))
        return (self.name, self.version, stating, self.location, words)

    def __str__(self) -> str:
        return f"`{self.name}`" if self.version is None else f"`{self.name}` version {self.version}"


class ReleaseJudge:
    """Judges versions of models as the settings say. Safe to share between threads.

    Decisions are kept, each with everything it rests on: the same facts, words and bytes are not judged twice on one day.
    Packs and plugins do not change while the server runs; other settings are another judge.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        repository_of: RepositoryOf = repository_of_server,
        record_override: Callable[[Override], object] | None = None,
    ) -> None:
        """Judge a release that says nothing, so that whatever cannot be used stops the server here.

        `record_override` keeps the overrides that are given here; without it none is, and only those of the decision log
        count. Raises ProblemsError for what cannot be used.
        """
        self.settings = settings
        self._repository_of = repository_of
        self._recorded_overrides: set[Override] = set()
        self.gate = Gate(
            packs=settings.packs or None,
            markets=settings.markets or None,
            fail_on=settings.fail_on,
            organisation=settings.file,
            record_override=record_override or self._refuse_unrecorded,
        )
        self.silent = self.gate.decide(self.gate.request({}, as_of=settings.as_of))
        self._kept = Kept(MOST_KEPT)

    def judge(self, version: ModelVersion, at: datetime | None = None) -> Decision:
        """Decide on one version and tell the plugins; of several operators, the strictest decision counts.

        Raises InputError for what cannot be read and for two places that disagree.
        """
        decisions = self.decisions(version, at)
        self.record(decisions)
        return strictest(decisions)

    def decisions(self, version: ModelVersion, at: datetime | None = None) -> tuple[Decision, ...]:
        """Decide on one version for each operator that it names, or for the server's own. Raises as `judge` does."""
        at = at if at is not None else datetime.now(UTC)
        _refuse_model_tags(version.model_tags)
        with Folder() as folder:
            brought = self._brought(version)
            basis = (version.basis, None if brought is None else brought.fingerprint(folder))
            kept = None if self._asks_readers else self._kept.get(basis, lambda pack_ids: self._days(pack_ids, at))
            if kept is not None:
                return tuple(_run_at(each, at) for each in kept)
            request = self._request(version, None if brought is None else brought.found(folder), at)
            decisions = tuple(self.gate.decide(each, at=at) for each in request.per_operator())
        self._kept.keep(basis, request.pack_ids, self._days(request.pack_ids, at), decisions)
        return decisions

    def request(self, version: ModelVersion, at: datetime | None = None) -> Request:
        """Return the request that one version makes. Raises InputError as `judge` does."""
        _refuse_model_tags(version.model_tags)
        with Folder() as folder:
            brought = self._brought(version)
            if brought is not None:
                brought.fingerprint(folder)  # which copies the evidence
            found = None if brought is None else brought.found(folder)
            return self._request(version, found, at if at is not None else datetime.now(UTC))

    def record(self, decisions: Iterable[Decision]) -> None:
        """Tell the plugins of decisions. Raises PluginError where one fails."""
        for decision in decisions:
            self.gate.record(decision)

    def pass_by(self, override: Override, decision: Decision, at: datetime) -> None:
        """Let a refused decision pass by an override that the decision log holds. Raises OverrideRefused where it does not."""
        self._recorded_overrides.add(override)
        self.gate.enforce(decision, override=override, at=at)

    def _refuse_unrecorded(self, override: Override) -> None:
        if override not in self._recorded_overrides:
            raise InputError([Problem("this override does not stand in the decision log", Place("override"))])

    @property
    def _asks_readers(self) -> bool:
        """Return whether readers of the platform are asked, who may answer otherwise each time."""
        return bool(self.gate.shelf.catalogue.readers or self.settings.organisation.pairs("readers"))

    def _days(self, pack_ids: tuple[str, ...], at: datetime) -> tuple[date, ...]:
        """Return every day on which a decision made at this moment may rest."""
        own = self.settings.organisation
        name = own.text("time_zone")
        zone = None if name is None else Choice(name, own.places["time_zone"])
        day = today(self.gate.shelf.packs(pack_ids), zone, at)
        return (day.day, day.first, at.astimezone(UTC).date(), (at + FURTHEST_ZONE).astimezone(UTC).date())

    def _request(self, version: ModelVersion, found: Found | None, at: datetime) -> Request:
        document = self._joined(version, found)
        self._refuse_readings(document)
        if self.settings.organisation.text("past_dates") != "refuse":
            asked = self.gate.request(document, as_of=self.settings.as_of, at=at)
            document = _not_before(document, asked.as_of)
        subject = Subject(version.name, version.version, tuple(file.name for file in document.files))
        return self.gate.request(document, subject=subject, as_of=self.settings.as_of, at=at)

    def _brought(self, version: ModelVersion) -> Brought | None:
        if not version.location or self.settings.artifacts is Artifacts.IGNORE:
            return None
        return Brought(version.location, self._repository_of)

    def _joined(self, version: ModelVersion, found: Found | None) -> Document:
        """Join what is stated in all places, the explicit first. Raises InputError where two of them disagree."""
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


def descriptions(of_version: str | None, of_model: str | None) -> dict[str, str]:
    """Return what people wrote about a version and its model."""
    texts = {"description of the version": of_version, "description of the model": of_model}
    return {place: text for place, text in texts.items() if text}


def strictest(decisions: Iterable[Decision]) -> Decision:
    """Return the decision that counts where one version has several operators."""
    return max(decisions, key=lambda each: (each.effective_verdict.severity, each.verdict.severity))


def _run_at(decision: Decision, at: datetime) -> Decision:
    """Return the same decision as of another moment of the same day, which is no part of its identity."""
    return replace(decision, run=replace(decision.run, at=at.replace(microsecond=0).isoformat()))


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
