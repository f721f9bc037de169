"""Discovery: from one path to the card, the release file and the BOM of a release, joined into one Document."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from aiact_rules.core.facts import Facts
from aiact_rules.core.packs import MARKETS
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.rules import Cue
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.sources.document import Document, Signal, Skipped, Stated, Subject
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter
from aiact_rules.sources.model_card import BLOCK, is_card, merged, read_card_metadata, read_metadata, read_model_card
from aiact_rules.sources.organisation import NOBODY, Organisation
from aiact_rules.sources.release_file import read_release, read_release_file
from aiact_rules.sources.text_files import Text, read_text
from aiact_rules.yaml_text import Entry, Mapping, read_yaml

RELEASE_FILES = ("aiact.yaml", "aiact.yml")
_RELEASE_SUFFIXES = (".aiact.yaml", ".aiact.yml")
_MARKDOWN = (".md", ".markdown")
_README = re.compile(r"readme\.(?:md|markdown)\Z", re.IGNORECASE)
_CARD = re.compile(r"model[_-]?card[^/]*\.(?:md|markdown)\Z", re.IGNORECASE)


def read_document(
    path: Path,
    vocabulary: Vocabulary,
    cues: Iterable[Cue] = (),
    *,
    root: Path | None = None,
    organisation: Organisation = NOBODY,
    obligations: Collection[str] | None = None,
) -> Document | Skipped:
    """Read what is stated about the release at a path: a card, a release file, an ML-BOM, or the folder that holds them.

    A card and the release file beside it (`aiact.yaml`, or `NAME.aiact.yaml` for `NAME.md`) are read together, whichever
    of them the path names. A README that is no model card, with no release file beside it, is Skipped. Names in places
    are relative to `root`; without it they are as `path` was given. Raises InputError with all problems, contradictions
    between the files included.
    """
    return _Discovery(path, vocabulary, tuple(cues), root, organisation, obligations).read()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a release says about which packs concern it, read without any vocabulary. None: it does not say."""

    packs: tuple[str, ...] | None = None
    markets: frozenset[str] | None = None


def look_ahead(path: Path) -> Asked:
    """Say for which packs and markets a release asks, so that their vocabularies can be used to read it.

    A path that is no release, or is one without such a statement, asks for nothing. Raises InputError as `read_document`
    does, but only for what concerns packs and markets.
    """
    markets = FactDeclaration(MARKETS, FactType.SOME_OF, "In which markets?")
    discovery = _Discovery(path, Vocabulary.of([markets]), (), None, NOBODY, None)
    release, cards = discovery.files()
    packs: tuple[str, ...] | None = None
    found = Facts({})
    for file in [*([] if release is None else [release]), *cards]:
        root = discovery.release_mapping(file, is_release=file == release)
        stated = read_release(_about_packs(root), discovery.vocabulary)
        packs = stated.packs if packs is None else packs
        found = found.merged_with(stated.facts)
    value = found.value(MARKETS)
    return Asked(packs, value if isinstance(value, frozenset) else None)


def _about_packs(root: Mapping) -> Mapping:
    """Keep of a release file only what it says of packs and markets, nested or not."""
    kept = []
    for entry in root:
        if entry.key in ("packs", "market", "markets", MARKETS):
            kept.append(entry)
        elif entry.key == "facts" and isinstance(entry.value, Mapping):
            kept += _about_packs(Mapping(tuple(e for e in entry.value if e.key in ("release", MARKETS)), entry.place))
        elif entry.key == "release" and isinstance(entry.value, Mapping):
            kept += [Entry(MARKETS, inner.value, inner.place) for inner in entry.value if inner.key == "markets"]
    return Mapping(tuple(kept), root.place)


