"""ML-BOMs: what a CycloneDX or SPDX 3 bill of materials in JSON states about the model it describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aiact_rules.core.cues import Cue
from aiact_rules.core.decisions import Subject
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.signals import Signal
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.cues import signals_of, state_signals, tagged_values
from aiact_rules.sources.document import FileRead, Stated
from aiact_rules.sources.json_text import Object, read_json
from aiact_rules.sources.matching import find
from aiact_rules.sources.passages import Passage, passages, value
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import Text

PREFIX = "aiact:"
MAX_DEPTH = 60

_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*\Z")
TAG_KEYS = frozenset({"task", "tags", "approach", "formats"})
"""Keys under which a bill of materials names a task."""
_USES_DATA = frozenset({"trainedOn", "testedOn"})

_Path = tuple["_Path | None", str]
"""A key or number below another path; at the top, with nothing above, a whole JSON pointer."""


def read_ml_bom(text: Text, vocabulary: Vocabulary, cues: Iterable[Cue] = (), *, only_declared: bool = False) -> Stated:
    """Read a CycloneDX (1.5 to 2.0) or SPDX 3 document: licence, base model, and properties `aiact:<fact>` as facts.

    Places are JSON pointers (`bom.json#/components/0/licenses/0`). A BOM must say which model it describes: its main
    component or root element, or the only model in it. With `only_declared`, properties that the vocabulary does not have are
    passed over. Raises InputError where it is neither format or cannot be read.
    """
    return _opened(text, vocabulary, tuple(cues), only_declared)[1]


def texts_in_bom(text: Text) -> list[tuple[str, Place]]:
    """Return the texts in which the model is described, each with its place. Raises InputError as `read_ml_bom` does."""
    bom, _ = _opened(text, Vocabulary({}), (), True)
    return [(said, bom.place(_pointer(path))) for path, said in bom.searched]


def _opened(text: Text, vocabulary: Vocabulary, cues: tuple[Cue, ...], only_declared: bool) -> tuple[_Bom, Stated]:
    root = read_json(text)
    if isinstance(root, dict) and "CycloneDX" in (root.get("bomFormat"), root.get("specFormat")):
        cyclone = _CycloneDX(text, vocabulary, cues, only_declared)
        return cyclone, cyclone.read(root)
    if (
        isinstance(root, dict)
        and isinstance(root.get("@graph"), list)
        and any("spdx.org" in context for context in _strings(root.get("@context")))
    ):
        spdx = _Spdx(text, vocabulary, cues, only_declared)
        return spdx, spdx.read(root["@graph"])
    raise InputError([Problem("this is neither a CycloneDX nor an SPDX 3 bill of materials in JSON", Place(text.name))])


MOST_TEXTS = 30_000
"""Texts of one document that are searched for signals; one with more is refused."""
_TAG_ENDINGS = tuple(f"/{key}" for key in TAG_KEYS)
_MEDIA = frozenset({"image", "video", "audio", "speech", "music"})


class _Bom:
    """What both formats share: facts, notes and signals with JSON pointers as places."""

    not_searched: frozenset[str]

    def __init__(self, text: Text, vocabulary: Vocabulary, cues: tuple[Cue, ...], only_declared: bool) -> None:
        self.text = text
        self.only_declared = only_declared
        self.cues = cues
        self.statements = Statements(vocabulary)
        self.searched: list[tuple[_Path, str]] = []
        self.properties: dict[str, list[tuple[str, Place]]] = {}

    def place(self, pointer: str) -> Place:
        return Place(f"{self.text.name}#{pointer}")

    def search(self, value: object, pointer: str) -> None:
        """Remember every text in a value, however deep, as one to look for cues in. Links are none."""
        for path, said in _texts(value, (None, pointer), self.not_searched):
            if not _LINK.match(said):
                self.searched.append((path, said))

    def find_signals(self) -> tuple[Signal, ...]:
        """Return what all texts speak of, each cue with the first text it is in. No pattern goes from one text to the next."""
        if len(self.searched) > MOST_TEXTS:
            problem = Problem(f"has more than {MOST_TEXTS:,} texts, too many to read", Place(self.text.name))
            raise InputError([problem])
        read: list[Passage] = []
        paths: list[_Path] = []
        for path, said in self.searched:
            parts = passages(said) or (value(said, 1),)
            read += parts
            paths += [path] * len(parts)
        tagged = [number for number, path in enumerate(paths) if _names_task(path)]
        found = [*tagged_values(read, tagged, self.cues), *find(read, self.cues, place=Place(self.text.name))]
        return signals_of(found, lambda number, _: self.place(_pointer(paths[number])))

    def property(self, name: object, value: object, pointer: str) -> None:
        """Remember a property whose name begins with `aiact:`, as one of a list; what others say is searched."""
        if not isinstance(name, str) or not name.startswith(PREFIX):
            self.search(value, f"{pointer}/value")
        elif isinstance(value, str):
            self.properties.setdefault(name.removeprefix(PREFIX), []).append((value, self.place(pointer)))
        else:
            self.statements.problem(f"the property `{name}` has no text as its value", self.place(pointer))

    def state_texts(self, fact: str, found: list[tuple[str, str]]) -> None:
        """State a text fact from several (pointer, text), in their order."""
        if found:
            self.statements.state(fact, ", ".join(said for _, said in found), self.place(found[0][0]))

    def stated(self, subject: Subject) -> Stated:
        for name, found in self.properties.items():
            texts = [said for said, _ in found if said.strip()]
            if not self.statements.is_fact(name):
                if self.only_declared:
                    continue
                self.statements.unknown_fact(name, found[0][1])
            elif texts:
                self.statements.read_texts(name, texts, found[0][1])
        signals = self.find_signals()
        state_signals(signals, self.statements)
        return Stated(
            subject,
            self.statements.facts(),
            signals=signals,
            notes=self.text.notes,
            files=(FileRead(self.text.name, self.text.sha256),),
        )


class _CycloneDX(_Bom):
    not_searched = frozenset({"bom-ref", "ref", "graphics", "attachment", "properties"})

    def read(self, root: Object) -> Stated:
        component, pointer = self._model(root)
        self._read_licences(component.get("licenses"), f"{pointer}/licenses")
        pedigree = component.get("pedigree")
        if isinstance(pedigree, dict):
            above = [
                (at, _name(item)) for at, item in _objects(pedigree.get("ancestors"), f"{pointer}/pedigree/ancestors")
            ]
            self.state_texts("model.base_model", [(at, name) for at, name in above if name])
        card = component.get("modelCard")
        card = card if isinstance(card, dict) else {}
        metadata = root.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        for properties, at in (
            (root.get("properties"), "/properties"),
            (metadata.get("properties"), "/metadata/properties"),
            (component.get("properties"), f"{pointer}/properties"),
            (card.get("properties"), f"{pointer}/modelCard/properties"),
        ):
            for where, item in _objects(properties, at):
                self.property(item.get("name"), item.get("value"), where)
        for key in ("name", "description", "tags", "modelCard", "data"):
            self.search(component.get(key), f"{pointer}/{key}")
        # The services that the model is offered by, and what somebody noted about it, say as well what it is for.
        for at, service in _objects(root.get("services"), "/services"):
            for key in ("name", "description", "tags"):
                self.search(service.get(key), f"{at}/{key}")
        for at, note in _objects(root.get("annotations"), "/annotations"):
            self.search(note.get("text"), f"{at}/text")
        for at, link in _objects(component.get("externalReferences"), f"{pointer}/externalReferences"):
            self.search(link.get("comment"), f"{at}/comment")
        self._search_data_sets(root, card)
        self._search_formats(card, f"{pointer}/modelCard/modelParameters")
        main = metadata.get("component")
        if isinstance(main, dict) and main is not component:
            # The application that the model is in says best what it is for.
            for key in ("name", "description", "tags"):
                self.search(main.get(key), f"/metadata/component/{key}")
        version = component.get("version")
        return self.stated(Subject(_name(component), version if isinstance(version, str) else None))

    def _model(self, root: Object) -> tuple[Object, str]:
        """Choose the model the BOM is about: its main component, or else the only model in it."""
        metadata = root.get("metadata")
        main = metadata.get("component") if isinstance(metadata, dict) else None
        inner: list[tuple[str, Object]] = []
        if isinstance(main, dict):
            if main.get("type") == "machine-learning-model":
                return main, "/metadata/component"
            inner = list(self._components(main, "/metadata/component"))
        models = [
            (at, item)
            for at, item in [*inner, *self._components(root, "")]
            if item.get("type") == "machine-learning-model"
        ]
        if len(models) == 1:
            return models[0][1], models[0][0]
        message = "no component is a machine-learning model" if not models else f"{len(models)} components are models"
        hint = "make the model that is released the component in `metadata`" if models else None
        raise InputError([Problem(message, self.place("/components"), hint)])

    def _search_data_sets(self, root: Object, card: Object) -> None:
        """Search the components that the model card names as its data sets."""
        parameters = card.get("modelParameters")
        named = parameters.get("datasets") if isinstance(parameters, dict) else None
        references = {item["ref"] for _, item in _objects(named, "") if isinstance(item.get("ref"), str)}
        if references:
            for at, item in self._components(root, ""):
                if item.get("bom-ref") in references:
                    for key in ("name", "description", "tags", "data"):
                        self.search(item.get(key), f"{at}/{key}")

    def _search_formats(self, card: Object, pointer: str) -> None:
        """Search what the formats of inputs and outputs say of the task, in the words in which cards name a task."""
        parameters = card.get("modelParameters")
        parameters = parameters if isinstance(parameters, dict) else {}
        taken = [_kind(item) for _, item in _objects(parameters.get("inputs"), "")] or [None]
        for at, item in _objects(parameters.get("outputs"), f"{pointer}/outputs"):
            made = _kind(item)
            for kind in taken if made in _MEDIA else ():
                self.search(f"{made} generation" if kind is None else f"{kind}-to-{made}", at)

    def _components(self, above: Object, pointer: str) -> Iterator[tuple[str, Object]]:
        """Return the components below an object, each before those inside it. Raises InputError where they are too deep."""
        waiting = [(at, item, 0) for at, item in _objects(above.get("components"), f"{pointer}/components")][::-1]
        while waiting:
            at, item, depth = waiting.pop()
            if depth > MAX_DEPTH:
                problem = f"components are nested deeper than {MAX_DEPTH} levels"
                raise InputError([Problem(problem, self.place(pointer or "/components"))])
            yield at, item
            inner = [(below, part, depth + 1) for below, part in _objects(item.get("components"), f"{at}/components")]
            waiting += reversed(inner)

    def _read_licences(self, licences: object, pointer: str) -> None:
        found = []
        for at, item in _objects(licences, pointer):
            licence = item.get("license")
            said = item.get("expression")
            if isinstance(licence, dict):
                said = licence.get("id") or licence.get("name")
            if isinstance(said, str) and said.strip():
                found.append((at, said.strip()))
        self.state_texts("model.licence", found)


class _Spdx(_Bom):
    not_searched = frozenset({"@id", "spdxId", "type", "creationInfo", "extension"})

    def read(self, graph: list[object]) -> Stated:
        elements = [(f"/@graph/{at}", item) for at, item in enumerate(graph) if isinstance(item, dict)]
        self.by_id = {identity: item for _, item in elements if (identity := _id(item))}
        pointer, package = self._package(elements)
        identity = _id(package)
        licences: list[tuple[str, str]] = []
        bases: list[tuple[str, str]] = []
        data: set[str] = set()
        for at, item in elements:
            kind, ends = item.get("relationshipType"), _strings(item.get("to"))
            if kind == "hasDeclaredLicense" and item.get("from") == identity:
                licences += [(at, self._licence(end)) for end in ends]
            elif kind == "descendantOf" and item.get("from") == identity:
                bases += [(at, name) for end in ends if (name := self._name_of(end))]
            elif kind in _USES_DATA and item.get("from") == identity:
                data.update(ends)
            elif kind == "ancestorOf" and identity in ends and isinstance(item.get("from"), str):
                bases += [(at, name) for name in [self._name_of(item["from"])] if name]
        self.state_texts("model.licence", licences)
        self.state_texts("model.base_model", bases)
        for at, extension in _objects(package.get("extension"), f"{pointer}/extension"):
            for where, item in _objects(extension.get("extension_cdxProperty"), f"{at}/extension_cdxProperty"):
                self.property(item.get("extension_cdxPropName"), item.get("extension_cdxPropValue"), where)
        self.search(package, pointer)
        for at, item in elements:
            if item.get("type") == "dataset_DatasetPackage" and _id(item) in data:
                self.search(item, at)
        version = package.get("software_packageVersion")
        return self.stated(Subject(self._name_of(identity), version if isinstance(version, str) else None))

    def _package(self, elements: list[tuple[str, Object]]) -> tuple[str, Object]:
        """Choose the AI package the document is about: the only one, or the only one that is a root element."""
        packages = [(at, item) for at, item in elements if item.get("type") == "ai_AIPackage"]
        if len(packages) > 1:
            roots = {identity for _, item in elements for identity in _strings(item.get("rootElement"))}
            packages = [(at, item) for at, item in packages if _id(item) in roots] or packages
        if len(packages) == 1:
            return packages[0]
        message = "no element is an AI package" if not packages else f"{len(packages)} elements are AI packages"
        hint = "name the one that is released as `rootElement`" if packages else None
        raise InputError([Problem(message, self.place("/@graph"), hint)])

    def _licence(self, identity: str) -> str:
        item = self.by_id.get(identity, {})
        for key in ("simplelicensing_licenseExpression", "name"):
            if isinstance(item.get(key), str) and item[key].strip():
                return str(item[key]).strip()
        return identity.removeprefix("https://spdx.org/licenses/")

    def _name_of(self, identity: str | None) -> str | None:
        name = self.by_id.get(identity or "", {}).get("name")
        return name if isinstance(name, str) and name.strip() else identity


def _kind(item: Object) -> str | None:
    """Return the kind of an input or output, such as `image` for `image/png`; None where none is named.

    Since version 2.0 its modality is named, beside a format with a MIME type.
    """
    said, modality = item.get("format"), item.get("modality")
    if isinstance(said, dict):
        said = said.get("mimeType")
    said = modality if isinstance(modality, str) else said
    kind = said.partition("/")[0].strip().lower() if isinstance(said, str) else ""
    return {"": None, "string": "text"}.get(kind, kind)


def _id(item: Object) -> str | None:
    found = item.get("spdxId", item.get("@id"))
    return found if isinstance(found, str) else None


def _name(item: Object) -> str | None:
    parts = [item.get("group"), item.get("name")]
    return "/".join(part for part in parts if isinstance(part, str) and part) or None


def _strings(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _texts(value: object, path: _Path, leaving_out: frozenset[str]) -> Iterator[tuple[_Path, str]]:
    """Return every text in a value with its path, in the order written, but not what stands under keys left out."""
    waiting: list[tuple[_Path, object]] = [(path, value)]
    while waiting:
        at, item = waiting.pop()
        if isinstance(item, str):
            yield at, item
        elif isinstance(item, list):
            waiting += [((at, str(number)), part) for number, part in enumerate(item)][::-1]
        elif isinstance(item, dict):
            waiting += [((at, key), part) for key, part in item.items() if key not in leaving_out][::-1]


def _names_task(path: _Path) -> bool:
    """Return whether a text names a task or is a tag, by the last key it stands under that is no number."""
    above, part = path
    while part.isdigit() and above is not None:
        above, part = above
    return part in TAG_KEYS or part.endswith(_TAG_ENDINGS)


def _pointer(path: _Path) -> str:
    """Return the JSON pointer of a path. Few are asked for, and each may be as long as the document."""
    parts: list[str] = []
    above, part = path
    while above is not None:
        parts.append("/" + part.replace("~", "~0").replace("/", "~1"))
        above, part = above
    return part + "".join(reversed(parts))


def _objects(value: object, pointer: str) -> Iterator[tuple[str, Object]]:
    if isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, dict):
                yield f"{pointer}/{at}", item
