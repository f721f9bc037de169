"""Discovery: the files of one release, each opened once, joined into one Document."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiact_rules.core.batches import LeftOut
from aiact_rules.core.cards import CardWords
from aiact_rules.core.choices import Choice
from aiact_rules.core.cues import Cue
from aiact_rules.core.decisions import Subject
from aiact_rules.core.facts import Fact, Facts
from aiact_rules.core.packs import CLAIMS, MARKETS, SIGNALS
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.sources.document import Document, Stated
from aiact_rules.sources.figures import Doubt, Said, with_figures
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter
from aiact_rules.sources.model_card import BLOCK, merged, read_card_metadata, read_metadata, read_model_card
from aiact_rules.sources.release_file import read_release, read_release_file
from aiact_rules.sources.release_folder import NoRelease, ReleaseFiles
from aiact_rules.sources.text_files import Text, read_text, repository_of
from aiact_rules.yaml_text import Entry, Sequence
from aiact_rules.yaml_text import Mapping as Keys

if TYPE_CHECKING:
    from aiact_rules.sources.base_model import Base
    from aiact_rules.sources.readable import Readable

_MARKETS_ALONE = Vocabulary.of([FactDeclaration(MARKETS, FactType.SOME_OF, "In which markets?")])
_YAML = (".yaml", ".yml")
LICENCE = "model.licence"
BASE = "model.base_model"
_LONGEST_PATH = 300
MODIFICATION = "model.modification"
_CHANGES = ("changed", "significant", "minor")
_MADE_FROM_ANOTHER = (BASE, "model.base_model_relation")
_FOUND_IN_EACH = (SIGNALS, CLAIMS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the documents of a release say about which packs concern it, read without any vocabulary."""

    packs: tuple[Choice, ...] = ()
    markets: tuple[Choice, ...] = ()
    uncovered: tuple[Choice, ...] = ()

    def joined_with(self, other: Asked) -> Asked:
        """Return what two say together."""
        return Asked((*self.packs, *other.packs), (*self.markets, *other.markets), (*self.uncovered, *other.uncovered))


class ReleaseDocuments:
    """The documents of one release. Each is opened once, whatever is read of it; places are relative to `base`."""

    def __init__(self, files: ReleaseFiles, base: Path) -> None:
        self.files = files
        self.name = name_of(files.path, base)
        self.base = base
        self._texts: dict[Path, Text] = {
            path: replace(text, name=name_of(path, base)) for path, text in files.texts.items() if path in files.files
        }

    def asked(self) -> Asked:
        """Return which packs and markets the release names. Raises InputError where a document cannot be read at all."""
        found = Asked()
        for path in self.files.files:
            if _is_bill(path):
                from aiact_rules.sources.ml_bom import read_ml_bom

                asked = asked_by(read_ml_bom(self._text(path), _MARKETS_ALONE, only_declared=True))
            else:
                asked = asked_in(self._keys(path))
            found = found.joined_with(asked)
        return found

    def read(
        self,
        vocabulary: Vocabulary,
        cues: Iterable[Cue] = (),
        *,
        root: Path | None = None,
        obligations: Collection[str] | None = None,
        card: CardWords | None = None,
        keep_texts: bool = False,
    ) -> Document:
        """Read all documents with a vocabulary and join what they state; `card` are the words of sections in cards.

        Evidence may stand anywhere below `root` (None: below the folder of the release). With `keep_texts` the document has
        the texts of cards and bills of materials, for a reader that a platform brings. Raises InputError with all
        problems, contradictions between the documents included.
        """
        reader = _ReleaseReader(self, vocabulary, tuple(cues), root, obligations, card)
        document = reader.document()
        return replace(document, texts=tuple(self._readable(card))) if keep_texts else document

    def _readable(self, card: CardWords | None) -> Iterator[Readable]:
        from aiact_rules.sources.readable import Readable, readable_card

        for path in self.files.files:
            text = self._text(path)
            if path == self.files.release:
                continue
            if _is_bill(path):
                from aiact_rules.sources.ml_bom import texts_in_bom

                yield Readable.of_texts(text.name, texts_in_bom(text))
            else:
                yield readable_card(text, card, is_metadata=path.suffix.lower() in _YAML)

    def _text(self, path: Path) -> Text:
        if path not in self._texts:
            self._texts[path] = read_text(path, name_of(path, self.base), guess_encoding=path != self.files.release)
        return self._texts[path]

    def _keys(self, path: Path) -> Keys:
        """Return the keys of a release file, or of a card's block for the Act, without reading what they state."""
        text = self._text(path)
        is_release = path == self.files.release
        whole = is_release or path.suffix.lower() in _YAML
        parts = FrontMatter(text.text, 1, "", 1) if whole else split_front_matter(text.text, text.name)
        root = read_metadata(parts, text.name)[0]
        block = root if is_release else root.get(BLOCK)
        return block if isinstance(block, Keys) else Keys((), Place(text.name))