class _Discovery:
    def __init__(
        self,
        path: Path,
        vocabulary: Vocabulary,
        cues: tuple[Cue, ...],
        root: Path | None,
        organisation: Organisation,
        obligations: Collection[str] | None,
    ) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.cues = cues
        self.root = None if root is None else root.resolve()
        self.organisation = organisation
        self.obligations = obligations

    def read(self) -> Document | Skipped:
        release, cards = self.files()
        if release is None and not cards:
            if not self.path.is_dir():
                reason = "this README is not a model card, and no release file stands beside it"
                return Skipped(self.name_of(self.path), reason)
            hint = "write one with `aiact-rules init`"
            raise InputError([Problem("no model card and no release file here", Place(self.name_of(self.path)), hint)])
        return self.joined(self.path, release, cards)

    def files(self) -> tuple[Path | None, list[Path]]:
        """Give the release file and the cards of the release at the path; neither for a README that is no card."""
        path = self.path
        if path.is_dir():
            return _one_release_file(path), self._cards_in(path)
        if _is_release_file(path):
            return path, self._cards_of(path)
        if path.suffix.lower() in (".yaml", ".yml"):
            text = self.text(path)
            node = read_yaml(text.text, text.name)
            if isinstance(node, Mapping) and "format" in node:
                return path, []
            return self._beside(path), [path]
        release = self._beside(path)
        if release is None and _README.match(path.name) and not is_card(self.text(path)):
            return None, []
        return release, [path]

    def release_mapping(self, path: Path, *, is_release: bool) -> Mapping:
        """Give the keys of a release file, or of a card's block for the Act, without reading what they state."""
        text, nothing = self.text(path, guess_encoding=not is_release), Mapping((), Place(self.name_of(path)))
        if path.suffix.lower() == ".json":
            return nothing
        whole = is_release or path.suffix.lower() in (".yaml", ".yml")
        parts = FrontMatter(text.text, 1, "", 1) if whole else split_front_matter(text.text, text.name)
        root = read_metadata(parts, text.name)[0]
        block = root if is_release else root.get(BLOCK)
        return block if isinstance(block, Mapping) else nothing

    def joined(self, path: Path, release: Path | None, cards: list[Path]) -> Document:
        """Read the files of one release, the release file first, and join what they state."""
        problems: list[Problem] = []
        read: list[Stated] = []
        if release is not None:
            self._collect(read, problems, release, is_release=True)
        for card in cards:
            self._collect(read, problems, card, is_release=False)
        own = self.organisation
        if own is not NOBODY:
            read.append(Stated(operator=own.name, files=own.files))
        facts = Facts({})
        for stated in read:
            try:
                facts = merged(facts, _without_signals(stated.facts))
            except InputError as error:
                problems.extend(error.problems)
        if problems:
            raise InputError(problems)
        return self._document(path, read, facts)

    def _document(self, path: Path, read: list[Stated], facts: Facts) -> Document:
        signals: dict[str, Signal] = {}
        for stated in read:
            for signal in stated.signals:
                signals.setdefault(signal.cue, signal)
        facts = merged(facts, _signal_facts(read))
        chain = tuple(operator for stated in read for operator in stated.operators)
        own = self.organisation
        if not chain:
            facts = merged(facts, own.facts)
        else:
            chain = tuple(
                replace(operator, facts=merged(operator.facts, own.facts))
                if operator.name is not None and operator.name == own.name
                else operator
                for operator in chain
            )
        choices: dict[str, str] = {}
        for stated in read:
            for reading, choice in stated.choices.items():
                if choices.setdefault(reading, choice) != choice:
                    raise InputError(
                        [
                            Problem(
                                f"the reading `{reading}` is chosen twice, differently",
                                Place(self.name_of(path)),
                            )
                        ]
                    )
        return Document(
            name=self.name_of(path),
            subject=Subject(_first(s.subject.name for s in read), _first(s.subject.version for s in read)),
            facts=facts,
            operator=None if chain else _first(s.operator for s in read),
            operators=chain,
            evidence=tuple(item for stated in read for item in stated.evidence),
            choices=choices,
            packs=next((stated.packs for stated in read if stated.packs is not None), None),
            signals=tuple(signals.values()),
            notes=tuple(note for stated in read for note in stated.notes),
            files=tuple(file for stated in read for file in stated.files),
        )

    def _collect(self, read: list[Stated], problems: list[Problem], path: Path, *, is_release: bool) -> None:
        try:
            read.append(self._read_release(path) if is_release else self._read_card(path))
        except InputError as error:
            problems.extend(error.problems)

    def _read_release(self, path: Path) -> Stated:
        text = self.text(path, guess_encoding=False)
        return read_release_file(text, self.vocabulary, folder=path.parent, obligations=self.obligations)

    def _read_card(self, path: Path) -> Stated:
        text = self.text(path)
        if path.suffix.lower() == ".json":
            from aiact_rules.sources.ml_bom import read_ml_bom

            return read_ml_bom(text, self.vocabulary, self.cues)
        read = read_card_metadata if path.suffix.lower() in (".yaml", ".yml") else read_model_card
        return read(text, self.vocabulary, self.cues, folder=path.parent, obligations=self.obligations)

    def text(self, path: Path, *, guess_encoding: bool = True) -> Text:
        return read_text(path, self.name_of(path), guess_encoding=guess_encoding)

    def name_of(self, path: Path) -> str:
        if self.root is not None:
            resolved = path.resolve()
            if resolved.is_relative_to(self.root):
                return resolved.relative_to(self.root).as_posix()
        return path.as_posix()

    def _beside(self, card: Path) -> Path | None:
        """Give the release file of a card: its own, or the folder's where the card is named like one."""
        own = [card.with_name(card.stem + suffix) for suffix in _RELEASE_SUFFIXES]
        return _only([path for path in own if path.is_file()]) or _one_release_file(card.parent)

    def _cards_of(self, release: Path) -> list[Path]:
        """Give the cards a release file belongs to."""
        if release.name in RELEASE_FILES:
            return self._cards_in(release.parent)
        stem = release.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".aiact")
        found = [release.with_name(stem + suffix) for suffix in _MARKDOWN]
        return [path for path in found if path.is_file()][:1]

    def _cards_in(self, folder: Path) -> list[Path]:
        """Give the model cards of a folder: what is named so, and its README where a card or where alone."""
        try:
            files = sorted(path for path in folder.iterdir() if path.is_file())
        except OSError as error:
            raise InputError([Problem("this folder cannot be read", Place(self.name_of(folder)))]) from error
        named = [path for path in files if _CARD.match(path.name) and not self._has_own_release(path)]
        readmes = [path for path in files if _README.match(path.name) and not self._has_own_release(path)]
        if not named and _one_release_file(folder) is not None:
            return readmes
        return [*named, *(path for path in readmes if is_card(self.text(path)))]

    @staticmethod
    def _has_own_release(card: Path) -> bool:
        return any(card.with_name(card.stem + suffix).is_file() for suffix in _RELEASE_SUFFIXES)


