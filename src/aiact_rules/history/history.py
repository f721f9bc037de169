"""History: what each text of the Act, from the proposal on, asks of one release, and what changed from text to text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path

from aiact_rules.bundled import specs_folder
from aiact_rules.core.citations import in_order
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.yaml_text import PlainText, plain, read_yaml

OTHER = "other"


class Owed(Enum):
    """Whether a text asks for something: yes, perhaps (a fact is missing), no, or its text is not held."""

    YES = "yes"
    PERHAPS = "unknown"
    NO = "no"
    NOT_HELD = "not_held"


@dataclass(frozen=True, slots=True)
class Version:
    """One text of the Act: its pack, the as-of date that selects it, and whether all of it is held."""

    key: str
    pack: str
    date: date
    document: str
    whole: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that several texts ask for. `act` are patterns for the ids of the Act's obligations."""

    key: str
    title: str
    act: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The texts in order, the words for what a release is, and the topics by which obligations are matched."""

    versions: tuple[Version, ...]
    classes: Mapping[str, str]
    topics: Mapping[str, Topic]

    def topic_of(self, obligation: str, pack: str) -> Topic:
        """Return the topic of an obligation: in an earlier text the end of its id, in the Act the first pattern that fits."""
        named = self.topics.get(obligation.rsplit(".", 1)[-1])
        if any(v.pack == pack and v.pack != self.versions[-1].pack for v in self.versions):
            return named or self.topics[OTHER]
        fits = (t for t in self.topics.values() if any(fnmatchcase(obligation, pattern) for pattern in t.act))
        return next(fits, self.topics[OTHER])


@dataclass(frozen=True, slots=True)
class Asked:
    """What one text asks of the release on one topic. `applies_from` is set where all of it starts only later."""

    topic: Topic
    owed: Owed
    provisions: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    applies_from: date | None = None

    def as_json(self) -> dict[str, object]:
        """Return this as it stands in the JSON of a history."""
        return {
            "topic": self.topic.key,
            "title": self.topic.title,
            "owed": self.owed.value,
            "provisions": list(self.provisions),
            "obligations": list(self.obligations),
            "applies_from": None if self.applies_from is None else self.applies_from.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class VersionDecision:
    """What one text makes of the release. `compared_with` is the key of the text that `gained` and `lost` refer to."""

    version: Version
    decision: PackDecision
    classes: tuple[tuple[str, Owed], ...]
    asked: Mapping[str, Asked]
    compared_with: str | None
    gained: tuple[Asked, ...]
    lost: tuple[Asked, ...]
    needs: tuple[str, ...]

    @property
    def in_scope(self) -> bool:
        """Return whether the text may reach the release at all."""
        return self._scope() != "no"

    def _scope(self) -> str:
        name = self.decision.pack_at.pack.in_scope
        return "unknown" if name is None else self.decision.conclusions.get(name, "unknown")

    def owed(self, topic: str) -> Owed:
        """Return whether the text asks for something on a topic."""
        if topic in self.asked:
            return self.asked[topic].owed
        return Owed.NO if self.version.whole else Owed.NOT_HELD

    def as_json(self) -> dict[str, object]:
        """Return this as it stands in the JSON of a history."""
        basis = self.decision.pack_at.pack
        return {
            "version": self.version.key,
            "date": self.version.date.isoformat(),
            "document": self.version.document,
            "pack": {"id": basis.id, "version": basis.version, "digest": basis.digest},
            "text_held": "whole" if self.version.whole else "part",
            "class": [words for words, owed in self.classes if owed is Owed.YES],
            "class_unknown": [words for words, owed in self.classes if owed is Owed.PERHAPS],
            "in_scope": self._scope(),
            "conclusions": dict(self.decision.headlines),
            "obligations": [asked.as_json() for asked in self.asked.values()],
            "compared_with": self.compared_with,
            "gained": [asked.as_json() for asked in self.gained],
            "lost": [asked.as_json() for asked in self.lost],
            "needs": list(self.needs),
            "notes": list(self.version.notes),
        }


@dataclass(frozen=True, slots=True)
class History:
    """One release under every text, oldest first. `topics` are those on which some text that is held as a whole asks for something."""

    subject: str
    versions: tuple[VersionDecision, ...]
    topics: tuple[Topic, ...]

    def as_json(self) -> dict[str, object]:
        """Return the history as JSON values."""
        return {"subject": self.subject, "versions": [judged.as_json() for judged in self.versions]}


def history(table: Table, judge: Callable[[Version], PackDecision], subject: str) -> History:
    """Judge a release by every text in order.

    What is gained and lost is told against the nearest text before that is held as a whole; where only a part is held
    nothing is said to be gained or lost.
    """
    judged: list[VersionDecision] = []
    before: VersionDecision | None = None
    for version in table.versions:
        decision = judge(version)
        asked = _asked(table, version, decision.findings)
        gained: tuple[Asked, ...] = ()
        lost: tuple[Asked, ...] = ()
        if before is not None and version.whole:
            gained = tuple(a for key, a in asked.items() if key not in before.asked)
            lost = tuple(a for key, a in before.asked.items() if key not in asked)
        needs = tuple(dict.fromkeys(name for f in decision.findings if not f.certain for name in f.needs))
        compared = before.version.key if before is not None and version.whole else None
        one = VersionDecision(version, decision, _classes(table, decision), asked, compared, gained, lost, needs)
        judged.append(one)
        if version.whole:
            before = one
    seen = {key for one in judged if one.version.whole for key in one.asked}
    return History(subject, tuple(judged), tuple(t for key, t in table.topics.items() if key in seen))


def _asked(table: Table, version: Version, findings: Iterable[Finding]) -> dict[str, Asked]:
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.kind in (Kind.OBLIGATION, Kind.PROHIBITION) and finding.status is not Status.ADVICE:
            grouped.setdefault(table.topic_of(finding.id, version.pack).key, []).append(finding)
    return {key: _together(table.topics[key], grouped[key]) for key in table.topics if key in grouped}


def _together(topic: Topic, findings: Sequence[Finding]) -> Asked:
    certain = [finding for finding in findings if finding.certain]
    counted = certain or list(findings)
    later = [f.start.on for f in counted if f.status is Status.UPCOMING and f.start is not None]
    return Asked(
        topic,
        Owed.YES if certain else Owed.PERHAPS,
        tuple(in_order(dict.fromkeys(finding.provision for finding in counted))),
        tuple(finding.id for finding in counted),
        min(later) if len(later) == len(counted) else None,
    )


def _classes(table: Table, decision: PackDecision) -> tuple[tuple[str, Owed], ...]:
    words = {"yes": Owed.YES, "unknown": Owed.PERHAPS}
    said = ((name, decision.conclusions.get(name, "no")) for name in table.classes)
    return tuple((table.classes[name], words[truth]) for name, truth in said if truth in words)


def read_table(file: Path | None = None) -> Table:
    """Read the table of texts and topics that comes with this distribution, or another one.

    Raises PackError where it cannot be used.
    """
    path = file if file is not None else specs_folder() / "eu_ai_act_history" / "history.yaml"
    try:
        content = plain(read_yaml(path.read_text(encoding="utf-8"), path.name))
    except OSError as error:
        raise PackError([Problem("the table of texts cannot be read", Place(str(path)), str(error))]) from error
    try:
        table = _table(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PackError([Problem(f"the table of texts is not complete: {error}", Place(str(path)))]) from error
    if not table.versions or OTHER not in table.topics:
        raise PackError([Problem(f"the table of texts needs versions and the topic `{OTHER}`", Place(str(path)))])
    return table


def _table(content: PlainText) -> Table:
    whole = _mapping(content)
    versions = tuple(
        Version(
            str(each["key"]),
            str(each["pack"]),
            parse_date(str(each["date"])),
            str(each["document"]),
            each.get("held", "whole") == "whole",
            _texts(each.get("notes", [])),
        )
        for each in map(_mapping, _listed(whole["versions"]))
    )
    topics = {key: (_mapping(value)) for key, value in _mapping(whole["topics"]).items()}
    return Table(
        versions,
        {key: str(words) for key, words in _mapping(whole["classes"]).items()},
        {key: Topic(key, str(value["title"]), _texts(value["act"])) for key, value in topics.items()},
    )


def _mapping(value: PlainText) -> dict[str, PlainText]:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping, found {value!r}")
    return value


def _listed(value: PlainText) -> list[PlainText]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, found {value!r}")
    return value


def _texts(value: PlainText) -> tuple[str, ...]:
    return tuple(str(part) for part in _listed(value))