class _ReleaseReader:
    """Reads the documents of one release with one vocabulary."""

    def __init__(
        self,
        documents: ReleaseDocuments,
        vocabulary: Vocabulary,
        cues: tuple[Cue, ...],
        root: Path | None,
        obligations: Collection[str] | None,
        card: CardWords | None,
        *,
        is_base: bool = False,
    ) -> None:
        self.documents = documents
        self.card = card
        self.is_base = is_base
        self.vocabulary = vocabulary
        self.cues = cues
        self.root = root
        self.obligations = obligations

    def document(self) -> Document:
        problems: list[Problem] = []
        read: list[Stated] = []
        for path in self.documents.files.files:
            try:
                read.append(self.stated(path))
            except InputError as error:
                problems.extend(error.problems)
        if self.documents.files.beside:
            try:
                read.append(self.side_files(read))
            except InputError as error:
                problems.extend(error.problems)
        facts = Facts({})
        for stated in read:
            try:
                facts = merged(facts, without_found(stated.facts))
            except InputError as error:
                problems.extend(error.problems)
        if problems:
            raise InputError(problems)
        return self.joined(read, facts)

    def side_files(self, read: Iterable[Stated]) -> Stated:
        from aiact_rules.sources.side_files import SideFiles  # few releases have such files beside them

        own_name = _first(stated.subject.name for stated in read)
        documents = self.documents
        paths = documents.files.beside
        return SideFiles(paths, lambda path: name_of(path, documents.base), self.vocabulary, own_name).stated()

    def stated(self, path: Path) -> Stated:
        text, folder = self.documents._text(path), path.parent
        if path == self.documents.files.release:
            return read_release_file(
                text, self.vocabulary, folder=folder, obligations=self.obligations, evidence_root=self.root
            )
        if _is_bill(path):
            from aiact_rules.sources.ml_bom import read_ml_bom

            return read_ml_bom(text, self.vocabulary, self.cues)
        read = read_card_metadata if path.suffix.lower() in _YAML else read_model_card
        return read(
            text,
            self.vocabulary,
            self.cues,
            folder=folder,
            obligations=self.obligations,
            evidence_root=self.root,
            card=self.card,
        )

    def joined(self, read: list[Stated], facts: Facts) -> Document:
        chain = tuple(operator for stated in read for operator in stated.operators)
        acting = {stated.operator: stated.files[0].name for stated in reversed(read) if stated.operator is not None}
        if len(acting) > 1:
            said = " and ".join(f"`{name}` in {file}" for name, file in acting.items())
            raise InputError([Problem(f"the operator is {said}", Place(self.documents.name), "make both say the same")])
        facts = merged(facts, joined_found(stated.facts for stated in read))
        facts, asks = self.added(read, facts)
        return Document(
            name=self.documents.name,
            subject=Subject(
                _first(s.subject.name for s in read),
                _first(s.subject.version for s in read),
                owner=_first(s.subject.owner for s in read),
            ),
            facts=facts,
            operator=None if chain else _first(s.operator for s in read),
            operators=chain,
            evidence=tuple(item for stated in read for item in stated.evidence),
            choices=_joined_choices(stated.choices for stated in read),
            packs=tuple(choice for stated in read for choice in stated.packs),
            uncovered=tuple(choice for stated in read for choice in stated.uncovered),
            signals=tuple(signal for stated in read for signal in stated.signals),
            claims=tuple(claim for stated in read for claim in stated.claims),
            notes=(
                *(note for stated in read for note in stated.notes),
                *_left_out(self.documents.files.left_out),
            ),
            files=tuple(file for stated in read for file in stated.files),
            contact=_first(s.contact for s in read),
            asks=asks,
            dismissals=_joined_dismissals(stated.dismissals for stated in read),
        )

    def added(self, read: list[Stated], facts: Facts) -> tuple[Facts, tuple[str, ...]]:
        """Return facts with what figures, a base model and a licence add, and the words that ask whether a fact is so.

        Raises InputError where they contradict what is stated.
        """
        said = _all_said(read, facts)
        base = self.base_model(facts)
        figures = said.figures
        if base is not None:
            facts, figures = merged(facts, base.facts), (*figures, *base.figures)
        facts = with_figures(facts, figures, self.vocabulary)
        asks = _open_doubts(said.doubts, facts, self.vocabulary)
        if base is not None:
            asks = (*base.notes, *asks)
        if LICENCE not in facts:
            return facts, asks
        from aiact_rules.sources.licences import limits_of, with_freedoms

        gated = next((stated.gated for stated in read if stated.gated is not None), None)
        limits = limits_of(facts, gated, None if base is None else base.licence)
        return with_freedoms(facts, self.vocabulary, limits), (*limits.notes, *asks)

    def base_model(self, facts: Facts) -> Base | None:
        """Return what the base model's own release says of it, where the name of the base model leads to one."""
        named = facts.value(BASE)
        if not isinstance(named, str) or self.is_base or not self.documents.files.files:
            return None
        folder = self.documents.files.files[0].parent
        path = _path_named(named, folder, self.root or repository_of(folder) or folder)
        if path is None:
            return None
        from aiact_rules.sources.base_model import read_base

        return read_base(path, name_of(path, self.documents.base), lambda: self._facts_at(path), self.vocabulary)

    def _facts_at(self, path: Path) -> Facts:
        from aiact_rules.sources.releases import releases_at

        found = releases_at(path)
        if isinstance(found, NoRelease) or len(found) != 1:
            return Facts({})
        documents = ReleaseDocuments(found[0], self.documents.base)
        return _ReleaseReader(documents, self.vocabulary, (), self.root, None, self.card, is_base=True).document().facts