def repository_of(path: Path) -> Path | None:
    """Give the root of the git repository a path is in, or None. Names relative to it are the same in every checkout."""
    resolved = path.resolve()
    return next((folder for folder in (resolved, *resolved.parents) if (folder / ".git").exists()), None)


def is_release(path: Path) -> bool:
    """Say whether a file is where a release begins: a release file, or a model card without one beside it."""
    if _is_release_file(path):
        return True
    beside = [*(path.with_name(path.stem + suffix) for suffix in _RELEASE_SUFFIXES)]
    beside += [path.parent / name for name in RELEASE_FILES]
    if any(other.is_file() for other in beside):
        return False
    return bool(_CARD.match(path.name)) or bool(_README.match(path.name) and is_card(read_text(path)))


def releases_below(folder: Path) -> tuple[Path, ...]:
    """Find every release in a folder and below it: release files, and model cards without one, in order of their paths.

    Hidden folders, virtual environments and `node_modules` are left out. Raises InputError where the folder cannot be read.
    """
    if not folder.is_dir():
        raise InputError([Problem("there is no such folder", Place(folder.as_posix()))])
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name != "node_modules" and not (Path(place, name) / "pyvenv.cfg").exists()
        )
        here = [Path(place, name) for name in sorted(files)]
        releases = [path for path in here if _is_release_file(path)]
        found += releases
        if any(path.name in RELEASE_FILES for path in releases):
            continue
        for path in here:
            own = any(path.with_name(path.stem + suffix) in releases for suffix in _RELEASE_SUFFIXES)
            if not own and (_CARD.match(path.name) or (_README.match(path.name) and is_card(read_text(path)))):
                found.append(path)
    return tuple(found)


def _is_release_file(path: Path) -> bool:
    return path.name in RELEASE_FILES or path.name.endswith(_RELEASE_SUFFIXES)


def _one_release_file(folder: Path) -> Path | None:
    return _only([folder / candidate for candidate in RELEASE_FILES if (folder / candidate).is_file()])


def _only(found: list[Path]) -> Path | None:
    if len(found) > 1:
        raise InputError(
            [Problem("two release files stand side by side", Place(path.as_posix())) for path in found[1:]]
        )
    return found[0] if found else None


def _without_signals(facts: Facts) -> Facts:
    return Facts({fact.name: fact for fact in facts if fact.name != _SIGNALS})


def _signal_facts(read: list[Stated]) -> Facts:
    """Join the signals of several files, since each file finds only its own."""
    found = [stated.facts[_SIGNALS] for stated in read if _SIGNALS in stated.facts]
    if not found:
        return Facts({})
    values: set[str] = set()
    for fact in found:
        if isinstance(fact.value, frozenset):
            values |= fact.value
    return Facts({_SIGNALS: replace(found[0], value=frozenset(values))})


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)


_SIGNALS = "document.signals"