def asked_by(stated: Stated) -> Asked:
    """Return which packs and markets one document names, operators of a chain included."""
    facts = [stated.facts, *(operator.facts for operator in stated.operators)]
    return Asked(
        stated.packs,
        tuple(choice for each in facts if MARKETS in each for choice in markets_of(each[MARKETS])),
        stated.uncovered,
    )


def asked_in(keys: Keys) -> Asked:
    """Return which packs and markets the keys of a release file name, wherever they stand."""
    return asked_by(read_release(_about_packs(keys), _MARKETS_ALONE))


def markets_of(fact: Fact) -> tuple[Choice, ...]:
    """Return the markets that a fact names, each with the place of the fact."""
    value = fact.value
    return tuple(Choice(code, fact.origin.place) for code in sorted(value)) if isinstance(value, frozenset) else ()


def base_of(path: Path) -> Path:
    """Return the folder to which names of documents are relative: the root of the repository, else the working folder.

    Names are then the same in every checkout and for every way to name a release.
    """
    return repository_of(path) or Path.cwd()


def name_of(path: Path, base: Path) -> str:
    """Return how problems and origins call a file: relative to `base` where it is below it."""
    resolved = path.resolve()
    root = base.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else resolved.as_posix()


def without_found(facts: Facts) -> Facts:
    """Return facts without the words and claims found, since each document finds only its own."""
    return Facts({fact.name: fact for fact in facts if fact.name not in _FOUND_IN_EACH})


def joined_found(facts: Iterable[Facts]) -> Facts:
    """Return the words and the claims found in several documents, each as one fact; none where none were found."""
    every, joined = tuple(facts), {}
    for name in _FOUND_IN_EACH:
        found = [each[name] for each in every if name in each]
        if found:
            values = frozenset(word for fact in found if isinstance(fact.value, frozenset) for word in fact.value)
            joined[name] = replace(found[0], value=values)
    return Facts(joined)


def _about_packs(root: Keys) -> Keys:
    """Keep of a release file only what it says of packs and markets, nested or not."""
    kept: list[Entry] = []
    for entry in root:
        if entry.key in ("packs", "uncovered", "market", "markets", MARKETS):
            kept.append(entry)
        elif entry.key == "facts" and isinstance(entry.value, Keys):
            kept += _about_packs(Keys(tuple(e for e in entry.value if e.key in ("release", MARKETS)), entry.place))
        elif entry.key == "release" and isinstance(entry.value, Keys):
            kept += [Entry(MARKETS, inner.value, inner.place) for inner in entry.value if inner.key == "markets"]
        elif entry.key == "operators" and isinstance(entry.value, Sequence):
            kept += [inner for item in entry.value if isinstance(item, Keys) for inner in _of_operator(item)]
        elif entry.key == "operator" and isinstance(entry.value, Keys):
            kept += _of_operator(entry.value)
    return Keys(_one_entry(kept), root.place)


def _of_operator(item: Keys) -> Iterable[Entry]:
    inner = Keys(tuple(e for e in item if e.key in ("facts", "release", MARKETS)), item.place)
    return _about_packs(inner)


def _one_entry(entries: list[Entry]) -> tuple[Entry, ...]:
    """Join several lists of markets, which may differ from operator to operator, into one."""
    markets = [entry for entry in entries if entry.key in ("market", "markets", MARKETS)]
    if len(markets) < 2:
        return tuple(entries)
    items = [item for e in markets for item in (e.value.items if isinstance(e.value, Sequence) else (e.value,))]
    first = markets[0]
    rest = [entry for entry in entries if entry not in markets]
    return (Entry(MARKETS, Sequence(tuple(items), first.place), first.place), *rest)


def joined(first: Document, second: Document) -> Document:
    """Return two documents about one release as one. Raises InputError where they contradict each other."""
    if first.operators and second.operators:
        raise InputError([Problem("operators are named in two documents", second.operators[0].place, "keep one")])
    facts = merged(without_found(first.facts), without_found(second.facts))
    return replace(
        first,
        facts=merged(facts, joined_found([first.facts, second.facts])),
        operator=first.operator or second.operator,
        operators=first.operators or second.operators,
        evidence=(*first.evidence, *second.evidence),
        choices=_joined_choices([first.choices, second.choices]),
        packs=(*first.packs, *second.packs),
        uncovered=(*first.uncovered, *second.uncovered),
        signals=(*first.signals, *(signal for signal in second.signals if signal not in first.signals)),
        claims=(*first.claims, *second.claims),
        notes=(*first.notes, *second.notes),
        files=(*first.files, *second.files),
        contact=first.contact or second.contact,
        asks=(*first.asks, *second.asks),
        dismissals=_joined_dismissals([first.dismissals, second.dismissals]),
        texts=(*first.texts, *second.texts),
    )


def _joined_choices(each: Iterable[Mapping[str, Choice]]) -> Mapping[str, Choice]:
    found: dict[str, Choice] = {}
    for choices in each:
        for reading, choice in choices.items():
            other = found.setdefault(reading, choice)
            if other.value != choice.value:
                message = f"the reading `{reading}` is `{choice.value}` here but `{other.value}` at {other.place}"
                raise InputError([Problem(message, choice.place, "make both say the same, or remove one")])
    return found


def _all_said(read: Iterable[Stated], facts: Facts) -> Said:
    """Return what documents say besides facts. Of a model made from another one, compute may be that of a part."""
    found = Said()
    for stated in read:
        found = found.joined_with(stated.said)
    is_changed = any(name in facts for name in _MADE_FROM_ANOTHER) or facts.value(MODIFICATION) in _CHANGES
    if not found.figures or not is_changed:
        return found
    from aiact_rules.sources.compute_statements import of_a_part

    return Said(found.doubts).joined_with(of_a_part(found.figures))


def _open_doubts(doubts: Iterable[Doubt], facts: Facts, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the first words that may state each fact which nobody states."""
    first: dict[str, str] = {}
    for doubt in doubts:
        if doubt.name in vocabulary and doubt.name not in facts:
            first.setdefault(doubt.name, doubt.words)
    return tuple(first.values())


def _path_named(named: str, folder: Path, root: Path) -> Path | None:
    """Return the file or folder that the name of a base model leads to from a folder, inside `root`; None where none is."""
    if len(named) > _LONGEST_PATH or "://" in named or "\0" in named:
        return None
    path = folder / named
    try:
        if not path.exists() or path.resolve() == folder.resolve():
            return None
        return path if path.resolve().is_relative_to(root.resolve()) else None
    except OSError:
        return None


def _joined_dismissals(several: Iterable[tuple[Dismissal, ...]]) -> tuple[Dismissal, ...]:
    each = [one for one in several if one]
    if len(each) < 2:
        return each[0] if each else ()
    from aiact_rules.sources.dismissals import joined_dismissals  # few releases dismiss anything in two documents

    return joined_dismissals(each)


def _left_out(left_out: Iterable[LeftOut]) -> tuple[str, ...]:
    return tuple(f"{each.name}: not read ({each.reason})" for each in left_out)


def _is_bill(path: Path) -> bool:
    return path.suffix.lower() == ".json"


def _first(texts: Iterable[str | None]) -> str | None:
    return next((text for text in texts if text is not None), None)
